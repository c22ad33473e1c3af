/* Which incidents affected a customer or were told to them, whenever that was: a document for each, found by the customer. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "comms/conversations.h"
#include "comms/inside.h"
#include "comms/touched.h"
#include "customers/customers.h"

static char *key_of(const char *customer, uint64_t incident)
{
    CLEANUP_FREE char *key = text_lower(customer);
    return xasprintf("%s\x1f%010" PRIu64, key, incident);
}

void touched_folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    bool touched = event->type == EVENT_CUSTOMER || event->type == EVENT_TOLD;
    if (!touched && event->type != EVENT_UNAFFECTED)
        return;
    const struct customer *record = customers_get(turn_core(turn), event->name);
    CLEANUP_FREE char *key = key_of(record ? record->key : event->name, incident->id);
    batch_doc(turn_batch(turn), DOC_TOUCHED, key, touched ? "{}" : NULL);
}

/* ---- reading ---- */

static bool take_number(void *ctx, const struct journal_doc *doc)
{
    comms_numbers *numbers = ctx;
    *array_add(numbers) = strtoull(strrchr(doc->key, '\x1f') + 1, NULL, 10);
    return true;
}

static int read_key(const struct core *core, const char *customer, uint64_t before, size_t limit,
                    comms_numbers *ret, struct error *err)
{
    CLEANUP_FREE char *key = text_lower(customer), *prefix = xasprintf("%s\x1f", key);
    CLEANUP_FREE char *after = before ? key_of(customer, before) : NULL;
    const struct doc_query query = {
        .kind = DOC_TOUCHED, .prefix = prefix, .after = after, .descending = true, .limit = limit};
    return journal_docs(core_journal(core), &query, take_number, ret, err);
}

static int latest_first(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* Of each once, so many. */
static void shorten(comms_numbers *numbers, size_t limit)
{
    size_t n = 0;
    if (numbers->n)
        qsort(numbers->v, numbers->n, sizeof(*numbers->v), latest_first);
    for (size_t i = 0; i < numbers->n && n < limit; i++) {
        if (!n || numbers->v[n - 1] != numbers->v[i])
            numbers->v[n++] = numbers->v[i];
    }
    numbers->n = n;
}

int comms_touching(const struct core *core, const char *customer, uint64_t before, size_t limit,
                   comms_numbers *ret, struct error *err)
{
    const struct customer *record = customers_get(core, customer);
    int rc = read_key(core, record ? record->key : customer, before, limit, ret, err);
    for (size_t i = 0; record && !rc && i < record->aliases.n; i++)
        rc = read_key(core, record->aliases.v[i], before, limit, ret, err);
    shorten(ret, limit);
    return rc;
}

/* ---- what they heard ---- */

static bool tell_word(const struct incident *incident, const struct recipient *to, const struct heard *heard,
                      bool (*on)(void *ctx, const struct comms_word *word), void *ctx)
{
    const struct state_draft *draft = heard->draft ? incident_draft(incident, heard->draft) : NULL;
    CLEANUP_STR struct str text = {0};
    if (draft)
        recipient_text(incident, to, draft->text, draft->languages, &text);
    return on(ctx, &(struct comms_word){heard->at, heard->draft, text.p});
}

instant comms_heard(struct core *core, const struct incident *incident, const char *customer,
                    bool (*on)(void *ctx, const struct comms_word *word), void *ctx)
{
    const struct recipient to = {customer, customers_get(core, customer)};
    struct talks *read;
    const struct conversation *talk = conversation_alone(core, incident->id, customer, &read);
    bool more = true;
    for (size_t i = 0; talk && more && i < talk->heard.n; i++)
        more = tell_word(incident, &to, &talk->heard.v[i], on, ctx);
    instant wrote = talk ? talk->wrote_at : 0;
    talks_destroy(read);
    return wrote;
}
