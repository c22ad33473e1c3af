/* Channels: found by name, opened, kept up to date, archived; and user groups. */
#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/commonmark.h>

#include "cards.h"
#include "channels.h"
#include "people.h"

#define NAME_BYTES  80
#define TOPIC_BYTES 250
#define OPEN_STEPS  3
#define TRIES       20  /* names tried for a new channel */
#define INVITED     30  /* people in one call */
#define PAGES_MOST  100 /* of channels, a thousand each */
#define NAMES       256
#define EARLIER_MS  60000

/* ---- by name ---- */

struct slack_names { /* a small cache: only the few channels named in settings and policy */
    pthread_mutex_t lock;
    size_t n;
    struct {
        char name[NAME_BYTES + 1], id[SLACK_ID];
    } rows[NAMES];
};

struct slack_names *slack_names_create(void)
{
    struct slack_names *names = calloc(1, sizeof(*names));
    pthread_mutex_init(&names->lock, NULL);
    return names;
}

void slack_names_destroy(struct slack_names *names)
{
    if (!names)
        return;
    pthread_mutex_destroy(&names->lock);
    free(names);
}

static bool remembered(struct slack_names *names, const char *name, char id[SLACK_ID])
{
    bool found = false;
    pthread_mutex_lock(&names->lock);
    for (size_t i = 0; i < names->n && !found; i++) {
        found = strcmp(names->rows[i].name, name) == 0;
        if (found)
            kit_clean_name(names->rows[i].id, id, SLACK_ID);
    }
    pthread_mutex_unlock(&names->lock);
    return found;
}

static void remember(struct slack_names *names, const char *name, const char *id)
{
    pthread_mutex_lock(&names->lock);
    size_t i = names->n < NAMES ? names->n++ : 0;
    kit_clean_name(name, names->rows[i].name, sizeof(names->rows[i].name));
    kit_clean_name(id, names->rows[i].id, sizeof(names->rows[i].id));
    pthread_mutex_unlock(&names->lock);
}

bool slack_forget_channel(struct slack *slack, const char *channel)
{
    struct slack_names *names = slack->names;
    const char *name = channel + (*channel == '#');
    bool known = false;
    pthread_mutex_lock(&names->lock);
    for (size_t i = 0; i < names->n && !known; i++) {
        known = strcmp(names->rows[i].name, name) == 0;
        if (known)
            names->rows[i] = names->rows[--names->n];
    }
    pthread_mutex_unlock(&names->lock);
    return known;
}

void slack_channel_name(struct slack *slack, const char *id, struct kit_text *out)
{
    struct slack_names *names = slack->names;
    struct slack_reply reply;
    size_t before = out->n;
    pthread_mutex_lock(&names->lock);
    for (size_t i = 0; i < names->n && out->n == before; i++) {
        if (strcmp(names->rows[i].id, id) == 0)
            kit_text_add(out, names->rows[i].name);
    }
    pthread_mutex_unlock(&names->lock);
    if (out->n > before)
        return;
    slack_call(slack, "conversations.info", kit_json_texts("channel", id, NULL), NULL, false, &reply);
    const char *name = kit_json_text(kit_json_member(reply.body, "channel"), "name");
    if (reply.ok && *name && strlen(name) <= NAME_BYTES) {
        kit_text_add(out, name);
        remember(names, name, id);
    }
    slack_reply_finish(&reply);
}

/* The channel of that name on one page of a list; NULL: not there. */
static const cJSON *on_page(const cJSON *body, void *ctx)
{
    const char *name = ctx;
    const cJSON *channel;
    cJSON_ArrayForEach(channel, kit_json_member(body, "channels"))
    {
        if (strcmp(kit_json_text(channel, "name"), name) == 0)
            return channel;
    }
    return NULL;
}

