/*
 * feeds - reads the holidays that the policy has from addresses: at start, on a reload, every six hours, and sooner after
 * a failure.
 *
 * tocsin-fetch reads them, one address at a time, in a process of its own, so nothing that a stranger's server sends is parsed here, and
 * nothing waits. What came is written in a turn; once that is durable, the policy takes the days from there.
 */
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/markup.h"
#include "base/metrics.h"
#include "daemon/component.h"
#include "daemon/core.h"
#include "daemon/journal.h"
#include "daemon/policy.h"
#include "feeds/feeds.h"
#include "host/output.h"
#include "host/process.h"
#include "host/programs.h"
#include "policy/feeds.h"
#include "policy/rotations.h"
#include "react/react.h"
#include "rooms/rooms.h"

#define LOOK_EVERY  1000 /* ms */
#define READ_EVERY  (6 * HOUR)
#define FIRST_WAIT  MINUTE
#define LAST_WAIT   HOUR
#define TIME_MOST   (60 * SECOND) /* for all of it; tocsin-fetch itself gives up before */
#define UNDER_WAY   INT64_MAX
#define KEPT_UNUSED (90 * DAY) /* what is known of an address that the policy no longer names */

struct source {
    char *url;
    instant next;  /* when to read it; UNDER_WAY: once that is done, it is set */
    duration wait; /* the last one; 0: it did not fail */
};

static struct {
    struct daemon *daemon;
    struct program program;
    ARRAY(struct source) sources; /* as the policy of that generation names them */
    uint64_t generation;
    uv_timer_t look, limit;
    bool draining;
    char *url; /* that is being read, or what came is being written; NULL: none */
    struct process process;
    struct output output;
    bool answered;
    struct feed_answer answer;
} self = {.generation = UINT64_MAX};

/* ---- what the policy names ---- */

/* NULL: the policy does not name it. */
static struct source *find_source(const char *url)
{
    for (size_t i = 0; i < self.sources.n; i++) {
        if (strcmp(self.sources.v[i].url, url) == 0)
            return &self.sources.v[i];
    }
    return NULL;
}

/* The first of those that name the address; NULL: none. Borrowed until the next load. */
static const char *name_of(const char *url)
{
    struct policy_feed feed;
    for (size_t i = 0; policy_feed_at(daemon_policy(), i, &feed); i++) {
        if (strcmp(feed.url, url) == 0)
            return feed.name;
    }
    return NULL;
}

static void count_failing(void)
{
    int64_t n = 0;
    for (size_t i = 0; i < self.sources.n; i++)
        n += self.sources.v[i].wait > 0;
    metric_set(METRIC_FEEDS_FAILING, n);
}

static void find_sources(void)
{
    struct policy_feed feed;
    if (self.generation == policy_generation(daemon_policy()))
        return;
    self.generation = policy_generation(daemon_policy());
    for (size_t i = self.sources.n; i-- > 0;) {
        if (name_of(self.sources.v[i].url))
            continue;
        free(self.sources.v[i].url);
        array_remove(&self.sources, i);
    }
    for (size_t i = 0; policy_feed_at(daemon_policy(), i, &feed); i++) {
        if (!find_source(feed.url))
            *array_add(&self.sources) = (struct source){.url = xstrdup(feed.url)};
    }
    count_failing();
}

static void begin(struct source *source);

static void on_look(uv_timer_t *timer)
{
    (void)timer;
    find_sources();
    if (self.url || !core_ready(daemon_core(), NULL))
        return;
    for (size_t i = 0; i < self.sources.n; i++) {
        if (clock_now() >= self.sources.v[i].next) {
            begin(&self.sources.v[i]);
            break;
        }
    }
}

static void look_now(void)
{
    uv_timer_start(&self.look, on_look, 0, LOOK_EVERY);
}

/* ---- what came of it ---- */

static void done(void)
{
    if (self.url)
        explicit_bzero(self.url, strlen(self.url));
    free(steal(self.url));
    if (self.draining)
        daemon_drained(self.daemon);
    else
        look_now(); /* the next one */
}

/* The journal cannot be written: it is read again later. */
static void put_off(void)
{
    struct source *source = find_source(self.url);
    if (source)
        source->next = clock_now() + FIRST_WAIT;
}

static void on_kept(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    (void)ctx, (void)err, (void)last_seq;
    if (rc)
        put_off();
    if (!rc && policy_feeds_renew(daemon_policy())) {
        log_info("holidays: days have changed, and the policy goes by them");
        react_policy_renewed(daemon_core(), clock_now());
    }
    done();
}

/* Without days at all, people are told where everybody reads. The caller frees. */
static char *news_of(const struct feed *before, const struct feed *feed, const char *name, const char *host)
{
    bool never = feed->failing_since && !feed->read_at && !before->failing_since;
    bool at_last = !before->read_at && before->failing_since && feed->read_at;
    return never ? markup("The holidays %s cannot be read from %s: %s. They never were, so no day is one of "
                          "them. It is tried again until it succeeds.",
                          name, host, feed->why)
           : at_last ? markup("The holidays %s were read from %s.", name, host)
                     : NULL;
}

static void log_outcome(const struct feed *before, const struct feed *feed, const char *name, const char *host)
{
    if (feed->failing_since && !before->failing_since)
        log_warn("holidays: %s cannot be read from %s: %s; %s", name, host, feed->why,
                 feed->read_at ? "the days last read hold" : "no day is one of them");
    else if (feed->failing_since)
        log_debug("holidays: %s still cannot be read from %s: %s", name, host, feed->why);
    else if (before->failing_since || !before->read_at)
        log_info("holidays: %s were read from %s: %zu days", name, host, feed->days.days.n);
}

