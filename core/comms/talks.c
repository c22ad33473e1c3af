/*
 * Where what customers are told goes on: the messages before it in the same conversation and, where they have tickets of a desk about the
 * incident, those. The ticket that was attached, or in which they wrote, last is the one for what is said to them; what is said to many
 * goes into all of them.
 */
#include <inttypes.h>
#include <string.h>

#include "comms/comms.h"
#include "comms/inside.h"
#include "customers/customers.h"

#define TALKS_MOST 20 /* tickets of one customer; the oldest makes room */

char *thread_key(uint64_t incident, const char *customer, const char *connector, const char *address)
{
    return xasprintf("%010" PRIu64 "\x1f%s\x1f%s\x1f%s", incident, customer, connector, address ? address : "");
}

cJSON *thread_get(const struct core *core, const char *key)
{
    CLEANUP_FREE char *kept = written_get(&comms_of(core)->standings, core, DOC_THREAD, key);
    cJSON *body = NULL;
    if (kept)
        json_parse(kept, strlen(kept), SIZE_MAX, JSON_DEPTH, "thread", &body, NULL);
    return body;
}

void thread_put(struct turn *turn, const char *key, const char *body)
{
    written_put(&comms_of(turn_core(turn))->standings, turn, DOC_THREAD, key, body);
}

/* No connector has an empty name: that key has the tickets. */
static char *talks_key(uint64_t incident, const char *customer)
{
    return thread_key(incident, customer, "", NULL);
}

cJSON *talks_of(const struct core *core, uint64_t incident, const char *customer)
{
    CLEANUP_FREE char *key = talks_key(incident, customer);
    cJSON *body = thread_get(core, key), *talks = cJSON_DetachItemFromObjectCaseSensitive(body, "tickets");
    cJSON_Delete(body);
    return talks;
}

struct talk talk_at(const cJSON *talks, int i)
{
    const cJSON *row = cJSON_GetArrayItem(talks, i);
    return (struct talk){json_text_or(row, "connector", NULL), json_text_or(row, "address", NULL),
                         json_text_or(row, "ticket", NULL)};
}

struct talk talk_now(const cJSON *talks)
{
    return talk_at(talks, cJSON_GetArraySize(talks) - 1);
}

static void store(struct turn *turn, const char *key, const cJSON *talks)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_key(&j, "tickets");
    json_tree(&j, talks);
    json_end_object(&j);
    thread_put(turn, key, body.p);
}

static void take_out(cJSON *talks, const char *connector, const char *ticket)
{
    for (int i = cJSON_GetArraySize(talks); i-- > 0;) {
        struct talk talk = talk_at(talks, i);
        if (text_equal(talk.connector, connector) && text_equal(talk.ticket, ticket))
            cJSON_DeleteItemFromArray(talks, i);
    }
}

/* Its tickets without that one, for a change; and the key of the document. The caller deletes and frees. */
static cJSON *without(struct turn *turn, uint64_t incident, const char *customer, const char *connector,
                      const char *ticket, char **ret_key)
{
    const struct customer *record = customers_get(turn_core(turn), customer);
    const char *key = record ? record->key : customer;
    cJSON *talks = talks_of(turn_core(turn), incident, key);
    *ret_key = talks_key(incident, key);
    talks = talks ? talks : cJSON_CreateArray();
    take_out(talks, connector, ticket);
    return talks;
}

void comms_talks_in(struct turn *turn, uint64_t incident, const char *customer, const char *connector,
                    const char *address, const char *ticket)
{
    CLEANUP_FREE char *key = NULL;
    CLEANUP_JSON cJSON *talks = without(turn, incident, customer, connector, ticket, &key);
    cJSON *row = cJSON_CreateObject();
    cJSON_AddStringToObject(row, "connector", connector);
    if (address)
        cJSON_AddStringToObject(row, "address", address);
    cJSON_AddStringToObject(row, "ticket", ticket);
    cJSON_AddItemToArray(talks, row);
    if (cJSON_GetArraySize(talks) > TALKS_MOST)
        cJSON_DeleteItemFromArray(talks, 0);
    store(turn, key, talks);
}

void comms_talks_elsewhere(struct turn *turn, uint64_t incident, const char *customer, const char *connector,
                           const char *ticket)
{
    CLEANUP_FREE char *key = NULL;
    CLEANUP_JSON cJSON *talks = without(turn, incident, customer, connector, ticket, &key);
    store(turn, key, talks);
}

bool comms_public_words(const struct incident *incident, struct str *out)
{
    const struct state_draft *latest = NULL;
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        const struct state_draft *draft = &incident->comms.drafts.v[i];
        if (draft->state == DRAFT_APPROVED && audience_is_many(draft->customer))
            latest = draft;
    }
    if (!latest)
        return false;
    str_add(out, "> ");
    for (const char *p = latest->text; *p; p++) {
        str_addc(out, *p);
        if (*p == '\n')
            str_add(out, "> ");
    }
    return true;
}
