#include "shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tocsin/kit/report.h>

#define NAME_HEX   32    /* of the event's id */
#define FILES_MOST 10000 /* so that looking for the oldest takes no time */

struct email_shelf {
    const struct tocsin_host *host;
    const char *directory;
    int64_t bytes; /* quota */
    pthread_mutex_t lock;
};

struct email_shelf *email_shelf_create(const struct tocsin_host *host, const char *directory, int64_t bytes,
                                       struct tocsin_error *error)
{
    if (strlen(directory) > SHELF_PATH - 64) {
        kit_fail(error, TOCSIN_E_CONFIG, "`attachments` is too long a path");
        return NULL;
    }
    if ((mkdir(directory, 0700) && errno != EEXIST) || access(directory, R_OK | W_OK | X_OK)) {
        kit_fail(
            error, TOCSIN_E_CONFIG,
            "`attachments`, %s, cannot be written: %s. The directory above it must exist, and belong to the "
            "user that tocsind runs as",
            directory, strerror(errno));
        return NULL;
    }
    struct email_shelf *shelf = calloc(1, sizeof(*shelf));
    *shelf = (struct email_shelf){.host = host, .directory = directory, .bytes = bytes};
    pthread_mutex_init(&shelf->lock, NULL);
    return shelf;
}

void email_shelf_destroy(struct email_shelf *shelf)
{
    if (!shelf)
        return;
    pthread_mutex_destroy(&shelf->lock);
    free(shelf);
}

/* ---- the quota ---- */

struct kept {
    char name[64];
    int64_t size;
    struct timespec at;
};

static int oldest_first(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    if (x->at.tv_sec != y->at.tv_sec)
        return x->at.tv_sec < y->at.tv_sec ? -1 : 1;
    return x->at.tv_nsec < y->at.tv_nsec ? -1 : x->at.tv_nsec > y->at.tv_nsec;
}

static bool is_ours(const char *name)
{
    size_t n = strspn(name, "0123456789abcdef");
    return n == NAME_HEX && name[n] == '-' && strlen(name) < sizeof(((struct kept *)0)->name);
}

/* All that is kept. The caller frees. */
static struct kept *list(const struct email_shelf *shelf, size_t *ret_n, int64_t *ret_bytes)
{
    struct kept *all = calloc(FILES_MOST, sizeof(*all));
    size_t n = 0;
    DIR *directory = all ? opendir(shelf->directory) : NULL;
    *ret_bytes = 0;
    for (struct dirent *entry; directory && n < FILES_MOST && (entry = readdir(directory));) {
        struct stat status;
        if (!is_ours(entry->d_name) || fstatat(dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW))
            continue;
        all[n] = (struct kept){.size = status.st_size, .at = status.st_mtim};
        snprintf(all[n++].name, sizeof(all->name), "%.63s", entry->d_name);
        *ret_bytes += status.st_size;
    }
    if (directory)
        closedir(directory);
    *ret_n = n;
    return all;
}

/* Removes the oldest ones until so many bytes more fit. */
static void make_room(const struct email_shelf *shelf, int64_t bytes)
{
    size_t n, removed = 0;
    int64_t used;
    struct kept *all = list(shelf, &n, &used);
    if (all)
        qsort(all, n, sizeof(*all), oldest_first);
    for (; all && removed < n && (used + bytes > shelf->bytes || n - removed >= FILES_MOST); removed++) {
        char path[SHELF_PATH];
        snprintf(path, sizeof(path), "%s/%s", shelf->directory, all[removed].name);
        unlink(path);
        used -= all[removed].size;
    }
    if (removed)
        kit_log(
            shelf->host, KIT_WARNING,
            "removed %zu of the oldest attachments: more than `attachments_mb` allows. The mails are in the "
            "mailbox",
            removed);
    free(all);
}

/* ---- one attachment ---- */

static bool write_file(const struct mail_file *file, const char *path)
{
    char draft[SHELF_PATH + 8];
    snprintf(draft, sizeof(draft), "%s.part", path);
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    bool written = mail_file_write(file, fd) && fsync(fd) == 0;
    written = close(fd) == 0 && written && rename(draft, path) == 0;
    if (!written)
        unlink(draft);
    return written;
}

bool email_shelf_keep(struct email_shelf *shelf, const char *event, size_t number, const struct mail_file *file,
                      char path[SHELF_PATH])
{
    const char *hash = strchr(event, ':'); /* "mail:9f86…" */
    if (!hash || strlen(hash + 1) < NAME_HEX || !file->part)
        return false;
    if (file->size > shelf->bytes) {
        kit_log(shelf->host, KIT_WARNING,
                "an attachment of %" PRId64 " bytes is not kept: it is larger than "
                "`attachments_mb` allows",
                file->size);
        return false;
    }
    snprintf(path, SHELF_PATH, "%s/%.*s-%zu", shelf->directory, NAME_HEX, hash + 1, number);
    pthread_mutex_lock(&shelf->lock);
    make_room(shelf, file->size);
    bool kept = write_file(file, path);
    pthread_mutex_unlock(&shelf->lock);
    if (!kept)
        kit_log(shelf->host, KIT_WARNING, "an attachment is not kept: %s cannot be written: %s", path,
                strerror(errno));
    return kept;
}
