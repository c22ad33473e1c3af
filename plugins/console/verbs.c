/* What clients say, line by line. One table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/text.h>

#include "console.h"
#include "message.h"

#define TEXT_BYTES 16384
#define ID_BYTES   64

static void send_line(struct console *c, struct client *client, cJSON *line)
{
    client_send(&c->clients, client, line);
    cJSON_Delete(line);
}

static void say_error(struct console *c, struct client *client, const char *text)
{
    send_line(c, client, kit_json_texts("event", "error", "text", text, NULL));
}

/* ---- to the core ---- */

static void new_id(struct console *c, char prefix, char id[ID_BYTES])
{
    snprintf(id, ID_BYTES, "%c%llx-%llu", prefix, (unsigned long long)c->boot,
             (unsigned long long)++c->counter);
}

/* An event's common part: type, id, channel, user. */
static cJSON *event_of(struct console *c, const struct client *client, const char *type, const char *room)
{
    char id[ID_BYTES];
    new_id(c, 'e', id);
    cJSON *event = kit_json_texts("type", type, "id", id, "channel", room, NULL);
    cJSON_AddItemToObject(event, "user",
                          kit_json_texts("id", client->user, "name", client->name, "zone",
                                         *client->zone ? client->zone : NULL, NULL));
    return event;
}

/* Blocks until the core has it. The lock is released meanwhile, so that actions go on. */
static int32_t emit(struct console *c, cJSON *event)
{
    pthread_mutex_unlock(&c->lock);
    int32_t rc = kit_emit(c->host, event);
    pthread_mutex_lock(&c->lock);
    return rc;
}

static void tell_unkept(struct console *c, struct client *client, int32_t rc)
{
    if (rc == TOCSIN_EMIT_RETRY)
        say_error(c, client, "That was not kept: Tocsin cannot take it right now. Say it again in a moment.");
    else if (rc != TOCSIN_EMITTED)
        say_error(c, client, "That was not taken: it is too long, or not text.");
}

/* ---- rooms ---- */

/* The room of a line, if the client may be there; one that is private looks like one that is not there. */
static struct room *room_of(struct console *c, struct client *client, const cJSON *line)
{
    struct room *room = rooms_find(&c->rooms, kit_json_text_or(line, "room", c->default_room));
    if (room && room_lets_in(room, client->user))
        return room;
    say_error(c, client, "There is no such room; /rooms lists them.");
    return NULL;
}

static void enter(struct console *c, struct client *client, struct room *room)
{
    const cJSON *message;
    client_join(client, room->name);
    send_line(
        c, client,
        kit_json_texts("event", "joined", "room", room->name, "topic", room->topic ? room->topic : "", NULL));
    cJSON_ArrayForEach(message, room_messages(&c->rooms, room))
    {
        cJSON *line = message_line(message, "message");
        cJSON_AddTrueToObject(line, "old");
        send_line(c, client, line);
    }
}

static void do_hello(struct console *c, struct client *client, const cJSON *line)
{
    char pages[NAME_BYTES + 1]; /* what came while one was away */
    if (c->trust && kit_clean_name(kit_json_text(line, "user"), client->name, NAME_BYTES))
        snprintf(client->user, NAME_BYTES, "%s", client->name);
    if (!kit_clean_name(kit_json_text(line, "name"), client->name, NAME_BYTES))
        snprintf(client->name, NAME_BYTES, "%s", client->user);
    kit_clean_name(kit_json_text(line, "zone"), client->zone, NAME_BYTES);
    client->greeted = true;
    send_line(c, client,
              kit_json_texts("event", "welcome", "user", client->user, "room", c->default_room, NULL));
    snprintf(pages, sizeof(pages), "@%s", client->user);
    struct room *room = rooms_find(&c->rooms, pages);
    if (room && room_lets_in(room, client->user))
        enter(c, client, room);
}

