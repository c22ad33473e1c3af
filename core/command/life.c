/* From declaring to closing: the commands that move an incident on. */
#include <stdint.h>
#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/from.h"
#include "command/handlers.h"
#include "drills/drills.h"
#include "impact/impact.h"
#include "paging/paging.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "tickets/tickets.h"
#include "triage/incoming.h"
#include "triage/triage.h"
#include "turn/live.h"

#define TWINS_MOST 1000 /* newest open incidents that are compared */

/* ---- declaring ---- */

static int set_option(struct request *request, const char *verb, const char *value, struct error *err)
{
    return value ? request_do(request, &(struct command){.verb = verb, .name = value, .flag = true}, err) : 0;
}

struct twin {
    struct core *core;
    const char *title, *link, *customer;
    uint64_t id;
};

static bool is_twin(void *ctx, const struct incident *incident)
{
    struct twin *twin = ctx;
    bool same = false;
    if (incident->sort.script)
        return true;
    for (size_t i = 0;
         !twin->customer && text_equal(incident->title, twin->title) && i < incident->places.links.n; i++)
        same |= strcmp(incident->places.links.v[i].url, twin->link) == 0;
    CLEANUP_FREE char *affected = twin->customer ? impact_key(twin->core, incident, twin->customer) : NULL;
    same |= affected != NULL;
    twin->id = same ? incident->id : 0;
    return !same;
}

/* Two people who press the same button, or declare from the same message, want one incident. So a message that is given as a link
   is declared once, and while an incident for a customer is open, their messages are not declared again. */
static int refuse_twin(struct request *request, const char *title, struct error *err)
{
    char *const *options = request->parsed->options;
    char name[INCIDENT_NAME];
    struct twin twin = {request->core, title, options[OPTION_LINK], options[OPTION_CUSTOMER], 0};
    if (twin.link)
        query_list(request->core, &(struct query){.viewer = request->asker->person, .limit = TWINS_MOST},
                   is_twin, &twin, NULL);
    if (!twin.id)
        return 0;
    incident_name(twin.id, name);
    return error_markup(err, ERR_REFUSED,
                        "%s is already open for this. Join it with `%s join`. For a separate incident, use "
                        "`declare …` without --link.",
                        name, name);
}

/* private: it is, though nobody said so. */
static int declare(struct request *request, const char *title, bool drill, bool private, struct error *err)
{
    char *const *options = request->parsed->options;
    struct command command = {.verb = "declare",
                              .by = request->by,
                              .automatic = request->asker->automatic,
                              .text = title,
                              .name = options[OPTION_SEVERITY],
                              .value = request->asker->where,
                              .flag = private || options[OPTION_PRIVATE] || request_is_private_place(request)};
    uint64_t id = 0;
    if (command.flag && !request->asker->person)
        return error_set(err, ERR_AUTH,
                         "A private incident needs a member, and I don't know who you are. Use an account or a "
                         "token that belongs to a person.");
    int rc = refuse_twin(request, title, err);
    rc = rc ? rc : turn_do(request->turn, 0, &command, &id, err);
    if (rc)
        return rc;
    request->incident = sight_incident(request->core, id, request->asker->person);
    request->answer->incident = id;
    require(request->incident != NULL);
    rc = set_option(request, "team", options[OPTION_TEAM], err);
    rc = rc ? rc : set_option(request, "service", options[OPTION_SERVICE], err);
    rc = rc ? rc : service_adopt(request, err);
    if (!rc && options[OPTION_CUSTOMER])
        rc = request_do(request, &(struct command){.verb = "customer", .name = options[OPTION_CUSTOMER]}, err);
    if (!rc && options[OPTION_LINK])
        rc = request_do(request, &(struct command){.verb = "link", .value = options[OPTION_LINK]}, err);
    return rc ? rc : set_option(request, "drill", drill ? "" : NULL, err);
}

