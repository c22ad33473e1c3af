#include "power_vfs.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "base/mem.h"
#include "pass_vfs.h"

#define FILES 8

struct image {
    unsigned char *bytes;
    size_t n;
};
struct change { /* a write, or a truncation (bytes NULL) */
    unsigned char *bytes;
    size_t n, at;
};
struct disk_file {
    char *path;
    struct image synced;          /* as of the last sync */
    ARRAY(struct change) changes; /* since */
    bool was_synced, is_removed;
    bool is_left; /* once the power has failed: `synced` is what is left, or there is none */
};

/* Everything below is guarded: the reader and the writer have a thread each. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct disk_file files[FILES];
static size_t n_files;
static struct rng rng;
static unsigned left;
static bool on, failed;
static sqlite3_vfs *real_vfs;
static sqlite3_io_methods methods;

/* ---- what is on the disk ---- */

static void image_resize(struct image *image, size_t n)
{
    if (n > image->n) {
        image->bytes = xrealloc(image->bytes, n, 1);
        memset(image->bytes + image->n, 0, n - image->n);
    }
    image->n = n;
}

static void image_write(struct image *image, const unsigned char *bytes, size_t n, size_t at)
{
    if (at + n > image->n)
        image_resize(image, at + n);
    memcpy(image->bytes + at, bytes, n);
}

static void image_read(struct image *image, const char *path)
{
    unsigned char bytes[65536];
    FILE *in = fopen(path, "r");
    for (size_t n; in && (n = fread(bytes, 1, sizeof(bytes), in)) > 0;)
        image_write(image, bytes, n, image->n);
    if (in)
        fclose(in);
}

static void forget_changes(struct disk_file *file)
{
    for (size_t i = 0; i < file->changes.n; i++)
        free(file->changes.v[i].bytes);
    array_free(&file->changes);
}

/* They are all in one folder. What was removed does not come back. */
static void settle_folder(void)
{
    for (size_t i = 0; i < n_files; i++)
        files[i].was_synced = files[i].was_synced && !files[i].is_removed;
}

static void settle(struct disk_file *file)
{
    if (!file->was_synced) /* SQLite syncs the folder as well */
        settle_folder();
    for (size_t i = 0; i < file->changes.n; i++) {
        const struct change *change = &file->changes.v[i];
        if (change->bytes)
            image_write(&file->synced, change->bytes, change->n, change->at);
        else
            image_resize(&file->synced, change->at);
    }
    forget_changes(file);
    file->was_synced = true;
}

/* Sector by sector: some are there, some are not. */
static void land_in_part(struct disk_file *file, const struct change *change, size_t sector, unsigned percent)
{
    for (size_t at = 0, n; at < change->n; at += n) {
        n = sector - (change->at + at) % sector;
        n = n < change->n - at ? n : change->n - at;
        if (rng_below(&rng, 100) < percent)
            image_write(&file->synced, change->bytes + at, n, change->at + at);
    }
}

/* Of two writes of one sector, the earlier may be what stays. */
static void fail_file(struct disk_file *file)
{
    static const unsigned percents[] = {0, 10, 50, 90, 100};
    unsigned percent = percents[rng_below(&rng, ARRAY_SIZE(percents))];
    size_t sector = rng_below(&rng, 2) ? 512 : 4096;
    bool gone =
        file->is_removed ? !file->was_synced || rng_below(&rng, 2) : !file->was_synced && rng_below(&rng, 2);
    for (size_t i = 0; i < file->changes.n; i++) {
        const struct change *change = &file->changes.v[i];
        if (change->bytes)
            land_in_part(file, change, sector, percent);
        else if (rng_below(&rng, 100) < percent)
            image_resize(&file->synced, change->at);
    }
    forget_changes(file);
    file->is_left = !gone;
}

static void fail(void)
{
    for (size_t i = 0; i < n_files; i++)
        fail_file(&files[i]);
    failed = true;
}

/* Under the lock: whether what happens now still concerns the disk. */
static bool counts(const struct disk_file *file)
{
    if (on && !failed && file && left-- == 0)
        fail();
    return on && !failed && file;
}

