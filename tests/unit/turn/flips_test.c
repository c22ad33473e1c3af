/*
 * One bit of a journal's file changes: it is found, it changes nothing that anybody reads, or the journal is refused. It is never
 * believed. FLIPS is how many bits are tried, each alone.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "journal/export.h"
#include "journal/store.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "triage/triage.h"
#include "turn/live.h"
#include "turn/states.h"

#include "../command/rig.h"

#include "../../support/journal_files.h"

#define INCIDENTS 4
#define BEN       "'user':{'id':'ben','name':'Ben'}"

struct original {
    uint8_t *bytes;
    size_t n;
    char *export;
    char *states[INCIDENTS + 1]; /* by number */
    char *timelines[INCIDENTS + 1];
    size_t bit; /* that is another one now */
};

/* ---- a journal with some of everything ---- */

static void alert(struct rig *rig, uint64_t fingerprint, const char *customer)
{
    struct alert alert;
    alert_init(&alert, "sentry", rig->now);
    alert.fingerprint = fingerprint;
    alert.about.title = "cannot pay";
    alert.about.service = "checkout";
    alert.level = LEVEL_FATAL;
    alert.who.customer = customer;
    triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
    rig_settle(rig);
    rig->now += MINUTE;
    rig_settle(rig);
}

static void work(void)
{
    struct store *store;
    assert_int_equal(sqlite_store_open(files_path("j.db"), &store, NULL), 0);
    struct rig *rig = rig_over(store);
    rig_expect(rig, "ana", 0, "declare checkout is slow", "INC-1 is open");
    rig_expect(rig, "ana", 0, "declare a leak --private", "INC-2 is open");
    rig_expect(rig, "ana", 0, "declare mail waits", "INC-3 is open");
    rig_expect(rig, "ana", 0, "customer acme name Acme tier gold route console ext-acme", "acme");
    rig_expect(rig, "ana", 1, "affect acme", "affects 1 customer");
    rig_expect(rig, "ana", 1, "tell acme We look into it.", "Message 1");
    rig_expect(rig, "ben", 1, "approve 1", "");
    for (int i = 0; i < 12; i++)
        alert(rig, 7, i % 2 ? "acme" : "beta");
    rig_expect(rig, "ben", 3, "resolve it went out", "resolved");
    rig_room(rig, 1, "room");
    rig_event(rig,
              "{'type':'message','id':'e1','channel':'room'," BEN ",'message':'m1','text':'it is hunter2'}");
    rig_event(rig, "{'type':'deleted','id':'e2','channel':'room'," BEN ",'message':'m1'}");
    for (int i = 0; i < 40; i++)
        rig_expect(rig, "ana", 1, "note this is what we know so far, and it is not much", "");
    rig_destroy(rig);
}

/* ---- what is read of it ---- */

static char *export_of(const char *path)
{
    struct export_counts counts = {0};
    char *text = NULL;
    size_t n = 0;
    FILE *file = open_memstream(&text, &n);
    int rc = journal_export(path, file, &counts, NULL);
    fclose(file);
    if (!rc && !counts.damaged)
        return text;
    free(text);
    return NULL;
}

static uint64_t faults_of(const char *path)
{
    struct states states;
    struct verify_report report = {0};
    states_init(&states, NULL, NULL);
    struct verify_hooks hooks = states_hooks(&states);
    int rc = journal_verify(path, &hooks, &report, NULL);
    uint64_t faulty = states_finish(&states);
    return rc ? 1 : report.faults + faulty;
}

static char *state_of(struct core *core, uint64_t id)
{
    struct str text = {0};
    const struct incident *incident = live_incident(core, id);
    if (incident)
        incident_encode(incident, &text);
    return incident ? str_take(&text) : NULL;
}

static bool add_line(void *ctx, const struct event *event)
{
    str_addf(ctx, "%d: ", (int)event->version);
    event_describe(event, NOW, NULL, NULL, NULL, ctx);
    str_addc(ctx, '\n');
    return true;
}

static char *timeline_of(struct core *core, uint64_t id)
{
    struct str text = {0};
    query_timeline(core, id, "ben", 0, 0, add_line, &text, NULL);
    return str_take(&text);
}

static void perform(void *ctx, const struct action *action)
{
    (void)ctx, (void)action;
}

static bool can_take_nothing(void *ctx, const char *connector, uint64_t *ret_can)
{
    (void)ctx, (void)connector, (void)ret_can;
    return false;
}

