/* What the policy answers is carried out here, and what is owed follows from each state. */
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "hub/internal.h"

#define REACTIONS_MOST 200 /* in one turn: scripts that answer each other end here */

struct reacting {
    struct turn *turn;
    const struct reaction *reaction;
    const struct incident *incident; /* NULL: none */
    struct str *
        refusals; /* a line for each thing that was refused, for who typed a team's command; NULL: nobody did */
};

void log_script(struct hub *hub, uint64_t incident, const char *where, const char *text)
{
    bool told = !incident || hub_incident(hub, incident, NULL);
    log_warn("policy: %s: %s", where ? where : "?",
             told ? text : "a failure in a private incident, which is told there");
}

static void report(struct turn *turn, uint64_t incident, const char *rule, const char *text)
{
    log_script(turn->hub, incident, rule, text);
    struct command command = {.verb = "script", .by = BY_RULE, .automatic = true, .text = text, .rule = rule};
    if (incident)
        turn_do(turn, incident, &command, NULL, NULL);
}

static void run_command(const struct reacting *r)
{
    const struct reaction *reaction = r->reaction;
    struct error err;
    struct command command = {.verb = reaction->verb,
                              .by = BY_RULE,
                              .automatic = true,
                              .text = reaction->text,
                              .name = reaction->name,
                              .value = reaction->value,
                              .rule = reaction->rule,
                              .until = reaction->until,
                              .flag = true};
    int rc = turn_do(r->turn, reaction->incident, &command, NULL, &err);
    if (rc && r->refusals)
        str_addf(r->refusals, "%s%s", r->refusals->len ? "\n" : "", err.text);
    else if (rc && rc != ERR_CONFLICT) /* what a script wants may be so already */
        report(r->turn, reaction->incident, reaction->rule, err.text);
}

static void run_say(const struct reacting *r)
{
    struct hub *hub = r->turn->hub;
    CLEANUP_FREE char *key = turn_key(r->turn);
    if (!r->reaction->channel) {
        hub_say_incident(r->turn, r->reaction->incident, key, NULL, r->reaction->text);
        return;
    }
    for (size_t i = 0; i < hub->links.n; i++) {
        struct place place = {.connector = hub->links.v[i].name, .channel = r->reaction->channel};
        hub_say(r->turn, &place, r->reaction->incident, key, NULL, r->reaction->text);
    }
}

static void run_announce(const struct reacting *r)
{
    if (r->incident)
        send_announcement(r->turn, r->incident, r->reaction->channel);
}

static void run_open(const struct reacting *r)
{
    if (r->incident)
        channels_open(r->turn, r->incident);
}

static void run_close(const struct reacting *r)
{
    if (r->incident)
        channels_archive(r->turn, r->incident);
}

static void let_in(struct turn *turn, const struct incident *incident, const char *whom)
{
    const struct person *person = hub_person_find(turn->hub, whom);
    struct command command = {.verb = "member", .by = BY_RULE, .automatic = true, .flag = true};
    if (!incident->private || !person)
        return;
    command.value = person->id;
    turn_do(turn, incident->id, &command, NULL, NULL);
}

void page_for(struct turn *turn, uint64_t incident, const char *whom, const char *text, const char *rule)
{
    struct command command = {
        .verb = "page", .by = BY_RULE, .automatic = true, .value = whom, .text = text, .rule = rule};
    if (turn_do(turn, incident, &command, NULL, NULL))
        return;
    const struct incident *about = turn_touch(turn, incident)->incident;
    const char *before = turn->rule;
    turn->rule = rule;
    let_in(turn, about, whom);
    send_page(turn, about, whom, text);
    turn->rule = before;
}

static void run_page(const struct reacting *r)
{
    if (r->incident)
        page_for(r->turn, r->reaction->incident, r->reaction->value, r->reaction->text, r->reaction->rule);
}

/* The answer to a team's command, which whoever runs it reads from the list. */
static void run_reply(const struct reacting *r)
{
    (void)r;
}

static void (*const runners[])(const struct reacting *) = {
    [REACTION_COMMAND] = run_command,     [REACTION_SAY] = run_say,
    [REACTION_ANNOUNCE] = run_announce,   [REACTION_OPEN_CHANNEL] = run_open,
    [REACTION_CLOSE_CHANNEL] = run_close, [REACTION_PAGE] = run_page,
    [REACTION_REPLY] = run_reply,
};

static void run(struct turn *turn, const reaction_list *reactions, struct str *refusals)
{
    for (size_t i = 0; i < reactions->n; i++) {
        const struct reaction *reaction = &reactions->v[i];
        if (++turn->reactions > REACTIONS_MOST) {
            if (turn->reactions == REACTIONS_MOST + 1)
                report(turn, reaction->incident, reaction->rule,
                       "scripts answered each other without end; stopped here");
            return;
        }
        struct live *live = reaction->incident ? turn_touch(turn, reaction->incident) : NULL;
        turn->rule = reaction->rule;
        runners[reaction->kind](&(struct reacting){turn, reaction, live ? live->incident : NULL, refusals});
        turn->rule = NULL;
    }
}

void react_run(struct turn *turn, const reaction_list *reactions)
{
    run(turn, reactions, NULL);
}

void turn_react(struct turn *turn, const reaction_list *reactions, struct str *refusals)
{
    run(turn, reactions, refusals);
}

