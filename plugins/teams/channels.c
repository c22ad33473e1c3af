/* Channels: found by name, opened, kept up to date. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/commonmark.h>

#include "channels.h"
#include "graph.h"
#include "people.h"
#include "send.h"
#include "text.h"

#define NAMES    64 /* remembered; a new one replaces one with the same hash */
#define FRESH_MS ((int64_t)10 * 60 * 1000)
#define NAMED    20 /* people whom a room remembers to have named */
#define MENTIONS 20 /* people named in one message */

/* ---- by name ---- */

struct teams_names {
    pthread_mutex_t lock;
    struct {
        char name[128], id[TEAMS_ID];
        int64_t until_ms;
    } rows[NAMES];
};

struct teams_names *teams_names_create(void)
{
    struct teams_names *names = calloc(1, sizeof(*names));
    pthread_mutex_init(&names->lock, NULL);
    return names;
}

void teams_names_destroy(struct teams_names *names)
{
    if (names)
        pthread_mutex_destroy(&names->lock);
    free(names);
}

static size_t row_of(const char *name)
{
    size_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash % NAMES;
}

static bool recall(struct teams_names *names, const char *name, char id[TEAMS_ID])
{
    pthread_mutex_lock(&names->lock);
    size_t i = row_of(name);
    bool known = *name && strcmp(names->rows[i].name, name) == 0 && teams_now_ms() < names->rows[i].until_ms;
    snprintf(id, TEAMS_ID, "%s", known ? names->rows[i].id : "");
    pthread_mutex_unlock(&names->lock);
    return known;
}

static void remember(struct teams_names *names, const char *name, const char *id)
{
    pthread_mutex_lock(&names->lock);
    size_t i = row_of(name);
    if (strlen(name) < sizeof(names->rows[i].name)) {
        snprintf(names->rows[i].name, sizeof(names->rows[i].name), "%s", name);
        snprintf(names->rows[i].id, TEAMS_ID, "%s", id);
        names->rows[i].until_ms = teams_now_ms() + FRESH_MS;
    }
    pthread_mutex_unlock(&names->lock);
}

/* General has no name, and the team's id. */
static bool is_named(const cJSON *channel, const struct teams_home *home, const char *name)
{
    const char *given = kit_json_text(channel, "name");
    bool general = strcmp(kit_json_text(channel, "id"), home->id) == 0;
    return strcasecmp(*given ? given : general ? "General" : "", name) == 0;
}

static bool look_up(struct teams *teams, const struct teams_home *home, const char *name, char id[TEAMS_ID],
                    struct teams_reply *reply)
{
    const cJSON *channel;
    struct kit_text path = {0};
    teams_path(&path, "/v3/teams/%/conversations", home->id, "");
    struct teams_call call = {FOR_CONNECTOR, "GET", home->place.url, kit_text_get(&path), NULL, false};
    teams_call(teams, &call, reply);
    kit_text_finish(&path);
    cJSON_ArrayForEach(channel, kit_json_member(reply->body, "conversations"))
    {
        const char *found = kit_json_text(channel, "id");
        if (is_named(channel, home, name) && strlen(found) < TEAMS_ID)
            snprintf(id, TEAMS_ID, "%s", found);
    }
    if (!reply->ok || *id)
        return *id;
    reply->ok = false;
    reply->status = 404;
    snprintf(reply->text, sizeof(reply->text), "the team has no channel %.80s that the app sees; create it",
             name);
    return false;
}

bool teams_channel(struct teams *teams, const char *channel, char id[TEAMS_ID], struct teams_reply *reply)
{
    struct teams_home home;
    const char *name = channel + (*channel == '#');
    *reply = (struct teams_reply){.outcome = KIT_ANSWERED, .status = 200, .ok = true};
    snprintf(id, TEAMS_ID, "%s", strlen(channel) < TEAMS_ID ? channel : "");
    if (strncmp(channel, "19:", 3) == 0 || strncmp(channel, "a:", 2) == 0 || recall(teams->names, name, id))
        return *id;
    if (!teams_home(teams, &home)) {
        *reply = (struct teams_reply){.outcome = KIT_ANSWERED, .status = 404};
        snprintf(reply->text, sizeof(reply->text), "add the app to a team first, or set `team`");
        return false;
    }
    snprintf(id, TEAMS_ID, "%s", *name ? "" : home.id);
    if (*id || !look_up(teams, &home, name, id, reply))
        return *id;
    remember(teams->names, name, id);
    return true;
}