/* Searches page by page. A copy of the channel, which the caller deletes; NULL: there is none, or *reply says what failed. */
static cJSON *search_channels(struct slack *slack, const char *types, slack_pick *pick, void *ctx,
                              struct slack_reply *reply)
{
    char cursor[200] = "";
    for (int page = 0; page < PAGES_MOST; page++) {
        if (page)
            slack_reply_finish(reply);
        slack_call(slack, "conversations.list",
                   kit_json_texts("types", types, "limit", "1000", "cursor", *cursor ? cursor : NULL, NULL),
                   NULL, false, reply);
        const cJSON *found = reply->ok ? pick(reply->body, ctx) : NULL;
        if (found)
            return cJSON_Duplicate(found, true);
        kit_clean_name(kit_json_text(kit_json_member(reply->body, "response_metadata"), "next_cursor"), cursor,
                       sizeof(cursor));
        if (!reply->ok || !*cursor)
            return NULL;
    }
    return NULL;
}

/* Slack refuses the whole search for one type that the app may not see; the public channels are then searched alone. */
cJSON *slack_search_channels(struct slack *slack, slack_pick *pick, void *ctx, struct slack_reply *reply)
{
    cJSON *found = search_channels(slack, "public_channel,private_channel", pick, ctx, reply);
    if (found || !slack_said(reply, "missing_scope"))
        return found;
    slack_reply_finish(reply);
    return search_channels(slack, "public_channel", pick, ctx, reply);
}

bool slack_channel(struct slack *slack, const char *channel, char id[SLACK_ID], struct slack_reply *reply)
{
    const char *name = channel + (*channel == '#');
    *reply = (struct slack_reply){.ok = true, .body = cJSON_CreateObject()};
    if (slack_is_id(channel)) {
        kit_clean_name(channel, id, SLACK_ID);
        return true;
    }
    if (remembered(slack->names, name, id))
        return true;
    slack_reply_finish(reply);
    cJSON *found = slack_search_channels(slack, on_page, (char *)(uintptr_t)name, reply);
    if (found) {
        kit_clean_name(kit_json_text(found, "id"), id, SLACK_ID);
        remember(slack->names, name, id);
        cJSON_Delete(found);
        return true;
    }
    if (reply->ok) {
        reply->ok = false;
        snprintf(reply->error, sizeof(reply->error), "channel_not_found");
        snprintf(reply->needed, sizeof(reply->needed), "#%.80s", name);
    }
    return false;
}

/* Asks Slack even if the name is remembered. Without the scope for it, nothing is known to be wrong. */
int32_t slack_check_channel(void *self, const char *channel, struct tocsin_error *error)
{
    struct slack *slack = self;
    char id[SLACK_ID];
    struct slack_reply reply;
    struct tocsin_result result = {.code = TOCSIN_DONE};
    slack_forget_channel(slack, channel);
    if (slack_channel(slack, channel, id, &reply)) {
        slack_reply_finish(&reply);
        slack_call(slack, "conversations.info", kit_json_texts("channel", id, NULL), NULL, false, &reply);
    }
    const cJSON *info = kit_json_member(reply.body, "channel");
    bool closed = kit_json_true(info, "is_private") && !kit_json_true(info, "is_member");
    bool unknown = slack_said(&reply, "missing_scope");
    if (!unknown)
        slack_result(&reply, &result);
    if (reply.ok && (closed || kit_json_true(info, "is_archived")))
        kit_result(&result, TOCSIN_REFUSED,
                   closed ? "the app is not in it; invite it" : "it is archived; unarchive it");
    slack_reply_finish(&reply);
    if (result.code == TOCSIN_DONE)
        return 0;
    return kit_fail(
        error, result.code == TOCSIN_REFUSED || result.code == TOCSIN_AUTH ? TOCSIN_E_AUTH : TOCSIN_E_FAILED,
        "%s", result.detail);
}

