/* Sockets: clients come, say lines, go. One thread, poll(). */
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "console.h"

static int32_t fail(struct tocsin_error *error, int32_t code, const char *what, const char *path)
{
    error->code = code;
    snprintf(error->text, sizeof(error->text), "%s: %s: %s", path, what, strerror(errno));
    return code;
}

/* Who may connect: everybody, since the kernel says who they are; or a group; or, where nobody says it, the owner. */
static int32_t admit(const struct console *c, struct tocsin_error *error)
{
    struct group entry, *found = NULL;
    char buffer[16384];
    if (!*c->group) {
        chmod(c->path, c->trust ? 0600 : 0666);
        return 0;
    }
    errno = getgrnam_r(c->group, &entry, buffer, sizeof(buffer), &found);
    errno = found ? 0 : errno ? errno : ENOENT;
    if (!found)
        return fail(error, TOCSIN_E_CONFIG, "no such group; set `group` to one of this machine", c->group);
    if (chown(c->path, (uid_t)-1, entry.gr_gid) || chmod(c->path, 0660))
        return fail(error, TOCSIN_E_CONFIG,
                    "the chat's socket cannot be given to this group; tocsind's user must be in it", c->group);
    return 0;
}

static const char *socket_fault(int why)
{
    if (why == EADDRINUSE)
        return "the chat's socket cannot take the place of what is there";
    if (why == EACCES)
        return "the chat's socket cannot be made: let the user of connectors, `runner_user`, write to its "
               "folder";
    return "the chat's socket cannot be made; does its folder exist?";
}

int32_t console_listen(struct console *c, struct tocsin_error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(c->path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return fail(error, TOCSIN_E_CONFIG,
                    "a socket's path has at most 107 bytes; set `socket` to a shorter one", c->path);
    }
    memcpy(address.sun_path, c->path, strlen(c->path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 16)) {
        int why = errno;
        close(fd);
        errno = why;
        return fail(error, TOCSIN_E_FAILED, socket_fault(why), c->path);
    }
    c->listener = fd;
    return admit(c, error);
}

static void login_name(int fd, char name[NAME_BYTES])
{
    struct ucred peer;
    socklen_t n = sizeof(peer);
    struct passwd entry, *found = NULL;
    char buffer[4096];
    snprintf(name, NAME_BYTES, "nobody");
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n))
        return;
    if (getpwuid_r(peer.uid, &entry, buffer, sizeof(buffer), &found) == 0 && found)
        snprintf(name, NAME_BYTES, "%s", entry.pw_name);
    else
        snprintf(name, NAME_BYTES, "uid-%u", (unsigned)peer.uid);
}

/* False when the client is gone. */
static bool read_client(struct console *c, struct client *client)
{
    ssize_t n = recv(client->fd, client->in + client->in_n, sizeof(client->in) - client->in_n, MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        return false;
    client->in_n += n > 0 ? (size_t)n : 0;
    char *end;
    while ((end = memchr(client->in, '\n', client->in_n))) {
        size_t length = (size_t)(end - client->in);
        console_hear(c, client, client->in, length);
        client->in_n -= length + 1;
        memmove(client->in, end + 1, client->in_n);
    }
    return client->in_n < sizeof(client->in);
}

static void accept_client(struct console *c)
{
    static const char full[] = "{\"event\":\"error\",\"text\":\"The chat is full: 64 are connected.\"}\n";
    int fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        if (c->clients.v[i])
            continue;
        c->clients.v[i] = calloc(1, sizeof(struct client));
        if (!c->clients.v[i])
            break;
        c->clients.v[i]->fd = fd;
        login_name(fd, c->clients.v[i]->user);
        return;
    }
    (void)!send(fd, full, sizeof(full) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

static size_t watch(struct console *c, struct pollfd *fds, size_t *index)
{
    size_t n = 0;
    fds[n++] = (struct pollfd){c->clients.wake[0], POLLIN, 0};
    fds[n++] = (struct pollfd){c->listener, POLLIN, 0};
    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        if (!c->clients.v[i])
            continue;
        index[n] = i;
        fds[n++] =
            (struct pollfd){c->clients.v[i]->fd, (short)(POLLIN | (c->clients.v[i]->out_n ? POLLOUT : 0)), 0};
    }
    return n;
}

static void serve_client(struct console *c, size_t i, short events)
{
    struct client *client = c->clients.v[i];
    if (events & POLLOUT)
        client_flush(client);
    if ((events & (POLLIN | POLLHUP | POLLERR)) && !read_client(c, client)) {
        client_close(client);
        c->clients.v[i] = NULL;
    }
}

int32_t console_run(void *self, struct tocsin_error *error)
{
    struct console *c = self;
    struct pollfd fds[CLIENTS_MOST + 2];
    size_t index[CLIENTS_MOST + 2];
    char woken[64];
    while (!c->host->stopping(c->host->ctx)) {
        pthread_mutex_lock(&c->lock);
        size_t n = watch(c, fds, index);
        pthread_mutex_unlock(&c->lock);
        if (poll(fds, n, 5000) < 0 && errno != EINTR)
            return fail(error, TOCSIN_E_FAILED, "poll", c->path);
        if (fds[0].revents)
            (void)!read(c->clients.wake[0], woken, sizeof(woken));
        pthread_mutex_lock(&c->lock);
        if (fds[1].revents)
            accept_client(c);
        for (size_t i = 2; i < n; i++) {
            if (fds[i].revents && c->clients.v[index[i]])
                serve_client(c, index[i], fds[i].revents);
        }
        pthread_mutex_unlock(&c->lock);
    }
    return 0;
}
