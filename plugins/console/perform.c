/* Actions: what Tocsin wants done in rooms. One table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"

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
static struct room *room_for(struct console *c, const char *name, bool private)
{
    struct room *room = room_find(c, name);
    if (room || !name)
        return room;
    room = room_open(c, name, private ? "Pages for you" : NULL, private, NULL, NULL);
    if (room)
        store_index(c);
    return room;
}

/* The action is asked again with the same key, which finds what was done and keeps it then. */
static void keep(int rc, struct tocsin_result *result)
{
    if (rc == 0)
        return;
    result->code = TOCSIN_RETRY;
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
    message_fill(line, body);
    clients_tell_user(c, user, line);
    cJSON_Delete(line);
}

static void do_post(struct console *c, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    struct room *room = room_for(c, member_text(body, "channel", NULL), false);
    const char *to = member_text(body, "to", NULL);
    if (!room)
        return refuse(result, "the post names no channel, or there are too many");
    if (to)
        return post_to(c, room, to, body);
    cJSON *message = room_message(c, room, "key", action->key);
    if (!message) {
        message = room_add(c, room, "tocsin", action->key, body);
        clients_tell(c, room, "message", message);
    }
    done(result, member_text(message, "id", ""));
    keep(store_message(c, room, message), result);
}

static void do_edit(struct console *c, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    (void)action;
    struct room *room = room_find(c, member_text(body, "channel", NULL));
    cJSON *message = room ? room_message(c, room, "id", member_text(body, "message", NULL)) : NULL;
    if (!message)
        return done(result, ""); /* scrolled out of the history: nobody sees it any more */
    message_fill(message, body);
    clients_tell(c, room, "edited", message);
    done(result, member_text(message, "id", ""));
    keep(store_message(c, room, message), result);
}

static void tell_invited(struct console *c, const struct room *room, const cJSON *users)
{
    const cJSON *user;
    cJSON_ArrayForEach(user, users)
    {
        if (cJSON_IsString(user))
            clients_tell_room(c, room, "invited", user->valuestring);
    }
}

static void do_open(struct console *c, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    const char *name = member_text(body, "name", NULL);
    const cJSON *members = cJSON_GetObjectItemCaseSensitive(body, "members");
    size_t before = c->n_rooms;
    if (!name)
        return refuse(result, "the room has no name");
    struct room *room =
        room_open(c, name, member_text(body, "topic", NULL),
                  cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(body, "private")), members, action->key);
    if (!room)
        return refuse(result, "there are too many rooms, or its name has no letter");
    done(result, room->name);
    keep(store_room(c, room) || store_index(c), result);
    if (c->n_rooms > before)
        tell_invited(c, room, members);
}

static void do_topic(struct console *c, const struct tocsin_action *action, const cJSON *body,
                     struct tocsin_result *result)
{
    (void)action;
    struct room *room = room_find(c, member_text(body, "channel", NULL));
    const char *topic = member_text(body, "topic", NULL);
    if (!room || !topic)
        return refuse(result, "there is no such room, or no topic");
    char *copy = strdup(topic);
    free(room->topic);
    room->topic = copy;
    clients_tell_room(c, room, "topic", NULL);
    keep(store_room(c, room), result);
}

static void do_invite(struct console *c, const struct tocsin_action *action, const cJSON *body,
                      struct tocsin_result *result)
{
    (void)action;
    struct room *room = room_find(c, member_text(body, "channel", NULL));
    const cJSON *user;
    if (!room)
        return refuse(result, "there is no such room");
    cJSON_ArrayForEach(user, cJSON_GetObjectItemCaseSensitive(body, "users"))
    {
        if (cJSON_IsString(user) && room_invite(room, user->valuestring))
            clients_tell_room(c, room, "invited", user->valuestring);
    }
    keep(store_room(c, room), result);
}

static void do_remove(struct console *c, const struct tocsin_action *action, const cJSON *body,
                      struct tocsin_result *result)
{
    (void)action;
    struct room *room = room_find(c, member_text(body, "channel", NULL));
    const char *who = member_text(body, "who", "");
    if (!room)
        return refuse(result, "there is no such room");
    if (room_put_out(room, who))
        clients_tell_room(c, room, "removed", who); /* it hears no more by not being a member */
    keep(store_room(c, room), result);
}

/* It is not listed any more, and stays readable for those who know its name. */
static void do_archive(struct console *c, const struct tocsin_action *action, const cJSON *body,
                       struct tocsin_result *result)
{
    (void)action;
    struct room *room = room_find(c, member_text(body, "channel", NULL));
    if (!room)
        return refuse(result, "there is no such room");
    room->archived = true;
    keep(store_room(c, room), result);
}

/* A room of one's own, which is there when the person comes back. */
static void do_page(struct console *c, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    const char *user = member_text(body, "user", NULL);
    char name[NAME_BYTES];
    snprintf(name, sizeof(name), "@%s", user ? user : "");
    struct room *room = user ? room_for(c, name, true) : NULL;
    if (!room)
        return refuse(result, "the page names no user, or there are too many rooms");
    if (room_invite(room, user))
        store_room(c, room);
    cJSON *message = room_message(c, room, "key", action->key);
    if (!message) {
        message = room_add(c, room, "tocsin", action->key, body);
        cJSON *line = cJSON_Duplicate(message, true);
        message_strip(line);
        cJSON_AddTrueToObject(line, "page");
        clients_tell_user(c, user, line);
        cJSON_Delete(line);
    }
    done(result, member_text(message, "id", ""));
    keep(store_message(c, room, message), result);
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
    {"channel.remove", do_remove},
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
