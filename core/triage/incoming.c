/* Alert groups that opened no incident: a ring of the last ones, and what is said of them. */
#include "triage/incoming.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/zone.h"
#include "people/people.h"
#include "sight/sight.h"
#include "triage/firing.h"
#include "triage/inside.h"
#include "triage/triage.h"
#include "turn/live.h"

static const char *const why_names[INCOMING_WHYS] = {
    [INCOMING_NONE] = "none", [INCOMING_QUIET] = "quiet", [INCOMING_MUTED] = "muted",
    [INCOMING_ASKED] = "ask", [INCOMING_STORM] = "storm", [INCOMING_ENDED] = "ended",
    [INCOMING_HELD] = "held",
};

const char *incoming_why_name(enum incoming_why why)
{
    return why_names[why];
}

/* ---- the ring ---- */

static void note_finish(struct idle *idle)
{
    free(idle->rule);
    free(idle->text);
    *idle = (struct idle){0};
}

void incoming_finish(struct triage *triage)
{
    for (size_t i = 0; i < INCOMING_GROUPS; i++)
        note_finish(&triage->idle[i]);
}

/* The group's slot, else the one that was noted longest ago. */
static size_t slot_for(const struct triage *triage, uint64_t fingerprint)
{
    size_t oldest = 0;
    for (size_t i = 0; i < INCOMING_GROUPS; i++) {
        if (triage->idle[i].at && triage->idle[i].fingerprint == fingerprint)
            return i;
        if (triage->idle[i].at < triage->idle[oldest].at)
            oldest = i;
    }
    return oldest;
}

static void write_slot(struct journal_batch *batch, size_t slot, struct idle *idle)
{
    char key[24], fingerprint[FINGERPRINT_TEXT];
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    snprintf(key, sizeof(key), "%03zu", slot);
    json_begin_object(&j);
    json_put_text(&j, "fingerprint", fingerprint_format(idle->fingerprint, fingerprint));
    json_put_text(&j, "why", why_names[idle->why]);
    json_put_text_if(&j, "rule", idle->rule);
    json_put_text_if(&j, "text", idle->text);
    json_put_int(&j, "at", idle->at);
    json_end_object(&j);
    batch_doc(batch, DOC_INCOMING, key, body.p);
    idle->dirty = false;
}

void incoming_note(struct turn *turn, const struct group *group, bool told, enum incoming_why why,
                   const char *rule, const char *text)
{
    struct triage *triage = triage_of(turn_core(turn));
    size_t slot = slot_for(triage, group->fingerprint);
    struct idle *idle = &triage->idle[slot];
    if (idle->at && idle->fingerprint == group->fingerprint && idle->why == why && text_equal(idle->rule, rule))
        return;
    note_finish(idle);
    *idle = (struct idle){group->fingerprint, turn_now(turn), why, xstrdup(rule), xstrdup(text), true};
    if (told)
        write_slot(turn_batch(turn), slot, idle);
}

/* Groups that go on may push each other out all the time, so they do not write one by one. */
void incoming_flush(struct core *core, instant now)
{
    struct triage *triage = triage_of(core);
    struct turn *turn = NULL;
    for (size_t i = 0; i < INCOMING_GROUPS; i++) {
        if (!triage->idle[i].dirty)
            continue;
        turn = turn ? turn : turn_begin(core, now);
        write_slot(turn_batch(turn), i, &triage->idle[i]);
    }
    if (turn)
        turn_commit(turn, NULL, NULL);
}

static bool load_slot(void *ctx, const struct journal_doc *doc)
{
    struct triage *triage = ctx;
    size_t slot = strtoul(doc->key, NULL, 10);
    CLEANUP_JSON cJSON *json = NULL;
    if (slot >= INCOMING_GROUPS ||
        json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "incoming", &json, NULL))
        return true;
    struct idle *idle = &triage->idle[slot];
    note_finish(idle);
    if (fingerprint_parse(json_text_or(json, "fingerprint", ""), &idle->fingerprint, NULL))
        return true;
    for (int why = 0; why < INCOMING_WHYS; why++)
        idle->why =
            text_equal(why_names[why], json_text_or(json, "why", "")) ? (enum incoming_why)why : idle->why;
    idle->rule = xstrdup(json_text_or(json, "rule", NULL));
    idle->text = xstrdup(json_text_or(json, "text", NULL));
    idle->at = json_int_or(json, "at", doc->at);
    return true;
}

