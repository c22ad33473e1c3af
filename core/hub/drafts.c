/* Messages to customers: shown where the incident is worked on, sent once approved. What they answer: replies.c. */
#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "hub/internal.h"

const char *customer_name(const struct incident *incident, const char *key)
{
    for (size_t i = 0; i < incident->customers.n; i++) {
        const struct state_customer *customer = &incident->customers.v[i];
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
    json_begin_object(j);
    json_put_text(j, "label", label);
    json_put_text(j, "command", command);
    json_put_text(j, "style", style);
    json_end_object(j);
}

bool hub_reaches_customers(const struct hub *hub)
{
    bool any = false;
    for (size_t i = 0; i < hub->links.n; i++)
        any |= (hub->links.v[i].can & TOCSIN_CAN_DESK) != 0;
    return any;
}

static void draft_card(struct hub *hub, const struct incident *incident, const struct state_draft *draft,
                       struct str *out)
{
    static const char *const tones[] = {
        [DRAFT_WAITING] = "warn", [DRAFT_APPROVED] = "ok", [DRAFT_DISCARDED] = "quiet"};
    const char *settled = draft->settled_by ? hub_person_name(hub, draft->settled_by) : NULL;
    settled = settled ? settled : draft->settled_by;
    CLEANUP_STR struct str title = {0};
    str_addf(&title, "Message %" PRId64 " to %s", draft->number, customer_name(incident, draft->customer));
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
                      hub_reaches_customers(hub)
                          ? "Sent when somebody approves it; a thumbs-up does."
                          : "No connector here reaches customers: approving it sends nothing.");
    }
    json_end_object(&j);
}

static void show(struct turn *turn, const struct incident *incident, const struct state_draft *draft)
{
    CLEANUP_STR struct str card = {0};
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *key =
        xasprintf(DRAFT_KEY "%s/%" PRId64, incident_name(incident->id, name), draft->number);
    draft_card(turn->hub, incident, draft, &card);
    hub_say_incident(turn, incident->id, key, card.p, NULL);
}

/* It has no buttons any more. */
static void show_settled(struct turn *turn, const struct incident *incident, const struct state_draft *draft)
{
    CLEANUP_STR struct str card = {0};
    draft_card(turn->hub, incident, draft, &card);
    for (size_t i = 0; i < incident->draft_cards.n; i++) {
        const struct state_draft_card *at = &incident->draft_cards.v[i];
        struct place place = {.connector = at->connector, .channel = at->channel};
        if (at->draft == draft->number)
            send_edit(turn, incident, &place, at->message, card.p);
    }
}

/* ---- telling customers ---- */

static char *tell_key(const struct incident *incident, int64_t number, const char *customer,
                      const char *connector)
{
    return xasprintf("tell:INC-%" PRIu64 "/%" PRId64 ":%s:%s", incident->id, number, customer, connector);
}

static void tell_by(struct turn *turn, const struct incident *incident, const struct event *approved,
                    const char *customer, const char *connector)
{
    CLEANUP_STR struct str body = {0};
    CLEANUP_FREE char *key = tell_key(incident, approved->count, customer, connector);
    CLEANUP_FREE char *order = xasprintf("customer:%s", customer);
    struct json_out j = {&body, false};
    struct place place = {.connector = connector};
    json_begin_object(&j);
    json_put_text(&j, "customer", customer);
    json_put_text(&j, "text", approved->text);
    json_put_int(&j, "draft", approved->count); /* for us, when it is done */
    json_end_object(&j);
    struct action action = {
        .key = key, .kind = "desk.tell", .channel = order, .body = body.p, .lane = LANE_CUSTOMER};
    send_to(turn, &action, incident, &place);
}

static bool tell_customer(struct turn *turn, const struct incident *incident, const struct event *approved,
                          const char *customer)
{
    bool any = false;
    for (size_t i = 0; i < turn->hub->links.n; i++) {
        if (!(turn->hub->links.v[i].can & TOCSIN_CAN_DESK))
            continue;
        tell_by(turn, incident, approved, customer, turn->hub->links.v[i].name);
        any = true;
    }
    return any;
}

static void say(struct turn *turn, const struct incident *incident, const char *text)
{
    CLEANUP_FREE char *key = turn_key(turn);
    hub_say_incident(turn, incident->id, key, NULL, text);
}

/* What is approved and reaches nobody is not forgotten: people write themselves, and say so. */
static void add_by_hand(const struct incident *incident, const char *who, struct str *out)
{
    char name[INCIDENT_NAME];
    str_addf(out,
             " Write to them another way, and keep that with `%s note told %s by mail`; or name where they are "
             "reached in the settings of a connector that reaches customers, and say `%s tell %s …` again.",
             incident_name(incident->id, name), who, name, who);
}

static void say_no_way(struct turn *turn, const struct incident *incident, const char *customer)
{
    CLEANUP_STR struct str text = {0};
    str_add(&text, "Nobody was told: no connector that reaches customers is connected.");
    add_by_hand(incident, customer, &text);
    say(turn, incident, text.p);
}

static void tell(struct turn *turn, const struct incident *incident, const struct event *approved)
{
    bool every = strcmp(approved->name, EVERY_CUSTOMER) == 0, any = false;
    if (!every)
        any = tell_customer(turn, incident, approved, approved->name);
    for (size_t i = 0; every && i < incident->customers.n; i++)
        any |= tell_customer(turn, incident, approved, incident->customers.v[i].key);
    if (every && !incident->customers.n)
        say(turn, incident,
            "Nobody was told: no customer is known to be affected. `customers add Acme` names one.");
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
    else if (draft->state != DRAFT_WAITING) /* settled now, or before its card stood */
        show_settled(turn, incident, draft);
}

/* Has another connector told this customer, or will it perhaps? */
static bool told_elsewhere(struct turn *turn, const struct incident *incident, int64_t number,
                           const char *customer, const char *connector)
{
    for (size_t i = 0; i < turn->hub->links.n; i++) {
        const char *other = turn->hub->links.v[i].name;
        CLEANUP_FREE char *key = tell_key(incident, number, customer, other);
        const char *id = outbox_remote_id(turn->hub->outbox, key);
        if (strcmp(other, connector) != 0 && outbox_knows(turn->hub->outbox, key) && !(id && !*id))
            return true;
    }
    return false;
}

void drafts_done(struct turn *turn, const struct action *action, const cJSON *body)
{
    struct live *live = turn_touch(turn, action->incident);
    int64_t number = json_int_or(body, "draft", 0);
    const char *customer = json_text_or(body, "customer", "");
    if (!live)
        return;
    const char *name = customer_name(live->incident, customer);
    CLEANUP_STR struct str text = {0};
    if (!text_empty(action->remote_id)) {
        struct command told = {.verb = "told",
                               .by = "system",
                               .automatic = true,
                               .name = customer,
                               .value = action->connector,
                               .count = number};
        turn_do(turn, action->incident, &told, NULL, NULL);
        str_addf(&text, "%s was told, on %s.", name, action->connector);
    } else if (!told_elsewhere(turn, live->incident, number, customer, action->connector)) {
        str_addf(&text, "%s was NOT told: no connector knows where to reach them%s%s.", name,
                 text_empty(action->detail) ? "" : "; ", text_empty(action->detail) ? "" : action->detail);
        add_by_hand(live->incident, customer, &text);
    }
    if (text.len)
        say(turn, live->incident, text.p);
}
