/* Messages to customers: shown in the incident's channels, and sent once approved. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/markup.h"
#include "comms/comms.h"
#include "comms/inside.h"
#include "delivery/link.h"
#include "people/people.h"
#include "rooms/buttons.h"
#include "rooms/rooms.h"
#include "sight/sight.h"

#define DRAFT_KEY "draft:" /* prefix of the key of a post that shows a draft */

/* ---- the draft's card ---- */

static void put_button(struct json_out *j, const struct incident *incident, const char *label, const char *verb,
                       int64_t number, const char *style)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *command = xasprintf("%s %s %" PRId64, incident_name(incident->id, name), verb, number);
    button_put(j, label, command, style);
}

bool comms_reaches_customers(const struct core *core)
{
    bool any = false;
    for (size_t i = 0; i < links(core)->n; i++)
        any |= (links(core)->v[i].can & TOCSIN_CAN_DESK) != 0;
    return any;
}

static void draft_card(struct core *core, const struct incident *incident, const struct state_draft *draft,
                       struct str *out)
{
    static const char *const tones[] = {
        [DRAFT_WAITING] = "warn", [DRAFT_APPROVED] = "ok", [DRAFT_DISCARDED] = "quiet"};
    const char *settled = draft->settled_by ? people_name(core, draft->settled_by) : NULL;
    settled = settled ? settled : draft->settled_by;
    CLEANUP_STR struct str title = {0};
    str_addf(&title, "Message %" PRId64 " to %s", draft->number,
             comms_customer_name(incident, draft->customer));
    if (draft->state != DRAFT_WAITING)
        str_addf(&title, ", %s by %s", draft->state == DRAFT_APPROVED ? "approved" : "discarded",
                 settled ? settled : "somebody");
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_text(&j, "title", title.p);
    json_put_text(&j, "tone", tones[draft->state]);
    json_put_text(&j, "text", draft->text);
    if (draft->state == DRAFT_WAITING) {
        json_key(&j, "buttons");
        json_begin_array(&j);
        put_button(&j, incident, "Approve", "approve", draft->number, "primary");
        put_button(&j, incident, "Discard", "discard", draft->number, "danger");
        json_end_array(&j);
        json_put_text(&j, "footer",
                      comms_reaches_customers(core)
                          ? "Sent when somebody approves it, with the button or a thumbs-up."
                          : "No connector here reaches customers, so approving it sends nothing.");
    }
    json_end_object(&j);
}

static void show(struct turn *turn, const struct incident *incident, const struct state_draft *draft)
{
    CLEANUP_STR struct str card = {0};
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *key =
        xasprintf(DRAFT_KEY "%s/%" PRId64, incident_name(incident->id, name), draft->number);
    draft_card(turn_core(turn), incident, draft, &card);
    rooms_say_incident(turn, incident->id, key, card.p, NULL);
}

/* Edits its cards: a settled draft has no buttons. */
static void show_settled(struct turn *turn, const struct incident *incident, const struct state_draft *draft)
{
    CLEANUP_STR struct str card = {0};
    draft_card(turn_core(turn), incident, draft, &card);
    for (size_t i = 0; i < incident->comms.draft_cards.n; i++) {
        const struct state_draft_card *at = &incident->comms.draft_cards.v[i];
        struct place place = {.connector = at->connector, .channel = at->channel};
        if (at->draft == draft->number)
            rooms_edit(turn, incident, &place, at->message, card.p);
    }
}

void drafts_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    const struct state_draft *draft = incident_draft(incident, event->count);
    if (event->type == EVENT_APPROVED)
        telling_begin(turn, incident, event);
    if (!draft || event->count == 0)
        return;
    if (event->type == EVENT_DRAFTED)
        show(turn, incident, draft);
    else if (draft->state != DRAFT_WAITING) /* settled now, or before its card was posted */
        show_settled(turn, incident, draft);
}

/* Remembers the message where a thumbs-up approves the draft. */
static void keep_card(struct turn *turn, const struct action *action, const cJSON *body)
{
    struct command command = {.verb = "draft_card",
                              .by = BY_SYSTEM,
                              .automatic = true,
                              .name = action->connector,
                              .value = json_text_or(body, "channel", NULL),
                              .text = action->outcome.remote_id,
                              .count = strtoll(action->key + strcspn(action->key, "/") + 1, NULL, 10)};
    if (action->incident && !text_empty(action->outcome.remote_id))
        turn_do(turn, action->incident, &command, NULL, NULL);
}

void drafts_outcome(struct turn *turn, const struct action *action, const char *remote_id, const cJSON *body)
{
    (void)remote_id;
    if (action->state == ACTION_DONE && strcmp(action->kind, "post") == 0 &&
        text_starts(action->key, DRAFT_KEY))
        keep_card(turn, action, body);
}
