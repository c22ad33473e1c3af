/*
 * Whether the platform of a connector can be reached, as the outcomes of its actions, its own reports and regular checks tell; and
 * whether its credentials are OK and announcements can be posted there.
 */
#include <stdlib.h>

#include <tocsin/connector.h>

#include "base/log.h"
#include "delivery/delivery.h"
#include "delivery/state.h"

#define ASK_EVERY    (10 * MINUTE) /* while nothing is wrong */
#define FAILURES     2             /* in a row, and over this span, before it counts as unreachable */
#define FAILING_LONG (5 * SECOND)

static void log_link(enum log_level level, const struct link *link, const char *what, const char *why)
{
    log_at(level, &(struct log_context){.connector = link->name}, "%s: %s", what, why);
}

/* ---- unreachable ---- */

/* NULL: it answers again. */
static void set_silent(struct core *core, struct link *link, const char *why, instant since, instant now)
{
    bool news = !link->silent != !why;
    replace_text(&link->silent, why);
    if (!news)
        return;
    link->unreachable_since = why ? since : 0;
    link->ask_at = now + (why ? ASK_SICK : ASK_EVERY);
    if (why)
        log_link(LOG_WARN, link, "the platform does not answer", why);
    else
        log_at(LOG_INFO, &(struct log_context){.connector = link->name}, "the platform answers again");
    if (!why == link->told)
        delivery_tell(core, link, !why, why, now);
}

void health_outcome(struct core *core, const char *connector, const struct outbox_outcome *outcome, instant now)
{
    struct link *link = link_find(core, connector);
    bool failed =
        (outcome->code == TOCSIN_RETRY && outcome->retry_after <= 0) || outcome->code == TOCSIN_UNKNOWN;
    if (!link || !link->up)
        return; /* what a dying process leaves behind says nothing about the platform */
    if (!failed) {
        link->failures = 0;
        set_silent(core, link, NULL, 0, now);
        return;
    }
    link->failing_since = link->failures++ ? link->failing_since : now;
    if (link->failures >= FAILURES && now - link->failing_since >= FAILING_LONG)
        set_silent(core, link, outcome->detail ? outcome->detail : "it gave no reason", link->failing_since,
                   now);
}

void delivery_health(struct core *core, const char *connector, const char *why, instant now)
{
    struct link *link = link_find(core, connector);
    if (!link || !link->deaf == !why)
        return;
    replace_text(&link->deaf, why);
    link->unreachable_since = why && !link->silent ? now : link->unreachable_since;
    if (why)
        log_link(LOG_WARN, link, "the platform is unreachable", why);
    if (core_ready(core, NULL) && !why == link->told && !link->silent)
        delivery_tell(core, link, !why, why, now);
}

/* ---- checks ---- */

static void take_channel(struct core *core, struct link *link, const char *why, instant now)
{
    if (!link_set_unannounced(core, link->name, why) || !why)
        return;
    struct turn *turn = turn_begin(core, now);
    EACH_PART(core, part, delivery.unannounced)
    part->delivery.unannounced(turn, link->name, why);
    turn_commit(turn, NULL, NULL);
}

void delivery_checked(struct core *core, const char *connector, const struct delivery_check *check, instant now)
{
    struct link *link = link_find(core, connector);
    if (!link || !link->up || !core_ready(core, NULL))
        return;
    if (check->code == TOCSIN_E_AUTH) {
        delivery_hold(core, connector, check->text, now);
    } else if (check->code) {
        set_silent(core, link, check->text, now, now);
    } else {
        link->failures = 0;
        set_silent(core, link, NULL, 0, now);
        delivery_mended(core, connector, now);
        take_channel(core, link, check->channel, now);
    }
}

instant health_ask(struct core *core, instant now)
{
    const struct core_ops *ops = core_ops(core);
    link_list *all = &delivery_of(core)->links;
    instant next = 0;
    for (size_t i = 0; i < all->n; i++) {
        struct link *link = &all->v[i];
        if (!link->up || !ops->check)
            continue;
        if (link->ask_at <= now) {
            link->ask_at = now + (link->held || link->silent ? ASK_SICK : ASK_EVERY);
            ops->check(ops->ctx, link->name);
        }
        next = instant_earlier(next, link->ask_at);
    }
    return next;
}
