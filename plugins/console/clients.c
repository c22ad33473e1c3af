#include "clients.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void clients_wake(const struct clients *clients)
{
    (void)!write(clients->wake[1], "w", 1); /* full: it will wake anyway */
}

void client_close(struct client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    for (size_t i = 0; i < client->n_rooms; i++)
        free(client->rooms[i]);
    free(client->out);
    free(client);
}

void client_flush(struct client *client)
{
    ssize_t n = send(client->fd, client->out, client->out_n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
        client->out_n -= (size_t)n;
        memmove(client->out, client->out + n, client->out_n);
    } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
        shutdown(client->fd, SHUT_RDWR); /* run() sees the end and closes it */
        client->out_n = 0;
    }
}

void client_send(const struct clients *clients, struct client *client, const cJSON *line)
{
    char *text = cJSON_PrintUnformatted(line);
    size_t n = text ? strlen(text) : 0;
    char *out = text && client->out_n + n + 1 <= OUT_BYTES ? realloc(client->out, client->out_n + n + 1) : NULL;
    if (out) {
        client->out = out;
        memcpy(out + client->out_n, text, n + 1);
        out[client->out_n + n] = '\n';
        client->out_n += n + 1;
        client_flush(client);
        if (client->out_n)
            clients_wake(clients); /* run() watches for when more can be written */
    } else {
        shutdown(client->fd, SHUT_RDWR);
    }
    free(text);
}

/* Its place among the rooms of the client; n_rooms: it is in none of that name. */
static size_t place_of(const struct client *client, const char *room)
{
    size_t i = 0;
    while (i < client->n_rooms && strcmp(client->rooms[i], room) != 0)
        i++;
    return i;
}

void client_join(struct client *client, const char *room)
{
    if (place_of(client, room) == client->n_rooms && client->n_rooms < JOINED_MOST)
        client->rooms[client->n_rooms++] = strdup(room);
}

bool client_leave(struct client *client, const char *room)
{
    size_t i = place_of(client, room);
    if (i == client->n_rooms)
        return false;
    free(client->rooms[i]);
    client->rooms[i] = client->rooms[--client->n_rooms];
    return true;
}

void clients_tell(const struct clients *clients, const struct room *room, const cJSON *line)
{
    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        struct client *client = clients->v[i];
        bool joined = client && client->greeted && place_of(client, room->name) < client->n_rooms;
        if (joined && room_lets_in(room, client->user))
            client_send(clients, client, line);
    }
}

void clients_join_user(const struct clients *clients, const char *user, const char *room)
{
    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        struct client *client = clients->v[i];
        if (client && client->greeted && strcmp(client->user, user) == 0)
            client_join(client, room);
    }
}

void clients_tell_user(const struct clients *clients, const char *user, const cJSON *line)
{
    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        struct client *client = clients->v[i];
        if (client && client->greeted && strcmp(client->user, user) == 0)
            client_send(clients, client, line);
    }
}
