#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int cprocess_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int cprocess_spawn_in_directory(posix_spawn_file_actions_t *actions, const char *directory) {
    return posix_spawn_file_actions_addchdir_np(actions, directory);
}

int cprocess_make_file(char *name, int suffix_length) { return mkostemps(name, suffix_length, O_CLOEXEC); }

int cprocess_make_unnamed_file(const char *directory) {
    return open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

int cprocess_link_file(int descriptor, const char *path) {
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    if (linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0) return 0;
    if (errno != ENOENT) return -1;
    // Without /proc, where the kernel and this process's rights permit it.
    return linkat(descriptor, "", AT_FDCWD, path, AT_EMPTY_PATH);
}

int cprocess_lock_file(int descriptor, int is_locked) {
    struct flock region = {.l_type = is_locked ? F_WRLCK : F_UNLCK, .l_whence = SEEK_SET};
    return fcntl(descriptor, F_OFD_SETLK, &region);
}

char **cprocess_environment(void) { return environ; }
