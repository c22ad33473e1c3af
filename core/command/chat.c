#include "command/chat.h"

#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "access/access.h"
#include "base/json.h"
#include "base/markup.h"
#include "command/desk.h"
#include "command/heard.h"
#include "command/look.h"
#include "command/mention.h"
#include "command/outside.h"
#include "command/page_answer.h"
#include "command/parse.h"
#include "command/press.h"
#include "command/run.h"
#include "command/seen.h"
#include "command/who.h"
#include "comms/alone.h"
#include "comms/comms.h"
#include "delivery/link.h"
#include "mirror/mirror.h"
#include "paging/paging.h"
#include "people/people.h"
#include "rooms/rooms.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "tickets/tickets.h"

#define PEOPLE_MOST 50
#define TITLE_BYTES 400           /* of a message that becomes a title */
#define READ_FIRST  (10 * SECOND) /* a change of a draft can have crossed a thumbs-up for so long */

struct chat {
    struct core *core;
    struct seen seen;
    struct presses presses;
    emoji_list emoji;
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
    char *pressed;               /* what press_done returned */
    struct answered answers;     /* whose words it was written under; customer NULL: nobody's */
};

struct incoming_type {
    const char *name;
    const char *text;                            /* the member that holds its text */
    bool (*concerns)(const struct incoming *in); /* false: it would have no effect */
    void (*take)(struct incoming *in);
    bool outside;         /* somebody from outside did it */
    bool apps;            /* apps may do it, too */
    outside_taker *pass;  /* with take_outside: what takes it */
    outside_about *about; /* likewise, with is_outside */
};

/* ---- reading ---- */

static void incoming_finish(struct incoming *in)
{
    free(in->id);
    free(in->channel);
    free(in->text);
    free(in->message);
    free(in->thread);
    free(in->user);
    free(in->more);
    free(in->app);
    free(in->answers.customer);
    cJSON_Delete(in->values);
}

/* A platform without a channel for each incident may know which one a message answers. What everybody in that channel reads must not
   come from, or go to, a private one. 0: none. */
static uint64_t incident_answered(const struct incoming *in)
{
    uint64_t id = in->type->outside ? 0 : incident_name_parse(json_text_or(in->event, "incident", ""));
    const struct incident *incident = id ? sight_incident(in->chat->core, id, NULL) : NULL;
    return incident && !incident->private ? id : 0;
}

/* Finds what it was written under: directly, where the platform says so, or as the message that began the thread. A channel has only
   messages of its own incident. */
static void read_answered(struct incoming *in)
{
    CLEANUP_FREE char *under = heard_text(in->event, "answers", ID_BYTES);
    const char *message = text_empty(under) ? in->thread : under;
    if (in->guest || in->app || text_empty(message) ||
        !comms_answered(in->chat->core, in->connector, message, &in->answers))
        return;
    if (in->here && in->here != in->answers.incident)
        replace_text(&in->answers.customer, NULL);
}

static void read_incoming(struct incoming *in)
{
    in->id = heard_text(in->event, "id", ID_BYTES);
    in->channel = heard_text(in->event, "channel", ID_BYTES);
    in->message = heard_text(in->event, "message", ID_BYTES);
    in->thread = heard_text(in->event, "thread", ID_BYTES);
    in->user = heard_text(json_member(in->event, "user"), "id", ID_BYTES);
    in->guest = json_bool_or(json_member(in->event, "user"), "outside", false);
    in->text = heard_text(in->event, in->type->text, COMMAND_BYTES);
    in->more = heard_text(in->event, "more", COMMAND_BYTES);
    if (json_bool_or(json_member(in->event, "user"), "bot", false)) {
        in->app = heard_text(json_member(in->event, "user"), "name", NAME_BYTES);
        in->app = in->app ? in->app : xstrdup(in->user);
    }
    in->here = in->channel ? rooms_incident(in->chat->core, in->connector, in->channel) : 0;
    if (!in->here)
        in->here = incident_answered(in);
    if (strcmp(in->type->name, "message") == 0)
        read_answered(in);
}

