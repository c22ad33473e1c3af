/* Actions, done or not: shown to people, retried, dropped. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/moment.h"
#include "command/handlers.h"
#include "delivery/delivery.h"
#include "delivery/words.h"
#include "people/people.h"
#include "sight/sight.h"

#define LINES_MOST   40
#define CHOICES_MOST 10            /* numbers in a refusal */
#define TEXT_BYTES   160           /* of an action's text that are shown */
#define SOON         (10 * SECOND) /* actions that wait longer for their turn are shown */

struct finding {
    const struct request *request;
    struct str *out;
    uint64_t failed; /* the first that waits for a decision; 0: none */
    size_t n, under_way;
};

/* Only members see the actions of a private incident. */
static bool may_see(const struct request *request, const struct action *action)
{
    if (request->incident && action->incident != request->incident->id)
        return false;
    return !action->incident || sight_incident(request->core, action->incident, request->asker->person);
}

/* Why its connector is held; NULL: it is not, or the action is not waiting. */
static const char *held_by(const struct request *request, const struct action *action)
{
    return action->state == ACTION_WAITING ? link_held(request->core, action->connector) : NULL;
}

/* Did it fail for good, so that it can be sent again? One that needs another's result cannot. */
static bool needs_decision(const struct action *action)
{
    return (action->state == ACTION_DEAD || action->state == ACTION_UNCERTAIN) && !action->reference.key;
}

static bool is_stuck(const struct request *request, const struct action *action)
{
    bool late = action_is_under_way(action) && action->made_at + SOON < request->now;
    return action->state == ACTION_DEAD || action->state == ACTION_UNCERTAIN ||
           action->not_before > request->now || action->attempts > 1 || late || held_by(request, action);
}

/* The name that people know, if it is a channel of the incident; else its id. */
static const char *channel_name(const struct request *request, const struct action *action, const char *channel)
{
    const struct incident *incident =
        action->incident ? sight_incident(request->core, action->incident, request->asker->person) : NULL;
    for (size_t i = 0; incident && i < incident->places.channels.n; i++) {
        const struct state_channel *own = &incident->places.channels.v[i];
        if (text_equal(own->connector, action->connector) && text_equal(own->channel, channel) && own->name)
            return own->name;
    }
    return channel;
}

/* Writes the channel or the person that it goes to. */
static void write_where(const struct request *request, const struct action *action, struct str *out)
{
    CLEANUP_JSON cJSON *body = NULL;
    if (action->body)
        json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL);
    const char *channel =
        json_text_or(body, "channel", action->reference.key ? "the channel being opened" : NULL);
    const char *user = json_text_or(body, "to", json_text_or(body, "user", NULL));
    const char *person = user ? people_of_user(request->core, action->connector, user) : NULL;
    if (user)
        str_markup(out, " to %s", person ? request_person_name(request, person) : user);
    else if (channel)
        str_markup(out, " in %s", channel_name(request, action, channel));
}

/* Writes the beginning of its text, on a line of its own. */
static void write_text(const struct request *request, const struct action *action, struct str *out)
{
    CLEANUP_FREE char *text = sight_action_text(request->core, action, request->asker->person);
    size_t line = text ? strcspn(text, "\n") : 0,
           cut = line > TEXT_BYTES ? utf8_cut(text, line, TEXT_BYTES) : line;
    cut -= cut < line && cut && text[cut - 1] == '\\'; /* half an escape */
    if (line)
        str_addf(out, "  - “%.*s%s”\n", (int)cut, text, text[cut] ? "…" : "");
}

void write_action(const struct request *request, const struct action *action, struct str *out)
{
    char name[INCIDENT_NAME];
    const char *held = held_by(request, action);
    str_markup(out, "- `%" PRIu64 "` %s on %s: %s", action->id, words_to_do(action->kind), action->connector,
               action_state_name(action->state));
    if (action->done_at) {
        str_add(out, " ");
        moment_format(action->done_at, request->now, request->zone, out);
    }
    write_where(request, action, out);
    if (action->incident)
        str_markup(out, ", %s", incident_name(action->incident, name));
    str_add(out, ", requested ");
    moment_format(action->made_at, request->now, request->zone, out);
    if (action->rule)
        str_markup(out, " by `%s`", action->rule);
    if (action->state == ACTION_WAITING && action->not_before > request->now) {
        str_add(out, ", delayed until ");
        moment_format(action->not_before, request->now, request->zone, out);
    }
    if (action->attempts > 1)
        str_markup(out, ", tried %d times", action->attempts);
    if (!text_empty(action->outcome.detail))
        str_markup(out, ": %s", action->outcome.detail);
    else if (held)
        str_markup(out, ": nothing is sent to %s until this is fixed: %s", action->connector, held);
    str_add(out, "\n");
    write_text(request, action, out);
}

