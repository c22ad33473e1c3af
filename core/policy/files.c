#include "policy/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

int file_read(const char *path, size_t most, char **ret, size_t *ret_n, struct error *err)
{
    CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    CLEANUP_STR struct str text = {0};
    struct stat st;
    if (fd < 0 || fstat(fd, &st))
        return error_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "cannot read %s: %s", path,
                         strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, ERR_INVALID, "%s is not a file", path);
    for (;;) {
        str_reserve(&text, 16384);
        ssize_t n = read(fd, text.p + text.len, 16384);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set(err, ERR_IO, "cannot read %s: %s", path, strerror(errno));
        if (n == 0)
            break;
        text.len += (size_t)n;
        text.p[text.len] = '\0';
        if (text.len > most)
            return error_set(err, ERR_TOO_BIG, "%s is larger than %zu KiB", path, most >> 10);
    }
    *ret_n = text.len;
    *ret = str_take(&text);
    return 0;
}

void files_destroy(struct policy_files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < files->files.n; i++) {
        free(files->files.v[i].name);
        free(files->files.v[i].text);
    }
    array_free(&files->files);
    free(files->directory);
    free(files);
}

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct policy_file *)a)->name, ((const struct policy_file *)b)->name);
}

static void read_state(struct policy_file *file, const char *path)
{
    struct stat st;
    if (stat(path, &st))
        return;
    file->size = (uint64_t)st.st_size;
    file->inode = (uint64_t)st.st_ino;
    file->changed_s = st.st_mtim.tv_sec;
    file->changed_ns = st.st_mtim.tv_nsec;
}

static int list(struct policy_files *files, struct error *err)
{
    DIR *dir = opendir(files->directory);
    if (!dir)
        return error_set(err, ERR_IO, "cannot read the policy directory %s: %s", files->directory,
                         strerror(errno));
    for (struct dirent *entry; (entry = readdir(dir));) {
        bool calendar = ends_with(entry->d_name, ".ics"), named = calendar || ends_with(entry->d_name, ".lua");
        if (*entry->d_name == '.' || !named || files->files.n > POLICY_FILES)
            continue;
        CLEANUP_FREE char *path = xasprintf("%s/%s", files->directory, entry->d_name);
        struct policy_file *file = array_add(&files->files);
        file->name = xstrdup(entry->d_name);
        file->kind = calendar                             ? POLICY_CALENDAR
                     : ends_with(file->name, "_test.lua") ? POLICY_TEST
                                                          : POLICY_SCRIPT;
        read_state(file, path);
    }
    closedir(dir);
    if (files->files.n > POLICY_FILES)
        return error_set(err, ERR_TOO_BIG, "%s has more than %d policy files", files->directory, POLICY_FILES);
    if (files->files.n)
        qsort(files->files.v, files->files.n, sizeof(*files->files.v), by_name);
    return 0;
}

static void digest(struct policy_files *files)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    require(md && EVP_DigestInit_ex(md, EVP_sha256(), NULL));
    for (size_t i = 0; i < files->files.n; i++) {
        const struct policy_file *file = &files->files.v[i];
        uint64_t n = file->n;
        EVP_DigestUpdate(md, file->name, strlen(file->name) + 1);
        EVP_DigestUpdate(md, &n, sizeof(n));
        EVP_DigestUpdate(md, file->text, file->n);
    }
    EVP_DigestFinal_ex(md, files->digest, NULL);
    EVP_MD_CTX_free(md);
    files->read = true;
}

int files_read(const char *directory, struct policy_files **ret, struct error *err)
{
    struct policy_files *files = *ret = xcalloc(1, sizeof(*files));
    if (!directory)
        return 0;
    files->directory = xstrdup(directory);
    int rc = list(files, err);
    for (size_t i = 0; !rc && i < files->files.n; i++) {
        struct policy_file *file = &files->files.v[i];
        CLEANUP_FREE char *path = xasprintf("%s/%s", directory, file->name);
        rc = file_read(path, POLICY_FILE_BYTES, &file->text, &file->n, err);
    }
    if (!rc)
        digest(files);
    return rc;
}

const struct policy_file *files_calendar(const struct policy_files *files, const char *name)
{
    for (size_t i = 0; files && i < files->files.n; i++) {
        const struct policy_file *file = &files->files.v[i];
        if (file->kind == POLICY_CALENDAR && strcmp(file->name, name) == 0)
            return file;
    }
    return NULL;
}

static bool same_state(const struct policy_files *a, const struct policy_files *b)
{
    if (a->files.n != b->files.n)
        return false;
    for (size_t i = 0; i < a->files.n; i++) {
        const struct policy_file *x = &a->files.v[i], *y = &b->files.v[i];
        if (strcmp(x->name, y->name) != 0 || x->size != y->size || x->inode != y->inode ||
            x->changed_s != y->changed_s || x->changed_ns != y->changed_ns)
            return false;
    }
    return true;
}

/* Remembers the new times and inodes, so that a touched file is read once and not on every call. */
static void take_state(struct policy_files *files, struct policy_files *now)
{
    for (size_t i = 0; i < files->files.n; i++) {
        struct policy_file *file = &files->files.v[i];
        const struct policy_file *seen = &now->files.v[i];
        file->inode = seen->inode;
        file->changed_s = seen->changed_s;
        file->changed_ns = seen->changed_ns;
    }
}

bool files_changed(struct policy_files *files)
{
    if (!files || !files->directory)
        return false;
    struct policy_files *now = xcalloc(1, sizeof(*now));
    now->directory = xstrdup(files->directory);
    bool changed = list(now, NULL) != 0 ? files->files.n > 0 : !same_state(files, now);
    files_destroy(now);
    if (!changed || !files->read)
        return changed;
    if (files_read(files->directory, &now, NULL) == 0 &&
        memcmp(now->digest, files->digest, sizeof(now->digest)) == 0) {
        take_state(files, now);
        changed = false;
    }
    files_destroy(now);
    return changed;
}
