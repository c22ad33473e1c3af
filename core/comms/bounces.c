/* Messages of ours that did not arrive. */
#include "base/markup.h"
#include "comms/comms.h"
#include "rooms/rooms.h"
#include "turn/live.h"

static void add_text(const struct bounce *bounce, const char *who, struct str *out)
{
    str_markup(
        out, bounce->permanent ? "The message to %s could not be delivered" : "The message to %s is late", who);
    if (!text_equal(who, bounce->address))
        str_markup(out, " (%s)", bounce->address);
    if (bounce->text) {
        str_add(out, ": ");
        text_literal(bounce->text, out);
    }
    if (bounce->permanent)
        str_add(out, "\nThey were NOT told. Reach them another way, or correct the address.");
}

void comms_bounced(struct turn *turn, const struct bounce *bounce)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *key = turn_key(turn);
    const struct incident *incident = live_incident(turn_core(turn), bounce->incident);
    const char *who = !bounce->customer ? bounce->address
                      : incident        ? comms_customer_name(incident, bounce->customer)
                                        : bounce->customer;
    add_text(bounce, who, &text);
    if (incident) {
        CLEANUP_FREE char *by = xasprintf("connector/%s", bounce->connector);
        struct command command = {.verb = "note", .by = by, .automatic = true, .text = text.p};
        turn_do(turn, incident->id, &command, NULL, NULL);
    }
    rooms_say_incident(turn, incident ? incident->id : 0, key, NULL, text.p);
}
