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
#include "comms/conversations.h"
#include "comms/progress.h"
#include "customers/customers.h"
#include "delivery/link.h"
#include "rooms/rooms.h"
#include "sight/sight.h"

#define TELL_ORDER "customer:" /* before the customer, as the channel in which messages keep their order */

struct telling {
    struct turn *turn;
    const struct incident *incident;
    int64_t number;
    const char *text, *languages; /* as approved; languages NULL: one for all */
    bool many;
};

static void say(struct turn *turn, const struct incident *incident, const char *text)
{
    CLEANUP_FREE char *key = turn_key(turn);
    rooms_say_incident(turn, incident->id, key, NULL, text);
}

/* About one customer. Of many, nobody reads it: they are counted on the message's card, and `recipients` shows each. */
static void say_one(const struct telling *t, const char *text)
{
    if (!t->many)
        say(t->turn, t->incident, text);
}

/* The event about one customer: of many, timelines leave it out. */
static void tell_event(const struct telling *t, struct command *command)
{
    command->by = BY_SYSTEM;
    command->automatic = true;
    command->count = t->number;
    command->data = t->many ? "{\"many\":true}" : NULL;
    turn_do(t->turn, t->incident->id, command, NULL, NULL);
}

static void end(const struct telling *t, const char *customer, const struct standing *standing)
{
    standing_put(t->turn, t->incident->id, t->number, customer, standing);
    progress_ended(t->turn, t->incident->id, t->number, customer, standing->state);
}

/* What they count as; STANDING_QUEUED while it is under way. `kept`: their document, if there is one. */
static const char *counted_as(const struct telling *t, const char *customer, const cJSON *kept)
{
    const char *state = progress_state(turn_core(t->turn), t->incident->id, t->number, customer);
    return state ? state : json_text_or(kept, "state", STANDING_QUEUED);
}

/* They get it by no route, or wish it so; unless they count as something else already, as when another connector has told them. */
static void end_untold(const struct telling *t, const char *customer, const struct standing *standing)
{
    CLEANUP_JSON cJSON *kept = standing_get(turn_core(t->turn), t->incident->id, t->number, customer);
    const char *was = counted_as(t, customer, kept);
    struct command command = {.verb = "untold",
                              .name = customer,
                              .text = text_empty(standing->why) ? "no reason was given" : standing->why,
                              .flag = strcmp(standing->state, STANDING_UNWISHED) == 0};
    bool news = strcmp(was, STANDING_QUEUED) == 0;
    if (!news && strcmp(was, standing->state) != 0)
        return;
    if (news)
        tell_event(t, &command);
    end(t, customer, standing);
}

/* What to do when an approved message reaches nobody. */
void telling_advice(const struct incident *incident, const char *who, struct str *out)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *typed = text_typed(who);
    str_markup(out,
               " Reach them another way, and record that with `%s told %s by mail`. Or set where to reach "
               "them with "
               "`customer %s route …`, then type `%s tell %s …` again.",
               incident_name(incident->id, name), typed, typed, name, typed);
}

/* ---- one action ---- */

static char *tell_key(uint64_t incident, int64_t number, const char *customer, const char *connector)
{
    return xasprintf("tell:INC-%" PRIu64 "/%" PRId64 ":%s:%s", incident, number, customer, connector);
}

/* The messages before it in the same conversation: so that mails become one thread. */
static void put_thread(const struct telling *t, const char *customer, const char *connector,
                       const char *address, struct json_out *j)
{
    CLEANUP_FREE char *key = thread_key(t->incident->id, customer, connector, address);
    CLEANUP_JSON cJSON *body = thread_get(turn_core(t->turn), key);
    json_put_text_if(j, "thread", json_text_or(body, "first", NULL));
    json_put_text_if(j, "previous", json_text_or(body, "latest", NULL));
}

struct sending_by { /* NULL: the connector looks the customer up in its own settings; there is no ticket */
    const char *connector, *address, *ticket;
};

