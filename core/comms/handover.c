/*
 * A role is offered to somebody: they are asked, reminded once, and when they do not answer, the offer ends. Whoever has the role
 * keeps it until it is taken, which is one event.
 */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "comms/comms.h"
#include "comms/inside.h"
#include "rooms/buttons.h"
#include "rooms/rooms.h"

#define REMIND "remind/" /* deadlines: before the role */
#define END    "end/"

static char *question(struct core *core, const struct incident *incident, const struct state_offer *offer)
{
    char name[INCIDENT_NAME];
    const char *holder = incident_role(incident, offer->role);
    CLEANUP_FREE char *keeps = holder ? markup(" Until then %s keeps it.", approver_name(core, holder))
                                      : xstrdup(" Nobody has it now.");
    CLEANUP_FREE char *asks = markup("@%s, %s asks you to take `%s`: `%s handover %s yes`, or `no`.",
                                     approver_name(core, offer->person), approver_name(core, offer->by),
                                     offer->role, incident_name(incident->id, name), offer->role);
    return xasprintf("%s%s", asks, keeps);
}

static void put_buttons(const struct incident *incident, const char *role, struct json_out *j)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *yes = xasprintf("%s handover %s yes", incident_name(incident->id, name), role);
    CLEANUP_FREE char *no = xasprintf("%s handover %s no", name, role);
    json_key(j, "buttons");
    json_begin_array(j);
    button_put(j, "Take over", yes, "primary");
    button_put(j, "Decline", no, "");
    json_end_array(j);
}

static void ask(struct turn *turn, const struct incident *incident, const struct state_offer *offer)
{
    CLEANUP_STR struct str card = {0};
    CLEANUP_FREE char *text = question(turn_core(turn), incident, offer), *key = turn_key(turn);
    struct json_out j = {&card, false};
    json_begin_object(&j);
    json_put_text(&j, "title", "Handover");
    json_put_text(&j, "tone", "warn");
    json_put_text(&j, "text", text);
    put_buttons(incident, offer->role, &j);
    json_end_object(&j);
    rooms_say_incident(turn, incident->id, key, card.p, NULL);
}

static void say_ended(struct turn *turn, const struct event *event, const struct incident *incident)
{
    char name[INCIDENT_NAME];
    const char *holder = incident_role(incident, event->name);
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str text = {0};
    incident_name(incident->id, name);
    str_markup(&text, "%s, so `%s` was not handed over. ", event->text, event->name);
    if (holder)
        str_markup(&text, "%s keeps it; `%s handover %s to …` asks somebody else.",
                   approver_name(turn_core(turn), holder), name, event->name);
    else
        str_markup(&text, "Nobody has it: `%s %s me` takes it.", name, event->name);
    rooms_say_incident(turn, incident->id, key, NULL, text.p);
}

void handover_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    const struct state_offer *offer = incident_offer(incident, event->name);
    if (event->type == EVENT_OFFERED && offer)
        ask(turn, incident, offer);
    if (event->type == EVENT_OFFER_ENDED)
        say_ended(turn, event, incident);
}

/* ---- the clock of an offer ---- */

void handover_deadlines(struct core *core, const struct incident *incident)
{
    for (size_t i = 0; status_is_open(incident->status) && i < incident->people.offers.n; i++) {
        const struct state_offer *offer = &incident->people.offers.v[i];
        CLEANUP_FREE char *remind = xasprintf(REMIND "%s", offer->role),
                          *end = xasprintf(END "%s", offer->role);
        if (!offer->reminded)
            live_due(core, "comms", incident->id, remind, offer->at + (offer->until - offer->at) / 2);
        live_due(core, "comms", incident->id, end, offer->until);
    }
}

static void remind(struct turn *turn, const struct incident *incident, const struct state_offer *offer)
{
    CLEANUP_FREE char *text = question(turn_core(turn), incident, offer), *key = turn_key(turn);
    CLEANUP_FREE char *person = xstrdup(offer->person), *role = xstrdup(offer->role);
    struct command command = {.verb = "offer_reminded", .by = BY_CLOCK, .automatic = true, .name = role};
    if (turn_do(turn, incident->id, &command, NULL, NULL) == 0)
        rooms_nudge(turn, incident->id, person, key, text);
}

static void end(struct turn *turn, const struct incident *incident, const struct state_offer *offer)
{
    CLEANUP_FREE char *why = xasprintf("%s did not answer", approver_name(turn_core(turn), offer->person));
    CLEANUP_FREE char *role = xstrdup(offer->role);
    turn_do(
        turn, incident->id,
        &(struct command){.verb = "offer_ended", .by = BY_CLOCK, .automatic = true, .name = role, .text = why},
        NULL, NULL);
}

void handover_passed(struct turn *turn, uint64_t id, const char *name, instant due)
{
    (void)due;
    const struct incident *incident = turn_incident(turn, id);
    bool reminds = text_starts(name, REMIND);
    const char *role = name + strlen(reminds ? REMIND : END);
    const struct state_offer *offer = incident ? incident_offer(incident, role) : NULL;
    if (offer)
        (reminds ? remind : end)(turn, incident, offer);
}
