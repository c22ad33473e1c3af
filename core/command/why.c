/*
 * Explains why an incident was declared, paged, declined, kept quiet or posted. It reads only the journal, so that it
 * explains what happened, not what the rules would do today.
 */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/moment.h"
#include "command/judged.h"
#include "command/why.h"
#include "paging/paging.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "statuspage/statuspage.h"
#include "triage/triage.h"

#define JUDGED_MOST  20
#define GROUPS_MOST  5
#define ACTIONS_MOST 2000 /* finished actions that are searched */
#define FINGERPRINT  16

static const struct {
    const char *word;
    enum topic topic;
} topics[] = {
    {"declared", OF_DECLARED}, {"declare", OF_DECLARED}, {"open", OF_DECLARED}, {"page", OF_PAGE},
    {"paged", OF_PAGE},        {"pages", OF_PAGE},       {"decline", OF_END},   {"declined", OF_END},
    {"merged", OF_END},        {"resolved", OF_END},     {"closed", OF_END},    {"ended", OF_END},
    {"quiet", OF_QUIET},       {"silent", OF_QUIET},     {"silence", OF_QUIET}, {"paused", OF_QUIET},
    {"pause", OF_QUIET},       {"sent", OF_SENT},        {"send", OF_SENT},     {"post", OF_POST},
    {"posted", OF_POST},       {"said", OF_SENT},        {"message", OF_SENT},  {"draft", OF_SENT},
    {"drafts", OF_SENT},       {"told", OF_SENT},
};

/* ---- what the rules saw ---- */

static bool write_judged(void *ctx, const struct journal_event *row)
{
    struct report *t = ctx;
    struct event event = {0};
    if (!report_decode(row, &event))
        return true;
    bool visible = sight_event_visible(t->request->core, &event, t->request->asker->person);
    bool wanted =
        (t->topic != OF_DECLARED && t->topic != OF_PAGE) ||
        (event.type == EVENT_GROUP_JUDGED && t->request->incident && event.other == t->request->incident->id);
    if (t->topic == OF_QUIET)
        wanted = event.type != EVENT_GROUP_JUDGED ||
                 (!text_equal(event.name, "declare") && !text_equal(event.name, "storm") &&
                  !text_equal(event.name, "raise"));
    bool more = true;
    if (visible && wanted && (more = report_has_room(t))) {
        report_event(t, &event);
        if (event.type == EVENT_GROUP_JUDGED)
            judged_facts(event.data, t->request->now, t->request->zone, t->out);
    }
    event_finish(&event);
    return more;
}

static int write_group(struct report *t, const char *fingerprint, struct error *err)
{
    CLEANUP_FREE char *stream = xasprintf("group/%s", fingerprint);
    return journal_read_back(core_journal(t->request->core), stream, 0, JUDGED_MOST, write_judged, t, err);
}

static int write_groups(struct report *t, struct error *err)
{
    const struct incident *incident = t->request->incident;
    int rc = 0;
    for (size_t i = 0; !rc && i < incident->affected.alerts.n && i < GROUPS_MOST; i++)
        rc = write_group(t, incident->affected.alerts.v[i].fingerprint, err);
    return rc;
}

/* ---- what was decided ---- */

static bool is_about(const struct event *event, enum topic topic)
{
    switch (topic) {
    case OF_DECLARED:
        return event->type == EVENT_DECLARED || event->type == EVENT_RAISED;
    case OF_PAGE:
        return event->type == EVENT_MISSED ||
               (text_starts(event_kind(event->type)->name, "page") && event_is_shown(event));
    case OF_END:
        return event->type == EVENT_DISSENTED ||
               (event->type == EVENT_STATUS && event->status != STATUS_PAUSED);
    case OF_QUIET:
        return event->type == EVENT_STATUS && event->status == STATUS_PAUSED;
    default:
        return event->type == EVENT_SCRIPT;
    }
}

static bool write_decided(void *ctx, const struct journal_event *row)
{
    struct report *t = ctx;
    struct event event = {0};
    if (!report_decode(row, &event))
        return true;
    bool more = !is_about(&event, t->topic) || report_has_room(t);
    if (more && is_about(&event, t->topic))
        report_event(t, &event);
    event_finish(&event);
    return more;
}

