/* A duplicate is merged into another incident, which takes over everything. */
#include <stdlib.h>
#include <string.h>

#include "people/people.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "triage/inside.h"
#include "triage/triage.h"
#include "turn/live.h"

static int do_one(struct turn *turn, uint64_t incident, const struct command *command,
                  const struct incident *other, struct error *err)
{
    struct command with = *command;
    with.other = other ? other : command->other;
    return turn_do(turn, incident, &with, NULL, err);
}

void merge_tell(struct turn *turn, uint64_t incident, const char *before, uint64_t other, const char *after)
{
    char name[INCIDENT_NAME];
    if (!sight_readers_see(turn_core(turn), turn_incident(turn, incident), other))
        return;
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str text = {0};
    str_addf(&text, "%s%s%s.", before, incident_name(other, name), after);
    rooms_say_incident(turn, incident, key, NULL, text.p);
}

void merge_move_alert(struct turn *turn, uint64_t from, uint64_t to, const struct state_alert *alert)
{
    CLEANUP_FREE char *fingerprint = xstrdup(alert->fingerprint), *title = xstrdup(alert->title);
    struct command away = {
        .verb = "alert", .by = BY_RULE, .automatic = true, .value = fingerprint, .text = title};
    struct command here = away;
    here.flag = true;
    here.count = alert->count;
    bool resolved = alert->resolved;
    turn_do(turn, from, &away, NULL, NULL);
    turn_do(turn, to, &here, NULL, NULL);
    if (resolved) {
        here.verb = "alert_state";
        here.name = "resolved";
        turn_do(turn, to, &here, NULL, NULL);
    }
    struct group *group = triage_group(turn_core(turn), fingerprint, turn_now(turn));
    if (group)
        groups_give(turn, group, to);
}

void merge_move_channel(struct turn *turn, uint64_t from, uint64_t to, const struct state_channel *channel)
{
    CLEANUP_FREE char *connector = xstrdup(channel->connector), *id = xstrdup(channel->channel),
                      *name = xstrdup(channel->name);
    struct command move = {.verb = "channel",
                           .by = BY_RULE,
                           .automatic = true,
                           .name = connector,
                           .value = id,
                           .text = name,
                           .count = channel->private};
    struct command away = move;
    away.count = 0;
    move.flag = true;
    turn_do(turn, from, &away, NULL, NULL);
    turn_do(turn, to, &move, NULL, NULL);
}

/* Members of a public incident do not become members of a private one. */
static void move_people(struct turn *turn, const struct incident *from, const struct incident *to)
{
    for (size_t i = 0; i < from->affected.customers.n; i++) {
        const struct state_customer *c = &from->affected.customers.v[i];
        do_one(turn, to->id,
               &(struct command){
                   .verb = "customer", .by = BY_RULE, .name = c->key, .text = c->name, .count = c->count},
               NULL, NULL);
    }
    if (to->private && !from->private)
        return;
    for (size_t i = 0; i < from->people.members.n; i++)
        do_one(turn, to->id,
               &(struct command){.verb = "member",
                                 .by = BY_RULE,
                                 .automatic = true,
                                 .value = from->people.members.v[i],
                                 .flag = true},
               NULL, NULL);
    while (from->places.channels.n)
        merge_move_channel(turn, from->id, to->id, &from->places.channels.v[0]);
}

/* Roles that nobody has in the surviving incident are taken over. */
static void move_roles(struct turn *turn, const struct incident *from, const struct incident *to)
{
    for (size_t i = 0; i < from->people.roles.n; i++) {
        const struct state_role *held = &from->people.roles.v[i];
        bool may = !to->private || people_member(turn_core(turn), to, held->person);
        if (may && !incident_role(to, held->role))
            do_one(turn, to->id,
                   &(struct command){.verb = "role",
                                     .by = BY_RULE,
                                     .automatic = true,
                                     .name = held->role,
                                     .value = held->person},
                   NULL, NULL);
    }
}

static const struct state_draft *waiting_draft(const struct incident *incident)
{
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        if (incident->comms.drafts.v[i].state == DRAFT_WAITING)
            return &incident->comms.drafts.v[i];
    }
    return NULL;
}

