/* What an activity means: events of tocsin/connector.h. Tables list what is understood; everything else is ignored. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/signature.h>

#include "formatted.h"
#include "in.h"
#include "people.h"
#include "text.h"

#define ID_MOST    240 /* bytes of an event's id; a longer one is hashed */
#define FILES_MOST 20

struct arrival {
    struct teams *teams;
    const cJSON *activity;
    struct teams_place place, members; /* members: the conversation, or the team, whose members people are */
    char channel[TEAMS_ID], thread[TEAMS_ID], id[TEAMS_ID];
    struct teams_heard *heard;
};
typedef void reader(struct arrival *a);

/* ---- what most events have ---- */

static const char *text_of(const struct arrival *a, const char *name)
{
    return kit_json_text(a->activity, name);
}

static const cJSON *part_of(const struct arrival *a, const char *name)
{
    return kit_json_member(kit_json_member(a->activity, "channelData"), name);
}

static bool is_us(const struct arrival *a, const char *user)
{
    return strcmp(user, kit_json_text(kit_json_member(a->activity, "recipient"), "id")) == 0;
}

static void put(cJSON *event, const char *name, const char *text)
{
    if (*text)
        cJSON_AddStringToObject(event, name, text);
}

/* The id of a message in this conversation, as Tocsin knows it. */
static void put_message(const struct arrival *a, cJSON *event, const char *id)
{
    char message[TEAMS_ID];
    if (teams_join_message(a->thread, id, message))
        put(event, "message", message);
}

/* The id of an event: an activity may be delivered again, and several are about one message. */
static void put_id(cJSON *event, const struct arrival *a, const char *more)
{
    struct kit_text id = {0};
    char hash[KIT_HMAC_HEX];
    kit_text_addf(&id, "%s/%s/%s", text_of(a, "type"), a->place.conversation, a->id);
    const char *change = kit_json_text(kit_json_member(a->activity, "channelData"), "eventType");
    if (*change) /* each edit of a message has the message's id */
        kit_text_addf(&id, "/%s/%s", change, text_of(a, "timestamp"));
    kit_text_addf(&id, "%s%s", *more ? "/" : "", more);
    struct kit_part part = {kit_text_get(&id), id.n};
    bool hashed = id.n > ID_MOST && kit_hmac_hex("teams", &part, 1, hash);
    cJSON_AddStringToObject(event, "id", hashed ? hash : kit_text_get(&id));
    kit_text_finish(&id);
}

static cJSON *person_of(const struct arrival *a, const cJSON *account)
{
    cJSON *person =
        teams_person(a->teams, &a->members, kit_json_text(account, "id"), kit_json_text(account, "name"));
    const char *zone = text_of(a, "localTimezone");
    if (strchr(zone, '/') && account == kit_json_member(a->activity, "from"))
        cJSON_AddStringToObject(person, "zone", zone);
    return person;
}

/* Begins an event by `account` and adds it to those heard, which own it. `more` makes the id unique within the activity. */
static cJSON *begin(const struct arrival *a, const char *type, const cJSON *account, const char *more)
{
    cJSON *event = kit_json_texts("type", type, "channel", a->channel, NULL);
    put_id(event, a, more);
    if (account)
        cJSON_AddItemToObject(event, "user", person_of(a, account));
    cJSON_AddItemToArray(a->heard->events, event);
    return event;
}

static const cJSON *sender(const struct arrival *a)
{
    const cJSON *from = kit_json_member(a->activity, "from");
    const char *id = kit_json_text(from, "id");
    return *id && strlen(id) < TEAMS_ID && !is_us(a, id) ? from : NULL;
}

/* ---- messages ---- */

/* A file that people can open. Cards, and the text once more as HTML, are attachments, too. */
static bool is_file(const cJSON *attachment)
{
    const char *type = kit_json_text(attachment, "contentType");
    return strcmp(type, "text/html") != 0 && strncmp(type, "application/vnd.microsoft.card.", 31) != 0 &&
           strcmp(type, "messageReference") != 0;
}

static void put_files(const struct arrival *a, cJSON *event)
{
    const cJSON *attachment;
    cJSON *files = NULL;
    cJSON_ArrayForEach(attachment, kit_json_member(a->activity, "attachments"))
    {
        const char *url = kit_json_text(attachment, "contentUrl");
        bool link = strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0;
        if (!is_file(attachment) || (files && cJSON_GetArraySize(files) == FILES_MOST))
            continue;
        files = files ? files : cJSON_AddArrayToObject(event, "files");
        cJSON_AddItemToArray(files, kit_json_texts("name", kit_json_text_or(attachment, "name", "a file"),
                                                   "url", link ? url : NULL, NULL));
    }
}

