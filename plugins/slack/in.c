/* What Slack sent -> one event of tocsin/connector.h. Tables list what is understood; everything else is ignored. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels.h"
#include "in.h"
#include "out.h"
#include "people.h"

#define ASK_MS      1500 /* from an event's arrival, for all questions to Slack before the event is passed on */
#define FILES_MOST  20
#define PEOPLE_MOST 20 /* mentioned in one text: each may cost a call to Slack */

struct arrival {
    struct slack *slack;
    const char *id;       /* unique */
    const cJSON *payload; /* its kinds are in the tables */
    const cJSON *event;   /* events_api: the event in the payload */
    bool *later;          /* set where it cannot be read now */
};
typedef cJSON *reader(const struct arrival *a);

/* ---- what most events have ---- */

/* The actor's workspace, where the event itself says it. */
static const char *team_of(const struct arrival *a)
{
    static const char *const names[] = {"user_team", "source_team", "team"};
    const char *team = kit_json_text(kit_json_member(a->payload, "user"), "team_id");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !*team; i++)
        team = kit_json_text(a->event, names[i]);
    return team;
}

/* The actor. The workspace that the event names counts where Slack did not answer who they are. */
static cJSON *person_of(const struct arrival *a, const char *user)
{
    cJSON *person = slack_person(a->slack, user);
    const char *team = team_of(a);
    if (!*kit_json_text(person, "team") && *team && strcmp(team, a->slack->team) != 0)
        cJSON_AddTrueToObject(person, "outside");
    return person;
}

/* Begins an event. Takes the user over. */
static cJSON *begin_by(const struct arrival *a, const char *type, cJSON *user, const char *channel)
{
    cJSON *event = kit_json_texts("type", type, "id", a->id, "channel", *channel ? channel : NULL, NULL);
    cJSON_AddItemToObject(event, "user", user);
    return event;
}

static cJSON *begin(const struct arrival *a, const char *type, const char *user, const char *channel)
{
    return begin_by(a, type, person_of(a, user), channel);
}

static void put(cJSON *event, const char *name, const char *text)
{
    if (*text)
        cJSON_AddStringToObject(event, name, text);
}

/* Adds mentioned people to those who are listed already. Takes the ids over. */
static void put_people(const struct arrival *a, cJSON *event, cJSON *users)
{
    const cJSON *user;
    cJSON *people = cJSON_GetObjectItemCaseSensitive(event, "people");
    people = people || !cJSON_GetArraySize(users) ? people : cJSON_AddArrayToObject(event, "people");
    cJSON_ArrayForEach(user, users)
    {
        if (strcmp(user->valuestring, a->slack->bot_user) != 0 && cJSON_GetArraySize(people) < PEOPLE_MOST)
            cJSON_AddItemToArray(people, slack_person(a->slack, user->valuestring));
    }
    cJSON_Delete(users);
}

/* Puts a text, and the people mentioned in it. */
static void put_text(const struct arrival *a, cJSON *event, const char *name, const char *mrkdwn)
{
    struct kit_text text = {0};
    cJSON *users = cJSON_CreateArray();
    slack_plain(mrkdwn, &text, users);
    cJSON_AddStringToObject(event, name, kit_text_get(&text));
    put_people(a, event, users);
    kit_text_finish(&text);
}

/* Puts the formatting of its text, if it has any. */
static void put_formatted(cJSON *event)
{
    struct kit_text text = {0};
    if (slack_formatted(kit_json_text(event, "text"), &text))
        put(event, "commonmark", kit_text_get(&text));
    kit_text_finish(&text);
}

static bool is_us(const struct arrival *a, const cJSON *event)
{
    const char *user = kit_json_text(event, "user"), *bot = kit_json_text(event, "bot_id");
    return (*user && strcmp(user, a->slack->bot_user) == 0) || (*bot && strcmp(bot, a->slack->bot_id) == 0);
}

/* ---- who speaks ---- */

/* An app's name, as the message gives it. */
static const char *app_of(const cJSON *message)
{
    const char *name = kit_json_text(message, "username");
    name = *name ? name : kit_json_text(kit_json_member(message, "bot_profile"), "name");
    return *name ? name : "an app";
}

static cJSON *machine(const char *id, const char *name)
{
    cJSON *user = kit_json_texts("id", *id ? id : "USLACKBOT", "name", name, NULL);
    cJSON_AddTrueToObject(user, "bot");
    return user;
}

