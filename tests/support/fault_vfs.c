#include "fault_vfs.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

#include "pass_vfs.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static enum fault current;
static int left, strikes;
static sqlite3_io_methods methods;

void fault_set(enum fault fault, int after)
{
    pthread_mutex_lock(&lock);
    current = fault;
    left = after;
    strikes = 0;
    pthread_mutex_unlock(&lock);
}

int fault_strikes(void)
{
    pthread_mutex_lock(&lock);
    int n = strikes;
    pthread_mutex_unlock(&lock);
    return n;
}

static bool strikes_now(enum fault fault)
{
    pthread_mutex_lock(&lock);
    bool now = current == fault && left-- <= 0;
    strikes += now;
    if (now)
        errno = fault == FAULT_READ_ONLY ? EROFS : fault == FAULT_FULL ? ENOSPC : EIO;
    pthread_mutex_unlock(&lock);
    return now;
}

static int read_file(sqlite3_file *file, void *to, int n, sqlite3_int64 offset)
{
    if (strikes_now(FAULT_READ))
        return SQLITE_IOERR_READ;
    return pass_real(file)->pMethods->xRead(pass_real(file), to, n, offset);
}

static int write_file(sqlite3_file *file, const void *from, int n, sqlite3_int64 offset)
{
    if (strikes_now(FAULT_FULL))
        return SQLITE_FULL;
    if (strikes_now(FAULT_WRITE) || strikes_now(FAULT_READ_ONLY))
        return SQLITE_IOERR_WRITE;
    if (strikes_now(FAULT_SHORT_WRITE)) {
        pass_real(file)->pMethods->xWrite(pass_real(file), from, n / 2, offset);
        return SQLITE_IOERR_WRITE;
    }
    return pass_real(file)->pMethods->xWrite(pass_real(file), from, n, offset);
}

static int sync_file(sqlite3_file *file, int flags)
{
    if (strikes_now(FAULT_SYNC))
        return SQLITE_IOERR_FSYNC;
    return pass_real(file)->pMethods->xSync(pass_real(file), flags);
}

static int open_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags)
{
    (void)vfs;
    if ((flags & SQLITE_OPEN_READWRITE) && strikes_now(FAULT_OPEN))
        flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    return pass_open(name, file, flags, ret_flags, &methods, NULL);
}

void fault_install(void)
{
    static sqlite3_vfs vfs;
    if (vfs.zName)
        return;
    pass_init(&vfs, "fault");
    methods = pass_methods;
    methods.xRead = read_file;
    methods.xWrite = write_file;
    methods.xSync = sync_file;
    vfs.xOpen = open_file;
    sqlite3_vfs_register(&vfs, 1);
}
