/* One service: whose it is, who is on call, what depends on it, what is open. One that the catalogue lacks is offered for adding. */
#include <inttypes.h>
#include <string.h>

#include "base/config.h"
#include "base/markup.h"
#include "catalogue/catalogue.h"
#include "command/handlers.h"
#include "moving/lua_text.h"
#include "oncall/oncall.h"
#include "sight/query.h"
#include "triage/incoming.h"
#include "triage/triage.h"

#define LINES_MOST 10

struct counted { /* an alert group */
    char *title;
    int64_t count;
};

struct showing {
    struct request *request;
    const struct policy *policy;
    const struct service *service; /* NULL: the catalogue does not have it */
    const char *name;              /* as typed */
    struct str incidents;
    size_t n_incidents;
    char *team; /* of one of them; NULL: none says so */
    ARRAY(struct counted) groups;
    int64_t alerts;
};

static void showing_finish(struct showing *s)
{
    for (size_t i = 0; i < s->groups.n; i++)
        free(s->groups.v[i].title);
    array_free(&s->groups);
    str_finish(&s->incidents);
    free(s->team);
}

/* ---- what names it ---- */

static bool is_about(const struct showing *s, const char *named)
{
    return s->service ? policy_service(s->policy, named) == s->service : text_equal_nocase(named, s->name);
}

static void count(struct showing *s, const char *title, int64_t alerts)
{
    *array_add(&s->groups) = (struct counted){xstrdup(text_empty(title) ? "untitled" : title), alerts};
    s->alerts += alerts;
}

static int64_t alerts_of(const struct core *core, const struct state_alert *alert)
{
    uint64_t fingerprint;
    const struct group *group =
        fingerprint_parse(alert->fingerprint, &fingerprint, NULL) ? NULL : triage_group_held(core, fingerprint);
    return MAX(alert->count, group ? group->tally.count : 0);
}

static bool take_incident(void *ctx, const struct incident *incident)
{
    struct showing *s = ctx;
    if (!is_about(s, incident->service))
        return true;
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        const struct state_alert *alert = &incident->affected.alerts.v[i];
        count(s, alert->title, alerts_of(s->request->core, alert));
    }
    if (incident->team && !s->team)
        s->team = xstrdup(incident->team);
    if (++s->n_incidents > LINES_MOST)
        return true;
    str_add(&s->incidents, "- ");
    describe_incident(s->request, incident, &s->incidents);
    str_add(&s->incidents, "\n");
    return true;
}

static bool take_incoming(void *ctx, const struct incoming *row)
{
    struct showing *s = ctx;
    if (is_about(s, row->group->about.service) && row->why != INCOMING_STORM) /* its incident has those */
        count(s, row->group->about.title, row->group->tally.count);
    return true;
}

static int most_first(const void *a, const void *b)
{
    const struct counted *one = a, *two = b;
    if (one->count != two->count)
        return one->count > two->count ? -1 : 1;
    return strcmp(one->title, two->title);
}

static int gather(struct showing *s, struct error *err)
{
    struct request *request = s->request;
    const char *viewer = request->asker->person;
    const struct incoming_reading reading = {.viewer = viewer, .zone = request->zone, .now = request->now};
    int rc = query_list(request->core, &(struct query){.viewer = viewer}, take_incident, s, err);
    if (rc)
        return rc;
    incoming_each(request->core, &reading, take_incoming, s);
    if (s->groups.n)
        qsort(s->groups.v, s->groups.n, sizeof(*s->groups.v), most_first);
    return 0;
}

static void write_named(const struct showing *s, struct str *out)
{
    if (s->n_incidents)
        str_addf(out, "\n**Open incidents: %zu**\n%s", s->n_incidents, s->incidents.p);
    if (s->n_incidents > LINES_MOST)
        str_addf(out, "- … and %zu more\n", s->n_incidents - LINES_MOST);
    if (s->groups.n)
        str_addf(out, "\n**Alert groups: %zu, alerts: %" PRId64 "**\n", s->groups.n, s->alerts);
    for (size_t i = 0; i < s->groups.n && i < LINES_MOST; i++)
        str_markup(out, "- %" PRId64 "× %s\n", s->groups.v[i].count, s->groups.v[i].title);
    if (s->groups.n > LINES_MOST)
        str_addf(out, "- … and %zu more\n", s->groups.n - LINES_MOST);
    if (s->n_incidents || s->groups.n)
        return;
    str_add(out, "\nNothing about it is open, and no alert named it lately.");
    if (!s->service) /* `service down` was perhaps meant as a title */
        str_markup(out, " To open an incident: `declare %s %s`.", s->request->row->name, s->name);
    str_add(out, "\n");
}

/* ---- what the catalogue says ---- */