/* Everybody in the channel reads the answer, so it names the channel's incident only if everybody may see that one. */
static void answer_declared(struct request *request)
{
    char name[INCIDENT_NAME], here[INCIDENT_NAME];
    const struct asker *asker = request->asker;
    CLEANUP_FREE char *open = xasprintf("open%s%s", request->incident->sort.drill ? " as a drill" : "",
                                        request->incident->private ? " for its members only" : "");
    request_incident_name(request, name);
    if (asker->here && sight_incident(request->core, asker->here, NULL))
        answer_next(request, "%s is open, separate from %s in this channel (`merge %s into %s` joins them): %s",
                    name, incident_name(asker->here, here), name, here, request->incident->title);
    else
        answer_next(request, "%s is %s: %s", name, open, request->incident->title);
}

int run_declare(struct request *request, struct error *err)
{
    const char *text = request_argument(request, ARGUMENT_TEXT);
    struct from from;
    int rc = from_read(request, text, &from, err);
    rc = rc ? rc
            : declare(request, from.title ? from.title : text, request->parsed->options[OPTION_DRILL] != NULL,
                      from.private, err);
    if (!rc && *from.fingerprint)
        incoming_give(request->turn, from.fingerprint, request->incident->id, request->by);
    if (!rc)
        answer_declared(request);
    from_finish(&from);
    return rc;
}

bool request_is_off(const char *word)
{
    return text_equal_nocase(word, "off") || text_equal_nocase(word, "no") || text_equal_nocase(word, "false");
}

static bool is_on(const char *word)
{
    return text_equal_nocase(word, "on") || text_equal_nocase(word, "yes") || text_equal_nocase(word, "true");
}

int run_drill(struct request *request, struct error *err)
{
    const char *text = request_argument(request, ARGUMENT_TEXT);
    char name[INCIDENT_NAME];
    if (text && request->parsed->named && !is_on(text) && !request_is_off(text))
        return error_markup(
            err, ERR_INVALID,
            "'%.60s' is neither on nor off. Type `%s drill on`, or for a new incident `drill %.60s`.", text,
            request_incident_name(request, name), text);
    if (text && !is_on(text) && !request_is_off(text)) {
        int rc = drills_refuse_title(request->core, text, err);
        rc = rc ? rc : declare(request, text, true, false, err);
        if (!rc)
            answer_declared(request);
        return rc;
    }
    if (!request->incident)
        return error_set(err, ERR_INVALID, "Say what to practise: `drill checkout is slow`.");
    bool drill = !request_is_off(text);
    int rc = request_do(request, &(struct command){.verb = "drill", .flag = drill}, err);
    if (!rc)
        answer_next(request, "%s made %s %s.", request_person_name(request, request->by),
                    request_incident_name(request, name),
                    drill ? "a drill, which does not count in the metrics" : "a real incident");
    return rc;
}

/* Everybody may look at what can be practised; to play it is to act. */
int run_drills(struct request *request, struct error *err)
{
    const char *text = request_argument(request, ARGUMENT_TEXT), *const arguments[] = {text};
    CLEANUP_STR struct str answer = {0};
    struct call call = request_call(request, arguments, &answer);
    int rc = drills_changes(text) ? request_access(request, ACCESS_ACT, err) : 0;
    rc = rc ? rc : drills_command(&call, err);
    if (!rc)
        answer_text(request, str_text(&answer));
    return rc;
}

/* ---- moving on ---- */

/* Somebody who declines an incident with several problems should see what else is silent now. */
static void add_declined(const struct incident *incident, struct str *words)
{
    CLEANUP_STR struct str problems = {0};
    str_addf(words, "%sThis applies to all %zu problems in it: ", words->len ? "\n\n" : "",
             incident->affected.alerts.n);
    card_problems(incident, &problems);
    text_literal(str_text(&problems), words);
}

/* "Ana accepted INC-42: reason", in the words of the transition. */
static void answer_moved(struct request *request, const struct transition *row, const char *text)
{
    char name[INCIDENT_NAME];
    const struct incident *incident = request->incident;
    CLEANUP_STR struct str title = {0}, words = {0};
    str_addf(&title, "%s %s %s", request_person_name(request, request->by), row ? row->past : "moved",
             request_incident_name(request, name));
    bool until = incident->status == STATUS_PAUSED && row && row->needs & NEED_UNTIL;
    if (until) {
        str_add(&words, "until ");
        moment_format_plain(incident->pause.until, request->now, request->zone, &words);
        str_add(&words, text ? ": " : "");
    }
    str_add(&words, text ? text : "");
    if (row && strcmp(row->verb, "dissent") == 0)
        str_addf(&words, " — who owns it now? `%s lead me` takes it.", name);
    else if (incident->status == STATUS_RESOLVED && !text && !incident->summary)
        str_addf(&words, "What fixed it? Record it for next time with `%s summary …`.", name);
    else if (incident->status == STATUS_DECLINED && incident->affected.alerts.n > 1)
        add_declined(incident, &words);
    answer_quote(request, title.p, until ? " " : text ? ": " : ". ", words.len ? words.p : NULL);
}

