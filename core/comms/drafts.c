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

const char *comms_customer_name(const struct incident *incident, const char *key)
{
    for (size_t i = 0; i < incident->affected.customers.n; i++) {
        const struct state_customer *customer = &incident->affected.customers.v[i];
        if (strcmp(customer->key, key) == 0 && customer->name)
            return customer->name;
    }
    return strcmp(key, EVERY_CUSTOMER) == 0 ? "all customers" : key;
}

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

/* ---- telling customers ---- */

static char *tell_key(const struct incident *incident, int64_t number, const char *customer,
                      const char *connector)
{
    return xasprintf("tell:INC-%" PRIu64 "/%" PRId64 ":%s:%s", incident->id, number, customer, connector);
}

static void tell_customer_on(struct turn *turn, const struct incident *incident, const struct event *approved,
                             const char *customer, const char *connector)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str body = {0};
    CLEANUP_FREE char *key = tell_key(incident, approved->count, customer, connector);
    CLEANUP_FREE char *order = xasprintf("customer:%s", customer);
    struct json_out j = {&body, false};
    struct place place = {.connector = connector};
    json_begin_object(&j);
    json_put_text(&j, "customer", customer);
    json_put_text(&j, "text", approved->text);
    json_put_text(&j, "incident", incident_name(incident->id, name));
    json_put_int(&j, "draft", approved->count); /* for the outcome */
    json_end_object(&j);
    struct action action = {
        .key = key, .kind = "desk.tell", .channel = order, .body = body.p, .lane = LANE_CUSTOMER};
    sight_send(turn, &action, incident, &place);
}

static bool tell_customer(struct turn *turn, const struct incident *incident, const struct event *approved,
                          const char *customer)
{
    bool any = false;
    for (size_t i = 0; i < links(turn_core(turn))->n; i++) {
        if (!(links(turn_core(turn))->v[i].can & TOCSIN_CAN_DESK))
            continue;
        tell_customer_on(turn, incident, approved, customer, links(turn_core(turn))->v[i].name);
        any = true;
    }
    return any;
}

static void say(struct turn *turn, const struct incident *incident, const char *text)
{
    CLEANUP_FREE char *key = turn_key(turn);
    rooms_say_incident(turn, incident->id, key, NULL, text);
}

/* What to do when an approved message reaches nobody. */
static void add_advice(const struct incident *incident, const char *who, struct str *out)
{
    char name[INCIDENT_NAME];
    str_markup(
        out,
        " Reach them another way, and record that with `%s note told %s by mail`. Or add them to the settings "
        "of a connector that reaches customers, then type `%s tell %s …` again.",
        incident_name(incident->id, name), who, name, who);
}

static void say_no_way(struct turn *turn, const struct incident *incident, const char *customer)
{
    CLEANUP_STR struct str text = {0};
    str_add(&text, "Nobody was told: no connector that reaches customers is set up.");
    add_advice(incident, customer, &text);
    say(turn, incident, text.p);
}

static void tell(struct turn *turn, const struct incident *incident, const struct event *approved)
{
    bool every = strcmp(approved->name, EVERY_CUSTOMER) == 0, any = false;
    if (!every)
        any = tell_customer(turn, incident, approved, approved->name);
    for (size_t i = 0; every && i < incident->affected.customers.n; i++)
        any |= tell_customer(turn, incident, approved, incident->affected.customers.v[i].key);
    if (every && !incident->affected.customers.n)
        say(turn, incident,
            "Nobody was told: no affected customer is known. Add one with `customers add Acme`.");
    else if (!any)
        say_no_way(turn, incident, approved->name);
}

void drafts_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    const struct state_draft *draft = incident_draft(incident, event->count);
    if (event->type == EVENT_APPROVED)
        tell(turn, incident, event);
    if (!draft || event->count == 0)
        return;
    if (event->type == EVENT_DRAFTED)
        show(turn, incident, draft);
    else if (draft->state != DRAFT_WAITING) /* settled now, or before its card was posted */
        show_settled(turn, incident, draft);
}

/* Has another connector told this customer, or might it still? */
static bool told_elsewhere(struct turn *turn, const struct incident *incident, int64_t number,
                           const char *customer, const char *connector)
{
    for (size_t i = 0; i < links(turn_core(turn))->n; i++) {
        const char *other = links(turn_core(turn))->v[i].name;
        CLEANUP_FREE char *key = tell_key(incident, number, customer, other);
        const char *id = outbox_remote_id(core_outbox(turn_core(turn)), key);
        if (strcmp(other, connector) != 0 && outbox_knows(core_outbox(turn_core(turn)), key) && !(id && !*id))
            return true;
    }
    return false;
}

static void report_told(struct turn *turn, const struct action *action, const cJSON *body)
{
    const struct incident *incident = turn_incident(turn, action->incident);
    int64_t number = json_int_or(body, "draft", 0);
    const char *customer = json_text_or(body, "customer", "");
    if (!incident)
        return;
    const char *name = comms_customer_name(incident, customer);
    CLEANUP_STR struct str text = {0};
    if (!text_empty(action->outcome.remote_id)) {
        struct command told = {.verb = "told",
                               .by = BY_SYSTEM,
                               .automatic = true,
                               .name = customer,
                               .value = action->connector,
                               .count = number};
        turn_do(turn, action->incident, &told, NULL, NULL);
        str_markup(&text, "%s was told via %s.", name, action->connector);
    } else if (!told_elsewhere(turn, incident, number, customer, action->connector)) {
        str_markup(&text, "%s was NOT told: no connector knows how to reach them", name);
        if (!text_empty(action->outcome.detail))
            str_markup(&text, "; %s", action->outcome.detail);
        str_addc(&text, '.');
        add_advice(incident, customer, &text);
    }
    if (text.len)
        say(turn, incident, text.p);
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
    if (action->state != ACTION_DONE)
        return;
    if (strcmp(action->kind, "desk.tell") == 0)
        report_told(turn, action, body);
    else if (strcmp(action->kind, "post") == 0 && text_starts(action->key, DRAFT_KEY))
        keep_card(turn, action, body);
}
