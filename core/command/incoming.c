/* What came in and opened no incident, with the reason, and what to type to open one. */
#include <inttypes.h>

#include "base/markup.h"
#include "base/zone.h"
#include "command/handlers.h"
#include "intake/group.h"
#include "triage/incoming.h"

#define LINES_MOST   20
#define REFUSED_MOST 10
#define ANSWER_BYTES 12000

struct listing {
    const struct request *request;
    struct str *out;
    size_t n;    /* found */
    size_t left; /* found, but not written */
};

static void add_when(const struct listing *listing, instant at)
{
    when_format(at, listing->request->now, listing->request->zone, listing->out);
}

static void add_place(const struct problem *about, struct str *out)
{
    if (*about->service)
        str_markup(out, ", service %s", about->service);
    if (*about->environment)
        str_markup(out, ", %s", about->environment);
}

/* "12 times, first today 10:02, last today 10:04, service shop, production" */
static void add_counts(const struct listing *listing, const struct group *group)
{
    if (group->tally.count == 1) {
        str_add(listing->out, "once, ");
    } else {
        str_markup(listing->out, "%" PRId64 " times, first ", group->tally.count);
        add_when(listing, group->times.first_seen);
        str_add(listing->out, ", last ");
    }
    add_when(listing, group->times.last_seen);
    if (group->state == GROUP_SETTLED)
        str_add(listing->out, ", resolved");
    add_place(&group->about, listing->out);
}

static bool write_row(void *ctx, const struct incoming *row)
{
    struct listing *listing = ctx;
    char fingerprint[FINGERPRINT_TEXT];
    if (++listing->n > LINES_MOST || listing->out->len > ANSWER_BYTES) {
        listing->left++;
        return true;
    }
    fingerprint_format(row->group->fingerprint, fingerprint);
    str_markup(listing->out, "- **%s**: ", *row->group->about.title ? row->group->about.title : "untitled");
    add_counts(listing, row->group);
    str_addf(listing->out, ". Why: %s. ", row->reason);
    str_markup(listing->out, row->can_open ? "`declare from %s` opens an incident.\n" : "`why %s` says more.\n",
               fingerprint);
    return true;
}

static void add_ago(duration ago, struct str *out)
{
    static const struct {
        duration length;
        const char *name;
    } units[] = {{DAY, "day"}, {HOUR, "hour"}, {MINUTE, "minute"}, {SECOND, "second"}};
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        int64_t n = ago / units[i].length;
        if (n < 1)
            continue;
        str_addf(out, "%" PRId64 " %s%s ago", n, units[i].name, n == 1 ? "" : "s");
        return;
    }
    str_add(out, "just now");
}

/* "3 requests refused from 10.0.0.7: wrong key, last 2 minutes ago" */
static bool write_refused(void *ctx, const struct refused *row)
{
    struct listing *listing = ctx;
    if (++listing->n > REFUSED_MOST) {
        listing->left++;
        return true;
    }
    str_markup(listing->out, "- %" PRId64 " request%s refused from %s: %s, last ", row->count,
               row->count == 1 ? "" : "s", row->from, row->reason);
    add_ago(listing->request->now - row->last, listing->out);
    str_markup(listing->out, " (`%s`)\n", row->path);
    return true;
}

static void add_left(const struct listing *listing)
{
    if (listing->left)
        str_addf(listing->out, "- … and %zu more\n", listing->left);
}

static void answer_nothing(struct request *request, const char *words)
{
    if (words)
        answer_line(
            request,
            "Nothing that came in and opened no incident has '%.60s' in its title, service or "
            "environment. `incoming` lists everything. To declare an incident: `declare incoming %.60s`.",
            words, words);
    else
        answer_line(request,
                    "Everything that came in opened an incident, or nothing came in. Nothing was refused.");
}

int run_incoming(struct request *request, struct error *err)
{
    CLEANUP_STR struct str text = {0};
    const char *words = request_argument(request, ARGUMENT_TEXT);
    const struct incoming_reading reading = {
        .viewer = request->asker->person, .zone = request->zone, .words = words, .now = request->now};
    struct listing groups = {.request = request, .out = &text}, refused = groups;
    (void)err;
    incoming_each(request->core, &reading, write_row, &groups);
    add_left(&groups);
    if (groups.n)
        str_add(&text, "\n");
    if (!words)
        refused_each(request->core, write_refused, &refused);
    add_left(&refused);
    if (!text.len) {
        answer_nothing(request, words);
        return 0;
    }
    CLEANUP_FREE char *title =
        groups.n ? xasprintf("Came in and opened no incident: %zu", groups.n) : xstrdup("Refused requests");
    answer_titled(request, title, "info", text.p);
    return 0;
}
