/* Judges a change of a group by the rules: declares an incident, updates one, asks a person, or stays silent. */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "impact/impact.h"
#include "intake/group_place.h"
#include "react/react.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "triage/affects.h"
#include "triage/firing.h"
#include "triage/inside.h"

#define ENDED_HOLDS DAY  /* counts alone do not reopen a declined or ticketed problem for so long */
#define ASK_EVERY   HOUR /* a failing rule asks a person about a group at most this often */

struct judging {
    struct turn *turn;
    struct group *group;
    enum group_change change;
    uint64_t opened; /* the incident that the group got; 0: none */
    char fingerprint[FINGERPRINT_TEXT];
};

static struct group_table *groups_of(const struct judging *j)
{
    return triage_of(turn_core(j->turn))->groups;
}

/* A group is borrowed only until the next call of the table, and reactions may call it. */
static void find_again(struct judging *j)
{
    uint64_t number;
    if (fingerprint_parse(j->fingerprint, &number, NULL) == 0)
        j->group = group_table_find(groups_of(j), number, turn_now(j->turn));
}

static struct event *group_event(struct judging *j, struct event *event, enum event_type type)
{
    *event = (struct event){.type = type,
                            .at = turn_now(j->turn),
                            .by = xstrdup("intake"),
                            .subject = xstrdup(j->fingerprint),
                            .count = j->group->tally.count};
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
    event.text = j->change == GROUP_RESOLVED ? NULL : xstrdup(j->group->about.title);
    event.name = j->change == GROUP_NEW && *j->group->about.service ? xstrdup(j->group->about.service) : NULL;
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

/* An event tells what is news. */
static void note(const struct judging *j, enum incoming_why why, const char *rule, const char *text)
{
    incoming_note(j->turn, j->group, group_change_is_news(j->change), why, rule, text);
}

char *judge_summary(const struct group *group)
{
    struct str text = {0};
    CLEANUP_STR struct str reason = {0};
    str_markup(&text, "%s", group->about.title);
    if (*group->about.culprit)
        str_markup(&text, " in %s", group->about.culprit);
    if (*group->about.service)
        str_markup(&text, "; service %s", group->about.service);
    if (*group->about.release)
        str_markup(&text, ", release %s", group->about.release);
    if (*group->about.environment)
        str_markup(&text, ", %s", group->about.environment);
    if (group->alert)
        alert_add_reason(group->alert, &reason);
    str_markup(&text, "%s", str_text(&reason));
    return str_take(&text);
}

/* The summary of a problem that came back says what became of its last incident. */
static char *with_before(struct judging *j, const char *about)
{
    struct str text = {0};
    CLEANUP_STR struct str before = {0};
    before_describe(j->turn, j->group->care.incident, &before);
    str_add(&text, about);
    if (before.len)
        str_markup(&text, "; %s", before.p);
    return str_take(&text);
}

static void attach(struct judging *j, uint64_t incident, const char *rule)
{
    rule_do(j->turn, incident,
            (struct command){.verb = "alert",
                             .value = j->fingerprint,
                             .text = j->group->about.title,
                             .flag = true,
                             .count = j->group->tally.count},
            rule, NULL);
}

static void describe(struct judging *j, uint64_t incident, const struct verdict *verdict)
{
    const struct group *group = j->group;
    const char *service = verdict->service ? verdict->service : group->about.service, *rule = verdict->rule;
    CLEANUP_FREE char *about = judge_summary(group), *summary = with_before(j, about);
    if (!text_empty(service))
        rule_do(j->turn, incident, (struct command){.verb = "service", .name = service}, rule, NULL);
    if (!text_empty(verdict->team))
        rule_do(j->turn, incident, (struct command){.verb = "team", .name = verdict->team}, rule, NULL);
    if (verdict->of_kind)
        rule_do(j->turn, incident, (struct command){.verb = "kind", .name = verdict->of_kind}, rule, NULL);
    rule_do(j->turn, incident, (struct command){.verb = "summary", .text = summary}, rule, NULL);
    attach(j, incident, rule);
    facts_link(j->turn, group, incident, NULL, rule);
    affects_name(j->turn, j->group, incident, BY_RULE);
}

/* The private incident that the group belonged to before; NULL: none. If it comes back, the new incident is private too. */
static const struct incident *private_before(const struct judging *j)
{
    const struct incident *before = turn_incident(j->turn, j->group->care.incident);
    return before && before->private ? before : NULL;
}

static void add_former_members(struct judging *j, uint64_t incident, const struct incident *before)
{
    for (size_t i = 0; before && i < before->people.members.n; i++)
        rule_do(j->turn, incident,
                (struct command){.verb = "member", .value = before->people.members.v[i], .flag = true}, NULL,
                NULL);
}

/* If the declaration is refused, for instance because of an unknown severity, declares a plain incident and reports the error. */
static int declare(struct judging *j, const struct verdict *verdict, uint64_t *ret_id)
{
    struct error err;
    struct command command = {.verb = "declare",
                              .by = BY_RULE,
                              .automatic = true,
                              .rule = verdict->rule,
                              .text = text_empty(verdict->title) ? j->group->about.title : verdict->title,
                              .name = verdict->severity,
                              .flag = verdict->private || private_before(j)};
    int rc = turn_do(j->turn, 0, &command, ret_id, &err);
    if (!rc)
        return 0;
    command.name = NULL;
    command.text = text_empty(j->group->about.title) ? "untitled error" : j->group->about.title;
    rc = turn_do(j->turn, 0, &command, ret_id, NULL);
    if (rc)
        return rc;
    react_log(turn_core(j->turn), *ret_id, verdict->rule, err.text);
    rule_do(j->turn, *ret_id, (struct command){.verb = "script", .text = err.text}, verdict->rule, NULL);
    return 0;
}

/* Nobody can see the incident yet. The announcements say that it exists, but not what it is about. */
static void tell_unclaimed(struct judging *j, const struct verdict *verdict, uint64_t incident)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *key = turn_key_as(j->turn, TROUBLE_KEY);
    CLEANUP_FREE char *whom =
        text_empty(verdict->page) ? xstrdup("nobody") : xasprintf("'%s', who is unknown here", verdict->page);
    CLEANUP_FREE char *text = markup(
        "A rule declared the private incident %s, which has no members: %s pages %s. To look into it, type `%s "
        "join`.",
        incident_name(incident, name), verdict->rule, whom, name);
    rooms_say_incident(j->turn, 0, key, NULL, text);
}