static void resolve(const struct incoming *in, char **text, const cJSON *people)
{
    char *resolved = *text ? mentions_resolve(in->chat->core, in->connector, *text, people) : NULL;
    free(*text);
    *text = resolved;
}

/* Makes mentioned people known, and replaces their mentions with the ids that people type. */
static void resolve_mentions(struct incoming *in)
{
    const cJSON *user, *people = json_member(in->event, "people");
    cJSON *value;
    size_t n = 0;
    cJSON_ArrayForEach(user, people)
    {
        bool ours = !json_bool_or(user, "bot", false) && !json_bool_or(user, "gone", false) &&
                    !(in->type->outside && json_bool_or(user, "outside", false));
        if (++n <= PEOPLE_MOST && ours)
            who_is(in->turn, in->connector, user);
    }
    resolve(in, &in->text, people);
    resolve(in, &in->more, people);
    in->values = cJSON_Duplicate(json_member(in->event, "values"), true);
    cJSON_ArrayForEach(value, in->values)
    {
        CLEANUP_FREE char *resolved =
            cJSON_IsString(value) ? mentions_resolve(in->chat->core, in->connector, value->valuestring, people)
                                  : NULL;
        if (resolved)
            cJSON_SetValuestring(value, resolved);
    }
}

/* ---- command lines ---- */

/* Is it one of our people, acting themselves? */
static bool may_command(const struct incoming *in)
{
    return !in->guest && !in->app && !json_text_or(in->event, "via", NULL);
}

/* The command line in a message. NULL: it is just talk. */
static const char *line_of(const struct incoming *in)
{
    if (!may_command(in))
        return NULL;
    const char *prefixed = in->text ? command_prefixed(in->text) : NULL;
    bool addressed = json_bool_or(in->event, "mention", false) || json_bool_or(in->event, "direct", false);
    return prefixed ? prefixed : addressed ? in->text : NULL;
}

static struct asker asker_of(const struct incoming *in, const char *where)
{
    return (struct asker){.person = in->person->id,
                          .where = where,
                          .connector = in->connector,
                          .user = in->user,
                          .here = in->here};
}

static void answer(struct incoming *in, const struct answer *reply)
{
    CLEANUP_FREE char *key = xasprintf(ANSWER_KEY "%s:%s", in->connector, in->id);
    bool desk = desk_is(in->chat->core, in->connector);
    struct place place = {.connector = in->connector,
                          .channel = in->channel,
                          .thread = desk ? NULL : in->thread,
                          .asker = desk ? NULL : in->user};
    if (reply->form.len) {
        rooms_ask(in->turn, &place, key, json_text_or(in->event, "trigger", ""), reply->form.p,
                  str_text(&reply->text));
        return;
    }
    answer_say(in->turn, &place, key, reply);
}

/* An answer of the form; whoever uses it cleans it. */
static const char *value_of_form(const void *values, const char *name)
{
    const struct incoming *in = values;
    return json_text_or(in->values, name, NULL);
}

static enum asker_forms forms_for(const struct incoming *in)
{
    if (!json_text_or(in->event, "trigger", NULL) || !link_can(in->chat->core, in->connector, TOCSIN_CAN_FORMS))
        return FORMS_NONE;
    return json_member(in->event, "about") ? FORMS_ALWAYS : FORMS_MISSING;
}

static char *where_of(const struct incoming *in)
{
    return xasprintf("%s/%s", in->connector, in->channel ? in->channel : "");
}

static void run_line(struct incoming *in, const char *line)
{
    CLEANUP_FREE char *where = where_of(in);
    CLEANUP_FREE char *own = NULL;
    struct asker asker = asker_of(in, where);
    struct answer reply = {0};
    asker.forms = forms_for(in);
    asker.value = in->values ? value_of_form : NULL;
    asker.values = in->values ? in : NULL;
    if (desk_is(in->chat->core, in->connector))
        line = desk_line(in->chat->core, in->event, line, &asker, &own);
    command_run(in->turn, &asker, line, &reply);
    answer(in, &reply);
    answer_finish(&reply);
}