static void put_message(const struct telling *t, const char *customer, const struct customer *record,
                        const struct sending_by *by, struct json_out *j)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    recipient_text(t->incident, &(struct recipient){customer, record}, t->text, t->languages, &text);
    json_put_text(j, "customer", customer);
    json_put_text_if(j, "name", record ? record->name : NULL);
    json_put_text_if(j, "address", by->address);
    json_put_text(j, "text", str_text(&text));
    json_put_text(j, "incident", incident_name(t->incident->id, name));
    if (t->many)
        json_put_bool(j, "bulk", true);
    json_put_int(j, "draft", t->number); /* for the outcome */
}

static void queue(const struct telling *t, const char *customer, const char *connector, const char *key,
                  const char *body)
{
    CLEANUP_FREE char *order = xasprintf(TELL_ORDER "%s", customer);
    struct action action = {.key = (char *)(uintptr_t)key,
                            .kind = "desk.tell",
                            .channel = order,
                            .body = (char *)(uintptr_t)body,
                            .lane = LANE_CUSTOMER};
    sight_send(t->turn, &action, t->incident, &(struct place){.connector = connector});
}

static void send(const struct telling *t, const char *customer, const struct customer *record,
                 const struct sending_by *by)
{
    CLEANUP_STR struct str body = {0};
    CLEANUP_FREE char *base = tell_key(t->incident->id, t->number, customer, by->connector);
    CLEANUP_FREE char *key = by->address ? xasprintf("%s:%s", base, by->address) : steal(base);
    struct json_out j = {&body, false};
    json_begin_object(&j);
    put_message(t, customer, record, by, &j);
    if (by->ticket)
        json_put_text(&j, "thread", by->ticket);
    else
        put_thread(t, customer, by->connector, by->address, &j);
    json_end_object(&j);
    queue(t, customer, by->connector, key, body.p);
}

/* ---- one customer ---- */

/* What was said of routes, one sentence after another, as plain text. */
static void add_plain(const struct str *why, struct str *plain)
{
    const char *text = str_text(why);
    text_unescape(text + strspn(text, " "), plain);
}

/* `why`: what was said of the routes before. */
static void keep_route(const struct telling *t, const char *customer, const struct customer_route *route,
                       const struct str *why)
{
    CLEANUP_STR struct str plain = {0};
    if (why)
        add_plain(why, &plain);
    standing_put(t->turn, t->incident->id, t->number, customer,
                 &(struct standing){.state = STANDING_QUEUED,
                                    .connector = route ? route->connector : NULL,
                                    .address = route ? route->address : NULL,
                                    .why = plain.p});
}

/* By the next route, from number `from`, whose connector can. `why`: what was said of those before. */
static bool send_by_route(struct telling *t, const char *customer, const struct customer *record, size_t from,
                          struct str *why)
{
    for (size_t i = from; i < record->routes.n; i++) {
        const struct customer_route *route = &record->routes.v[i];
        if (link_can(turn_core(t->turn), route->connector, TOCSIN_CAN_DESK)) {
            send(t, customer, record, &(struct sending_by){route->connector, route->address, NULL});
            if (i > 0)
                str_markup(why, " Trying %s on %s.", route->address, route->connector);
            keep_route(t, customer, route, why);
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
        if (links(core)->v[i].can & TOCSIN_CAN_DESK)
            send(t, customer, record, &(struct sending_by){links(core)->v[i].name, NULL, NULL});
    }
    keep_route(t, customer, NULL, NULL);
}

static bool hears(const struct telling *t, const struct customer *record)
{
    return customer_hears(record, incident_is(t->incident, KIND_SECURITY));
}

bool telling_is_wished(const struct core *core, const struct incident *incident, const struct action *action)
{
    const struct customer *record = customers_get(core, action->channel + strlen(TELL_ORDER));
    return !record || customer_hears(record, incident_is(incident, KIND_SECURITY));
}

/* True: they wish not to hear of it, which has been said. */
static bool is_unwished(struct telling *t, const struct customer *record)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *key = text_typed(record->key);
    const char *wish =
        record->wish == WISH_NO_CONTACT ? "they wish no contact" : "they wish to hear about security only";
    if (hears(t, record))
        return false;
    str_markup(&text, "%s was NOT told: %s.", customer_name(record), wish);
    str_markup(&text, " `customer %s no wish` changes that.", key);
    say_one(t, text.p);
    end_untold(t, record->key, &(struct standing){.state = STANDING_UNWISHED, .why = wish});
    return true;
}

