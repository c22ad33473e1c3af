/* Alerts to groups, groups to the policy's judgement, judgements to incidents. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "hub/internal.h"

#define RECORDS_A_TURN 1000 /* documents recorded in one batch */
#define ENDED_HOLDS    DAY  /* a declined or ticketed problem is not judged again by its counts for so long */
#define ASK_EVERY      HOUR /* a rule that fails asks a person about a group at most so often */
#define SAMPLE_SLOTS   5    /* the first alert of a group, and the latest few */

/* ---- the journal's side of the table ---- */

static int known(void *ctx, uint64_t fingerprint, struct group *group)
{
    struct hub *hub = ctx;
    char key[FINGERPRINT_TEXT];
    struct journal_doc doc;
    int rc = journal_doc(hub->journal, DOC_GROUP, fingerprint_format(fingerprint, key), &doc, NULL);
    if (rc)
        return rc;
    rc = group_decode(doc.body, strlen(doc.body), group, NULL);
    journal_doc_finish(&doc);
    return rc;
}

/* The turn that records go into; one is begun where none is at hand. */
static struct turn *recorder(struct hub *hub, instant now)
{
    if (hub->recorder && turn_batch(hub->recorder)->docs.n > RECORDS_A_TURN && hub->recorder != hub->alerting) {
        turn_commit(hub->recorder, NULL, NULL);
        hub->recorder = NULL;
    }
    if (!hub->recorder)
        hub->recorder = hub->alerting ? hub->alerting : turn_begin(hub, now);
    return hub->recorder;
}

static void record_minute(struct journal_batch *batch, const struct group *group, const char *fingerprint,
                          const struct group_minute *minute)
{
    char body[64];
    CLEANUP_FREE char *key = xasprintf("%s\x1f%" PRId64, fingerprint, minute->minute);
    uint32_t whole =
        group->minute - minute->minute < GROUP_MINUTES ? group->counts[minute->minute % GROUP_MINUTES] : 0;
    snprintf(body, sizeof(body), "{\"count\":%" PRIu32 "}", MAX(whole, minute->count));
    batch_doc(batch, DOC_MINUTE, key, body)->at = minute->minute * MINUTE;
}

static void write_group(struct journal_batch *batch, const struct group *group)
{
    char fingerprint[FINGERPRINT_TEXT];
    CLEANUP_STR struct str body = {0};
    group_encode(group, &body);
    batch_doc(batch, DOC_GROUP, fingerprint_format(group->fingerprint, fingerprint), body.p);
}

/* Whose a group is becomes durable with what made it so: nobody may see it afterwards who does not see that incident. */
static void give_to(struct turn *turn, struct group *group, uint64_t incident)
{
    group->incident = incident;
    group_table_touch(turn->hub->groups, group);
    write_group(turn->batch, group);
}

static void record(void *ctx, const struct group *group, const struct group_minute *counts, size_t n)
{
    struct hub *hub = ctx;
    struct journal_batch *batch = turn_batch(recorder(hub, hub->alerts_at));
    char fingerprint[FINGERPRINT_TEXT];
    fingerprint_format(group->fingerprint, fingerprint);
    for (size_t i = 0; i < n; i++)
        record_minute(batch, group, fingerprint, &counts[i]);
    if (group->sample) {
        CLEANUP_FREE char *key = xasprintf("%s\x1f%" PRId64, fingerprint,
                                           group->count <= 1 ? 0 : 1 + group->count % (SAMPLE_SLOTS - 1));
        batch_doc(batch, DOC_SAMPLE, key, group->sample)->at = group->last_seen;
    }
    if (group->changed)
        write_group(batch, group);
}

struct group_table *groups_create(struct hub *hub)
{
    struct group_hooks hooks = {hub, known, record};
    return group_table_create(&hub->settings.groups, &hooks, hub->rng);
}

static void end_recording(struct hub *hub)
{
    if (hub->recorder && hub->recorder != hub->alerting)
        turn_commit(hub->recorder, NULL, NULL);
    hub->recorder = NULL;
}

void groups_flush(struct hub *hub, instant now)
{
    hub->alerts_at = now;
    group_table_flush(hub->groups, now);
    end_recording(hub);
}

struct group *hub_group(struct hub *hub, const char *fingerprint, instant now)
{
    uint64_t number;
    if (hub->torn || fingerprint_parse(fingerprint, &number, NULL))
        return NULL;
    hub->alerts_at = now;
    return group_table_find(hub->groups, number, now);
}

const struct group *hub_group_held(const struct hub *hub, uint64_t fingerprint)
{
    return hub->torn ? NULL : group_table_held(hub->groups, fingerprint);
}

