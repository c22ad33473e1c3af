/*
 * What customers write: told in the open incidents that affect them, or else where incidents are announced, so that
 * somebody looks. There the first words of a customer offer to declare; what the same customer writes soon after is
 * shown without that offer, or several people would declare one problem several times. All of it is remembered, in
 * memory, and goes to the incident that affects the customer as soon as there is one.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "comms/comms.h"
#include "comms/inside.h"
#include "rooms/rooms.h"
#include "turn/live.h"

#define OFFERED_FOR   (10 * MINUTE) /* so long an offer to declare stands for all that its customer writes */
#define KEPT_FOR      HOUR          /* what was written without an incident; from the offer on */
#define WRITERS_MOST  200
#define WRITINGS_MOST 50 /* of one customer */

struct hearing {
    struct turn *turn;
    const struct reply *reply;
    bool late; /* it was said where incidents are announced already */
    size_t heard;
};

/* ---- in an incident ---- */

/* As the incident spells its key; NULL: it does not affect them. */
static const char *affected(const struct incident *incident, const char *customer)
{
    for (size_t i = 0; i < incident->affected.customers.n; i++) {
        if (text_equal_nocase(incident->affected.customers.v[i].key, customer))
            return incident->affected.customers.v[i].key;
    }
    return NULL;
}

static const char *const changes[] = {
    [REPLY_NEW] = "", [REPLY_EDITED] = "(edited) ", [REPLY_DELETED] = "(deleted their message)"};

static void say_reply(const struct hearing *h, const struct incident *incident, const char *customer)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *key = turn_key(h->turn);
    str_addf(&text, "**%s %s:** %s%s", comms_customer_name(incident, customer), h->late ? "wrote" : "replied",
             changes[h->reply->change], h->reply->change == REPLY_DELETED ? "" : h->reply->text);
    if (h->reply->link)
        str_addf(&text, "\n%s", h->reply->link);
    str_addf(&text, "\nAnswer with `%s tell %s …`", incident_name(incident->id, name), customer);
    if (h->late)
        rooms_say_inside(h->turn, incident->id, NULL, key, NULL, text.p);
    else
        rooms_say_incident(h->turn, incident->id, key, NULL, text.p);
}

static void put_message(const struct reply *reply, struct str *out)
{
    struct json_out j = {out, false};
    if (!reply->message)
        return;
    json_begin_object(&j);
    json_put_text(&j, "connector", reply->connector);
    json_put_text(&j, "message", reply->message);
    json_end_object(&j);
}

/* Which incidents have a reply is kept, so that what its customer does to it later is heard there also when they have ended. */
static void remember(const struct hearing *h, uint64_t incident)
{
    CLEANUP_FREE char *key =
        xasprintf("%s\x1f%s\x1f%" PRIu64, h->reply->connector, h->reply->message, incident);
    batch_doc(turn_batch(h->turn), DOC_REPLY, key, "{}");
}

/* Into the timeline; customer: as the incident spells the key. */
static int take(const struct hearing *h, uint64_t incident, const char *customer)
{
    CLEANUP_FREE char *by = xasprintf(BY_CUSTOMER "%s", customer);
    CLEANUP_STR struct str message = {0};
    put_message(h->reply, &message);
    bool gone = h->reply->change == REPLY_DELETED, told = h->reply->change != REPLY_NEW && h->reply->message;
    struct command command = {
        .by = by, .automatic = true, .text = gone ? changes[REPLY_DELETED] : h->reply->text};
    if (!told) {
        command.verb = "replied";
        command.name = customer;
        command.value = h->reply->link;
        command.data = message.len ? message.p : NULL;
    } else {
        command.verb = gone ? "said_deleted" : "said_edited";
        command.name = h->reply->connector;
        command.value = h->reply->message;
        command.count = h->reply->order;
    }
    int rc = turn_do(h->turn, incident, &command, NULL, NULL);
    if (!rc && !told && h->reply->message)
        remember(h, incident);
    return rc;
}

static bool hear(void *ctx, const struct incident *incident)
{
    struct hearing *h = ctx;
    CLEANUP_FREE char *key = xstrdup(affected(incident, h->reply->customer));
    if (!key || take(h, incident->id, key))
        return true;
    say_reply(h, incident, key);
    h->heard++;
    return true;
}

static bool hear_ended(void *ctx, const struct journal_doc *doc)
{
    const struct hearing *h = ctx;
    uint64_t id = strtoull(strrchr(doc->key, '\x1f') + 1, NULL, 10);
    const struct incident *incident = live_incident(turn_core(h->turn), id);
    if (incident && !status_is_open(incident->status))
        take(h, id, h->reply->customer);
    return true;
}

/* Those that were open have heard it. */
static void change_in_ended(struct hearing *h)
{
    CLEANUP_FREE char *prefix = xasprintf("%s\x1f%s\x1f", h->reply->connector, h->reply->message);
    journal_docs(core_journal(turn_core(h->turn)), &(struct doc_query){.kind = DOC_REPLY, .prefix = prefix},
                 hear_ended, h, NULL);
}

/* ---- without one ---- */

static void writing_finish(struct writing *writing)
{
    free(writing->text);
    free(writing->link);
    free(writing->connector);
    free(writing->message);
}

static void writer_finish(struct writer *writer)
{
    for (size_t i = 0; i < writer->writings.n; i++)
        writing_finish(&writer->writings.v[i]);
    array_free(&writer->writings);
    free(writer->customer);
}

void replies_finish(struct comms *comms)
{
    for (size_t i = 0; i < comms->writers.n; i++)
        writer_finish(&comms->writers.v[i]);
    array_free(&comms->writers);
}