/* Removes the obstacle that a call met. Only a message unarchives a channel: somebody may have archived it by hand. */
static bool regain_access(struct slack *slack, const char *channel, const char *failed,
                          const struct slack_reply *reply)
{
    bool is_message = strcmp(failed, "chat.postMessage") == 0;
    const char *method = slack_said(reply, "not_in_channel")              ? "conversations.join"
                         : is_message && slack_said(reply, "is_archived") ? "conversations.unarchive"
                                                                          : NULL;
    struct slack_reply regained;
    if (!method)
        return false;
    slack_call(slack, method, kit_json_texts("channel", channel, NULL), NULL, false, &regained);
    bool ok = regained.ok;
    slack_reply_finish(&regained);
    return ok;
}

void slack_call_in(struct slack *slack, const char *channel, const char *method, cJSON *arguments, bool once,
                   struct slack_reply *reply)
{
    slack_call(slack, method, cJSON_Duplicate(arguments, true), NULL, once, reply);
    if (regain_access(slack, channel, method, reply)) {
        slack_reply_finish(reply);
        slack_call(slack, method, cJSON_Duplicate(arguments, true), NULL, once, reply);
    }
    cJSON_Delete(arguments);
}

/* Slack may report a removal twice; joining a channel that the app is already in succeeds. */
int32_t slack_rejoin(struct slack *slack, const char *channel)
{
    struct slack_reply reply;
    struct tocsin_result asked = {.code = TOCSIN_DONE}, joined = {.code = TOCSIN_REFUSED};
    slack_call(slack, "conversations.info", kit_json_texts("channel", channel, NULL), NULL, false, &reply);
    slack_result(&reply, &asked);
    const cJSON *info = kit_json_member(reply.body, "channel");
    bool ours = reply.ok && *slack->bot_user && strcmp(kit_json_text(info, "creator"), slack->bot_user) == 0 &&
                !kit_json_true(info, "is_private") && !kit_json_true(info, "is_archived");
    slack_reply_finish(&reply);
    if (ours) {
        slack_call(slack, "conversations.join", kit_json_texts("channel", channel, NULL), NULL, false, &reply);
        slack_result(&reply, &joined);
        slack_reply_finish(&reply);
    }
    int32_t code = ours ? joined.code : asked.code == TOCSIN_DONE ? TOCSIN_REFUSED : asked.code;
    return code == TOCSIN_UNKNOWN ? TOCSIN_RETRY : code; /* joining twice does no harm */
}

/* ---- opening ---- */

/* Slack's rules: lower case, no spaces or full stops, 80 characters. Letters of other scripts stay unless `plain`. A `try` above
   1 is appended. */
static void write_name(const char *given, bool plain, int try, char name[NAME_BYTES + 1])
{
    char tail[16] = "";
    const char *p = given;
    size_t n = 0;
    if (try > 1)
        snprintf(tail, sizeof(tail), "-%d", try);
    size_t room = NAME_BYTES - strlen(tail);
    for (; *p && n < room; p++) {
        char c = (char)tolower((unsigned char)*p);
        bool fits = isalnum((unsigned char)c) || c == '-' || c == '_' || (!plain && (unsigned char)c >= 0x80);
        if (fits || n == 0 || name[n - 1] != '-')
            name[n++] = fits ? c : '-';
    }
    for (; n && (*p & 0xc0) == 0x80; p--)
        n--; /* not half a letter */
    while (n && name[n - 1] == '-')
        n--;
    snprintf(name + n, NAME_BYTES + 1 - n, "%s", tail);
}

static void make_key(const struct tocsin_action *action, char key[200])
{
    snprintf(key, 200, "channel/%.180s", action->key);
}

/* Whether an earlier attempt of this action made the channel, but ended before it could store its id. A private incident never
   takes a channel that everybody can see, whoever made it. */
static bool is_ours(const struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                    const cJSON *channel)
{
    double created = cJSON_GetNumberValue(kit_json_member(channel, "created")) * 1000;
    return strcmp(kit_json_text(channel, "creator"), slack->bot_user) == 0 &&
           created >= (double)(action->made_ms - EARLIER_MS) &&
           kit_json_true(channel, "is_private") == kit_json_true(body, "private") &&
           !kit_json_true(channel, "is_archived");
}

