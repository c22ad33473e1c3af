/*
 * An approved message goes to each customer once: by the first of their routes in the directory that works. Without a route, every
 * connector that reaches customers is asked whether it knows them.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/markup.h"
#include "comms/comms.h"
#include "comms/inside.h"
#include "customers/customers.h"
#include "delivery/link.h"
#include "rooms/rooms.h"
#include "sight/sight.h"

#define BULK_FROM 20 /* this many recipients make it mail to many */

struct telling {
    struct turn *turn;
    const struct incident *incident;
    int64_t number;
    const char *text, *languages; /* as approved; languages NULL: one for all */
    bool bulk;
    bool any; /* something was sent, or its absence was explained */
};

static void say(struct turn *turn, const struct incident *incident, const char *text)
{
    CLEANUP_FREE char *key = turn_key(turn);
    rooms_say_incident(turn, incident->id, key, NULL, text);
}

/* What to do when an approved message reaches nobody. */
static void add_advice(const struct incident *incident, const char *who, struct str *out)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *typed = text_typed(who);
    str_markup(out,
               " Reach them another way, and record that with `%s note told %s by mail`. Or set where to reach "
               "them with "
               "`customer %s route …`, then type `%s tell %s …` again.",
               incident_name(incident->id, name), who, typed, name, typed);
}

/* ---- one action ---- */

static char *tell_key(uint64_t incident, int64_t number, const char *customer, const char *connector)
{
    return xasprintf("tell:INC-%" PRIu64 "/%" PRId64 ":%s:%s", incident, number, customer, connector);
}

/* The messages before it in the same conversation: so that mails become one thread. */
static void put_thread(const struct telling *t, const char *key, struct json_out *j)
{
    struct journal_doc doc;
    CLEANUP_JSON cJSON *body = NULL;
    if (journal_doc(core_journal(turn_core(t->turn)), DOC_THREAD, key, &doc, NULL))
        return;
    if (json_parse(doc.body, strlen(doc.body), SIZE_MAX, JSON_DEPTH, "thread", &body, NULL) == 0) {
        json_put_text_if(j, "thread", json_text_or(body, "first", NULL));
        json_put_text_if(j, "previous", json_text_or(body, "latest", NULL));
    }
    journal_doc_finish(&doc);
}

static char *thread_key(uint64_t incident, const char *customer, const char *connector, const char *address)
{
    return xasprintf("%010" PRIu64 "\x1f%s\x1f%s\x1f%s", incident, customer, connector, address ? address : "");
}

/* `route` NULL: the connector looks the customer up in its own settings. */
static void send(const struct telling *t, const char *customer, const struct customer *record,
                 const char *connector, const struct customer_route *route)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str body = {0}, text = {0};
    CLEANUP_FREE char *base = tell_key(t->incident->id, t->number, customer, connector);
    CLEANUP_FREE char *key = route ? xasprintf("%s:%s", base, route->address) : steal(base);
    CLEANUP_FREE char *order = xasprintf("customer:%s", customer);
    CLEANUP_FREE char *thread = thread_key(t->incident->id, customer, connector, route ? route->address : NULL);
    struct json_out j = {&body, false};
    struct place place = {.connector = connector};
    json_begin_object(&j);
    json_put_text(&j, "customer", customer);
    json_put_text_if(&j, "name", record ? record->name : NULL);
    json_put_text_if(&j, "address", route ? route->address : NULL);
    recipient_text(t->incident, &(struct recipient){customer, record}, t->text, t->languages, &text);
    json_put_text(&j, "text", str_text(&text));
    json_put_text(&j, "incident", incident_name(t->incident->id, name));
    put_thread(t, thread, &j);
    if (t->bulk)
        json_put_bool(&j, "bulk", true);
    json_put_int(&j, "draft", t->number); /* for the outcome */
    json_end_object(&j);
    struct action action = {
        .key = key, .kind = "desk.tell", .channel = order, .body = body.p, .lane = LANE_CUSTOMER};
    sight_send(t->turn, &action, t->incident, &place);
}

/* ---- one customer ---- */

/* By the next route, from number `from`, whose connector can. `why`: what was said of those before. */
static bool send_by_route(struct telling *t, const char *customer, const struct customer *record, size_t from,
                          struct str *why)
{
    for (size_t i = from; i < record->routes.n; i++) {
        const struct customer_route *route = &record->routes.v[i];
        if (link_can(turn_core(t->turn), route->connector, TOCSIN_CAN_DESK)) {
            send(t, customer, record, route->connector, route);
            if (i > 0)
                str_markup(why, " Trying %s on %s.", route->address, route->connector);
            return true;
        }
        str_markup(why, " No connector called %s reaches customers here, so %s was passed over.",
                   route->connector, route->address);
    }
    return false;
}

