#include "base/moment.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

#define JOINT "](time:"

static void end(instant t, struct str *out)
{
    str_addf(out, JOINT "%" PRId64 ")", t / SECOND);
}

void moment_format(instant t, instant now, const char *zone, struct str *out)
{
    str_addc(out, '[');
    when_format(t, now, zone, out);
    end(t, out);
}

void moment_format_plain(instant t, instant now, const char *zone, struct str *out)
{
    str_addc(out, '[');
    when_format_plain(t, now, zone, out);
    end(t, out);
}

/* The bracket before the text that ends at `joint`; NULL: this is no moment. What a person wrote may have other characters. */
static char *begin_of(char *text, char *joint)
{
    char *p = joint;
    while (p > text && (isalnum((unsigned char)p[-1]) || strchr(" :+-", p[-1])))
        p--;
    bool bracket = p > text && p[-1] == '[', escaped = bracket && p - 1 > text && p[-2] == '\\';
    return bracket && !escaped ? p - 1 : NULL;
}

void moments_off(char *commonmark)
{
    char *text = commonmark;
    for (char *joint = text; (joint = strstr(joint, JOINT));) {
        char *begin = begin_of(text, joint), *after = joint + strlen(JOINT);
        after += strspn(after, "-0123456789");
        if (!begin || *after != ')') {
            joint++;
            continue;
        }
        size_t n = (size_t)(joint - begin - 1);
        memmove(begin, begin + 1, n);
        memmove(begin + n, after + 1, strlen(after + 1) + 1);
        joint = begin + n;
    }
}

static void off_in(cJSON *item)
{
    cJSON *child;
    bool marked = item->string && (text_equal(item->string, "text") || text_equal(item->string, "footer_text"));
    if (marked && cJSON_IsString(item))
        moments_off(item->valuestring);
    cJSON_ArrayForEach(child, item)
    {
        off_in(child);
    }
}

char *moments_off_json(const char *json)
{
    CLEANUP_JSON cJSON *whole = NULL;
    struct str out = {0};
    if (!strstr(json, JOINT) || json_parse(json, strlen(json), SIZE_MAX, JSON_DEPTH, "an action", &whole, NULL))
        return NULL;
    off_in(whole);
    json_tree(&(struct json_out){.out = &out}, whole);
    return str_take(&out);
}
