#include "policy/policy.h"

#include <lauxlib.h>
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "policy/load.h"
#include "policy/set.h"

struct policy *policy_create(const struct policy_host *host)
{
    struct policy *policy = xcalloc(1, sizeof(*policy));
    policy->host = *host;
    return policy;
}

void policy_destroy(struct policy *policy)
{
    if (!policy)
        return;
    set_destroy(policy->set);
    free(policy->directory);
    free(policy->digest);
    free(policy);
}

const struct rulebook *policy_rulebook(const struct policy *policy)
{
    return &policy->set->book;
}

static void failed(struct policy *policy, const char *where, const char *text, uint64_t incident)
{
    if (policy->host.on_failure)
        policy->host.on_failure(policy->host.ctx, where, text, incident);
}

/* ---- judging ---- */

void verdict_finish(struct verdict *verdict)
{
    char *texts[] = {verdict->title, verdict->severity, verdict->team, verdict->service,
                     verdict->page,  verdict->rule,     verdict->text, verdict->facts};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    *verdict = (struct verdict){0};
}

struct judging {
    const struct rule *rule;
    const struct group *group;
    enum group_change change;
    instant now;
    bool wanted;
    struct verdict *verdict;
};

static int call_when(lua_State *L)
{
    struct judging *j = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, j->rule->when);
    push_group(L, j->group, j->change, j->now);
    lua_call(L, 1, 1);
    j->wanted = lua_toboolean(L, -1);
    return 0;
}

/* declare = function(group): a table as in declare = {…}, or false for "not this one". */
static int call_declare(lua_State *L)
{
    static const char *const known[] = {"title", "severity", "team", "service", "page", "private", NULL};
    struct judging *j = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, j->rule->declare_function);
    push_group(L, j->group, j->change, j->now);
    lua_call(L, 1, 1);
    j->wanted = lua_toboolean(L, -1);
    if (lua_type(L, -1) != LUA_TTABLE)
        return 0;
    int table = lua_gettop(L);
    char **slots[] = {&j->verdict->title, &j->verdict->severity, &j->verdict->team, &j->verdict->service,
                      &j->verdict->page};
    check_fields(L, table, "declare", known);
    for (size_t i = 0; i < ARRAY_SIZE(slots); i++) {
        CLEANUP_FREE char *text = field_text(L, table, known[i], false);
        if (text)
            replace_text(slots[i], text);
    }
    j->verdict->private = field_bool(L, table, "private");
    return 0;
}

static int ask_script(struct policy *policy, struct judging *j, lua_CFunction function, struct error *err)
{
    policy->now = j->now;
    j->wanted = true;
    return sandbox_protect(j->rule->script->sandbox, function, j, err);
}

static char *facts_of(const struct policy_set *set, const struct rule *winner, const struct judging *j)
{
    struct str text = {0};
    struct json_out out = {&text, false};
    json_begin_object(&out);
    group_facts(j->group, j->change, j->now, &out);
    json_key(&out, "competing");
    json_begin_array(&out);
    for (size_t i = 0; i < set->rules.n; i++) {
        const struct rule *rule = &set->rules.v[i];
        if (rule == winner || !rule_fits(set, rule, j->group, j->change, j->now))
            continue;
        json_begin_object(&out);
        json_put_text(&out, "name", rule->name);
        json_put_text(&out, "rule", rule->where);
        json_end_object(&out);
    }
    json_end_array(&out);
    json_end_object(&out);
    return str_take(&text);
}

static void fill(struct verdict *verdict, const struct rule *rule, instant now)
{
    verdict->kind = rule->kind;
    verdict->title = xstrdup(rule->title);
    verdict->severity = xstrdup(rule->severity);
    verdict->team = xstrdup(rule->team);
    verdict->service = xstrdup(rule->service);
    verdict->page = xstrdup(rule->page);
    verdict->private = rule->private;
    verdict->until = rule->mute ? now + rule->mute : 0;
    verdict->rule = xstrdup(rule->where);
    verdict->text =
        xasprintf("%s%s%s", rule->name, rule->summary ? ": " : "", rule->summary ? rule->summary : "");
}

