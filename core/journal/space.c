#include "journal/space.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/mem.h"
#include "base/str.h"

static int64_t size_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? status.st_size : 0;
}

int journal_space(const char *path, struct journal_space *ret, struct error *err)
{
    struct statvfs disk;
    CLEANUP_FREE char *log = xasprintf("%s-wal", path);
    if (statvfs(path, &disk))
        return error_set(err, ERR_IO, "cannot read how full the disk of %s is: %s", path, strerror(errno));
    *ret = (struct journal_space){.bytes = size_of(path),
                                  .log = size_of(log),
                                  .left = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize,
                                  .disk = (int64_t)disk.f_blocks * (int64_t)disk.f_frsize};
    return 0;
}
