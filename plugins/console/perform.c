/* Actions: what Tocsin wants done in rooms. One table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#include "console.h"
#include "message.h"

struct job {
    struct console *c;
    const struct tocsin_action *action;
    const cJSON *body;
    struct tocsin_result *result;
};

static const char *text_of(const struct job *job, const char *name)
{
    return kit_json_text_or(job->body, name, NULL);
}

/* What an earlier attempt kept may have been lost. */
static bool is_asked_again(const struct job *job)
{
    return job->action->attempt > 1;
}

static void refuse(const struct job *job, const char *why)
{
    kit_result(job->result, TOCSIN_REFUSED, "%s", why);
}

static void done(const struct job *job, const char *remote_id)
{
    snprintf(job->result->remote_id, sizeof(job->result->remote_id), "%s", remote_id);
}

static struct room *room_of(const struct job *job)
{
    struct room *room = rooms_find(&job->c->rooms, text_of(job, "channel"));
    if (!room)
        refuse(job, "there is no such room");
    return room;
}

/* The room named, made when it is not there yet: a console has no administrator who could. */
static struct room *room_for(const struct job *job, const char *name, bool private)
{
    struct rooms *rooms = &job->c->rooms;
    struct room *room = rooms_find(rooms, name);
    bool is_new = !room && name;
    if (is_new)
        room = rooms_open(
            rooms,
            &(struct room_wish){.name = name, .topic = private ? "Pages for you" : NULL, .private = private});
    if (room && (is_new || is_asked_again(job)))
        rooms_keep_new(rooms, room);
    return room;
}

static void tell_room(const struct job *job, const struct room *room, const cJSON *message, const char *event)
{
    cJSON *line = message_line(message, event);
    clients_tell(&job->c->clients, room, line);
    cJSON_Delete(line);
}

/* "topic" to all in the room, or "invited" or "removed" to one user. */
static void tell_about(const struct job *job, const struct room *room, const char *event, const char *user)
{
    cJSON *line =
        kit_json_texts("event", event, "room", room->name, "topic", room->topic ? room->topic : "", NULL);
    if (user)
        clients_tell_user(&job->c->clients, user, line);
    else
        clients_tell(&job->c->clients, room, line);
    cJSON_Delete(line);
}

/* ---- messages ---- */

/* Seen by one person, in the room, and kept nowhere. */
static void post_to(const struct job *job, const struct room *room, const char *user)
{
    char id[MESSAGE_ID];
    message_id_of_key(job->action->key, id);
    cJSON *line =
        kit_json_texts("event", "message", "room", room->name, "id", id, "from", "tocsin", "to", user, NULL);
    message_fill(line, job->body);
    clients_tell_user(&job->c->clients, user, line);
    cJSON_Delete(line);
}

/* The message that the action posts, or that an earlier attempt posted; *ret_new: clients have not seen it. */
static const cJSON *post_in(const struct job *job, struct room *room, bool *ret_new)
{
    struct rooms *rooms = &job->c->rooms;
    const char *key = job->action->key;
    char id[MESSAGE_ID];
    message_id_of_key(key, id);
    const cJSON *message = is_asked_again(job) ? room_find(rooms, room, "key", key) : NULL;
    *ret_new = !message;
    if (!message)
        message = room_add(rooms, room, id, "tocsin", key, job->body);
    room_keep(rooms, room, message);
    done(job, kit_json_text(message, "id"));
    return message;
}

static void do_post(const struct job *job)
{
    struct room *room = room_for(job, text_of(job, "channel"), false);
    const char *to = text_of(job, "to");
    bool is_new;
    if (!room) {
        refuse(job, "the post names no channel, or there are too many");
        return;
    }
    if (to) {
        post_to(job, room, to);
        return;
    }
    const cJSON *message = post_in(job, room, &is_new);
    if (is_new)
        tell_room(job, room, message, "message");
}

static void do_edit(const struct job *job)
{
    struct rooms *rooms = &job->c->rooms;
    char pages[NAME_BYTES];
    snprintf(pages, sizeof(pages), "@%s", text_of(job, "user") ? text_of(job, "user") : "");
    struct room *room = rooms_find(rooms, text_of(job, "user") ? pages : text_of(job, "channel"));
    cJSON *message = room ? room_find(rooms, room, "id", text_of(job, "message")) : NULL;
    if (!message)
        return; /* scrolled out of the history: nobody sees it any more */
    message_fill(message, job->body);
    tell_room(job, room, message, "edited");
    room_keep(rooms, room, message);
    done(job, kit_json_text(message, "id"));
}

