/* Rules and mutes in force, the policy's files, and what could not be sent. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/zone.h"
#include "command/handlers.h"

#define LINES_MOST 40
#define SOON       (10 * SECOND) /* what waits longer for its turn is shown */
#define LOOK_BACK  2000          /* events of the system's stream that are looked through */

/* ---- rules, mutes ---- */

static bool mentions(const char *text, const char *word)
{
    return text && strcasestr(text, word);
}

static size_t tell_rules(const cJSON *rules, const char *word, struct str *out)
{
    size_t n = 0;
    const cJSON *rule;
    cJSON_ArrayForEach(rule, rules)
    {
        const char *name = json_text_or(rule, "name", "?"), *summary = json_text_or(rule, "summary", "");
        const char *where = json_text_or(rule, "rule", "?"), *verdict = json_text_or(rule, "verdict", "");
        if (word && !mentions(name, word) && !mentions(summary, word) && !mentions(where, word))
            continue;
        if (++n > LINES_MOST)
            continue;
        int64_t fired = json_int_or(rule, "fired", 0);
        str_addf(out, "- **%s** %s%s%s — `%s`, fired %" PRId64 " time%s\n", name, verdict, *summary ? ": " : "",
                 summary, where, fired, fired == 1 ? "" : "s");
    }
    return n;
}

struct mutes {
    const struct asking *ask;
    struct str *out;
    size_t n;
};

static bool tell_mute(void *ctx, const struct journal_doc *doc)
{
    struct mutes *mutes = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "mute", &json, NULL) ||
        json_int_or(json, "until", 0) <= mutes->ask->now)
        return true;
    if (++mutes->n > LINES_MOST)
        return false;
    str_addf(mutes->out, "- `%s` until ", doc->key);
    when_format(json_int_or(json, "until", 0), mutes->ask->now, mutes->ask->zone, mutes->out);
    str_addf(mutes->out, ", by %s: %s\n", ask_name_of(mutes->ask, json_text_or(json, "by", NULL)),
             json_text_or(json, "reason", ""));
    return true;
}

int tell_mutes(const struct asking *ask, struct str *out, struct error *err)
{
    struct mutes mutes = {ask, out, 0};
    int rc = journal_docs(hub_journal(ask->hub), &(struct doc_query){.kind = DOC_MUTE}, tell_mute, &mutes, err);
    if (!rc && !mutes.n)
        str_add(out, "- nothing\n");
    return rc;
}

int run_rules(struct asking *ask, struct error *err)
{
    const char *word = asked(ask, ARGUMENT_WORD);
    CLEANUP_STR struct str json = {0}, text = {0};
    CLEANUP_JSON cJSON *rules = NULL;
    policy_rules(hub_policy(ask->hub), &json);
    int rc = json_parse(str_text(&json), json.len, SIZE_MAX, JSON_DEPTH, "rules", &rules, err);
    if (rc)
        return rc;
    size_t n = tell_rules(rules, word, &text);
    if (n == 0)
        str_addf(&text, "No rule%s%s is in force.\n", word ? " about " : "", word ? word : "");
    str_add(&text, "\n**Muted**\n");
    rc = tell_mutes(ask, &text, err);
    CLEANUP_FREE char *title = xasprintf("Rules: %zu", n);
    if (!rc)
        answer_titled(ask, title, "info", text.p);
    return rc;
}

int run_mute(struct asking *ask, struct error *err)
{
    const char *group = asked(ask, ARGUMENT_GROUP), *reason = asked(ask, ARGUMENT_TEXT);
    CLEANUP_STR struct str when = {0};
    int rc = hub_mute(ask->turn, group, ask->parsed->until, ask->by, reason, err);
    if (rc)
        return rc;
    when_format(ask->parsed->until, ask->now, ask->zone, &when);
    ask->answer->incident = 0;
    answer_line(ask, "`%s` is muted until %s: %s. It is still counted; `unmute %s` ends it.", group, when.p,
                reason, group);
    return 0;
}

int run_unmute(struct asking *ask, struct error *err)
{
    const char *group = asked(ask, ARGUMENT_GROUP);
    int rc = hub_unmute(ask->turn, group, ask->by, err);
    if (!rc)
        answer_line(ask, "`%s` is heard again.", group);
    return rc;
}

/* ---- the policy's files ---- */

struct loading {
    const struct asking *ask;
    struct str *out;
    bool found, refused;
};

/* Newest first: a refusal is told until a load that went well. */
static bool tell_load(void *ctx, const struct journal_event *row)
{
    struct loading *loading = ctx;
    struct event event;
    if (event_type_parse(row->type) != EVENT_POLICY ||
        event_decode(row->stream, row->type, row->data, &event, NULL))
        return true;
    bool good = event.flag;
    if (!loading->found) {
        loading->refused = !good;
        str_add(loading->out, good ? "The files were loaded " : "The files were refused ");
        when_format(row->at, loading->ask->now, loading->ask->zone, loading->out);
        str_add(loading->out, good ? " and are in force." : ". What was loaded before stays in force.");
        if (!good && event.text)
            str_addf(loading->out, "\n\n%s", event.text);
    } else if (good) {
        str_add(loading->out, "\n\nIn force is what was loaded ");
        when_format(row->at, loading->ask->now, loading->ask->zone, loading->out);
        str_add(loading->out, ".");
    }
    loading->found = true;
    event_finish(&event);
    return !good;
}

