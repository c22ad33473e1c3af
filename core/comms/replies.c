/*
 * Messages from customers. Each is reported in the open incidents that affect the customer or, if there are none, in the
 * announcements. There the first message of a customer offers to declare an incident, or to attach it to an open one that fits. Those
 * that follow soon after do not, so that people do not declare one problem several times. All of these messages are kept (senders.c), and go to the
 * incident that affects the customer as soon as there is one.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "comms/comms.h"
#include "comms/progress.h"
#include "comms/touched.h"
#include "customers/customers.h"
#include "impact/impact.h"
#include "rooms/buttons.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "turn/live.h"

#define OFFERED_FOR (10 * MINUTE)   /* an offer to declare covers later messages of the customer for so long */
#define MAY_BELONG  "may belong to" /* the name of the field that lists them */
#define ANSWERS     "answers"       /* of the one that names the incident which it answers, and which is over */

struct arrival {
    struct turn *turn;
    const struct reply *reply;
    bool late; /* it was shown in the announcements before */
    size_t taken;
};

/* ---- in an incident ---- */

/* The ticket of somebody who may be another is not theirs: what they are told must not go there. */
static void put_message(const struct reply *reply, const char *who, struct str *out)
{
    struct json_out j = {out, false};
    const char *ticket = reply->unverified ? NULL : reply->ticket;
    if (!reply->message && !who && !ticket)
        return;
    json_begin_object(&j);
    if (reply->message || ticket)
        json_put_text(&j, "connector", reply->connector);
    json_put_text_if(&j, "message", reply->message);
    json_put_text_if(&j, "ticket", ticket);
    json_put_text_if(&j, "title", ticket ? reply->title : NULL);
    json_put_text_if(&j, "who", who);
    json_end_object(&j);
}

/* Remembers which incidents have a reply, so that later edits reach those that have ended, too. */
static void remember(const struct arrival *a, uint64_t incident)
{
    CLEANUP_FREE char *key =
        xasprintf("%s\x1f%s\x1f%" PRIu64, a->reply->connector, a->reply->message, incident);
    batch_doc(turn_batch(a->turn), DOC_REPLY, key, "{}");
}

/* The message that it is the first answer to: the latest that told them. 0: none. */
static int64_t first_answer(const struct arrival *a, uint64_t incident, const char *customer)
{
    const struct customer *record = customers_get(turn_core(a->turn), customer);
    return a->reply->automatic ? 0 : standing_answered(a->turn, incident, record ? record->key : customer);
}

/* Writes it into the timeline. `customer` is the key as the incident spells it. */
static int record(const struct arrival *a, uint64_t incident, const char *customer)
{
    CLEANUP_FREE char *by = xasprintf(BY_CUSTOMER "%s", customer);
    CLEANUP_FREE char *who = answers_writer(a->turn, incident, a->reply, customer);
    CLEANUP_STR struct str message = {0};
    put_message(a->reply, who, &message);
    bool gone = a->reply->change == REPLY_DELETED, edit = a->reply->change != REPLY_NEW && a->reply->message;
    struct command command = {.by = by, .automatic = true, .text = gone ? REPLY_GONE : a->reply->text};
    if (!edit) {
        command.verb = "replied";
        command.name = customer;
        command.value = a->reply->link;
        command.data = message.len ? message.p : NULL;
        command.flag = !a->reply->automatic;
        command.count = first_answer(a, incident, customer);
    } else {
        command.verb = gone ? "said_deleted" : "said_edited";
        command.name = a->reply->connector;
        command.value = a->reply->message;
        command.count = a->reply->order;
    }
    int rc = turn_do(a->turn, incident, &command, NULL, NULL);
    if (!rc && !edit && a->reply->message)
        remember(a, incident);
    return rc;
}

static bool take_open(void *ctx, const struct incident *incident)
{
    struct arrival *a = ctx;
    CLEANUP_FREE char *key = impact_key(turn_core(a->turn), incident, a->reply->customer);
    if (!key || record(a, incident->id, key))
        return true;
    answers_show(a->turn, incident, a->reply, key, a->late);
    a->taken++;
    return true;
}

/* It answers a message of this incident, so it belongs there whether or not the customer is among those affected. */
static void take_named(struct arrival *a)
{
    const struct incident *incident = live_incident(turn_core(a->turn), a->reply->incident);
    if (!incident || !status_is_open(incident->status))
        return;
    CLEANUP_FREE char *key = impact_key(turn_core(a->turn), incident, a->reply->customer);
    key = key ? key : xstrdup(a->reply->customer);
    if (record(a, incident->id, key))
        return;
    answers_show(a->turn, incident, a->reply, key, a->late);
    a->taken++;
}

