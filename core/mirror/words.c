/* How copied words look in another room. */
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/zone.h"
#include "delivery/words.h"
#include "mirror/inside.h"
#include "people/people.h"

#define LINE_BYTES 300 /* of a message in a digest */

/* Would CommonMark not be read as it was written behind other words: a list, a quote, a heading? */
static bool is_block(const char *text)
{
    if (!*text)
        return false;
    size_t digits = strspn(text, "0123456789");
    const char *after = text + (digits ? digits : 1);
    bool list = (digits && *after && strchr(".)", *after)) || (strchr("-*+", *text) && *after == ' ');
    return strchr(text, '\n') || strchr(">#", *text) || list;
}

/* What people type in a chat is text. An address in it is a link, as it was where they wrote it. */
static void add_literal(const char *text, struct str *out)
{
    while (*text) {
        const char *http = strcasestr(text, "http");
        while (http && strncasecmp(http, "http://", 7) != 0 && strncasecmp(http, "https://", 8) != 0)
            http = strcasestr(http + 4, "http");
        size_t before = http ? (size_t)(http - text) : strlen(text),
               n = http ? strcspn(http, " \t\r\n<>\"") : 0;
        while (n && strchr(".,;:!?)'", http[n - 1]))
            n--;
        CLEANUP_FREE char *words = xstrndup(text, before), *address = xstrndup(http ? http : "", n);
        text_literal(words, out);
        if (n)
            text_address(address, out);
        text += before + n;
    }
}

/* As CommonMark, where the platform says what they formatted. */
static void add_words(const struct event *event, struct str *out)
{
    CLEANUP_JSON cJSON *data = NULL;
    if (event->data)
        json_parse(event->data, strlen(event->data), SIZE_MAX, JSON_DEPTH, "data", &data, NULL);
    const char *commonmark = json_text_or(data, "commonmark", NULL);
    if (!text_empty(commonmark))
        str_add(out, commonmark);
    else
        add_literal(event->text, out);
}

static void add_person(const struct core *core, const char *person, const char *connector, const char *more,
                       struct str *out)
{
    CLEANUP_STR struct str platform = {0};
    const char *name = people_name((void *)(uintptr_t)core, person);
    words_begin_with(connector, &platform);
    str_add(out, "**");
    text_literal(name ? name : person, out);
    str_add(out, "** (");
    text_literal(platform.p, out);
    str_addf(out, "%s)", more);
}

void mirror_person(const struct core *core, const char *person, const char *connector, struct str *out)
{
    add_person(core, person, connector, "", out);
}

static void add_writer(const struct core *core, const struct event *event, bool in_thread, struct str *out)
{
    add_person(core, event->by, event->name, in_thread ? ", in a thread" : "", out);
}

void words_copied(const struct core *core, const struct event *event, bool in_thread, struct str *out)
{
    CLEANUP_STR struct str words = {0};
    add_writer(core, event, in_thread, out);
    if (event->type == EVENT_SAID_DELETED) {
        str_add(out, " deleted a message.");
        return;
    }
    add_words(event, &words);
    str_add(out, event->type == EVENT_SAID_EDITED ? " corrected:" : ":");
    str_addc(out, is_block(str_text(&words)) ? '\n' : ' ');
    str_add(out, str_text(&words));
}

void words_line(const struct core *core, const struct event *event, struct str *out)
{
    CLEANUP_STR struct str words = {0};
    struct wall at = zone_to_wall(event->at, core_settings(core)->zone);
    size_t n = strlen(event->text), cut = utf8_cut(event->text, n, LINE_BYTES);
    CLEANUP_FREE char *begin = xstrndup(event->text, cut);
    add_literal(begin, &words);
    str_addf(out, "\n- %02d:%02d ", at.hour, at.minute);
    add_writer(core, event, false, out);
    str_add(out, ": ");
    for (const char *p = str_text(&words); *p; p++)
        str_addc(out, strchr("\r\n", *p) ? ' ' : *p);
    str_add(out, cut < n ? "…" : "");
}
