/*
 * A team's own tests of its policy, with made-up alerts and incidents.
 *
 * The set on trial is asked through a policy of its own, whose host knows the made-up incidents alone. Incidents are real
 * ones of the engine: decided, folded, and shown to the policy; what it answers is handed to the test and not carried out.
 */
#include <inttypes.h>
#include <string.h>

#include "engine/fold.h"
#include "policy/bind.h"
#include "policy/load.h"

#define TEST_NOW ((instant)1764151200000) /* a Wednesday, 10:00 UTC */

/* Everything here is freed at the end, whatever the test's functions leave by. */
struct tests {
    struct policy trial;
    struct policy *before;
    struct script script;
    struct str *out, person;
    instant now;
    ARRAY(struct incident *) incidents;
    reaction_list reactions;
    obligation_list obligations;
    event_list events;
    struct verdict verdict;
    text_list texts;
    char failure[600]; /* of a script on trial */
    int passed, failed;
};

static struct tests *tests_of(lua_State *L)
{
    return (struct tests *)(void *)container_of(script_of(L), struct tests, script);
}

/* ---- the host of the trial ---- */

static const struct incident *trial_incident(void *ctx, uint64_t id)
{
    const struct tests *tests = ctx;
    return id >= 1 && id <= tests->incidents.n ? tests->incidents.v[id - 1] : NULL;
}

static void trial_each(void *ctx, bool (*on)(void *on_ctx, const struct incident *incident), void *on_ctx)
{
    const struct tests *tests = ctx;
    for (size_t i = 0; i < tests->incidents.n; i++) {
        const struct incident *incident = tests->incidents.v[i];
        if (incident && status_is_open(incident->status) && !on(on_ctx, incident))
            return;
    }
}

static const char *trial_person(void *ctx, const char *id)
{
    struct tests *tests = ctx;
    str_clear(&tests->person);
    struct json_out j = {&tests->person, false};
    json_begin_object(&j);
    json_put_text(&j, "id", id);
    json_put_text(&j, "name", id);
    json_end_object(&j);
    return str_text(&tests->person);
}

static void trial_failure(void *ctx, const char *where, const char *text, uint64_t incident)
{
    struct tests *tests = ctx;
    (void)incident;
    snprintf(tests->failure, sizeof(tests->failure), "%s: %s", where, text);
}

/* ---- test, expect ---- */

static void forget(struct tests *tests)
{
    for (size_t i = 0; i < tests->incidents.n; i++)
        incident_destroy(tests->incidents.v[i]);
    array_free(&tests->incidents);
    reaction_list_finish(&tests->reactions);
    obligation_list_finish(&tests->obligations);
    event_list_finish(&tests->events);
    verdict_finish(&tests->verdict);
    text_list_finish(&tests->texts);
    tests->failure[0] = '\0';
    tests->now = tests->trial.now = TEST_NOW;
}

/* @test test(name, function): one test; what it raises is its failure. Each begins on a Wednesday at 10:00 UTC, with no incidents. */
static int lua_test(lua_State *L)
{
    struct tests *tests = tests_of(L);
    const char *name = luaL_checkstring(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    forget(tests);
    lua_pushvalue(L, 2);
    bool well = lua_pcall(L, 0, 0, 0) == LUA_OK;
    if (sandbox_of(L)->dead)
        return lua_error(L);
    if (well) {
        tests->passed++;
        str_addf(tests->out, "ok    %s\n", name);
    } else {
        tests->failed++;
        str_addf(tests->out, "FAIL  %s: %s\n", name, sandbox_tostring(L, -1));
    }
    return 0;
}

/* @test expect(value, expected [, what]): fails the test when they differ. */
static int lua_expect(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 3);
    if (lua_compare(L, 1, 2, LUA_OPEQ))
        return 0;
    const char *what = luaL_optstring(L, 3, "the value");
    const char *is = sandbox_tostring(L, 1), *wanted = sandbox_tostring(L, 2);
    luaL_where(L, 1);
    lua_pushfstring(L, "%s is %s, not %s", what, is, wanted);
    lua_concat(L, 2);
    return lua_error(L);
}

