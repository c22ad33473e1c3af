#include "conformance/place.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

/* "host:port" alone, or with a rest that begins with a slash. */
static bool parse_host(const char *text, size_t before, const char *usual_port, struct place *ret)
{
    const char *host = text + before, *end = host + strcspn(host, "/");
    size_t n = strcspn(host, ":/"), digits = host[n] == ':' ? strspn(host + n + 1, "0123456789") : 0;
    bool named = host[n] == ':' && digits && digits < 6 && host + n + 1 + digits == end;
    if (!n || (!named && (host[n] == ':' || !usual_port)) || strpbrk(host, "@[ "))
        return false;
    ret->before = xstrndup(text, before);
    ret->host = xstrndup(host, n);
    ret->port = named ? xstrndup(host + n + 1, digits) : xstrdup(usual_port);
    ret->behind = xstrdup(end);
    return true;
}

static bool parse_place(const char *text, struct place *ret)
{
    ret->https = text_starts(text, "https://");
    if (ret->https)
        return true;
    if (text_starts(text, "http://"))
        return parse_host(text, strlen("http://"), "80", ret);
    return !strstr(text, "://") && !strchr(text, '/') && parse_host(text, 0, NULL, ret);
}

static const char *value_of(const cJSON *settings, const cJSON *row)
{
    return json_text_or(settings, json_text_or(row, "name", ""), json_text_or(row, "fallback", ""));
}

int place_find(const cJSON *descriptor, const cJSON *settings, const char *named, struct place *ret,
               struct error *err)
{
    const cJSON *row;
    *ret = (struct place){0};
    cJSON_ArrayForEach(row, json_member(descriptor, "settings"))
    {
        const char *name = json_text_or(row, "name", ""), *value = value_of(settings, row);
        bool secret = json_int_or(row, "flags", 0) & TOCSIN_SECRET;
        if (named ? !text_equal(named, name) : secret)
            continue;
        ret->setting = name;
        if (parse_place(value, ret))
            return 0;
        if (named)
            return error_set(err, ERR_INVALID,
                             "`%s` is neither http://HOST:PORT/…, https://HOST/… nor HOST:PORT, so nothing can "
                             "be put between",
                             name);
    }
    if (named)
        return error_set(err, ERR_NOT_FOUND, "it has no setting `%s`", named);
    return error_set(
        err, ERR_NOT_FOUND,
        "no setting names its platform as http://HOST:PORT/…, https://HOST/… or HOST:PORT, so nothing can "
        "be put between");
}

void place_replace(cJSON *settings, const struct place *place, int port)
{
    CLEANUP_FREE char *value = xasprintf("%s127.0.0.1:%d%s", place->before, port, place->behind);
    cJSON_DeleteItemFromObjectCaseSensitive(settings, place->setting);
    cJSON_AddStringToObject(settings, place->setting, value);
}

void place_finish(struct place *place)
{
    free(place->host);
    free(place->port);
    free(place->before);
    free(place->behind);
}
