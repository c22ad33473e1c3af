/* Whom a message to customers reaches: those affected who are of its audience, each once; and what each of them reads. */
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "comms/comms.h"
#include "comms/inside.h"
#include "comms/wording.h"
#include "customers/customers.h"
#include "impact/impact.h"

static void add(recipient_list *list, const char *key, const struct customer *record)
{
    *array_add(list) = (struct recipient){xstrdup(key), record};
}

static void add_affected(struct core *core, const struct incident *incident, const char *audience,
                         recipient_list *list)
{
    struct impact impact;
    impact_of(core, incident, false, &impact);
    for (size_t i = 0; i < impact.rows.n; i++) {
        if (audience_has(audience, impact.rows.v[i].record))
            add(list, impact.rows.v[i].key, impact.rows.v[i].record);
    }
    impact_finish(&impact);
}

void recipients_of(struct core *core, const struct incident *incident, const char *audience,
                   recipient_list *ret)
{
    *ret = (recipient_list){0};
    if (audience_is_many(audience))
        add_affected(core, incident, audience, ret);
    else
        add(ret, audience, customers_get(core, audience));
}

static bool has(const recipient_list *list, const struct customer *record)
{
    for (size_t i = 0; record && i < list->n; i++) {
        if (list->v[i].record == record)
            return true;
    }
    return false;
}

void recipients_named(struct core *core, const struct incident *incident, const char *audience, size_t most,
                      recipient_list *ret)
{
    const struct state_affected *affected = &incident->affected;
    *ret = (recipient_list){0};
    for (size_t i = 0; i < affected->customers.n && ret->n < most; i++) {
        const char *key = affected->customers.v[i].key;
        const struct customer *record = customers_get(core, key);
        if (audience_has(audience, record) && !has(ret, record))
            add(ret, key, record);
    }
}

void recipients_finish(recipient_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free((char *)(uintptr_t)list->v[i].key);
    array_free(list);
}

void recipients_none(const struct incident *incident, const char *audience, struct str *out)
{
    const char *tier = text_starts(audience, CUSTOMERS_OF_TIER) ? audience + strlen(CUSTOMERS_OF_TIER) : NULL;
    if (tier && incident_customers(incident))
        str_markup(out, "no affected customer is of the tier %s. `customer KEY tier %s` sets it.", tier, tier);
    else
        str_add(out, "no affected customer is known. Add one with `customers add Acme`.");
}

bool comms_is_nobody(struct core *core, const struct incident *incident, const char *audience, struct str *out)
{
    recipient_list list;
    recipients_of(core, incident, audience, &list);
    bool nobody = !list.n;
    recipients_finish(&list);
    if (nobody)
        recipients_none(incident, audience, out);
    return nobody;
}

const char *recipient_name(const struct incident *incident, const struct recipient *recipient)
{
    return recipient->record ? customer_name(recipient->record) : comms_customer_name(incident, recipient->key);
}

void recipient_text(const struct incident *incident, const struct recipient *recipient, const char *text,
                    const char *languages, struct str *out)
{
    const struct customer *record = recipient->record;
    CLEANUP_FREE char *words = wording_in(text, languages, record ? record->language : NULL);
    wording_for(words, recipient_name(incident, recipient), out);
}