/* Nobody there has heard yet which instances fire. */
static void belongs(struct judging *j, uint64_t incident)
{
    j->opened = incident;
    group_members_told(j->group, false);
    groups_give(j->turn, j->group, incident);
}

static void declare_incident(struct judging *j, const struct verdict *verdict)
{
    uint64_t id, before = j->group->care.incident;
    const struct incident *private = private_before(j);
    if (declare(j, verdict, &id))
        return;
    add_former_members(j, id, private);
    describe(j, id, verdict);
    if (before)
        rule_relate(j->turn, id, before, NULL);
    j->group->care.judged_at = turn_now(j->turn);
    j->group->care.wanted = raise_want(verdict);
    belongs(j, id);
    tell_verdict(j, "declare", verdict, id);
    storms_declared(j->turn, j->group, verdict, id);
    if (!text_empty(verdict->page))
        react_page(j->turn, id, &(struct paging){verdict->page, NULL, verdict->text, verdict->rule});
    if (sight_unclaimed(turn_core(j->turn), id))
        tell_unclaimed(j, verdict, id);
}

/* Adds a problem of a storm to the incident that gathers them. */
static void gather(struct judging *j, struct verdict *verdict, uint64_t incident,
                   const struct storm_brake *brake)
{
    const struct incident *into = turn_incident(j->turn, incident);
    if (into->affected.alerts.n < STATE_ALERTS)
        attach(j, incident, verdict->rule);
    facts_link(j->turn, j->group, incident, NULL, verdict->rule);
    affects_name(j->turn, j->group, incident, BY_RULE);
    j->group->care.judged_at = turn_now(j->turn);
    j->group->care.wanted = raise_want(verdict);
    belongs(j, incident);
    CLEANUP_FREE char *text = verdict->text;
    verdict->text = xasprintf("%s; part of a storm, gathered by storm{} at %s", text ? text : "a rule matched",
                              brake->rule);
    tell_verdict(j, "storm", verdict, incident);
    incoming_note(j->turn, j->group, true, INCOMING_STORM, verdict->rule, verdict->text);
}