static void send_by_asking(struct telling *t, const char *customer, const struct customer *record)
{
    struct core *core = turn_core(t->turn);
    for (size_t i = 0; i < links(core)->n; i++) {
        if (!(links(core)->v[i].can & TOCSIN_CAN_DESK))
            continue;
        send(t, customer, record, links(core)->v[i].name, NULL);
        t->any = true;
    }
}

/* True: they wish not to hear of it, which has been said. */
static bool is_unwished(struct telling *t, const struct customer *record)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *key = text_typed(record->key);
    if (customer_hears(record, incident_is(t->incident, KIND_SECURITY)))
        return false;
    str_markup(&text, "%s was NOT told: they wish %s.", customer_name(record),
               record->wish == WISH_NO_CONTACT ? "no contact" : "to hear about security only");
    str_markup(&text, " `customer %s no wish` changes that.", key);
    say(t->turn, t->incident, text.p);
    return t->any = true;
}

static void tell_customer(struct telling *t, const char *key, const struct customer *record)
{
    CLEANUP_STR struct str why = {0}, text = {0};
    const char *customer = record ? record->key : key;
    if (record && is_unwished(t, record))
        return;
    if (!record || !record->routes.n) {
        send_by_asking(t, customer, record);
        return;
    }
    bool sent = send_by_route(t, customer, record, 0, &why);
    t->any = true;
    if (!why.len)
        return;
    str_markup(&text, sent ? "%s:" : "%s was NOT told.", customer_name(record));
    str_add(&text, why.p);
    if (!sent)
        add_advice(t->incident, customer, &text);
    say(t->turn, t->incident, text.p);
}

/* ---- all of an approval ---- */

static void say_none(struct telling *t, const char *audience)
{
    CLEANUP_STR struct str text = {0};
    const char *tier = audience + strlen(CUSTOMERS_OF_TIER);
    str_markup(&text,
               "Nobody was told: no affected customer is of the tier %s. `customer KEY tier %s` sets it.", tier,
               tier);
    say(t->turn, t->incident, text.p);
    t->any = true;
}

/* Each customer of the audience, which may be one. */
static void tell_all(struct telling *t, const char *audience)
{
    recipient_list list;
    recipients_of(turn_core(t->turn), t->incident, audience, &list);
    t->bulk = list.n >= BULK_FROM;
    for (size_t i = 0; i < list.n; i++)
        tell_customer(t, list.v[i].key, list.v[i].record);
    if (!list.n)
        say_none(t, audience);
    recipients_finish(&list);
}

void telling_begin(struct turn *turn, const struct incident *incident, const struct event *approved)
{
    const struct state_draft *draft = incident_draft(incident, approved->count);
    struct telling t = {turn,  incident, approved->count, approved->text, draft ? draft->languages : NULL,
                        false, false};
    if (audience_is_many(approved->name) && !incident->affected.customers.n) {
        say(turn, incident,
            "Nobody was told: no affected customer is known. Add one with `customers add Acme`.");
        return;
    }
    tell_all(&t, approved->name);
    if (t.any)
        return;
    CLEANUP_STR struct str text = {0};
    str_add(&text, "Nobody was told: no connector that reaches customers is set up.");
    add_advice(incident, approved->name, &text);
    say(turn, incident, text.p);
}

/* ---- what became of it ---- */

struct told {
    struct telling t;
    const struct action *action;
    const char *customer, *address; /* address NULL: the connector knew it */
    const struct customer *record;  /* NULL: not in the directory */
};

/* Has another connector told this customer, or might it still? */
static bool told_elsewhere(const struct told *told)
{
    const struct core *core = turn_core(told->t.turn);
    for (size_t i = 0; i < links(core)->n; i++) {
        const char *other = links(core)->v[i].name;
        CLEANUP_FREE char *key = tell_key(told->t.incident->id, told->t.number, told->customer, other);
        const char *id = outbox_remote_id(core_outbox(core), key);
        if (strcmp(other, told->action->connector) != 0 && outbox_knows(core_outbox(core), key) &&
            !(id && !*id))
            return true;
    }
    return false;
}

static const char *name_of(const struct told *told)
{
    return recipient_name(told->t.incident, &(struct recipient){told->customer, told->record});
}

