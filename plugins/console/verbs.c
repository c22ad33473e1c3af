/* What clients say, line by line. One table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/text.h>

#include "console.h"

const char *member_text(const cJSON *object, const char *key, const char *fallback)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(member) && *member->valuestring ? member->valuestring : fallback;
}

static void say_error(struct console *c, struct client *client, const char *text)
{
    cJSON *line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "event", "error");
    cJSON_AddStringToObject(line, "text", text);
    client_send(c, client, line);
    cJSON_Delete(line);
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
    int32_t rc = text ? c->host->emit(c->host->ctx, text, strlen(text)) : TOCSIN_EMIT_RETRY;
    pthread_mutex_lock(&c->lock);
    free(text);
    cJSON_Delete(event);
    return rc;
}

static void tell_unkept(struct console *c, struct client *client, int32_t rc)
{
    if (rc == TOCSIN_EMIT_RETRY)
        say_error(c, client, "That was not kept: Tocsin cannot take it right now. Say it again in a moment.");
    else if (rc != TOCSIN_EMITTED)
        say_error(c, client, "That was not taken: it is too long, or not text.");
}

static void do_hello(struct console *c, struct client *client, const cJSON *line)
{
    if (c->trust && kit_clean_name(member_text(line, "user", ""), client->name, NAME_BYTES))
        snprintf(client->user, NAME_BYTES, "%s", client->name);
    if (!kit_clean_name(member_text(line, "name", ""), client->name, NAME_BYTES))
        snprintf(client->name, NAME_BYTES, "%s", client->user);
    kit_clean_name(member_text(line, "zone", ""), client->zone, NAME_BYTES);
    client->greeted = true;
    cJSON *welcome = cJSON_CreateObject();
    cJSON_AddStringToObject(welcome, "event", "welcome");
    cJSON_AddStringToObject(welcome, "user", client->user);
    cJSON_AddStringToObject(welcome, "room", c->default_room);
    client_send(c, client, welcome);
    cJSON_Delete(welcome);
    char pages[NAME_BYTES + 1]; /* what came while one was away */
    snprintf(pages, sizeof(pages), "@%s", client->user);
    struct room *room = room_find(c, pages);
    if (room && room_lets_in(room, client->user))
        client_join(c, client, room);
}

static void do_rooms(struct console *c, struct client *client, const cJSON *line)
{
    (void)line;
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddStringToObject(answer, "event", "rooms");
    cJSON *rooms = cJSON_AddArrayToObject(answer, "rooms");
    for (size_t i = 0; i < c->n_rooms; i++) {
        if (c->rooms[i]->archived || !room_lets_in(c->rooms[i], client->user))
            continue;
        cJSON *room = cJSON_CreateObject();
        cJSON_AddStringToObject(room, "name", c->rooms[i]->name);
        cJSON_AddStringToObject(room, "topic", c->rooms[i]->topic ? c->rooms[i]->topic : "");
        cJSON_AddItemToArray(rooms, room);
    }
    client_send(c, client, answer);
    cJSON_Delete(answer);
}

/* The room of a line, if the client may be there; one that is private looks like one that is not there. */
static struct room *room_of(struct console *c, struct client *client, const cJSON *line)
{
    struct room *room = room_find(c, member_text(line, "room", c->default_room));
    if (room && room_lets_in(room, client->user))
        return room;
    say_error(c, client, "There is no such room; /rooms lists them.");
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
    for (size_t i = 0; i < client->n_rooms; i++) {
        if (strcmp(client->rooms[i], member_text(line, "room", "")) != 0)
            continue;
        cJSON *event = event_of(c, client, "leave", client->rooms[i]);
        free(client->rooms[i]);
        client->rooms[i] = client->rooms[--client->n_rooms];
        emit(c, event);
        return;
    }
}

/* "@tocsin whoami": what is said to the bot; NULL: it is not addressed. */
static const char *said_to_us(const char *text)
{
    static const char name[] = "@tocsin";
    text += strspn(text, " ");
    if (strncasecmp(text, name, strlen(name)) != 0 ||
        (text[strlen(name)] && !strchr(" ,:", text[strlen(name)])))
        return NULL;
    text += strlen(name);
    return text + strspn(text, " ,:");
}

static void do_say(struct console *c, struct client *client, const cJSON *line)
{
    struct room *room = room_of(c, client, line);
    const char *text = member_text(line, "text", NULL);
    if (!room || !text)
        return;
    if (strlen(text) > TEXT_BYTES) {
        say_error(c, client, "That is too long: 16 KiB at most.");
        return;
    }
    cJSON *content = cJSON_CreateObject(); /* a card is Tocsin's to show */
    cJSON_AddStringToObject(content, "text", text);
    cJSON *message = room_add(c, room, client->name, NULL, content);
    clients_tell(c, room, "message", message);
    cJSON *event = event_of(c, client, "message", room->name);
    const char *to_us = said_to_us(text);
    cJSON_AddStringToObject(event, "text", to_us ? to_us : text);
    if (to_us)
        cJSON_AddTrueToObject(event, "mention");
    cJSON_AddStringToObject(event, "message", member_text(message, "id", ""));
    store_message(c, room, message);
    cJSON_Delete(content);
    tell_unkept(c, client, emit(c, event));
}

static void do_press(struct console *c, struct client *client, const cJSON *line)
{
    struct room *room = room_of(c, client, line);
    const char *command = member_text(line, "command", NULL);
    if (!room || !command)
        return;
    cJSON *event = event_of(c, client, "press", room->name);
    cJSON_AddStringToObject(event, "command", command);
    cJSON_AddStringToObject(event, "message", member_text(line, "message", ""));
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

void client_say(struct console *c, struct client *client, const char *text, size_t n)
{
    cJSON *line = kit_utf8_valid(text, n) ? cJSON_ParseWithLength(text, n) : NULL;
    const struct verb *verb = find_verb(member_text(line, "do", ""));
    if (!verb)
        say_error(c, client, "That line was not understood.");
    else if (!client->greeted && verb->run != do_hello)
        say_error(c, client, "Say hello first.");
    else
        verb->run(c, client, line);
    cJSON_Delete(line);
}