/*
 * A person or a machine. A message that a person sent through an app has the ids of both: it is the person's if Slack says that
 * the user is not the app itself. *ret_app: the app that it came through; NULL: none.
 */
static cJSON *speaker_of(const struct arrival *a, const cJSON *message, const char **ret_app)
{
    const char *user = kit_json_text(message, "user"), *bot = kit_json_text(message, "bot_id");
    bool app = *bot || strcmp(kit_json_text(message, "subtype"), "bot_message") == 0;
    cJSON *person = *user ? person_of(a, user) : NULL;
    bool own = person && (!app || *kit_json_text(person, "name")) && !kit_json_true(person, "bot");
    *ret_app = app ? app_of(message) : NULL;
    if (own)
        return person;
    const char *name = app ? app_of(message) : kit_json_text(person, "name");
    cJSON *speaker = machine(*user ? user : bot, *name ? name : "somebody");
    cJSON_Delete(person);
    return speaker;
}

/* Whether anybody but us wrote the message. */
static bool has_author(const struct arrival *a, const cJSON *message)
{
    return !is_us(a, message) && (*kit_json_text(message, "user") || *kit_json_text(message, "bot_id"));
}

/* Begins an event about what a person or a machine did with a message. */
static cJSON *begin_authored(const struct arrival *a, const char *type, const cJSON *message)
{
    const char *app;
    cJSON *speaker = speaker_of(a, message, &app);
    cJSON *event = begin_by(a, type, speaker, kit_json_text(a->event, "channel"));
    if (app && !kit_json_true(speaker, "bot"))
        cJSON_AddStringToObject(event, "via", app);
    return event;
}

/* ---- messages ---- */

/* "<@BOT> declare it" addresses us; *ret_rest is the rest. */
static bool mentions_us(const struct arrival *a, const char *text, const char **ret_rest)
{
    char mark[SLACK_ID + 4];
    int n = snprintf(mark, sizeof(mark), "<@%s", a->slack->bot_user);
    text += strspn(text, " \n");
    bool ours =
        *a->slack->bot_user && strncmp(text, mark, (size_t)n) == 0 && (text[n] == '>' || text[n] == '|');
    if (!ours)
        return false;
    text += strcspn(text, ">");
    text += *text == '>';
    *ret_rest = text + strspn(text, " ,:\n");
    return true;
}

/* A mention further on is not a command, but may have been meant as one. */
static bool names_us(const struct arrival *a, const char *text)
{
    char mark[SLACK_ID + 4];
    snprintf(mark, sizeof(mark), "<@%s>", a->slack->bot_user);
    return *a->slack->bot_user && strstr(text, mark);
}

/* A file's name and link. In a shared channel Slack sends only its id, and must be asked for the rest. */
static cJSON *read_file(const struct arrival *a, const cJSON *file)
{
    struct slack_reply reply = {0};
    bool ask = strcmp(kit_json_text(file, "file_access"), "check_file_info") == 0;
    if (ask) {
        slack_call(a->slack, "files.info", kit_json_texts("file", kit_json_text(file, "id"), NULL), NULL, false,
                   &reply);
        file = kit_json_member(reply.body, "file");
    }
    const char *name = kit_json_text(file, "name"), *url = kit_json_text(file, "permalink");
    name = *name ? name : kit_json_text(file, "title");
    cJSON *read = kit_json_texts("name", *name ? name : "a file", "url", *url ? url : NULL, NULL);
    if (ask)
        slack_reply_finish(&reply);
    return read;
}

/* Puts the files that exist; a deleted one leaves a tombstone. */
static void put_files(const struct arrival *a, const cJSON *from, cJSON *event)
{
    const cJSON *file;
    cJSON *files = NULL;
    cJSON_ArrayForEach(file, kit_json_member(from, "files"))
    {
        if (strcmp(kit_json_text(file, "mode"), "tombstone") == 0)
            continue;
        files = files ? files : cJSON_AddArrayToObject(event, "files");
        if (cJSON_GetArraySize(files) < FILES_MOST)
            cJSON_AddItemToArray(files, read_file(a, file));
    }
}

