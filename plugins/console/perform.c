/* Actions: what Tocsin wants done in rooms. One table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"

static const char *text_of(const cJSON *body, const char *key)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(body, key);
    return cJSON_IsString(member) ? member->valuestring : NULL;
}

static void refuse(struct tocsin_result *result, const char *why)
{
    result->code = TOCSIN_REFUSED;
    snprintf(result->detail, sizeof(result->detail), "%s", why);
}

static void done(struct tocsin_result *result, const char *remote_id)
{
    snprintf(result->remote_id, sizeof(result->remote_id), "%s", remote_id);
}

/* The room named, made when it is not there yet: a console has no administrator who could. */
static struct room *room_for(struct console *c, const char *name)
{
    struct room *room = room_find(c, name);
    return room || !name ? room : room_open(c, name, NULL, false, NULL, NULL);
}

static void keep(struct console *c, struct room *room, struct tocsin_result *result)
{
    if (room_save(c, room) == 0)
        return;
    result->code = TOCSIN_RETRY; /* asked again with the same key, which finds the message in the room */
    snprintf(result->detail, sizeof(result->detail), "the room could not be stored");
}

/* Seen by one person, in the room, and kept nowhere. */
static void post_to(struct console *c, const struct room *room, const char *user, const cJSON *body)
{
    cJSON *line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "event", "message");
    cJSON_AddStringToObject(line, "room", room->name);
    cJSON_AddStringToObject(line, "from", "tocsin");
    cJSON_AddStringToObject(line, "to", user);
    for (int i = 0; i < 2; i++) {
        const cJSON *part = cJSON_GetObjectItemCaseSensitive(body, i ? "card" : "text");
        if (part)
            cJSON_AddItemToObject(line, i ? "card" : "text", cJSON_Duplicate(part, true));
    }
    clients_tell_user(c, user, line);
    cJSON_Delete(line);
}

static void do_post(struct console *c, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    struct room *room = room_for(c, text_of(body, "channel"));
    const char *to = text_of(body, "to");
    if (!room)
        return refuse(result, "the post names no channel, or there are too many");
    if (to)
        return post_to(c, room, to, body);
    cJSON *known = room_message(room, "key", action->key);
    if (!known) {
        room_add(c, room, "tocsin", action->key, body);
        known = room_message(room, "key", action->key);
        clients_tell(c, room, "message", known);
    }
    done(result, text_of(known, "id"));
    keep(c, room, result);
}

static void do_edit(struct console *c, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    (void)action;
    struct room *room = room_find(c, text_of(body, "channel"));
    cJSON *message = room ? room_message(room, "id", text_of(body, "message")) : NULL;
    if (!message)
        return done(result, ""); /* scrolled out of the history: nobody sees it any more */
    for (int i = 0; i < 2; i++) {
        const char *member = i ? "card" : "text";
        const cJSON *part = cJSON_GetObjectItemCaseSensitive(body, member);
        cJSON_DeleteItemFromObjectCaseSensitive(message, member);
        if (part)
            cJSON_AddItemToObject(message, member, cJSON_Duplicate(part, true));
    }
    clients_tell(c, room, "edited", message);
    keep(c, room, result);
}

static void do_open(struct console *c, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    const char *name = text_of(body, "name");
    if (!name)
        return refuse(result, "the room has no name");
    struct room *room = room_open(c, name, text_of(body, "topic"),
                                  cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(body, "private")),
                                  cJSON_GetObjectItemCaseSensitive(body, "members"), action->key);
    if (!room)
        return refuse(result, "there are too many rooms");
    done(result, room->name);
    keep(c, room, result);
}

static void do_topic(struct console *c, const struct tocsin_action *action, const cJSON *body,
                     struct tocsin_result *result)
{
    (void)action;
    struct room *room = room_find(c, text_of(body, "channel"));
    const char *topic = text_of(body, "topic");
    if (!room || !topic)
        return refuse(result, "there is no such room, or no topic");
    free(room->topic);
    room->topic = strdup(topic);
    keep(c, room, result);
}

static void do_invite(struct console *c, const struct tocsin_action *action, const cJSON *body,
                      struct tocsin_result *result)
{
    (void)action;
    struct room *room = room_find(c, text_of(body, "channel"));
    const cJSON *user;
    if (!room)
        return refuse(result, "there is no such room");
    cJSON_ArrayForEach(user, cJSON_GetObjectItemCaseSensitive(body, "users"))
    {
        if (cJSON_IsString(user))
            room_invite(c, room, user->valuestring);
    }
}

/* History is cheap here: an archived room stays readable. */
static void do_archive(struct console *c, const struct tocsin_action *action, const cJSON *body,
                       struct tocsin_result *result)
{
    (void)c;
    (void)action;
    (void)body;
    (void)result;
}

/* A room of one's own, which is there when the person comes back. */
static void do_page(struct console *c, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    const char *user = text_of(body, "user");
    char name[NAME_BYTES + 2];
    if (!user)
        return refuse(result, "the page names no user");
    snprintf(name, sizeof(name), "@%.*s", NAME_BYTES, user);
    struct room *room = room_find(c, name);
    if (!room)
        room = room_open(c, name, "Pages for you", true, NULL, NULL);
    if (!room)
        return refuse(result, "there are too many rooms");
    room_invite(c, room, user);
    if (!room_message(room, "key", action->key)) {
        room_add(c, room, "tocsin", action->key, body);
        cJSON *line = cJSON_Duplicate(room_message(room, "key", action->key), true);
        cJSON_AddTrueToObject(line, "page");
        clients_tell_user(c, user, line);
        cJSON_Delete(line);
    }
    done(result, text_of(room_message(room, "key", action->key), "id"));
    keep(c, room, result);
}

static const struct kind {
    const char *name;
    void (*perform)(struct console *, const struct tocsin_action *, const cJSON *, struct tocsin_result *);
} kinds[] = {
    {"post", do_post},
    {"edit", do_edit},
    {"channel.open", do_open},
    {"channel.topic", do_topic},
    {"channel.invite", do_invite},
    {"channel.archive", do_archive},
    {"page", do_page},
};

void console_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    struct console *c = self;
    cJSON *body = cJSON_ParseWithLength(action->body, action->body_length);
    const struct kind *kind = NULL;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, action->kind) == 0)
            kind = &kinds[i];
    }
    pthread_mutex_lock(&c->lock);
    if (kind && cJSON_IsObject(body))
        kind->perform(c, action, body, result);
    else
        refuse(result, kind ? "the action's body is no JSON object" : "the console does not do this");
    pthread_mutex_unlock(&c->lock);
    cJSON_Delete(body);
}