static int move(struct request *request, struct command *command, const struct transition *row,
                struct error *err)
{
    int rc = request_do(request, command, err);
    if (!rc)
        answer_moved(request, row, command->text);
    return rc;
}

/* An incident that is past triage has nothing to accept but its pages. */
static bool accepts_pages(const struct request *request)
{
    return text_equal(request->row->name, "accept") && status_is_active(request->incident->status) &&
           paging_calls(request->incident);
}

/* `ack on it`: what they add is a note. */
static int acknowledge(struct request *request, struct error *err)
{
    CLEANUP_STR struct str said = {0};
    const char *text = request_argument(request, ARGUMENT_TEXT);
    if (text && !request->incident)
        return error_markup(
            err, ERR_INVALID,
            "Say which incident that is about: `INC-42 ack %.60s`, or `ack` alone for the pages that call you.",
            text);
    int rc = paging_acknowledge(request->turn, request->incident, request->by, NULL, &said, err);
    if (!rc && text && request->incident)
        rc = request_do(request, &(struct command){.verb = "note", .text = text}, err);
    if (!rc)
        answer_text(request, said.p);
    return rc;
}

/* Whoever is second in acknowledging must not accept the incident by it, so that happens only where nobody was ever paged. */
int run_ack(struct request *request, struct error *err)
{
    bool known;
    const struct incident *incident = request->incident;
    if (!incident || incident->status != STATUS_TRIAGE || incident->people.pages.all.n)
        return acknowledge(request, err);
    return move(request, &(struct command){.verb = "accept", .text = request_argument(request, ARGUMENT_TEXT)},
                transition_find(incident->status, "accept", &known), err);
}

int run_move(struct request *request, struct error *err)
{
    bool known;
    if (accepts_pages(request))
        return acknowledge(request, err);
    const struct transition *row = transition_find(request->incident->status, request->row->name, &known);
    return move(request,
                &(struct command){.verb = request->row->name, .text = request_argument(request, ARGUMENT_TEXT)},
                row, err);
}

int run_pause(struct request *request, struct error *err)
{
    bool known;
    const struct transition *row = transition_find(request->incident->status, "pause", &known);
    struct command command = {
        .verb = "pause", .text = request_argument(request, ARGUMENT_TEXT), .until = request->parsed->until};
    return move(request, &command, row, err);
}

/* Continues at a link. Its end is heard of where a connector knows such tickets. */
static int ticket_at(struct request *request, const char *link, struct error *err)
{
    bool known;
    const struct transition *row = transition_find(request->incident->status, "ticket", &known);
    struct command command = {
        .verb = "ticket", .value = link, .text = request_argument(request, ARGUMENT_TEXT)};
    int rc = move(request, &command, row, err);
    if (!rc)
        tickets_follow(request->turn, request->incident, link, request->by);
    return rc;
}

/* One word that is no link is the name of a ticket that exists, rather than the title of a new one. */
static bool is_name(const char *text)
{
    return !strpbrk(text, " \n") && (strpbrk(text, "0123456789") || strstr(text, "://"));
}

int run_ticket(struct request *request, struct error *err)
{
    const char *link = request_argument(request, ARGUMENT_LINK),
               *text = request_argument(request, ARGUMENT_TEXT);
    CLEANUP_STR struct str answer = {0};
    if (link)
        return ticket_at(request, link, err);
    if (is_name(text))
        return error_markup(
            err, ERR_INVALID,
            "'%.60s' is no link. Type the link of the ticket (`ticket https://…`) or, for a new one, a "
            "title of several words (`ticket Fix the retry loop`).",
            text);
    struct call call = request_call(request, NULL, &answer);
    int rc = tickets_create(&call, text, err);
    if (!rc)
        answer_text(request, answer.p);
    return rc;
}