static int write_stream(struct report *t, struct error *err)
{
    char name[INCIDENT_NAME];
    incident_name(t->request->incident->id, name);
    return journal_read_stream(core_journal(t->request->core), name, 0, EVENTS_MOST, write_decided, t, err);
}

static int write_declared(struct report *t, struct error *err)
{
    int rc = write_stream(t, err);
    return rc ? rc : write_groups(t, err);
}

static int write_end(struct report *t, struct error *err)
{
    int rc = write_stream(t, err);
    if (!rc && !t->n)
        str_add(t->out, "- its status has not changed since it was declared\n");
    return rc;
}

static int write_quiet(struct report *t, struct error *err)
{
    const struct request *request = t->request;
    const struct incident *incident = request->incident;
    int rc = write_stream(t, err);
    if (rc)
        return rc;
    if (incident->status == STATUS_PAUSED) {
        str_add(t->out, "- paused until ");
        moment_format(incident->pause.until, request->now, request->zone, t->out);
        str_markup(t->out, " by %s: %s. Anybody can `dissent`.\n",
                   request_person_name(request, incident->pause.by), incident->pause.reason);
    } else if (status_is_open(incident->status)) {
        const char *since = incident->activity.spoke_at ? "the last message from a person is from"
                            : incident->declared.rule   ? "no message from a person since a rule declared it"
                                                        : "no message from a person since it was declared";
        str_addf(t->out, "- not paused; %s ", since);
        moment_format(incident->activity.spoke_at ? incident->activity.spoke_at : incident->entries.v[0].at,
                      request->now, request->zone, t->out);
        str_add(t->out, "\n");
    }
    return write_groups(t, err);
}

/* ---- what was sent ---- */

static bool is_ours(const struct report *t, const struct action *action)
{
    bool page = strcmp(action->kind, "page") == 0 || text_starts(action->key, PAGE_KEY);
    return action->incident == t->request->incident->id && (t->topic != OF_PAGE || page);
}

static bool write_waiting(void *ctx, const struct action *action)
{
    struct report *t = ctx;
    if (!is_ours(t, action))
        return true;
    if (report_has_room(t))
        write_action(t->request, action, t->out);
    return true;
}

static bool write_done(void *ctx, const struct journal_doc *doc)
{
    struct report *t = ctx;
    struct action action = {0};
    if (action_decode(doc->body, strlen(doc->body), &action, NULL))
        return true;
    bool ours = is_ours(t, &action), more = !ours || report_has_room(t);
    if (more && ours)
        write_action(t->request, &action, t->out);
    action_finish(&action);
    return more;
}

/* Actions that wait, are stuck or were given up, then those that are done. */
static int write_actions(struct report *t, struct error *err)
{
    struct doc_query done = {
        .kind = DOC_ACTION, .tag = action_state_name(ACTION_DONE), .descending = true, .limit = ACTIONS_MOST};
    outbox_each(core_outbox(t->request->core), write_waiting, t);
    return journal_docs(core_journal(t->request->core), &done, write_done, t, err);
}

/* Who was paged by which rule; its facts, unless they are shown with the declaration; and what was sent. */
static int write_page(struct report *t, struct error *err)
{
    int rc = write_stream(t, err);
    if (!rc && !t->n)
        str_add(t->out, "- nobody was paged\n");
    else if (!rc && !(t->wanted & OF_DECLARED))
        rc = write_groups(t, err);
    return rc ? rc : write_actions(t, err);
}

static int write_sent(struct report *t, struct error *err)
{
    int rc = write_stream(t, err);
    rc = rc ? rc : write_actions(t, err);
    if (!rc && !t->n)
        str_add(t->out, "- nothing was sent in the last day\n");
    return rc;
}

static const struct section {
    enum topic topic;
    const char *title;
    int (*tell)(struct report *t, struct error *err);
} parts[] = {
    {OF_DECLARED, "Declared", write_declared}, {OF_PAGE, "Paged and missed", write_page},
    {OF_END, "Status changes", write_end},     {OF_QUIET, "Quiet", write_quiet},
    {OF_POST, "Status page", why_posted},      {OF_SENT, "Sent", write_sent},
};