int32_t teams_check_channel(void *self, const char *channel, struct tocsin_error *error)
{
    char id[TEAMS_ID];
    struct teams_reply reply;
    int32_t rc = teams_channel(self, channel, id, &reply) ? 0 : teams_error(&reply, "", error);
    teams_reply_finish(&reply);
    return rc;
}

/* ---- people ---- */

cJSON *teams_named(struct teams *teams, const cJSON *body, const char *users, struct tocsin_result *result)
{
    static const char *const emails = "emails";
    const char *const lists[] = {users, emails};
    cJSON *people = cJSON_CreateArray();
    for (size_t i = 0; i < 2; i++) {
        const cJSON *row;
        cJSON_ArrayForEach(row, kit_json_member(body, lists[i]))
        {
            struct teams_reply reply = {0};
            if (!cJSON_IsString(row))
                continue;
            cJSON *person = teams_person_by(teams, row->valuestring, &reply);
            bool unknown = !person && !teams_is_gone(&reply);
            if (person)
                cJSON_AddItemToArray(people, person);
            else
                teams_result(&reply, result);
            teams_reply_finish(&reply);
            if (unknown && result->code != TOCSIN_REFUSED) {
                cJSON_Delete(people);
                return NULL;
            }
        }
    }
    result->code = TOCSIN_DONE; /* whom Teams does not know is left out, and named in the detail */
    return people;
}

/* Adds "cc <at>Ana</at>, …" with what makes it mentions. */
static void put_mentions(const cJSON *people, struct kit_text *text, cJSON *activity)
{
    const cJSON *person;
    int n = 0;
    cJSON *entities = cJSON_AddArrayToObject(activity, "entities");
    cJSON_ArrayForEach(person, people)
    {
        struct kit_text tag = {0};
        const char *name = kit_json_text_or(person, "name", "somebody");
        if (n++ == MENTIONS)
            break;
        teams_put_mention(name, &tag);
        kit_text_addf(text, "%s%s", n > 1 ? ", " : "", kit_text_get(&tag));
        cJSON *entity = kit_json_texts("type", "mention", "text", kit_text_get(&tag), NULL);
        cJSON_AddItemToObject(entity, "mentioned",
                              kit_json_texts("id", kit_json_text(person, "id"), "name", name, NULL));
        cJSON_AddItemToArray(entities, entity);
        kit_text_finish(&tag);
    }
}

/* ---- threads ---- */

/* The message that begins an incident's thread. people NULL: nobody is named in it. */
static cJSON *root_of(const char *name, const char *topic, const char *purpose, const cJSON *people)
{
    struct kit_text text = {0};
    const char *const lines[] = {topic, purpose};
    cJSON *activity = kit_json_texts("type", "message", "textFormat", "markdown", NULL);
    kit_text_add(&text, "**");
    kit_escape(name, strlen(name), KIT_TEAMS, &text);
    kit_text_add(&text, "**");
    for (size_t i = 0; i < 2; i++) {
        kit_text_add(&text, *lines[i] ? "\n\n" : "");
        kit_escape(lines[i], strlen(lines[i]), KIT_TEAMS, &text);
    }
    if (cJSON_GetArraySize(people)) {
        kit_text_add(&text, "\n\ncc ");
        put_mentions(people, &text, activity);
    }
    cJSON_AddStringToObject(activity, "text", kit_text_get(&text));
    kit_text_finish(&text);
    return activity;
}

static bool open_thread(struct teams *teams, const cJSON *body, const cJSON *people, char id[TEAMS_ID],
                        struct teams_reply *reply)
{
    struct teams_place place;
    char channel[TEAMS_ID], message[TEAMS_ID];
    if (!teams_channel(teams, teams->set.channel, channel, reply))
        return false;
    teams_reply_finish(reply);
    teams_find(teams, channel, "", &place);
    cJSON *root = root_of(kit_json_text(body, "name"), kit_json_text(body, "topic"),
                          kit_json_text(body, "purpose"), people);
    return teams_send(teams, &place, root, message, id, reply);
}