/* Creates a channel of that name, or takes the one that an earlier attempt created. False: *reply says why. */
static bool create(struct slack *slack, const struct tocsin_action *action, const cJSON *body, const char *name,
                   char id[SLACK_ID], struct slack_reply *reply)
{
    cJSON *arguments = kit_json_texts("name", name, NULL);
    cJSON_AddBoolToObject(arguments, "is_private", kit_json_true(body, "private"));
    slack_call(slack, "conversations.create", arguments, NULL, true, reply);
    if (reply->ok) {
        kit_clean_name(kit_json_text(kit_json_member(reply->body, "channel"), "id"), id, SLACK_ID);
        return *id;
    }
    if (!slack_said(reply, "name_taken") || action->attempt < 2)
        return false;
    struct slack_reply list;
    cJSON *found = slack_search_channels(slack, on_page, (char *)(uintptr_t)name, &list);
    bool ours = found && is_ours(slack, action, body, found);
    if (ours)
        kit_clean_name(kit_json_text(found, "id"), id, SLACK_ID);
    if (!found && !list.ok) { /* unknown for now: neither create another nor give up */
        slack_reply_finish(reply);
        *reply = list;
    } else {
        slack_reply_finish(&list);
    }
    cJSON_Delete(found);
    return ours;
}

static bool create_any(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                       char id[SLACK_ID], struct slack_reply *reply)
{
    char name[NAME_BYTES + 1];
    bool plain = false;
    for (int try = 1; try <= TRIES; try++) {
        write_name(kit_json_text(body, "name"), plain, try, name);
        if (create(slack, action, body, name, id, reply))
            return true;
        bool odd = !plain && strncmp(reply->error, "invalid_name", strlen("invalid_name")) == 0;
        if (!odd && !slack_said(reply, "name_taken"))
            return false;
        plain |= odd; /* combining marks, for example */
        try -= odd;
        if (try < TRIES)
            slack_reply_finish(reply);
    }
    return false;
}

/* Whether one step of several is over. A refusal ends the step and not the action; a failure that may pass ends the action, which
   is then retried. */
static bool settled(const struct slack_reply *reply, struct tocsin_result *result)
{
    struct tocsin_result step = {.size = sizeof(step)};
    slack_result(reply, &step);
    if (step.code != TOCSIN_DONE && step.code != TOCSIN_REFUSED) {
        result->code = step.code == TOCSIN_AUTH ? TOCSIN_AUTH : TOCSIN_RETRY; /* every step may be repeated */
        result->retry_after_ms = step.retry_after_ms;
        snprintf(result->detail, sizeof(result->detail), "%s", step.detail);
        return false;
    }
    if (step.code != TOCSIN_DONE)
        snprintf(result->detail, sizeof(result->detail), "%s", step.detail);
    return true;
}

/* Escapes the text: Slack reads mentions in topics and purposes too. */
static void set_text(struct slack *slack, const char *channel, const char *what, const char *text,
                     struct slack_reply *reply)
{
    struct kit_text method = {0}, escaped = {0};
    kit_text_addf(&method, "conversations.set%c%s", toupper((unsigned char)*what), what + 1);
    kit_escape(text, strlen(text), KIT_SLACK, &escaped);
    cJSON *parts = slack_split(kit_text_get(&escaped), TOPIC_BYTES);
    const char *first = cJSON_GetStringValue(cJSON_GetArrayItem(parts, 0));
    slack_call_in(slack, channel, kit_text_get(&method),
                  kit_json_texts("channel", channel, what, first ? first : "", NULL), false, reply);
    cJSON_Delete(parts);
    kit_text_finish(&method);
    kit_text_finish(&escaped);
}

static bool set_step(struct slack *slack, const char *channel, const char *what, const char *text,
                     struct tocsin_result *result)
{
    struct slack_reply reply;
    if (!*text)
        return true;
    set_text(slack, channel, what, text, &reply);
    bool done = settled(&reply, result);
    slack_reply_finish(&reply);
    return done;
}

/* ---- people ---- */