/* The customer whose people wrote this in a shared channel; NULL: no customer's channel, or one of us wrote it. */
static const char *customer_of(const struct arrival *a)
{
    const char *customer =
        cJSON_GetStringValue(kit_json_member(a->slack->customers, kit_json_text(a->event, "channel")));
    const char *app;
    cJSON *speaker = customer ? speaker_of(a, a->event, &app) : NULL;
    bool outside = kit_json_true(speaker, "outside");
    cJSON_Delete(speaker);
    return outside ? customer : NULL;
}

/* Builds the permalink as Slack does: a reply's link needs its thread, or it would open the channel. */
static void put_link(const struct arrival *a, cJSON *event, const char *channel, const cJSON *message)
{
    struct kit_text link = {0};
    const char *ts = kit_json_text(message, "ts"), *thread = kit_json_text(message, "thread_ts");
    kit_text_addf(&link, "%sarchives/%s/p", a->slack->team_url, channel);
    for (const char *p = ts; *p; p++) {
        if (*p != '.')
            kit_text_addc(&link, *p);
    }
    if (*thread && strcmp(thread, ts) != 0)
        kit_text_addf(&link, "?thread_ts=%s&cid=%s", thread, channel);
    if (*a->slack->team_url && *ts)
        cJSON_AddStringToObject(event, "link", kit_text_get(&link));
    kit_text_finish(&link);
}

/* Puts forwarded messages, and the text of apps that write in attachments only. */
static void put_more(const struct arrival *a, cJSON *event, const cJSON *message)
{
    struct kit_text more = {0};
    slack_attached_text(message, &more);
    if (more.n)
        put_text(a, event, "more", kit_text_get(&more));
    kit_text_finish(&more);
}

/* A customer's forwarded messages and files become lines of their text. */
static void put_all_into_text(const struct arrival *a, cJSON *event)
{
    const cJSON *file;
    struct kit_text text = {0};
    put_more(a, event, a->event);
    put_files(a, a->event, event);
    kit_text_add(&text, kit_json_text(event, "text"));
    if (*kit_json_text(event, "more"))
        kit_text_addf(&text, "%s%s", text.n ? "\n" : "", kit_json_text(event, "more"));
    cJSON_ArrayForEach(file, kit_json_member(event, "files"))
    {
        const char *url = kit_json_text(file, "url");
        kit_text_addf(&text, "%s%s", text.n ? "\n" : "", kit_json_text(file, "name"));
        if (*url)
            kit_text_addf(&text, " (%s)", url);
    }
    cJSON_ReplaceItemInObjectCaseSensitive(event, "text", cJSON_CreateString(kit_text_get(&text)));
    cJSON_DeleteItemFromObjectCaseSensitive(event, "more");
    cJSON_DeleteItemFromObjectCaseSensitive(event, "files");
    kit_text_finish(&text);
}

static void put_place(const struct arrival *a, cJSON *event, const char *channel)
{
    struct kit_text place = {0};
    kit_text_add(&place, "#");
    slack_channel_name(a->slack, channel, &place);
    put(event, "place", place.n > 1 ? kit_text_get(&place) : "");
    kit_text_finish(&place);
}

static cJSON *read_reply(const struct arrival *a, const char *customer)
{
    const char *channel = kit_json_text(a->event, "channel"), *ts = kit_json_text(a->event, "ts");
    cJSON *event = begin(a, "reply", kit_json_text(a->event, "user"), channel);
    put(event, "customer", customer);
    put_place(a, event, channel);
    put(event, "message", ts);
    put_text(a, event, "text", kit_json_text(a->event, "text"));
    put_all_into_text(a, event);
    put_link(a, event, channel, a->event);
    return event;
}

static cJSON *read_talk(const struct arrival *a)
{
    const char *text = kit_json_text(a->event, "text");
    const char *ts = kit_json_text(a->event, "ts"), *thread = kit_json_text(a->event, "thread_ts");
    cJSON *event = begin_authored(a, "message", a->event);
    if (mentions_us(a, text, &text))
        cJSON_AddTrueToObject(event, "mention");
    else if (names_us(a, text))
        cJSON_AddTrueToObject(event, "named");
    if (strcmp(kit_json_text(a->event, "channel_type"), "im") == 0)
        cJSON_AddTrueToObject(event, "direct");
    put(event, "message", ts);
    put(event, "thread", strcmp(thread, ts) == 0 ? "" : thread);
    put_text(a, event, "text", text);
    put_formatted(event);
    put_more(a, event, a->event);
    put_files(a, a->event, event);
    return event;
}