/* ---- opening ---- */

static void make_key(const struct tocsin_action *action, char key[200])
{
    snprintf(key, 200, "open/%.190s", action->key);
}

/* Who was named in a room already is not named again. */
static bool is_named_there(const cJSON *room, const char *user)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, kit_json_member(room, "named"))
    {
        if (cJSON_IsString(row) && strcmp(row->valuestring, user) == 0)
            return true;
    }
    return false;
}

static void note_named(cJSON *room, const cJSON *people)
{
    const cJSON *person;
    cJSON *named = cJSON_GetObjectItemCaseSensitive(room, "named");
    named = named ? named : cJSON_AddArrayToObject(room, "named");
    cJSON_ArrayForEach(person, people)
    {
        const char *user = kit_json_text(person, "id");
        if (!is_named_there(room, user) && cJSON_GetArraySize(named) < NAMED)
            cJSON_AddItemToArray(named, cJSON_CreateString(user));
    }
}

/* Drops those who were named. */
static void drop_named(const cJSON *room, cJSON *people)
{
    for (int i = cJSON_GetArraySize(people); i-- > 0;) {
        if (is_named_there(room, kit_json_text(cJSON_GetArrayItem(people, i), "id")))
            cJSON_DeleteItemFromArray(people, i);
    }
}

/* What an earlier attempt opened, if it could keep it. */
static bool opened_earlier(struct teams *teams, const struct tocsin_action *action, char id[TEAMS_ID])
{
    char key[200];
    make_key(action, key);
    int64_t n = action->attempt > 1 ? teams->host->get(teams->host->ctx, key, id, TEAMS_ID - 1) : -1;
    id[n > 0 && n < TEAMS_ID ? n : 0] = '\0';
    return *id;
}

static void keep_opened(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                        const char *kind, const cJSON *people, const char *id)
{
    char key[200];
    make_key(action, key);
    teams->host->put(teams->host->ctx, key, id, strlen(id));
    cJSON *room = kit_json_texts("kind", kind, "name", kit_json_text(body, "name"), "purpose",
                                 kit_json_text(body, "purpose"), NULL);
    if (strcmp(kind, "thread") == 0)
        note_named(room, people);
    teams_keep_room(teams, id, room);
}

void teams_channel_open(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                        struct tocsin_result *result)
{
    char id[TEAMS_ID] = "";
    struct teams_reply reply;
    bool own = strcmp(teams->set.rooms, "channel") == 0, private = kit_json_true(body, "private"), made;
    const char *kind = !own ? "thread" : private ? "private" : "standard";
    if (private && !own) {
        kit_result(result, TOCSIN_REFUSED,
                   "the whole team would see a thread, so a private incident gets none; with "
                   "rooms = \"channel\" it would get a private channel");
        return;
    }
    bool there = opened_earlier(teams, action, id);
    cJSON *people = there ? NULL : teams_named(teams, body, "members", result);
    if (!there && !people)
        return;
    if (there)
        reply = (struct teams_reply){.outcome = KIT_ANSWERED, .ok = true};
    else if (own)
        teams_graph_create(teams, kit_json_text(body, "name"), kit_json_text(body, "topic"), private, people,
                           id, &reply);
    else
        open_thread(teams, body, people, id, &reply);
    made = reply.ok && *id;
    if (made)
        keep_opened(teams, action, body, kind, people, id);
    else
        teams_result(&reply, result);
    snprintf(result->remote_id, sizeof(result->remote_id), "%s", made ? id : "");
    teams_reply_finish(&reply);
    cJSON_Delete(people);
}

/* ---- the other actions ---- */

/* A room as it was kept; one that is not known is taken for a thread. */
static const char *kind_of(const cJSON *room)
{
    return kit_json_text_or(room, "kind", "thread");
}

