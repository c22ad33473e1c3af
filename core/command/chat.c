#include "command/chat.h"

#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/zone.h"
#include "command/mention.h"
#include "command/parse.h"
#include "command/run.h"
#include "command/seen.h"
#include "comms/comms.h"
#include "delivery/link.h"
#include "people/people.h"
#include "rooms/rooms.h"
#include "sight/query.h"
#include "sight/sight.h"

#define ID_BYTES    256
#define NAME_BYTES  200
#define FILES_MOST  20
#define PEOPLE_MOST 50
#define TITLE_BYTES 400   /* of a message that becomes a title */
#define LOOK_BACK   10000 /* events that are searched for the message of a reaction */

struct chat {
    struct core *core;
    struct seen seen;
    ARRAY(struct chat_emoji) emoji; /* texts owned */
};

/* One event, with clean texts. */
struct incoming {
    struct chat *chat;
    struct turn *turn;
    const char *connector;
    const cJSON *event;
    const struct journal_batch *kept; /* what the connector keeps with it; NULL: nothing */
    const struct incoming_type *type;
    char *id, *channel, *text, *message, *thread, *user;
    char *more;                  /* belongs to the text, but not to a command */
    char *app;                   /* the app that did it; NULL: a person did */
    uint64_t here;               /* the channel's incident; 0: none */
    const struct person *person; /* set once the turn has begun */
    bool guest;                  /* of another organisation: may talk, but not command */
    cJSON *values;               /* of a form; NULL: none */
};

struct incoming_type {
    const char *name;
    const char *text;                           /* the member that holds its text */
    bool (*concerns)(const struct incoming *h); /* false: it would have no effect */
    void (*take)(struct incoming *h);
    bool outside; /* somebody from outside did it */
    bool apps;    /* apps may do it, too */
};

/* ---- reading ---- */

static char *clean_member(const cJSON *object, const char *key, size_t most)
{
    const char *text = json_text_or(object, key, NULL);
    return text ? utf8_sanitize(text, strlen(text), most) : NULL;
}

static void incoming_finish(struct incoming *h)
{
    free(h->id);
    free(h->channel);
    free(h->text);
    free(h->message);
    free(h->thread);
    free(h->user);
    free(h->more);
    free(h->app);
    cJSON_Delete(h->values);
}

static void read_incoming(struct incoming *h)
{
    h->id = clean_member(h->event, "id", ID_BYTES);
    h->channel = clean_member(h->event, "channel", ID_BYTES);
    h->message = clean_member(h->event, "message", ID_BYTES);
    h->thread = clean_member(h->event, "thread", ID_BYTES);
    h->user = clean_member(json_member(h->event, "user"), "id", ID_BYTES);
    h->guest = json_bool_or(json_member(h->event, "user"), "outside", false);
    h->text = clean_member(h->event, h->type->text, COMMAND_BYTES);
    h->more = clean_member(h->event, "more", COMMAND_BYTES);
    if (json_bool_or(json_member(h->event, "user"), "bot", false)) {
        h->app = clean_member(json_member(h->event, "user"), "name", NAME_BYTES);
        h->app = h->app ? h->app : xstrdup(h->user);
    }
    h->here = h->channel ? rooms_incident(h->chat->core, h->connector, h->channel) : 0;
}

static const struct person *person_of(struct incoming *h, const cJSON *user)
{
    CLEANUP_FREE char *id = clean_member(user, "id", ID_BYTES);
    CLEANUP_FREE char *name = clean_member(user, "name", NAME_BYTES);
    CLEANUP_FREE char *email = clean_member(user, "email", NAME_BYTES);
    CLEANUP_FREE char *zone = clean_member(user, "zone", NAME_BYTES);
    bool outside = json_bool_or(user, "outside",
                                false); /* an address that another organisation states proves nothing here */
    struct identity identity = {.connector = h->connector,
                                .user = id,
                                .name = text_empty(name) ? NULL : name,
                                .email = text_empty(email) || outside ? NULL : email,
                                .zone = zone && zone_exists(zone) ? zone : NULL};
    return text_empty(id) ? NULL : people_identify(h->turn, &identity);
}

static void resolve(const struct incoming *h, char **text, const cJSON *people)
{
    char *resolved = *text ? mentions_resolve(h->chat->core, h->connector, *text, people) : NULL;
    free(*text);
    *text = resolved;
}

