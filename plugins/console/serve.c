/* Sockets: clients come, say lines, go. One thread, poll(). */
#include <errno.h>
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

int32_t console_listen(struct console *c, struct tocsin_error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(c->path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return fail(error, TOCSIN_E_CONFIG,
                    "a socket's path has at most 107 bytes; set `socket` to a shorter one", c->path);
    }
    memcpy(address.sun_path, c->path, strlen(c->path) + 1);
    c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlink(c->path);
    if (c->listener < 0 || bind(c->listener, (struct sockaddr *)&address, sizeof(address)) ||
        listen(c->listener, 16))
        return fail(error, TOCSIN_E_FAILED, "the chat's socket cannot be made", c->path);
    chmod(c->path, c->trust ? 0600 : 0666); /* who they are, the kernel says */
    return 0;
}

static const char *text_of(const cJSON *line, const char *key, const char *fallback)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(line, key);
    return cJSON_IsString(member) && *member->valuestring ? member->valuestring : fallback;
}

static void say_error(struct client *client, const char *text)
{
    cJSON *line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "event", "error");
    cJSON_AddStringToObject(line, "text", text);
    client_send(client, line);
    cJSON_Delete(line);
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

/* An event's common part: type, id, channel, user. */
static cJSON *event_of(struct console *c, const struct client *client, const char *type, const char *room)
{
    char id[64];
    snprintf(id, sizeof(id), "e%llx-%llu", (unsigned long long)c->boot, (unsigned long long)++c->counter);
    cJSON *event = cJSON_CreateObject();
    cJSON_AddStringToObject(event, "type", type);
    cJSON_AddStringToObject(event, "id", id);
    cJSON_AddStringToObject(event, "channel", room);
    cJSON *user = cJSON_AddObjectToObject(event, "user");
    cJSON_AddStringToObject(user, "id", client->user);
    cJSON_AddStringToObject(user, "name", client->name);
    if (*client->zone)
        cJSON_AddStringToObject(user, "zone", client->zone);
    return event;
}

/* Blocks until the core has it; the lock is not held meanwhile, so that actions go on. */
static int32_t emit(struct console *c, cJSON *event)
{
    char *text = cJSON_PrintUnformatted(event);
    pthread_mutex_unlock(&c->lock);
    int32_t rc = c->host->emit(c->host->ctx, text, strlen(text));
    pthread_mutex_lock(&c->lock);
    free(text);
    cJSON_Delete(event);
    return rc;
}

static void tell_unkept(struct client *client, int32_t rc)
{
    say_error(client, rc == TOCSIN_EMIT_RETRY
                          ? "That was not kept: Tocsin cannot take it right now. Say it again in a moment."
                          : "That was not taken: it is too long, or not text.");
}

static void do_hello(struct console *c, struct client *client, const cJSON *line)
{
    if (c->trust)
        snprintf(client->user, NAME_BYTES, "%s", text_of(line, "user", client->user));
    snprintf(client->name, NAME_BYTES, "%s", text_of(line, "name", client->user));
    snprintf(client->zone, NAME_BYTES, "%s", text_of(line, "zone", ""));
    client->greeted = true;
    cJSON *welcome = cJSON_CreateObject();
    cJSON_AddStringToObject(welcome, "event", "welcome");
    cJSON_AddStringToObject(welcome, "user", client->user);
    cJSON_AddStringToObject(welcome, "room", c->default_room);
    client_send(client, welcome);
    cJSON_Delete(welcome);
}

static void do_rooms(struct console *c, struct client *client, const cJSON *line)
{
    (void)line;
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddStringToObject(answer, "event", "rooms");
    cJSON *rooms = cJSON_AddArrayToObject(answer, "rooms");
    for (size_t i = 0; i < c->n_rooms; i++) {
        if (!room_lets_in(c->rooms[i], client->user))
            continue;
        cJSON *room = cJSON_CreateObject();
        cJSON_AddStringToObject(room, "name", c->rooms[i]->name);
        cJSON_AddStringToObject(room, "topic", c->rooms[i]->topic ? c->rooms[i]->topic : "");
        cJSON_AddItemToArray(rooms, room);
    }
    client_send(client, answer);
    cJSON_Delete(answer);
}

/* The room of a line, if the client may be there. */
static struct room *room_of(struct console *c, struct client *client, const cJSON *line)
{
    struct room *room = room_find(c, text_of(line, "room", c->default_room));
    if (room && room_lets_in(room, client->user))
        return room;
    say_error(client, "There is no such room; /rooms lists them.");
    return NULL;
}

static void do_join(struct console *c, struct client *client, const cJSON *line)
{
    struct room *room = room_of(c, client, line);
    if (!room)
        return;
    client_join(c, client, room);
    emit(c, event_of(c, client, "join", room->name));
}