/* ---- judging ---- */

struct judging {
    struct turn *turn;
    struct group *group;
    enum group_change change;
    char fingerprint[FINGERPRINT_TEXT];
};

/* Groups are borrowed only until the table is asked again, and reactions may ask it. */
static void find_again(struct judging *j)
{
    uint64_t number;
    if (fingerprint_parse(j->fingerprint, &number, NULL) == 0)
        j->group = group_table_find(j->turn->hub->groups, number, j->turn->now);
}

static struct event *group_event(struct judging *j, struct event *event, enum event_type type)
{
    *event = (struct event){.type = type,
                            .at = j->turn->now,
                            .by = xstrdup("intake"),
                            .subject = xstrdup(j->fingerprint),
                            .count = j->group->count};
    return event;
}

static void tell_change(struct judging *j)
{
    static const enum event_type types[] = {[GROUP_NEW] = EVENT_GROUP_SEEN,
                                            [GROUP_REGRESSED] = EVENT_GROUP_REGRESSED,
                                            [GROUP_RESOLVED] = EVENT_GROUP_RESOLVED};
    struct event event;
    if (j->change >= ARRAY_SIZE(types) || !types[j->change])
        return;
    group_event(j, &event, types[j->change]);
    event.text = j->change == GROUP_RESOLVED ? NULL : xstrdup(j->group->title);
    event.name = j->change == GROUP_NEW && *j->group->service ? xstrdup(j->group->service) : NULL;
    turn_tell(j->turn, &event);
}

static void tell_verdict(struct judging *j, const char *name, const struct verdict *verdict, uint64_t incident)
{
    struct event event;
    group_event(j, &event, EVENT_GROUP_JUDGED);
    event.name = xstrdup(name);
    event.rule = xstrdup(verdict->rule);
    event.text = xstrdup(verdict->text);
    event.data = xstrdup(verdict->facts);
    event.other = incident;
    turn_tell(j->turn, &event);
}

static int do_rule(struct turn *turn, uint64_t incident, struct command command, const char *rule,
                   struct error *err)
{
    command.by = BY_RULE;
    command.automatic = true;
    command.rule = rule;
    return turn_do(turn, incident, &command, NULL, err);
}

void groups_relate(struct turn *turn, uint64_t a, uint64_t b)
{
    struct live *first = turn_touch(turn, a), *second = turn_touch(turn, b);
    if (!first || !second || first->incident->private || second->incident->private)
        return;
    do_rule(turn, a, (struct command){.verb = "relate", .other = second->incident}, NULL, NULL);
    do_rule(turn, b, (struct command){.verb = "relate", .other = first->incident}, NULL, NULL);
}

static void add_customers(struct judging *j, uint64_t incident)
{
    for (int i = 0; i < j->group->n_customers; i++) {
        const struct group_customer *c = &j->group->customers[i];
        do_rule(j->turn, incident,
                (struct command){.verb = "customer",
                                 .name = c->key,
                                 .text = text_empty(c->name) ? NULL : c->name,
                                 .count = c->count},
                NULL, NULL);
    }
}

/* What is known of the problem, in the words that a responder asks for first. */
static char *first_summary(const struct group *group)
{
    struct str text = {0};
    str_addf(&text, "%s", group->title);
    if (*group->culprit)
        str_addf(&text, " in %s", group->culprit);
    if (*group->service)
        str_addf(&text, "; service %s", group->service);
    if (*group->release)
        str_addf(&text, ", release %s", group->release);
    if (*group->environment)
        str_addf(&text, ", %s", group->environment);
    str_addf(&text, "; seen %" PRId64 " time%s", group->count, group->count == 1 ? "" : "s");
    if (group->n_customers)
        str_addf(&text, ", %d customer%s%s", group->n_customers, group->n_customers == 1 ? "" : "s",
                 group->customers_more ? " and more" : "");
    return str_take(&text);
}

static void attach(struct judging *j, uint64_t incident, const char *rule)
{
    do_rule(j->turn, incident,
            (struct command){.verb = "alert",
                             .value = j->fingerprint,
                             .text = j->group->title,
                             .flag = true,
                             .count = j->group->count},
            rule, NULL);
}

