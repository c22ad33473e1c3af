#include "base/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

int durable_sync(const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int rc = fd >= 0 && fsync(fd) == 0
                 ? 0
                 : error_set(err, ERR_IO, "cannot sync %s to disk: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return rc;
}

int durable_folder(const char *path, mode_t mode, struct error *err)
{
    CLEANUP_FREE char *copy = xstrdup(path);
    const char *above = dirname(copy);
    if (mkdir(path, mode) && errno != EEXIST)
        return error_set(
            err, ERR_IO,
            "cannot create %s: %s; check that the directory above it exists and that this user may "
            "write there",
            path, strerror(errno));
    return access(above, R_OK) == 0 ? durable_sync(above, err) : 0;
}