int run_policy(struct asking *ask, struct error *err)
{
    CLEANUP_STR struct str text = {0}, json = {0};
    CLEANUP_JSON cJSON *rules = NULL;
    struct loading loading = {.ask = ask, .out = &text};
    int rc = journal_read_back(hub_journal(ask->hub), "system", 0, LOOK_BACK, tell_load, &loading, err);
    if (rc)
        return rc;
    if (!loading.found)
        str_add(&text, "The built-in policy is in force.");
    policy_rules(hub_policy(ask->hub), &json);
    if (json_parse(str_text(&json), json.len, SIZE_MAX, JSON_DEPTH, "rules", &rules, NULL) == 0)
        str_addf(&text, "\n\n%d rules; `rules` shows them.", cJSON_GetArraySize(rules));
    answer_titled(ask, "Policy", loading.refused ? "warn" : "ok", text.p);
    return 0;
}

/* ---- actions ---- */

struct finding {
    const struct asking *ask;
    struct str *out; /* NULL: only looking for `id` */
    uint64_t id;
    size_t n, under_way;
    bool found;
};

/* An action of a private incident is nobody else's business. */
static bool may_see(const struct asking *ask, const struct action *action)
{
    if (ask->incident && action->incident != ask->incident->id)
        return false;
    return !action->incident || hub_incident(ask->hub, action->incident, ask->asker->person);
}

/* Why nothing of its kind goes; NULL: it does, or it is no more to go. */
static const char *held_by(const struct asking *ask, const struct action *action)
{
    return action->state == ACTION_WAITING ? hub_connector_held(ask->hub, action->connector) : NULL;
}

static bool is_under_way(const struct action *action)
{
    return action->state == ACTION_WAITING || action->state == ACTION_SENDING;
}

static bool is_stuck(const struct asking *ask, const struct action *action)
{
    bool late = is_under_way(action) && action->made_at + SOON < ask->now;
    return action->state == ACTION_DEAD || action->state == ACTION_UNCERTAIN || action->not_before > ask->now ||
           action->attempts > 1 || late || held_by(ask, action);
}

void tell_action(const struct asking *ask, const struct action *action, struct str *out)
{
    char name[INCIDENT_NAME];
    str_addf(out, "- `%" PRIu64 "` %s on %s: %s", action->id, action->kind, action->connector,
             action_state_name(action->state));
    if (action->incident)
        str_addf(out, ", %s", incident_name(action->incident, name));
    str_add(out, ", asked for ");
    when_format(action->made_at, ask->now, ask->zone, out);
    if (action->state == ACTION_WAITING && action->not_before > ask->now) {
        str_add(out, ", delayed until ");
        when_format(action->not_before, ask->now, ask->zone, out);
    }
    if (action->attempts > 1)
        str_addf(out, ", tried %d times", action->attempts);
    const char *why = text_empty(action->detail) ? held_by(ask, action) : action->detail;
    if (why)
        str_addf(out, ": %s", why);
    str_add(out, "\n");
}

static bool take_action(void *ctx, const struct action *action)
{
    struct finding *finding = ctx;
    if (!may_see(finding->ask, action))
        return true;
    if (!finding->out) {
        finding->found = action->id == finding->id;
        return !finding->found;
    }
    if (!is_stuck(finding->ask, action))
        finding->under_way += is_under_way(action);
    else if (++finding->n <= LINES_MOST)
        tell_action(finding->ask, action, finding->out);
    return true;
}

static int change_action(struct asking *ask, const char *verb, const char *number, struct error *err)
{
    bool again = strcasecmp(verb, "again") == 0;
    if ((!again && strcasecmp(verb, "drop") != 0) || !number)
        return error_set(
            err, ERR_INVALID,
            "Say what to do with which one: `actions again 17` or `actions drop 17`; `actions` lists them");
    struct finding finding = {.ask = ask, .id = strtoull(number, NULL, 10)};
    outbox_each(hub_outbox(ask->hub), take_action, &finding);
    if (!finding.found)
        return error_set(err, ERR_NOT_FOUND,
                         "there is no action %s that waits for a word; `actions` lists them", number);
    int rc = again ? hub_action_again(ask->turn, finding.id, err) : hub_action_drop(ask->turn, finding.id, err);
    ask->answer->alone = true;
    if (!rc)
        answer_line(ask, again ? "Action %s is tried again." : "Action %s is dropped.", number);
    return rc;
}

int run_actions(struct asking *ask, struct error *err)
{
    const char *verb = asked(ask, ARGUMENT_WORD);
    CLEANUP_STR struct str text = {0};
    struct finding finding = {.ask = ask, .out = &text};
    if (verb)
        return change_action(ask, verb, asked(ask, ARGUMENT_NUMBER), err);
    ask->answer->alone = true;
    ask->incident = ask->parsed->named ? ask->incident : NULL;
    outbox_each(hub_outbox(ask->hub), take_action, &finding);
    CLEANUP_FREE char *title = xasprintf("Not sent yet: %zu", finding.n);
    if (finding.n)
        str_add(&text, "\n`actions again 17` tries one once more, `actions drop 17` gives it up.\n");
    if (finding.n)
        answer_titled(ask, title, "warn", text.p);
    else if (finding.under_way)
        answer_line(ask, "Nothing is stuck: what is left of the last seconds, %zu, is on its way.",
                    finding.under_way);
    else
        answer_line(ask, "Everything was sent.");
    return 0;
}