int incoming_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_INCOMING, .limit = INCOMING_GROUPS},
                        load_slot, triage_of(core), err);
}

/* ---- why, in words ---- */

struct telling {
    struct core *core;
    const struct incoming_reading *reading;
    const struct idle *idle;
    const struct group *group;
    struct str *out;
};

static void tell_until(const struct telling *t, instant until)
{
    str_add(t->out, " until ");
    when_format(until, t->reading->now, t->reading->zone, t->out);
}

static void tell_person(const struct telling *t, const char *id)
{
    const char *name = people_name(t->core, id);
    text_literal(name ? name : id ? id : "somebody", t->out);
}

/* False: it is not muted now. */
static bool tell_muted(const struct telling *t)
{
    char fingerprint[FINGERPRINT_TEXT];
    const struct mute *mute =
        mute_of(triage_of(t->core), fingerprint_format(t->group->fingerprint, fingerprint), &t->group->about,
                t->reading->now);
    if (!mute && !group_muted(t->group, t->reading->now))
        return false;
    str_add(t->out, "muted by ");
    if (mute)
        tell_person(t, mute->by);
    else
        str_markup(t->out, t->idle->rule ? "the rule at %s" : "a rule", t->idle->rule);
    tell_until(t, mute ? mute->until : t->group->care.muted_until);
    if (mute)
        str_markup(t->out, ": %s", mute->reason);
    return true;
}

/* "its incident INC-3 was declined by Ana: a blip" */
static void tell_ended(const struct telling *t)
{
    char name[INCIDENT_NAME];
    const struct incident *incident = sight_incident(t->core, t->group->care.incident, t->reading->viewer);
    if (!incident) {
        str_add(t->out, "its incident has ended");
        return;
    }
    struct ending ending = before_ending(t->core, incident->id);
    str_markup(t->out, "its incident %s was %s by ", incident_name(incident->id, name),
               status_name(incident->status));
    tell_person(t, ending.by);
    if (!text_empty(ending.reason))
        str_markup(t->out, ": %s", ending.reason);
    ending_finish(&ending);
}

static void tell_none(const struct telling *t)
{
    size_t before = t->out->len;
    str_add(t->out, "no rule matched");
    size_t said = t->out->len;
    policy_explain(core_policy(t->core), t->group, t->reading->now, t->out);
    if (t->out->len == said)
        return;
    CLEANUP_FREE char *why = xstrdup(t->out->p + said);
    t->out->len = before;
    str_addf(t->out, "no rule matched; %s", why);
}

static void tell_storm(const struct telling *t)
{
    char name[INCIDENT_NAME];
    str_markup(t->out, "part of a storm, gathered in %s", incident_name(t->group->care.incident, name));
    if (t->idle->text)
        str_markup(t->out, " (%s)", t->idle->text);
}

static void tell_why(const struct telling *t)
{
    const struct idle *idle = t->idle;
    if (t->group->grouping == GROUPING_FLOOD)
        str_markup(t->out, "a flood: what its source %s sends beyond its limit of new problems counts here; ",
                   t->group->about.origin);
    if (idle->why == INCOMING_ENDED)
        tell_ended(t);
    else if (idle->why == INCOMING_STORM)
        tell_storm(t);
    else if (tell_muted(t))
        return;
    else if (idle->why == INCOMING_NONE)
        tell_none(t);
    else if (idle->why == INCOMING_MUTED)
        str_markup(t->out, "%s, but that is over: its next alert is judged", idle->text ? idle->text : "muted");
    else if (idle->why == INCOMING_QUIET)
        str_markup(t->out, "kept quiet by the rule %s (%s)", idle->text ? idle->text : "", idle->rule);
    else
        text_literal(idle->text ? idle->text : "a rule failed", t->out);
}