int run_merge(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME], into[INCIDENT_NAME];
    struct command command = {
        .verb = "merge", .text = request_argument(request, ARGUMENT_TEXT), .other = request->other};
    int rc = request_do(request, &command, err);
    if (rc)
        return rc;
    answer_next(request, "%s was merged into %s, which continues.", request_incident_name(request, name),
                incident_name(request->incident->end.merged_into, into));
    return 0;
}

int run_unmerge(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME], from[INCIDENT_NAME];
    uint64_t into = request->incident->end.merged_into;
    const struct incident *survivor = sight_incident(request->core, into, request->asker->person);
    int rc = triage_unmerge(request->turn, request->incident, survivor, request->by, request->asker->person,
                            request_argument(request, ARGUMENT_TEXT), err);
    if (rc)
        return rc;
    request->other = survivor; /* the answer names it */
    answer_next(request, "%s is separate from %s again, and %s.", request_incident_name(request, name),
                incident_name(into, from), status_phrase(request->incident->status));
    return 0;
}

int run_status(struct request *request, struct error *err)
{
    const char *word = request_argument(request, ARGUMENT_STATUS), *first = "";
    char name[INCIDENT_NAME];
    const struct incident *incident = request->incident;
    if (!word) {
        CLEANUP_STR struct str possible = {0}, since = {0};
        transitions_possible(incident->status, &possible);
        when_format(incident_last(incident, incident->status), request->now, request->zone, &since);
        request->answer->alone = true;
        answer_next(request, "%s: %s since %s. %s", request_incident_name(request, name),
                    status_name(incident->status), since.p, possible.p);
        return 0;
    }
    enum status to = status_parse(word);
    if (!to && command_find(word, &first))
        to = status_parse(first);
    struct command command = {.verb = "status", .status = to, .text = request_argument(request, ARGUMENT_TEXT)};
    return move(request, &command, transition_to(incident->status, to), err);
}

/* Less severe can mean fewer approvals, and clocks that call nobody any more: an agent only raises it. */
static int check_severity(const struct request *request, const char *severity, struct error *err)
{
    const struct core *core = request->core;
    bool lowers = live_severity_rank(core, severity, SIZE_MAX) <
                  live_severity_rank(core, request->incident->severity, SIZE_MAX);
    return lowers ? request_forbid_agent(request, AGENT_CALLS, err) : 0;
}

int run_severity(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    uint64_t before = request->incident->version;
    const char *severity = request_argument(request, ARGUMENT_SEVERITY);
    CLEANUP_FREE char *author = request_author(request);
    int rc = check_severity(request, severity, err);
    rc = rc ? rc : request_do(request, &(struct command){.verb = "sev", .name = severity}, err);
    if (!rc && request->incident->version == before)
        answer_next(request, "%s is already %s.", request_incident_name(request, name),
                    request->incident->severity);
    else if (!rc)
        answer_next(request, "%s set the severity of %s to %s.", author, request_incident_name(request, name),
                    request->incident->severity);
    return rc;
}

/* Somebody must see a private incident, so whoever makes it private joins it first. */
static int join_before_private(struct request *request, struct error *err)
{
    const char *person = request->asker->person;
    if (person)
        return request_do(request, &(struct command){.verb = "member", .value = person, .flag = true}, err);
    if (request->incident->people.members.n || request->incident->people.roles.n)
        return 0;
    return error_set(err, ERR_REFUSED,
                     "Nobody has joined it, so nobody would see it. `invite` somebody first.");
}

int run_private(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    bool private = !request_is_off(request_argument(request, ARGUMENT_SWITCH));
    int rc = private ? join_before_private(request, err) : 0;
    if (!rc)
        rc = request_do(request, &(struct command){.verb = "private", .flag = private}, err);
    if (!rc)
        answer_next(request,
                    private ? "%s is private. Only its members see it; `invite @ana` adds somebody."
                            : "%s is visible to everybody.",
                    request_incident_name(request, name));
    return rc;
}