/* Makes mentioned people known, and replaces their mentions with the ids that people type. */
static void resolve_mentions(struct incoming *h)
{
    const cJSON *user, *people = json_member(h->event, "people");
    cJSON *value;
    size_t n = 0;
    cJSON_ArrayForEach(user, people)
    {
        bool ours = !json_bool_or(user, "bot", false) && !json_bool_or(user, "gone", false) &&
                    !(h->type->outside && json_bool_or(user, "outside", false));
        if (++n <= PEOPLE_MOST && ours)
            person_of(h, user);
    }
    resolve(h, &h->text, people);
    resolve(h, &h->more, people);
    h->values = cJSON_Duplicate(json_member(h->event, "values"), true);
    cJSON_ArrayForEach(value, h->values)
    {
        CLEANUP_FREE char *resolved =
            cJSON_IsString(value) ? mentions_resolve(h->chat->core, h->connector, value->valuestring, people)
                                  : NULL;
        if (resolved)
            cJSON_SetValuestring(value, resolved);
    }
}

/* ---- command lines ---- */

/* Is it one of our people, acting themselves? */
static bool may_command(const struct incoming *h)
{
    return !h->guest && !h->app && !json_text_or(h->event, "via", NULL);
}

/* The command line in a message. NULL: it is just talk. */
static const char *line_of(const struct incoming *h)
{
    if (!may_command(h))
        return NULL;
    const char *prefixed = h->text ? command_prefixed(h->text) : NULL;
    bool addressed = json_bool_or(h->event, "mention", false) || json_bool_or(h->event, "direct", false);
    return prefixed ? prefixed : addressed ? h->text : NULL;
}

static struct asker asker_of(const struct incoming *h, const char *where)
{
    return (struct asker){.person = h->person->id, .where = where, .here = h->here};
}

static void answer(struct incoming *h, const struct answer *said)
{
    CLEANUP_FREE char *key = xasprintf(ANSWER_KEY "%s:%s", h->connector, h->id);
    struct place place = {
        .connector = h->connector, .channel = h->channel, .thread = h->thread, .asker = h->user};
    if (said->form.len) {
        rooms_ask(h->turn, &place, key, json_text_or(h->event, "trigger", ""), said->form.p,
                  str_text(&said->text));
        return;
    }
    answer_say(h->turn, &place, key, said);
}

/* An answer of the form; whoever uses it cleans it. */
static const char *value_of_form(const void *values, const char *name)
{
    const struct incoming *h = values;
    return json_text_or(h->values, name, NULL);
}

static enum asker_forms forms_for(const struct incoming *h)
{
    if (!json_text_or(h->event, "trigger", NULL) || !link_can(h->chat->core, h->connector, TOCSIN_CAN_FORMS))
        return FORMS_NONE;
    return json_member(h->event, "about") ? FORMS_ALWAYS : FORMS_MISSING;
}

static void run_line(struct incoming *h, const char *line)
{
    CLEANUP_FREE char *where = xasprintf("%s/%s", h->connector, h->channel ? h->channel : "");
    struct asker asker = asker_of(h, where);
    struct answer said = {0};
    asker.forms = forms_for(h);
    asker.value = h->values ? value_of_form : NULL;
    asker.values = h->values ? h : NULL;
    command_run(h->turn, &asker, line, &said);
    answer(h, &said);
    answer_finish(&said);
}

/* For "declare" on a message: its first line becomes the title, and its link is kept. */
static char *line_about(const struct incoming *h, const cJSON *about)
{
    CLEANUP_FREE char *said = clean_member(about, "text", COMMAND_BYTES),
                      *link = clean_member(about, "link", 2000);
    CLEANUP_FREE char *text =
        said ? mentions_resolve(h->chat->core, h->connector, said, json_member(h->event, "people")) : NULL;
    CLEANUP_STR struct str line = {0};
    size_t n = text ? strcspn(text, "\n") : 0;
    str_add(&line, h->text);
    if (!text_empty(link) && !strchr(link, ' '))
        str_addf(&line, " --link %s", link);
    if (n)
        str_addf(&line, " %.*s", (int)utf8_cut(text, n, TITLE_BYTES), text);
    return str_take(&line);
}

