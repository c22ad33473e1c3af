/*
 * A customer's message as it stands in an incident: who of them wrote, and a button whose form drafts an answer. What somebody writes
 * under it on a platform with threads is meant for that customer, too, so it is remembered which message shows whose words.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "comms/comms.h"
#include "comms/inside.h"
#include "customers/customers.h"
#include "people/people.h"
#include "rooms/buttons.h"
#include "rooms/rooms.h"
#include "turn/live.h"

#define SHOWN_KEY "replied:" /* prefix of the key of a post that shows a customer's message */

struct shown {
    struct turn *turn;
    const struct incident *incident;
    const struct reply *reply;
    const char *customer;          /* key as the incident spells it */
    const struct customer *record; /* NULL: not in the directory */
    bool late;
};

/* ---- who ---- */

/* The contact in the directory who has this address; NULL: none. */
static const char *contact_of(const struct customer *record, const char *address)
{
    for (size_t i = 0; record && address && i < record->contacts.n; i++) {
        if (text_equal_nocase(record->contacts.v[i].email, address))
            return record->contacts.v[i].name;
    }
    return NULL;
}

static const char *name_of(const struct shown *s)
{
    return recipient_name(s->incident, &(struct recipient){s->customer, s->record});
}

/* Who of the customer wrote; NULL: nobody knows more than the customer. */
static const char *person_of(const struct shown *s)
{
    const char *contact = contact_of(s->record, s->reply->writer);
    if (contact || text_empty(s->reply->who) || text_equal_nocase(s->reply->who, name_of(s)))
        return contact;
    return s->reply->who;
}

/* "Jo Doe of Acme (gold) replied in #ext-acme", or who else it was. */
static void add_who(const struct shown *s, struct str *out)
{
    const char *did = s->late ? "wrote" : "replied", *person = person_of(s);
    const struct reply *reply = s->reply;
    if (reply->automatic) {
        str_addf(out, "%s sent an automatic reply", name_of(s));
    } else if (reply->unverified) {
        str_addf(out, "%s, not verified as %s, %s", reply->writer ? reply->writer : s->customer, name_of(s),
                 did);
    } else {
        str_addf(out, "%s%s%s", person ? person : "", person ? " of " : "", name_of(s));
        if (s->record && s->record->tier)
            str_addf(out, " (%s)", s->record->tier);
        str_addf(out, " %s", did);
    }
    if (!text_empty(reply->where))
        str_addf(out, " in %s", reply->where);
}

static struct shown shown_of(struct turn *turn, const struct incident *incident, const struct reply *reply,
                             const char *customer)
{
    return (struct shown){turn, incident, reply, customer, customers_get(turn_core(turn), reply->customer),
                          false};
}

char *answers_writer(struct turn *turn, uint64_t incident, const struct reply *reply, const char *customer)
{
    struct shown s = shown_of(turn, turn_incident(turn, incident), reply, customer);
    const char *name = name_of(&s), *person = person_of(&s);
    if (reply->unverified)
        return xasprintf("%s, not verified as %s,", reply->writer ? reply->writer : customer, name);
    if (reply->automatic)
        return xasprintf("the mailbox of %s", name);
    if (person)
        return xasprintf("%s of %s", person, name);
    return text_equal(name, customer) ? NULL : xstrdup(name);
}

/* ---- the card ---- */

static void add_text(const struct shown *s, struct str *out)
{
    static const char *const changes[] = {
        [REPLY_NEW] = "", [REPLY_EDITED] = "(edited) ", [REPLY_DELETED] = REPLY_GONE};
    str_add(out, changes[s->reply->change]);
    if (s->reply->change != REPLY_DELETED)
        text_literal(s->reply->text, out);
    if (s->reply->link) {
        str_addc(out, '\n');
        text_address(s->reply->link, out);
    }
}

/* Nobody answers a machine; and what is meant for a customer whose key means many would go to those. */
static bool can_be_answered(const struct shown *s)
{
    return !s->reply->automatic && s->reply->change != REPLY_DELETED && !audience_is_many(s->customer) &&
           !customer_is_everybody(s->customer);
}