static bool take_ended(void *ctx, const struct journal_doc *doc)
{
    const struct arrival *a = ctx;
    uint64_t id = strtoull(strrchr(doc->key, '\x1f') + 1, NULL, 10);
    const struct incident *incident = live_incident(turn_core(a->turn), id);
    if (incident && !status_is_open(incident->status))
        record(a, id, a->reply->customer);
    return true;
}

/* Records an edit or a deletion in ended incidents; the open ones have it already. */
static void change_in_ended(struct arrival *a)
{
    CLEANUP_FREE char *prefix = xasprintf("%s\x1f%s\x1f", a->reply->connector, a->reply->message);
    journal_docs(core_journal(turn_core(a->turn)), &(struct doc_query){.kind = DOC_REPLY, .prefix = prefix},
                 take_ended, a, NULL);
}

/* ---- without an incident ---- */

static void put_declare(const struct arrival *a, struct json_out *j)
{
    size_t n = strcspn(a->reply->text, "\n");
    bool plain = !strpbrk(a->reply->customer, "\"“”");
    CLEANUP_FREE char *of = plain ? xasprintf(" --customer \"%s\"", a->reply->customer) : xstrdup("");
    CLEANUP_FREE char *command = xasprintf(
        "declare%s%s%s %s: %.*s", of, a->reply->link ? " --link " : "", a->reply->link ? a->reply->link : "",
        a->reply->customer, (int)utf8_cut(a->reply->text, n, MIN(n, (size_t)120)), a->reply->text);
    button_put_offer(j, "Declare", command, "primary", 0, turn_now(a->turn));
}

static void put_offers(const struct arrival *a, const struct fitting *fitting, struct json_out *j)
{
    char name[INCIDENT_NAME];
    json_key(j, "buttons");
    json_begin_array(j);
    put_declare(a, j);
    for (size_t i = 0; i < fitting->n; i++) {
        CLEANUP_FREE char *label = xasprintf("Attach to %s", incident_name(fitting->ids[i], name));
        CLEANUP_FREE char *line = fitting_line(turn_core(a->turn), a->reply, fitting->ids[i]);
        button_put_offer(j, label, line, "", 0, turn_now(a->turn));
    }
    json_end_array(j);
}

/* "INC-7 cards are refused, which is resolved; …". NULL: it answers none that is over, and that everybody may see. The caller frees it. */
static char *answered_of(const struct arrival *a)
{
    char name[INCIDENT_NAME];
    uint64_t id = a->reply->incident ? a->reply->incident : a->reply->about;
    const struct incident *incident = id ? sight_incident(turn_core(a->turn), id, NULL) : NULL;
    if (!incident || (incident->status != STATUS_RESOLVED && incident->status != STATUS_CLOSED &&
                      incident->status != STATUS_DECLINED))
        return NULL;
    return xasprintf("%s %s, which is %s; if it is back, type %s reopen", incident_name(id, name),
                     incident->title, status_phrase(incident->status), name);
}

/* Who of the customer wrote, and where; and what it may be about. */
static void put_fields(const struct reply *reply, const char *answered, const struct fitting *fitting,
                       struct json_out *j)
{
    json_key(j, "fields");
    json_begin_array(j);
    card_field(j, "from", reply->who);
    card_field(j, "organisation", reply->organisation);
    card_field(j, "in", reply->where);
    card_field(j, "ticket", reply->title);
    card_field(j, ANSWERS, answered);
    card_field(j, MAY_BELONG, str_text(&fitting->names));
    json_end_array(j);
}

/* "Acme (gold) wrote", "eve@evil.example, not verified as Acme, wrote" */
static char *title_of(const struct arrival *a, const char *did)
{
    const struct customer *record = customers_get(turn_core(a->turn), a->reply->customer);
    const char *name = record ? customer_name(record) : a->reply->customer, *writer = a->reply->writer;
    const char *tier = record && record->tier ? record->tier : "";
    bool other = writer && !text_equal_nocase(writer, name);
    if (a->reply->unverified)
        return other ? xasprintf("%s, not verified as %s, %s", writer, name, did)
                     : xasprintf("%s, not verified, %s", name, did);
    return xasprintf("%s%s%s%s %s", name, *tier ? " (" : "", tier, *tier ? ")" : "", did);
}