static void do_leave(struct console *c, struct client *client, const cJSON *line)
{
    (void)c;
    for (size_t i = 0; i < client->n_rooms; i++) {
        if (strcmp(client->rooms[i], text_of(line, "room", "")) != 0)
            continue;
        free(client->rooms[i]);
        client->rooms[i] = client->rooms[--client->n_rooms];
        return;
    }
}

static void do_say(struct console *c, struct client *client, const cJSON *line)
{
    struct room *room = room_of(c, client, line);
    const char *text = text_of(line, "text", NULL);
    if (!room || !text)
        return;
    if (strlen(text) > TEXT_BYTES) {
        say_error(client, "That is too long: 16 KiB at most.");
        return;
    }
    const char *id = room_add(c, room, client->name, NULL, line);
    char message[64];
    snprintf(message, sizeof(message), "%s", id);
    clients_tell(c, room, "message", room_message(room, "id", message));
    cJSON *event = event_of(c, client, "message", room->name);
    cJSON_AddStringToObject(event, "text", text);
    cJSON_AddStringToObject(event, "message", message);
    room_save(c, room);
    int32_t rc = emit(c, event);
    if (rc != TOCSIN_EMITTED)
        tell_unkept(client, rc);
}

static void do_press(struct console *c, struct client *client, const cJSON *line)
{
    struct room *room = room_of(c, client, line);
    const char *command = text_of(line, "command", NULL);
    if (!room || !command)
        return;
    cJSON *event = event_of(c, client, "press", room->name);
    cJSON_AddStringToObject(event, "command", command);
    cJSON_AddStringToObject(event, "message", text_of(line, "message", ""));
    int32_t rc = emit(c, event);
    if (rc != TOCSIN_EMITTED)
        tell_unkept(client, rc);
}

static const struct verb {
    const char *name;
    void (*run)(struct console *, struct client *, const cJSON *);
} verbs[] = {
    {"hello", do_hello}, {"rooms", do_rooms}, {"join", do_join},
    {"leave", do_leave}, {"say", do_say},     {"press", do_press},
};

static void take_line(struct console *c, struct client *client, const char *text, size_t n)
{
    cJSON *line = cJSON_ParseWithLength(text, n);
    const char *verb = text_of(line, "do", "");
    bool known = false;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(verbs[i].name, verb) != 0)
            continue;
        known = true;
        if (client->greeted || i == 0)
            verbs[i].run(c, client, line);
        else
            say_error(client, "Say hello first.");
    }
    if (!known)
        say_error(client, "That line was not understood.");
    cJSON_Delete(line);
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
        take_line(c, client, client->in, length);
        client->in_n -= length + 1;
        memmove(client->in, end + 1, client->in_n);
    }
    return client->in_n < sizeof(client->in);
}

static void accept_client(struct console *c)
{
    int fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        if (c->clients[i])
            continue;
        c->clients[i] = calloc(1, sizeof(struct client));
        c->clients[i]->fd = fd;
        login_name(fd, c->clients[i]->user);
        return;
    }
    close(fd); /* full */
}

static size_t watch(struct console *c, struct pollfd *fds, size_t *index)
{
    size_t n = 0;
    fds[n++] = (struct pollfd){c->wake[0], POLLIN, 0};
    fds[n++] = (struct pollfd){c->listener, POLLIN, 0};
    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        if (!c->clients[i])
            continue;
        index[n] = i;
        fds[n++] =
            (struct pollfd){c->clients[i]->fd, (short)(POLLIN | (c->clients[i]->out_n ? POLLOUT : 0)), 0};
    }
    return n;
}

static void serve_client(struct console *c, size_t i, short events)
{
    struct client *client = c->clients[i];
    if (events & POLLOUT) {
        ssize_t n = send(client->fd, client->out, client->out_n, MSG_NOSIGNAL | MSG_DONTWAIT);
        client->out_n -= n > 0 ? (size_t)n : 0;
        memmove(client->out, client->out + (n > 0 ? n : 0), client->out_n);
    }
    if ((events & (POLLIN | POLLHUP | POLLERR)) && !read_client(c, client)) {
        client_close(client);
        c->clients[i] = NULL;
    }
}

int32_t console_run(void *self, struct tocsin_error *error)
{
    struct console *c = self;
    struct pollfd fds[CLIENTS_MOST + 2];
    size_t index[CLIENTS_MOST + 2];
    while (!c->host->stopping(c->host->ctx)) {
        pthread_mutex_lock(&c->lock);
        size_t n = watch(c, fds, index);
        pthread_mutex_unlock(&c->lock);
        if (poll(fds, n, 1000) < 0 && errno != EINTR)
            return fail(error, TOCSIN_E_FAILED, "poll", c->path);
        pthread_mutex_lock(&c->lock);
        if (fds[1].revents)
            accept_client(c);
        for (size_t i = 2; i < n; i++) {
            if (fds[i].revents && c->clients[index[i]])
                serve_client(c, index[i], fds[i].revents);
        }
        pthread_mutex_unlock(&c->lock);
    }
    return 0;
}