/* @test print(…): writes its values into the report of the tests. */
static int lua_print(lua_State *L)
{
    for (int i = 1, n = lua_gettop(L); i <= n; i++)
        str_addf(tests_of(L)->out, "%s%s%s", i == 1 ? "      " : " ", sandbox_tostring(L, i),
                 i == n ? "\n" : "");
    return 0;
}

/* @test wait(span): lets time pass for what follows in the test. */
static int lua_wait(lua_State *L)
{
    struct tests *tests = tests_of(L);
    tests->now += check_duration(L, 1, "the span");
    tests->trial.now = tests->now;
    return 0;
}

/* ---- judge ---- */

static const char *take(lua_State *L, const char *key, const char *fallback)
{
    char **slot = array_add(&tests_of(L)->texts);
    return field_text(L, 1, key, false, slot) ? *slot : fallback;
}

static void read_tags(lua_State *L, struct alert *alert, struct alert_tag tags[ALERT_TAGS])
{
    alert->tags = tags;
    if (lua_getfield(L, 1, "tags") != LUA_TNIL) {
        luaL_checktype(L, -1, LUA_TTABLE);
        lua_pushnil(L);
        while (lua_next(L, -2)) {
            text_list *texts = &tests_of(L)->texts;
            luaL_argcheck(L, alert->n_tags < ALERT_TAGS, 1, "too many tags");
            take_text(L, -2, "a tag's name", array_add(texts));
            take_text(L, -1, "a tag", array_add(texts));
            tags[alert->n_tags++] = (struct alert_tag){texts->v[texts->n - 2], texts->v[texts->n - 1]};
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

/* customers = 3, or customers = { "acme", "beta" } */
static void read_customers(lua_State *L, struct group *group, struct group_customer customers[GROUP_CUSTOMERS])
{
    static const char *const names[GROUP_CUSTOMERS] = {
        "customer-1",  "customer-2",  "customer-3",  "customer-4",  "customer-5",  "customer-6",
        "customer-7",  "customer-8",  "customer-9",  "customer-10", "customer-11", "customer-12",
        "customer-13", "customer-14", "customer-15", "customer-16"};
    text_list *texts = &tests_of(L)->texts;
    size_t first = texts->n, n = 0;
    if (lua_getfield(L, 1, "customers") == LUA_TNUMBER)
        n = (size_t)field_int(L, 1, "customers", 0, 0, GROUP_CUSTOMERS);
    else if (!lua_isnil(L, -1))
        take_texts(L, -1, "customers", texts);
    lua_pop(L, 1);
    bool named = texts->n > first;
    n = named ? MIN(texts->n - first, GROUP_CUSTOMERS) : n;
    for (size_t i = 0; i < n; i++) {
        const char *key = named ? texts->v[first + i] : names[i];
        customers[i] = (struct group_customer){(char *)(uintptr_t)key, NULL, 0, 1};
    }
    group->customers = customers;
    group->n_customers = (uint8_t)n;
}

static enum group_change read_change(lua_State *L)
{
    const char *word = take(L, "change", "new");
    static const enum group_change changes[] = {GROUP_NEW, GROUP_REGRESSED, GROUP_MOVED};
    for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
        if (strcmp(group_change_name(changes[i]), word) == 0)
            return changes[i];
    }
    return (enum group_change)luaL_error(L, "change must be \"new\", \"regressed\" or \"moved\"");
}

static void read_texts(lua_State *L, struct group *group, struct alert *alert)
{
    group->title = take(L, "title", "something broke");
    group->service = take(L, "service", "");
    group->environment = take(L, "environment", "production");
    group->type = take(L, "type", "");
    group->release = take(L, "release", "");
    group->culprit = take(L, "culprit", "");
    group->source = take(L, "source", "sentry");
    group->origin = take(L, "origin", "test");
    group->stream = take(L, "stream", "");
    group->url = take(L, "url", "");
    alert->message = take(L, "message", "");
    alert->host = take(L, "host", "");
    alert->user = take(L, "user", "");
}

static int push_verdict(lua_State *L, const struct verdict *verdict)
{
    const struct {
        const char *key, *text;
    } texts[] = {{"kind", verdict_name(verdict->kind)},
                 {"title", verdict->title},
                 {"severity", verdict->severity},
                 {"team", verdict->team},
                 {"service", verdict->service},
                 {"page", verdict->page},
                 {"rule", verdict->rule},
                 {"text", verdict->text},
                 {"facts", verdict->facts}};
    lua_createtable(L, 0, 12);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        lua_pushstring(L, texts[i].text);
        lua_setfield(L, -2, texts[i].key);
    }
    const char *text = verdict->text ? verdict->text : ""; /* "name" or "name: summary" */
    lua_pushlstring(L, text, verdict->kind == VERDICT_ASK ? 0 : strcspn(text, ":"));
    lua_setfield(L, -2, "name");
    lua_pushboolean(L, verdict->private);
    lua_setfield(L, -2, "private");
    push_instant(L, verdict->until);
    lua_setfield(L, -2, "until_at");
    return 1;
}

/*
 * @test judge{ change = "new", title, service, level = "error", environment = "production", type, release, culprit, source = "sentry",
 * origin, stream, message, host, user, url, count = 1, customers = 0, tags = {…}, regressions, incident = false }: what the rules say of
 * such a group: { kind, name, title, severity, team, service, page, private, until_at, rule, text, facts }; kind is "none",
 * "declare", "quiet", "mute" or "ask". `change` is "new", "regressed" or "moved"; `customers` a number or a list of keys.
 */
static int lua_judge(lua_State *L)
{
    static const char *const known[] = {
        "change",  "title",  "service",   "level",  "environment", "type",     "release",
        "culprit", "source", "origin",    "stream", "message",     "host",     "user",
        "url",     "count",  "customers", "tags",   "regressions", "incident", NULL};
    struct tests *tests = tests_of(L);
    struct alert_tag tags[ALERT_TAGS];
    struct group_customer customers[GROUP_CUSTOMERS];
    struct alert alert;
    alert_init(&alert, "test", tests->now);
    struct group group = {.first_seen = tests->now,
                          .last_seen = tests->now,
                          .opened_at = tests->now,
                          .minute = tests->now / MINUTE,
                          .alert = &alert};
    check_fields(L, 1, "judge", known);
    read_texts(L, &group, &alert);
    read_tags(L, &alert, tags);
    read_customers(L, &group, customers);
    group.level = (uint8_t)alert_level_parse(take(L, "level", "error"), LEVEL_ERROR);
    group.count = field_int(L, 1, "count", 1, 1, UINT32_MAX);
    group.counts[group.minute % GROUP_MINUTES] = (uint32_t)group.count;
    group.regressions = field_int(L, 1, "regressions", 0, 0, 1000000);
    group.incident = field_bool(L, 1, "incident", false) ? 1 : 0;
    enum group_change change = read_change(L);
    verdict_finish(&tests->verdict);
    policy_judge(&tests->trial, &group, change, tests->now, &tests->verdict);
    tests->trial.now = tests->now;
    return push_verdict(L, &tests->verdict);
}

/* ---- incidents ---- */

static const char *kind_name(enum reaction_kind kind)
{
    static const char *const names[] = {
        [REACTION_COMMAND] = "command",   [REACTION_SAY] = "say",
        [REACTION_ANNOUNCE] = "announce", [REACTION_OPEN_CHANNEL] = "open_channel",
        [REACTION_PAGE] = "page",         [REACTION_CLOSE_CHANNEL] = "close_channel",
        [REACTION_REPLY] = "reply",
    };
    return names[kind];
}

static void push_reaction(lua_State *L, const struct reaction *r)
{
    const struct {
        const char *key, *text;
    } texts[] = {{"kind", kind_name(r->kind)}, {"verb", r->verb},       {"name", r->name}, {"text", r->text},
                 {"value", r->value},          {"channel", r->channel}, {"rule", r->rule}};
    lua_createtable(L, 0, 9);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        lua_pushstring(L, texts[i].text);
        lua_setfield(L, -2, texts[i].key);
    }
    lua_pushinteger(L, (lua_Integer)r->incident);
    lua_setfield(L, -2, "incident");
    push_instant(L, r->until);
    lua_setfield(L, -2, "until_at");
}