/* Private problems, and those whose last incident was private, are never gathered with others. */
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

/* A failing rule must not cause silence, so a person is asked. */
static void ask_person(struct judging *j, const struct verdict *verdict)
{
    struct group *group = j->group;
    if (j->change == GROUP_MOVED && turn_now(j->turn) - group->care.judged_at < ASK_EVERY)
        return;
    group->care.judged_at = turn_now(j->turn);
    group_table_touch(groups_of(j), group);
    tell_verdict(j, "ask", verdict, 0);
    incoming_note(j->turn, group, true, INCOMING_ASKED, verdict->rule, verdict->text);
    CLEANUP_FREE char *key = turn_key_as(j->turn, TROUBLE_KEY);
    CLEANUP_FREE char *summary = judge_summary(group);
    CLEANUP_STR struct str text = {0};
    str_addf(&text, "A rule failed on this alert, so please look at it: %s\n", summary);
    if (verdict->rule)
        str_markup(&text, "%s: ", verdict->rule);
    str_markup(&text, "%s\nIf it is an incident, type `declare %s`.", verdict->text ? verdict->text : "",
               group->about.title);
    const struct incident *private = private_before(j);
    rooms_say_incident(j->turn, private ? private->id : 0, key, NULL, text.p);
    react_failure_told(j->turn, verdict->rule);
}

/* What resolved because nobody measures it any more has perhaps not recovered, so the sender's reason is said. */
static char *title_and_reason(const struct judging *j)
{
    struct str text = {0};
    str_add(&text, j->group->about.title);
    if (j->group->alert)
        alert_add_reason(j->group->alert, &text);
    else if (j->change == GROUP_RESOLVED)
        str_add(&text, "; its sender did not renew it");
    return str_take(&text);
}

static void tell_state(struct judging *j, uint64_t incident)
{
    CLEANUP_FREE char *text = title_and_reason(j);
    rule_do(j->turn, incident,
            (struct command){.verb = "alert_state",
                             .value = j->fingerprint,
                             .name = j->change == GROUP_RESOLVED ? "resolved" : "regressed",
                             .count = j->group->tally.count,
                             .text = text},
            NULL, NULL);
}

/* An alert of an open incident. Counts are journaled only when they double, so a storm is few events. */
static void progress(struct judging *j, const struct incident *incident)
{
    const struct state_alert *alert = NULL;
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        if (strcmp(incident->affected.alerts.v[i].fingerprint, j->fingerprint) == 0)
            alert = &incident->affected.alerts.v[i];
    }
    uint64_t id = incident->id;
    bool comes_or_goes = j->change == GROUP_REGRESSED || j->change == GROUP_RESOLVED;
    bool held = comes_or_goes && flaps_hold(j->turn, j->group);
    if (comes_or_goes && !held)
        tell_state(j, id);
    else if (alert ? j->group->tally.count >= 2 * alert->count : incident->affected.alerts.n < STATE_ALERTS)
        attach(j, id, NULL);
    affects_name(j->turn, j->group, id, BY_RULE);
    impact_grew(j->turn, turn_incident(j->turn, id));
    if (j->change == GROUP_MOVED || held)
        rooms_refresh(j->turn, turn_incident(j->turn, id));
}