static void describe(struct judging *j, uint64_t incident, const struct verdict *verdict)
{
    const struct group *group = j->group;
    const char *service = verdict->service ? verdict->service : group->service, *rule = verdict->rule;
    CLEANUP_FREE char *summary = first_summary(group);
    if (!text_empty(service))
        do_rule(j->turn, incident, (struct command){.verb = "service", .name = service}, rule, NULL);
    if (!text_empty(verdict->team))
        do_rule(j->turn, incident, (struct command){.verb = "team", .name = verdict->team}, rule, NULL);
    do_rule(j->turn, incident, (struct command){.verb = "summary", .text = summary}, rule, NULL);
    attach(j, incident, rule);
    if (*group->url)
        do_rule(j->turn, incident, (struct command){.verb = "link", .value = group->url, .text = "the alert"},
                rule, NULL);
    add_customers(j, incident);
}

/* The private incident that the group belonged to before; NULL: none. What is private does not come back in the open. */
static const struct incident *private_before(const struct judging *j)
{
    struct live *live = j->group->incident ? turn_touch(j->turn, j->group->incident) : NULL;
    return live && live->incident->private ? live->incident : NULL;
}

static void let_in_again(struct judging *j, uint64_t incident, const struct incident *before)
{
    for (size_t i = 0; before && i < before->members.n; i++)
        do_rule(j->turn, incident,
                (struct command){.verb = "member", .value = before->members.v[i], .flag = true}, NULL, NULL);
}

/* A severity that the policy does not have must not keep an incident from being declared. */
static int declare(struct judging *j, const struct verdict *verdict, uint64_t *ret_id)
{
    struct error err;
    struct command command = {.verb = "declare",
                              .by = BY_RULE,
                              .automatic = true,
                              .rule = verdict->rule,
                              .text = text_empty(verdict->title) ? j->group->title : verdict->title,
                              .name = verdict->severity,
                              .flag = verdict->private || private_before(j)};
    int rc = turn_do(j->turn, 0, &command, ret_id, &err);
    if (!rc)
        return 0;
    command.name = NULL;
    command.text = text_empty(j->group->title) ? "an error without a title" : j->group->title;
    rc = turn_do(j->turn, 0, &command, ret_id, NULL);
    if (rc)
        return rc;
    log_script(j->turn->hub, *ret_id, verdict->rule, err.text);
    do_rule(j->turn, *ret_id, (struct command){.verb = "script", .text = err.text}, verdict->rule, NULL);
    return 0;
}

/* Nobody may see it, and nobody would know: where it may be said that there is something, it is, and nothing of what it is. */
static void tell_unclaimed(struct judging *j, const struct verdict *verdict, uint64_t incident)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *key = turn_key_as(j->turn, TROUBLE_KEY);
    CLEANUP_FREE char *text = xasprintf(
        "A rule declared a private incident that nobody is a member of (%s%s%s). Whoever is to look at it: `%s "
        "join`",
        verdict->rule, text_empty(verdict->page) ? " pages nobody" : " pages somebody whom nobody knows: ",
        text_empty(verdict->page) ? "" : verdict->page, incident_name(incident, name));
    hub_say_incident(j->turn, 0, key, NULL, text);
}

static void declare_incident(struct judging *j, const struct verdict *verdict)
{
    uint64_t id, before = j->group->incident;
    const struct incident *private = private_before(j);
    if (declare(j, verdict, &id))
        return;
    let_in_again(j, id, private);
    describe(j, id, verdict);
    if (before)
        groups_relate(j->turn, id, before);
    j->group->judged_at = j->turn->now;
    give_to(j->turn, j->group, id);
    tell_verdict(j, "declare", verdict, id);
    storms_declared(j->turn, j->group, verdict, id);
    if (!text_empty(verdict->page))
        page_for(j->turn, id, verdict->page, verdict->text, verdict->rule);
    if (hub_incident_unclaimed(j->turn->hub, id))
        tell_unclaimed(j, verdict, id);
}

/* One of a storm: it belongs to the incident that gathers them, and is told there. */
static void gather(struct judging *j, struct verdict *verdict, uint64_t incident,
                   const struct storm_brake *brake)
{
    const struct incident *into = turn_touch(j->turn, incident)->incident;
    if (into->alerts.n < STATE_ALERTS)
        attach(j, incident, verdict->rule);
    add_customers(j, incident);
    j->group->judged_at = j->turn->now;
    give_to(j->turn, j->group, incident);
    CLEANUP_FREE char *text = verdict->text;
    verdict->text =
        xasprintf("%s; one of a storm, gathered by storm{} at %s", text ? text : "a rule fits", brake->rule);
    tell_verdict(j, "storm", verdict, incident);
}

/* What is private, or comes back of what was, is never gathered with others. */
static void declare_or_gather(struct judging *j, struct verdict *verdict)
{
    struct storm_brake brake;
    bool private = verdict->private || private_before(j);
    uint64_t into = private ? 0 : storms_gather(j->turn, j->group, verdict, &brake);
    if (into)
        gather(j, verdict, into, &brake);
    else
        declare_incident(j, verdict);
}