/* For "declare" on a message: its first line becomes the title, and its link is kept. */
static char *line_about(const struct incoming *in, const cJSON *about)
{
    CLEANUP_FREE char *words = heard_text(about, "text", COMMAND_BYTES),
                      *link = heard_text(about, "link", 2000);
    CLEANUP_FREE char *text =
        words ? mentions_resolve(in->chat->core, in->connector, words, json_member(in->event, "people")) : NULL;
    CLEANUP_STR struct str line = {0};
    size_t n = text ? strcspn(text, "\n") : 0;
    str_add(&line, in->text);
    if (!text_empty(link) && !strchr(link, ' '))
        str_addf(&line, " --link %s", link);
    if (n)
        str_addf(&line, " %.*s", (int)utf8_cut(text, n, TITLE_BYTES), text);
    return str_take(&line);
}

static void take_command(struct incoming *in)
{
    const cJSON *about = json_member(in->event, "about");
    CLEANUP_FREE char *line = about && in->text ? line_about(in, about) : NULL;
    run_line(in, line ? line : in->text ? in->text : "");
}

static void take_press(struct incoming *in)
{
    CLEANUP_FREE char *where = where_of(in);
    struct presses *presses = &in->chat->presses;
    struct asker asker = asker_of(in, where);
    struct answer reply = {0};
    struct press press;
    asker.forms = forms_for(in);
    press_read(in->text ? in->text : "", &press);
    if (press_check(presses, in->turn, &press, &asker, &reply) == 0) {
        command_run(in->turn, &asker, press.line, &reply);
        in->pressed = press_done(presses, in->turn, &press, &asker, &reply);
    }
    answer(in, &reply);
    answer_finish(&reply);
    press_finish(&press);
}

/* ---- talk ---- */

static int record(struct incoming *in, struct command *command)
{
    CLEANUP_FREE char *machine =
        in->app ? xasprintf(BY_APP "%s", in->app) : xasprintf("connector/%s", in->connector);
    command->by = in->person ? in->person->id : machine;
    return turn_do(in->turn, in->here, command, NULL, NULL);
}

static void answer_privately(struct incoming *in, const char *text)
{
    struct answer reply = {.alone = true};
    str_add(&reply.text, text);
    answer(in, &reply);
    answer_finish(&reply);
}

/* For somebody who mentioned the bot in the middle of a sentence, and may wait for an answer. */
static void explain_commands(struct incoming *in)
{
    answer_privately(in, "To give me a command, begin a message with my name or with `!inc`. `!inc checkout is "
                         "slow` opens an incident, and `!inc help` lists all commands.");
}

static bool is_named(const struct incoming *in)
{
    return may_command(in) && json_bool_or(in->event, "named", false);
}

/* Records what a message says, where, and with its files. */
static void record_message(struct incoming *in, struct command *command)
{
    const cJSON *files = json_member(in->event, "files");
    CLEANUP_STR struct str data = {0};
    CLEANUP_FREE char *formatted = heard_text(in->event, "commonmark", COMMAND_BYTES);
    resolve(in, &formatted, json_member(in->event, "people"));
    CLEANUP_FREE char *text = heard_whole(in->text, in->more, files);
    CLEANUP_FREE char *commonmark = formatted ? heard_whole(formatted, in->more, files) : NULL;
    heard_data(&(struct heard_about){in->channel, in->thread, commonmark, files}, &data);
    command->text = text;
    command->name = in->connector;
    command->data = data.p;
    if (!text_empty(text))
        record(in, command);
}

/* Whose words it answers, and with what: as the answers of a form, so that nothing of it is parsed. */
static const char *value_of_answer(const void *values, const char *name)
{
    const struct incoming *in = values;
    return strcmp(name, "customer") == 0 ? in->answers.customer : strcmp(name, "text") == 0 ? in->text : NULL;
}

/* What somebody writes under a customer's message is meant for the customer: a draft, never a message to them. Everybody there is
   told so. */