static void forget(struct comms *comms, size_t i)
{
    writer_finish(&comms->writers.v[i]);
    array_remove(&comms->writers, i);
}

/* Whose words have waited for too long is no writer any more. */
static struct writer *find_writer(struct comms *comms, const char *customer, instant now)
{
    struct writer *found = NULL;
    for (size_t i = comms->writers.n; i-- > 0;) {
        if (comms->writers.v[i].offered_at <= now - KEPT_FOR)
            forget(comms, i);
    }
    for (size_t i = 0; !found && i < comms->writers.n; i++) {
        if (text_equal_nocase(comms->writers.v[i].customer, customer))
            found = &comms->writers.v[i];
    }
    return found;
}

static struct writer *add_writer(struct comms *comms, const char *customer)
{
    if (comms->writers.n >= WRITERS_MOST)
        forget(comms, 0);
    struct writer *writer = array_add(&comms->writers);
    *writer = (struct writer){.customer = xstrdup(customer)};
    return writer;
}

static void keep(struct writer *writer, const struct hearing *h)
{
    if (writer->writings.n >= WRITINGS_MOST) {
        writing_finish(&writer->writings.v[0]);
        array_remove(&writer->writings, 0);
    }
    *array_add(&writer->writings) = (struct writing){xstrdup(h->reply->text), xstrdup(h->reply->link),
                                                     xstrdup(h->reply->connector), xstrdup(h->reply->message)};
}

/* What waits for an incident says what was written last, and what was deleted does not wait. */
static bool change(struct writer *writer, const struct reply *reply)
{
    bool found = false;
    for (size_t i = writer->writings.n; i-- > 0;) {
        struct writing *writing = &writer->writings.v[i];
        if (!reply->message || !text_equal(writing->message, reply->message) ||
            !text_equal(writing->connector, reply->connector))
            continue;
        found = true;
        replace_text(&writing->text, reply->text);
        if (reply->change == REPLY_DELETED) {
            writing_finish(writing);
            array_remove(&writer->writings, i);
        }
    }
    return found;
}

static void put_declare(const struct hearing *h, struct json_out *j)
{
    size_t n = strcspn(h->reply->text, "\n");
    bool plain = !strpbrk(h->reply->customer, "\"“”");
    CLEANUP_FREE char *of = plain ? xasprintf(" --customer \"%s\"", h->reply->customer) : xstrdup("");
    CLEANUP_FREE char *command = xasprintf(
        "declare%s%s%s %s: %.*s", of, h->reply->link ? " --link " : "", h->reply->link ? h->reply->link : "",
        h->reply->customer, (int)utf8_cut(h->reply->text, n, MIN(n, (size_t)120)), h->reply->text);
    json_key(j, "buttons");
    json_begin_array(j);
    json_begin_object(j);
    json_put_text(j, "label", "Declare");
    json_put_text(j, "command", command);
    json_put_text(j, "style", "primary");
    json_end_object(j);
    json_end_array(j);
}

static void announce(const struct hearing *h, bool offer)
{
    CLEANUP_STR struct str card = {0};
    CLEANUP_FREE char *key = turn_key(h->turn);
    CLEANUP_FREE char *title = xasprintf(offer ? "%s wrote" : "%s wrote more", h->reply->customer);
    CLEANUP_FREE char *more = xasprintf("%s%sDeclare is under their first message.",
                                        h->reply->link ? h->reply->link : "", h->reply->link ? " · " : "");
    struct json_out j = {&card, false};
    json_begin_object(&j);
    json_put_text(&j, "title", title);
    json_put_text(&j, "tone", "warn");
    json_put_text(&j, "text", h->reply->text);
    if (offer)
        put_declare(h, &j);
    json_put_text_if(&j, "footer", offer ? h->reply->link : more);
    json_end_object(&j);
    rooms_say_incident(h->turn, 0, key, card.p, NULL);
}

/* A customer whom no open incident is about. */
static void hear_alone(const struct hearing *h)
{
    struct comms *comms = comms_of(turn_core(h->turn));
    struct writer *writer = find_writer(comms, h->reply->customer, turn_now(h->turn));
    bool offer = !writer || writer->offered_at <= turn_now(h->turn) - OFFERED_FOR;
    bool known = writer && h->reply->change != REPLY_NEW && change(writer, h->reply);
    if (h->reply->change == REPLY_DELETED)
        return;
    if (!writer)
        writer = add_writer(comms, h->reply->customer);
    if (!known)
        keep(writer, h);
    if (offer)
        writer->offered_at = turn_now(h->turn);
    announce(h, offer);
}

void replies_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct comms *comms = comms_of(turn_core(turn));
    struct writer *found = find_writer(comms, event->name, turn_now(turn));
    if (!found)
        return;
    struct writer writer = *found;
    array_remove(&comms->writers, (size_t)(found - comms->writers.v));
    for (size_t i = 0; i < writer.writings.n; i++) {
        const struct writing *writing = &writer.writings.v[i];
        struct reply reply = {.customer = writer.customer,
                              .text = writing->text,
                              .link = writing->link,
                              .connector = writing->connector,
                              .message = writing->message};
        hear(&(struct hearing){turn, &reply, true, 0}, incident);
    }
    writer_finish(&writer);
}

void comms_replied(struct turn *turn, const struct reply *reply)
{
    struct hearing hearing = {turn, reply, false, 0};
    affected_each(turn_core(turn), reply->customer, hear, &hearing);
    if (reply->change != REPLY_NEW && reply->message)
        change_in_ended(&hearing);
    if (!hearing.heard)
        hear_alone(&hearing);
}
