/* The catalogue by team, and the services that alerts and incidents name and it does not have. */
#include <inttypes.h>
#include <string.h>

#include "base/map.h"
#include "base/markup.h"
#include "command/handlers.h"
#include "policy/roster.h"
#include "policy/services.h"
#include "sight/query.h"
#include "triage/incoming.h"

#define NEWEST_MOST  100 /* incidents that are looked at for services */
#define UNKNOWN_MOST 20
#define ANSWER_BYTES 12000

/* ---- by team ---- */

static void write_service(const struct service *service, bool first, struct str *out)
{
    str_markup(out, first ? "%s" : ", %s", service->name);
    if (!service->tier && !service->critical_flow)
        return;
    str_add(out, " (");
    if (service->tier)
        str_addf(out, "tier %d", service->tier);
    str_add(out, service->critical_flow ? service->tier ? ", critical flow)" : "critical flow)" : ")");
}

/* team NULL: those without one. */
static size_t write_team(const struct policy *policy, const char *team, struct str *out)
{
    const struct service *service;
    size_t n = 0;
    for (size_t i = 0; (service = policy_service_at(policy, i)); i++) {
        if (!text_equal(service->team, team) || out->len > ANSWER_BYTES)
            continue;
        if (!n)
            str_markup(out, "- **%s**: ", team ? team : "no team");
        write_service(service, !n++, out);
    }
    str_add(out, n ? "\n" : "");
    return n;
}

/* Is it the first one of its team? */
static bool is_first(const struct policy *policy, size_t i)
{
    const char *team = policy_service_at(policy, i)->team;
    size_t k = 0;
    while (k < i && !text_equal(policy_service_at(policy, k)->team, team))
        k++;
    return k == i;
}

static size_t write_catalogue(const struct policy *policy, struct str *out)
{
    const struct service *service;
    size_t n = 0;
    for (size_t i = 0; (service = policy_service_at(policy, i)); i++) {
        if (service->team && is_first(policy, i))
            n += write_team(policy, service->team, out);
    }
    return n + write_team(policy, NULL, out);
}

/* ---- unknown ones ---- */

struct unknown {
    char *name;
    int64_t alerts;
    uint64_t incident; /* the newest one; 0: none */
};

struct searching {
    const struct policy *policy;
    struct map by_name; /* in lower case -> index in the list, from 1 */
    ARRAY(struct unknown) list;
};

static struct unknown *unknown_of(struct searching *s, const char *name)
{
    if (text_empty(name) || policy_service(s->policy, name))
        return NULL;
    CLEANUP_FREE char *lower = text_lower(name);
    size_t at = (size_t)(uintptr_t)map_get(&s->by_name, lower);
    if (!at) {
        array_add(&s->list)->name = xstrdup(name);
        at = s->list.n;
        map_put(&s->by_name, lower, (void *)(uintptr_t)at);
    }
    return &s->list.v[at - 1];
}

static bool take_incident(void *ctx, const struct incident *incident)
{
    struct unknown *unknown = unknown_of(ctx, incident->service);
    if (!unknown)
        return true;
    unknown->incident = MAX(unknown->incident, incident->id);
    for (size_t i = 0; i < incident->affected.alerts.n; i++)
        unknown->alerts += incident->affected.alerts.v[i].count;
    return true;
}

static bool take_incoming(void *ctx, const struct incoming *row)
{
    struct unknown *unknown = unknown_of(ctx, row->group->about.service);
    if (unknown && !row->incident) /* else its incident has counted it */
        unknown->alerts += row->group->tally.count;
    return true;
}

static int most_first(const void *a, const void *b)
{
    const struct unknown *one = a, *two = b;
    if (one->alerts != two->alerts)
        return one->alerts > two->alerts ? -1 : 1;
    return strcmp(one->name, two->name);
}

static void write_unknown(const struct unknown *unknown, struct str *out)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *typed = text_typed(unknown->name);
    str_markup(out, "- %s: %" PRId64 " alert%s", unknown->name, unknown->alerts,
               unknown->alerts == 1 ? "" : "s");
    if (unknown->incident)
        str_markup(out, ", last in %s", incident_name(unknown->incident, name));
    str_markup(out, ". `services %s` says how to add it.\n", typed);
}

static int search(const struct request *request, struct searching *s, struct error *err)
{
    const char *viewer = request->asker->person;
    const struct incoming_reading reading = {.viewer = viewer, .zone = request->zone, .now = request->now};
    int rc = query_list(request->core, &(struct query){.viewer = viewer, .all = true, .limit = NEWEST_MOST},
                        take_incident, s, err);
    if (rc)
        return rc;
    incoming_each(request->core, &reading, take_incoming, s);
    if (s->list.n)
        qsort(s->list.v, s->list.n, sizeof(*s->list.v), most_first);
    return 0;
}

static void write_unknowns(const struct searching *s, struct str *out)
{
    if (s->list.n)
        str_add(out, "\n**Named lately, and not in the catalogue**\n");
    for (size_t i = 0; i < s->list.n && i < UNKNOWN_MOST; i++)
        write_unknown(&s->list.v[i], out);
    if (s->list.n > UNKNOWN_MOST)
        str_addf(out, "- … and %zu more\n", s->list.n - UNKNOWN_MOST);
}

static void searching_finish(struct searching *s)
{
    for (size_t i = 0; i < s->list.n; i++)
        free(s->list.v[i].name);
    array_free(&s->list);
    map_finish(&s->by_name);
}

/* ---- the command ---- */

static int list(struct request *request, struct error *err)
{
    struct searching s = {.policy = core_policy(request->core)};
    CLEANUP_STR struct str text = {0};
    int rc = search(request, &s, err);
    if (!rc) {
        size_t n = write_catalogue(s.policy, &text);
        CLEANUP_FREE char *title = xasprintf("Services: %zu", n);
        if (!n)
            str_add(
                &text,
                "The catalogue is empty. A service is one line of the policy: `service { name = \"checkout\", "
                "team = \"payments\", tier = 1 }`.\n");
        write_unknowns(&s, &text);
        answer_titled(request, title, "info", text.p);
    }
    request->answer->alone = true;
    searching_finish(&s);
    return rc;
}

int run_services(struct request *request, struct error *err)
{
    const char *name = request_argument(request, ARGUMENT_WORD);
    return name ? service_show(request, name, err) : list(request, err);
}
