/* A customer asks for no more messages: a wish in the directory, which people read of and can take back. */
#include "base/markup.h"
#include "comms/comms.h"
#include "comms/inside.h"
#include "customers/customers.h"
#include "rooms/rooms.h"
#include "turn/live.h"

/* By the key that the connector gives, or by the address. The caller finishes it. False: nobody knows who that is. */
static bool customer_of(const struct core *core, const struct unsubscription *u, struct customer *ret)
{
    const struct customer *known = u->customer ? customers_get(core, u->customer) : NULL;
    known = known ? known : customers_of_email(core, u->address);
    *ret = (struct customer){0};
    if (known)
        customer_copy(ret, known);
    else if (u->customer)
        ret->key = xstrdup(u->customer);
    return known || u->customer;
}

/* False: that could not be set. */
static bool set_wish(struct turn *turn, const struct unsubscription *u, struct customer *customer)
{
    CLEANUP_FREE char *by = xasprintf("connector/%s", u->connector);
    struct error err;
    if (customer->wish == WISH_NO_CONTACT)
        return true;
    customer->wish = WISH_NO_CONTACT;
    return customers_set(turn, by, customer, &err) == 0;
}

static void add_text(const struct unsubscription *u, const struct customer *customer, bool set, struct str *out)
{
    CLEANUP_FREE char *key = customer->key ? text_typed(customer->key) : NULL;
    str_markup(out, "**%s unsubscribed from our messages**",
               customer->key ? customer_name(customer) : u->address);
    if (customer->key)
        str_markup(out, " (%s)", u->address);
    if (set && key)
        str_markup(
            out,
            ". They now wish no contact, so nothing more is sent to them. If that is not what they want, "
            "`customer %s no wish` takes it back.",
            key);
    else
        str_add(
            out,
            ". The directory does not know them: `customer KEY wish no-contact` keeps that for all messages.");
}

void comms_unsubscribed(struct turn *turn, const struct unsubscription *u)
{
    CLEANUP_STR struct str text = {0};
    struct customer customer;
    bool set = customer_of(turn_core(turn), u, &customer) && set_wish(turn, u, &customer);
    const struct incident *incident = live_incident(turn_core(turn), u->incident);
    CLEANUP_FREE char *key = turn_key(turn);
    add_text(u, &customer, set, &text);
    if (incident) {
        CLEANUP_FREE char *by = xasprintf("connector/%s", u->connector);
        struct command command = {.verb = "note", .by = by, .automatic = true, .text = text.p};
        turn_do(turn, incident->id, &command, NULL, NULL);
    }
    rooms_say_incident(turn, incident ? incident->id : 0, key, NULL, text.p);
    customer_finish(&customer);
}