/* ---- the list ---- */

struct looked_up {
    const struct idle *idle;
    const struct group *group; /* in memory, or `read` */
    struct group read;
};

static bool look_up(struct core *core, const struct idle *idle, struct looked_up *ret)
{
    ret->idle = idle;
    ret->group = groups_peek(core, idle->fingerprint, &ret->read);
    return ret->group != NULL;
}

/* Of those that were seen at the same time the higher fingerprint, so that a part of the list ends where the next one begins. */
static int newest_first(const void *a, const void *b)
{
    const struct looked_up *x = *(struct looked_up *const *)a, *y = *(struct looked_up *const *)b;
    if (x->group->times.last_seen != y->group->times.last_seen)
        return x->group->times.last_seen > y->group->times.last_seen ? -1 : 1;
    uint64_t a_print = x->group->fingerprint, b_print = y->group->fingerprint;
    return (a_print < b_print) - (a_print > b_print);
}

static bool has_words(const struct group *group, const char *words)
{
    return !words || strcasestr(group->about.title, words) || strcasestr(group->about.service, words) ||
           strcasestr(group->about.environment, words);
}

/* What an open incident has is no longer idle, unless that gathers a storm. */
static bool is_listed(struct core *core, const struct idle *idle, const struct group *group,
                      const struct incoming_reading *reading)
{
    const struct incident *incident = live_incident(core, group->care.incident);
    bool open = incident && status_is_open(incident->status);
    return open == (idle->why == INCOMING_STORM) && sight_group_visible(core, group, reading->viewer) &&
           has_words(group, reading->words);
}

static bool tell_row(struct core *core, const struct idle *idle, const struct group *group,
                     const struct incoming_reading *reading, incoming_on *on, void *ctx)
{
    CLEANUP_STR struct str reason = {0};
    tell_why(&(struct telling){core, reading, idle, group, &reason});
    return on(ctx, &(struct incoming){.group = group,
                                      .why = idle->why,
                                      .reason = str_text(&reason),
                                      .rule = idle->rule,
                                      .incident = group->care.incident,
                                      .can_open = idle->why != INCOMING_STORM});
}

void incoming_each(struct core *core, const struct incoming_reading *reading, incoming_on *on, void *ctx)
{
    const struct triage *triage = triage_of(core);
    CLEANUP_FREE struct looked_up *all = xcalloc(INCOMING_GROUPS, sizeof(*all));
    struct looked_up *listed[INCOMING_GROUPS];
    size_t n = 0;
    for (size_t i = 0; core_readable(core, NULL) && i < INCOMING_GROUPS; i++) {
        if (triage->idle[i].at && look_up(core, &triage->idle[i], &all[i]) &&
            is_listed(core, &triage->idle[i], all[i].group, reading))
            listed[n++] = &all[i];
    }
    qsort(listed, n, sizeof(listed[0]), newest_first);
    bool more = true;
    for (size_t i = 0; more && i < n; i++)
        more = tell_row(core, listed[i]->idle, listed[i]->group, reading, on, ctx);
    for (size_t i = 0; i < INCOMING_GROUPS; i++)
        group_finish(&all[i].read);
}

bool incoming_one(struct core *core, const struct incoming_reading *reading, const struct group *group,
                  incoming_on *on, void *ctx)
{
    const struct triage *triage = triage_of(core);
    for (size_t i = 0; core_readable(core, NULL) && i < INCOMING_GROUPS; i++) {
        const struct idle *idle = &triage->idle[i];
        if (!idle->at || idle->fingerprint != group->fingerprint || !is_listed(core, idle, group, reading))
            continue;
        tell_row(core, idle, group, reading, on, ctx);
        return true;
    }
    return false;
}
