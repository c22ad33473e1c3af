/*
 * What scripts declare and return: every field of every table with values of any kind, and whole files. Loading either refuses
 * a script with a message or accepts it, and then rules, reactions and obligations do no harm.
 *
 * The first byte chooses: a file as it is, or a file made of the bytes that follow.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "policy/builtins.h"
#include "policy/load.h"
#include "policy/value.h"
#include "policy/writeups.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define NOW       ((instant)1764151200000)
#define MOST      4096
#define MADE_MOST 6000

struct bytes {
    const uint8_t *p, *end;
};

static uint8_t take(struct bytes *b)
{
    return b->p < b->end ? *b->p++ : 0;
}

static const char *const words[] = {
    "rule",      "services", "severity",  "role",      "obligation", "template", "command",  "on",
    "name",      "match",    "except",    "when",      "declare",    "quiet",    "mute",     "priority",
    "summary",   "off",      "text",      "status",    "without",    "after",    "within",   "every",
    "on_missed", "help",     "run",       "service",   "title",      "level",    "count",    "customers",
    "tags",      "new",      "regressed", "important", "incident",   "team",     "page",     "private",
    "message",   "customer", "link",      "major",     "minor",      "update",   "declared", "paused",
    "volume",    "active",   "people",    "email",     "slack",
};

static const char *const values[] = {
    "true",
    "false",
    "nil",
    "0",
    "1",
    "-1",
    "16",
    "17",
    "1e308",
    "-1e308",
    "0/0",
    "1/0",
    "math.maxinteger",
    "2^53",
    "0.5",
    "''",
    "'5m'",
    "'2h'",
    "'15m'",
    "'*'",
    "'@important'",
    "'@x'",
    "'active'",
    "'triage'",
    "'resolved'",
    "'error'",
    "'minor'",
    "'{{title}}'",
    "'{{x}}'",
    "'{{lead|'",
    "'\\xff\\xfe'",
    "'a\\0b'",
    "'\\u{7FFFFFFF}'",
    "'\\226\\130\\172'",
    "('x'):rep(20000)",
    "('%'):rep(99)",
    "{}",
    "{{}}",
    "{[1] = 1, [3] = 3}",
    "{[1.5] = 1}",
    "{[true] = 1}",
    "{['a\\0'] = 1}",
    "cycle",
    "deep",
    "many",
    "function(g) return g end",
    "function(g) return {severity = 'major'} end",
    "function(g) return {title = {}, page = 5} end",
    "function(g) return g.title, g.tags, g.customers end",
    "function(g) return deep end",
    "function(g) error(cycle) end",
    "function(g) return g:count_within('5m') > 0 end",
    "function(i, e) i:say(i.title or '') i:page('x', 'y') end",
    "function(i) i:pause('\\xff', within('1h')) i:give('lead', 'a\\0b') end",
    "function(i) pcall(i.say, i, {}) return {} end",
    "function(i) return ('\\xff'):rep(9999) end",
    "function(i) i:command('note', deep) end",
    "print",
    "string",
    "pairs",
};

static void make_value(struct bytes *b, int depth, struct str *out)
{
    uint8_t kind = take(b);
    if (kind % 4 || depth > 4) {
        str_add(out, values[take(b) % ARRAY_SIZE(values)]);
        return;
    }
    str_add(out, "{");
    for (int n = kind / 16; n > 0 && out->len < MADE_MOST; n--) {
        if (take(b) % 2)
            str_addf(out, " %s =", words[take(b) % ARRAY_SIZE(words)]);
        str_add(out, " ");
        make_value(b, depth + 1, out);
        str_add(out, ",");
    }
    str_add(out, " }");
}

/* A few calls of declarers, each in a pcall, so that the later ones are reached. */
static void make_file(struct bytes *b, struct str *out)
{
    str_add(out, "local cycle = {} cycle.x = cycle cycle[1] = cycle\n"
                 "local deep = {} for i = 1, 99 do deep = {deep, x = deep} end\n"
                 "local many = {} for i = 1, 3000 do many[i] = 'x' .. i end\n");
    while (b->p < b->end && out->len < MADE_MOST) {
        bool guarded = take(b) % 3;
        const char *declarer = words[take(b) % 8];
        if (guarded)
            str_addf(out, "pcall(%s, ", declarer);
        else
            str_addf(out, "%s(", declarer);
        if (strcmp(declarer, "on") == 0)
            str_addf(out, "'%s', ", words[45 + take(b) % 3]);
        make_value(b, 0, out);
        str_add(out, ")\n");
    }
}

