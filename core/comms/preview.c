/* A message to customers as each recipient gets it. */
#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/markup.h"
#include "comms/comms.h"
#include "comms/inside.h"
#include "comms/posts.h"
#include "customers/customers.h"
#include "delivery/link.h"
#include "impact/impact.h"

#define SHOWN_MOST 5
#define CROWD      500 /* of more customers than these, some of those whom the state names are shown */

struct preview {
    struct core *core;
    const struct incident *incident;
    const struct state_draft *draft;
    struct str *out;
    size_t n, more;
    const char *hidden; /* key of the first that is not shown */
};

/* The first route whose connector reaches customers; NULL: there is none. */
static const struct customer_route *route_of(const struct preview *p, const struct customer *record)
{
    for (size_t i = 0; i < record->routes.n; i++) {
        if (link_can(p->core, record->routes.v[i].connector, TOCSIN_CAN_DESK))
            return &record->routes.v[i];
    }
    return NULL;
}

/* Says by which way they get it, or why they do not. False: they do not. */
static bool add_way(const struct preview *p, const struct customer *record)
{
    struct str *out = p->out;
    const struct customer_route *route = record ? route_of(p, record) : NULL;
    if (record && record->wish == WISH_NO_CONTACT)
        str_add(out, " gets nothing: they wish no contact.");
    else if (record && !customer_hears(record, incident_is(p->incident, KIND_SECURITY)))
        str_add(out, " gets nothing: they wish to hear about security only.");
    else if (record && record->routes.n && !route)
        str_markup(out, " gets nothing: no connector called %s reaches customers here.",
                   record->routes.v[0].connector);
    else if (route)
        return str_markup(out, ", at %s on %s", route->address, route->connector), true;
    else
        return str_add(out, ", if a connector knows how to reach them"), true;
    return false;
}

static void show(struct preview *p, const struct recipient *recipient)
{
    CLEANUP_STR struct str text = {0};
    if (p->n == SHOWN_MOST) {
        p->hidden = p->more++ ? p->hidden : recipient->key;
        return;
    }
    recipient_text(p->incident, recipient, p->draft->text, p->draft->languages, &text);
    str_add(p->out, p->n++ ? "\n\n" : "");
    str_markup(p->out, "**%s**", recipient_name(p->incident, recipient));
    if (add_way(p, recipient->record))
        str_addf(p->out, ":\n\n%s", str_text(&text));
}

/* By any of their keys, or by name. `typed` NULL: anybody is. */
static bool is_meant(const struct preview *p, const struct recipient *recipient, const char *typed)
{
    const struct customer *record = recipient->record;
    return !typed || text_equal_nocase(recipient->key, typed) ||
           text_equal_nocase(comms_customer_name(p->incident, recipient->key), typed) ||
           (record && (text_equal_nocase(record->name, typed) || customers_get(p->core, typed) == record));
}

static void say_none(const struct preview *p, const char *customer)
{
    str_add(p->out, customer ? "That customer does not get it." : "Nobody gets it: ");
    if (!customer)
        recipients_none(p->incident, p->draft->customer, p->out);
}

/* True: of a crowd. */
static bool gather(const struct preview *p, const char *customer, recipient_list *ret)
{
    const char *audience = p->draft->customer;
    *ret = (recipient_list){0};
    if (!customer && audience_is_many(audience) && incident_customers(p->incident) > CROWD)
        recipients_named(p->core, p->incident, audience, SHOWN_MOST + 1, ret);
    bool crowd = ret->n > 0;
    if (!crowd)
        recipients_of(p->core, p->incident, audience, ret);
    return crowd;
}

static void add_crowd(const struct preview *p, const char *one)
{
    const struct incident *incident = p->incident;
    CLEANUP_FREE char *key = text_typed(one);
    CLEANUP_STR struct str total = {0};
    impact_number(incident_customers(incident), incident->affected.estimated, &total);
    str_markup(p->out,
               "\n\nThese are %zu of the %s customers whom the incident affects. `preview %" PRId64
               " %s` shows one of them.",
               p->n, total.p, p->draft->number, key);
}

static void add_more(const struct preview *p)
{
    CLEANUP_FREE char *key = p->more ? text_typed(p->hidden) : NULL;
    if (p->more)
        str_markup(p->out, "\n\n… and %zu more. `preview %" PRId64 " %s` shows one of them.", p->more,
                   p->draft->number, key);
}

void comms_preview(struct core *core, const struct incident *incident, const struct state_draft *draft,
                   const char *customer, struct str *out)
{
    struct preview p = {.core = core, .incident = incident, .draft = draft, .out = out};
    struct post post = {0};
    if (draft->post && post_read(draft->post, &post, NULL) == 0)
        post_preview(&post, draft->text, out);
    post_finish(&post);
    if (draft->post)
        return;
    recipient_list list;
    bool crowd = gather(&p, customer, &list);
    for (size_t i = 0; i < list.n; i++) {
        if (is_meant(&p, &list.v[i], customer))
            show(&p, &list.v[i]);
    }
    if (!p.n)
        say_none(&p, customer);
    if (crowd)
        add_crowd(&p, list.v[list.n - 1].key);
    else
        add_more(&p);
    if (!customer && audience_is_many(draft->customer) && incident->affected.estimated)
        str_add(out, "\n\nThe incident affects others, whose number is only estimated: they are not known by "
                     "key, and get nothing.");
    recipients_finish(&list);
}