static void take_command(struct incoming *h)
{
    const cJSON *about = json_member(h->event, "about");
    CLEANUP_FREE char *line = about && h->text ? line_about(h, about) : NULL;
    run_line(h, line ? line : h->text ? h->text : "");
}

/* ---- talk ---- */

static int record(struct incoming *h, struct command *command)
{
    CLEANUP_FREE char *machine =
        h->app ? xasprintf(BY_APP "%s", h->app) : xasprintf("connector/%s", h->connector);
    command->by = h->person ? h->person->id : machine;
    return turn_do(h->turn, h->here, command, NULL, NULL);
}

static void write_files(const cJSON *files, struct str *out)
{
    struct json_out j = {out, false};
    const cJSON *file;
    size_t n = 0;
    json_begin_object(&j);
    json_key(&j, "files");
    json_begin_array(&j);
    cJSON_ArrayForEach(file, files)
    {
        CLEANUP_FREE char *name = clean_member(file, "name", NAME_BYTES),
                          *url = clean_member(file, "url", 2000);
        if (++n > FILES_MOST)
            break;
        json_begin_object(&j);
        json_put_text_if(&j, "name", name);
        json_put_text_if(&j, "url", url);
        json_end_object(&j);
    }
    json_end_array(&j);
    json_end_object(&j);
}

/* What was said, what was forwarded with it, and the files by name and link, so that readers of the timeline find the files, and
   search finds their names. */
static char *full_text(const struct incoming *h, const cJSON *files)
{
    struct str out = {0};
    const cJSON *file;
    size_t n = 0;
    str_add(&out, h->text ? h->text : "");
    if (!text_empty(h->more))
        str_addf(&out, "%s%s", out.len ? "\n" : "", h->more);
    cJSON_ArrayForEach(file, files)
    {
        CLEANUP_FREE char *name = clean_member(file, "name", NAME_BYTES),
                          *url = clean_member(file, "url", 2000);
        if (++n > FILES_MOST)
            break;
        str_addf(&out, "%s%s", n > 1 ? ", " : out.len ? " — " : "", text_empty(name) ? "a file" : name);
        if (!text_empty(url) && !url[strcspn(url, " <>\n")])
            str_addf(&out, " <%s>", url);
    }
    if ((size_t)cJSON_GetArraySize(files) > FILES_MOST)
        str_addf(&out, " and %zu more", (size_t)cJSON_GetArraySize(files) - FILES_MOST);
    return str_take(&out);
}

static void answer_privately(struct incoming *h, const char *text)
{
    struct answer said = {.alone = true};
    str_add(&said.text, text);
    answer(h, &said);
    answer_finish(&said);
}

/* For somebody who mentioned the bot in the middle of a sentence, and may wait for an answer. */
static void explain_commands(struct incoming *h)
{
    answer_privately(h, "To give me a command, begin a message with my name or with `!inc`. `!inc checkout is "
                        "slow` opens an incident, and `!inc help` lists all commands.");
}

static bool is_named(const struct incoming *h)
{
    return may_command(h) && json_bool_or(h->event, "named", false);
}

/* Records what a message says, with its files. */
static void record_message(struct incoming *h, struct command *command)
{
    const cJSON *files = json_member(h->event, "files");
    CLEANUP_STR struct str data = {0};
    if (cJSON_GetArraySize(files) > 0)
        write_files(files, &data);
    CLEANUP_FREE char *text = full_text(h, files);
    command->text = text;
    command->name = h->connector;
    command->data = data.len ? data.p : NULL;
    if (!text_empty(text))
        record(h, command);
}

static void take_message(struct incoming *h)
{
    const char *line = line_of(h);
    if (line) {
        run_line(h, line);
        return;
    }
    if (is_named(h))
        explain_commands(h);
    if (h->here)
        record_message(h, &(struct command){.verb = "said", .value = h->message ? h->message : h->id});
}

static int64_t order_of(const struct incoming *h)
{
    return json_int_or(h->event, "order", 0);
}

static void take_edited(struct incoming *h)
{
    record_message(h, &(struct command){.verb = "said_edited", .value = h->message, .count = order_of(h)});
}

static void take_deleted(struct incoming *h)
{
    record(h, &(struct command){.verb = "said_deleted", .name = h->connector, .value = h->message});
}