/* Calls `on` with a core over the file, if it can be opened. */
static void with_core(const char *path, void (*on)(struct core *core, struct original *original),
                      struct original *original)
{
    struct core_settings settings = {.parts = core_parts, .zone = "UTC", .announce = "general"};
    struct core_ops ops = {.perform = perform, .can_take = can_take_nothing, .wake = rig_wake};
    struct journal *journal;
    struct core *core;
    struct rng rng;
    rng_init(&rng, 3);
    if (journal_open(path, NULL, &journal, NULL))
        return;
    if (!core_create(&settings, &ops, journal, RIG_POLICY, &rng, NOW, &core, NULL)) {
        on(core, original);
        core_destroy(core);
    }
    journal_close(journal);
}

static void keep_states(struct core *core, struct original *original)
{
    for (uint64_t id = 1; id <= INCIDENTS; id++)
        original->states[id] = state_of(core, id), original->timelines[id] = timeline_of(core, id);
}

/* Each line is one of those that were there, or says that it is damaged. */
static void compare_timelines(struct core *core, struct original *original)
{
    for (uint64_t id = 1; id <= INCIDENTS; id++) {
        CLEANUP_FREE char *timeline = timeline_of(core, id);
        char *rest = NULL;
        for (char *line = strtok_r(timeline, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
            if (!strstr(line, "damaged") && !strstr(original->timelines[id], line))
                fail_msg("bit %zu: the timeline of INC-%d has: %s", original->bit, (int)id, line);
    }
}

/* It is as it was, restored from its events, or not shown. */
static void compare_states(struct core *core, struct original *original)
{
    for (uint64_t id = 1; id <= INCIDENTS; id++) {
        CLEANUP_FREE char *state = state_of(core, id);
        if (state && !text_equal(state, original->states[id]))
            fail_msg("bit %zu: INC-%d is now %s", original->bit, (int)id, state);
    }
    if (sight_incident(core, 2, "ben"))
        fail_msg("bit %zu: the private incident is shown to everybody", original->bit);
    compare_timelines(core, original);
}

/* ---- flips ---- */

static void write_file(const char *path, struct original *original, size_t bit)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    original->bit = bit;
    original->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    assert_int_equal(write(fd, original->bytes, original->n), original->n);
    original->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    close(fd);
}

static void read_file(const char *path, struct original *original)
{
    FILE *file = fopen(path, "rb");
    fseek(file, 0, SEEK_END);
    original->n = (size_t)ftell(file);
    rewind(file);
    original->bytes = xmalloc(original->n);
    assert_int_equal(fread(original->bytes, 1, original->n, file), original->n);
    fclose(file);
}

static bool flip(struct original *original, size_t bit)
{
    const char *path = files_path("k.db");
    write_file(path, original, bit);
    bool found = faults_of(path) != 0;
    CLEANUP_FREE char *export = export_of(path);
    if (!found && export && !text_equal(export, original->export))
        fail_msg("bit %zu changes the export, and verifying finds nothing", bit);
    with_core(path, compare_states, original);
    unlink(files_path("k.db-wal"));
    unlink(files_path("k.db-shm"));
    unlink(path);
    return found;
}

static void hush(void *ctx, const char *line, size_t n)
{
    (void)ctx, (void)line, (void)n;
}

static void no_flipped_bit_is_believed(void **state)
{
    (void)state;
    const char *wanted = getenv("FLIPS");
    int flips = wanted ? atoi(wanted) : 150, found = 0;
    struct original original = {0};
    struct rng rng;
    work();
    read_file(files_path("j.db"), &original);
    original.export = export_of(files_path("j.db"));
    assert_int_equal(faults_of(files_path("j.db")), 0);
    with_core(files_path("j.db"), keep_states, &original);
    rng_init(&rng, wanted ? (uint64_t)flips : 11);
    log_sink(hush, NULL);
    for (int i = 0; i < flips; i++)
        found += flip(&original, (size_t)(rng_next(&rng) % (original.n * 8)));
    print_message("%d of %d flipped bits were found in %zu bytes; the others changed nothing that is read\n",
                  found, flips, original.n);
    free(original.bytes);
    free(original.export);
    for (size_t i = 1; i <= INCIDENTS; i++)
        free(original.states[i]), free(original.timelines[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_flipped_bit_is_believed)};
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
