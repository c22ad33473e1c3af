#include "command/run.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/metrics.h"
#include "command/dispatch.h"
#include "command/handlers.h"
#include "command/line.h"
#include "command/posting.h"
#include "mirror/mirror.h"
#include "people/people.h"
#include "react/react.h"
#include "rooms/rooms.h"
#include "sight/query.h"
#include "sight/sight.h"

#define RECENT_EVENTS 12  /* in a catch-up */
#define QUOTE_EVENTS  100 /* searched for what a customer wrote last */
#define QUOTE_BYTES   600 /* of it */

typedef ARRAY(const char *) name_list;

static void add_name(void *ctx, const char *name, const char *help)
{
    (void)help;
    *array_add((name_list *)ctx) = name;
}

static bool take_newest(void *ctx, const struct incident *incident)
{
    *(uint64_t *)ctx = incident->id;
    return false;
}

/* What the parser needs to know about this place and this policy. An incident that the asker may not see is left out. */
static struct parse_context parse_context_of(const struct request *request)
{
    const struct asker *asker = request->asker;
    const struct rulebook *book = policy_rulebook(core_policy(request->core));
    struct parse_context context = {.now = asker->at ? asker->at : request->now,
                                    .zone = request->zone,
                                    .severities = book->severities,
                                    .roles = book->roles,
                                    .value = asker->value,
                                    .values = asker->values};
    if (asker->here && sight_incident(request->core, asker->here, asker->person))
        context.here = asker->here;
    context.private_here = request_is_private_place(request);
    struct query newest = {.viewer = asker->person, .limit = 1};
    query_list(request->core, &newest, take_newest, &context.latest, NULL);
    return context;
}

static int find_incidents(struct request *request, struct error *err)
{
    const struct parsed *parsed = request->parsed;
    if (parsed->incident && request->row && request->row->claims && request->asker->person)
        request->incident = sight_unclaimed(request->core, parsed->incident);
    int rc = parsed->incident && !request->incident
                 ? request_incident(request, parsed->incident, &request->incident, err)
                 : 0;
    if (!rc && parsed->other)
        rc = request_incident(request, parsed->other, &request->other, err);
    request->answer->incident = request->incident ? request->incident->id : 0;
    return rc;
}

/* Replies of a team's own command become the answer; the core carries out its other reactions. */
static int run_custom(struct request *request, struct error *err)
{
    reaction_list reactions = {0};
    const struct parsed *parsed = request->parsed;
    CLEANUP_STR struct str reply = {0}, refusals = {0};
    int rc = policy_run_command(core_policy(request->core), parsed->custom,
                                parsed->arguments[0] ? parsed->arguments[0] : "", request->asker->person,
                                request->incident, request->now, &reactions, err);
    for (size_t i = 0; i < reactions.n; i++) {
        if (reactions.v[i].kind == REACTION_REPLY)
            str_addf(&reply, "%s%s", reply.len ? "\n" : "", reactions.v[i].text);
    }
    react_carry_out(request->turn, &reactions, &refusals);
    if (refusals.len)
        str_addf(&reply, "%sSome of it could not be done: %s", reply.len ? "\n" : "", refusals.p);
    reaction_list_finish(&reactions);
    if (!rc)
        answer_text(request, reply.len ? reply.p : "Done.");
    return rc;
}

/* The card, with who did it before its text. The caller frees. */
static char *card_of(const struct str *who, const char *text)
{
    CLEANUP_JSON cJSON *card = NULL;
    CLEANUP_STR struct str words = {0};
    struct str out = {0};
    if (json_parse(text, strlen(text), SIZE_MAX, JSON_DEPTH, "card", &card, NULL))
        return NULL;
    const char *before = json_text_or(card, "text", NULL);
    str_addf(&words, "%s%s%s", who->p, text_empty(before) ? "" : ": ", before ? before : "");
    cJSON_DeleteItemFromObjectCaseSensitive(card, "text");
    cJSON_AddStringToObject(card, "text", words.p);
    json_tree(&(struct json_out){&out, false}, card);
    return str_take(&out);
}

/*
 * A change to an incident is announced in each of its channels, except the one where the answer goes, so that nobody who
 * works on it has to learn elsewhere that it was paused. It says who did it, and on which platform.
 */