/* ---- reactions ---- */

/* A thumbs-up approves the draft that it is on, and nothing else. */
static void approve(struct incoming *h)
{
    const struct incident *incident = sight_incident(h->chat->core, h->here, h->person->id);
    for (size_t i = 0; incident && i < incident->comms.draft_cards.n; i++) {
        const struct state_draft_card *card = &incident->comms.draft_cards.v[i];
        if (!text_equal(card->connector, h->connector) || !text_equal(card->message, h->message))
            continue;
        CLEANUP_FREE char *line = xasprintf("approve %lld", (long long)card->draft);
        run_line(h, line);
        return;
    }
}

static const char *command_of_emoji(const struct incoming *h)
{
    CLEANUP_FREE char *emoji = clean_member(h->event, "emoji", NAME_BYTES);
    char *tone = emoji ? strstr(emoji, "::") : NULL; /* "+1::skin-tone-2" */
    if (tone)
        *tone = '\0';
    for (size_t i = 0; emoji && i < h->chat->emoji.n; i++) {
        if (text_equal_nocase(h->chat->emoji.v[i].emoji, emoji))
            return text_empty(h->chat->emoji.v[i].command) ? NULL : h->chat->emoji.v[i].command;
    }
    return NULL;
}

struct search {
    const char *connector, *message;
    char *text; /* NULL: the message was deleted */
    bool found;
};

static bool look_for_message(void *ctx, const struct event *event)
{
    struct search *search = ctx;
    if ((event->type != EVENT_SAID && event->type != EVENT_SAID_EDITED) ||
        !text_equal(event->value, search->message) || !text_equal(event->name, search->connector))
        return true;
    search->text = xstrdup(event->text);
    search->found = true;
    return false;
}

static void take_reaction(struct incoming *h)
{
    const char *command = command_of_emoji(h);
    bool pins = strcmp(command, "pin") == 0;
    if (strcmp(command, "approve") == 0) {
        approve(h);
        return;
    }
    if (!pins && strcmp(command, "note") != 0) {
        run_line(h, command);
        return;
    }
    struct search search = {h->connector, h->message, NULL, false};
    query_timeline(h->chat->core, h->here, h->person->id, 0, LOOK_BACK, look_for_message, &search, NULL);
    if (search.text)
        record(h, &(struct command){
                      .verb = command, .text = search.text, .name = h->connector, .value = h->message});
    else if (search.found)
        answer_privately(
            h, "That message was deleted, so it cannot be recorded again. Use `pin` with your own words.");
    else
        answer_privately(h, "That message is not in the timeline: I wrote it, or it was written before I was "
                            "here. To pin it, use `pin` with its text.");
    free(search.text);
}

/* ---- coming and going ---- */

/* Joining the channel joins the incident. But being let into the channel of a private incident is not an invitation to it. */
static void take_join(struct incoming *h)
{
    struct asker asker = asker_of(h, NULL);
    struct answer said = {0};
    if (!sight_incident(h->chat->core, h->here, h->person->id))
        return;
    record(h, &(struct command){.verb = "member", .name = h->connector, .value = h->person->id, .flag = true});
    if (command_catch_up(h->turn, &asker, h->here, &said) == 0)
        answer(h, &said);
    answer_finish(&said);
}

/* The last member of a private incident stays a member, since otherwise nobody could see it. */
static void take_leave(struct incoming *h)
{
    const struct incident *incident = sight_incident(h->chat->core, h->here, h->person->id);
    if (!incident || (incident->private && incident->people.members.n <= 1))
        return;
    record(h, &(struct command){.verb = "member", .name = h->connector, .value = h->person->id, .flag = false});
}

/* Tocsin can no longer read or write there, so people are told in the incident's other channels. */
static void announce_removal(struct incoming *h)
{
    CLEANUP_FREE char *key = xasprintf("removed:%s:%s", h->connector, h->id);
    CLEANUP_FREE char *text = xasprintf("Tocsin was removed from this incident's channel on %s, so messages "
                                        "there are no longer recorded. To fix that, invite it again.",
                                        h->connector);
    rooms_say_incident(h->turn, h->here, key, NULL, text);
}

static const struct channel_change {
    const char *name;
    bool gone;
} channel_changes[] = {
    {"renamed", false}, {"archived", true}, {"unarchived", false}, {"removed", true}, {"added", false}};

