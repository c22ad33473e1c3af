/* A message to customers as each recipient gets it. */
#include <string.h>

#include "base/markup.h"
#include "comms/comms.h"
#include "comms/wording.h"
#include "customers/customers.h"

#define SHOWN_MOST 5

struct preview {
    const struct core *core;
    const struct incident *incident;
    const struct state_draft *draft;
    struct str *out;
    size_t n, more;
};

static void add_way(const struct customer *record, struct str *out)
{
    if (record && record->wish == WISH_NO_CONTACT)
        str_add(out, " gets nothing: they wish no contact");
    else if (record && record->wish == WISH_SECURITY_ONLY)
        str_add(out, " gets nothing: they wish to hear about security only");
    else if (record && record->routes.n)
        str_markup(out, ", at %s on %s", record->routes.v[0].address, record->routes.v[0].connector);
    else
        str_add(out, ", if a connector knows how to reach them");
}

static void show(struct preview *p, const char *key, const struct customer *record)
{
    CLEANUP_STR struct str text = {0};
    const char *name = record ? customer_name(record) : comms_customer_name(p->incident, key);
    if (p->n == SHOWN_MOST) {
        p->more++;
        return;
    }
    CLEANUP_FREE char *words =
        wording_in(p->draft->text, p->draft->languages, record ? record->language : NULL);
    wording_for(words, name, &text);
    str_add(p->out, p->n++ ? "\n\n" : "");
    str_markup(p->out, "**%s**", name);
    add_way(record, p->out);
    str_addf(p->out, ":\n\n%s", str_text(&text));
}

static bool is_meant(const struct incident *incident, size_t i, const struct customer *record,
                     const char *typed)
{
    const struct state_customer *c = &incident->affected.customers.v[i];
    return !typed || text_equal_nocase(c->key, typed) || text_equal_nocase(c->name, typed) ||
           (record && (text_equal_nocase(record->key, typed) || text_equal_nocase(record->name, typed)));
}

void comms_preview(const struct core *core, const struct incident *incident, const struct state_draft *draft,
                   const char *customer, struct str *out)
{
    struct preview p = {core, incident, draft, out, 0, 0};
    bool many = audience_is_many(draft->customer);
    if (!many)
        show(&p, draft->customer, customers_get(core, draft->customer));
    for (size_t i = 0; many && i < incident->affected.customers.n; i++) {
        const char *key = incident->affected.customers.v[i].key;
        const struct customer *record = customers_get(core, key);
        if (audience_has(draft->customer, record) && is_meant(incident, i, record, customer))
            show(&p, key, record);
    }
    if (!p.n)
        str_add(out,
                customer ? "That customer does not get it." : "Nobody gets it: no affected customer is known.");
    if (p.more)
        str_addf(out, "\n\n… and %zu more. `preview %lld acme` shows one of them.", p.more,
                 (long long)draft->number);
}