static void write_team(const struct showing *s, struct str *out)
{
    struct core *core = s->request->core;
    struct roster_team team;
    const char *const *people;
    if (!s->service->team || !policy_find_team(s->policy, s->service->team, &team))
        return;
    str_markup(out, "- team %s", team.name);
    if (team.channel)
        str_markup(out, ", in %s", team.channel);
    const struct rotation *rotation = policy_rotation(s->policy, team.name);
    struct call call = request_call(s->request, NULL, out);
    if (rotation) {
        str_add(out, "\n- on call for ");
        oncall_tell(&call, rotation, s->request->now);
    }
    size_t n = policy_team(s->policy, team.name, &people);
    for (size_t i = 0; i < n; i++)
        str_markup(out, i ? ", %s" : rotation ? "\n- then %s" : ": %s", oncall_name(core, people[i]));
    str_add(out, "\n");
}

static void write_weight(const struct service *service, struct str *out)
{
    if (service->tier)
        str_addf(out, "- tier %d%s\n", service->tier, service->critical_flow ? ", in a critical flow" : "");
    else if (service->critical_flow)
        str_add(out, "- in a critical flow\n");
}

static void write_line(const char *line, struct str *out)
{
    if (!text_empty(line))
        str_addf(out, "- %s\n", line);
}

static void write_catalogued(const struct showing *s, struct str *out)
{
    struct core *core = s->request->core;
    const struct service *service = s->service;
    CLEANUP_STR struct str links = {0}, needs = {0}, needed_by = {0};
    catalogue_links(service, &links);
    catalogue_reach(core, service, REACH_NEEDS, &needs);
    catalogue_reach(core, service, REACH_NEEDED_BY, &needed_by);
    write_weight(service, out);
    write_team(s, out);
    if (service->owner)
        str_markup(out, "- owner %s\n", oncall_name(core, service->owner));
    write_line(links.p, out);
    write_line(needs.p, out);
    write_line(needed_by.p, out);
    for (size_t i = 0; i < service->aliases.n; i++)
        str_markup(out, i ? ", %s" : "- alerts also call it %s", service->aliases.v[i]);
    str_add(out, service->aliases.n ? "\n" : "");
    if (service->component)
        str_markup(out, "- %s on the status page\n", service->component);
    str_markup(out, "- declared at %s\n", service->where);
}

/* ---- what to add to it ---- */

/* The file that has services already, or one to begin with: "team.lua". */
static void write_file(const struct policy *policy, struct str *out)
{
    const struct service *first = policy_service_at(policy, 0);
    const char *where = first ? first->where : "services.lua:";
    str_markup(out, "`%.*s`", (int)strcspn(where, ":"), where);
}

static void write_declaration(const struct showing *s, struct str *out)
{
    struct roster_team team;
    str_add(out, "```lua\nservice { name = ");
    lua_quote(s->name, out);
    if (s->team && policy_find_team(s->policy, s->team, &team)) {
        str_add(out, ", team = ");
        lua_quote(team.name, out);
    }
    str_add(out, " }\n```\n");
}

static void write_near(const struct policy *policy, const char *name, struct str *out)
{
    ARRAY(const char *) names = {0};
    const struct service *service;
    for (size_t i = 0; (service = policy_service_at(policy, i)); i++)
        *array_add(&names) = service->name;
    const char *near = names.n ? nearest_word(name, names.v, names.n) : NULL;
    if (near)
        str_markup(out, " Did you mean %s? Then it can be one of its `aliases`.", near);
    array_free(&names);
}

static void write_unknown(const struct showing *s, struct str *out)
{
    str_add(out, "The catalogue does not have it.");
    write_near(s->policy, s->name, out);
    if (!service_name_is_valid(s->name)) {
        str_add(out,
                " It cannot have a service of this name: `services{ important = { … } }` of the policy takes "
                "patterns.\n");
        return;
    }
    str_add(out, " To add it, put this into ");
    write_file(s->policy, out);
    str_add(out, " in the folder of the policy, which is read again when it changes:\n");
    write_declaration(s, out);
    str_add(out, "It may say more: `team`, `tier` (1 to 5), `critical_flow`, `owner`, `runbook`, `dashboards`, "
                 "`depends_on`, `aliases`, `component`.\n");
}

/* ---- the command ---- */

int service_show(struct request *request, const char *name, struct error *err)
{
    const struct policy *policy = core_policy(request->core);
    struct showing s = {
        .request = request, .policy = policy, .service = policy_service(policy, name), .name = name};
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *title = xasprintf("Service %s", s.service ? s.service->name : name);
    int rc = gather(&s, err);
    if (!rc) {
        (s.service ? write_catalogued : write_unknown)(&s, &text);
        write_named(&s, &text);
        answer_titled(request, title, "info", text.p);
    }
    request->answer->alone = true;
    showing_finish(&s);
    return rc;
}

int service_adopt(struct request *request, struct error *err)
{
    const struct incident *incident = request->incident;
    const struct service *service = policy_service(core_policy(request->core), incident->service);
    if (incident->team || !service || !service->team)
        return 0;
    return request_do(request, &(struct command){.verb = "team", .name = service->team}, err);
}