static bool is_open(const struct judging *j)
{
    const struct incident *incident = turn_incident(j->turn, j->group->care.incident);
    return incident && status_is_open(incident->status);
}

/* A mute postpones the verdict: what is news is judged as such with the first alert after the mute. */
static void postpone(struct judging *j, const struct mute *mute)
{
    struct verdict verdict = {.text = mute ? xasprintf("muted by %s: %s", mute->by, mute->reason)
                                           : xstrdup("muted by a rule")};
    if (mute && !is_open(j))
        note(j, INCOMING_MUTED, NULL, verdict.text);
    if (!group_change_is_news(j->change) || !j->group->alert) {
        verdict_finish(&verdict);
        return;
    }
    group_table_touch(groups_of(j), j->group);
    tell_verdict(j, "mute", &verdict, 0);
    verdict_finish(&verdict);
}

/* What is worse, or elsewhere, is known by its first words alone; so `why` says what is new of it. */
static void say_news(const struct judging *j, struct verdict *verdict)
{
    const struct group *group = j->group;
    struct str news = {0};
    if (j->change == GROUP_WORSE)
        str_addf(&news, "it got worse: the first time at level %s",
                 alert_level_name((enum alert_level)group->level));
    else if (j->change == GROUP_SPREAD)
        str_addf(&news, "it spread: the first time in %s%s%s",
                 *group->about.environment ? group->about.environment : "no environment",
                 *group->about.service ? ", service " : "", group->about.service);
    else
        return;
    CLEANUP_FREE char *text = verdict->text, *said = str_take(&news);
    verdict->text = text ? xasprintf("%s; %s", text, said) : xstrdup(said);
}

/* An open incident is raised where the rule asks for more; the rest of the news is there for `why`. */
static void judge_open(struct judging *j, const struct verdict *verdict)
{
    uint64_t incident = j->group->care.incident;
    if (verdict->kind == VERDICT_DECLARE && raise_incident(j->turn, j->group, verdict))
        tell_verdict(j, "raise", verdict, incident);
    else if (j->change == GROUP_WORSE || j->change == GROUP_SPREAD)
        tell_verdict(j, verdict_name(verdict->kind), verdict, incident);
}

static void note_idle(const struct judging *j, const struct verdict *verdict)
{
    static const enum incoming_why whys[] = {
        [VERDICT_NONE] = INCOMING_NONE, [VERDICT_QUIET] = INCOMING_QUIET, [VERDICT_MUTE] = INCOMING_MUTED};
    note(j, whys[verdict->kind], verdict->rule, verdict->text);
}

/* Whoever declined the last incident should see that, and not that the problem was resolved. */
static void say_before(const struct judging *j, struct verdict *verdict)
{
    CLEANUP_STR struct str before = {0};
    before_describe(j->turn, j->group->care.incident, &before);
    if (!before.len)
        return;
    CLEANUP_FREE char *text = verdict->text;
    verdict->text = xasprintf("%s%s%s", text ? text : "", text ? "; " : "", before.p);
}

static void judge_not_open(struct judging *j, struct verdict *verdict)
{
    if (verdict->kind == VERDICT_DECLARE) {
        say_before(j, verdict);
        declare_or_gather(j, verdict);
    } else if (verdict->kind == VERDICT_ASK)
        ask_person(j, verdict);
    else if (group_change_is_news(j->change))
        tell_verdict(j, verdict_name(verdict->kind), verdict, 0);
    if (verdict->kind != VERDICT_DECLARE && verdict->kind != VERDICT_ASK)
        note_idle(j, verdict);
    if (verdict->kind == VERDICT_MUTE && verdict->until > turn_now(j->turn)) {
        j->group->care.muted_until = verdict->until;
        group_table_touch(groups_of(j), j->group);
    }
}