static void use(struct policy *policy)
{
    static const enum group_change changes[] = {GROUP_NEW, GROUP_REGRESSED, GROUP_MOVED};
    struct group group = {.about.title = "boom",
                          .about.service = "shop",
                          .about.environment = "",
                          .about.release = "",
                          .about.type = "",
                          .about.culprit = "",
                          .about.source = "sentry",
                          .about.origin = "",
                          .about.stream = "",
                          .about.url = "",
                          .tally.count = 200,
                          .level = LEVEL_ERROR,
                          .tally.minute = NOW / MINUTE};
    group.tally.counts[group.tally.minute % GROUP_MINUTES] = 200;
    for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
        struct verdict verdict;
        policy_judge(policy, &group, changes[i], NOW, &verdict);
        verdict_finish(&verdict);
    }
    struct incident *incident = incident_create(7);
    incident->status = STATUS_INVESTIGATING;
    incident->title = xstrdup("boom");
    incident->severity = xstrdup("major");
    *array_add(&incident->entries) = (struct state_entry){STATUS_INVESTIGATING, NOW - HOUR};
    struct event event = {
        .type = EVENT_DECLARED, .incident = 7, .by = "ana", .text = "boom", .at = NOW, .status = STATUS_TRIAGE};
    reaction_list reactions = {0};
    obligation_list obligations = {0};
    policy_react(policy, &event, incident, NOW, &reactions);
    policy_obligations(policy, incident, NOW, &obligations);
    for (size_t i = 0; i < obligations.n; i++)
        policy_missed(policy, obligations.v[i].name, incident, NOW, &reactions);
    for (size_t i = 0; i < policy->set->customs.n; i++)
        policy_run_command(policy, policy->set->customs.v[i].named.name, "x", "ana", incident, NOW, &reactions,
                           NULL);
    for (size_t i = 0; i < reactions.n; i++) {
        require(reactions.v[i].rule != NULL);
        require(!reactions.v[i].text || utf8_valid(reactions.v[i].text, strlen(reactions.v[i].text)));
    }
    CLEANUP_STR struct str out = {0};
    policy_rules(policy, &out);
    require(utf8_valid(out.p, out.len));
    for (size_t i = 0; i < policy->set->templates.n; i++)
        policy_template(policy, policy->set->templates.v[i].named.name, incident, NULL, 0, &out, NULL);
    obligation_list_finish(&obligations);
    reaction_list_finish(&reactions);
    incident_destroy(incident);
}

static void try_policy(const char *text, size_t n)
{
    struct policy policy = {0};
    struct error err = {0};
    struct policy_file file = {.name = (char *)(uintptr_t) "fuzz.lua", .text = (char *)(uintptr_t)text, .n = n};
    struct policy_files files = {.files = {.v = &file, .n = 1}};
    if (load_set(&policy, &files, &policy.set, &err) == 0) {
        use(&policy);
        set_destroy(policy.set);
        return;
    }
    require(err.text[0] != '\0' && err.code < 0);
}

/* The same values, as a configuration would contain them. */
static void try_values(struct bytes *b)
{
    CLEANUP_STR struct str text = {0};
    struct sandbox *sandbox = sandbox_create(NULL, builtins_open);
    struct error err;
    cJSON *json = NULL;
    str_add(&text, "local cycle = {} cycle.x = cycle local deep = {} for i = 1, 99 do deep = {deep} end local "
                   "many = deep\nreturn ");
    make_value(b, 0, &text);
    if (sandbox_run(sandbox, "fuzz.lua", text.p, text.len, 1, &err) == 0 &&
        value_to_json(sandbox->L, -1, &json, &err) == 0)
        cJSON_Delete(json);
    sandbox_destroy(sandbox);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0 || n > MOST)
        return 0;
    struct bytes bytes = {data + 1, data + n};
    CLEANUP_STR struct str text = {0};
    switch (data[0] % 3) {
    case 0:
        try_values(&bytes);
        break;
    case 1:
        make_file(&bytes, &text);
        try_policy(text.p, text.len);
        break;
    default:
        try_policy((const char *)data + 1, n - 1);
    }
    return 0;
}
