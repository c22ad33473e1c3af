/* Connectors that come and go: up, down, held while their credentials are refused. */
#include <stdlib.h>

#include "base/log.h"
#include "delivery/delivery.h"
#include "delivery/state.h"

#define TROUBLE_EVERY (5 * MINUTE) /* reports a connector's trouble at most this often */

void delivery_tell(struct core *core, struct link *link, bool up, const char *reason, instant now)
{
    struct turn *turn = turn_begin(core, now);
    link->told = !up;
    link->told_at = up ? link->told_at : now;
    EACH_PART(core, part, delivery.connector)
    part->delivery.connector(turn, link->name, up, reason);
    turn_commit(turn, NULL, NULL);
}

/* Stops sending until a person fixes the credentials. Reported once, in the log and in every incident on that connector. */
void delivery_hold(struct core *core, const char *connector, const char *why, instant now)
{
    struct link *link = link_find(core, connector);
    if (!link || link->held)
        return;
    link->held = xstrdup(why ? why : "its credentials were refused");
    outbox_hold(core_outbox(core), connector, true);
    link->ask_at = now + ASK_SICK;
    log_at(LOG_ERROR, &(struct log_context){.connector = connector}, "nothing is sent until this is fixed: %s",
           link->held);
    delivery_tell(core, link, false, link->held, now);
}

static void release(struct core *core, struct link *link)
{
    outbox_hold(core_outbox(core), link->name, false);
    free(steal(link->held));
}

void delivery_wake(struct core *core)
{
    core_ops(core)->wake(core_ops(core)->ctx);
}

void delivery_mended(struct core *core, const char *connector, instant now)
{
    struct link *link = link_find(core, connector);
    if (!link || !link->held || !core_ready(core, NULL))
        return;
    release(core, link);
    delivery_tell(core, link, true, NULL, now);
    delivery_wake(core);
}

void delivery_connector(struct core *core, const char *connector, uint64_t can, bool up, const char *reason,
                        instant now)
{
    struct link *link = link_find(core, connector);
    bool known = link != NULL;
    if (!link_served(core, connector))
        return; /* it was removed, and ends */
    if (!known)
        link = link_add(delivery_of(core), connector);
    bool fell = known && !up && reason && !link->told, rose = known && !link->up && up && link->told;
    link->fails_to_start = !up && reason && !link->up;
    link->ask_at = up ? now : link->ask_at;
    link->up = up;
    link->can = can ? can : link->can;
    replace_text(&link->down, up ? NULL : reason);
    free(steal(link->deaf)); /* its process said so, and is gone */
    if (!core_ready(core, NULL))
        return;
    if (up)
        release(core, link);
    if ((fell && now - link->told_at > TROUBLE_EVERY) || rose)
        delivery_tell(core, link, up, up ? NULL : reason, now);
    delivery_wake(core);
}

void delivery_described(struct core *core, const char *connector, uint64_t can, int parallel)
{
    struct link *link = link_find(core, connector);
    if (!link)
        return;
    link->can = can;
    link->parallel = parallel;
    if (core_outbox(core))
        outbox_parallel(core_outbox(core), connector, parallel);
}