static void take_channel(struct incoming *h)
{
    const char *change = json_text_or(h->event, "change", "");
    CLEANUP_FREE char *name = clean_member(h->event, "name", NAME_BYTES);
    size_t i = 0;
    while (i < ARRAY_SIZE(channel_changes) && strcmp(channel_changes[i].name, change) != 0)
        i++;
    if (i == ARRAY_SIZE(channel_changes))
        return;
    const struct incident *incident = sight_incident(h->chat->core, h->here, NULL);
    bool was = !incident || incident_has_channel(incident, h->connector, h->channel);
    record(h, &(struct command){.verb = "channel",
                                .name = h->connector,
                                .value = h->channel,
                                .text = name,
                                .count = json_bool_or(h->event, "private", false),
                                .flag = !channel_changes[i].gone});
    if (was && strcmp(change, "removed") == 0)
        announce_removal(h);
}

/* ---- customers ---- */

static void take_reply(struct incoming *h)
{
    CLEANUP_FREE char *customer = clean_member(h->event, "customer", NAME_BYTES),
                      *link = clean_member(h->event, "link", 2000);
    const char *change = json_text_or(h->event, "change", "");
    CLEANUP_FREE char *message =
        h->message ? xasprintf("%s/%s", h->channel ? h->channel : "", h->message) : NULL;
    struct reply reply = {.customer = customer,
                          .text = h->text,
                          .link = text_empty(link) || strchr(link, ' ') ? NULL : link,
                          .connector = h->connector,
                          .message = message,
                          .order = order_of(h)};
    reply.change = strcmp(change, "edited") == 0    ? REPLY_EDITED
                   : strcmp(change, "deleted") == 0 ? REPLY_DELETED
                                                    : REPLY_NEW;
    comms_replied(h->turn, &reply);
}

static bool is_reply(const struct incoming *h)
{
    return !text_empty(json_text_or(h->event, "customer", NULL)) && !text_empty(h->text);
}

/* ---- the table of events ---- */

static bool is_line(const struct incoming *h)
{
    return !h->guest;
}

static bool is_here(const struct incoming *h)
{
    return h->here != 0;
}

static bool is_line_or_here(const struct incoming *h)
{
    return h->here || line_of(h) || is_named(h);
}

static bool is_message_here(const struct incoming *h)
{
    return h->here && h->message;
}

static bool is_reaction_here(const struct incoming *h)
{
    return is_message_here(h) && !h->guest && !json_bool_or(h->event, "removed", false) && command_of_emoji(h);
}

static const struct incoming_type types[] = {
    {"message", "text", is_line_or_here, take_message, false, true},
    {"command", "text", is_line, take_command, false, false},
    {"press", "command", is_line, take_command, false, false},
    {"form", "command", is_line, take_command, false, false},
    {"reaction", "", is_reaction_here, take_reaction, false, false},
    {"edited", "text", is_message_here, take_edited, false, true},
    {"deleted", "", is_message_here, take_deleted, false, true},
    {"join", "", is_here, take_join, false, false},
    {"leave", "", is_here, take_leave, false, false},
    {"channel", "", is_here, take_channel, false, false},
    {"reply", "text", is_reply, take_reply, true, true},
};

static const struct incoming_type *find_type(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    }
    return NULL;
}

/* ---- processing an event ---- */

struct waiting { /* an event that waits for its commit */
    struct chat *chat;
    char *key; /* NULL: nothing follows from the event */
    chat_done *done;
    void *ctx;
};

static void committed(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct waiting *waiting = ctx;
    (void)last_seq;
    if (waiting->key)
        seen_settle(&waiting->chat->seen, waiting->key, rc == 0);
    waiting->done(waiting->ctx, rc ? TOCSIN_EMIT_RETRY : TOCSIN_EMITTED, rc ? err->text : NULL);
    free(waiting->key);
    free(waiting);
}

static struct waiting *begin(struct incoming *h, const char *key, instant now, chat_done *done, void *ctx)
{
    struct waiting *waiting = xmalloc(sizeof(*waiting));
    *waiting = (struct waiting){h->chat, xstrdup(key), done, ctx};
    h->turn = turn_begin(h->chat->core, now);
    batch_add_docs(turn_batch(h->turn), h->kept);
    return waiting;
}