static void draft_answer(struct incoming *in)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *where = where_of(in);
    CLEANUP_FREE char *line = xasprintf("%s tell", incident_name(in->answers.incident, name));
    struct asker asker = asker_of(in, where);
    struct answer reply = {0};
    CLEANUP_STR struct str said = {0};
    asker.value = value_of_answer;
    asker.values = in;
    int rc = command_run(in->turn, &asker, line, &reply);
    str_markup(&said,
               rc ? "Nothing was sent to %s, and this is no draft either: "
                  : "Nothing was sent to %s: this is a draft. ",
               in->answers.customer);
    if (!rc && in->message)
        comms_drafted_from(in->turn, in->connector, in->message, in->answers.incident);
    str_add(&said, str_text(&reply.text));
    str_clear(&reply.text);
    str_add(&reply.text, said.p);
    reply.alone = rc != 0;
    answer(in, &reply);
    answer_finish(&reply);
}

static bool drafts_answer(const struct incoming *in)
{
    return in->answers.customer && may_command(in) && !text_empty(in->text);
}

static struct page_answer page_answer_of(const struct incoming *in, const char *message)
{
    return (struct page_answer){.connector = in->connector,
                                .person = in->person->id,
                                .message = message,
                                .text = in->text,
                                .direct = json_bool_or(in->event, "direct", false)};
}

static bool answers_page(struct incoming *in)
{
    CLEANUP_STR struct str said = {0};
    if (!in->person || !may_command(in) || !page_answer_reply(in->turn, page_answer_of(in, in->thread), &said))
        return false;
    answer_privately(in, said.p);
    return true;
}

static void take_message(struct incoming *in)
{
    const char *line = line_of(in);
    if (answers_page(in))
        return;
    if (line) {
        run_line(in, line);
        return;
    }
    if (is_named(in))
        explain_commands(in);
    if (in->here)
        record_message(in, &(struct command){.verb = "said", .value = in->message ? in->message : in->id});
    if (drafts_answer(in))
        draft_answer(in);
}

static int64_t order_of(const struct incoming *in)
{
    return json_int_or(in->event, "order", 0);
}

/* The draft that a message became goes with it: whoever changes or deletes their words means the draft, too. */
static void follow_draft(struct incoming *in, const char *verb)
{
    char name[INCIDENT_NAME];
    const char *by = in->person && may_command(in) ? in->person->id : NULL;
    struct draft_name draft = {0, 0};
    if (by)
        draft = comms_draft_from(in->chat->core, in->connector, in->message, by, in->here);
    if (!draft.number)
        return;
    CLEANUP_FREE char *where = where_of(in);
    CLEANUP_FREE char *line =
        xasprintf("%s %s %" PRId64, incident_name(draft.incident, name), verb, draft.number);
    struct asker asker = asker_of(in, where);
    struct answer reply = {0};
    asker.value = value_of_answer;
    asker.values = in;
    if (command_run(in->turn, &asker, line, &reply))
        answer(in, &reply);
    answer_finish(&reply);
}

static void take_edited(struct incoming *in)
{
    if (in->here)
        record_message(in,
                       &(struct command){.verb = "said_edited", .value = in->message, .count = order_of(in)});
    follow_draft(in, "redraft");
}

static void take_deleted(struct incoming *in)
{
    if (in->here)
        record(in, &(struct command){.verb = "said_deleted", .name = in->connector, .value = in->message});
    follow_draft(in, "discard");
}

/* ---- reactions ---- */

/* Of the version that stands there: but what was changed a moment ago was not read. */
static void approve_shown(struct incoming *in, const struct state_draft *draft)
{
    if (!draft)
        return;
    if (draft->edited_at && turn_now(in->turn) - draft->edited_at < READ_FIRST) {
        answer_privately(in, "The message was changed a moment ago, so the thumbs-up does not count. Read it, "
                             "and use its button.");
        return;
    }
    CLEANUP_FREE char *line = xasprintf("%sapprove %lld %lld", in->here ? "" : "posts ",
                                        (long long)draft->number, (long long)draft->version);
    run_line(in, line);
}

