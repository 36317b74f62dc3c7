// GNU calls that Swift's view of the C library hides.
#ifndef CPROCESS_H
#define CPROCESS_H

// Extended attributes, which the module for the C library leaves out.
#include <sys/xattr.h>
#include <spawn.h>

// pipe2(2) with O_CLOEXEC.
int cprocess_pipe(int ends[2]);

// posix_spawn_file_actions_addchdir_np(3).
int cprocess_spawn_in_directory(posix_spawn_file_actions_t *actions, const char *directory);

// mkostemp(3) with O_CLOEXEC for names that end in `suffix_length` more bytes: no program that is started
// meanwhile inherits the file.
int cprocess_make_file(char *name, int suffix_length);

// open(2) with O_TMPFILE: a file in the file system of `directory` that has no name.
int cprocess_make_unnamed_file(const char *directory);

// linkat(2): gives an open file without a name the name `path`. -1 and EEXIST if something has it.
int cprocess_link_file(int descriptor, const char *path);

// fcntl(2) with F_OFD_SETLK: locks the whole open file for writing (1) or unlocks it (0), without waiting.
int cprocess_lock_file(int descriptor, int is_locked);

// environ(7): `NAME=value` each, ended by NULL.
char **cprocess_environment(void);

#endif
