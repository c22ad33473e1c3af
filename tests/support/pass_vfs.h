/*
 * pass_vfs - stands between SQLite and the system, and passes all on: what fault_vfs and power_vfs are made of. They replace some of
 * its methods, and call the system's own with pass_real.
 */
#ifndef TOCSIN_TESTS_PASS_VFS_H
#define TOCSIN_TESTS_PASS_VFS_H

#include <sqlite3.h>

/* The methods of a file that only passes on. */
extern const sqlite3_io_methods pass_methods;

/* The system's own file. */
sqlite3_file *pass_real(sqlite3_file *file);
/* What pass_open was given; of a file that it opened. */
void *pass_ctx(const sqlite3_file *file);

/* Opens the system's own file, with methods and something of the caller's. For xOpen. */
int pass_open(sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags,
              const sqlite3_io_methods *methods, void *ctx);
/* Copies the system's layer into *ret, under a name of its own; the caller replaces what it needs and registers it. Returns the system's. */
sqlite3_vfs *pass_init(sqlite3_vfs *ret, const char *name);

#endif