/* A thumbs-up approves the draft that it is on, and nothing else. */
static void approve(struct incoming *in)
{
    struct core *core = in->chat->core;
    const struct incident *incident =
        in->here ? sight_incident(core, in->here, in->person->id) : comms_alone(core);
    approve_shown(in, comms_shown_draft(incident, in->connector, in->message));
}

static const char *command_of_emoji(const struct incoming *in)
{
    CLEANUP_FREE char *emoji = heard_text(in->event, "emoji", NAME_BYTES);
    return emoji ? emoji_command(&in->chat->emoji, emoji) : NULL;
}

static void take_reaction(struct incoming *in)
{
    const char *command = command_of_emoji(in);
    if (strcmp(command, ACK_COMMAND) == 0) {
        CLEANUP_STR struct str said = {0};
        if (page_answer_reaction(in->turn, page_answer_of(in, in->message), &said))
            answer_privately(in, said.p);
        return;
    }
    if (strcmp(command, "approve") == 0) {
        approve(in);
        return;
    }
    if (strcmp(command, "pin") != 0 && strcmp(command, "note") != 0) {
        run_line(in, command);
        return;
    }
    struct looked_up said;
    struct error err;
    if (access_check_person(in->chat->core, in->person->id, ACCESS_ACT, command, turn_now(in->turn), &err)) {
        answer_privately(in, err.text);
        return;
    }
    look_up_said(in->chat->core, in->here, in->person->id, in->connector, in->message, &said);
    if (said.text)
        record(in, &(struct command){.verb = command,
                                     .text = said.text,
                                     .name = said.original.connector,
                                     .value = said.original.message});
    else
        answer_privately(in, looked_up_why(&said));
    looked_up_finish(&said);
}

/* ---- coming and going ---- */

/* Joining the channel joins the incident. But being let into the channel of a private incident is not an invitation to it. */
static void take_join(struct incoming *in)
{
    struct asker asker = asker_of(in, NULL);
    struct answer reply = {0};
    if (!sight_incident(in->chat->core, in->here, in->person->id))
        return;
    record(in,
           &(struct command){.verb = "member", .name = in->connector, .value = in->person->id, .flag = true});
    if (command_catch_up(in->turn, &asker, in->here, &reply) == 0)
        answer(in, &reply);
    answer_finish(&reply);
}

static bool leave_as(void *ctx, const char *id)
{
    struct incoming *in = ctx;
    record(in, &(struct command){.verb = "member", .name = in->connector, .value = id, .flag = false});
    return false;
}

/* The last member of a private incident stays a member, since otherwise nobody could see it. */
static void take_leave(struct incoming *in)
{
    const struct core *core = in->chat->core;
    const struct incident *incident = sight_incident(in->chat->core, in->here, in->person->id);
    if (incident && !(incident->private && people_alone(core, incident, in->person->id)))
        people_any(core, in->person->id, leave_as, in);
}

/* Tocsin can no longer read or write there, so people are told in the incident's other channels. */
static void announce_removal(struct incoming *in)
{
    CLEANUP_FREE char *key = xasprintf("removed:%s:%s", in->connector, in->id);
    CLEANUP_FREE char *text = xasprintf("Tocsin was removed from this incident's channel on %s, so messages "
                                        "there are no longer recorded. To fix that, invite it again.",
                                        in->connector);
    rooms_say_incident(in->turn, in->here, key, NULL, text);
}

static const struct channel_change {
    const char *name;
    bool gone;
} channel_changes[] = {
    {"renamed", false}, {"archived", true}, {"unarchived", false}, {"removed", true}, {"added", false}};

static void take_channel(struct incoming *in)
{
    const char *change = json_text_or(in->event, "change", "");
    CLEANUP_FREE char *name = heard_text(in->event, "name", NAME_BYTES);
    size_t i = 0;
    while (i < ARRAY_SIZE(channel_changes) && strcmp(channel_changes[i].name, change) != 0)
        i++;
    if (i == ARRAY_SIZE(channel_changes))
        return;
    const struct incident *incident = sight_incident(in->chat->core, in->here, NULL);
    bool was = !incident || incident_has_channel(incident, in->connector, in->channel);
    record(in, &(struct command){.verb = "channel",
                                 .name = in->connector,
                                 .value = in->channel,
                                 .text = name,
                                 .count = json_bool_or(in->event, "private", false),
                                 .flag = !channel_changes[i].gone});
    if (was && strcmp(change, "removed") == 0)
        announce_removal(in);
}

