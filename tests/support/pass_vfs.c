#include "pass_vfs.h"

#include <stddef.h>

struct file {
    sqlite3_file base;
    void *ctx;
    sqlite3_int64 real[]; /* the system's own, aligned as SQLite allocates */
};

static sqlite3_vfs *system_vfs;

sqlite3_file *pass_real(sqlite3_file *file)
{
    return (sqlite3_file *)((struct file *)file)->real;
}

void *pass_ctx(const sqlite3_file *file)
{
    return ((const struct file *)file)->ctx;
}

static int close_file(sqlite3_file *file)
{
    return pass_real(file)->pMethods->xClose(pass_real(file));
}

static int read_file(sqlite3_file *file, void *to, int n, sqlite3_int64 offset)
{
    return pass_real(file)->pMethods->xRead(pass_real(file), to, n, offset);
}

static int write_file(sqlite3_file *file, const void *from, int n, sqlite3_int64 offset)
{
    return pass_real(file)->pMethods->xWrite(pass_real(file), from, n, offset);
}

static int sync_file(sqlite3_file *file, int flags)
{
    return pass_real(file)->pMethods->xSync(pass_real(file), flags);
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    return pass_real(file)->pMethods->xTruncate(pass_real(file), size);
}

static int size_file(sqlite3_file *file, sqlite3_int64 *ret)
{
    return pass_real(file)->pMethods->xFileSize(pass_real(file), ret);
}

static int lock_file(sqlite3_file *file, int level)
{
    return pass_real(file)->pMethods->xLock(pass_real(file), level);
}

static int unlock_file(sqlite3_file *file, int level)
{
    return pass_real(file)->pMethods->xUnlock(pass_real(file), level);
}

static int check_lock(sqlite3_file *file, int *ret)
{
    return pass_real(file)->pMethods->xCheckReservedLock(pass_real(file), ret);
}

static int control(sqlite3_file *file, int op, void *arg)
{
    return pass_real(file)->pMethods->xFileControl(pass_real(file), op, arg);
}

static int sector_size(sqlite3_file *file)
{
    return pass_real(file)->pMethods->xSectorSize(pass_real(file));
}

static int device(sqlite3_file *file)
{
    return pass_real(file)->pMethods->xDeviceCharacteristics(pass_real(file));
}

static int shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
    return pass_real(file)->pMethods->xShmMap(pass_real(file), page, size, extend, ret);
}

static int shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return pass_real(file)->pMethods->xShmLock(pass_real(file), offset, n, flags);
}

static void shm_barrier(sqlite3_file *file)
{
    pass_real(file)->pMethods->xShmBarrier(pass_real(file));
}

static int shm_unmap(sqlite3_file *file, int delete)
{
    return pass_real(file)->pMethods->xShmUnmap(pass_real(file), delete);
}

const sqlite3_io_methods pass_methods = {
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

int pass_open(sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags,
              const sqlite3_io_methods *methods, void *ctx)
{
    file->pMethods = NULL;
    ((struct file *)file)->ctx = ctx;
    int result = system_vfs->xOpen(system_vfs, name, pass_real(file), flags, ret_flags);
    if (result == SQLITE_OK)
        file->pMethods = methods;
    return result;
}

sqlite3_vfs *pass_init(sqlite3_vfs *ret, const char *name)
{
    system_vfs = sqlite3_vfs_find(NULL);
    *ret = *system_vfs;
    ret->zName = name;
    ret->szOsFile = (int)sizeof(struct file) + system_vfs->szOsFile;
    return system_vfs;
}