/* A message with a mention arrives twice, as message and as app_mention; an id made from its ts makes them one event. */
static cJSON *read_message(const struct arrival *a)
{
    const char *ts = kit_json_text(a->event, "ts");
    if (!*ts || !has_author(a, a->event))
        return NULL;
    const char *customer = customer_of(a);
    struct kit_text id = {0};
    kit_text_addf(&id, "message/%s/%s", kit_json_text(a->event, "channel"), ts);
    struct arrival one = *a;
    one.id = kit_text_get(&id);
    cJSON *event = customer ? read_reply(&one, customer) : read_talk(&one);
    kit_text_finish(&id);
    return event;
}

/* Puts when it was edited, in microseconds: Slack does not promise to report edits in order. */
static void put_order(const cJSON *message, cJSON *event)
{
    const char *ts = kit_json_text(kit_json_member(message, "edited"), "ts");
    if (*ts)
        cJSON_AddNumberToObject(event, "order", strtod(ts, NULL) * 1e6);
}

/* A customer's message that was edited or deleted, with its latest text; NULL: it is not a customer's. */
static cJSON *read_changed_reply(const struct arrival *a, const cJSON *message, const char *change)
{
    struct arrival within = *a;
    cJSON *copy = cJSON_Duplicate(message, true), *event = NULL;
    cJSON_DeleteItemFromObjectCaseSensitive(copy, "channel");
    cJSON_AddStringToObject(copy, "channel", kit_json_text(a->event, "channel"));
    within.event = copy;
    const char *customer = customer_of(&within);
    if (customer) {
        event = read_reply(&within, customer);
        put(event, "change", change);
        put_order(copy, event);
    }
    cJSON_Delete(copy);
    return event;
}

static cJSON *read_gone(const struct arrival *a, const char *ts)
{
    const cJSON *before = kit_json_member(a->event, "previous_message");
    if (is_us(a, before))
        return NULL;
    cJSON *reply = read_changed_reply(a, before, "deleted");
    if (reply)
        return reply;
    cJSON *event = begin_authored(a, "deleted", before);
    put(event, "message", ts);
    return event;
}

/* Everything that a message says, for comparison. */
static void put_all(const cJSON *message, struct kit_text *out)
{
    const cJSON *file;
    kit_text_add(out, kit_json_text(message, "text"));
    slack_attached_text(message, out);
    cJSON_ArrayForEach(file, kit_json_member(message, "files"))
    {
        if (strcmp(kit_json_text(file, "mode"), "tombstone") != 0)
            kit_text_addf(out, "\n%s", kit_json_text(file, "id"));
    }
}

static bool says_the_same(const cJSON *message, const cJSON *before)
{
    struct kit_text now = {0}, then = {0};
    put_all(message, &now);
    put_all(before, &then);
    bool same = strcmp(kit_text_get(&now), kit_text_get(&then)) == 0;
    kit_text_finish(&now);
    kit_text_finish(&then);
    return same;
}

static cJSON *read_changed(const struct arrival *a)
{
    const cJSON *message = kit_json_member(a->event, "message"),
                *before = kit_json_member(a->event, "previous_message");
    if (strcmp(kit_json_text(message, "subtype"), "tombstone") == 0) /* deleted, but it has a thread */
        return read_gone(a, kit_json_text(message, "ts"));
    if (!has_author(a, message) || says_the_same(message, before)) /* only a preview was added */
        return NULL;
    cJSON *reply = read_changed_reply(a, message, "edited");
    if (reply)
        return reply;
    cJSON *event = begin_authored(a, "edited", message);
    put(event, "message", kit_json_text(message, "ts"));
    put_text(a, event, "text", kit_json_text(message, "text"));
    put_formatted(event);
    put_more(a, event, message);
    put_files(a, message, event);
    put_order(message, event);
    return event;
}

static cJSON *read_deleted(const struct arrival *a)
{
    return read_gone(a, kit_json_text(a->event, "deleted_ts"));
}

/* Subtypes of messages. Those not listed (somebody joined, a topic was set) arrive as events of their own, or do not matter. */
static const struct {
    const char *subtype;
    reader *read;
} subtypes[] = {
    {"", read_message},
    {"bot_message", read_message},
    {"file_share", read_message},
    {"thread_broadcast", read_message},
    {"me_message", read_message},
    {"message_changed", read_changed},
    {"message_deleted", read_deleted},
};