/* ---- customers ---- */

static void take_outside(struct incoming *in)
{
    in->type->pass(in->turn, in->connector, in->event, in->text);
}

static bool is_outside(const struct incoming *in)
{
    return in->type->about(in->chat->core, in->connector, in->event);
}

/* ---- the table of events ---- */

static bool is_line(const struct incoming *in)
{
    return !in->guest;
}

static bool is_here(const struct incoming *in)
{
    return in->here != 0;
}

/* A guest is in the channel, as their platform lets them, but no member, who would be in those of other platforms too. */
static bool is_ours_here(const struct incoming *in)
{
    return in->here && !in->guest;
}

static bool is_line_or_here(const struct incoming *in)
{
    return in->here || line_of(in) || is_named(in) || drafts_answer(in);
}

static bool is_message_here(const struct incoming *in)
{
    return in->here && in->message;
}

/* Who changes our copy of a message does not change the message. */
static bool is_change_here(const struct incoming *in)
{
    struct original original = {0};
    bool copy = is_message_here(in) && copies_original(in->chat->core, in->connector, in->message, &original) &&
                !(text_equal(original.connector, in->connector) && text_equal(original.message, in->message));
    original_finish(&original);
    return is_message_here(in) && !copy;
}

/* Of a message in an incident's channel, or of one in another that became a draft. */
static bool is_change(const struct incoming *in)
{
    return in->here
               ? is_change_here(in)
               : in->message && comms_draft_from(in->chat->core, in->connector, in->message, NULL, 0).number;
}

static bool is_reaction_here(const struct incoming *in)
{
    const char *command = in->message ? command_of_emoji(in) : NULL;
    bool page = command && strcmp(command, ACK_COMMAND) == 0,
         approval = command && strcmp(command, "approve") == 0 &&
                    comms_shown_draft(comms_alone(in->chat->core), in->connector, in->message);
    bool concerns = page ? paging_of_message(in->chat->core, in->connector, in->message, NULL) != 0
                         : in->here != 0 || approval;
    return command && concerns && !in->guest && !json_bool_or(in->event, "removed", false);
}

static const struct incoming_type types[] = {
    {"message", "text", is_line_or_here, take_message, false, true, NULL, NULL},
    {"command", "text", is_line, take_command, false, false, NULL, NULL},
    {"press", "command", is_line, take_press, false, false, NULL, NULL},
    {"form", "command", is_line, take_command, false, false, NULL, NULL},
    {"reaction", "", is_reaction_here, take_reaction, false, false, NULL, NULL},
    {"edited", "text", is_change, take_edited, false, true, NULL, NULL},
    {"deleted", "", is_change, take_deleted, false, true, NULL, NULL},
    {"join", "", is_ours_here, take_join, false, false, NULL, NULL},
    {"leave", "", is_here, take_leave, false, false, NULL, NULL},
    {"channel", "", is_here, take_channel, false, false, NULL, NULL},
    {"reply", "text", is_outside, take_outside, true, true, outside_reply, outside_answers},
    {"ticket", "", is_outside, take_outside, true, true, outside_ticket, outside_of_ticket},
    {"page", "", is_outside, take_outside, true, true, outside_page, outside_of_page},
    {"bounce", "text", is_outside, take_outside, true, true, outside_bounce, outside_has_address},
    {"unsubscribe", "", is_outside, take_outside, true, true, outside_unsubscribe, outside_has_address},
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
    char *key;     /* NULL: nothing follows from the event */
    char *pressed; /* NULL: no offer was taken up */
    chat_done *done;
    void *ctx;
};