/* As a change of the place that is shown. */
static void judge_by_rules(struct judging *j)
{
    struct turn *turn = j->turn;
    struct verdict verdict;
    policy_judge(core_policy(turn_core(turn)), j->group, j->change, turn_now(turn), &verdict);
    say_news(j, &verdict);
    if (is_open(j))
        judge_open(j, &verdict);
    else
        judge_not_open(j, &verdict);
    verdict_finish(&verdict);
}

/* The rules are asked with what is so there: the alert at hand is none of another place's. */
static void judge_place(struct judging *j, size_t place)
{
    struct group *group = j->group;
    instant now = turn_now(j->turn);
    const struct alert *alert = group->alert;
    enum group_change change = j->change, due = (enum group_change)group->places.v[place].due;
    group_place_show(group, place);
    if (!group_place_is_current(group, place))
        group->alert = NULL;
    const struct mute *mute = mute_of(triage_of(turn_core(j->turn)), j->fingerprint, &group->about, now);
    if (mute || group_muted(group, now)) {
        group_place_judged(group, place, due == GROUP_MOVED ? GROUP_NOTHING : due);
        postpone(j, mute);
    } else {
        group_place_judged(group, place, GROUP_NOTHING);
        if (group_change_is_news(due))
            group_table_touch(groups_of(j), group);
        j->change = due;
        judge_by_rules(j);
        j->change = change;
    }
    if (alert) /* then the table keeps the group */
        group->alert = alert;
}

/* Did people decline or ticket the incident recently? Then growing counts do not bring it back. */
static bool was_put_off(const struct incident *incident, instant now)
{
    bool put_off = incident->status == STATUS_DECLINED || incident->status == STATUS_TICKETED;
    return put_off && now - incident->activity.changed_at < ENDED_HOLDS;
}

/* What comes back too often is told to its ended incident, and judged later. */
static bool is_held_back(struct judging *j, const struct incident *incident, const struct group_place *place)
{
    if (place->due != GROUP_REGRESSED || !incident || status_is_open(incident->status) ||
        !flaps_hold_rules(j->turn, j->group))
        return false;
    struct verdict verdict = {.text = xstrdup("it flaps, so a new incident waits until it keeps firing")};
    note(j, INCOMING_HELD, NULL, verdict.text);
    if (j->change == GROUP_REGRESSED)
        tell_verdict(j, "hold", &verdict, 0);
    verdict_finish(&verdict);
    return true;
}

bool judge_records(enum group_change change)
{
    return group_change_is_news(change) || change == GROUP_RESOLVED;
}

/* Each place of which the rules are to be asked something. */
static void judge(struct judging *j)
{
    const struct incident *incident = turn_incident(j->turn, j->group->care.incident);
    bool held = incident && was_put_off(incident, turn_now(j->turn));
    for (size_t i = 0; j->group && i < j->group->places.n; i++) {
        const struct group_place *place = &j->group->places.v[i];
        if (held && place->due == GROUP_MOVED) {
            group_place_judged(j->group, i, GROUP_NOTHING);
            note(j, INCOMING_ENDED, NULL, NULL);
        }
        if (place->due == GROUP_NOTHING || is_held_back(j, incident, place))
            continue;
        judge_place(j, i);
        find_again(j);
    }
}

static void take_change(struct judging *j)
{
    tell_change(j);
    if (is_open(j))
        progress(j, turn_incident(j->turn, j->group->care.incident));
    if (j->change != GROUP_RESOLVED)
        judge(j);
    find_again(j);
    if (!j->group)
        return;
    group_places_hide(j->group);
}

uint64_t judge_change(struct turn *turn, struct group *group, enum group_change change)
{
    struct judging j = {.turn = turn, .group = group, .change = change};
    fingerprint_format(group->fingerprint, j.fingerprint);
    take_change(&j);
    return j.opened;
}