/* Puts the text, its formatting, and who is named in it. */
static void put_text(const struct arrival *a, cJSON *event, struct teams_said_text *said)
{
    const cJSON *account;
    struct kit_text formatted = {0};
    cJSON_AddStringToObject(event, "text", kit_text_get(&said->text));
    if (teams_formatted(a->activity, &formatted))
        put(event, "commonmark", kit_text_get(&formatted));
    kit_text_finish(&formatted);
    if (!cJSON_GetArraySize(said->people))
        return;
    cJSON *people = cJSON_AddArrayToObject(event, "people");
    cJSON_ArrayForEach(account, said->people)
    {
        cJSON_AddItemToArray(people, person_of(a, account));
    }
}

static bool is_personal(const struct arrival *a)
{
    const cJSON *conversation = kit_json_member(a->activity, "conversation");
    return strcmp(kit_json_text(conversation, "conversationType"), "personal") == 0;
}

/* A message that begins a thread is answered in it when it is for us. */
static void put_thread(const struct arrival *a, cJSON *event, bool mention)
{
    if (mention || strcmp(a->thread, a->id) != 0)
        put(event, "thread", a->thread);
}

static void read_talk(struct arrival *a)
{
    struct teams_said_text said;
    teams_read_text(a->activity, &said);
    cJSON *event = begin(a, "message", sender(a), "");
    put_message(a, event, a->id);
    put_thread(a, event, said.mention);
    if (said.mention)
        cJSON_AddTrueToObject(event, "mention");
    if (said.named)
        cJSON_AddTrueToObject(event, "named");
    if (is_personal(a))
        cJSON_AddTrueToObject(event, "direct");
    if (is_personal(a) || said.mention)
        cJSON_AddStringToObject(event, "trigger", a->id); /* a form becomes a message to them alone */
    put_text(a, event, &said);
    put_files(a, event);
    kit_text_finish(&said.text);
    cJSON_Delete(said.people);
}

static void read_edit(struct arrival *a)
{
    struct teams_said_text said;
    if (!sender(a))
        return;
    teams_read_text(a->activity, &said);
    cJSON *event = begin(a, "edited", sender(a), "");
    put_message(a, event, a->id);
    put_text(a, event, &said);
    put_files(a, event);
    cJSON_AddNumberToObject(event, "order", (double)kit_time_ms(text_of(a, "timestamp")));
    kit_text_finish(&said.text);
    cJSON_Delete(said.people);
}

static void read_delete(struct arrival *a)
{
    if (sender(a))
        put_message(a, begin(a, "deleted", sender(a), ""), a->id);
}

/* ---- buttons and forms ---- */

void teams_seal(const struct teams *teams, const char *command, const char *channel, const char *user, bool own,
                char *seal)
{
    struct kit_part parts[] = {{command, strlen(command)}, {"\n", 1},
                               {channel, strlen(channel)}, {"\n", 1},
                               {user, strlen(user)},       {own ? "\nown" : "", own ? 4 : 0}};
    if (!kit_hmac_hex(teams->set.secret, parts, 6, seal))
        *seal = '\0';
}

#define FIELD "f_" /* begins the name of each input */

static void put_values(const cJSON *data, cJSON *event)
{
    const cJSON *value;
    cJSON *values = cJSON_AddObjectToObject(event, "values");
    cJSON_ArrayForEach(value, data)
    {
        if (cJSON_IsString(value) && value->string && strncmp(value->string, FIELD, 2) == 0 && value->string[2])
            cJSON_AddStringToObject(values, value->string + 2, value->valuestring);
    }
}

static void read_form(struct arrival *a, const cJSON *data)
{
    char seal[KIT_HMAC_HEX];
    const char *command = kit_json_text(data, "command"), *channel = kit_json_text(data, "channel");
    bool own = kit_json_true(data, "own");
    teams_seal(a->teams, command, channel, kit_json_text(sender(a), "id"), own, seal);
    if (!kit_same(seal, kit_json_text(data, "seal"))) {
        kit_log(a->teams->host, KIT_WARNING,
                "a form was not taken: it was not made for the person who sent it");
        return;
    }
    a->heard->press.own = own;
    cJSON *event = begin(a, "form", sender(a), "");
    cJSON_ReplaceItemInObjectCaseSensitive(event, "channel", cJSON_CreateString(channel));
    cJSON_AddStringToObject(event, "command", command);
    cJSON_AddStringToObject(event, "trigger", a->heard->press.trigger);
    put_values(data, event);
}