/* True when this rule decides: it fits and is wanted, or it failed and so a person is asked. */
static bool try_rule(struct policy *policy, struct judging *j)
{
    const struct rule *rule = j->rule;
    struct error err;
    if (!rule_fits(policy->set, rule, j->group, j->change, j->now))
        return false;
    int rc = rule->when != LUA_NOREF ? ask_script(policy, j, call_when, &err) : 0;
    if (!rc && rule->when != LUA_NOREF && !j->wanted)
        return false;
    fill(j->verdict, rule, j->now);
    if (!rc && rule->declare_function != LUA_NOREF)
        rc = ask_script(policy, j, call_declare, &err);
    if (!rc && rule->declare_function != LUA_NOREF && !j->wanted) {
        verdict_finish(j->verdict);
        return false;
    }
    if (rc) {
        j->verdict->kind = VERDICT_ASK;
        replace_text(&j->verdict->text, err.text);
        failed(policy, rule->where, err.text, 0);
    }
    return true;
}

void policy_judge(struct policy *policy, const struct group *group, enum group_change change, instant now,
                  struct verdict *ret)
{
    struct judging j = {.group = group, .change = change, .now = now, .verdict = ret};
    *ret = (struct verdict){0};
    bool news = change == GROUP_NEW || change == GROUP_REGRESSED;
    for (size_t i = 0; i < policy->set->rules.n; i++) {
        j.rule = &policy->set->rules.v[i];
        if (!try_rule(policy, &j))
            continue;
        policy->set->rules.v[i].fired++;
        ret->facts = facts_of(policy->set, j.rule, &j);
        return;
    }
    if (news)
        ret->facts = facts_of(policy->set, NULL, &j);
}

/* ---- reacting ---- */

void reaction_list_finish(reaction_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        struct reaction *r = &list->v[i];
        char *texts[] = {r->verb, r->name, r->text, r->value, r->channel, r->rule};
        for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
            free(texts[k]);
    }
    array_free(list);
}

void policy_react(struct policy *policy, const struct event *event, const struct incident *incident,
                  instant now, reaction_list *ret)
{
    for (size_t i = 0; i < policy->set->handlers.n; i++) {
        const struct handler *handler = &policy->set->handlers.v[i];
        struct error err;
        if (handler->event != event->type)
            continue;
        struct script_call call = {
            .script = handler->script, .function = handler->function, .incident = incident, .event = event};
        if (call_script(&call, now, ret, &err))
            failed(policy, handler->where, err.text, incident->id);
    }
}

/* ---- obligations ---- */

void obligation_list_finish(obligation_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free(list->v[i].name);
        free(list->v[i].text);
        free(list->v[i].rule);
    }
    array_free(list);
}

static bool applies(const struct duty *duty, const struct incident *incident)
{
    bool severity = duty->severities.n == 0;
    for (size_t i = 0; i < duty->severities.n; i++)
        severity |= text_equal(duty->severities.v[i], incident->severity);
    return severity && duty->statuses & (1u << incident->status) &&
           !(duty->without && incident_role(incident, duty->without));
}

static instant begins(const struct duty *duty, const struct incident *incident)
{
    instant entered = incident_last(incident, incident->status);
    switch (duty->after) {
    case AFTER_DECLARED:
        return incident->entries.n ? incident->entries.v[0].at : 0;
    case AFTER_UPDATE:
        return MAX(incident->updated_at, entered);
    case AFTER_SPOKEN:
        return MAX(MAX(incident->spoke_at, incident->updated_at), entered);
    case AFTER_ENTERED:
    default:
        return entered;
    }
}

void policy_obligations(struct policy *policy, const struct incident *incident, instant now,
                        obligation_list *ret)
{
    (void)now;
    for (size_t i = 0; i < policy->set->duties.n; i++) {
        const struct duty *duty = &policy->set->duties.v[i];
        if (applies(duty, incident))
            *array_add(ret) =
                (struct obligation){xstrdup(duty->name), xstrdup(duty->text), xstrdup(duty->where),
                                    begins(duty, incident) + duty->within, duty->every};
    }
}

void policy_missed(struct policy *policy, const char *obligation, const struct incident *incident, instant now,
                   reaction_list *ret)
{
    const struct state_owed *owed = incident_owes(incident, obligation);
    for (size_t i = 0; i < policy->set->duties.n; i++) {
        const struct duty *duty = &policy->set->duties.v[i];
        struct error err;
        if (duty->on_missed == LUA_NOREF || !text_equal(duty->name, obligation))
            continue;
        struct script_call call = {.script = duty->script,
                                   .function = duty->on_missed,
                                   .incident = incident,
                                   .number = owed ? owed->missed : 1};
        if (call_script(&call, now, ret, &err))
            failed(policy, duty->where, err.text, incident->id);
    }
}

