/* From declaring to closing: the commands that move an incident on. */
#include <string.h>

#include "base/zone.h"
#include "command/handlers.h"
#include "sight/query.h"
#include "sight/sight.h"

#define TWINS_MOST 1000 /* newest open incidents that are compared */

/* ---- declaring ---- */

static int set_option(struct asking *ask, const char *verb, const char *value, struct error *err)
{
    return value ? ask_do(ask, &(struct command){.verb = verb, .name = value, .flag = true}, err) : 0;
}

struct twin {
    const char *title, *link, *customer;
    uint64_t id;
};

static bool is_twin(void *ctx, const struct incident *incident)
{
    struct twin *twin = ctx;
    bool same = false;
    for (size_t i = 0;
         !twin->customer && text_equal(incident->title, twin->title) && i < incident->places.links.n; i++)
        same |= strcmp(incident->places.links.v[i].url, twin->link) == 0;
    for (size_t i = 0; twin->customer && i < incident->affected.customers.n; i++)
        same |= text_equal_nocase(incident->affected.customers.v[i].key, twin->customer);
    twin->id = same ? incident->id : 0;
    return !same;
}

/* Two people who press the same button, or declare from the same message, want one incident. So a message that is given as a link
   is declared once, and while an incident for a customer is open, their messages are not declared again. */
static int refuse_twin(struct asking *ask, const char *title, struct error *err)
{
    char *const *options = ask->parsed->options;
    char name[INCIDENT_NAME];
    struct twin twin = {title, options[OPTION_LINK], options[OPTION_CUSTOMER], 0};
    if (twin.link)
        query_list(ask->core, &(struct query){.viewer = ask->asker->person, .limit = TWINS_MOST}, is_twin,
                   &twin, NULL);
    if (!twin.id)
        return 0;
    incident_name(twin.id, name);
    return error_set(err, ERR_REFUSED,
                     "%s is already open for this. Join it with `%s join`. For a separate incident, use "
                     "`declare …` without --link.",
                     name, name);
}

static int declare(struct asking *ask, const char *title, bool drill, struct error *err)
{
    char *const *options = ask->parsed->options;
    struct command command = {.verb = "declare",
                              .by = ask->by,
                              .automatic = ask->asker->automatic,
                              .text = title,
                              .name = options[OPTION_SEVERITY],
                              .value = ask->asker->where,
                              .flag = options[OPTION_PRIVATE] != NULL};
    uint64_t id = 0;
    if (command.flag && !ask->asker->person)
        return error_set(err, ERR_AUTH,
                         "A private incident needs a member, and I don't know who you are. Use an account or a "
                         "token that belongs to a person.");
    int rc = refuse_twin(ask, title, err);
    rc = rc ? rc : turn_do(ask->turn, 0, &command, &id, err);
    if (rc)
        return rc;
    ask->incident = sight_incident(ask->core, id, ask->asker->person);
    ask->answer->incident = id;
    require(ask->incident != NULL);
    rc = set_option(ask, "team", options[OPTION_TEAM], err);
    rc = rc ? rc : set_option(ask, "service", options[OPTION_SERVICE], err);
    if (!rc && options[OPTION_CUSTOMER])
        rc = ask_do(ask, &(struct command){.verb = "customer", .name = options[OPTION_CUSTOMER]}, err);
    if (!rc && options[OPTION_LINK])
        rc = ask_do(ask, &(struct command){.verb = "link", .value = options[OPTION_LINK]}, err);
    return rc ? rc : set_option(ask, "drill", drill ? "" : NULL, err);
}

/* Everybody in the channel reads the answer, so it names the channel's incident only if everybody may see that one. */
static void answer_declared(struct asking *ask)
{
    char name[INCIDENT_NAME], here[INCIDENT_NAME];
    const struct asker *asker = ask->asker;
    asked_name(ask, name);
    if (asker->here && sight_incident(ask->core, asker->here, NULL))
        answer_next(ask, "%s is open, separate from %s in this channel (`merge %s into %s` joins them): %s",
                    name, incident_name(asker->here, here), name, here, ask->incident->title);
    else
        answer_next(ask, "%s is open%s%s: %s", name, ask->incident->drill ? " as a drill" : "",
                    ask->incident->private ? " for its members only" : "", ask->incident->title);
}

int run_declare(struct asking *ask, struct error *err)
{
    int rc = declare(ask, asked(ask, ARGUMENT_TEXT), ask->parsed->options[OPTION_DRILL] != NULL, err);
    if (!rc)
        answer_declared(ask);
    return rc;
}

static bool is_off(const char *word)
{
    return text_equal_nocase(word, "off") || text_equal_nocase(word, "no") || text_equal_nocase(word, "false");
}

static bool is_on(const char *word)
{
    return text_equal_nocase(word, "on") || text_equal_nocase(word, "yes") || text_equal_nocase(word, "true");
}

int run_drill(struct asking *ask, struct error *err)
{
    const char *text = asked(ask, ARGUMENT_TEXT);
    char name[INCIDENT_NAME];
    if (text && ask->parsed->named && !is_on(text) && !is_off(text))
        return error_set(
            err, ERR_INVALID,
            "'%.60s' is neither on nor off. Type `%s drill on`, or for a new incident `drill %.60s`.", text,
            asked_name(ask, name), text);
    if (text && !is_on(text) && !is_off(text)) {
        int rc = declare(ask, text, true, err);
        if (!rc)
            answer_declared(ask);
        return rc;
    }
    if (!ask->incident)
        return error_set(err, ERR_INVALID, "Say what to practise: `drill checkout is slow`.");
    bool drill = !is_off(text);
    int rc = ask_do(ask, &(struct command){.verb = "drill", .flag = drill}, err);
    if (!rc)
        answer_next(ask, "%s made %s %s.", ask_name_of(ask, ask->by), asked_name(ask, name),
                    drill ? "a drill, which does not count in the metrics" : "a real incident");
    return rc;
}

