/* How Tocsin is, in words: what /readyz and /metrics know, what was found in the journal, and what is left of the disk. */
#include <inttypes.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <uv.h>

#include "app/page.h"
#include "base/metrics.h"
#include "base/zone.h"
#include "intake/allowance.h"
#include "journal/space.h"
#include "turn/damage.h"

#define LITTLE     10 /* percent of the disk */
#define NAMED_MOST 100

/* ---- rows ---- */

static struct view *add_group(struct view *view, const char *heading)
{
    struct view *group = view_item(view, "groups");
    view_text(group, "group", heading);
    return group;
}

__attribute__((format(printf, 4, 5))) static void add_row(struct view *group, bool bad, const char *label,
                                                          const char *format, ...)
{
    CLEANUP_STR struct str value = {0};
    struct view *item = view_item(group, "rows");
    va_list args;
    va_start(args, format);
    str_vaddf(&value, format, args);
    va_end(args);
    view_text(item, "label", label);
    view_text(item, "value", str_text(&value));
    view_flag(item, "bad", bad);
}

/* "1.4 GB"; the caller frees it. */
static char *bytes_text(int64_t bytes)
{
    static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB"};
    double n = (double)bytes;
    size_t unit = 0;
    for (; n >= 1024 && unit + 1 < ARRAY_SIZE(units); unit++)
        n /= 1024;
    return unit ? xasprintf("%.1f %s", n, units[unit]) : xasprintf("%" PRId64 " bytes", bytes);
}

/* ---- the journal ---- */

static void add_space(const struct visit *visit, struct view *group)
{
    struct journal_space space;
    struct error err;
    if (journal_space(visit_parts(visit)->journal, &space, &err)) {
        add_row(group, true, "Disk", "%s", err.text);
        return;
    }
    CLEANUP_FREE char *bytes = bytes_text(space.bytes), *log = bytes_text(space.log),
                      *left = bytes_text(space.left), *disk = bytes_text(space.disk);
    int percent = space.disk ? (int)(space.left * 100 / space.disk) : 0;
    add_row(group, false, "Size", "%s", bytes);
    add_row(group, false, "Committed and not yet copied into it (checkpoint)", "%s", log);
    add_row(group, percent < LITTLE, "Left on its disk", "%s of %s (%d %%)", left, disk, percent);
}

static void add_journal(const struct visit *visit, struct view *view)
{
    struct view *group = add_group(view, "The journal");
    const struct error *trouble = core_trouble(visit->core);
    add_row(group, trouble != NULL, "Takes what happens", "%s", trouble ? trouble->text : "yes");
    if (visit->has >= ACCESS_ADMINISTER)
        add_row(group, false, "File", "%s", visit_parts(visit)->journal);
    add_space(visit, group);
    add_row(group, false, "Events", "%" PRIu64, journal_last_seq(core_journal(visit->core)));
    add_row(group, false, "Commits since the start", "%" PRId64, metric_value(METRIC_COMMITS));
    add_row(group, metric_value(METRIC_COMMITS_FAILED) > 0, "Commits that failed", "%" PRId64,
            metric_value(METRIC_COMMITS_FAILED));
    add_row(group, false, "Changes that wait for a commit", "%zu", journal_waiting(core_journal(visit->core)));
}

/* ---- is it as it was written? ---- */

struct naming {
    struct view *view;
    size_t n;
};

static void name_damage(void *ctx, const char *what)
{
    struct naming *naming = ctx;
    if (naming->n++ < NAMED_MOST)
        view_text(view_item(naming->view, "damaged"), "what", what);
}

static void add_damage(const struct visit *visit, struct view *view)
{
    struct view *group = add_group(view, "As it was written?");
    const struct damage_look *look = damage_look(visit->core);
    struct naming naming = {view, 0};
    CLEANUP_STR struct str text = {0}, when = {0};
    if (look->done_at)
        when_format_plain(look->done_at, visit->now, visit_zone(visit), &when);
    add_row(group, false, "Looked at before the start", "the last %" PRIu64 " events", look->tail);
    add_row(group, look->failed != NULL, "All of it", "%s%s%s", look->failed ? "cannot be read: " : "",
            look->failed      ? look->failed
            : look->under_way ? "is being looked through"
            : look->done_at   ? "was looked through: "
                              : "is not looked through",
            look->failed || !when.len ? "" : when.p);
    if (look->events)
        add_row(group, false, "Events that were looked at", "%" PRIu64, look->events);
    add_row(group, damage_count(visit->core) > 0, "Damaged places", "%zu", damage_count(visit->core));
    if (!damage_count(visit->core))
        return;
    damage_describe(visit->core, &text);
    view_markup(view, "damage", str_text(&text));
    if (visit->has >= ACCESS_ADMINISTER)
        damage_each(visit->core, name_damage, &naming);
    view_flag(view, "any_damaged", naming.n > 0);
}