/* The users and e-mail addresses that an action names, as an array of user ids, which the caller deletes. NULL: Slack could not
   say now, and *result says why. */
static cJSON *people_of(struct slack *slack, const cJSON *body, const char *users, struct tocsin_result *result)
{
    const cJSON *row;
    char user[SLACK_ID];
    cJSON *people = cJSON_CreateArray();
    cJSON_ArrayForEach(row, kit_json_member(body, users))
    {
        if (cJSON_IsString(row))
            cJSON_AddItemToArray(people, cJSON_CreateString(row->valuestring));
    }
    cJSON_ArrayForEach(row, kit_json_member(body, "emails"))
    {
        struct slack_reply reply;
        if (!cJSON_IsString(row))
            continue;
        bool found = slack_person_by_email(slack, row->valuestring, user, &reply);
        bool done = found || settled(&reply, result);
        slack_reply_finish(&reply);
        if (found)
            cJSON_AddItemToArray(people, cJSON_CreateString(user));
        if (done)
            continue;
        cJSON_Delete(people);
        return NULL;
    }
    return people;
}

/* Joins at most `most` ids with commas, from *row on, and advances *row. */
static void join_ids(const cJSON **row, int most, struct kit_text *out)
{
    for (; *row && most; *row = (*row)->next, most--)
        kit_text_addf(out, "%s%s", out->n ? "," : "", (*row)->valuestring);
}

static bool invite_some(struct slack *slack, const char *channel, const char *users,
                        struct tocsin_result *result)
{
    struct slack_reply reply;
    struct tocsin_result all = {0};
    bool several = strchr(users, ',') != NULL;
    slack_call_in(slack, channel, "conversations.invite",
                  kit_json_texts("channel", channel, "users", users, NULL), false, &reply);
    bool there = slack_said(&reply, "already_in_channel") || slack_said(&reply, "cant_invite_self");
    slack_result(&reply, &all);
    several = several && all.code == TOCSIN_REFUSED;
    bool done = several || there || settled(&reply, result);
    slack_reply_finish(&reply);
    while (several && done &&
           *users) { /* one person whom Slack refuses fails the whole call: invite each alone */
        char user[SLACK_ID];
        size_t n = strcspn(users, ",");
        snprintf(user, sizeof(user), "%.*s", n < sizeof(user) ? (int)n : 0, users);
        done = invite_some(slack, channel, user, result);
        users += n + (users[n] == ',');
    }
    return done;
}

static bool invite(struct slack *slack, const char *channel, const cJSON *body, const char *users,
                   struct tocsin_result *result)
{
    cJSON *people = people_of(slack, body, users, result);
    const cJSON *row = people ? people->child : NULL;
    bool done = people != NULL;
    while (done && row) {
        struct kit_text some = {0};
        join_ids(&row, INVITED, &some);
        done = invite_some(slack, channel, kit_text_get(&some), result);
        kit_text_finish(&some);
    }
    cJSON_Delete(people);
    return done;
}

/* ---- actions ---- */

/* How far an earlier attempt got. Stored as "C0123ABCD 1": the channel, and the number of steps done. */
static int load_progress(struct slack *slack, const struct tocsin_action *action, char id[SLACK_ID])
{
    char key[200], kept[SLACK_ID + 4];
    make_key(action, key);
    int64_t n = slack->host->get(slack->host->ctx, key, kept, sizeof(kept) - 1);
    kept[n > 0 && n < (int64_t)sizeof(kept) ? n : 0] = '\0';
    char *space = strchr(kept, ' ');
    int done = space ? atoi(space + 1) : 0;
    kept[strcspn(kept, " ")] = '\0';
    kit_clean_name(kept, id, SLACK_ID);
    return done;
}

static void save_progress(struct slack *slack, const struct tocsin_action *action, const char *id, int done)
{
    char key[200], kept[SLACK_ID + 16];
    make_key(action, key);
    int n = snprintf(kept, sizeof(kept), "%s %d", id, done);
    slack->host->put(slack->host->ctx, key, kept, (size_t)n);
}