static void read_button(struct arrival *a, const cJSON *data)
{
    cJSON *event = begin(a, "press", sender(a), "");
    cJSON_AddStringToObject(event, "command", kit_json_text(data, "command"));
    put(event, "message", a->heard->press.message);
    cJSON_AddStringToObject(event, "trigger", a->heard->press.trigger);
}

/* What a button of ours sends: its data, with the inputs of the card beside them. */
static void read_pressed(struct arrival *a, const cJSON *data)
{
    const char *what = kit_json_text(data, "tocsin");
    struct teams_press *press = &a->heard->press;
    *press = (struct teams_press){
        .any = true, .asks = kit_json_true(data, "asks"), .refresh = strcmp(what, "refresh") == 0};
    teams_join_message(a->thread, text_of(a, "replyToId"), press->message);
    snprintf(press->trigger, TEAMS_ID, "%s", a->id);
    if (!sender(a) || !*kit_json_text(data, "command"))
        return;
    if (strcmp(what, "form") == 0)
        read_form(a, data);
    else if (strcmp(what, "press") == 0)
        read_button(a, data);
}

/* Old clients send a press as a message without text (Action.Submit). */
static void read_message(struct arrival *a)
{
    const cJSON *value = kit_json_member(a->activity, "value");
    if (cJSON_IsObject(value))
        read_pressed(a, value);
    else if (sender(a) && (*text_of(a, "text") || kit_json_member(a->activity, "attachments")))
        read_talk(a);
}

/* An automatic refresh is nobody's press. */
static void read_invoke(struct arrival *a)
{
    const cJSON *value = kit_json_member(a->activity, "value");
    const cJSON *data = kit_json_member(kit_json_member(value, "action"), "data");
    if (strcmp(text_of(a, "name"), "adaptiveCard/action") != 0)
        return;
    if (strcmp(kit_json_text(value, "trigger"), "automatic") != 0) {
        read_pressed(a, data);
        return;
    }
    a->heard->press = (struct teams_press){.any = true, .refresh = true};
    teams_join_message(a->thread, text_of(a, "replyToId"), a->heard->press.message);
}

/* ---- reactions ---- */

/* Teams' own six have names of their own; others are "1f440_eyes". */
static const char *emoji_of(const char *type)
{
    static const char *const names[][2] = {{"like", "+1"},        {"heart", "heart"},
                                           {"laugh", "laughing"}, {"surprised", "open_mouth"},
                                           {"sad", "cry"},        {"angry", "angry"}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i][0], type) == 0)
            return names[i][1];
    }
    size_t hex = strspn(type, "0123456789abcdef-");
    return hex >= 4 && type[hex] == '_' && type[hex + 1] ? type + hex + 1 : type;
}

static void read_reactions(struct arrival *a, const char *which, bool removed)
{
    const cJSON *reaction;
    const char *message = text_of(a, "replyToId");
    cJSON_ArrayForEach(reaction, kit_json_member(a->activity, which))
    {
        const char *type = kit_json_text(reaction, "type");
        struct kit_text more = {0};
        if (!*type || !*message || !sender(a))
            continue;
        kit_text_addf(&more, "%s%s/%s", removed ? "-" : "", type, message);
        cJSON *event = begin(a, "reaction", sender(a), kit_text_get(&more));
        put_message(a, event, message);
        put(event, "emoji", emoji_of(type));
        if (removed)
            cJSON_AddTrueToObject(event, "removed");
        kit_text_finish(&more);
    }
}

static void read_reaction(struct arrival *a)
{
    read_reactions(a, "reactionsAdded", false);
    read_reactions(a, "reactionsRemoved", true);
}

/* ---- channels and members ---- */

static void channel_event(const struct arrival *a, const char *change)
{
    const cJSON *channel = part_of(a, "channel");
    cJSON *event = begin(a, "channel", NULL, change);
    put(event, "change", change);
    if (strcmp(change, "renamed") == 0)
        put(event, "name", kit_json_text(channel, "name"));
    if (strcmp(kit_json_text(channel, "type"), "private") == 0)
        cJSON_AddTrueToObject(event, "private");
}