static int why_incident(struct request *request, unsigned wanted, struct error *err)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    int rc = 0;
    for (size_t i = 0; !rc && i < ARRAY_SIZE(parts); i++) {
        struct report t = {request, &text, parts[i].topic, wanted, 0};
        if (!(wanted & parts[i].topic))
            continue;
        str_markup(&text, text.len ? "\n**%s**\n" : "**%s**\n", parts[i].title);
        rc = parts[i].tell(&t, err);
    }
    CLEANUP_FREE char *title = xasprintf("Why %s", request_incident_name(request, name));
    if (!rc)
        answer_titled(request, title, "info", text.p);
    return rc;
}

/* ---- other things than incidents ---- */

/* What is quiet everywhere: active mutes, and the rules that keep alerts quiet. */
static int why_quiet(struct request *request, struct error *err)
{
    CLEANUP_STR struct str text = {0}, json = {0};
    CLEANUP_JSON cJSON *rules = NULL;
    const cJSON *rule;
    str_add(&text, "**Muted**\n");
    int rc = write_mutes(request, &text, err);
    policy_rules(core_policy(request->core), &json);
    rc = rc ? rc : json_parse(str_text(&json), json.len, SIZE_MAX, JSON_DEPTH, "rules", &rules, err);
    if (rc)
        return rc;
    str_add(&text, "\n**Rules that keep alerts quiet**\n");
    cJSON_ArrayForEach(rule, rules)
    {
        const char *verdict = json_text_or(rule, "verdict", "");
        if (strcmp(verdict, "quiet") == 0 || strcmp(verdict, "mute") == 0)
            str_markup(&text, "- %s: `%s`\n", json_text_or(rule, "name", "?"), json_text_or(rule, "rule", "?"));
    }
    str_add(
        &text,
        "\nAn alert that no rule matches is counted, but not announced. `why <fingerprint>` explains one.\n");
    answer_titled(request, "Why it is quiet", "info", text.p);
    return 0;
}

static bool is_fingerprint(const char *word)
{
    return strlen(word) == FINGERPRINT && strspn(word, "0123456789abcdefABCDEF") == FINGERPRINT;
}

/* A group of an incident that the asker may not see does not exist here. */
static bool group_visible(const struct request *request, const char *fingerprint)
{
    const struct group *group = triage_group(request->core, fingerprint, request->now);
    return group && sight_group_visible(request->core, group, request->asker->person);
}

static int why_group(struct request *request, const char *typed, struct error *err)
{
    CLEANUP_FREE char *fingerprint = text_lower(typed);
    CLEANUP_STR struct str text = {0};
    struct report t = {request, &text, OF_ALL, OF_ALL, 0};
    if (!group_visible(request, fingerprint))
        return error_markup(err, ERR_NOT_FOUND,
                            "No alert group has the fingerprint %.20s. `show` and cards show fingerprints.",
                            typed);
    int rc = write_group(&t, fingerprint, err);
    CLEANUP_FREE char *title = xasprintf("Why alert group %s", fingerprint);
    if (!rc)
        answer_titled(request, title, "info", t.n ? text.p : "Nothing has been decided about it yet.");
    return rc;
}

struct muting {
    const struct request *request;
    const char *pattern;
    struct str *out;
};

static void write_muted(const struct muting *muting, const struct event *event)
{
    const struct request *request = muting->request;
    str_add(muting->out, "- ");
    moment_format(event->at, request->now, request->zone, muting->out);
    str_markup(muting->out, " %s %s it", request_person_name(request, event->by),
               event->type == EVENT_MUTED ? "muted" : "unmuted");
    if (event->until) {
        str_add(muting->out, " until ");
        moment_format(event->until, request->now, request->zone, muting->out);
    }
    str_markup(muting->out, event->text ? ": %s\n" : "\n", event->text ? event->text : "");
}

static bool take_muted(void *ctx, const struct journal_event *row)
{
    const struct muting *muting = ctx;
    struct event event = {0};
    if (!report_decode(row, &event))
        return true;
    if ((event.type == EVENT_MUTED || event.type == EVENT_UNMUTED) &&
        text_equal_nocase(event.name, muting->pattern))
        write_muted(muting, &event);
    event_finish(&event);
    return muting->out->len < ANSWER_BYTES;
}

