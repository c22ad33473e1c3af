#include "fault_vfs.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static enum fault current;
static int left, strikes;
static sqlite3_vfs *real_vfs;

struct file {
    sqlite3_file base;
    sqlite3_int64 real[]; /* the system's own, aligned as SQLite allocates */
};

static sqlite3_file *real(sqlite3_file *file)
{
    return (sqlite3_file *)((struct file *)file)->real;
}

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

static int close_file(sqlite3_file *file)
{
    return real(file)->pMethods->xClose(real(file));
}

static int read_file(sqlite3_file *file, void *to, int n, sqlite3_int64 offset)
{
    if (strikes_now(FAULT_READ))
        return SQLITE_IOERR_READ;
    return real(file)->pMethods->xRead(real(file), to, n, offset);
}

static int write_file(sqlite3_file *file, const void *from, int n, sqlite3_int64 offset)
{
    if (strikes_now(FAULT_FULL))
        return SQLITE_FULL;
    if (strikes_now(FAULT_WRITE) || strikes_now(FAULT_READ_ONLY))
        return SQLITE_IOERR_WRITE;
    if (strikes_now(FAULT_SHORT_WRITE)) {
        real(file)->pMethods->xWrite(real(file), from, n / 2, offset);
        return SQLITE_IOERR_WRITE;
    }
    return real(file)->pMethods->xWrite(real(file), from, n, offset);
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    return real(file)->pMethods->xTruncate(real(file), size);
}

static int sync_file(sqlite3_file *file, int flags)
{
    if (strikes_now(FAULT_SYNC))
        return SQLITE_IOERR_FSYNC;
    return real(file)->pMethods->xSync(real(file), flags);
}

static int size_file(sqlite3_file *file, sqlite3_int64 *ret)
{
    return real(file)->pMethods->xFileSize(real(file), ret);
}

static int lock_file(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xLock(real(file), level);
}

static int unlock_file(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xUnlock(real(file), level);
}

static int check_lock(sqlite3_file *file, int *ret)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), ret);
}

static int control(sqlite3_file *file, int op, void *arg)
{
    return real(file)->pMethods->xFileControl(real(file), op, arg);
}

static int sector_size(sqlite3_file *file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

static int device(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, ret);
}

static int shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}

static void shm_barrier(sqlite3_file *file)
{
    real(file)->pMethods->xShmBarrier(real(file));
}

static int shm_unmap(sqlite3_file *file, int delete)
{
    return real(file)->pMethods->xShmUnmap(real(file), delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_file,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static int open_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags)
{
    (void)vfs;
    if ((flags & SQLITE_OPEN_READWRITE) && strikes_now(FAULT_OPEN))
        flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    file->pMethods = NULL;
    int result = real_vfs->xOpen(real_vfs, name, real(file), flags, ret_flags);
    if (result == SQLITE_OK)
        file->pMethods = &methods;
    return result;
}

void fault_install(void)
{
    static sqlite3_vfs vfs;
    if (real_vfs)
        return;
    real_vfs = sqlite3_vfs_find(NULL);
    vfs = *real_vfs;
    vfs.zName = "fault";
    vfs.szOsFile = (int)sizeof(struct file) + real_vfs->szOsFile;
    vfs.xOpen = open_file;
    sqlite3_vfs_register(&vfs, 1);
}
