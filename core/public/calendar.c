/* Maintenance as iCalendar (RFC 5545). */
#include "public/feed.h"

#include <string.h>

#include "template/literal.h"
#include "public/names.h"
#include "public/post_view.h"
#include "public/stamp.h"

#define LINE_BYTES 73 /* and a space at the begin of a line that goes on: at most 75 with it */

/* "NAME:VALUE", folded between characters. */
static void add_line(struct str *out, const char *line)
{
    size_t n = strlen(line);
    for (size_t at = 0; at < n;) {
        size_t length = utf8_cut(line + at, n - at, LINE_BYTES);
        str_add(out, at ? "\r\n " : NULL);
        str_addn(out, line + at, length);
        at += length;
    }
    str_add(out, "\r\n");
}

static void add_text(struct str *out, const char *name, const char *text)
{
    CLEANUP_STR struct str line = {0};
    CLEANUP_FREE char *tame = literal_tame(text);
    str_addf(&line, "%s:", name);
    for (const char *at = tame; *at; at++) {
        if (*at == '\n')
            str_add(&line, "\\n");
        else
            str_addf(&line, "%s%c", strchr("\\;,", *at) ? "\\" : "", *at);
    }
    add_line(out, str_text(&line));
}

static void add_time(struct str *out, const char *name, instant t)
{
    char stamp[STAMP_BYTES];
    str_addf(out, "%s:%s\r\n", name, stamp_compact(t, stamp));
}

static void add_event(const struct public_asked *asked, const struct public_post *post, struct str *out)
{
    const struct public_page *page = asked->page;
    CLEANUP_FREE char *link = xasprintf("%s/incidents/%s", page->url, post->id),
                      *uid = xasprintf("UID:%s@%s", post->id, page->id);
    str_add(out, "BEGIN:VEVENT\r\n");
    add_line(out, uid);
    add_time(out, "DTSTAMP", post->updated);
    add_time(out, "LAST-MODIFIED", post->updated);
    add_time(out, "DTSTART", post->from);
    add_time(out, "DTEND", MAX(post->until, post->from));
    add_text(out, "SUMMARY", public_post_title(asked, post));
    if (post->words.n)
        add_text(out, "DESCRIPTION", public_word_text(asked, &post->words.v[0]));
    CLEANUP_FREE char *tame = literal_tame(link), *url = xasprintf("URL:%s", tame);
    add_line(out, url);
    str_add(out, "STATUS:CONFIRMED\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
}

int public_calendar(const struct public_asked *asked, struct str *out, struct error *err)
{
    const struct public_page *page = asked->page;
    (void)err;
    str_add(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tocsin//Status page//EN\r\nMETHOD:PUBLISH\r\n");
    add_text(out, "X-WR-CALNAME", page->title);
    for (size_t i = 0; i < page->posts.n; i++) {
        if (public_status_is_maintenance(page->posts.v[i].status) && page->posts.v[i].from > 0)
            add_event(asked, &page->posts.v[i], out);
    }
    str_add(out, "END:VCALENDAR\r\n");
    return 0;
}