/* ---- commands and templates ---- */

static const struct custom *find_custom(const struct policy *policy, const char *name)
{
    for (size_t i = policy->set->customs.n; i-- > 0;) {
        if (text_equal_nocase(policy->set->customs.v[i].name, name))
            return &policy->set->customs.v[i];
    }
    return NULL;
}

bool policy_has_command(const struct policy *policy, const char *name, const char **ret_help)
{
    const struct custom *custom = find_custom(policy, name);
    if (custom && ret_help)
        *ret_help = custom->help;
    return custom != NULL;
}

void policy_each_command(const struct policy *policy, void (*on)(void *ctx, const char *name, const char *help),
                         void *ctx)
{
    for (size_t i = 0; i < policy->set->customs.n; i++)
        on(ctx, policy->set->customs.v[i].name, policy->set->customs.v[i].help);
}

void policy_run_command(struct policy *policy, const char *name, const char *arguments, const char *person,
                        const struct incident *incident, instant now, reaction_list *ret)
{
    const struct custom *custom = find_custom(policy, name);
    struct error err;
    if (!custom)
        return;
    struct script_call call = {.script = custom->script,
                               .function = custom->run,
                               .incident = incident,
                               .text = arguments,
                               .person = person,
                               .reply = true};
    if (call_script(&call, now, ret, &err) == 0)
        return;
    failed(policy, custom->where, err.text, incident ? incident->id : 0);
    *array_add(ret) = (struct reaction){.kind = REACTION_REPLY,
                                        .text = xasprintf("%s failed: %s", name, err.text),
                                        .rule = xstrdup(custom->where),
                                        .incident = incident ? incident->id : 0};
}

static const char *placeholder(const struct incident *incident, const char *key, char name[INCIDENT_NAME])
{
    if (!incident)
        return NULL;
    const struct {
        const char *key, *text;
    } values[] = {{"name", incident_name(incident->id, name)},
                  {"title", incident->title},
                  {"summary", incident->summary},
                  {"severity", incident->severity},
                  {"status", status_name(incident->status)},
                  {"service", incident->service},
                  {"team", incident->team},
                  {"lead", incident_role(incident, "lead")},
                  {"comms", incident_role(incident, "comms")}};
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        if (text_equal(values[i].key, key))
            return values[i].text;
    }
    return NULL;
}

static int expand(const struct template_row *row, const struct incident *incident, struct str *out,
                  struct error *err)
{
    char name[INCIDENT_NAME];
    for (const char *p = row->text; *p;) {
        const char *open = strstr(p, "{{"), *close = open ? strstr(open, "}}") : NULL;
        if (!close) {
            str_add(out, p);
            break;
        }
        CLEANUP_FREE char *key = xstrndup(open + 2, (size_t)(close - open - 2));
        const char *value = placeholder(incident, key, name);
        if (text_empty(value))
            return error_set(err, ERR_INVALID, "template '%s' (%s): there is no value for {{%s}}", row->name,
                             row->where, key);
        str_addn(out, p, (size_t)(open - p));
        str_add(out, value);
        p = close + 2;
    }
    return 0;
}

int policy_template(struct policy *policy, const char *name, const struct incident *incident, struct str *out,
                    struct error *err)
{
    for (size_t i = 0; i < policy->set->templates.n; i++) {
        if (text_equal(policy->set->templates.v[i].name, name))
            return expand(&policy->set->templates.v[i], incident, out, err);
    }
    return error_set(err, ERR_NOT_FOUND, "there is no template '%s'", name);
}

void policy_rules(const struct policy *policy, struct str *out)
{
    static const char *const kinds[] = {"none", "declare", "quiet", "mute", "ask"};
    struct json_out j = {out, false};
    json_begin_array(&j);
    for (size_t i = 0; i < policy->set->rules.n; i++) {
        const struct rule *rule = &policy->set->rules.v[i];
        json_begin_object(&j);
        json_put_text(&j, "name", rule->name);
        json_put_text(&j, "rule", rule->where);
        json_put_text_if(&j, "summary", rule->summary);
        json_put_text(&j, "verdict", kinds[rule->kind]);
        json_put_int(&j, "fired", (int64_t)rule->fired);
        json_end_object(&j);
    }
    json_end_array(&j);
}
