/* What an agent of a desk publicly answered a customer: the incident's people read it as the agent's. It is no answer of the customer,
   and our own message to them is still due. */
#include "base/markup.h"
#include "comms/comms.h"
#include "comms/inside.h"
#include "comms/touched.h"
#include "customers/customers.h"
#include "rooms/rooms.h"
#include "turn/live.h"

struct agents_words {
    struct turn *turn;
    const struct reply *reply;
};

static void add_words(const struct agents_words *a, const struct incident *incident, struct str *out)
{
    const struct reply *reply = a->reply;
    const struct customer *record = customers_get(turn_core(a->turn), reply->customer);
    const char *who = text_empty(reply->who) ? "An agent" : reply->who;
    str_markup(out, "**%s answered %s**", who,
               recipient_name(incident, &(struct recipient){reply->customer, record}));
    if (!text_empty(reply->where))
        str_markup(out, " in %s", reply->where);
    str_add(out, ", as support:\n");
    text_literal(reply->text, out);
    if (reply->link) {
        str_addc(out, '\n');
        text_address(reply->link, out);
    }
}

static bool show(void *ctx, const struct incident *incident)
{
    const struct agents_words *a = ctx;
    CLEANUP_FREE char *by = xasprintf("connector/%s", a->reply->connector), *key = turn_key(a->turn);
    CLEANUP_STR struct str text = {0};
    add_words(a, incident, &text);
    struct command command = {.verb = "note", .by = by, .automatic = true, .text = text.p};
    if (!turn_do(a->turn, incident->id, &command, NULL, NULL))
        rooms_say_incident(a->turn, incident->id, key, NULL, text.p);
    return true;
}

void comms_agent_replied(struct turn *turn, const struct reply *reply)
{
    struct core *core = turn_core(turn);
    struct agents_words a = {turn, reply};
    const struct incident *incident = live_incident(core, reply->incident);
    const struct customer *record = customers_get(core, reply->customer);
    if (reply->change != REPLY_NEW)
        return;
    if (incident && status_is_open(incident->status))
        show(&a, incident);
    else
        comms_affecting(core, record ? record->key : reply->customer, show, &a);
}
