/* damage - looks whether the journal is as it was written: at its end before tocsind is ready, and then at the rest, in a thread. */
#include <stdatomic.h>
#include <stdlib.h>
#include <uv.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/component.h"
#include "daemon/core.h"
#include "daemon/journal.h"
#include "turn/damage.h"
#include "turn/states.h"

#define TAIL       1000 /* events */
#define FOUND_MOST 1000

struct fault {
    uint64_t seq;
    char *text;
};
struct met {
    enum doc_kind kind;
    char *key;
};
static struct {
    struct daemon *daemon;
    uv_work_t work;
    _Atomic bool stop;
    bool at_work;
    ARRAY(struct fault) faults; /* the thread's, until it is done */
    ARRAY(struct met) documents;
    struct verify_report report;
    int rc;
    struct error err;
} self;

static void take_fault(void *ctx, uint64_t seq, const char *text)
{
    (void)ctx;
    if (self.faults.n < FOUND_MOST)
        *array_add(&self.faults) = (struct fault){seq, xstrdup(text)};
}

static void take_document(void *ctx, enum doc_kind kind, const char *key)
{
    (void)ctx;
    if (self.documents.n < FOUND_MOST)
        *array_add(&self.documents) = (struct met){kind, xstrdup(key)};
}

/* Tells the core of what was found. */
static void hand_over(void)
{
    if (self.faults.n)
        core_due(daemon_core(), clock_now());
    for (size_t i = 0; i < self.faults.n; i++) {
        damage_note(daemon_core(), self.faults.v[i].seq, self.faults.v[i].text);
        free(self.faults.v[i].text);
    }
    for (size_t i = 0; i < self.documents.n; i++) {
        damage_met(daemon_core(), self.documents.v[i].kind, self.documents.v[i].key);
        free(self.documents.v[i].key);
    }
    array_free(&self.faults);
    array_free(&self.documents);
}

/* ---- all of it, in a thread ---- */

static void look(uv_work_t *work)
{
    struct states states;
    (void)work;
    states_init(&states, take_fault, NULL);
    states.on_damage = take_document;
    struct verify_hooks hooks = states_hooks(&states);
    hooks.stop = &self.stop;
    self.rc = journal_verify(daemon_journal_path(), &hooks, &self.report, &self.err);
    states_finish(&states);
}

static void tell_look(void)
{
    struct damage_look look = *damage_look(daemon_core());
    look.under_way = self.at_work;
    if (!self.at_work) {
        look.done_at = clock_now();
        look.events = self.report.events;
        look.failed = self.rc ? self.err.text : NULL;
    }
    damage_looked(daemon_core(), &look);
}

static void looked(uv_work_t *work, int status)
{
    (void)work, (void)status;
    self.at_work = false;
    if (self.stop) {
        daemon_drained(self.daemon);
        return;
    }
    tell_look();
    if (self.rc)
        log_error("cannot verify the journal: %s", self.err.text);
    else
        hand_over();
    if (!self.rc && !damage_count(daemon_core()))
        log_info("the journal is as it was written: %llu events", (unsigned long long)self.report.events);
}

/* ---- the component ---- */

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    struct verify_hooks hooks = {.on_fault = take_fault};
    (void)configuration;
    int rc = journal_verify_tail(daemon_journal_path(), TAIL, &hooks, &self.report, err);
    if (rc)
        return rc;
    hand_over();
    self.daemon = daemon;
    damage_looked(daemon_core(), &(struct damage_look){.tail = self.report.events});
    self.at_work = uv_queue_work(daemon_loop(daemon), &self.work, look, looked) == 0;
    tell_look();
    return 0;
}

static bool drain(struct daemon *daemon)
{
    (void)daemon;
    self.stop = true; /* it ends soon */
    return !self.at_work;
}

static void destroy(void)
{
    array_free(&self.faults);
    array_free(&self.documents);
}

const struct component damage_component = {
    .name = "look for damage", .start = start, .drain = drain, .destroy = destroy};