static void announce(const struct request *request)
{
    const struct answer *answer = request->answer;
    char name[INCIDENT_NAME];
    const char *where = request->asker->where, *slash = where ? strchr(where, '/') : NULL;
    CLEANUP_FREE char *connector = slash ? xstrndup(where, (size_t)(slash - where)) : NULL;
    CLEANUP_FREE char *key =
        xasprintf("done:%s/%" PRIu64, incident_name(request->incident->id, name), request->incident->version);
    struct place here = {.connector = connector, .channel = slash ? slash + 1 : NULL};
    CLEANUP_STR struct str who = {0}, text = {0};
    if (request->asker->connector && request->asker->person)
        mirror_person(request->core, request->asker->person, request->asker->connector, &who);
    CLEANUP_FREE char *card = answer->card.len && who.len ? card_of(&who, answer->card.p) : NULL;
    str_addf(&text, "%s%s%s", str_text(&who), who.len ? ": " : "", str_text(&answer->text));
    rooms_say_inside(request->turn, request->incident->id, slash ? &here : NULL, key,
                     card               ? card
                     : answer->card.len ? answer->card.p
                                        : NULL,
                     text.p);
}

static int run_row(struct request *request, struct error *err)
{
    if (!request->row)
        return run_custom(request, err);
    request->answer->alone = !request->row->writes;
    if (request->row->may == MAY_PERSON && !people_get(request->core, request->asker->person))
        return error_markup(err, ERR_AUTH, "I don't know who you are here, so you cannot use `%s`.",
                            request->row->name);
    uint64_t before = request->incident ? request->incident->version : 0;
    int rc = dispatch(request, err);
    if (request->other && request->other->private)
        request->answer->alone = true; /* not everybody who sees the one knows about the other */
    if (!rc && request->incident && before && request->incident->version != before && !request->answer->alone)
        announce(request);
    return rc;
}

/* "pause …" asks for a form: returns the text before the dots, which the caller frees. */
static char *without_dots(const char *text, bool *ret_dots)
{
    size_t n = strlen(text);
    while (n && (text[n - 1] == ' ' || text[n - 1] == '\n'))
        n--;
    size_t dots = n >= 3 && memcmp(text + n - 3, "…", 3) == 0 ? 3 : 0;
    *ret_dots = dots && (n == dots || text[n - dots - 1] == ' ');
    return xstrndup(text, *ret_dots ? n - dots : strlen(text));
}

/* Is somebody in the channel of a private incident who is not a member? The line means that incident, which they may not see. */
static bool is_shut_out(const struct request *request, const struct parse_context *context,
                        const struct parsed *parsed)
{
    return request->asker->here && request->asker->where && !context->here && parsed->row &&
           parsed->row->about == ABOUT_INCIDENT && !parsed->incident;
}

/* The form that changes a message to customers begins with the message. */
static void fill_in_draft(const struct request *request, struct parsed *parsed)
{
    if (!parsed->row || strcmp(parsed->row->name, "redraft") != 0 || parsed->arguments[1])
        return;
    const struct incident *incident = sight_incident(request->core, parsed->incident, request->asker->person);
    const char *number = parsed->arguments[0];
    const struct state_draft *draft =
        incident ? incident_draft(incident, number ? strtoll(number, NULL, 10) : 0) : NULL;
    if (draft)
        parsed->arguments[1] = xstrdup(draft->text);
}

struct looking_back {
    const char *customer;
    struct str *out;
};

static bool quote_reply(void *ctx, const struct event *event)
{
    const struct looking_back *back = ctx;
    if (event->type != EVENT_REPLIED || !event->text || !text_equal_nocase(event->name, back->customer))
        return true;
    size_t n = strlen(event->text), cut = utf8_cut(event->text, n, QUOTE_BYTES);
    str_addf(back->out, "%s wrote: %.*s%s", back->customer, (int)cut, event->text, cut < n ? "…" : "");
    return false;
}

/* The form of an answer to a customer shows what they wrote last. */
static void quote_customer(const struct request *request, const struct parsed *parsed, struct str *out)
{
    struct looking_back back = {parsed->arguments[0], out};
    if (parsed->row && strcmp(parsed->row->name, "tell") == 0 && parsed->arguments[0] && parsed->incident)
        query_timeline(request->core, parsed->incident, request->asker->person, 0, QUOTE_EVENTS, quote_reply,
                       &back, NULL);
}