static void do_rooms(struct console *c, struct client *client, const cJSON *line)
{
    (void)line;
    cJSON *answer = kit_json_texts("event", "rooms", NULL);
    cJSON *list = cJSON_AddArrayToObject(answer, "rooms");
    for (size_t i = 0; i < c->rooms.n; i++) {
        const struct room *room = c->rooms.v[i];
        if (!room->archived && room_lets_in(room, client->user))
            cJSON_AddItemToArray(
                list, kit_json_texts("name", room->name, "topic", room->topic ? room->topic : "", NULL));
    }
    send_line(c, client, answer);
}

static void do_join(struct console *c, struct client *client, const cJSON *line)
{
    struct room *room = room_of(c, client, line);
    if (!room)
        return;
    enter(c, client, room);
    emit(c, event_of(c, client, "join", room->name));
}

static void do_leave(struct console *c, struct client *client, const cJSON *line)
{
    const char *room = kit_json_text(line, "room");
    if (client_leave(client, room))
        emit(c, event_of(c, client, "leave", room));
}

/* ---- saying something ---- */

static cJSON *event_of_text(struct console *c, const struct client *client, const struct room *room,
                            const char *text, const char *id)
{
    cJSON *event = event_of(c, client, "message", room->name);
    const char *to_us = kit_said_to(text, "tocsin", false);
    cJSON_AddStringToObject(event, "text", to_us ? to_us : text);
    if (to_us)
        cJSON_AddTrueToObject(event, "mention");
    if (*room->name == '@') /* where one's pages are: nobody else is there */
        cJSON_AddTrueToObject(event, "direct");
    cJSON_AddStringToObject(event, "message", id);
    return event;
}

/* Everybody in the room sees it at once. It is stored with the event; if that is not taken, it leaves the history. */
static void say(struct console *c, struct client *client, struct room *room, const char *text)
{
    char id[ID_BYTES];
    new_id(c, 'm', id);
    cJSON *content = kit_json_texts("text", text, NULL); /* a card is Tocsin's to show */
    const cJSON *message = room_add(&c->rooms, room, id, client->name, NULL, content);
    cJSON *shown = message_line(message, "message");
    clients_tell(&c->clients, room, shown);
    room_keep(&c->rooms, room, message);
    cJSON_Delete(shown);
    cJSON_Delete(content);
    int32_t rc = emit(c, event_of_text(c, client, room, text, id));
    if (rc != TOCSIN_EMITTED)
        room_drop(&c->rooms, room, id);
    tell_unkept(c, client, rc);
}

static void do_say(struct console *c, struct client *client, const cJSON *line)
{
    struct room *room = room_of(c, client, line);
    const char *text = kit_json_text(line, "text");
    if (room && strlen(text) > TEXT_BYTES)
        say_error(c, client, "That is too long: 16 KiB at most.");
    else if (room && *text)
        say(c, client, room, text);
}

static void do_press(struct console *c, struct client *client, const cJSON *line)
{
    struct room *room = room_of(c, client, line);
    const char *command = kit_json_text(line, "command");
    if (!room || !*command)
        return;
    cJSON *event = event_of(c, client, "press", room->name);
    cJSON_AddStringToObject(event, "command", command);
    cJSON_AddStringToObject(event, "message", kit_json_text(line, "message"));
    tell_unkept(c, client, emit(c, event));
}

static const struct verb {
    const char *name;
    void (*run)(struct console *, struct client *, const cJSON *);
} verbs[] = {
    {"hello", do_hello}, {"rooms", do_rooms}, {"join", do_join},
    {"leave", do_leave}, {"say", do_say},     {"press", do_press},
};

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    }
    return NULL;
}

void console_hear(struct console *c, struct client *client, const char *text, size_t n)
{
    cJSON *line = kit_json_parse(text, n);
    const struct verb *verb = find_verb(kit_json_text(line, "do"));
    if (!verb)
        say_error(c, client, "That line was not understood.");
    else if (!client->greeted && verb->run != do_hello)
        say_error(c, client, "Say hello first.");
    else
        verb->run(c, client, line);
    cJSON_Delete(line);
}