/* The button is left out where there are no forms; the line to type stands everywhere. */
static void put_answer(const struct shown *s, struct str *text, struct json_out *j)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *typed = text_typed(s->customer);
    CLEANUP_FREE char *command = xasprintf("%s tell %s …", incident_name(s->incident->id, name), typed);
    str_markup(text, "\n\nAnswer with `%s`, which makes a draft.", command);
    json_key(j, "buttons");
    json_begin_array(j);
    button_put_asking(j, "Reply", command);
    json_end_array(j);
    json_put_text(j, "customer", s->customer); /* for the outcome */
}

static void put_card(const struct shown *s, struct str *out)
{
    CLEANUP_STR struct str title = {0}, text = {0};
    struct json_out j = {out, false};
    add_who(s, &title);
    add_text(s, &text);
    json_begin_object(&j);
    json_put_text(&j, "title", title.p);
    json_put_text(&j, "tone", s->reply->automatic ? "quiet" : "warn");
    if (can_be_answered(s))
        put_answer(s, &text, &j);
    json_put_text(&j, "text", str_text(&text));
    json_end_object(&j);
}

void answers_show(struct turn *turn, const struct incident *incident, const struct reply *reply,
                  const char *customer, bool late)
{
    struct shown s = shown_of(turn, incident, reply, customer);
    CLEANUP_STR struct str card = {0};
    CLEANUP_FREE char *key = turn_key_as(turn, SHOWN_KEY);
    s.late = late;
    put_card(&s, &card);
    if (late)
        rooms_say_inside(turn, incident->id, NULL, key, card.p, NULL);
    else
        rooms_say_incident(turn, incident->id, key, card.p, NULL);
}

/* ---- what is written under it ---- */

static char *shown_key(const char *connector, const char *message)
{
    return xasprintf("%s\x1f%s", connector, message);
}

/* `customer` NULL: it became the draft with that number. */
static void remember(struct turn *turn, const char *connector, const char *message, uint64_t incident,
                     const char *customer, int64_t draft)
{
    CLEANUP_FREE char *key = shown_key(connector, message);
    CLEANUP_STR struct str doc = {0};
    struct json_out j = {&doc, false};
    json_begin_object(&j);
    json_put_int(&j, "incident", (int64_t)incident);
    json_put_text_if(&j, "customer", customer);
    if (!customer)
        json_put_int(&j, "draft", draft);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_SHOWN, key, doc.p);
}

/* NULL: nothing is known of that message. */
static cJSON *remembered(const struct core *core, const char *connector, const char *message)
{
    struct journal_doc doc;
    cJSON *json = NULL;
    CLEANUP_FREE char *key = shown_key(connector, message);
    if (journal_doc(core_journal(core), DOC_SHOWN, key, &doc, NULL))
        return NULL;
    json_parse(doc.body, strlen(doc.body), SIZE_MAX, JSON_DEPTH, "shown", &json, NULL);
    journal_doc_finish(&doc);
    return json;
}

void answers_outcome(struct turn *turn, const struct action *action, const cJSON *body)
{
    const char *customer = json_text_or(json_member(body, "card"), "customer", NULL);
    if (action->state == ACTION_DONE && text_starts(action->key, SHOWN_KEY) && customer &&
        !text_empty(action->outcome.remote_id))
        remember(turn, action->connector, action->outcome.remote_id, action->incident, customer, 0);
}

bool comms_answered(const struct core *core, const char *connector, const char *message, struct answered *ret)
{
    CLEANUP_JSON cJSON *json = remembered(core, connector, message);
    ret->incident = (uint64_t)json_int_or(json, "incident", 0);
    ret->customer = xstrdup(json_text_or(json, "customer", NULL));
    return ret->customer != NULL;
}

void comms_drafted_from(struct turn *turn, const char *connector, const char *message, uint64_t incident)
{
    remember(turn, connector, message, incident, NULL, turn_incident(turn, incident)->comms.drafted);
}

struct draft_name comms_draft_from(const struct core *core, const char *connector, const char *message,
                                   const char *by, uint64_t here)
{
    CLEANUP_JSON cJSON *json = remembered(core, connector, message);
    struct draft_name name = {(uint64_t)json_int_or(json, "incident", 0), json_int_or(json, "draft", 0)};
    const struct incident *of = name.number ? live_incident(core, name.incident) : NULL;
    const struct state_draft *draft = of ? incident_draft(of, name.number) : NULL;
    bool theirs = draft && draft->state == DRAFT_WAITING && (!by || text_equal(draft_author(draft), by));
    return theirs && (!here || here == name.incident) ? name : (struct draft_name){0, 0};
}