static void read_members(struct arrival *a, const char *which, bool joined)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, kit_json_member(a->activity, which))
    {
        const char *id = kit_json_text(member, "id");
        if (!*id || strlen(id) >= TEAMS_ID || (is_personal(a) && !is_us(a, id)))
            continue;
        if (!is_us(a, id)) {
            begin(a, joined ? "join" : "leave", member, id);
        } else if (!is_personal(a)) {
            teams_note_team(a->teams, a->activity, !joined);
            channel_event(a, joined ? "added" : "removed");
        }
    }
}

/* What happened to a channel or a team. "": its members changed, or nothing that matters. */
static const struct {
    const char *type, *change;
} changes[] = {
    {"channelRenamed", "renamed"},
    {"channelDeleted", "archived"},
    {"channelRestored", "unarchived"},
};

static void read_conversation(struct arrival *a)
{
    const cJSON *data = kit_json_member(a->activity, "channelData");
    const char *type = kit_json_text(data, "eventType"), *channel = kit_json_text(part_of(a, "channel"), "id");
    if (*channel && strlen(channel) < TEAMS_ID)
        snprintf(a->channel, TEAMS_ID, "%s", channel);
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        if (strcmp(changes[i].type, type) == 0)
            channel_event(a, changes[i].change);
    }
    if (strcmp(type, "teamRenamed") == 0)
        teams_note_team(a->teams, a->activity, false);
    if (strcmp(type, "teamDeleted") == 0 || strcmp(type, "teamHardDeleted") == 0) {
        teams_note_team(a->teams, a->activity, true);
        kit_log(a->teams->host, KIT_ERROR, "the team was deleted in Teams; add the app to another one");
    }
    if (strcmp(type, "teamArchived") == 0)
        kit_log(a->teams->host, KIT_ERROR,
                "the team was archived in Teams; nothing can be posted until it is restored");
    read_members(a, "membersAdded", true);
    read_members(a, "membersRemoved", false);
}

static void read_installation(struct arrival *a)
{
    teams_note_team(a->teams, a->activity, strncmp(text_of(a, "action"), "remove", 6) == 0);
}

/* ---- activities ---- */

static const struct {
    const char *type;
    reader *read;
} types[] = {
    {"message", read_message},
    {"messageUpdate", read_edit},
    {"messageDelete", read_delete},
    {"messageReaction", read_reaction},
    {"conversationUpdate", read_conversation},
    {"installationUpdate", read_installation},
    {"invoke", read_invoke},
};

/* An incident's thread is a channel of its own for Tocsin. */
static bool take_place(struct arrival *a)
{
    const char *id = kit_json_text(kit_json_member(a->activity, "conversation"), "id");
    const char *url = text_of(a, "serviceUrl");
    size_t n = strlen(url);
    if (!teams_split(id, a->channel, a->thread) || strlen(text_of(a, "id")) >= TEAMS_ID || n >= TEAMS_URL)
        return false;
    snprintf(a->place.conversation, TEAMS_ID, "%s", id);
    snprintf(a->place.url, TEAMS_URL, "%.*s", n && url[n - 1] == '/' ? (int)n - 1 : (int)n, url);
    kit_clean_name(teams_tenant(a->activity), a->place.tenant, sizeof(a->place.tenant));
    snprintf(a->id, TEAMS_ID, "%s", text_of(a, "id"));
    const char *team = kit_json_text(part_of(a, "team"), "id");
    a->members = a->place;
    snprintf(a->members.conversation, TEAMS_ID, "%s", *team && strlen(team) < TEAMS_ID ? team : a->channel);
    if (*a->thread && teams_is_room(a->teams, id)) {
        snprintf(a->channel, TEAMS_ID, "%s", id);
        a->thread[0] = '\0';
    }
    return true;
}

void teams_hear(struct teams *teams, const cJSON *activity, struct teams_heard *ret)
{
    *ret = (struct teams_heard){.events = cJSON_CreateArray()};
    struct arrival a = {.teams = teams, .activity = activity, .heard = ret};
    if (!take_place(&a))
        return;
    teams_note(teams, activity);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i].type, text_of(&a, "type")) == 0)
            types[i].read(&a);
    }
}
