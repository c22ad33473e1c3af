/*
 * fault_vfs - a disk that fails on demand: stands between SQLite and the system for every database opened after
 * fault_install. Writes, syncs, reads and opening fail as the system would let them, from the n-th operation on, until
 * the fault is taken away.
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
/* The fault begins when `after` operations of its kind went well. */
void fault_set(enum fault fault, int after);
/* How often the fault struck since it was set. */
int fault_strikes(void);

#endif