/* Edits the message that began the thread; a channel has a description. */
void teams_channel_topic(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                         struct tocsin_result *result)
{
    (void)action;
    struct teams_reply reply;
    const char *channel = kit_json_text(body, "channel"), *topic = kit_json_text(body, "topic");
    char bare[TEAMS_ID], root[TEAMS_ID];
    cJSON *room = teams_room(teams, channel);
    if (strcmp(kind_of(room), "thread") != 0) {
        teams_graph_describe(teams, channel, topic, &reply);
        teams_end(&reply, result);
    } else if (room && teams_split(channel, bare, root) && *root) {
        struct teams_place place;
        teams_find(teams, channel, "", &place);
        teams_replace(teams, &place, root,
                      root_of(kit_json_text(room, "name"), topic, kit_json_text(room, "purpose"), NULL),
                      &reply);
        teams_end(&reply, result);
    }
    cJSON_Delete(room);
}

/* Who is named in a thread is told of it by Teams. */
static void mention_all(struct teams *teams, const char *channel, const cJSON *people,
                        struct teams_reply *reply)
{
    struct teams_place place;
    struct kit_text text = {0};
    char message[TEAMS_ID];
    cJSON *activity = kit_json_texts("type", "message", "textFormat", "markdown", NULL);
    put_mentions(people, &text, activity);
    kit_text_add(&text, ": please join.");
    cJSON_AddStringToObject(activity, "text", kit_text_get(&text));
    teams_find(teams, channel, "", &place);
    teams_send(teams, &place, activity, message, NULL, reply);
    kit_text_finish(&text);
}

/* Each is added by themselves; whom Graph refuses does not keep out the others. */
static void add_all(struct teams *teams, const char *channel, const cJSON *people, struct tocsin_result *result)
{
    const cJSON *person;
    cJSON_ArrayForEach(person, people)
    {
        struct teams_reply reply;
        teams_graph_add(teams, channel, person, &reply);
        teams_result(&reply, result);
        teams_reply_finish(&reply);
        if (result->code != TOCSIN_DONE && result->code != TOCSIN_REFUSED)
            return;
    }
}

static void name_all(struct teams *teams, const char *channel, cJSON *room, cJSON *people,
                     struct tocsin_result *result)
{
    struct teams_reply reply;
    drop_named(room, people);
    if (!cJSON_GetArraySize(people))
        return;
    mention_all(teams, channel, people, &reply);
    teams_result(&reply, result);
    if (reply.ok && room) {
        note_named(room, people);
        teams_keep_room(teams, channel, cJSON_Duplicate(room, true));
    }
    teams_reply_finish(&reply);
}

void teams_channel_invite(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                          struct tocsin_result *result)
{
    (void)action;
    const char *channel = kit_json_text(body, "channel");
    cJSON *people = teams_named(teams, body, "users", result), *room = teams_room(teams, channel);
    if (strcmp(kind_of(room), "private") == 0)
        add_all(teams, channel, people, result);
    else
        name_all(teams, channel, room, people, result);
    cJSON_Delete(people);
    cJSON_Delete(room);
}

void teams_channel_remove(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                          struct tocsin_result *result)
{
    (void)action;
    const char *channel = kit_json_text(body, "channel");
    struct teams_reply reply;
    cJSON *room = teams_room(teams, channel), *person = NULL;
    if (strcmp(kind_of(room), "private") != 0) {
        kit_result(result, TOCSIN_DONE, "the whole team sees it, so nobody is in it who could be removed");
    } else if ((person = teams_person_by(teams, kit_json_text(body, "who"), &reply))) {
        teams_reply_finish(&reply);
        teams_graph_remove(teams, channel, person, &reply);
        teams_end(&reply, result);
    } else {
        teams_end(&reply, result); /* who is not in the team is not in its channels */
    }
    cJSON_Delete(person);
    cJSON_Delete(room);
}

/* A thread cannot be archived. A channel that stays open harms nobody. */
void teams_channel_archive(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                           struct tocsin_result *result)
{
    (void)action;
    const char *channel = kit_json_text(body, "channel");
    struct teams_reply reply;
    cJSON *room = teams_room(teams, channel);
    if (room && strcmp(kind_of(room), "thread") != 0) {
        teams_graph_archive(teams, channel, &reply);
        teams_end(&reply, result);
        if (result->code == TOCSIN_REFUSED) {
            kit_log(teams->host, KIT_WARNING, "a channel was not archived: %s", result->detail);
            result->code = TOCSIN_DONE;
        }
    }
    cJSON_Delete(room);
}