static cJSON *read_any_message(const struct arrival *a)
{
    const char *subtype = kit_json_text(a->event, "subtype");
    for (size_t i = 0; i < sizeof(subtypes) / sizeof(subtypes[0]); i++) {
        if (strcmp(subtypes[i].subtype, subtype) == 0)
            return subtypes[i].read(a);
    }
    return NULL;
}

/* ---- other events ---- */

/* "+1::skin-tone-3" is a +1. */
static void put_emoji(cJSON *event, const char *reaction)
{
    struct kit_text emoji = {0};
    const char *skin = strstr(reaction, "::skin-tone-");
    kit_text_addn(&emoji, reaction, skin ? (size_t)(skin - reaction) : strlen(reaction));
    put(event, "emoji", kit_text_get(&emoji));
    kit_text_finish(&emoji);
}

static cJSON *read_reaction(const struct arrival *a)
{
    const cJSON *item = kit_json_member(a->event, "item");
    if (is_us(a, a->event) || !*kit_json_text(a->event, "user") ||
        strcmp(kit_json_text(item, "type"), "message") != 0)
        return NULL;
    cJSON *event = begin(a, "reaction", kit_json_text(a->event, "user"), kit_json_text(item, "channel"));
    put(event, "message", kit_json_text(item, "ts"));
    put_emoji(event, kit_json_text(a->event, "reaction"));
    if (strcmp(kit_json_text(a->event, "type"), "reaction_removed") == 0)
        cJSON_AddTrueToObject(event, "removed");
    return event;
}

/* Whether the event is about a private channel, by its type or channel_type. */
static bool is_private(const struct arrival *a)
{
    return strncmp(kit_json_text(a->event, "type"), "group_", strlen("group_")) == 0 ||
           strcmp(kit_json_text(a->event, "channel_type"), "G") == 0;
}

/* What happened to a channel, and who did it where Slack says so. */
static cJSON *channel_event(const struct arrival *a, const char *channel, const char *change, const char *name)
{
    const char *user = kit_json_text(a->event, "user");
    cJSON *event = is_us(a, a->event) || !*user
                       ? kit_json_texts("type", "channel", "id", a->id, "channel", channel, NULL)
                       : begin(a, "channel", user, channel);
    put(event, "change", change);
    put(event, "name", name);
    if (is_private(a))
        cJSON_AddTrueToObject(event, "private");
    return event;
}

/* The app was removed from a channel. It rejoins a public one that it made; any other becomes an event. */
static cJSON *read_left(const struct arrival *a)
{
    const char *channel = kit_json_text(a->event, "channel");
    slack_inside_forget(a->slack, channel);
    int32_t code = is_private(a) ? TOCSIN_REFUSED : slack_rejoin(a->slack, channel);
    *a->later = code == TOCSIN_RETRY;
    return code == TOCSIN_DONE || code == TOCSIN_RETRY ? NULL : channel_event(a, channel, "removed", "");
}

static cJSON *read_member(const struct arrival *a)
{
    const char *channel = kit_json_text(a->event, "channel");
    bool joined = strcmp(kit_json_text(a->event, "type"), "member_joined_channel") == 0;
    if (!*kit_json_text(a->event, "user"))
        return NULL;
    if (is_us(a, a->event) && joined)
        slack_inside_forget(a->slack, channel);
    if (is_us(a, a->event))
        return joined ? channel_event(a, channel, "added", "") : read_left(a);
    return begin(a, joined ? "join" : "leave", kit_json_text(a->event, "user"), channel);
}

static cJSON *read_rename(const struct arrival *a)
{
    const cJSON *channel = kit_json_member(a->event, "channel");
    return is_us(a, a->event)
               ? NULL
               : channel_event(a, kit_json_text(channel, "id"), "renamed", kit_json_text(channel, "name"));
}

static cJSON *read_archive(const struct arrival *a)
{
    bool back = strstr(kit_json_text(a->event, "type"), "unarchive") != NULL;
    return is_us(a, a->event)
               ? NULL
               : channel_event(a, kit_json_text(a->event, "channel"), back ? "unarchived" : "archived", "");
}

static cJSON *read_uninstalled(const struct arrival *a)
{
    kit_log(a->slack->host, KIT_ERROR,
            "the app was uninstalled from Slack, or its tokens were revoked; reinstall it");
    return NULL;
}

