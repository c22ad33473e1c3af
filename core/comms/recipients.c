/* Whom a message to customers reaches: those affected who are of its audience, each once; and what each of them reads. */
#include <string.h>

#include "comms/comms.h"
#include "comms/inside.h"
#include "comms/wording.h"
#include "customers/customers.h"

/* Two keys of one customer are one recipient. */
static void add(recipient_list *list, struct map *seen, const char *key, const struct customer *record)
{
    if (record && map_put(seen, record->key, (void *)(uintptr_t)record))
        return;
    *array_add(list) = (struct recipient){key, record};
}

void recipients_of(const struct core *core, const struct incident *incident, const char *audience,
                   recipient_list *ret)
{
    struct map seen = {0};
    *ret = (recipient_list){0};
    if (!audience_is_many(audience))
        add(ret, &seen, audience, customers_get(core, audience));
    for (size_t i = 0; audience_is_many(audience) && i < incident->affected.customers.n; i++) {
        const char *key = incident->affected.customers.v[i].key;
        const struct customer *record = customers_get(core, key);
        if (audience_has(audience, record))
            add(ret, &seen, key, record);
    }
    map_finish(&seen);
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