/* Where they have a ticket about the incident, what they are told goes there. False: they have none. */
static bool send_in_ticket(struct telling *t, const char *customer, const struct customer *record)
{
    CLEANUP_JSON cJSON *talks = talks_of(turn_core(t->turn), t->incident->id, customer);
    struct talk talk = talk_now(talks);
    struct customer_route route = {(char *)(uintptr_t)talk.connector, (char *)(uintptr_t)talk.address};
    if (!talk.connector || !link_can(turn_core(t->turn), talk.connector, TOCSIN_CAN_DESK))
        return false;
    send(t, customer, record, &(struct sending_by){talk.connector, talk.address, talk.ticket});
    keep_route(t, customer, talk.address ? &route : NULL, NULL);
    return true;
}

/* Nothing of a drill is sent. They count as told, so that all that follows can be practised. */
static void tell_in_drill(const struct telling *t, const char *customer, const struct customer *record)
{
    CLEANUP_STR struct str text = {0};
    struct command command = {.verb = "told",
                              .name = customer,
                              .value = "nothing (not sent: drill)",
                              .until = conversation_silent_since(turn_core(t->turn), t->incident, customer),
                              .flag = true};
    tell_event(t, &command);
    end(t, customer, &(struct standing){.state = STANDING_TOLD, .why = "not sent: drill"});
    str_markup(&text, "%s counts as told. **Not sent: drill.**",
               recipient_name(t->incident, &(struct recipient){customer, record}));
    say_one(t, text.p);
}

static void tell_customer(struct telling *t, const char *key, const struct customer *record)
{
    CLEANUP_STR struct str why = {0}, text = {0}, plain = {0};
    const char *customer = record ? record->key : key;
    if (t->incident->sort.script) {
        tell_in_drill(t, customer, record);
        return;
    }
    if ((record && is_unwished(t, record)) || send_in_ticket(t, customer, record))
        return;
    if (!record || !record->routes.n) {
        send_by_asking(t, customer, record);
        return;
    }
    bool sent = send_by_route(t, customer, record, 0, &why);
    if (why.len) {
        str_markup(&text, sent ? "%s:" : "%s was NOT told.", customer_name(record));
        str_add(&text, why.p);
        if (!sent)
            telling_advice(t->incident, customer, &text);
        say_one(t, text.p);
    }
    if (!sent) {
        add_plain(&why, &plain);
        end_untold(t, customer, &(struct standing){.state = STANDING_FAILED, .why = plain.p});
    }
}

/* The number of the route after this one; 0: it is no longer there. */
static size_t route_after(const struct customer *record, const char *connector, const char *address)
{
    for (size_t i = 0; record && i < record->routes.n; i++) {
        if (text_equal(record->routes.v[i].connector, connector) &&
            text_equal(record->routes.v[i].address, address))
            return i + 1;
    }
    return 0;
}

static struct telling telling_of(struct turn *turn, const struct incident *incident,
                                 const struct state_draft *draft)
{
    return (struct telling){turn,        incident,         draft->number,
                            draft->text, draft->languages, draft->reach.recipients >= MANY_FROM};
}

void telling_one(struct turn *turn, const struct incident *incident, const struct state_draft *draft,
                 const char *customer)
{
    struct telling t = telling_of(turn, incident, draft);
    tell_customer(&t, customer, customers_get(turn_core(turn), customer));
}