static int why_mute(struct request *request, const char *pattern, struct error *err)
{
    CLEANUP_STR struct str text = {0};
    struct muting muting = {request, pattern, &text};
    int rc = journal_read_back(core_journal(request->core), "system", 0, EVENTS_MOST, take_muted, &muting, err);
    if (rc)
        return rc;
    if (!text.len && is_fingerprint(pattern))
        return why_group(request, pattern, err);
    CLEANUP_FREE char *title = xasprintf("Why `%.80s` is muted", pattern);
    answer_titled(request, title, "info", text.len ? text.p : "It was never muted by a command.");
    return 0;
}

/* ---- one action ---- */

struct action_search {
    struct report report;
    uint64_t id;
};

static bool write_one(struct action_search *search, const struct action *action)
{
    const struct request *request = search->report.request;
    if (action->id != search->id)
        return true;
    if (action->incident && sight_incident(request->core, action->incident, request->asker->person) &&
        ++search->report.n == 1)
        write_action(request, action, search->report.out);
    return false;
}

static bool write_one_waiting(void *ctx, const struct action *action)
{
    return write_one(ctx, action);
}

static bool write_one_done(void *ctx, const struct journal_doc *doc)
{
    struct action action = {0};
    if (action_decode(doc->body, strlen(doc->body), &action, NULL))
        return true;
    bool more = write_one(ctx, &action);
    action_finish(&action);
    return more;
}

static int why_action(struct request *request, const char *number, struct error *err)
{
    CLEANUP_STR struct str text = {0};
    struct action_search search = {{request, &text, OF_SENT, OF_SENT, 0}, strtoull(number, NULL, 10)};
    struct doc_query done = {
        .kind = DOC_ACTION, .tag = action_state_name(ACTION_DONE), .descending = true, .limit = ACTIONS_MOST};
    outbox_each(core_outbox(request->core), write_one_waiting, &search);
    int rc =
        search.report.n ? 0 : journal_docs(core_journal(request->core), &done, write_one_done, &search, err);
    if (rc)
        return rc;
    if (!search.report.n)
        return error_markup(
            err, ERR_NOT_FOUND,
            "No action %s of an incident in the last day. `why sent` lists the actions, and `why "
            "INC-%s` explains an incident.",
            number, number);
    CLEANUP_FREE char *title = xasprintf("Why action %s", number);
    answer_titled(request, title, "info", text.p);
    return 0;
}

static bool is_number(const char *word)
{
    size_t n = strlen(word);
    return n > 0 && n < FINGERPRINT && strspn(word, "0123456789") == n;
}

static enum topic topic_of(const char *word)
{
    for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
        if (strcasecmp(topics[i].word, word) == 0)
            return topics[i].topic;
    }
    return 0;
}

static int refuse(const struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    request_incident_name(request, name);
    return error_markup(
        err, ERR_INVALID,
        "Say what to explain: `why %s`, `why %s page` (or declared, declined, quiet, post, sent), `why "
        "quiet`, `why mute checkout*`, or `why` and a fingerprint.",
        *name ? name : "INC-42", *name ? name : "INC-42");
}

/* Who has no status page does not wonder about it. */
static unsigned all_of(const struct request *request)
{
    return statuspage_is_public(request->core) ? OF_ALL : OF_ALL & ~(unsigned)OF_POST;
}

int run_why(struct request *request, struct error *err)
{
    const char *text = request_argument(request, ARGUMENT_TOPIC);
    CLEANUP_FREE char *word = text ? xstrndup(text, strcspn(text, " \t\n?.,")) : NULL;
    const char *rest = word ? text + strlen(word) : "";
    rest += strspn(rest, " \t\n?.,");
    bool mute = word && (strcasecmp(word, "mute") == 0 || strcasecmp(word, "muted") == 0);
    unsigned topic = word ? topic_of(word) : all_of(request);
    if (mute && *rest)
        return why_mute(request, rest, err);
    if (word && is_fingerprint(word))
        return why_group(request, word, err);
    if (word && is_number(word))
        return why_action(request, word, err);
    if (topic && request->incident)
        return why_incident(request, topic, err);
    if (topic == OF_QUIET || mute)
        return why_quiet(request, err);
    return refuse(request, err);
}
