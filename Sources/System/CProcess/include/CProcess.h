// GNU calls that Swift's view of the C library hides.
#ifndef CPROCESS_H
#define CPROCESS_H

#include <spawn.h>

// pipe2(2) with O_CLOEXEC.
int cprocess_pipe(int ends[2]);

// posix_spawn_file_actions_addchdir_np(3).
int cprocess_spawn_in_folder(posix_spawn_file_actions_t *actions, const char *folder);

// mkostemp(3) with O_CLOEXEC: no program that is started meanwhile inherits the file.
int cprocess_make_file(char *name);

// environ(7): `NAME=value` each, ended by NULL.
char **cprocess_environment(void);

#endif
