/*
 * fault_vfs - a disk that fails on demand: sits between SQLite and the system for every database opened after
 * fault_install. Writes, syncs, reads and opens fail as they would on a real system, from the nth operation until the
 * fault is cleared.
 */
#ifndef TOCSIN_TESTS_FAULT_VFS_H
#define TOCSIN_TESTS_FAULT_VFS_H

enum fault {
    FAULT_NONE,
    FAULT_FULL,        /* no space: a write fails as SQLite reports ENOSPC */
    FAULT_WRITE,       /* a write fails (EIO) */
    FAULT_SHORT_WRITE, /* half of it is written, then it fails (EIO) */
    FAULT_READ_ONLY,   /* a write fails (EROFS) */
    FAULT_SYNC,        /* a sync fails (EIO) */
    FAULT_READ,        /* a read fails (EIO) */
    FAULT_OPEN,        /* files open for reading only */
};

void fault_install(void);
/* The fault begins after `after` successful operations of its kind. */
void fault_set(enum fault fault, int after);
/* How often the fault has struck since it was set. */
int fault_strikes(void);

#endif