static void note(struct disk_file *file, const void *bytes, size_t n, size_t at)
{
    pthread_mutex_lock(&lock);
    if (counts(file))
        *array_add(&file->changes) = (struct change){bytes ? memcpy(xmalloc(n), bytes, n) : NULL, n, at};
    pthread_mutex_unlock(&lock);
}

static struct disk_file *file_of(const char *path)
{
    for (size_t i = 0; path && i < n_files; i++)
        if (strcmp(files[i].path, path) == 0)
            return &files[i];
    return NULL;
}

/* ---- between SQLite and the system ---- */

static int write_file(sqlite3_file *file, const void *from, int n, sqlite3_int64 offset)
{
    note(pass_ctx(file), from, (size_t)n, (size_t)offset);
    return pass_real(file)->pMethods->xWrite(pass_real(file), from, n, offset);
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    note(pass_ctx(file), NULL, 0, (size_t)size);
    return pass_real(file)->pMethods->xTruncate(pass_real(file), size);
}

/* The system's own sync would only take time. */
static int sync_file(sqlite3_file *file, int flags)
{
    (void)flags;
    pthread_mutex_lock(&lock);
    if (counts(pass_ctx(file)))
        settle(pass_ctx(file));
    pthread_mutex_unlock(&lock);
    return SQLITE_OK;
}

void power_synced(const char *path)
{
    pthread_mutex_lock(&lock);
    struct disk_file *file = file_of(path);
    if (counts(file))
        settle(file);
    else if (on && !failed)
        settle_folder();
    pthread_mutex_unlock(&lock);
}

static struct disk_file *enter(const char *path)
{
    struct disk_file *file = file_of(path);
    if (file || !path)
        return file;
    require(n_files < FILES);
    file = &files[n_files++];
    *file = (struct disk_file){.path = xstrdup(path), .was_synced = access(path, F_OK) == 0};
    image_read(&file->synced, path);
    return file;
}

static int open_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags)
{
    (void)vfs;
    pthread_mutex_lock(&lock);
    struct disk_file *of = on && !failed ? enter(name) : NULL;
    if (of && of->is_removed) {
        of->synced.n = 0;
        of->is_removed = of->was_synced = false;
    }
    pthread_mutex_unlock(&lock);
    return pass_open(name, file, flags, ret_flags, &methods, of);
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    pthread_mutex_lock(&lock);
    struct disk_file *file = file_of(name);
    if (counts(file)) {
        file->is_removed = true;
        file->was_synced = !sync; /* false: it does not come back */
    }
    pthread_mutex_unlock(&lock);
    return real_vfs->xDelete(real_vfs, name, 0);
}

void power_install(void)
{
    static sqlite3_vfs vfs;
    if (real_vfs)
        return;
    real_vfs = pass_init(&vfs, "power");
    methods = pass_methods;
    methods.xWrite = write_file;
    methods.xTruncate = truncate_file;
    methods.xSync = sync_file;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    sqlite3_vfs_register(&vfs, 1);
}

/* ---- power ---- */

static void forget(void)
{
    for (size_t i = 0; i < n_files; i++) {
        forget_changes(&files[i]);
        free(files[i].synced.bytes);
        free(files[i].path);
    }
    n_files = 0;
    on = failed = false;
}

void power_on(uint64_t seed, unsigned after)
{
    pthread_mutex_lock(&lock);
    forget();
    rng_init(&rng, seed);
    left = after;
    on = true;
    pthread_mutex_unlock(&lock);
}

bool power_has_failed(void)
{
    pthread_mutex_lock(&lock);
    bool has = failed;
    pthread_mutex_unlock(&lock);
    return has;
}

static void put_back(const struct disk_file *file)
{
    CLEANUP_FREE char *shared = xasprintf("%s-shm", file->path); /* memory, not disk */
    unlink(shared);
    unlink(file->path);
    FILE *out = file->is_left ? fopen(file->path, "w") : NULL;
    if (out && file->synced.n)
        require(fwrite(file->synced.bytes, 1, file->synced.n, out) == file->synced.n);
    if (out)
        fclose(out);
}

void power_restore(void)
{
    pthread_mutex_lock(&lock);
    require(failed);
    for (size_t i = 0; i < n_files; i++)
        put_back(&files[i]);
    forget();
    pthread_mutex_unlock(&lock);
}
