#include "command/judged.h"

#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/mem.h"
#include "base/moment.h"

#define FACT_BYTES 120

static void add_value(const cJSON *value, struct str *out)
{
    CLEANUP_STR struct str text = {0};
    struct json_out j = {&text, false};
    if (cJSON_IsString(value))
        str_add(&text, value->valuestring);
    else
        json_tree(&j, value);
    size_t n = text.len, cut = n > FACT_BYTES ? utf8_cut(str_text(&text), n, FACT_BYTES) : n;
    str_markup(out, "%.*s%s", (int)cut, str_text(&text), cut < n ? "…" : "");
}

static void write_competing(const cJSON *competing, struct str *out)
{
    const cJSON *rule;
    cJSON_ArrayForEach(rule, competing)
    {
        const char *verdict = json_text_or(rule, "verdict", ""), *failure = json_text_or(rule, "failure", "");
        const char *how = text_equal(verdict, "failed") ? "matched first, but failed"
                          : text_equal(verdict, "no")   ? "matched first, but its function said no"
                                                        : "also matched, but comes later";
        str_markup(out, *failure ? "  - %s: %s (`%s`): %s\n" : "  - %s: %s (`%s`)\n", how,
                   json_text_or(rule, "name", "?"), json_text_or(rule, "rule", "?"), failure);
    }
}

static void write_fact(const cJSON *fact, instant now, const char *zone, struct str *out)
{
    bool instant_fact = strstr(fact->string, "_seen") && cJSON_IsNumber(fact);
    str_markup(out, "%s ", fact->string);
    if (instant_fact)
        moment_format((instant)fact->valuedouble, now, zone, out);
    else
        add_value(fact, out);
}

void judged_facts(const char *data, instant now, const char *zone, struct str *out)
{
    CLEANUP_JSON cJSON *facts = NULL;
    const cJSON *fact;
    size_t n = 0;
    if (!data || json_parse(data, strlen(data), SIZE_MAX, JSON_DEPTH, "facts", &facts, NULL))
        return;
    cJSON_ArrayForEach(fact, facts)
    {
        if (strcmp(fact->string, "competing") == 0)
            continue;
        str_add(out, n++ ? ", " : "  - facts: ");
        write_fact(fact, now, zone, out);
    }
    str_add(out, n ? "\n" : "");
    write_competing(json_member(facts, "competing"), out);
}