static const struct row {
    const char *type;
    reader *read;
} events[] = {
    {"message", read_any_message},
    {"app_mention", read_any_message},
    {"reaction_added", read_reaction},
    {"reaction_removed", read_reaction},
    {"member_joined_channel", read_member},
    {"member_left_channel", read_member},
    {"channel_rename", read_rename},
    {"group_rename", read_rename},
    {"channel_archive", read_archive},
    {"channel_unarchive", read_archive},
    {"group_archive", read_archive},
    {"group_unarchive", read_archive},
    {"channel_deleted", read_archive},
    {"group_deleted", read_archive},
    {"channel_left", read_left},
    {"group_left", read_left},
    {"app_uninstalled", read_uninstalled},
    {"tokens_revoked", read_uninstalled},
};

static cJSON *read_row(const struct row *rows, size_t n, const char *type, const struct arrival *a)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(rows[i].type, type) == 0)
            return rows[i].read(a);
    }
    return NULL;
}
#define READ(rows, type, a) read_row(rows, sizeof(rows) / sizeof((rows)[0]), type, a)

static cJSON *read_event(const struct arrival *a)
{
    struct arrival within = *a;
    const char *id = kit_json_text(a->payload, "event_id");
    within.event = kit_json_member(a->payload, "event");
    within.id = *id ? id : a->id; /* stays the same when Slack sends the event again */
    if (strcmp(kit_json_text(a->payload, "type"), "app_rate_limited") == 0)
        kit_log(a->slack->host, KIT_WARNING,
                "Slack holds events back, because there are more than 30,000 an hour; "
                "remove the app from channels that do not need it");
    return READ(events, kit_json_text(within.event, "type"), &within);
}

/* ---- slash commands ---- */

static cJSON *read_slash(const struct arrival *a)
{
    const char *trigger = kit_json_text(a->payload, "trigger_id");
    struct arrival one = *a;
    one.id = *trigger ? trigger : a->id;
    cJSON *event =
        begin(&one, "command", kit_json_text(a->payload, "user_id"), kit_json_text(a->payload, "channel_id"));
    put_text(a, event, "text", kit_json_text(a->payload, "text"));
    put(event, "trigger", trigger);
    return event;
}

/* ---- buttons, forms, shortcuts ---- */

static const char *user_of(const cJSON *payload)
{
    return kit_json_text(kit_json_member(payload, "user"), "id");
}

static const char *channel_of(const cJSON *payload)
{
    const char *channel = kit_json_text(kit_json_member(payload, "channel"), "id");
    return *channel ? channel : kit_json_text(kit_json_member(payload, "container"), "channel_id");
}

static cJSON *read_press(const struct arrival *a)
{
    const cJSON *action = cJSON_GetArrayItem(kit_json_member(a->payload, "actions"), 0);
    const char *ts = kit_json_text(kit_json_member(a->payload, "container"), "message_ts");
    const char *trigger = kit_json_text(a->payload, "trigger_id");
    if (strcmp(kit_json_text(action, "type"), "button") != 0 || !*kit_json_text(action, "value"))
        return NULL;
    struct arrival one = *a;
    one.id = *trigger ? trigger : a->id;
    cJSON *event = begin(&one, "press", user_of(a->payload), channel_of(a->payload));
    put(event, "command", kit_json_text(action, "value"));
    put(event, "message", ts);
    put(event, "trigger", trigger);
    return event;
}

/* Puts what was entered in one field of a view. */
static void put_value(cJSON *values, const char *name, const cJSON *given)
{
    const char *person = kit_json_text(given, "selected_user");
    const char *choice = kit_json_text(kit_json_member(given, "selected_option"), "value");
    const char *text = kit_json_text(given, "value");
    struct kit_text mention = {0};
    if (*person)
        kit_text_addf(&mention, "<@%s>", person);
    put(values, name, *person ? kit_text_get(&mention) : *choice ? choice : text);
    kit_text_finish(&mention);
}

static void put_values(const struct arrival *a, const cJSON *state, cJSON *event)
{
    const cJSON *field;
    cJSON *values = cJSON_AddObjectToObject(event, "values"), *people = cJSON_AddArrayToObject(event, "people");
    cJSON_ArrayForEach(field, kit_json_member(state, "values"))
    {
        const cJSON *given = kit_json_member(field, "value");
        const char *person = kit_json_text(given, "selected_user");
        if (field->string)
            put_value(values, field->string, given);
        if (*person)
            cJSON_AddItemToArray(people, slack_person(a->slack, person));
    }
}

