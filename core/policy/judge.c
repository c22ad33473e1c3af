/* Applies the rules to an alert group. */
#include <inttypes.h>
#include <string.h>

#include "intake/group_affected.h"
#include "policy/bind.h"

#define FACT_TAGS 8 /* tags kept with a verdict */

void verdict_finish(struct verdict *verdict)
{
    char *texts[] = {verdict->title, verdict->severity, verdict->team,  verdict->service, verdict->page,
                     verdict->rule,  verdict->text,     verdict->facts, verdict->of_kind};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    *verdict = (struct verdict){0};
}

const char *verdict_name(enum verdict_kind kind)
{
    static const char *const names[] = {
        [VERDICT_NONE] = "none", [VERDICT_DECLARE] = "declare", [VERDICT_QUIET] = "quiet",
        [VERDICT_MUTE] = "mute", [VERDICT_ASK] = "ask",
    };
    return names[kind];
}

/* ---- facts ---- */

static void put_time(struct json_out *j, const char *key, instant t)
{
    char text[INSTANT_TEXT];
    json_put_text(j, key, instant_format(t, text));
}

void group_facts(const struct group *group, enum group_change change, instant now, struct json_out *j)
{
    const struct {
        const char *key, *text;
    } texts[] = {{"change", group_change_name(change)},
                 {"title", group->about.title},
                 {"service", group->about.service},
                 {"environment", group->about.environment},
                 {"release", group->about.release},
                 {"source", group->about.source},
                 {"origin", group->about.origin},
                 {"stream", group->about.stream},
                 {"type", group->about.type},
                 {"culprit", group->about.culprit},
                 {"level", alert_level_name((enum alert_level)group->level)},
                 {"url", group->about.url}};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        if (!text_empty(texts[i].text))
            json_put_text(j, texts[i].key, texts[i].text);
    }
    json_put_int(j, "count", group->tally.count);
    json_put_int(j, "count_1m", group_count_within(group, 1, now));
    json_put_int(j, "count_5m", group_count_within(group, 5, now));
    json_put_int(j, "count_60m", group_count_within(group, 60, now));
    json_put_int(j, "customers", group_affected_count(group));
    json_put_int(j, "regressions", group->regressions);
    put_time(j, "first_seen", group->times.first_seen);
    put_time(j, "last_seen", group->times.last_seen);
}

/* ---- calling the functions of a rule ---- */

struct judging {
    struct policy *policy;
    const struct group *group;
    enum group_change change;
    instant now;
    struct rule *rule;
    bool wanted; /* the result of the current rule's function */
    bool failed; /* a rule has failed so far */
    struct effect effect;
    struct verdict *verdict;
    ARRAY(struct {
        const struct rule *rule;
        char *failure; /* NULL: its function returned false */
    })
    passed; /* rules that matched and were called, but did not decide */
};

static int push_judged(lua_State *L, void *ctx)
{
    (void)ctx;
    push_group(L);
    return 1;
}

static void take_wanted(lua_State *L, void *ctx)
{
    ((struct judging *)ctx)->wanted = lua_toboolean(L, -1);
}

static void take_declared(lua_State *L, void *ctx)
{
    struct judging *j = ctx;
    j->wanted = lua_toboolean(L, -1);
    if (!j->wanted || lua_type(L, -1) == LUA_TBOOLEAN)
        return;
    take_effect(L, lua_gettop(L), &j->effect);
    const char *const *severities = j->policy->set->book.severities;
    while (j->effect.severity && *severities && strcmp(*severities, j->effect.severity) != 0)
        severities++;
    if (j->effect.severity && !*severities)
        luaL_error(L, "declare: unknown severity '%s'", j->effect.severity);
    if (j->effect.kind && !text_list_has(&j->policy->set->kinds.list, j->effect.kind))
        luaL_error(L, "declare: unknown kind '%s'", j->effect.kind);
}