bool telling_again(struct turn *turn, const struct incident *incident, const struct state_draft *draft,
                   const char *customer, const cJSON *kept, struct str *said)
{
    struct telling t = telling_of(turn, incident, draft);
    const struct customer *record = customers_get(turn_core(turn), customer);
    struct standing standing = standing_of(kept);
    size_t next = standing.address ? route_after(record, standing.connector, standing.address) : 0;
    if (!next || !hears(&t, record) || draft->reach.stopped || !send_by_route(&t, customer, record, next, said))
        return false;
    progress_resumes(turn, incident->id, draft->number, customer);
    return true;
}

/* ---- its actions ---- */

struct found {
    uint64_t id;
    enum action_state state;
};
typedef ARRAY(struct found) found_list;

static void find_action(const struct core *core, const char *key, found_list *ret)
{
    const struct action *action = outbox_get(core_outbox(core), key);
    if (action)
        *array_add(ret) = (struct found){action->id, action->state};
}

static void find_actions(const struct core *core, uint64_t incident, int64_t number, const char *customer,
                         found_list *ret)
{
    const struct customer *record = customers_get(core, customer);
    for (size_t i = 0; i < links(core)->n; i++) {
        CLEANUP_FREE char *key = tell_key(incident, number, customer, links(core)->v[i].name);
        find_action(core, key, ret);
    }
    CLEANUP_JSON cJSON *talks = talks_of(core, incident, customer);
    struct talk talk = talk_now(talks);
    if (talk.address) {
        CLEANUP_FREE char *base = tell_key(incident, number, customer, talk.connector);
        CLEANUP_FREE char *key = xasprintf("%s:%s", base, talk.address);
        find_action(core, key, ret);
    }
    for (size_t i = 0; record && i < record->routes.n; i++) {
        CLEANUP_FREE char *base = tell_key(incident, number, customer, record->routes.v[i].connector);
        CLEANUP_FREE char *key = xasprintf("%s:%s", base, record->routes.v[i].address);
        find_action(core, key, ret);
    }
}

static bool any_in(const found_list *list, enum action_state state)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->v[i].state == state)
            return true;
    }
    return false;
}

bool telling_under_way(const struct core *core, uint64_t incident, int64_t number, const char *customer)
{
    found_list list = {0};
    find_actions(core, incident, number, customer, &list);
    bool under_way = any_in(&list, ACTION_WAITING) || any_in(&list, ACTION_SENDING);
    array_free(&list);
    return under_way;
}

bool telling_withdraw(struct turn *turn, uint64_t incident, int64_t number, const char *customer)
{
    found_list list = {0};
    find_actions(turn_core(turn), incident, number, customer, &list);
    bool leaves = any_in(&list, ACTION_SENDING);
    for (size_t i = 0; !leaves && i < list.n; i++) {
        if (list.v[i].state == ACTION_WAITING)
            outbox_withdraw(core_outbox(turn_core(turn)), list.v[i].id, turn_batch(turn));
    }
    if (!leaves)
        standing_put(turn, incident, number, customer, &(struct standing){.state = STANDING_WITHDRAWN});
    array_free(&list);
    return !leaves;
}

void telling_lost(struct turn *turn, const struct incident *incident, const struct state_draft *draft,
                  const char *customer)
{
    struct telling t = telling_of(turn, incident, draft);
    const struct customer *record = customers_get(turn_core(turn), customer);
    if (record && is_unwished(&t, record))
        return;
    end_untold(&t, customer,
               &(struct standing){.state = STANDING_FAILED,
                                  .why = "what was to be sent to them was dropped; what was with the connector "
                                         "at that moment may have been sent"});
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
    thread_put(told->t.turn, key, body.p);
}