/* What a form for the line begins with, as far as the line or the draft that it changes says it. */
static void given_in_line(const struct request *request, const struct parsed *parsed, struct typed_post *ret)
{
    const char *text = parsed->row && parsed->arguments[0] ? parsed->arguments[0] : "";
    if (parsed->row && strcmp(parsed->row->name, "posts") == 0)
        posts_given(request, text, ret);
    if (parsed->row && strcmp(parsed->row->name, "maintenance") == 0)
        maintenance_given(request, text, ret);
}

static void write_form(struct request *request, const struct parsed *parsed,
                       const struct parse_context *context, const char *error)
{
    CLEANUP_STR struct str quote = {0}, note = {0};
    struct parse_context with = *context;
    quote_customer(request, parsed, &quote);
    with.quote = quote.len ? quote.p : NULL;
    struct typed_post given = {0};
    given_in_line(request, parsed, &given);
    message_names messages = {0};
    if (parsed->row && strcmp(parsed->row->name, "post") == 0)
        post_messages(request, sight_incident(request->core, parsed->incident, request->asker->person),
                      &messages);
    with.messages = messages.v;
    past_posts_given(request, parsed, &given, &note);
    with.note = note.len ? note.p : NULL;
    form_of(parsed, &with, error, &given, &request->answer->form);
    array_free(&messages);
    typed_post_finish(&given);
}

/* Parses the line. If a form should ask for something first, makes the form and refuses the line. */
static int read_with(struct request *request, const struct parse_context *context, const char *text,
                     struct parsed *parsed, struct error *err)
{
    const struct asker *asker = request->asker;
    bool dots;
    CLEANUP_FREE char *line = without_dots(text, &dots);
    bool nothing = asker->forms && !context->here && *skip_space(line) == '\0'; /* means declare */
    int rc = command_parse(nothing ? "declare" : line, context, parsed, err);
    if (rc && is_shut_out(request, context, parsed)) {
        parsed->lacks = false;
        return error_set(
            err, ERR_REFUSED,
            "This channel's incident is private, and you are not a member. Ask a member to `invite` you.");
    }
    bool first = !rc && parsed->row && asker->forms && (dots || asker->forms == FORMS_ALWAYS);
    if (first)
        rc = error_markup(err, ERR_INVALID, "Type `%.300s`.", line);
    bool again =
        rc && parsed->row && asker->values; /* an answer in a form is wrong: not a time, not a severity */
    if (asker->forms && parsed->lacks)
        fill_in_draft(request, parsed);
    if (asker->forms && (first || parsed->lacks || again))
        write_form(request, parsed, context, again ? err->text : NULL);
    return rc;
}

static int read_line_of(struct request *request, const char *text, struct parsed *parsed, struct error *err)
{
    struct parse_context context = parse_context_of(request);
    name_list customs = {0};
    policy_each_command(core_policy(request->core), add_name, &customs);
    *array_add(&customs) = NULL;
    context.customs = customs.v;
    int rc = read_with(request, &context, text, parsed, err);
    array_free(&customs);
    return rc;
}

/* While the journal cannot be written, only commands that read are answered. */
static int check_writable(const struct request *request, struct error *err)
{
    const char *why;
    bool writes = !request->row || request->row->writes;
    if (!writes || core_ready(request->core, &why))
        return 0;
    return error_markup(err, ERR_IO, "Nothing was changed, because the journal cannot be written: %s", why);
}

/* A handler found what the line lacks. */
static void ask_again(struct request *request, const char *error)
{
    struct parse_context context = parse_context_of(request);
    if (request->asker->forms)
        write_form(request, request->parsed, &context, error);
}

int command_run(struct turn *turn, const struct asker *asker, const char *text, struct answer *ret)
{
    struct error err = {0};
    struct parsed parsed;
    struct request request = request_begin(turn, asker, ret);
    request.parsed = &parsed;
    if (asker->agent && asker->person)
        turn_set_agent(turn, asker->agent, request.by);
    int rc = read_line_of(&request, text, &parsed, &err);
    request.row = parsed.row;
    rc = rc ? rc : request_access(&request, command_needs(request.row), &err);
    rc = rc ? rc : check_writable(&request, &err);
    rc = rc ? rc : find_incidents(&request, &err);
    rc = rc ? rc : run_row(&request, &err);
    if (rc && request.asks)
        ask_again(&request, err.text);
    metric_add(rc ? METRIC_COMMANDS_REFUSED : METRIC_COMMANDS, 1);
    if (rc)
        answer_refusal(ret, &err, parsed.offers.v, parsed.offers.n, &request);
    parsed_finish(&parsed);
    return rc;
}
