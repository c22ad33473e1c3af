/* One customer: who they are and how to reach them, and the incidents that touched them, with what they were told and when. */
#include <inttypes.h>

#include "app/page.h"
#include "comms/touched.h"
#include "customers/customers.h"
#include "sight/sight.h"

#define PAST 20 /* incidents on a page */

/* ---- who they are ---- */

static void add_words(struct view *view, const char *list, const customer_words *words)
{
    for (size_t i = 0; i < words->n; i++)
        view_text(view_item(view, list), "word", words->v[i]);
}

static void add_contacts(const struct customer *c, struct view *view)
{
    for (size_t i = 0; i < c->contacts.n; i++) {
        struct view *item = view_item(view, "contacts");
        view_text(item, "contact", c->contacts.v[i].name);
        view_text(item, "email", c->contacts.v[i].email);
        view_text(item, "role", c->contacts.v[i].role);
    }
    for (size_t i = 0; i < c->routes.n; i++) {
        struct view *item = view_item(view, "routes");
        view_text(item, "address", c->routes.v[i].address);
        view_text(item, "connector", c->routes.v[i].connector);
    }
    view_flag(view, "any_contacts", c->contacts.n > 0);
    view_flag(view, "any_routes", c->routes.n > 0);
    view_flag(view, "any_aliases", c->aliases.n > 0);
    view_flag(view, "any_domains", c->domains.n > 0);
}

static void add_record(const struct visit *visit, const struct customer *c, struct view *view)
{
    view_text(view, "heading", customer_name(c));
    view_text(view, "key", c->key);
    view_flag(view, "known", true);
    view_text(view, "tier", c->tier);
    view_flag(view, "cares", c->cares);
    view_person(view, "owner", c->owner, visit);
    view_text(view, "language", c->language);
    view_flag(view, "no_contact", c->wish == WISH_NO_CONTACT);
    view_flag(view, "security_only", c->wish == WISH_SECURITY_ONLY);
    add_contacts(c, view);
    add_words(view, "aliases", &c->aliases);
    add_words(view, "domains", &c->domains);
}

/* ---- what touched them ---- */

struct listing {
    const struct visit *visit;
    struct view *view;
    const char *customer; /* a key */
    const char *list;     /* "now" or "past" */
    struct view *item;
    size_t n;
};

static bool add_word(void *ctx, const struct comms_word *word)
{
    const struct listing *listing = ctx;
    struct view *item = view_item(listing->item, "words");
    view_time(item, "at", word->at, listing->visit);
    view_markup(item, "text", word->text);
    view_textf(item, "draft", "%" PRId64, word->draft);
    view_flag(item, "elsewhere", word->draft == 0);
    return true;
}

static void add_incident(struct listing *listing, const struct incident *incident)
{
    const struct visit *visit = listing->visit;
    listing->item = view_item(listing->view, listing->list);
    view_incident(listing->item, incident);
    view_time(listing->item, "declared", incident->entries.n ? incident->entries.v[0].at : 0, visit);
    instant wrote = comms_heard(visit->core, incident, listing->customer, add_word, listing);
    view_time(listing->item, "wrote", wrote, visit);
    listing->n++;
}

static bool add_open(void *ctx, const struct incident *incident)
{
    struct listing *listing = ctx;
    if (sight_sees(listing->visit->core, incident, listing->visit->person))
        add_incident(listing, incident);
    return true;
}

static int add_past(struct listing *listing, struct error *err)
{
    const struct visit *visit = listing->visit;
    comms_numbers numbers = {0};
    char name[INCIDENT_NAME], before[PLACE_PLAIN];
    bool is_earlier = visit_place(visit, "before", before);
    int rc = comms_touching(visit->core, listing->customer, is_earlier ? incident_name_parse(before) : 0, PAST,
                            &numbers, err);
    for (size_t i = 0; i < numbers.n; i++) {
        const struct incident *incident = sight_incident(visit->core, numbers.v[i], visit->person);
        if (incident && !status_is_open(incident->status))
            add_incident(listing, incident);
    }
    if (numbers.n == PAST)
        view_place(listing->view, "earlier", visit, "%s", incident_name(numbers.v[PAST - 1], name));
    array_free(&numbers);
    return rc;
}

/* ---- the page ---- */

/* A key that no record has is somebody only to those who may see an incident that brought it. */
static int show(struct visit *visit, struct view *view, struct error *err)
{
    const char *typed = http_parameter(visit->request, "key");
    const struct customer *record = customers_get(visit->core, typed);
    const char *key = record ? record->key : typed;
    struct listing now = {.visit = visit, .view = view, .customer = key, .list = "now"}, past = now;
    past.list = "past";
    view_text(view, "heading", key);
    view_text(view, "key", key);
    if (record)
        add_record(visit, record, view);
    comms_affecting(visit->core, key, add_open, &now);
    int rc = add_past(&past, err);
    view_text(view, "live", "all");
    view_flag(view, "any_now", now.n > 0);
    view_flag(view, "any_past", past.n > 0);
    if (!rc && !record && !now.n && !past.n)
        return error_set(err, ERR_NOT_FOUND, "No customer has that key.");
    return rc;
}

static void act(struct visit *visit)
{
    visit_form(visit, "customer", NULL);
}

const struct app_page app_page_customer = {.name = "customer",
                                           .title = "Customer",
                                           .path = "/app/customers/{key}",
                                           .needs = ACCESS_SEE,
                                           .show = show,
                                           .act = act};