static void effect_finish(struct effect *effect)
{
    char *texts[] = {effect->title,   effect->severity, effect->team,
                     effect->service, effect->page,     effect->kind};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    *effect = (struct effect){0};
}

/* The first failure is reported to a person. */
static void note_failure(struct judging *j, const struct error *err)
{
    replace_text(&j->passed.v[j->passed.n - 1].failure, err->text);
    if (!j->failed) {
        replace_text(&j->verdict->rule, j->rule->named.where);
        free(j->verdict->text);
        j->verdict->text = xasprintf("the rule '%s' failed: %s", j->rule->named.name, err->text);
    }
    j->failed = true;
}

/* The incident whose viewers may see a rule's failure. 0: everybody, unless the group belonged to a private incident. */
static uint64_t visible_in(const struct judging *j)
{
    const struct policy_host *host = &j->policy->host;
    uint64_t id = j->group->care.incident;
    return id && host->incident && !host->incident(host->ctx, id) ? id : 0;
}

/* True when the function says that the rule applies. */
static bool ask(struct judging *j, struct callback *callback, void (*take)(lua_State *L, void *ctx))
{
    struct error err;
    struct asking_script asking = {
        .callback = callback, .push = push_judged, .take = take, .ctx = j, .about = visible_in(j)};
    if (callback->function == LUA_NOREF)
        return true;
    j->policy->group = j->group;
    j->policy->change = j->change;
    int rc = ask_script(j->policy, &asking, j->rule->named.where, j->now, &err);
    j->policy->group = NULL;
    if (rc)
        note_failure(j, &err);
    return !rc && j->wanted;
}

/* True when the current rule decides. */
static bool decides(struct judging *j)
{
    if (!rule_fits(j->policy, j->rule, j->group, j->change, j->now))
        return false;
    array_add(&j->passed)->rule = j->rule;
    if (ask(j, &j->rule->when, take_wanted) && ask(j, &j->rule->declare, take_declared)) {
        j->passed.n--;
        return true;
    }
    effect_finish(&j->effect);
    return false;
}

/* ---- the verdict ---- */

static void begin_rule(const struct rule *rule, const char *verdict, struct json_out *out)
{
    json_begin_object(out);
    json_put_text(out, "name", rule->named.name);
    json_put_text(out, "rule", rule->named.where);
    json_put_text(out, "verdict", verdict);
}

/* The other rules that matched: those called before the deciding one, and those after it, from index `from`. */
static void add_competing(const struct judging *j, size_t from, struct json_out *out)
{
    json_key(out, "competing");
    json_begin_array(out);
    for (size_t i = 0; i < j->passed.n; i++) {
        begin_rule(j->passed.v[i].rule, j->passed.v[i].failure ? "failed" : "no", out);
        json_put_text_if(out, "failure", j->passed.v[i].failure);
        json_end_object(out);
    }
    for (size_t i = from; i < j->policy->set->rules.n; i++) {
        const struct rule *rule = &j->policy->set->rules.v[i];
        if (!rule_fits(j->policy, rule, j->group, j->change, j->now))
            continue;
        begin_rule(rule, verdict_name(rule->kind), out);
        if (rule->when.function != LUA_NOREF) /* after the deciding one, so it was not called */
            json_put_bool(out, "asked", false);
        json_end_object(out);
    }
    json_end_array(out);
}

/* The tags of the current alert, which rules match against. */
static void add_tags(const struct alert *alert, struct json_out *out)
{
    if (!alert || !alert->n_tags)
        return;
    json_key(out, "tags");
    json_begin_object(out);
    for (size_t i = 0; i < alert->n_tags && i < FACT_TAGS; i++) {
        if (alert_tag(alert, alert->tags[i].key) ==
            alert->tags[i].value) /* for a repeated key, the first value counts */
            json_put_text(out, alert->tags[i].key, alert->tags[i].value);
    }
    json_end_object(out);
}