/* Takes over links, and drafts that wait for approval. */
static void move_links_and_drafts(struct turn *turn, const struct incident *from, const struct incident *to,
                                  const char *by)
{
    const struct state_draft *draft;
    for (size_t i = 0; i < from->places.links.n; i++)
        do_one(turn, to->id,
               &(struct command){.verb = "link",
                                 .by = BY_RULE,
                                 .automatic = true,
                                 .value = from->places.links.v[i].url,
                                 .text = from->places.links.v[i].label},
               NULL, NULL);
    while ((draft = waiting_draft(from))) {
        struct state_draft copy = {.customer = xstrdup(draft->customer),
                                   .text = xstrdup(draft->text),
                                   .by = xstrdup(draft->by),
                                   .languages = xstrdup(draft->languages),
                                   .post = xstrdup(draft->post),
                                   .number = draft->number};
        struct command discard = {.verb = "discard", .by = by, .automatic = true, .count = copy.number};
        struct command again = {.verb = "tell",
                                .by = copy.by,
                                .automatic = true,
                                .name = copy.customer,
                                .text = copy.text,
                                .data = copy.languages,
                                .value = copy.post};
        int rc = do_one(turn, to->id, &again, NULL, NULL);
        if (copy.post)
            rc = 0; /* one post waits at a time: that of the survivor */
        rc = rc ? rc : do_one(turn, from->id, &discard, NULL, NULL);
        free(copy.customer);
        free(copy.text);
        free(copy.by);
        free(copy.languages);
        free(copy.post);
        if (rc)
            return;
    }
}

/* Without a kind of its own it is of the kind of what it includes. */
static void keep_kind(struct turn *turn, const struct incident *from, const struct incident *to, const char *by)
{
    if (from->sort.kind && !to->sort.kind)
        do_one(turn, to->id, &(struct command){.verb = "kind", .by = by, .name = from->sort.kind}, NULL, NULL);
}

/* The survivor becomes at least as severe. */
static void keep_severity(struct turn *turn, const struct incident *from, const struct incident *to,
                          const char *by)
{
    if (live_severity_rank(turn_core(turn), from->severity, 0) >
        live_severity_rank(turn_core(turn), to->severity, 0))
        do_one(turn, to->id, &(struct command){.verb = "sev", .by = by, .name = from->severity}, NULL, NULL);
}

static void move_on(struct turn *turn, const struct incident *to, const char *verb, const char *by)
{
    do_one(turn, to->id, &(struct command){.verb = verb, .by = by, .automatic = true}, NULL, NULL);
}

/* Only what nobody worked on is paused like the duplicate. Who paused that one is told when the pause ends, if they may see it. */
static void keep_pause(struct turn *turn, const struct incident *from, const struct incident *to,
                       const char *by)
{
    const char *paused_by = from->pause.by;
    bool may = paused_by && (!to->private || people_member(turn_core(turn), to, paused_by));
    if (from->pause.until > turn_now(turn))
        do_one(turn, to->id,
               &(struct command){.verb = "pause",
                                 .by = may ? paused_by : by,
                                 .automatic = true,
                                 .text = from->pause.reason,
                                 .name = from->pause.customer,
                                 .until = from->pause.until},
               NULL, NULL);
}

/* The survivor goes on from where the work on either of them was, never back: it leaves triage with a duplicate that was accepted,
   and its pause with one that people work on. What is monitored says nothing about the survivor's own problem. */
static void keep_work(struct turn *turn, const struct incident *from, const struct incident *to, const char *by)
{
    enum status was = from->entries.n > 1 ? from->entries.v[from->entries.n - 2].status : STATUS_NONE;
    enum status reached = was == STATUS_PAUSED ? from->pause.before : was;
    bool triage = to->status == STATUS_TRIAGE;
    if (triage && (status_is_active(was) || was == STATUS_PAUSED))
        move_on(turn, to, "accept", by);
    if (to->status == STATUS_PAUSED && status_is_active(was))
        move_on(turn, to, "resume", by);
    if (to->status == STATUS_INVESTIGATING && (reached == STATUS_FIXING || reached == STATUS_MONITORING))
        move_on(turn, to, "fix", by);
    if (triage && was == STATUS_PAUSED)
        keep_pause(turn, from, to, by);
}

/* Moves alerts, channels, people and customers to the survivor, and says so in both. */
static void merge(struct turn *turn, const struct incident *from, uint64_t into, const char *by)
{
    const struct incident *survivor = turn_incident(turn, into);
    struct command merged = {.verb = "merged_in", .by = by, .other = from};
    turn_do(turn, into, &merged, NULL, NULL);
    keep_severity(turn, from, survivor, by);
    keep_kind(turn, from, survivor, by);
    merge_tell(turn, from->id, "This incident continues in ", into, "");
    while (from->affected.alerts.n)
        merge_move_alert(turn, from->id, into, &from->affected.alerts.v[0]);
    move_people(turn, from, survivor);
    move_roles(turn, from, survivor);
    move_links_and_drafts(turn, from, survivor, by);
    keep_work(turn, from, survivor, by);
    merge_tell(turn, into, "This incident now includes ", from->id, "");
}

void merge_folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (event->type == EVENT_STATUS && event->status == STATUS_MERGED)
        merge(turn, incident, event->other, event->by);
}
