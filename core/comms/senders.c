#include "comms/senders.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "comms/inside.h"
#include "customers/customers.h"

#define KEPT_FOR      HOUR /* messages are kept for so long after the offer to declare */
#define SENDERS_MOST  200
#define MESSAGES_MOST 50 /* of one customer */

const char *sender_key(const struct core *core, const char *customer)
{
    const struct customer *record = customers_get(core, customer);
    if (!record && strchr(customer, '@'))
        record = customers_of_email(core, customer);
    return record ? record->key : customer;
}

/* ---- documents ---- */

/* The texts of a message, and their names in a document. */
static const struct {
    const char *name;
    size_t at;
} texts[] = {
    {"text", offsetof(struct message, text)},     {"link", offsetof(struct message, link)},
    {"who", offsetof(struct message, who)},       {"where", offsetof(struct message, where)},
    {"writer", offsetof(struct message, writer)}, {"connector", offsetof(struct message, connector)},
    {"id", offsetof(struct message, id)},         {"ticket", offsetof(struct message, ticket)},
    {"title", offsetof(struct message, title)},
};

static char **text_at(const struct message *message, size_t i)
{
    return (char **)((uintptr_t)message + texts[i].at);
}

static void put_message(const struct message *message, struct json_out *j)
{
    json_begin_object(j);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        json_put_text_if(j, texts[i].name, *text_at(message, i));
    if (message->unverified)
        json_put_bool(j, "unverified", true);
    json_end_object(j);
}

static void store(struct turn *turn, const struct sender *sender)
{
    CLEANUP_STR struct str body = {0};
    CLEANUP_FREE char *key = text_lower(sender->customer);
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "customer", sender->customer);
    json_put_int(&j, "offered_at", sender->offered_at);
    json_key(&j, "messages");
    json_begin_array(&j);
    for (size_t i = 0; i < sender->messages.n; i++)
        put_message(&sender->messages.v[i], &j);
    json_end_array(&j);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_SENDER, key, body.p)->at = sender->offered_at;
}

static struct message read_message(const cJSON *kept)
{
    struct message message = {.unverified = json_bool_or(kept, "unverified", false)};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        *text_at(&message, i) = xstrdup(json_text_or(kept, texts[i].name, NULL));
    return message;
}

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    struct comms *comms = ctx;
    const cJSON *one;
    CLEANUP_JSON cJSON *body = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "sender", &body, NULL))
        return true;
    struct sender *sender = array_add(&comms->senders);
    *sender = (struct sender){.customer = xstrdup(json_text_or(body, "customer", doc->key)),
                              .offered_at = json_int_or(body, "offered_at", 0)};
    cJSON_ArrayForEach(one, json_member(body, "messages"))
    {
        *array_add(&sender->messages) = read_message(one);
    }
    return true;
}

int senders_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_SENDER}, load_one, comms_of(core),
                        err);
}

/* ---- memory ---- */

static void message_finish(struct message *message)
{
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(*text_at(message, i));
}

void sender_finish(struct sender *sender)
{
    for (size_t i = 0; i < sender->messages.n; i++)
        message_finish(&sender->messages.v[i]);
    array_free(&sender->messages);
    free(sender->customer);
}

void senders_finish(struct comms *comms)
{
    for (size_t i = 0; i < comms->senders.n; i++)
        sender_finish(&comms->senders.v[i]);
    array_free(&comms->senders);
}

struct sender senders_take(struct turn *turn, struct sender *sender)
{
    struct comms *comms = comms_of(turn_core(turn));
    struct sender taken = *sender;
    CLEANUP_FREE char *key = text_lower(taken.customer);
    array_remove(&comms->senders, (size_t)(sender - comms->senders.v));
    batch_doc(turn_batch(turn), DOC_SENDER, key, NULL);
    return taken;
}

static void forget(struct turn *turn, size_t i)
{
    struct sender taken = senders_take(turn, &comms_of(turn_core(turn))->senders.v[i]);
    sender_finish(&taken);
}

struct sender *senders_find(struct turn *turn, const char *customer)
{
    const struct core *core = turn_core(turn);
    struct comms *comms = comms_of(core);
    const char *key = sender_key(core, customer);
    for (size_t i = comms->senders.n; i-- > 0;) {
        if (comms->senders.v[i].offered_at <= turn_now(turn) - KEPT_FOR)
            forget(turn, i);
    }
    for (size_t i = 0; i < comms->senders.n; i++) {
        if (text_equal_nocase(sender_key(core, comms->senders.v[i].customer), key))
            return &comms->senders.v[i];
    }
    return NULL;
}

struct sender *senders_add(struct turn *turn, const char *customer)
{
    struct comms *comms = comms_of(turn_core(turn));
    if (comms->senders.n >= SENDERS_MOST)
        forget(turn, 0);
    struct sender *sender = array_add(&comms->senders);
    *sender = (struct sender){.customer = xstrdup(customer)};
    return sender;
}

/* ---- what they said ---- */

void senders_keep(struct turn *turn, struct sender *sender, const struct reply *reply)
{
    if (sender->messages.n >= MESSAGES_MOST) {
        message_finish(&sender->messages.v[0]);
        array_remove(&sender->messages, 0);
    }
    *array_add(&sender->messages) = (struct message){.text = xstrdup(reply->text),
                                                     .link = xstrdup(reply->link),
                                                     .who = xstrdup(reply->who),
                                                     .where = xstrdup(reply->where),
                                                     .writer = xstrdup(reply->writer),
                                                     .connector = xstrdup(reply->connector),
                                                     .id = xstrdup(reply->message),
                                                     .ticket = xstrdup(reply->ticket),
                                                     .title = xstrdup(reply->title),
                                                     .unverified = reply->unverified};
    store(turn, sender);
}

struct sender senders_take_in(struct turn *turn, const char *connector, const char *ticket)
{
    struct comms *comms = comms_of(turn_core(turn));
    struct sender taken = {.customer = xstrdup("")};
    for (size_t i = 0; i < comms->senders.n; i++) {
        struct sender *sender = &comms->senders.v[i];
        size_t before = taken.messages.n, kept = 0;
        for (size_t k = 0; k < sender->messages.n; k++) {
            struct message message = sender->messages.v[k];
            bool in = text_equal(message.ticket, ticket) && text_equal(message.connector, connector);
            if (in)
                *array_add(&taken.messages) = message;
            else
                sender->messages.v[kept++] = message;
        }
        sender->messages.n = kept;
        if (taken.messages.n > before)
            store(turn, sender);
    }
    return taken;
}

bool senders_update(struct turn *turn, struct sender *sender, const struct reply *reply)
{
    bool found = false;
    for (size_t i = sender->messages.n; i-- > 0;) {
        struct message *message = &sender->messages.v[i];
        if (!reply->message || !text_equal(message->id, reply->message) ||
            !text_equal(message->connector, reply->connector))
            continue;
        found = true;
        replace_text(&message->text, reply->text);
        if (reply->change == REPLY_DELETED) {
            message_finish(message);
            array_remove(&sender->messages, i);
        }
    }
    if (found)
        store(turn, sender);
    return found;
}

struct reply senders_reply(const struct core *core, const struct sender *sender, size_t i)
{
    const struct message *message = &sender->messages.v[i];
    return (struct reply){.customer = sender_key(core, sender->customer),
                          .text = message->text,
                          .writer = message->writer,
                          .link = message->link,
                          .who = message->who,
                          .where = message->where,
                          .connector = message->connector,
                          .message = message->id,
                          .ticket = message->ticket,
                          .title = message->title,
                          .unverified = message->unverified};
}