/* People first, in case Slack is slow. */
static bool open_step(struct slack *slack, const char *id, const cJSON *body, int step,
                      struct tocsin_result *result)
{
    if (step == 0)
        return invite(slack, id, body, "members", result);
    const char *what = step == 1 ? "topic" : "purpose";
    return set_step(slack, id, what, kit_json_text(body, what), result);
}

void slack_channel_open(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                        struct tocsin_result *result)
{
    char id[SLACK_ID];
    int before = load_progress(slack, action, id), done = before;
    if (!*id) {
        struct slack_reply reply = {0};
        bool made = create_any(slack, action, body, id, &reply);
        if (!made)
            slack_result(&reply, result);
        slack_reply_finish(&reply);
        if (!made)
            return;
        save_progress(slack, action, id, 0);
    }
    snprintf(result->remote_id, sizeof(result->remote_id), "%s", id); /* even when the rest will be retried */
    while (done < OPEN_STEPS && open_step(slack, id, body, done, result))
        done++;
    if (done > before && done < OPEN_STEPS)
        save_progress(slack, action, id, done);
}

void slack_channel_topic(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                         struct tocsin_result *result)
{
    (void)action;
    struct slack_reply reply;
    set_text(slack, kit_json_text(body, "channel"), "topic", kit_json_text(body, "topic"), &reply);
    slack_result(&reply, result);
    if (slack_said(&reply, "is_archived"))
        result->code = TOCSIN_DONE; /* nobody reads an archived channel's topic */
    slack_reply_finish(&reply);
}

void slack_channel_invite(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                          struct tocsin_result *result)
{
    (void)action;
    invite(slack, kit_json_text(body, "channel"), body, "users", result);
}

void slack_channel_remove(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                          struct tocsin_result *result)
{
    (void)action;
    struct slack_reply reply;
    const char *channel = kit_json_text(body, "channel"), *who = kit_json_text(body, "who");
    char user[SLACK_ID];
    if (strchr(who, '@')) {
        bool found = slack_person_by_email(slack, who, user, &reply);
        if (!found)
            settled(&reply, result);
        slack_reply_finish(&reply);
        if (!found)
            return;
        who = user;
    }
    slack_call(slack, "conversations.kick", kit_json_texts("channel", channel, "user", who, NULL), NULL, false,
               &reply);
    slack_result(&reply, result);
    if (slack_said(&reply, "not_in_channel") || slack_said(&reply, "is_archived"))
        result->code = TOCSIN_DONE; /* nobody is there to remove, or nothing more is posted there */
    slack_reply_finish(&reply);
}

void slack_channel_archive(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                           struct tocsin_result *result)
{
    (void)action;
    struct slack_reply reply;
    slack_call(slack, "conversations.archive", kit_json_texts("channel", kit_json_text(body, "channel"), NULL),
               NULL, false, &reply);
    slack_result(&reply, result);
    if (slack_said(&reply, "already_archived"))
        result->code = TOCSIN_DONE;
    slack_reply_finish(&reply);
}

/* Finds the id of the bookmark of that title; "" when there is none. False: Slack did not answer. */
static bool find_bookmark(struct slack *slack, const char *channel, const char *title, char id[SLACK_ID],
                          struct slack_reply *reply)
{
    const cJSON *row;
    *id = '\0';
    slack_call(slack, "bookmarks.list", kit_json_texts("channel_id", channel, NULL), NULL, false, reply);
    cJSON_ArrayForEach(row, kit_json_member(reply->body, "bookmarks"))
    {
        if (strcmp(kit_json_text(row, "title"), title) == 0)
            kit_clean_name(kit_json_text(row, "id"), id, SLACK_ID);
    }
    return reply->ok || slack_said(reply, "missing_scope");
}