static char *facts_of(const struct judging *j, size_t next)
{
    struct str text = {0};
    struct json_out out = {&text, false};
    str_reserve(&text, 768);
    json_begin_object(&out);
    group_facts(j->group, j->change, j->now, &out);
    add_tags(j->group->alert, &out);
    add_competing(j, next, &out);
    json_end_object(&out);
    return str_take(&text);
}

static char *first_of(char **own, const char *general)
{
    return *own ? steal(*own) : xstrdup(general);
}

/* If an earlier rule failed, it might have declared an incident. So a later rule's verdict counts only if it declares. */
static void fill(struct judging *j)
{
    struct rule *rule = j->rule;
    struct verdict *v = j->verdict;
    rule->fired++;
    if (j->failed && rule->kind != VERDICT_DECLARE)
        return;
    v->kind = rule->kind;
    v->title = first_of(&j->effect.title, rule->effect.title);
    v->severity = first_of(&j->effect.severity, rule->effect.severity);
    v->team = first_of(&j->effect.team, rule->effect.team);
    v->service = first_of(&j->effect.service, rule->effect.service);
    v->page = first_of(&j->effect.page, rule->effect.page);
    v->of_kind = first_of(&j->effect.kind, rule->effect.kind);
    v->private = rule->effect.private || j->effect.private;
    v->until = rule->mute ? j->now + rule->mute : 0;
    replace_text(&v->rule, rule->named.where);
    free(v->text);
    v->text =
        xasprintf("%s%s%s", rule->named.name, rule->summary ? ": " : "", rule->summary ? rule->summary : "");
}

/* What the rule says nothing of follows from the catalogue: the team of the service has the incident, and is paged. */
static void take_team(struct judging *j)
{
    struct verdict *v = j->verdict;
    const char *name = text_empty(v->service) ? j->group->about.service : v->service;
    const struct service *service = v->kind == VERDICT_DECLARE ? find_service(j->policy->set, name) : NULL;
    bool pages = !j->rule->effect.pages_named && !j->effect.pages_named, owns = text_empty(v->team);
    if (!service || !service->team || !(pages || owns))
        return;
    if (owns)
        replace_text(&v->team, service->team);
    if (pages)
        replace_text(&v->page, service->team);
    CLEANUP_FREE char *text = v->text;
    v->text =
        xasprintf("%s; service %s is of team %s (%s)", text, service->name, service->team, service->where);
}

/* A rule without a severity of its own takes the one that levels{} gives to what the sender reported. */
static void take_level(struct judging *j)
{
    struct verdict *v = j->verdict;
    const char *level = alert_level_name((enum alert_level)j->group->level);
    for (size_t i = 0; v->kind == VERDICT_DECLARE && !v->severity && i < j->policy->set->alerts.levels.n; i++) {
        const struct level_row *row = &j->policy->set->alerts.levels.v[i];
        if (strcmp(row->named.name, level) != 0)
            continue;
        CLEANUP_FREE char *text = v->text;
        v->severity = xstrdup(row->severity);
        v->text = xasprintf("%s; %s, since its level is %s (levels{} at %s)", text, row->severity, level,
                            row->named.where);
    }
}

void policy_judge(struct policy *policy, const struct group *group, enum group_change change, instant now,
                  struct verdict *ret)
{
    struct judging j = {.policy = policy, .group = group, .change = change, .now = now, .verdict = ret};
    bool news = group_change_is_news(change);
    size_t i = 0, n = policy->set->rules.n;
    *ret = (struct verdict){0};
    for (bool decided = false; !decided && i < n; i++) {
        j.rule = &policy->set->rules.v[i];
        decided = decides(&j);
        if (decided) {
            fill(&j);
            take_team(&j);
            take_level(&j);
        }
    }
    if (j.failed && ret->kind == VERDICT_NONE)
        ret->kind = VERDICT_ASK;
    if (ret->kind != VERDICT_NONE || news)
        ret->facts = facts_of(&j, i);
    effect_finish(&j.effect);
    for (size_t k = 0; k < j.passed.n; k++)
        free(j.passed.v[k].failure);
    array_free(&j.passed);
}
