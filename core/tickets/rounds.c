/* What concerns all tickets of an incident goes to them in rounds, some at a time, so that no turn is long. A document says that a
   round is due, so that it is begun again after a restart. */
#include <inttypes.h>

#include "tickets/inside.h"
#include "turn/live.h"

#define AT_ONCE 100 /* tickets that one turn visits */

static struct round *find(struct tickets *tickets, uint64_t incident)
{
    for (size_t i = 0; i < tickets->rounds.n; i++) {
        if (tickets->rounds.v[i].incident == incident)
            return &tickets->rounds.v[i];
    }
    return NULL;
}

void round_begin(struct turn *turn, uint64_t incident)
{
    struct core *core = turn_core(turn);
    struct tickets *tickets = tickets_state(core);
    struct round *round = find(tickets, incident);
    CLEANUP_FREE char *key = xasprintf("%010" PRIu64, incident);
    batch_doc(turn_batch(turn), DOC_TICKET_ROUND, key, "{}");
    if (!round)
        *(round = array_add(&tickets->rounds)) = (struct round){.incident = incident};
    round->again = round->after != NULL;
    round->turn = turn_number(turn);
    core_due(core, turn_now(turn));
}

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    struct tickets *tickets = ctx;
    *array_add(&tickets->rounds) = (struct round){.incident = strtoull(doc->key, NULL, 10)};
    return true;
}

int rounds_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_TICKET_ROUND}, load_one,
                        tickets_state(core), err);
}

void rounds_finish(struct tickets *tickets)
{
    for (size_t i = 0; i < tickets->rounds.n; i++)
        free(tickets->rounds.v[i].after);
    array_free(&tickets->rounds);
}

struct visiting {
    struct turn *turn;
    uint64_t incident;
    char *last;
    size_t n;
};

static bool visit(void *ctx, const struct ticket *ticket)
{
    struct visiting *visiting = ctx;
    struct ticket own;
    visiting->n++;
    free(visiting->last);
    visiting->last = ticket_key(ticket);
    ticket_copy(&own, ticket);
    if (!merges_settle(visiting->turn, turn_incident(visiting->turn, visiting->incident), &own))
        settle(visiting->turn, turn_incident(visiting->turn, visiting->incident), &own);
    ticket_finish(&own);
    return true;
}

static void end(struct turn *turn, struct tickets *tickets, uint64_t incident)
{
    CLEANUP_FREE char *key = xasprintf("%010" PRIu64, incident);
    struct round *round = find(tickets, incident);
    free(steal(round->after));
    if (round->again) {
        round->again = false;
        return;
    }
    batch_doc(turn_batch(turn), DOC_TICKET_ROUND, key, NULL);
    array_remove(&tickets->rounds, (size_t)(round - tickets->rounds.v));
}

static void step(struct core *core, uint64_t incident, instant now)
{
    struct tickets *tickets = tickets_state(core);
    struct turn *turn = turn_begin(core, now);
    struct visiting visiting = {.turn = turn, .incident = incident};
    CLEANUP_FREE char *after = xstrdup(find(tickets, incident)->after);
    if (turn_incident(turn, incident))
        tickets_each(core, incident, after, AT_ONCE, visit, &visiting);
    if (visiting.n == AT_ONCE)
        replace_text(&find(tickets, incident)->after, visiting.last);
    else
        end(turn, tickets, incident);
    free(visiting.last);
    turn_commit(turn, NULL, NULL);
}

instant rounds_tick(struct core *core, instant now)
{
    struct tickets *tickets = tickets_state(core);
    for (size_t i = tickets->rounds.n; i-- > 0 && core_ready(core, NULL);) {
        if (turn_is_reported(core, tickets->rounds.v[i].turn))
            step(core, tickets->rounds.v[i].incident, now);
    }
    return tickets->rounds.n ? now + SECOND / 50 : 0;
}