/* A rule that fails degrades to asking a person, never to silence. */
static void ask_person(struct judging *j, const struct verdict *verdict)
{
    struct group *group = j->group;
    if (j->change == GROUP_MOVED && j->turn->now - group->judged_at < ASK_EVERY)
        return;
    group->judged_at = j->turn->now;
    group_table_touch(j->turn->hub->groups, group);
    tell_verdict(j, "ask", verdict, 0);
    CLEANUP_FREE char *key = turn_key_as(j->turn, TROUBLE_KEY);
    CLEANUP_FREE char *summary = first_summary(group);
    CLEANUP_FREE char *text = xasprintf(
        "A rule failed on this alert, so somebody should look: %s\n%s%s%s\nIf it matters: `declare %s`",
        summary, verdict->rule ? verdict->rule : "", verdict->rule ? ": " : "",
        verdict->text ? verdict->text : "", group->title);
    const struct incident *private = private_before(j);
    hub_say_incident(j->turn, private ? private->id : 0, key, NULL, text);
}

/* More of what an open incident is about already: its numbers grow by doubling, so a storm is few events. */
static void progress(struct judging *j, const struct incident *incident)
{
    const struct state_alert *alert = NULL;
    for (size_t i = 0; i < incident->alerts.n; i++) {
        if (strcmp(incident->alerts.v[i].fingerprint, j->fingerprint) == 0)
            alert = &incident->alerts.v[i];
    }
    uint64_t id = incident->id;
    if (j->change == GROUP_REGRESSED || j->change == GROUP_RESOLVED) {
        const char *name = j->change == GROUP_RESOLVED ? "resolved" : "regressed";
        do_rule(j->turn, id,
                (struct command){.verb = "alert_state",
                                 .value = j->fingerprint,
                                 .name = name,
                                 .count = j->group->count,
                                 .text = j->group->title},
                NULL, NULL);
    } else if (alert ? j->group->count >= 2 * alert->count : incident->alerts.n < STATE_ALERTS) {
        attach(j, id, NULL);
    }
    add_customers(j, id);
}

static bool is_news(enum group_change change)
{
    return change == GROUP_NEW || change == GROUP_REGRESSED;
}

/* A mute puts a judgement off. What began under it is news still, to the first alert after it. */
static void keep_silent(struct judging *j, const struct mute *mute)
{
    struct verdict verdict = {0};
    if (!is_news(j->change))
        return;
    verdict.text =
        xasprintf("muted by %s: %s", mute ? mute->by : "a rule", mute ? mute->reason : "until its time");
    if (!j->group->unjudged)
        j->group->unjudged = j->change;
    group_table_touch(j->turn->hub->groups, j->group);
    tell_verdict(j, "mute", &verdict, 0);
    verdict_finish(&verdict);
}

static void judge_by_rules(struct judging *j)
{
    struct turn *turn = j->turn;
    struct verdict verdict;
    if (j->group->unjudged) {
        j->change = (enum group_change)j->group->unjudged;
        j->group->unjudged = GROUP_NOTHING;
        group_table_touch(turn->hub->groups, j->group);
    }
    policy_judge(turn->hub->policy, j->group, j->change, turn->now, &verdict);
    if (verdict.kind == VERDICT_DECLARE)
        declare_or_gather(j, &verdict);
    else if (verdict.kind == VERDICT_ASK)
        ask_person(j, &verdict);
    else if (is_news(j->change))
        tell_verdict(j, verdict_name(verdict.kind), &verdict, 0);
    if (verdict.kind == VERDICT_MUTE && verdict.until > turn->now && j->group) {
        j->group->muted_until = verdict.until;
        group_table_touch(turn->hub->groups, j->group);
    }
    verdict_finish(&verdict);
}

static void judge(struct judging *j)
{
    const struct group *group = j->group;
    instant now = j->turn->now;
    const struct mute *mute = mute_of(j->turn->hub, j->fingerprint, group->title, group->service, now);
    if (mute || group_muted(group, now))
        keep_silent(j, mute);
    else
        judge_by_rules(j);
}

/* Whether a group whose incident has ended may be judged by its counts: not while people have just said "not now". */
static bool is_held(const struct incident *incident, instant now)
{
    bool put_off = incident->status == STATUS_DECLINED || incident->status == STATUS_TICKETED;
    return put_off && now - incident->changed_at < ENDED_HOLDS;
}

/* The group is recorded with what is told of such a change. */
static bool is_recorded(enum group_change change)
{
    return change == GROUP_NEW || change == GROUP_REGRESSED || change == GROUP_RESOLVED;
}

