/*
 * power_vfs - a disk that loses its power: sits between SQLite and the system for every database opened after power_install.
 *
 * A write is on the disk for sure once its file was synced. When the power fails, each sector written since may be there, or not, or
 * only the one before it: in any order. A file that was never synced may be gone, and one that was removed may be back. All of it
 * follows from a seed. SQLite carries on after the failure, as if nothing was; what it does then is no longer on that disk.
 */
#ifndef TOCSIN_TESTS_POWER_VFS_H
#define TOCSIN_TESTS_POWER_VFS_H

#include <stdbool.h>
#include <stdint.h>

void power_install(void);
/* Forgets all files: what is on the disk now is there for sure. The power fails at the `after`th write, sync, truncation or removal from now
   on (0: the first). */
void power_on(uint64_t seed, unsigned after);
bool power_has_failed(void);
/* A file, or a folder, was synced without SQLite. */
void power_synced(const char *path);
/* After it failed, and every database was closed: writes what was left on the disk into the files. */
void power_restore(void);

#endif