static cJSON *read_view(const struct arrival *a)
{
    const cJSON *view = kit_json_member(a->payload, "view");
    cJSON *kept = cJSON_Parse(kit_json_text(view, "private_metadata"));
    const char *command = kit_json_text(kept, "command"), *channel = kit_json_text(kept, "channel");
    cJSON *event = NULL;
    if (strcmp(kit_json_text(view, "callback_id"), "form") == 0 && *command) {
        struct arrival one = *a;
        one.id = *kit_json_text(view, "id") ? kit_json_text(view, "id") : a->id; /* a view is answered once */
        event = begin(&one, "form", user_of(a->payload), *channel ? channel : user_of(a->payload));
        put(event, "command", command);
        put(event, "trigger", kit_json_text(a->payload, "trigger_id"));
        put_values(a, kit_json_member(view, "state"), event);
    }
    cJSON_Delete(kept);
    return event;
}

static cJSON *begin_declare(const struct arrival *a, const char *channel)
{
    const char *trigger = kit_json_text(a->payload, "trigger_id");
    struct arrival one = *a;
    one.id = *trigger ? trigger : a->id;
    cJSON *event = begin(&one, "command", user_of(a->payload), *channel ? channel : user_of(a->payload));
    put(event, "text", "declare");
    put(event, "trigger", trigger);
    return event;
}

static cJSON *read_message_shortcut(const struct arrival *a)
{
    const cJSON *message = kit_json_member(a->payload, "message");
    const char *channel = channel_of(a->payload);
    cJSON *event = begin_declare(a, channel), *about = cJSON_AddObjectToObject(event, "about");
    struct kit_text text = {0}, more = {0};
    cJSON *users = cJSON_CreateArray();
    const char *own = kit_json_text(message, "text");
    slack_attached_text(message, &more);
    slack_plain_title(*own ? own : kit_text_get(&more), &text, users);
    cJSON_AddStringToObject(about, "text", kit_text_get(&text));
    put_link(a, about, channel, message);
    put_people(a, event, users);
    kit_text_finish(&text);
    kit_text_finish(&more);
    return event;
}

static cJSON *read_shortcut(const struct arrival *a)
{
    return begin_declare(a, "");
}

static const struct row interactions[] = {
    {"block_actions", read_press},
    {"view_submission", read_view},
    {"message_action", read_message_shortcut},
    {"shortcut", read_shortcut},
};

static cJSON *read_interaction(const struct arrival *a)
{
    return READ(interactions, kit_json_text(a->payload, "type"), a);
}

static const struct row kinds[] = {
    {"events_api", read_event},
    {"slash_commands", read_slash},
    {"interactive", read_interaction},
};

cJSON *slack_event(struct slack *slack, const char *kind, const char *id, const cJSON *payload, bool *ret_later)
{
    struct arrival a = {slack, id, payload, NULL, ret_later};
    *ret_later = false;
    return READ(kinds, kind, &a);
}

const char *slack_actor(const cJSON *payload)
{
    const cJSON *event = kit_json_member(payload, "event"), *message = kit_json_member(event, "message");
    const char *names[] = {kit_json_text(payload, "user_id"), user_of(payload), kit_json_text(event, "user"),
                           kit_json_text(message, "user")};
    size_t i = 0;
    while (i < sizeof(names) / sizeof(names[0]) - 1 && !*names[i])
        i++;
    return names[i];
}

/* Slack waits 3 s for an acknowledgement, then tells the person that it failed; asking who they are must take less. */
int32_t slack_receive(struct slack *slack, const char *kind, const char *id, const cJSON *payload,
                      int64_t waited_ms)
{
    slack_answers_note(slack, payload);
    slack_deadline(waited_ms < ASK_MS ? ASK_MS - (waited_ms > 0 ? waited_ms : 0) : 1);
    bool later;
    cJSON *event = slack_event(slack, kind, id, payload, &later);
    slack_deadline(0);
    if (!event)
        return later ? TOCSIN_EMIT_RETRY : TOCSIN_EMITTED;
    return kit_emit(slack->host, event);
}
