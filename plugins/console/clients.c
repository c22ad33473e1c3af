/* Clients: what they are told. Writes never block: what a client does not take waits, up to a bound. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "console.h"

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

void console_wake(struct console *c)
{
    (void)!write(c->wake[1], "w", 1); /* full: it will wake anyway */
}

void client_send(struct console *c, struct client *client, const cJSON *line)
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
            console_wake(c); /* run() watches for when more can be written */
    } else {
        shutdown(client->fd, SHUT_RDWR); /* too slow: it joins again and gets the history */
    }
    free(text);
}

static bool has_joined(const struct client *client, const char *room)
{
    for (size_t i = 0; i < client->n_rooms; i++) {
        if (strcmp(client->rooms[i], room) == 0)
            return true;
    }
    return false;
}

void message_strip(cJSON *line)
{
    cJSON_DeleteItemFromObjectCaseSensitive(line, "key");
    cJSON_DeleteItemFromObjectCaseSensitive(line, "seq");
}

void clients_tell(struct console *c, const struct room *room, const char *event, const cJSON *message)
{
    cJSON *line = cJSON_Duplicate(message, true);
    cJSON_ReplaceItemInObjectCaseSensitive(line, "event", cJSON_CreateString(event));
    message_strip(line);
    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        struct client *client = c->clients[i];
        if (client && client->greeted && has_joined(client, room->name) && room_lets_in(room, client->user))
            client_send(c, client, line);
    }
    cJSON_Delete(line);
}

void clients_tell_room(struct console *c, const struct room *room, const char *event, const char *user)
{
    cJSON *line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "event", event);
    cJSON_AddStringToObject(line, "room", room->name);
    cJSON_AddStringToObject(line, "topic", room->topic ? room->topic : "");
    if (user)
        clients_tell_user(c, user, line);
    else
        clients_tell(c, room, event, line);
    cJSON_Delete(line);
}

void clients_tell_user(struct console *c, const char *user, const cJSON *line)
{
    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        struct client *client = c->clients[i];
        if (client && client->greeted && strcmp(client->user, user) == 0)
            client_send(c, client, line);
    }
}

void client_join(struct console *c, struct client *client, struct room *room)
{
    if (!has_joined(client, room->name) && client->n_rooms < sizeof(client->rooms) / sizeof(client->rooms[0]))
        client->rooms[client->n_rooms++] = strdup(room->name);
    cJSON *joined = cJSON_CreateObject();
    cJSON_AddStringToObject(joined, "event", "joined");
    cJSON_AddStringToObject(joined, "room", room->name);
    cJSON_AddStringToObject(joined, "topic", room->topic ? room->topic : "");
    client_send(c, client, joined);
    cJSON_Delete(joined);
    const cJSON *message;
    cJSON_ArrayForEach(message, room_messages(c, room))
    {
        cJSON *line = cJSON_Duplicate(message, true);
        message_strip(line);
        cJSON_AddTrueToObject(line, "old");
        client_send(c, client, line);
        cJSON_Delete(line);
    }
}
