/* An incident that is paused for a customer wakes when they answer. */
#include "base/markup.h"
#include "comms/comms.h"
#include "comms/inside.h"
#include "customers/customers.h"
#include "react/react.h"

void waiting_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    const struct core *core = turn_core(turn);
    const char *awaited = incident->pause.customer;
    if (!awaited || !event->flag)
        return;
    const struct customer *record = customers_get(core, awaited);
    if (!text_equal_nocase(awaited, event->name) && !(record && customers_get(core, event->name) == record))
        return;
    CLEANUP_FREE char *why = xasprintf("%s answered, so the pause is over",
                                       record ? customer_name(record) : comms_customer_name(incident, awaited));
    react_resume(turn, incident->id, BY_SYSTEM, why);
}
