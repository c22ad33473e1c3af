#include "journal/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <unistd.h>

#include "base/durable.h"
#include "journal/sqlite.h"

static int file_reserve(const char *to, struct error *err)
{
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        return close(fd);
    if (errno == EEXIST)
        return error_set(err, ERR_REFUSED,
                         "%s already exists; a backup never overwrites a file, so choose another name", to);
    return error_set(err, ERR_IO,
                     "cannot create %s: %s; check that the directory exists and that this user may write there",
                     to, strerror(errno));
}

/* In one step, so that no commit makes it start again; writers continue meanwhile, in the write-ahead log. */
static int pages_copy(struct sqlite_conn *from, struct sqlite_conn *to, struct error *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(to->db, "main", from->db, "main");
    if (!backup)
        return conn_fault(to, sqlite3_errcode(to->db), err);
    sqlite3_backup_step(backup, -1);
    int result = sqlite3_backup_finish(backup);
    return result == SQLITE_OK ? 0 : conn_fault(to, result, err);
}

static int copy(const char *path, const char *to, struct error *err)
{
    struct sqlite_conn source = {0};
    struct sqlite_conn target = {0};
    int rc = conn_open(&source, path, SQLITE_READS, "PRAGMA cache_size = -2000", err);
    rc = rc ? rc : sqlite_schema_check(&source, err);
    rc = rc ? rc : conn_open(&target, to, SQLITE_WRITES_OLD, "PRAGMA synchronous = OFF", err);
    rc = rc ? rc : pages_copy(&source, &target, err);
    rc = rc ? rc
            : conn_exec(&target, "PRAGMA journal_mode = DELETE", err); /* a single file that opens anywhere */
    conn_close(&source);
    conn_close(&target);
    return rc;
}

static int sync_file_and_folder(const char *to, struct error *err)
{
    CLEANUP_FREE char *name = xstrdup(to);
    int rc = durable_sync(to, err);
    return rc ? rc : durable_sync(dirname(name), err);
}

int journal_backup(const char *path, const char *to, const struct verify_hooks *hooks,
                   struct verify_report *ret, struct error *err)
{
    int rc = file_reserve(to, err);
    if (rc)
        return rc;
    rc = copy(path, to, err);
    rc = rc ? rc : sync_file_and_folder(to, err);
    rc = rc ? rc : journal_verify(to, hooks, ret, err);
    if (rc)
        unlink(to);
    return rc;
}