/* before: the times that were kept; feed: what is from now on. */
static void keep(const char *name, const struct feed *before, const struct feed *feed)
{
    instant now = clock_now();
    CLEANUP_FREE char *host = feed_host(self.url);
    CLEANUP_FREE char *news = news_of(before, feed, name, host);
    struct turn *turn = turn_begin(daemon_core(), now);
    CLEANUP_FREE char *key = turn_key_as(turn, "holidays");
    log_outcome(before, feed, name, host);
    feed_write(turn_batch(turn), self.url, feed, now);
    if (news)
        rooms_say_incident(turn, 0, key, NULL, news);
    turn_commit(turn, on_kept, NULL);
}

static void schedule(bool failed)
{
    struct source *source = find_source(self.url);
    if (!source)
        return;
    source->wait = !failed ? 0 : source->wait ? MIN(2 * source->wait, LAST_WAIT) : FIRST_WAIT;
    if (source->next == UNDER_WAY) /* unless a reload asked for it again meanwhile */
        source->next = clock_now() + (failed ? source->wait : READ_EVERY);
    count_failing();
}

static void take_answer(void)
{
    struct feed feed;
    const char *name = name_of(self.url);
    if (self.draining || !name || !core_ready(daemon_core(), NULL)) {
        feed_answer_finish(&self.answer);
        put_off();
        done();
        return;
    }
    schedule(self.answer.why);
    feed_read(daemon_journal(), self.url, &feed);
    const struct feed before = {.read_at = feed.read_at, .failing_since = feed.failing_since};
    feed_take(&feed, &self.answer, clock_now());
    feed_answer_finish(&self.answer);
    keep(name, &before, &feed);
    feed_finish(&feed);
}

/* ---- the process ---- */

static void fail(const char *why)
{
    feed_answer_finish(&self.answer);
    self.answer.why = xstrdup(why);
    self.answered = true;
}

static void on_frame(struct process *process, const char *json, size_t n)
{
    struct error err;
    (void)process;
    if (self.answered)
        return;
    self.answered = true;
    if (feed_answer_parse(json, n, &self.answer, &err))
        fail(err.text);
}

static void on_broken(struct process *process, const char *why)
{
    fail(why);
    process_kill(process, SIGKILL);
}

static void on_output(struct process *process, bool error, const char *bytes, size_t n)
{
    (void)process;
    output_take(&self.output, error, bytes, n);
}

static void on_ended(struct process *process, int64_t status, int signal)
{
    uv_timer_stop(&self.limit);
    if (!self.answered) {
        CLEANUP_FREE char *why = xasprintf(signal ? "tocsin-fetch was ended by signal %d"
                                                  : "tocsin-fetch ended without an answer, with status %d",
                                           signal ? signal : (int)status);
        fail(why);
    }
    process_clear(process);
}

static void on_cleared(struct process *process)
{
    (void)process;
    take_answer();
}

static const struct process_ops ops = {on_frame, on_broken, on_output, on_ended, on_cleared};

static void on_limit(uv_timer_t *timer)
{
    (void)timer;
    fail("it took longer than a minute");
    process_kill(&self.process, SIGKILL);
}

static void send_request(void)
{
    struct feed feed;
    struct str json = {0};
    feed_read(daemon_journal(), self.url, &feed);
    feed_request_write(&(struct feed_request){self.url, feed.etag}, &json);
    feed_finish(&feed);
    process_send(&self.process, &json);
    uv_timer_start(&self.limit, on_limit, TIME_MOST, 0);
}

static void begin(struct source *source)
{
    source->next = UNDER_WAY;
    self.url = xstrdup(source->url);
    self.answered = false;
    self.process.ops = &ops;
    int rc = process_start(&self.process, daemon_loop(self.daemon), &self.program, NULL);
    if (!rc) {
        send_request();
        return;
    }
    CLEANUP_FREE char *why = xasprintf("cannot start %s: %s", self.program.path, uv_strerror(rc));
    fail(why);
    process_clear(&self.process);
}

/* ---- the component ---- */

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    int rc = program_user(configuration, &self.program, err);
    if (rc)
        return rc;
    self.daemon = daemon;
    self.program.path = program_fetch();
    output_init(&self.output, NULL);
    journal_prune(daemon_journal(), DOC_FEED, clock_now() - KEPT_UNUSED, 100);
    uv_timer_init(daemon_loop(daemon), &self.limit);
    uv_timer_init(daemon_loop(daemon), &self.look);
    look_now();
    return 0;
}

/* Whoever mended an address, or its server, does not wait for the next time. */
static void reload(const struct configuration *running, const struct configuration *fresh, struct str *said)
{
    (void)running, (void)fresh;
    for (size_t i = 0; i < self.sources.n; i++)
        self.sources.v[i].next = 0;
    if (self.sources.n)
        str_add(said, "; holidays are read again");
    look_now();
}

static bool drain(struct daemon *daemon)
{
    (void)daemon;
    self.draining = true;
    uv_timer_stop(&self.look);
    process_kill(&self.process, SIGKILL);
    return !self.url;
}

static void destroy(void)
{
    if (self.daemon) {
        uv_close((uv_handle_t *)&self.look, NULL);
        uv_close((uv_handle_t *)&self.limit, NULL);
    }
    for (size_t i = 0; i < self.sources.n; i++)
        free(self.sources.v[i].url);
    array_free(&self.sources);
    output_finish(&self.output);
    free(self.program.path);
}

const struct component feeds_component = {
    .name = "reading of holidays", .start = start, .reload = reload, .drain = drain, .destroy = destroy};
