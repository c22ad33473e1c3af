#include "catalogue/catalogue.h"

#include "base/markup.h"
#include "oncall/oncall.h"
#include "rooms/card.h"

#define NAMED_MOST 8 /* services in one sentence */

static const struct service *service_of(const struct core *core, const struct incident *incident)
{
    return policy_service(core_policy(core), incident->service);
}

/* ---- sentences ---- */

static void add_names(const service_list *list, size_t from, size_t to, struct str *out)
{
    for (size_t i = from; i < to && i < NAMED_MOST; i++)
        str_markup(out, i == from ? "%s" : ", %s", list->v[i]->name);
}

void catalogue_reach(const struct core *core, const struct service *service, enum reach reach, struct str *out)
{
    service_list list = {0};
    size_t direct;
    policy_service_reach(core_policy(core), service, reach, &list, &direct);
    bool one = list.n == 1, needs = reach == REACH_NEEDS;
    if (list.n && needs)
        str_markup(out, "%s depends on %zu service%s: ", service->name, list.n, one ? "" : "s");
    else if (list.n)
        str_markup(out, "%zu service%s on %s: ", list.n, one ? " depends" : "s depend", service->name);
    add_names(&list, 0, direct, out);
    if (direct < list.n && direct < NAMED_MOST)
        str_add(out, ", and through them ");
    add_names(&list, direct, list.n, out);
    if (list.n > NAMED_MOST)
        str_addf(out, " and %zu more", list.n - NAMED_MOST);
    array_free(&list);
}

static void add_link(const char *label, const char *address, size_t before, struct str *out)
{
    str_add(out, out->len > before ? " · " : "");
    text_link(label, address, out);
}

void catalogue_links(const struct service *service, struct str *out)
{
    size_t before = out->len;
    if (service->runbook)
        add_link("Runbook", service->runbook, before, out);
    for (size_t i = 0; i < service->dashboards.n; i++)
        add_link("Dashboard", service->dashboards.v[i], before, out);
}

/* ---- the card ---- */

/* "Payments, Ana": the team, unless the incident says it, and the person. */
static void card(struct core *core, const struct incident *incident, const struct card_context *context,
                 struct json_out *fields)
{
    const struct service *service = service_of(core, incident);
    CLEANUP_STR struct str owner = {0};
    (void)context;
    if (!service)
        return;
    if (service->team && !text_equal_nocase(service->team, incident->team))
        str_add(&owner, service->team);
    if (service->owner)
        str_addf(&owner, "%s%s", owner.len ? ", " : "", oncall_name(core, service->owner));
    card_field(fields, "owner", owner.p);
}

static void begin_paragraph(struct str *commonmark)
{
    while (commonmark->len && !(commonmark->len > 1 && text_equal(commonmark->p + commonmark->len - 2, "\n\n")))
        str_addc(commonmark, '\n');
}

/* Who has no catalogue is not told what it lacks. */
static void offer(const struct core *core, const struct incident *incident, struct str *commonmark)
{
    if (text_empty(incident->service) || !status_is_open(incident->status) ||
        !policy_service_at(core_policy(core), 0))
        return;
    CLEANUP_FREE char *typed = text_typed(incident->service);
    begin_paragraph(commonmark);
    str_markup(commonmark, "The catalogue does not have the service %s. `services %s` says how to add it.",
               incident->service, typed);
}

static void card_text(struct core *core, const struct incident *incident, struct str *commonmark)
{
    const struct service *service = service_of(core, incident);
    CLEANUP_STR struct str links = {0}, needed_by = {0};
    if (!service) {
        offer(core, incident, commonmark);
        return;
    }
    catalogue_links(service, &links);
    catalogue_reach(core, service, REACH_NEEDED_BY, &needed_by);
    if (links.len || needed_by.len)
        begin_paragraph(commonmark);
    str_addf(commonmark, "%s%s%s", str_text(&links), links.len && needed_by.len ? "\n" : "",
             str_text(&needed_by));
}

/* ---- the API ---- */

static void put_names(struct json_out *j, const char *key, const struct service *const *services, size_t n)
{
    json_key(j, key);
    json_begin_array(j);
    for (size_t i = 0; i < n; i++)
        json_text(j, services[i]->name);
    json_end_array(j);
}

static void api(struct core *core, const struct incident *incident, const char *viewer, struct json_out *object)
{
    const struct service *service = service_of(core, incident);
    (void)viewer;
    if (!service)
        return;
    json_key(object, "catalogue");
    json_begin_object(object);
    json_put_text(object, "name", service->name);
    json_put_text_if(object, "team", service->team);
    json_put_text_if(object, "owner", service->owner);
    if (service->tier)
        json_put_int(object, "tier", service->tier);
    json_put_bool(object, "critical_flow", service->critical_flow);
    json_put_text_if(object, "runbook", service->runbook);
    json_key(object, "dashboards");
    json_begin_array(object);
    for (size_t i = 0; i < service->dashboards.n; i++)
        json_text(object, service->dashboards.v[i]);
    json_end_array(object);
    json_put_text_if(object, "component", service->component);
    put_names(object, "depends_on", service->needs.v, service->needs.n);
    put_names(object, "needed_by", service->needed_by.v, service->needed_by.n);
    json_end_object(object);
}

const struct part catalogue_part = {.name = "catalogue", .card = {card, card_text}, .api = api};