/* Nothing follows from the event, but the connector may keep something with it. */
static void pass_by(struct incoming *h, instant now, chat_done *done, void *ctx)
{
    if (!h->kept) {
        done(ctx, TOCSIN_EMITTED, NULL);
        return;
    }
    struct waiting *waiting = begin(h, NULL, now, done, ctx);
    turn_commit(h->turn, committed, waiting);
}

static void take(struct incoming *h, const char *key, instant now, chat_done *done, void *ctx)
{
    struct waiting *waiting = begin(h, key, now, done, ctx);
    seen_hold(&h->chat->seen, key, now, turn_batch(h->turn));
    if (!h->type->outside && !h->app && !text_empty(h->user))
        h->person = person_of(h, json_member(h->event, "user"));
    resolve_mentions(h);
    h->type->take(h);
    turn_commit(h->turn, committed, waiting);
}

/* Why the event can never be processed. NULL: it can. */
static const char *fault(const struct incoming *h)
{
    if (text_empty(h->id))
        return "the event has no id";
    if (text_empty(h->user) && h->type->take != take_channel)
        return "the event has no user.id";
    return text_empty(h->channel) && !h->type->outside ? "the event has no channel" : NULL;
}

static void take_once(struct incoming *h, instant now, chat_done *done, void *ctx)
{
    const char *wrong = fault(h);
    if (wrong) {
        done(ctx, TOCSIN_EMIT_REFUSED, wrong);
        return;
    }
    CLEANUP_FREE char *key = seen_key(h->connector, h->id);
    enum seen_state state = seen_look(&h->chat->seen, core_journal(h->chat->core), key);
    if (state == SEEN_IN_PROGRESS)
        done(ctx, TOCSIN_EMIT_RETRY, "the event is already being processed");
    else if (state == SEEN_DONE || (h->app && !h->type->apps) || !h->type->concerns(h))
        pass_by(h, now, done, ctx);
    else
        take(h, key, now, done, ctx);
}

void chat_event(struct chat *chat, const char *connector, const cJSON *event, const struct journal_batch *kept,
                instant now, chat_done *done, void *ctx)
{
    const char *why;
    struct incoming h = {.chat = chat, .connector = connector, .event = event, .kept = kept};
    h.type = find_type(json_text_or(event, "type", ""));
    if (!h.type) {
        done(ctx, TOCSIN_EMIT_REFUSED, "unknown type of event");
        return;
    }
    if (!core_ready(chat->core, &why)) {
        done(ctx, TOCSIN_EMIT_RETRY, why);
        return;
    }
    read_incoming(&h);
    take_once(&h, now, done, ctx);
    incoming_finish(&h);
}

static const struct chat_emoji defaults[] = {
    {"pushpin", "pin"}, {"round_pushpin", "pin"}, {"📌", "pin"},     {"📍", "pin"},
    {"+1", "approve"},  {"thumbsup", "approve"},  {"👍", "approve"},
};

static void set_emoji(struct chat *chat, const struct chat_emoji *emoji)
{
    for (size_t i = 0; i < chat->emoji.n; i++) {
        if (!text_equal_nocase(chat->emoji.v[i].emoji, emoji->emoji))
            continue;
        free((char *)(uintptr_t)chat->emoji.v[i].command);
        chat->emoji.v[i].command = xstrdup(emoji->command);
        return;
    }
    *array_add(&chat->emoji) = (struct chat_emoji){xstrdup(emoji->emoji), xstrdup(emoji->command)};
}

struct chat *chat_create(struct core *core, const struct chat_emoji *emoji, size_t n)
{
    struct chat *chat = xcalloc(1, sizeof(*chat));
    chat->core = core;
    for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
        set_emoji(chat, &defaults[i]);
    for (size_t i = 0; i < n; i++)
        set_emoji(chat, &emoji[i]);
    return chat;
}

void chat_destroy(struct chat *chat)
{
    if (!chat)
        return;
    for (size_t i = 0; i < chat->emoji.n; i++) {
        free((char *)(uintptr_t)chat->emoji.v[i].emoji);
        free((char *)(uintptr_t)chat->emoji.v[i].command);
    }
    array_free(&chat->emoji);
    seen_finish(&chat->seen);
    free(chat);
}
