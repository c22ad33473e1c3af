/* application/x-www-form-urlencoded -> an object of texts. Pure; the input is untrusted. */
#include <stdlib.h>
#include <string.h>

#include "slack.h"

#define FIELDS_MOST 100

static int hex(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) % 16 : -1;
}

/* Decodes n bytes; NULL when the result would contain a zero byte. The caller frees. */
static char *decode(const char *from, size_t n)
{
    char *text = malloc(n + 1);
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        bool escape = from[i] == '%' && i + 2 < n && hex(from[i + 1]) >= 0 && hex(from[i + 2]) >= 0;
        char c = escape ? (char)(hex(from[i + 1]) * 16 + hex(from[i + 2])) : from[i] == '+' ? ' ' : from[i];
        i += escape ? 2 : 0;
        text[used++] = c;
        if (c)
            continue;
        free(text);
        return NULL;
    }
    text[used] = '\0';
    return text;
}

static void add_pair(cJSON *form, const char *pair, size_t n)
{
    const char *equals = memchr(pair, '=', n);
    size_t name_n = equals ? (size_t)(equals - pair) : n;
    char *name = decode(pair, name_n), *value = equals ? decode(equals + 1, n - name_n - 1) : strdup("");
    bool good =
        name && value && *name && kit_utf8_valid(name, strlen(name)) && kit_utf8_valid(value, strlen(value));
    if (good && !slack_member(form, name))
        cJSON_AddStringToObject(form, name, value);
    free(name);
    free(value);
}

cJSON *slack_form(const char *body, size_t n)
{
    cJSON *form = cJSON_CreateObject();
    for (int fields = 0; n && fields < FIELDS_MOST; fields++) {
        const char *end = memchr(body, '&', n);
        size_t pair = end ? (size_t)(end - body) : n;
        add_pair(form, body, pair);
        pair += end != NULL;
        body += pair;
        n -= pair;
    }
    return form;
}