/* ---- the process ---- */

static void add_process(struct view *view)
{
    struct rusage usage;
    size_t resident = 0;
    struct view *group = add_group(view, "Tocsin");
    uv_resident_set_memory(&resident);
    CLEANUP_FREE char *now = bytes_text((int64_t)resident);
    add_row(group, false, "Version", "%s, with libuv %s", TOCSIN_VERSION, uv_version_string());
    add_row(group, false, "Memory", "%s", now);
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        CLEANUP_FREE char *most = bytes_text((int64_t)usage.ru_maxrss * 1024);
        add_row(group, false, "Memory at most", "%s", most);
    }
}

/* ---- what is counted ---- */

static const struct {
    enum metric metric;
    const char *label;
    bool bad; /* when it is not 0 */
} counted[] = {{METRIC_HTTP_CONNECTIONS, "Open connections", false},
               {METRIC_STREAM_CLIENTS, "Followers of the live stream", false},
               {METRIC_STREAM_SLOW, "Followers closed because they were too slow", false},
               {METRIC_HTTP_5XX, "Requests that failed here (5xx)", false},
               {METRIC_ALERTS, "Alerts received", false},
               {METRIC_ALERTS_REFUSED, "Requests with alerts that were refused", false},
               {METRIC_COMMANDS, "Commands decided", false},
               {METRIC_COMMANDS_REFUSED, "Commands refused", false},
               {METRIC_ACTIONS_DONE, "Messages and other actions done", false},
               {METRIC_ACTIONS_RETRIED, "Attempts of those that failed and were repeated", false},
               {METRIC_CONNECTOR_RESTARTS, "Connectors restarted", false},
               {METRIC_POLICY_FAILURES, "Calls of the policy that failed or were stopped", true},
               {METRIC_FEEDS_FAILING, "Addresses of holidays that cannot be read", true},
               {METRIC_STATUS_BEHIND, "Status page cannot be written to its directory", true},
               {METRIC_STATUS_BUCKET_BEHIND, "Status page cannot be written to its bucket", true}};

static void add_counted(struct view *view)
{
    struct view *group = add_group(view, "Since the start");
    for (size_t i = 0; i < ARRAY_SIZE(counted); i++) {
        int64_t n = metric_value(counted[i].metric);
        add_row(group, counted[i].bad && n > 0, counted[i].label, "%" PRId64, n);
    }
}

/* ---- who sends alerts ---- */

struct sources_listing {
    const struct visit *visit;
    struct view *group;
};

static void add_source(void *ctx, const struct intake_source *source)
{
    const struct sources_listing *listing = ctx;
    int wait = alerts_intake_wait(visit_parts(listing->visit)->alerts, source->name);
    CLEANUP_STR struct str about = {0};
    if (!text_empty(source->service))
        str_addf(&about, "service %s, ", source->service);
    if (!text_empty(source->environment))
        str_addf(&about, "environment %s, ", source->environment);
    if (wait)
        add_row(listing->group, true, source->name, "%shas used up its allowance, and waits %d s",
                str_text(&about), wait);
    else
        add_row(listing->group, false, source->name, "%smay send", str_text(&about));
}

static void add_sources(const struct visit *visit, struct view *view)
{
    struct view *group = add_group(view, "Sources of alerts");
    CLEANUP_FREE char *burst = bytes_text(ALLOWANCE_BYTES), *rate = bytes_text(ALLOWANCE_BYTES_S);
    add_row(group, false, "Each may send",
            "%s of long bodies at once, then %s a second; %d s of our time at once, then %d ms a second", burst,
            rate, (int)(ALLOWANCE_TIME / 1000), (int)ALLOWANCE_RATE);
    sources_each(visit_parts(visit)->sources(), add_source, &(struct sources_listing){visit, group});
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    (void)err;
    view_text(view, "live", "all");
    add_journal(visit, view);
    add_damage(visit, view);
    add_process(view);
    add_counted(view);
    add_sources(visit, view);
    return 0;
}

const struct app_page app_page_health = {.name = "health",
                                         .title = "Health",
                                         .path = "/app/health",
                                         .word = "Health",
                                         .place = 70,
                                         .needs = ACCESS_SEE,
                                         .show = show};
