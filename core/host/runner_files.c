/* Which files a connector may use: those that its settings name. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/json.h"
#include "host/confine.h"
#include "host/runner.h"

#define PATHS_MOST 16

/* A socket that nobody answers is left from a process that died, and could not be removed any more by the next one. */
static void remove_left_socket(const char *path)
{
    struct stat status;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (runner.trial || lstat(path, &status) || !S_ISSOCK(status.st_mode) ||
        strlen(path) >= sizeof(address.sun_path))
        return;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) && errno == ECONNREFUSED)
        unlink(path);
    close(fd);
}

static void make_folder(const char *path)
{
    mkdir(path, 0700);
}

static void make_file(const char *path)
{
    int fd = runner.trial ? -1 : open(path, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd >= 0)
        close(fd);
}

/* What cannot be made ready is for the connector to complain of, and so is a path that is not absolute. A trial makes no file, and
   removes none. */
static const struct {
    uint32_t flag;
    enum confine_use use;
    void (*make_ready)(const char *path); /* NULL: nothing to do */
} kinds[] = {
    {TOCSIN_READS, CONFINE_READ, NULL},
    {TOCSIN_FILE, CONFINE_OWN, make_file},
    {TOCSIN_FOLDER, CONFINE_OWN, make_folder},
    {TOCSIN_SOCKET, CONFINE_SOCKET, remove_left_socket},
};

static const struct tocsin_setting *setting_at(size_t i)
{
    const char *rows = (const char *)runner.loaded.connector.settings;
    const struct tocsin_setting *row = (const void *)(rows + i * runner.loaded.setting_stride);
    return rows && row->name ? row : NULL;
}

struct paths {
    struct confine_path v[PATHS_MOST];
    size_t n;
};

static void add(struct paths *paths, const char *path, uint32_t flags)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds) && *path && paths->n < PATHS_MOST; i++) {
        if (!(flags & kinds[i].flag))
            continue;
        if (kinds[i].make_ready && *path == '/')
            kinds[i].make_ready(path);
        paths->v[paths->n++] = (struct confine_path){path, kinds[i].use};
    }
}

void runner_keep_files(const char *file, const cJSON *settings)
{
    struct paths paths = {.v = {{file, CONFINE_READ}}, .n = 1};
    const struct tocsin_setting *row;
    for (size_t i = 0; (row = setting_at(i)); i++)
        add(&paths, json_text_or(settings, row->name, ""), row->flags);
    confine_files(paths.v, paths.n);
}