static void committed(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct waiting *waiting = ctx;
    (void)last_seq;
    if (waiting->key)
        seen_settle(&waiting->chat->seen, waiting->key, rc == 0);
    if (waiting->pressed)
        press_settle(&waiting->chat->presses, waiting->pressed);
    waiting->done(waiting->ctx, rc ? TOCSIN_EMIT_RETRY : TOCSIN_EMITTED, rc ? err->text : NULL);
    free(waiting->key);
    free(waiting->pressed);
    free(waiting);
}

static struct waiting *begin(struct incoming *in, const char *key, instant now, chat_done *done, void *ctx)
{
    struct waiting *waiting = xmalloc(sizeof(*waiting));
    *waiting = (struct waiting){in->chat, xstrdup(key), NULL, done, ctx};
    in->turn = turn_begin(in->chat->core, now);
    batch_add_docs(turn_batch(in->turn), in->kept);
    return waiting;
}

/* Nothing follows from the event, but the connector may keep something with it. */
static void pass_by(struct incoming *in, instant now, chat_done *done, void *ctx)
{
    if (!in->kept) {
        done(ctx, TOCSIN_EMITTED, NULL);
        return;
    }
    struct waiting *waiting = begin(in, NULL, now, done, ctx);
    turn_commit(in->turn, committed, waiting);
}

static void take(struct incoming *in, const char *key, instant now, chat_done *done, void *ctx)
{
    struct waiting *waiting = begin(in, key, now, done, ctx);
    seen_hold(&in->chat->seen, key, now, turn_batch(in->turn));
    if (!in->type->outside && !in->app && !text_empty(in->user))
        in->person = who_is(in->turn, in->connector, json_member(in->event, "user"));
    resolve_mentions(in);
    in->type->take(in);
    waiting->pressed = in->pressed;
    turn_commit(in->turn, committed, waiting);
}

/* Why the event can never be processed. NULL: it can. */
static const char *fault(const struct incoming *in)
{
    if (text_empty(in->id))
        return "the event has no id";
    if (text_empty(in->user) && in->type->take != take_channel && in->type->pass != outside_ticket &&
        in->type->pass != outside_page)
        return "the event has no user.id";
    return text_empty(in->channel) && !in->type->outside ? "the event has no channel" : NULL;
}

static void take_once(struct incoming *in, instant now, chat_done *done, void *ctx)
{
    const char *wrong = fault(in);
    if (wrong) {
        done(ctx, TOCSIN_EMIT_REFUSED, wrong);
        return;
    }
    CLEANUP_FREE char *key = seen_key(in->connector, in->id);
    enum seen_state state = seen_look(&in->chat->seen, core_journal(in->chat->core), key);
    if (state == SEEN_IN_PROGRESS)
        done(ctx, TOCSIN_EMIT_RETRY, "the event is already being processed");
    else if (state == SEEN_DONE || (in->app && !in->type->apps) || !in->type->concerns(in))
        pass_by(in, now, done, ctx);
    else
        take(in, key, now, done, ctx);
}

void chat_event(struct chat *chat, const char *connector, const cJSON *event, const struct journal_batch *kept,
                instant now, chat_done *done, void *ctx)
{
    const char *why;
    CLEANUP_JSON cJSON *reply = outside_as_reply(chat->core, connector, event);
    struct incoming in = {.chat = chat, .connector = connector, .event = reply ? reply : event, .kept = kept};
    in.type = find_type(json_text_or(in.event, "type", ""));
    if (!in.type) {
        done(ctx, TOCSIN_EMIT_REFUSED, "unknown type of event");
        return;
    }
    if (!core_ready(chat->core, &why)) {
        done(ctx, TOCSIN_EMIT_RETRY, why);
        return;
    }
    read_incoming(&in);
    take_once(&in, now, done, ctx);
    incoming_finish(&in);
}

struct chat *chat_create(struct core *core, const struct chat_emoji *emoji, size_t n)
{
    struct chat *chat = xcalloc(1, sizeof(*chat));
    chat->core = core;
    emoji_fill(&chat->emoji, emoji, n);
    return chat;
}

void chat_destroy(struct chat *chat)
{
    if (!chat)
        return;
    emoji_finish(&chat->emoji);
    seen_finish(&chat->seen);
    presses_finish(&chat->presses);
    free(chat);
}