/* What the hub itself does on an event, before the policy is asked: the map of channels, invitations. */
static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (event->type == EVENT_CHANNEL) {
        CLEANUP_FREE char *key = xasprintf("%s\x1f%s", event->name, event->value);
        CLEANUP_FREE char *number = xasprintf("%" PRIu64, incident->id);
        if (event->flag) {
            batch_doc(turn->batch, DOC_CHANNEL, key, number);
            channels_bookmark(turn, incident, event->name, event->value);
            if (!event->text) /* else it has another name, or is new: its topic stands */
                channels_back(turn, incident, event->name, event->value);
        }
    }
    if (event->type == EVENT_ALERT && event->flag) {
        CLEANUP_FREE char *key = xasprintf("%s\x1f%010" PRIu64, event->value, incident->id);
        batch_doc(turn->batch, DOC_ALERTED, key, "{}");
    }
    if (event->type == EVENT_PRIVATE && incident->private)
        channels_move_in(turn, incident);
    if (event->type == EVENT_MEMBER && event->flag)
        channels_invite(turn, incident, event);
    if (event->type == EVENT_MEMBER && !event->flag && incident->private)
        channels_put_out(turn, incident, event);
    if (event->type == EVENT_DRAFTED || event->type == EVENT_DRAFT_CARD || event->type == EVENT_APPROVED ||
        event->type == EVENT_DISCARDED)
        drafts_follow(turn, event, incident);
    if (event->type == EVENT_CUSTOMER)
        replies_follow(turn, event, incident);
    if (event->type == EVENT_STATUS || event->type == EVENT_SEVERITY || event->type == EVENT_ROLE ||
        event->type == EVENT_TITLED)
        channels_topic(turn, incident);
    if (event->type == EVENT_STATUS && !status_is_open(event->status))
        groups_incident_ended(turn, incident);
}

/* Shows each event once to the policy, in order; what it answers may add events, which are shown in their turn. */
void react_all(struct turn *turn)
{
    while (turn->reacted < turn->events.n) {
        struct event event = turn->events.v[turn->reacted++]; /* the list may move */
        struct live *live = event.incident ? turn_touch(turn, event.incident) : NULL;
        if (!live)
            continue;
        reaction_list reactions = {0};
        follow(turn, &event, live->incident);
        policy_react(turn->hub->policy, &event, live->incident, turn->now, &reactions);
        react_run(turn, &reactions);
        reaction_list_finish(&reactions);
    }
}

static bool is_in(const obligation_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->v[i].name, name) == 0)
            return true;
    }
    return false;
}

static void owe(struct turn *turn, uint64_t incident, const struct obligation *o, instant due)
{
    struct command command = {.verb = "owe",
                              .by = BY_RULE,
                              .automatic = true,
                              .name = o->name,
                              .text = o->text,
                              .rule = o->rule,
                              .until = due};
    turn_do(turn, incident, &command, NULL, NULL);
}

static void meet(struct turn *turn, uint64_t incident, const char *name)
{
    CLEANUP_FREE char *copy = xstrdup(name);
    turn_do(turn, incident, &(struct command){.verb = "meet", .by = BY_RULE, .automatic = true, .name = copy},
            NULL, NULL);
}

/*
 * Compares what is owed with what the policy says is owed in this state. One that was missed repeats by itself (see
 * react_missed), until what it waits for has happened: then its due time lies ahead again.
 */
void react_owed(struct turn *turn, struct live *live)
{
    const struct incident *incident = live->incident;
    obligation_list list = {0};
    if (incident->version)
        policy_obligations(turn->hub->policy, incident, turn->now, &list);
    for (size_t i = incident->owed.n; i-- > 0;) {
        if (!is_in(&list, incident->owed.v[i].name))
            meet(turn, incident->id, incident->owed.v[i].name);
    }
    for (size_t i = 0; i < list.n; i++) {
        const struct state_owed *owed = incident_owes(incident, list.v[i].name);
        if (owed && owed->missed && list.v[i].due <= turn->now)
            continue;
        if (owed && owed->missed)
            meet(turn, incident->id, list.v[i].name);
        owe(turn, incident->id, &list.v[i], list.v[i].due);
    }
    obligation_list_finish(&list);
}

void react_missed(struct turn *turn, uint64_t id, const char *name, instant due)
{
    struct live *live = turn_touch(turn, id);
    const struct state_owed *owed = live ? incident_owes(live->incident, name) : NULL;
    if (!owed)
        return;
    obligation_list list = {0};
    reaction_list reactions = {0};
    CLEANUP_FREE char *text = xstrdup(owed->text);
    struct command miss = {
        .verb = "miss", .by = BY_CLOCK, .automatic = true, .name = name, .text = text, .until = due};
    turn_do(turn, id, &miss, NULL, NULL);
    policy_missed(turn->hub->policy, name, live->incident, turn->now, &reactions);
    react_run(turn, &reactions);
    policy_obligations(turn->hub->policy, live->incident, turn->now, &list);
    for (size_t i = 0; i < list.n; i++) {
        if (strcmp(list.v[i].name, name) == 0)
            owe(turn, id, &list.v[i], turn->now + MAX(list.v[i].every, MINUTE));
    }
    reaction_list_finish(&reactions);
    obligation_list_finish(&list);
}
