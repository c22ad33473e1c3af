/* Holidays that are not as they should be, since their addresses cannot be read. */
#include "base/markup.h"
#include "base/moment.h"
#include "feeds/feeds.h"
#include "oncall/oncall.h"
#include "policy/feeds.h"

struct telling {
    const char *zone;
    instant now;
    struct str *out;
};

static void add_time(const struct telling *telling, instant t)
{
    moment_format(t, telling->now, telling->zone, telling->out);
}

/* "**Holidays germany**: cannot be read from calendars.example since 09:12: it answered …. The days last read, Sun 18:00, hold." */
static void tell(const struct telling *telling, const struct policy_feed *named, const struct feed *feed)
{
    CLEANUP_FREE char *host = feed_host(named->url);
    str_markup(telling->out, "\n\n**Holidays %s**: ", named->name);
    if (!feed->failing_since) {
        str_markup(telling->out, "not read from %s yet. Until they are, no day is one of them.", host);
        return;
    }
    str_markup(telling->out, "cannot be read from %s since ", host);
    add_time(telling, feed->failing_since);
    str_markup(telling->out, ": %s. ", feed->why ? feed->why : "");
    if (!feed->read_at) {
        str_add(telling->out, "They never were, so no day is one of them.");
        return;
    }
    str_add(telling->out, "The days last read, ");
    add_time(telling, feed->read_at);
    str_add(telling->out, ", hold.");
}

void oncall_feeds(const struct core *core, const struct rotation *rotation, const char *zone, instant now,
                  struct str *out)
{
    const struct telling telling = {zone, now, out};
    struct policy_feed named;
    for (size_t i = 0; policy_feed_at(core_policy(core), i, &named); i++) {
        struct feed feed;
        if (rotation && !policy_feed_is_of(&named, rotation))
            continue;
        feed_read(core_journal(core), named.url, &feed);
        if (!feed.read_at || feed.failing_since)
            tell(&telling, &named, &feed);
        feed_finish(&feed);
    }
}