static void announce(const struct arrival *a, bool offer)
{
    CLEANUP_STR struct str card = {0}, text = {0};
    struct fitting fitting = {0};
    CLEANUP_FREE char *title = title_of(a, offer ? "wrote" : "wrote more");
    CLEANUP_FREE char *more = xasprintf("%s%sWhat to do is under their first message.",
                                        a->reply->link ? a->reply->link : "", a->reply->link ? " · " : "");
    struct json_out j = {&card, false};
    CLEANUP_FREE char *answered = answered_of(a);
    if (offer)
        fitting_find(turn_core(a->turn), a->reply, &fitting);
    CLEANUP_FREE char *key = fitting.n || answered ? turn_key_as(a->turn, FITTING_KEY) : turn_key(a->turn);
    json_begin_object(&j);
    json_put_text(&j, "title", title);
    json_put_text(&j, "tone", "warn");
    put_fields(a->reply, answered, &fitting, &j);
    text_literal(a->reply->text, &text);
    json_put_text(&j, "text", str_text(&text));
    if (offer)
        put_offers(a, &fitting, &j);
    json_put_text_if(&j, "footer", offer ? a->reply->link : more);
    json_end_object(&j);
    rooms_say_incident(a->turn, 0, key, card.p, NULL);
    str_finish(&fitting.names);
}

/* Without the incidents: those that are left are not worth another search. */
static void strip_fitting(cJSON *card)
{
    cJSON *fields = cJSON_GetObjectItemCaseSensitive(card, "fields"),
          *buttons = cJSON_GetObjectItemCaseSensitive(card, "buttons");
    for (int i = cJSON_GetArraySize(fields); i-- > 0;) {
        const char *name = json_text_or(cJSON_GetArrayItem(fields, i), "name", NULL);
        if (text_equal(name, MAY_BELONG) || text_equal(name, ANSWERS))
            cJSON_DeleteItemFromArray(fields, i);
    }
    while (cJSON_GetArraySize(buttons) > 1) /* Declare stays */
        cJSON_DeleteItemFromArray(buttons, 1);
}

void replies_withheld(struct turn *turn, const struct action *action, const char *instead)
{
    CLEANUP_JSON cJSON *body = NULL;
    CLEANUP_STR struct str card = {0};
    CLEANUP_FREE char *key = turn_key(turn);
    (void)instead;
    if (!text_starts(action->key, FITTING_KEY) ||
        json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL))
        return;
    cJSON *shown = cJSON_GetObjectItemCaseSensitive(body, "card");
    strip_fitting(shown);
    json_tree(&(struct json_out){&card, false}, shown);
    struct place place = {.connector = action->connector, .channel = json_text_or(body, "channel", NULL)};
    rooms_say(turn, &place, 0, key, card.p, NULL);
}

/* The customer is not affected by any open incident. */
static void take_unknown(const struct arrival *a)
{
    struct sender *sender = senders_find(a->turn, a->reply->customer);
    bool offer = !sender || sender->offered_at <= turn_now(a->turn) - OFFERED_FOR;
    bool known = sender && a->reply->change != REPLY_NEW && senders_update(a->turn, sender, a->reply);
    if (a->reply->change == REPLY_DELETED)
        return;
    if (!sender)
        sender = senders_add(a->turn, a->reply->customer);
    if (offer)
        sender->offered_at = turn_now(a->turn);
    if (!known)
        senders_keep(a->turn, sender, a->reply);
    announce(a, offer);
}

void replies_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct sender *found = senders_find(turn, event->name);
    if (!found)
        return;
    struct sender sender = senders_take(turn, found);
    for (size_t i = 0; i < sender.messages.n; i++) {
        struct reply reply = senders_reply(turn_core(turn), &sender, i);
        take_open(&(struct arrival){turn, &reply, true, 0}, incident);
    }
    sender_finish(&sender);
}

void comms_said_in(struct turn *turn, const struct incident *incident, const char *customer,
                   const char *connector, const char *ticket)
{
    if (!status_is_open(incident->status))
        return;
    struct sender sender = senders_take_in(turn, connector, ticket);
    for (size_t i = 0; i < sender.messages.n; i++) {
        struct reply reply = senders_reply(turn_core(turn), &sender, i);
        reply.customer = customer;
        take_open(&(struct arrival){turn, &reply, true, 0}, incident);
    }
    sender_finish(&sender);
}

/* By the key of the directory, where that knows the key or the address that the connector gave. */
static struct reply named(const struct core *core, const struct reply *reply)
{
    struct reply known = *reply;
    known.customer = sender_key(core, reply->customer);
    return known;
}

void comms_replied(struct turn *turn, const struct reply *said)
{
    struct reply known = named(turn_core(turn), said), *reply = &known;
    struct arrival arrival = {turn, reply, false, 0};
    if (reply->incident)
        take_named(&arrival);
    if (!arrival.taken)
        comms_affecting(turn_core(turn), reply->customer, take_open, &arrival);
    if (reply->change != REPLY_NEW && reply->message)
        change_in_ended(&arrival);
    if (!arrival.taken && !reply->automatic)
        take_unknown(&arrival);
}
