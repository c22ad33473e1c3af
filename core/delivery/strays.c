/* Connectors that are removed from the configuration, and what waited for them. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "delivery/delivery.h"
#include "delivery/state.h"
#include "delivery/words.h"

struct stray { /* an action whose connector is not configured */
    uint64_t id, incident;
    char *connector, *kind;
};
typedef ARRAY(struct stray) stray_list;

struct search {
    struct core *core;
    stray_list strays;
};

static bool take_stray(void *ctx, const struct action *action)
{
    struct search *search = ctx;
    if (!link_served(search->core, action->connector))
        *array_add(&search->strays) =
            (struct stray){action->id, action->incident, xstrdup(action->connector), xstrdup(action->kind)};
    return true;
}

/* By connector, incident and kind, so that what is told together stands together. */
static int in_order(const void *a, const void *b)
{
    const struct stray *x = a, *y = b;
    int by_connector = strcmp(x->connector, y->connector);
    if (by_connector)
        return by_connector;
    return x->incident != y->incident ? (x->incident < y->incident ? -1 : 1) : strcmp(x->kind, y->kind);
}

static bool is_told_with(const struct stray *a, const struct stray *b)
{
    return a->incident == b->incident && text_equal(a->connector, b->connector);
}

/* "post a message (3 times), update a card" */
static void say_what(const struct stray *strays, size_t n, struct str *out)
{
    for (size_t i = 0, same; i < n; i += same) {
        for (same = 1; i + same < n && text_equal(strays[i].kind, strays[i + same].kind);)
            same++;
        str_addf(out, "%s%s", i ? ", " : "", words_to_do(strays[i].kind));
        if (same > 1)
            str_addf(out, " (%zu times)", same);
    }
}

/* Drops n actions that are told together. */
static void drop(struct turn *turn, const struct stray *strays, size_t n)
{
    struct core *core = turn_core(turn);
    CLEANUP_STR struct str what = {0};
    for (size_t i = 0; i < n; i++)
        outbox_withdraw(core_outbox(core), strays[i].id, turn_batch(turn));
    say_what(strays, n, &what);
    log_at(LOG_WARN, &(struct log_context){.connector = strays->connector},
           "it was removed from the configuration; dropped what waited for it: %s", what.p);
    EACH_PART(core, part, delivery.dropped)
    part->delivery.dropped(turn, strays->connector, strays->incident, n, what.p);
}

static void drop_all(struct core *core, const stray_list *strays, instant now)
{
    struct turn *turn = turn_begin(core, now);
    for (size_t i = 0, n; i < strays->n; i += n) {
        for (n = 1; i + n < strays->n && is_told_with(&strays->v[i], &strays->v[i + n]);)
            n++;
        drop(turn, &strays->v[i], n);
    }
    turn_covers_actions(turn);
    turn_commit(turn, NULL, NULL);
}

void delivery_add(struct core *core, const char *connector)
{
    if (!link_known(core, connector))
        link_add(delivery_of(core), connector);
}

void delivery_remove(struct core *core, const char *connector)
{
    link_remove(core, connector);
}

void delivery_configured(struct core *core, instant now)
{
    struct search search = {.core = core};
    delivery_of(core)->complete = true;
    if (!core_ready(core, NULL))
        return; /* the journal cannot be written: they go at the next reload or start */
    outbox_each(core_outbox(core), take_stray, &search);
    if (search.strays.n) {
        qsort(search.strays.v, search.strays.n, sizeof(*search.strays.v), in_order);
        drop_all(core, &search.strays, now);
    }
    for (size_t i = 0; i < search.strays.n; i++) {
        free(search.strays.v[i].connector);
        free(search.strays.v[i].kind);
    }
    array_free(&search.strays);
}