static void keep_thread(const struct told *told)
{
    const char *id = told->action->outcome.remote_id;
    CLEANUP_FREE char *key =
        thread_key(told->t.incident->id, told->customer, told->action->connector, told->address);
    CLEANUP_STR struct str body = {0};
    CLEANUP_JSON cJSON *sent = NULL;
    struct json_out j = {&body, false};
    json_parse(told->action->body, strlen(told->action->body), SIZE_MAX, JSON_DEPTH, "action", &sent, NULL);
    json_begin_object(&j);
    json_put_text(&j, "first", json_text_or(sent, "thread", id));
    json_put_text(&j, "latest", id);
    json_end_object(&j);
    batch_doc(turn_batch(told->t.turn), DOC_THREAD, key, body.p);
}

static void report_done(const struct told *told)
{
    CLEANUP_STR struct str text = {0};
    struct command command = {
        .verb = "told",
        .by = BY_SYSTEM,
        .automatic = true,
        .name = told->customer,
        .value = told->action->connector,
        .count = told->t.number,
        .until = conversation_silent_since(turn_core(told->t.turn), told->t.incident, told->customer),
        .flag = true};
    turn_do(told->t.turn, told->action->incident, &command, NULL, NULL);
    keep_thread(told);
    str_markup(&text, "%s was told via %s", name_of(told), told->action->connector);
    if (told->address)
        str_markup(&text, " (%s)", told->address);
    str_addc(&text, '.');
    say(told->t.turn, told->t.incident, text.p);
}

/* The number of the route after the one that failed; 0: that one is no longer there. */
static size_t route_after(const struct told *told)
{
    for (size_t i = 0; told->record && told->address && i < told->record->routes.n; i++) {
        if (text_equal(told->record->routes.v[i].connector, told->action->connector) &&
            text_equal(told->record->routes.v[i].address, told->address))
            return i + 1;
    }
    return 0;
}

static void add_failure(const struct told *told, bool next, struct str *out)
{
    const char *name = name_of(told);
    if (told->address)
        str_markup(out, next ? "%s was not reached at %s on %s" : "%s was NOT told: nothing reached %s on %s",
                   name, told->address, told->action->connector);
    else
        str_markup(out, "%s was NOT told: no connector knows how to reach them", name);
    if (!text_empty(told->action->outcome.detail))
        str_markup(out, "; %s", told->action->outcome.detail);
    str_addc(out, '.');
}

/* By the next route, if there is one: then the failed action is over, so that nobody repeats it by mistake. */
static void report_not_done(struct told *told)
{
    CLEANUP_STR struct str text = {0}, why = {0};
    size_t next = route_after(told);
    bool wished = told->record && customer_hears(told->record, incident_is(told->t.incident,
                                                                           KIND_SECURITY)); /* set meanwhile? */
    bool sent = next && wished && send_by_route(&told->t, told->customer, told->record, next, &why);
    if (!told->address && told_elsewhere(told))
        return;
    add_failure(told, sent, &text);
    str_add(&text, str_text(&why));
    if (!sent)
        add_advice(told->t.incident, told->customer, &text);
    if (told->action->state == ACTION_DEAD && sent)
        outbox_drop(core_outbox(turn_core(told->t.turn)), told->action->id, turn_batch(told->t.turn), NULL);
    else if (told->action->state == ACTION_DEAD)
        str_addf(&text, " `actions again %" PRIu64 "` tries it once more.", told->action->id);
    say(told->t.turn, told->t.incident, text.p);
}

/* Looks at the incident only then: whatever looks at it in a turn has it stored, and its deadlines set again. */
static bool is_told(const struct action *action)
{
    return strcmp(action->kind, "desk.tell") == 0 &&
           (action->state == ACTION_DONE || action->state == ACTION_DEAD);
}

void telling_outcome(struct turn *turn, const struct action *action, const cJSON *body)
{
    const struct incident *incident = is_told(action) ? turn_incident(turn, action->incident) : NULL;
    if (!incident)
        return;
    const char *customer = json_text_or(body, "customer", "");
    struct told told = {.t = {turn, incident, json_int_or(body, "draft", 0), json_text_or(body, "text", ""),
                              NULL, json_bool_or(body, "bulk", false), false},
                        .action = action,
                        .customer = customer,
                        .address = json_text_or(body, "address", NULL),
                        .record = customers_get(turn_core(turn), customer)};
    if (action->state == ACTION_DONE && !text_empty(action->outcome.remote_id))
        report_done(&told);
    else
        report_not_done(&told);
}
