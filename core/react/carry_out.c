/* Carries out what scripts request, in the same turn. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "delivery/link.h"
#include "paging/paging.h"
#include "react/inside.h"
#include "react/react.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "turn/live.h"

#define REACTIONS_MOST 200 /* in one turn */
#define CHAIN_MOST     20  /* events that follow from one; stops scripts that keep triggering each other */

struct reacting {
    struct turn *turn;
    const struct reaction *reaction;
    const struct incident *incident; /* NULL: none */
    struct str *refusals; /* a line for each refusal, for whoever typed a team's command; NULL: nobody did */
};

void react_log(struct core *core, uint64_t incident, const char *where, const char *text)
{
    bool told = !incident || sight_incident(core, incident, NULL);
    log_warn("policy: %s: %s", where ? where : "?",
             told ? text : "failed in a private incident, which has the details");
}

static void report(struct turn *turn, uint64_t incident, const char *rule, const char *text)
{
    react_log(turn_core(turn), incident, rule, text);
    struct command command = {.verb = "script", .by = BY_RULE, .automatic = true, .text = text, .rule = rule};
    if (incident)
        turn_do(turn, incident, &command, NULL, NULL);
}

static void report_endless(struct turn *turn, const struct reaction *last, int most, const char *of)
{
    CLEANUP_FREE char *text = xasprintf("stopped after %d %s: scripts keep triggering each other", most, of);
    report(turn, last->incident, last->rule, text);
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
    else if (rc && rc != ERR_CONFLICT) /* not a failure: it may be so already */
        report(r->turn, reaction->incident, reaction->rule, err.text);
}

static void run_say(const struct reacting *r)
{
    struct core *core = turn_core(r->turn);
    CLEANUP_FREE char *key = turn_key(r->turn);
    if (!r->reaction->channel) {
        rooms_say_incident(r->turn, r->reaction->incident, key, NULL, r->reaction->text);
        return;
    }
    for (size_t i = 0; i < links(core)->n; i++) {
        struct place place = {.connector = links(core)->v[i].name, .channel = r->reaction->channel};
        rooms_say(r->turn, &place, r->reaction->incident, key, NULL, r->reaction->text);
    }
}

void react_page(struct turn *turn, uint64_t incident, const struct paging *paging)
{
    struct command command = {.verb = "page",
                              .by = BY_RULE,
                              .automatic = true,
                              .value = paging->whom,
                              .text = paging->why ? paging->why : paging->text,
                              .rule = paging->rule};
    if (turn_do(turn, incident, &command, NULL, NULL))
        return;
    const char *before = turn_set_rule(turn, paging->rule);
    paging_begin(turn, incident,
                 &(struct paging_wish){.whom = paging->whom, .text = paging->text, .rule = paging->rule});
    turn_set_rule(turn, before);
}

static void run_announce(const struct reacting *r)
{
    const struct reaction *reaction = r->reaction;
    if (!r->incident || rooms_announce(r->turn, r->incident, reaction->channel) || !reaction->value)
        return;
    const struct incident *now = turn_incident(r->turn, reaction->incident);
    if (!now->people.pages.last) /* else somebody was paged for it already */
        react_page(
            r->turn, reaction->incident,
            &(struct paging){reaction->value, "It could not be announced anywhere.", NULL, reaction->rule});
}

static void run_open(const struct reacting *r)
{
    const char *connector = r->reaction->name;
    if (!r->incident)
        return;
    if (!connector) {
        rooms_open(r->turn, r->incident);
    } else if (!link_known(turn_core(r->turn), connector)) {
        CLEANUP_FREE char *text =
            xasprintf("no channel was opened on '%s': there is no such connector", connector);
        report(r->turn, r->reaction->incident, r->reaction->rule, text);
    } else if (!place_own(r->incident, connector) &&
               !rooms_opening(turn_core(r->turn), r->incident, connector)) {
        rooms_open_on(r->turn, r->incident, connector);
    }
}

static void run_close(const struct reacting *r)
{
    if (r->incident)
        rooms_archive(r->turn, r->incident);
}

static void run_page(const struct reacting *r)
{
    if (r->incident)
        react_page(r->turn, r->reaction->incident,
                   &(struct paging){r->reaction->value, r->reaction->text, NULL, r->reaction->rule});
}

static void run_nudge(const struct reacting *r)
{
    CLEANUP_FREE char *key = turn_key(r->turn);
    rooms_nudge(r->turn, r->reaction->incident, r->reaction->value, key, r->reaction->text);
}

/* Nothing to do: the caller reads the answer to a team's command from the list. */
static void run_reply(const struct reacting *r)
{
    (void)r;
}

static void (*const runners[])(const struct reacting *) = {
    [REACTION_COMMAND] = run_command,     [REACTION_SAY] = run_say,
    [REACTION_ANNOUNCE] = run_announce,   [REACTION_OPEN_CHANNEL] = run_open,
    [REACTION_CLOSE_CHANNEL] = run_close, [REACTION_PAGE] = run_page,
    [REACTION_NUDGE] = run_nudge,         [REACTION_REPLY] = run_reply,
};

static struct react *of_this_turn(struct turn *turn)
{
    struct react *react = react_of(turn_core(turn));
    if (react->turn != turn_number(turn)) {
        react->carried_out = 0;
        react->chains.n = 0;
    }
    react->turn = turn_number(turn);
    return react;
}

/* False: it is one too many. */
static bool carry_out(struct turn *turn, const struct reaction *reaction, struct str *refusals)
{
    struct react *react = of_this_turn(turn);
    if (++react->carried_out > REACTIONS_MOST) {
        if (react->carried_out == REACTIONS_MOST + 1)
            report_endless(turn, reaction, REACTIONS_MOST, "reactions in one turn");
        return false;
    }
    const struct incident *incident = turn_incident(turn, reaction->incident);
    turn_set_rule(turn, reaction->rule);
    runners[reaction->kind](&(struct reacting){turn, reaction, incident, refusals});
    turn_set_rule(turn, NULL);
    return true;
}

void react_carry_out(struct turn *turn, const reaction_list *reactions, struct str *refusals)
{
    bool more = true;
    for (size_t i = 0; more && i < reactions->n; i++)
        more = carry_out(turn, &reactions->v[i], refusals);
}

/* ---- chains ---- */

/* Events that were added since, by others, begin chains of their own. */
static void add_chains(struct react *react, size_t n)
{
    while (react->chains.n < n) {
        size_t first = react->chains.n;
        *array_add(&react->chains) = (struct chain){.first = first};
    }
}

static void join(struct react *react, size_t n, size_t first)
{
    while (react->chains.n < n) {
        *array_add(&react->chains) = (struct chain){.first = first};
        react->chains.v[first].added++;
    }
}

void react_to_event(struct turn *turn, const reaction_list *reactions)
{
    struct react *react = of_this_turn(turn);
    add_chains(react, turn_event_count(turn));
    size_t first = react->chains.v[turn_following(turn)].first;
    bool more = true;
    for (size_t i = 0; more && i < reactions->n; i++) {
        unsigned added = react->chains.v[first].added;
        if (added < CHAIN_MOST)
            more = carry_out(turn, &reactions->v[i], NULL);
        else if (added == CHAIN_MOST)
            report_endless(turn, &reactions->v[i], CHAIN_MOST, "events that follow from one by reactions");
        join(react, turn_event_count(turn), first);
        react->chains.v[first].added += added == CHAIN_MOST;
        more = more && added < CHAIN_MOST;
    }
}
