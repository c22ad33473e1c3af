#include "base/config.h"

#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/time.h"

static const char *const type_names[] = {
    [SETTING_TEXT] = "text",         [SETTING_INT] = "whole number", [SETTING_BOOL] = "true or false",
    [SETTING_DURATION] = "duration", [SETTING_LIST] = "list",        [SETTING_TABLE] = "table",
};

/* "duration, 1s to 1h, required" */
static void describe(const struct setting *s, struct str *out)
{
    str_add(out, type_names[s->type]);
    if (s->least != 0 || s->most != 0) {
        str_add(out, ", ");
        if (s->type == SETTING_DURATION) {
            duration_format(s->least, out);
            str_add(out, " to ");
            duration_format(s->most, out);
        } else {
            str_addf(out, "%lld to %lld", (long long)s->least, (long long)s->most);
        }
    }
    str_add(out, s->flags & SETTING_SECRET ? ", secret" : "");
    str_add(out, s->flags & SETTING_REQUIRED ? ", required" : "");
    str_add(out, s->flags & SETTING_LIVE ? ", applied by `tocsin reload`" : "");
}

static void add_lua_text(struct str *out, const char *text, size_t n)
{
    str_addc(out, '"');
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '"' || text[i] == '\\')
            str_addc(out, '\\');
        if (iscntrl((unsigned char)text[i]))
            str_addf(out, "\\%03d", text[i]);
        else
            str_addc(out, text[i]);
    }
    str_addc(out, '"');
}

static void add_lua_list(struct str *out, const char *text)
{
    const char *separator = " ";
    str_addc(out, '{');
    while (*(text += strspn(text, ", "))) {
        size_t n = strcspn(text, ",");
        str_add(out, separator);
        add_lua_text(out, text, n);
        separator = ", ";
        text += n;
    }
    str_add(out, *separator == ',' ? " }" : "}");
}

static void add_lua_tree(struct str *out, const cJSON *value)
{
    if (!cJSON_IsObject(value) && !cJSON_IsArray(value)) {
        json_tree(&(struct json_out){.out = out}, value);
        return;
    }
    const cJSON *member;
    str_addc(out, '{');
    cJSON_ArrayForEach(member, value)
    {
        str_add(out, member == value->child ? " " : ", ");
        if (cJSON_IsObject(value)) {
            str_addc(out, '[');
            add_lua_text(out, member->string, strlen(member->string));
            str_add(out, "] = ");
        }
        add_lua_tree(out, member);
    }
    str_add(out, value->child ? " }" : "}");
}

static void add_upper(struct str *out, const char *name)
{
    for (; *name; name++)
        str_addc(out, (char)toupper((unsigned char)*name));
}

static void add_sample_value(struct str *out, const struct setting *s)
{
    bool quoted = s->type == SETTING_TEXT || s->type == SETTING_DURATION;
    const char *text = s->fallback ? s->fallback : "";
    if (s->flags & SETTING_SECRET) {
        str_add(out, "{ env = \"");
        add_upper(out, s->name);
        str_add(out, "\" }");
    } else if (s->type == SETTING_LIST) {
        add_lua_list(out, text);
    } else if (s->type == SETTING_TABLE) {
        CLEANUP_JSON cJSON *tree = cJSON_Parse(s->fallback ? s->fallback : "{}");
        add_lua_tree(out, tree);
    } else if (quoted) {
        add_lua_text(out, text, strlen(text));
    } else {
        str_add(out, s->fallback ? s->fallback : "nil");
    }
}

/* Required settings are lines to fill in; all others are comments that show the fallback. */
void config_sample(const struct setting *table, size_t n, const char *indent, struct str *out)
{
    for (size_t i = 0; i < n; i++) {
        const struct setting *s = &table[i];
        str_addf(out, "%s%s-- %s (", i > 0 ? "\n" : "", indent, s->help);
        describe(s, out);
        str_addf(out, ")\n%s%s%s = ", indent, s->flags & SETTING_REQUIRED ? "" : "-- ", s->name);
        add_sample_value(out, s);
        str_add(out, ",\n");
    }
}

void config_manual(const struct setting *table, size_t n, struct str *out)
{
    for (size_t i = 0; i < n; i++) {
        const struct setting *s = &table[i];
        str_addf(out, "- `%s` (", s->name);
        describe(s, out);
        str_addf(out, "): %s.", s->help);
        if (s->fallback && *s->fallback)
            str_addf(out, " Default: `%s`.", s->fallback);
        str_addc(out, '\n');
    }
}