/* What was collected; a function on trial that failed fails the test. */
static int push_collected(lua_State *L)
{
    struct tests *tests = tests_of(L);
    tests->trial.now = tests->now;
    if (tests->failure[0])
        return luaL_error(L, "%s", tests->failure);
    lua_createtable(L, (int)tests->reactions.n, 0);
    for (size_t i = 0; i < tests->reactions.n; i++) {
        push_reaction(L, &tests->reactions.v[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    reaction_list_finish(&tests->reactions);
    return 1;
}

/* Decides a command on a made-up incident, and shows what came of it to the policy. */
static void perform(lua_State *L, struct incident **incident, const struct command *command)
{
    struct tests *tests = tests_of(L);
    struct error err;
    uint64_t id = *incident ? (*incident)->id : tests->incidents.n;
    event_list_finish(&tests->events);
    if (decide(*incident, id, command, &tests->trial.set->book, tests->now, &tests->events, &err))
        luaL_error(L, "%s", err.text);
    if (!*incident)
        *incident = incident_create(id);
    for (size_t i = 0; i < tests->events.n; i++)
        fold(*incident, &tests->events.v[i]);
    for (size_t i = 0; i < tests->events.n; i++)
        policy_react(&tests->trial, &tests->events.v[i], *incident, tests->now, &tests->reactions);
}

static void perform_name(lua_State *L, struct incident **incident, const char *verb, const char *name)
{
    if (name)
        perform(L, incident,
                &(struct command){.verb = verb, .by = "rule", .automatic = true, .name = name, .flag = true});
}

/*
 * @test declare{ title, severity, service, team, by = "rule", private = false, customers = {…} }: a made-up incident, and a list of what
 * the policy asked for: { kind = "say", text = …, … }. What `by` a rule is declared begins in triage.
 */
static int lua_declare(lua_State *L)
{
    static const char *const known[] = {"title", "severity", "service",   "team",
                                        "by",    "private",  "customers", NULL};
    struct tests *tests = tests_of(L);
    check_fields(L, 1, "declare", known);
    const char *by = take(L, "by", "rule");
    bool automatic = strcmp(by, "rule") == 0;
    struct command command = {.verb = "declare",
                              .by = by,
                              .automatic = automatic,
                              .text = take(L, "title", "something broke"),
                              .name = take(L, "severity", NULL),
                              .flag = field_bool(L, 1, "private", false)};
    const char *service = take(L, "service", NULL), *team = take(L, "team", NULL);
    struct incident **incident = array_add(&tests->incidents);
    perform(L, incident, &command);
    perform_name(L, incident, "service", service);
    perform_name(L, incident, "team", team);
    size_t first = tests->texts.n;
    field_texts(L, 1, "customers", &tests->texts);
    for (size_t i = first; i < tests->texts.n; i++)
        perform_name(L, incident, "customer", tests->texts.v[i]);
    push_incident(L, *incident);
    return 1 + push_collected(L);
}

static struct incident **made_up(lua_State *L, int index)
{
    struct tests *tests = tests_of(L);
    uint64_t id = check_incident(L, index);
    luaL_argcheck(L, id >= 1 && id <= tests->incidents.n, index, "an incident of another test");
    return &tests->incidents.v[id - 1];
}

/*
 * @test act(incident, verb [, { by = "ana", text, name, value, status, until_at }]): carries out a command of the engine ("accept", "sev",
 * "role", "pause", …) and gives a list of what the policy asked for.
 */
static int lua_act(lua_State *L)
{
    static const char *const known[] = {"by", "text", "name", "value", "status", "until_at", NULL};
    struct incident **incident = made_up(L, 1);
    struct command command = {.verb = luaL_checkstring(L, 2), .by = "ana", .flag = true};
    if (!lua_isnoneornil(L, 3)) {
        check_fields(L, 3, "act", known);
        lua_replace(L, 1); /* where the helpers read */
        command.by = take(L, "by", "ana");
        command.text = take(L, "text", NULL);
        command.name = take(L, "name", NULL);
        command.value = take(L, "value", NULL);
        command.status = status_parse(take(L, "status", NULL));
        if (lua_getfield(L, 1, "until_at") != LUA_TNIL)
            command.until = check_instant(L, -1);
    }
    perform(L, incident, &command);
    return push_collected(L);
}

static void find_owed(lua_State *L, const struct incident *incident)
{
    struct tests *tests = tests_of(L);
    obligation_list_finish(&tests->obligations);
    policy_obligations(&tests->trial, incident, tests->now, &tests->obligations);
}

/* @test owed(incident): a list of { name, text, due, every } of what is owed now; due is in so many seconds. */
static int lua_owed(lua_State *L)
{
    struct tests *tests = tests_of(L);
    find_owed(L, *made_up(L, 1));
    lua_createtable(L, (int)tests->obligations.n, 0);
    for (size_t i = 0; i < tests->obligations.n; i++) {
        const struct obligation *o = &tests->obligations.v[i];
        lua_createtable(L, 0, 4);
        lua_pushstring(L, o->name);
        lua_setfield(L, -2, "name");
        lua_pushstring(L, o->text);
        lua_setfield(L, -2, "text");
        lua_pushnumber(L, (double)(o->due - tests->now) / 1000);
        lua_setfield(L, -2, "due");
        push_seconds(L, o->every);
        lua_setfield(L, -2, "every");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* @test missed(incident, obligation): lets it pass once more, and gives a list of what the policy asked for. */
static int lua_missed(lua_State *L)
{
    struct tests *tests = tests_of(L);
    struct incident **incident = made_up(L, 1);
    const char *name = luaL_checkstring(L, 2);
    find_owed(L, *incident);
    const struct obligation *owed = NULL;
    for (size_t i = 0; i < tests->obligations.n; i++) {
        if (strcmp(tests->obligations.v[i].name, name) == 0)
            owed = &tests->obligations.v[i];
    }
    if (!owed)
        return luaL_error(L, "nothing called '%s' is owed", name);
    struct command command = {
        .verb = "owe", .by = "clock", .automatic = true, .name = name, .text = owed->text, .until = owed->due};
    if (!incident_owes(*incident, name))
        perform(L, incident, &command);
    command.verb = "miss";
    reaction_list_finish(&tests->reactions);
    perform(L, incident, &command);
    policy_missed(&tests->trial, name, *incident, tests->now, &tests->reactions);
    return push_collected(L);
}

/* @test run(command, incident, arguments [, person]): types a command of the policy; gives a list of what it asked for. */
static int lua_run(lua_State *L)
{
    struct tests *tests = tests_of(L);
    const char *name = luaL_checkstring(L, 1);
    struct incident **incident = lua_isnoneornil(L, 2) ? NULL : made_up(L, 2);
    if (!command_custom(tests->trial.set, name))
        return luaL_error(L, "there is no command '%s' in this policy", name);
    policy_run_command(&tests->trial, name, luaL_optstring(L, 3, ""), luaL_optstring(L, 4, "ana"),
                       incident ? *incident : NULL, tests->now, &tests->reactions);
    return push_collected(L);
}

/* ---- running a file ---- */

static int bind_tests(lua_State *L)
{
    static const luaL_Reg functions[] = {{"test", lua_test},       {"expect", lua_expect}, {"judge", lua_judge},
                                         {"declare", lua_declare}, {"act", lua_act},       {"owed", lua_owed},
                                         {"wait", lua_wait},       {"missed", lua_missed}, {"run", lua_run},
                                         {"print", lua_print}};
    bind_incident(L);
    bind_time(L);
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
    return 0;
}

static void tests_init(struct tests *tests, struct policy_set *set, struct str *out)
{
    *tests = (struct tests){.out = out, .before = set->policy};
    tests->script.set = set;
    tests->trial.set = set;
    tests->trial.host = (struct policy_host){.ctx = tests,
                                             .incident = trial_incident,
                                             .each_incident = trial_each,
                                             .person = trial_person,
                                             .on_failure = trial_failure};
    set->policy = &tests->trial;
    forget(tests);
    tests->script.sandbox = sandbox_create(&tests->script);
}

static void tests_finish(struct tests *tests)
{
    tests->trial.set->policy = tests->before;
    forget(tests);
    str_finish(&tests->person);
    sandbox_destroy(tests->script.sandbox);
}

int run_policy_tests(struct policy_set *set, const char *name, const char *text, size_t n, struct str *out,
                     struct error *err)
{
    struct tests tests;
    tests_init(&tests, set, out);
    int rc = sandbox_protect(tests.script.sandbox, bind_tests, NULL, err);
    rc = rc ? rc : sandbox_run(tests.script.sandbox, name, text, n, 0, err);
    tests_finish(&tests);
    return rc ? rc : tests.failed;
}