/* Counts them, once. */
static void count_told(const struct told *told)
{
    const struct telling *t = &told->t;
    CLEANUP_JSON cJSON *kept = standing_get(turn_core(t->turn), t->incident->id, t->number, told->customer);
    struct standing before = standing_of(kept);
    const char *was = counted_as(t, told->customer, kept);
    struct command command = {.verb = "told",
                              .name = told->customer,
                              .value = told->action->connector,
                              .text = strcmp(was, STANDING_QUEUED) == 0 ? NULL : was,
                              .until =
                                  conversation_silent_since(turn_core(t->turn), t->incident, told->customer),
                              .flag = true};
    if (strcmp(was, STANDING_TOLD) != 0)
        tell_event(t, &command);
    end(t, told->customer,
        &(struct standing){.state = STANDING_TOLD,
                           .connector = told->action->connector,
                           .address = told->address,
                           .message = told->action->outcome.remote_id,
                           .why = before.why,
                           .answered = before.answered});
}

static char *also_key(uint64_t incident, int64_t number, const struct talk *talk)
{
    return xasprintf("tell:INC-%" PRIu64 "/%" PRId64 ":also:%s:%s", incident, number, talk->connector,
                     talk->ticket);
}

/* What was said to many goes into their other tickets, too: there may be another person in each. The latest was tried first. */
static void tell_in_others(const struct told *told)
{
    struct core *core = turn_core(told->t.turn);
    const struct state_draft *draft = incident_draft(told->t.incident, told->t.number);
    CLEANUP_JSON cJSON *talks = talks_of(core, told->t.incident->id, told->customer), *sent = NULL;
    json_parse(told->action->body, strlen(told->action->body), SIZE_MAX, JSON_DEPTH, "action", &sent, NULL);
    const char *thread = json_text_or(sent, "thread", NULL);
    for (int i = 0; draft && audience_is_many(draft->customer) && i < cJSON_GetArraySize(talks) - 1; i++) {
        struct talk talk = talk_at(talks, i);
        bool same = text_equal(talk.connector, told->action->connector) && text_equal(talk.ticket, thread);
        if (same || !link_can(core, talk.connector, TOCSIN_CAN_DESK))
            continue;
        CLEANUP_FREE char *key = also_key(told->t.incident->id, told->t.number, &talk);
        CLEANUP_STR struct str body = {0};
        struct json_out j = {&body, false};
        json_begin_object(&j);
        put_message(&told->t, told->customer, told->record,
                    &(struct sending_by){talk.connector, talk.address, talk.ticket}, &j);
        json_put_text(&j, "thread", talk.ticket);
        json_put_bool(&j, "also", true);
        json_end_object(&j);
        queue(&told->t, told->customer, talk.connector, key, body.p);
    }
}

bool comms_telling_in(const struct core *core, const struct incident *incident, const char *connector,
                      const char *ticket)
{
    struct talk talk = {connector, NULL, ticket};
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        CLEANUP_FREE char *key = also_key(incident->id, incident->comms.drafts.v[i].number, &talk);
        const struct action *action = outbox_get(core_outbox(core), key);
        if (action && action_is_under_way(action))
            return true;
    }
    return false;
}

/* They were told, only not in this ticket. */
static void report_also(const struct told *told, const cJSON *body)
{
    CLEANUP_STR struct str text = {0};
    if (told->action->state == ACTION_DONE)
        return;
    str_markup(&text, "%s was told, but not in ticket %s of %s", name_of(told),
               json_text_or(body, "thread", ""), told->action->connector);
    if (!text_empty(told->action->outcome.detail))
        str_markup(&text, ": %s", told->action->outcome.detail);
    str_addf(&text, ". `actions again %" PRIu64 "` tries it once more.", told->action->id);
    say_one(&told->t, text.p);
}