static void take_change(struct judging *j)
{
    struct live *live = j->group->incident ? turn_touch(j->turn, j->group->incident) : NULL;
    const struct incident *incident = live ? live->incident : NULL;
    tell_change(j);
    if (incident && status_is_open(incident->status))
        progress(j, incident);
    else if (j->change != GROUP_RESOLVED &&
             !(j->change == GROUP_MOVED && incident && is_held(incident, j->turn->now)))
        judge(j);
    find_again(j);
    if (j->group && is_recorded(j->change))
        group_table_record(j->turn->hub->groups, j->group);
}

static bool is_interesting(struct hub *hub, const struct group_verdict *v)
{
    return v->group && v->change != GROUP_NOTHING && v->change != GROUP_ACKNOWLEDGED && hub != NULL;
}

static void begin_alerting(struct hub *hub, instant now)
{
    if (hub->alerting)
        return;
    end_recording(hub);
    hub->alerting = turn_begin(hub, now);
}

static void take_alerted(struct hub *hub, struct group *group, enum group_change change, instant now)
{
    begin_alerting(hub, now);
    struct judging j = {.turn = hub->alerting, .group = group, .change = change};
    fingerprint_format(group->fingerprint, j.fingerprint);
    take_change(&j);
}

/* The turn of what was alerted, if anything was worth one, to be committed. */
static struct turn *end_alerting(struct hub *hub)
{
    struct turn *turn = hub->alerting;
    hub->recorder = hub->recorder == turn ? NULL : hub->recorder;
    hub->alerting = NULL;
    end_recording(hub);
    return turn;
}

/* Which instances of a group fire is durable before their sender is answered: it will not say so again for hours. */
static void record_members(struct hub *hub, uint64_t fingerprint, instant now)
{
    struct group *group = group_table_find(hub->groups, fingerprint, now);
    if (!group)
        return;
    begin_alerting(hub, now);
    group_table_record(hub->groups, group);
}

void hub_alerts(struct hub *hub, const struct alert *alerts, size_t n, instant now, journal_done *done,
                void *ctx)
{
    if (hub->failing) {
        if (done)
            done(ctx, hub->why.code, &hub->why, 0);
        return;
    }
    hub->alerts_at = now;
    metric_add(METRIC_ALERTS, (int64_t)n);
    bool durable = false, members = false;
    group_table_prefetch(hub->groups, alerts, n);
    for (size_t i = 0; i < n; i++) {
        struct group_verdict v = {0};
        group_table_add(hub->groups, &alerts[i], now, &v);
        members |= v.members && !is_recorded(v.change);
        if (is_interesting(hub, &v)) {
            durable |= v.change != GROUP_MOVED;
            take_alerted(hub, v.group, v.change, now);
        }
        bool last =
            i + 1 == n || alerts[i + 1].fingerprint != alerts[i].fingerprint; /* of a run of one group */
        if (members && last) {
            record_members(hub, alerts[i].fingerprint, now);
            durable = true;
            members = false;
        }
    }
    struct turn *turn = end_alerting(hub);
    if (turn)
        turn_commit(turn, durable ? done : NULL, durable ? ctx : NULL);
    if (!durable && done)
        done(ctx, 0, NULL, 0);
    instant due = group_table_due(hub->groups);
    if (due && due < hub->next_tick) {
        hub->next_tick = due;
        hub->ops.wake(hub->ops.ctx);
    }
}

instant groups_tell_moved(struct hub *hub, instant now)
{
    struct group *group;
    hub->alerts_at = now;
    while ((group = group_table_moved(hub->groups, now)))
        take_alerted(hub, group, GROUP_MOVED, now);
    struct turn *turn = end_alerting(hub);
    if (turn)
        turn_commit(turn, NULL, NULL);
    return group_table_due(hub->groups);
}

/* What was resolved comes back as a regression. */
void groups_incident_ended(struct turn *turn, const struct incident *incident)
{
    if (incident->status != STATUS_RESOLVED && incident->status != STATUS_CLOSED)
        return;
    turn->hub->alerts_at = turn->now;
    for (size_t i = 0; i < incident->alerts.n; i++) {
        struct group *group = hub_group(turn->hub, incident->alerts.v[i].fingerprint, turn->now);
        if (group && group->incident == incident->id)
            group_table_settle(turn->hub->groups, group, turn->now);
    }
}

void groups_moved(struct turn *turn, const char *fingerprint, uint64_t to)
{
    struct group *group = hub_group(turn->hub, fingerprint, turn->now);
    if (!group)
        return;
    give_to(turn, group, to);
}
