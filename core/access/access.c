#include "access/access.h"

#include "access/inside.h"
#include "base/markup.h"
#include "people/people.h"

/* ---- the role ---- */

struct gathering { /* the names and groups of a person, by all their ids */
    const struct core *core;
    instant now;
    ARRAY(const char *) names;
    text_list groups; /* borrowed texts */
};

static bool gather(void *ctx, const char *id)
{
    struct gathering *g = ctx;
    const text_list *groups = groups_of(g->core, id, g->now);
    *array_add(&g->names) = id;
    for (size_t i = 0; groups && i < groups->n; i++)
        *array_add(&g->groups) = groups->v[i];
    return false;
}

/* A person as rules see them: what `ask` says of them. */
static int ask_of_person(const struct core *core, const char *person, instant now,
                         int (*ask)(const void *rules, const struct access_asker *asker), const void *rules)
{
    struct gathering g = {.core = core, .now = now};
    const char *head = people_now(core, person), *email = people_email(core, person);
    people_any(core, head, gather, &g);
    if (email)
        *array_add(&g.names) = email;
    int said =
        ask(rules, &(struct access_asker){.names = g.names.v, .name_count = g.names.n, .groups = &g.groups});
    array_free(&g.names);
    array_free(&g.groups);
    return said;
}

static int role_of(const void *rules, const struct access_asker *asker)
{
    return (int)access_decide(rules, asker);
}

enum access access_of_person(const struct core *core, const char *person, instant now)
{
    const struct access_rules *rules = policy_access(core_policy(core));
    return rules ? (enum access)ask_of_person(core, person, now, role_of, rules) : ACCESS_APPROVE;
}

static int is_meant(const void *words, const struct access_asker *asker)
{
    return access_is_listed(words, asker);
}

bool access_is_among(const struct core *core, const text_list *words, const char *person, const char *token,
                     instant now)
{
    return person ? ask_of_person(core, person, now, is_meant, words)
                  : token && access_is_listed(words, &(struct access_asker){.token = token});
}

enum access access_of_tool(const struct core *core, const char *token)
{
    const struct access_rules *rules = policy_access(core_policy(core));
    return rules ? access_decide(rules, &(struct access_asker){.token = token}) : ACCESS_ADMINISTER;
}

/* ---- the check ---- */

static const char *const needs[] = {[ACCESS_NONE] = "",
                                    [ACCESS_SEE] = "is for people who may see",
                                    [ACCESS_ACT] = "is for people who may act",
                                    [ACCESS_APPROVE] = "is for people who may approve",
                                    [ACCESS_ADMINISTER] = "is for administrators"};

static int refuse_person(const struct core *core, const struct access_request *request, enum access role,
                         struct error *err)
{
    const struct access_rules *rules = policy_access(core_policy(core));
    CLEANUP_STR struct str text = {0};
    str_markup(&text, "`%.60s` %s, and you may ", request->what, needs[request->needed]);
    str_addf(&text, role ? "only %s." : "do %s here yet.", access_name(role));
    if (rules && rules->ask)
        str_markup(&text, " Ask %s.", rules->ask);
    if (rules)
        str_markup(&text, " Who may is said by access{} at %s; you are `%s` there.", rules->where,
                   people_now(core, request->person));
    return error_set(err, ERR_REFUSED, "%s", text.p);
}

static int refuse_token(const struct access_request *request, struct error *err)
{
    return error_markup(err, ERR_REFUSED, "`%.60s` %s, and what you signed in with may only %s.", request->what,
                        needs[request->needed], access_name(request->most ? request->most : ACCESS_APPROVE));
}

enum access access_have(const struct core *core, const struct access_request *request)
{
    bool rules = policy_access(core_policy(core)) != NULL;
    enum access role = !rules            ? ACCESS_ADMINISTER
                       : request->person ? access_of_person(core, request->person, request->now)
                                         : ACCESS_ADMINISTER;
    enum access most = request->most ? request->most : rules ? ACCESS_ADMINISTER : ACCESS_APPROVE;
    return MIN(request->agent ? MIN(role, ACCESS_ACT) : role, most);
}

int access_check(const struct core *core, const struct access_request *request, struct error *err)
{
    const struct agent_request agent = {request->agent, request->rule, request->what, request->bare};
    int rc = agent_check(&agent, err);
    if (rc || access_have(core, request) >= request->needed)
        return rc;
    enum access role = request->person ? access_of_person(core, request->person, request->now) : ACCESS_NONE;
    bool of_person = request->person && policy_access(core_policy(core)) && role < request->needed;
    return of_person ? refuse_person(core, request, role, err) : refuse_token(request, err);
}

int access_check_person(const struct core *core, const char *person, enum access needed, const char *what,
                        instant now, struct error *err)
{
    const struct access_request asks = {.person = person, .needed = needed, .what = what, .now = now};
    return access_check(core, &asks, err);
}