static bool take_action(void *ctx, const struct action *action)
{
    struct finding *finding = ctx;
    if (!may_see(finding->request, action))
        return true;
    if (!is_stuck(finding->request, action)) {
        finding->under_way += action_is_under_way(action);
        return true;
    }
    if (!finding->failed && needs_decision(action))
        finding->failed = action->id;
    if (++finding->n <= LINES_MOST)
        write_action(finding->request, action, finding->out);
    return true;
}

/* ---- again and drop ---- */

struct choice { /* among the actions that somebody may decide about: neither done nor with their connector */
    const struct request *request;
    uint64_t id; /* the one that was typed; 0: none */
    bool found;
    size_t n;
    struct str ids; /* "12, 15" */
};

static bool take_choice(void *ctx, const struct action *action)
{
    struct choice *choice = ctx;
    if (!may_see(choice->request, action))
        return true;
    choice->found = choice->found || action->id == choice->id;
    if (action->state != ACTION_SENDING && ++choice->n <= CHOICES_MOST)
        str_addf(&choice->ids, "%s%" PRIu64, choice->n > 1 ? ", " : "", action->id);
    return true;
}

/* Says which there are, so that nobody has to guess. */
static void add_choices(const struct choice *choice, struct str *out)
{
    if (!choice->n)
        str_add(out, "Nothing waits for a decision.");
    else if (choice->n > CHOICES_MOST)
        str_addf(out, "There are %s and %zu more; `actions` shows them.", choice->ids.p,
                 choice->n - CHOICES_MOST);
    else
        str_addf(out, "There %s: %s.", choice->n > 1 ? "are" : "is", choice->ids.p);
}

static int refuse_choice(const struct choice *choice, const char *number, struct error *err)
{
    CLEANUP_STR struct str text = {0};
    if (number)
        str_addf(&text, "No action %s. It may have been sent, dropped, or replaced by a newer one. ", number);
    else
        str_add(&text, "Say which action to retry or drop: `actions again N` or `actions drop N`. ");
    add_choices(choice, &text);
    return error_set(err, number ? ERR_NOT_FOUND : ERR_INVALID, "%s", text.p);
}

static int change_action(struct request *request, const char *verb, const char *number, struct error *err)
{
    bool again = strcasecmp(verb, "again") == 0, drop = strcasecmp(verb, "drop") == 0;
    struct choice choice = {.request = request,
                            .id = (again || drop) && number ? strtoull(number, NULL, 10) : 0};
    outbox_each(core_outbox(request->core), take_choice, &choice);
    int rc = 0;
    if (!choice.found)
        rc = refuse_choice(&choice, choice.id ? number : NULL, err);
    else if (again)
        rc = delivery_again(request->turn, choice.id, err);
    else
        rc = delivery_drop(request->turn, choice.id, err);
    str_finish(&choice.ids);
    request->answer->alone = true;
    if (!rc)
        answer_line(request, again ? "Retrying action %s." : "Dropped action %s.", number);
    return rc;
}

/* ---- the command ---- */

static void write_hint(const struct finding *finding, struct str *out)
{
    if (finding->failed)
        str_addf(out,
                 "\n`actions again %" PRIu64 "` retries an action, and `actions drop %" PRIu64
                 "` gives it up.\n",
                 finding->failed, finding->failed);
}

int run_actions(struct request *request, struct error *err)
{
    const char *verb = request_argument(request, ARGUMENT_WORD);
    CLEANUP_STR struct str text = {0};
    struct finding finding = {.request = request, .out = &text};
    request->incident = request->parsed->named ? request->incident : NULL;
    if (verb)
        return change_action(request, verb, request_argument(request, ARGUMENT_NUMBER), err);
    request->answer->alone = true;
    outbox_each(core_outbox(request->core), take_action, &finding);
    CLEANUP_FREE char *title = xasprintf("Not sent yet: %zu", finding.n);
    write_hint(&finding, &text);
    if (finding.n)
        answer_titled(request, title, "warn", text.p);
    else if (finding.under_way)
        answer_line(request, "Nothing is stuck. Actions on their way: %zu.", finding.under_way);
    else
        answer_line(request, "Everything has been sent.");
    return 0;
}