/* A room of one's own, which is there when the person comes back. */
static void do_page(const struct job *job)
{
    struct rooms *rooms = &job->c->rooms;
    const char *user = text_of(job, "user");
    char name[NAME_BYTES];
    bool is_new;
    snprintf(name, sizeof(name), "@%s", user ? user : "");
    struct room *room = user ? room_for(job, name, true) : NULL;
    if (!room) {
        refuse(job, "the page names no user, or there are too many rooms");
        return;
    }
    if (room_invite(room, user))
        rooms_keep(rooms, room);
    const cJSON *message = post_in(job, room, &is_new);
    if (!is_new)
        return;
    cJSON *line = message_line(message, "message");
    cJSON_AddTrueToObject(line, "page");
    clients_join_user(&job->c->clients, user, room->name); /* the page changes when somebody accepts */
    clients_tell_user(&job->c->clients, user, line);
    cJSON_Delete(line);
}

/* ---- rooms ---- */

static void tell_invited(const struct job *job, const struct room *room)
{
    const cJSON *user;
    cJSON_ArrayForEach(user, kit_json_member(job->body, "members"))
    {
        if (cJSON_IsString(user))
            tell_about(job, room, "invited", user->valuestring);
    }
}

static void do_open(const struct job *job)
{
    struct rooms *rooms = &job->c->rooms;
    size_t before = rooms->n;
    struct room_wish wish = {.name = text_of(job, "name"),
                             .topic = text_of(job, "topic"),
                             .private = kit_json_true(job->body, "private"),
                             .members = kit_json_member(job->body, "members"),
                             .key = job->action->key};
    if (!wish.name) {
        refuse(job, "the room has no name");
        return;
    }
    struct room *room = rooms_open(rooms, &wish);
    if (!room) {
        refuse(job, "there are too many rooms, or its name has no letter");
        return;
    }
    done(job, room->name);
    rooms_keep_new(rooms, room);
    if (rooms->n > before)
        tell_invited(job, room);
}

static void do_topic(const struct job *job)
{
    struct room *room = room_of(job);
    const char *topic = text_of(job, "topic");
    if (!room)
        return;
    if (!topic) {
        refuse(job, "there is no topic");
        return;
    }
    free(room->topic);
    room->topic = strdup(topic);
    tell_about(job, room, "topic", NULL);
    rooms_keep(&job->c->rooms, room);
}

static void do_invite(const struct job *job)
{
    struct room *room = room_of(job);
    const cJSON *user;
    if (!room)
        return;
    cJSON_ArrayForEach(user, kit_json_member(job->body, "users"))
    {
        if (cJSON_IsString(user) && room_invite(room, user->valuestring))
            tell_about(job, room, "invited", user->valuestring);
    }
    rooms_keep(&job->c->rooms, room);
}

static void do_remove(const struct job *job)
{
    struct room *room = room_of(job);
    const char *who = kit_json_text(job->body, "who");
    if (!room)
        return;
    if (room_put_out(room, who))
        tell_about(job, room, "removed", who); /* it hears no more by not being a member */
    rooms_keep(&job->c->rooms, room);
}

/* It is not listed any more, and stays readable for those who know its name. */
static void do_archive(const struct job *job)
{
    struct room *room = room_of(job);
    if (!room)
        return;
    room->archived = true;
    rooms_keep(&job->c->rooms, room);
}

static const struct kind {
    const char *name;
    void (*perform)(const struct job *job);
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

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    }
    return NULL;
}

void console_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    struct console *c = self;
    cJSON *body = kit_json_parse(action->body, action->body_length);
    struct job job = {c, action, body, result};
    const struct kind *kind = find_kind(action->kind);
    pthread_mutex_lock(&c->lock);
    if (kind && cJSON_IsObject(body))
        kind->perform(&job);
    else
        refuse(&job, kind ? "the action's body is no JSON object" : "the console does not do this");
    pthread_mutex_unlock(&c->lock);
    cJSON_Delete(body);
}