/* ---- moving on ---- */

/* Somebody who declines an incident with several problems should see what else is silent now. */
static void add_declined(const struct incident *incident, struct str *words)
{
    str_addf(words, "%sThis applies to all %zu problems in it: ", words->len ? "\n\n" : "",
             incident->affected.alerts.n);
    card_problems(incident, words);
}

/* "Ana accepted INC-42: reason", in the words of the transition. */
static void answer_moved(struct asking *ask, const struct transition *row, const char *text)
{
    char name[INCIDENT_NAME];
    const struct incident *incident = ask->incident;
    CLEANUP_STR struct str title = {0}, words = {0};
    str_addf(&title, "%s %s %s", ask_name_of(ask, ask->by), row ? row->past : "moved", asked_name(ask, name));
    if (incident->status == STATUS_PAUSED && row && row->needs & NEED_UNTIL) {
        str_add(&title, " until ");
        when_format_plain(incident->pause.until, ask->now, ask->zone, &title);
    }
    str_add(&words, text ? text : "");
    if (row && strcmp(row->verb, "dissent") == 0)
        str_addf(&words, " — who owns it now? `%s lead me` takes it.", name);
    else if (incident->status == STATUS_RESOLVED && !text && !incident->summary)
        str_addf(&words, "What fixed it? Record it for next time with `%s summary …`.", name);
    else if (incident->status == STATUS_DECLINED && incident->affected.alerts.n > 1)
        add_declined(incident, &words);
    answer_said(ask, title.p, text ? ": " : ". ", words.len ? words.p : NULL);
}

static int move(struct asking *ask, struct command *command, const struct transition *row, struct error *err)
{
    int rc = ask_do(ask, command, err);
    if (!rc)
        answer_moved(ask, row, command->text);
    return rc;
}

int run_move(struct asking *ask, struct error *err)
{
    bool known;
    const struct transition *row = transition_find(ask->incident->status, ask->row->name, &known);
    return move(ask, &(struct command){.verb = ask->row->name, .text = asked(ask, ARGUMENT_TEXT)}, row, err);
}

int run_pause(struct asking *ask, struct error *err)
{
    bool known;
    const struct transition *row = transition_find(ask->incident->status, "pause", &known);
    struct command command = {.verb = "pause", .text = asked(ask, ARGUMENT_TEXT), .until = ask->parsed->until};
    return move(ask, &command, row, err);
}

int run_ticket(struct asking *ask, struct error *err)
{
    bool known;
    const struct transition *row = transition_find(ask->incident->status, "ticket", &known);
    struct command command = {
        .verb = "ticket", .value = asked(ask, ARGUMENT_LINK), .text = asked(ask, ARGUMENT_TEXT)};
    return move(ask, &command, row, err);
}

int run_merge(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME], into[INCIDENT_NAME];
    struct command command = {.verb = "merge", .text = asked(ask, ARGUMENT_TEXT), .other = ask->other};
    int rc = ask_do(ask, &command, err);
    if (rc)
        return rc;
    answer_line(ask, "%s was merged into %s, which continues.", asked_name(ask, name),
                incident_name(ask->incident->end.merged_into, into));
    return 0;
}

int run_status(struct asking *ask, struct error *err)
{
    const char *word = asked(ask, ARGUMENT_STATUS), *first = "";
    char name[INCIDENT_NAME];
    const struct incident *incident = ask->incident;
    if (!word) {
        CLEANUP_STR struct str possible = {0}, since = {0};
        transitions_possible(incident->status, &possible);
        when_format(incident_last(incident, incident->status), ask->now, ask->zone, &since);
        ask->answer->alone = true;
        answer_next(ask, "%s: %s since %s. %s", asked_name(ask, name), status_name(incident->status), since.p,
                    possible.p);
        return 0;
    }
    enum status to = status_parse(word);
    if (!to && command_find(word, &first))
        to = status_parse(first);
    struct command command = {.verb = "status", .status = to, .text = asked(ask, ARGUMENT_TEXT)};
    return move(ask, &command, transition_to(incident->status, to), err);
}

int run_severity(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME];
    uint64_t before = ask->incident->version;
    int rc = ask_do(ask, &(struct command){.verb = "sev", .name = asked(ask, ARGUMENT_SEVERITY)}, err);
    if (!rc && ask->incident->version == before)
        answer_next(ask, "%s is already %s.", asked_name(ask, name), ask->incident->severity);
    else if (!rc)
        answer_next(ask, "%s set the severity of %s to %s.", ask_name_of(ask, ask->by), asked_name(ask, name),
                    ask->incident->severity);
    return rc;
}

/* Somebody must see a private incident, so whoever makes it private joins it first. */
static int join_before_private(struct asking *ask, struct error *err)
{
    const char *person = ask->asker->person;
    if (person)
        return ask_do(ask, &(struct command){.verb = "member", .value = person, .flag = true}, err);
    if (ask->incident->people.members.n || ask->incident->people.roles.n)
        return 0;
    return error_set(err, ERR_REFUSED,
                     "Nobody has joined it, so nobody would see it. `invite` somebody first.");
}

int run_private(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME];
    bool private = !is_off(asked(ask, ARGUMENT_SWITCH));
    int rc = private ? join_before_private(ask, err) : 0;
    if (!rc)
        rc = ask_do(ask, &(struct command){.verb = "private", .flag = private}, err);
    if (!rc)
        answer_next(ask,
                    private ? "%s is private. Only its members see it; `invite @ana` adds somebody."
                            : "%s is visible to everybody.",
                    asked_name(ask, name));
    return rc;
}
