#include "publish/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "policy/files.h"

#define LIST_NAME  ".tocsin-statuspage" /* the files that an export wrote, one a line */
#define LIST_BYTES ((size_t)16 << 20)
#define FILE_BYTES ((size_t)64 << 20)

struct export
{
    const struct publish_source *source;
    const char *directory;
    publish_paths paths;
    struct map before; /* names of files that an export wrote */
    struct map now;    /* names of those that it has now */
    int list;          /* to which new names are added; -1: not open */
    struct published published;
};

/* ---- one file ---- */

static int io_error(const char *path, struct error *err)
{
    return error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
}

static bool is_same(const char *path, const struct str *body)
{
    CLEANUP_FREE char *text = NULL;
    size_t n;
    return file_read(path, FILE_BYTES, &text, &n, NULL) == 0 && n == body->len &&
           memcmp(text, str_text(body), n) == 0;
}

static int write_beside(const char *path, const struct str *body, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    size_t written = 0;
    if (fd < 0)
        return io_error(path, err);
    while (written < body->len) {
        ssize_t n = write(fd, body->p + written, body->len - written);
        if (n < 0 && errno != EINTR)
            break;
        written += n > 0 ? (size_t)n : 0;
    }
    int rc = written < body->len || fdatasync(fd) ? io_error(path, err) : 0;
    if (close(fd) && !rc)
        rc = io_error(path, err);
    return rc;
}

/* The directories of "a/b/c" that are not there yet. */
static int make_directories(const char *directory, const char *name, struct error *err)
{
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
        CLEANUP_FREE char *path = xasprintf("%s/%.*s", directory, (int)(slash - name), name);
        if (mkdir(path, 0755) && errno != EEXIST)
            return io_error(path, err);
    }
    return 0;
}

static int replace(const struct export *export, const char *name, const struct str *body, struct error *err)
{
    CLEANUP_FREE char *path = xasprintf("%s/%s", export->directory, name), *beside = xasprintf("%s.tmp", path);
    int rc = make_directories(export->directory, name, err);
    rc = rc ? rc : write_beside(beside, body, err);
    if (!rc && rename(beside, path))
        rc = io_error(path, err);
    if (rc)
        unlink(beside);
    return rc;
}

/* ---- the list ---- */

static int read_list(struct export *export, struct error *err)
{
    CLEANUP_FREE char *path = xasprintf("%s/" LIST_NAME, export->directory), *text = NULL;
    size_t n, entries = 0;
    struct dirent *entry;
    DIR *directory = opendir(export->directory);
    if (!directory)
        return io_error(export->directory, err);
    while ((entry = readdir(directory)))
        entries += !text_equal(entry->d_name, ".") && !text_equal(entry->d_name, "..");
    closedir(directory);
    if (entries == 0)
        return 0;
    if (access(path, F_OK))
        return error_set(err, ERR_REFUSED,
                         "%s has files that no export wrote; choose an empty directory, or a new one",
                         export->directory);
    int rc = file_read(path, LIST_BYTES, &text, &n, err);
    char *rest = text;
    for (char *line; !rc && (line = strsep(&rest, "\n"));) {
        if (*line)
            map_put(&export->before, line, export);
    }
    return rc;
}

/* A name is in the list before there is a file of that name, so what a crash leaves behind is found again. */
static int open_list(struct export *export, struct error *err)
{
    CLEANUP_FREE char *path = xasprintf("%s/" LIST_NAME, export->directory);
    export->list = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644);
    return export->list < 0 ? io_error(path, err) : 0;
}

static int note_name(struct export *export, const char *name, struct error *err)
{
    map_put(&export->now, name, export);
    if (!map_get(&export->before, name) && dprintf(export->list, "%s\n", name) < 0)
        return io_error(LIST_NAME, err);
    return 0;
}

/* At the end it has the names of now alone. */
static int write_list(const struct export *export, struct error *err)
{
    CLEANUP_STR struct str list = {0};
    const struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&export->now, &i));)
        str_addf(&list, "%s\n", slot->key);
    return replace(export, LIST_NAME, &list, err);
}

/* ---- all of them ---- */

static int write_one(struct export *export, const char *path, struct error *err)
{
    struct publish_file file;
    int rc = publish_read(export->source, path, &file, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *name = publish_name(path, file.file.is_page),
                      *at = xasprintf("%s/%s", export->directory, name);
    bool same = is_same(at, &file.file.body);
    rc = note_name(export, name, err);
    if (!rc && !same)
        rc = replace(export, name, &file.file.body, err);
    publish_file_finish(&file);
    export->published.same += same;
    export->published.written += !same;
    return rc;
}

/* And the directories that are empty then. */
static void remove_one(struct export *export, const char *name)
{
    CLEANUP_FREE char *path = xasprintf("%s/%s", export->directory, name);
    export->published.removed += unlink(path) == 0;
    for (char *slash; (slash = strrchr(path, '/')) && (size_t)(slash - path) > strlen(export->directory);) {
        *slash = '\0';
        if (rmdir(path))
            break;
    }
}

static void remove_gone(struct export *export)
{
    const struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&export->before, &i));) {
        if (!map_get(&export->now, slot->key) && !strstr(slot->key, "../"))
            remove_one(export, slot->key);
    }
}

static int write_all(struct export *export, struct error *err)
{
    int rc = read_list(export, err);
    rc = rc ? rc : open_list(export, err);
    publish_list(export->source, &export->paths);
    for (size_t i = 0; !rc && i < export->paths.n; i++)
        rc = write_one(export, export->paths.v[i], err);
    if (rc)
        return rc;
    remove_gone(export);
    return write_list(export, err);
}

int publish_directory(const struct publish_source *source, const char *directory, struct published *ret,
                      struct error *err)
{
    struct export export = {.source = source, .directory = directory, .list = -1};
    if (mkdir(directory, 0755) && errno != EEXIST)
        return io_error(directory, err);
    int rc = write_all(&export, err);
    publish_paths_finish(&export.paths);
    if (export.list >= 0)
        close(export.list);
    map_finish(&export.before);
    map_finish(&export.now);
    if (!rc)
        *ret = export.published;
    return rc;
}
