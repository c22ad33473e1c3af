#include "rotation/calendar.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"

#define LINE_MOST 75 /* octets, without the line break */

/* A line is folded between characters. */
static void add_line(const char *line, struct str *out)
{
    size_t n = strlen(line), room = LINE_MOST;
    while (n > room) {
        size_t cut = utf8_cut(line, n, room);
        str_addn(out, line, cut);
        str_add(out, "\r\n ");
        line += cut;
        n -= cut;
        room = LINE_MOST - 1;
    }
    str_add(out, line);
    str_add(out, "\r\n");
}

static void add_text(const char *property, const char *text, struct str *out)
{
    CLEANUP_STR struct str line = {0};
    str_addf(&line, "%s:", property);
    for (; *text; text++) {
        if (strchr("\\;,", *text))
            str_addc(&line, '\\');
        if (*text == '\n')
            str_add(&line, "\\n");
        else
            str_addc(&line, *text);
    }
    add_line(line.p, out);
}

/* 20261130T090000Z */
static void add_time(const char *property, instant t, struct str *out)
{
    struct wall w = zone_to_wall(t, NULL);
    str_addf(out, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", property, w.year, w.month, w.day, w.hour, w.minute,
             w.second);
}

void calendar_begin(const char *name, struct str *out)
{
    str_add(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tocsin//On "
                 "call//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"
                 "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n");
    add_text("NAME", name, out);
    add_text("X-WR-CALNAME", name, out);
}

void calendar_end(struct str *out)
{
    str_add(out, "END:VCALENDAR\r\n");
}

/* ---- shifts ---- */

struct adding {
    const struct rotation *rotation;
    const struct calendar_words *words;
    instant from, until; /* shifts that end before or begin after are left out */
    struct str *out;
};

static void add_event(const struct adding *adding, const struct shift *shift, size_t place)
{
    CLEANUP_STR struct str summary = {0}, uid = {0};
    struct str *out = adding->out;
    if (!adding->words->summary(adding->words->ctx, adding->rotation, shift->on.people[place], &summary))
        return;
    str_addf(&uid, "%s-%" PRId64 "-%zu@tocsin", adding->rotation->name, shift->from / SECOND, place);
    str_add(out, "BEGIN:VEVENT\r\n");
    add_text("UID", uid.p, out);
    add_time("DTSTAMP", shift->from, out);
    add_time("DTSTART", shift->from, out);
    add_time("DTEND", shift->until, out);
    add_text("SUMMARY", str_text(&summary), out);
    str_add(out, "SEQUENCE:0\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
}

static bool add_shift(void *ctx, const struct shift *shift)
{
    const struct adding *adding = ctx;
    bool shown = shift->until > adding->from && shift->from < adding->until;
    for (size_t i = 0; i < shift->on.n && shown; i++)
        add_event(adding, shift, i);
    return shift->from < adding->until;
}

void calendar_add(const struct rotation *rotation, const struct covers *covers, instant now,
                  const struct calendar_words *words, struct str *out)
{
    struct adding adding = {rotation, words, now - CALENDAR_BEFORE, now + CALENDAR_AFTER, out};
    duration whole = rotation_turn(rotation) + 2 * DAY;
    rotation_shifts(rotation, covers, MAX(adding.from - whole, 0), adding.until + whole, add_shift, &adding);
}