static void report_done(const struct told *told)
{
    CLEANUP_STR struct str text = {0};
    count_told(told);
    keep_thread(told);
    str_markup(&text, "%s was told via %s", name_of(told), told->action->connector);
    if (told->address)
        str_markup(&text, " (%s)", told->address);
    str_addc(&text, '.');
    say_one(&told->t, text.p);
    tell_in_others(told);
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

static void end_failed(const struct told *told, const char *why)
{
    end_untold(&told->t, told->customer,
               &(struct standing){.state = STANDING_FAILED,
                                  .connector = told->action->connector,
                                  .address = told->address,
                                  .why = why});
}

/* The number of the route to try next. False: there is none. After a ticket, which may be none of their routes, that is the first. */
static bool next_route(const struct told *told, size_t *ret)
{
    const struct action *action = told->action;
    CLEANUP_JSON cJSON *talks = talks_of(turn_core(told->t.turn), told->t.incident->id, told->customer);
    struct talk talk = talk_now(talks);
    *ret = told->address ? route_after(told->record, action->connector, told->address) : 0;
    bool ticket =
        talk.ticket && text_equal(talk.connector, action->connector) && text_equal(talk.address, told->address);
    return *ret || (ticket && told->record);
}

/* By the next route, if there is one: then the failed action is over, so that nobody repeats it by mistake. What may have reached them
   goes by no other route. */
static void report_not_done(struct told *told)
{
    CLEANUP_STR struct str text = {0}, why = {0};
    size_t next;
    bool again = next_route(told, &next);
    bool wished = told->record && hears(&told->t, told->record); /* it may have been set meanwhile */
    if (!told->address && told_elsewhere(told))
        return;
    bool sent = again && wished && !told->action->unsure &&
                send_by_route(&told->t, told->customer, told->record, next, &why);
    add_failure(told, sent, &text);
    str_add(&text, str_text(&why));
    if (!sent)
        telling_advice(told->t.incident, told->customer, &text);
    if (told->action->state == ACTION_DEAD && sent)
        outbox_drop(core_outbox(turn_core(told->t.turn)), told->action->id, turn_batch(told->t.turn), NULL);
    else if (told->action->state == ACTION_DEAD)
        str_addf(&text, " `actions again %" PRIu64 "` tries it once more.", told->action->id);
    say_one(&told->t, text.p);
    if (!sent)
        end_failed(told, text_empty(told->action->outcome.detail) ? "no connector knows how to reach them"
                                                                  : told->action->outcome.detail);
}

/* A person decides; of few, rooms/ asks them to. */
static void report_uncertain(const struct told *told)
{
    CLEANUP_STR struct str why = {0};
    str_addf(&why, "it may have been sent: look there, or type actions again %" PRIu64, told->action->id);
    if (!text_empty(told->action->outcome.detail))
        str_addf(&why, "; %s", told->action->outcome.detail);
    end_failed(told, why.p);
}

/* Looks at the incident only then: whatever looks at it in a turn has it stored, and its deadlines set again. */
static bool is_told(const struct action *action)
{
    return strcmp(action->kind, "desk.tell") == 0 &&
           (action->state == ACTION_DONE || action->state == ACTION_DEAD || action->state == ACTION_UNCERTAIN);
}

void telling_outcome(struct turn *turn, const struct action *action, const cJSON *body)
{
    const struct incident *incident = is_told(action) ? turn_incident(turn, action->incident) : NULL;
    if (!incident)
        return;
    const char *customer = json_text_or(body, "customer", "");
    struct told told = {.t = {turn, incident, json_int_or(body, "draft", 0), json_text_or(body, "text", ""),
                              NULL, json_bool_or(body, "bulk", false)},
                        .action = action,
                        .customer = customer,
                        .address = json_text_or(body, "address", NULL),
                        .record = customers_get(turn_core(turn), customer)};
    if (json_bool_or(body, "also", false))
        report_also(&told, body);
    else if (action->state == ACTION_DONE && !text_empty(action->outcome.remote_id))
        report_done(&told);
    else if (action->state == ACTION_UNCERTAIN)
        report_uncertain(&told);
    else
        report_not_done(&told);
}