void slack_channel_bookmark(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                            struct tocsin_result *result)
{
    (void)action;
    char id[SLACK_ID];
    struct slack_reply reply;
    const char *channel = kit_json_text(body, "channel"), *title = kit_json_text(body, "title");
    if (find_bookmark(slack, channel, title, id, &reply)) {
        cJSON *arguments =
            kit_json_texts("channel_id", channel, "title", title, "link", kit_json_text(body, "url"),
                           "bookmark_id", *id ? id : NULL, "type", *id ? NULL : "link", NULL);
        slack_reply_finish(&reply);
        slack_call(slack, *id ? "bookmarks.edit" : "bookmarks.add", arguments, NULL, false, &reply);
    }
    slack_result(&reply, result);
    slack_skip_extra(slack, &reply, result);
    slack_reply_finish(&reply);
}

/* ---- user groups ---- */

/* Finds a group by id or handle; NULL: there is none. Borrowed from the reply. */
static const cJSON *find_group(struct slack *slack, const char *group, struct slack_reply *reply)
{
    const cJSON *row, *found = NULL;
    const char *handle = group + (*group == '@');
    slack_call(slack, "usergroups.list",
               kit_json_texts("include_disabled", "true", "include_users", "true", NULL), NULL, false, reply);
    cJSON_ArrayForEach(row, kit_json_member(reply->body, "usergroups"))
    {
        if (strcmp(kit_json_text(row, "id"), group) == 0 || strcmp(kit_json_text(row, "handle"), handle) == 0)
            found = row;
    }
    return found;
}

static bool is_disabled(const cJSON *group)
{
    const cJSON *deleted = kit_json_member(group, "date_delete");
    return cJSON_IsNumber(deleted) && deleted->valuedouble > 0;
}

/* Are these its members? Then Slack is not asked to change it. */
static bool has_members(const cJSON *group, const cJSON *people)
{
    const cJSON *members = kit_json_member(group, "users"), *member, *person;
    int n = 0;
    cJSON_ArrayForEach(person, people)
    {
        bool is = false;
        cJSON_ArrayForEach(member, members) is |=
            cJSON_IsString(member) && strcmp(member->valuestring, person->valuestring) == 0;
        n += is;
    }
    return !is_disabled(group) && n == cJSON_GetArraySize(people) && n == cJSON_GetArraySize(members);
}

/* A group that is disabled is enabled first: Slack has no empty groups, so somebody disabled it when it was not needed. */
static void set_members(struct slack *slack, const cJSON *group, const cJSON *people,
                        struct tocsin_result *result)
{
    char id[SLACK_ID];
    struct slack_reply reply = {.ok = true};
    struct kit_text users = {0};
    const cJSON *row = people->child;
    bool disabled = is_disabled(group);
    kit_clean_name(kit_json_text(group, "id"), id, SLACK_ID);
    join_ids(&row, -1, &users);
    if (disabled)
        slack_call(slack, "usergroups.enable", kit_json_texts("usergroup", id, NULL), NULL, false, &reply);
    if (reply.ok) {
        if (disabled)
            slack_reply_finish(&reply);
        slack_call(slack, "usergroups.users.update",
                   kit_json_texts("usergroup", id, "users", kit_text_get(&users), NULL), NULL, false, &reply);
    }
    slack_result(&reply, result);
    slack_reply_finish(&reply);
    kit_text_finish(&users);
}

void slack_group_members(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                         struct tocsin_result *result)
{
    (void)action;
    struct slack_reply reply;
    cJSON *people = people_of(slack, body, "users", result);
    if (!people)
        return;
    const cJSON *group = find_group(slack, kit_json_text(body, "group"), &reply);
    if (!group && reply.ok)
        kit_result(result, TOCSIN_REFUSED, "Slack has no user group '%.60s'; ask an administrator to create it",
                   kit_json_text(body, "group"));
    else if (!reply.ok)
        slack_result(&reply, result);
    else if (!people->child)
        snprintf(result->detail, sizeof(result->detail),
                 "nobody is on the rotation now, and Slack allows no empty user groups, so the group stays as "
                 "it was");
    else if (!has_members(group, people))
        set_members(slack, group, people, result);
    slack_reply_finish(&reply);
    cJSON_Delete(people);
}
