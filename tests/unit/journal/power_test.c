/*
 * The power fails at a random moment, and the disk keeps a random part of what was written since its last sync: what was
 * acknowledged is there, whole, the chain is intact, and the next daemon carries on. POWER_LOSSES says how often.
 */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../support/journal_files.h"
#include "../../support/power_vfs.h"
#include "base/id.h"
#include "journal/backup.h"

#define STEPS 40

struct world {
    struct rng rng;
    uint64_t seed;
    struct journal *journal;
    uint64_t sent, kept; /* events that were appended, and that were acknowledged while there was power */
    bool copied;         /* a copy was made */
    uint64_t backed_up;  /* so many are in it, if it was finished while there was power */
};

/* A backup is synced without SQLite; the linker puts this in the place of fsync. */
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    CLEANUP_FREE char *link = xasprintf("/proc/self/fd/%d", fd);
    char path[400];
    ssize_t n = readlink(link, path, sizeof(path) - 1);
    path[n > 0 ? n : 0] = '\0';
    power_synced(path);
    return 0;
}

static void answered(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct world *world = ctx;
    if (rc)
        fail_msg("seed %llu: %s", (unsigned long long)world->seed, err->text);
    if (!power_has_failed())
        world->kept = last_seq;
}

/* Some events, and a document with the number of the last one: everything lands, or nothing. */
static void append(struct world *world)
{
    struct journal_batch *batch = batch_create();
    size_t most = rng_below(&world->rng, 8) ? 3 : 60;
    for (uint64_t n = rng_below(&world->rng, most) + 1; n > 0; n--) {
        CLEANUP_FREE char *data = xasprintf("{\"text\":\"%0*d\"}", (int)rng_below(&world->rng, 900), 0);
        batch_event(batch, "INC-1", ++world->sent, 1, "noted", "ana", data)->search = xstrdup("some words");
    }
    CLEANUP_FREE char *number = xasprintf("%llu", (unsigned long long)world->sent);
    batch_doc(batch, DOC_INCIDENT, "0000000001", number);
    journal_append(world->journal, batch, answered, world);
    if (rng_below(&world->rng, 2))
        journal_step(world->journal);
}

static void copy_log(struct world *world)
{
    static const char *const ways[] = {"PRAGMA wal_checkpoint(PASSIVE)", "PRAGMA wal_checkpoint(RESTART)",
                                       "PRAGMA wal_checkpoint(TRUNCATE)"};
    files_sql("j.db", ways[rng_below(&world->rng, ARRAY_SIZE(ways))]);
}

static void start_again(struct world *world)
{
    journal_close(world->journal);
    world->journal = files_open("j.db");
}

static void back_up(struct world *world)
{
    struct verify_report report;
    struct error err = {0};
    uint64_t kept = world->kept;
    if (world->copied)
        return;
    world->copied = true;
    if (journal_backup(files_path("j.db"), files_path("copy.db"), NULL, &report, &err))
        fail_msg("seed %llu: %s", (unsigned long long)world->seed, err.text);
    if (!power_has_failed())
        world->backed_up = kept;
}

static void live(struct world *world)
{
    world->journal = files_open("j.db");
    for (int step = 0; step < STEPS && !power_has_failed(); step++) {
        uint64_t what = rng_below(&world->rng, 40);
        if (what < 32)
            append(world);
        else if (what < 37)
            copy_log(world);
        else if (what < 39)
            start_again(world);
        else
            back_up(world);
    }
    journal_close(world->journal);
}

static void verify_clean(const struct world *world, const char *name, uint64_t at_least,
                         struct verify_report *ret)
{
    struct error err = {0};
    if (journal_verify(files_path(name), NULL, ret, &err))
        fail_msg("seed %llu: %s", (unsigned long long)world->seed, err.text);
    if (ret->faults || ret->events < at_least)
        fail_msg("seed %llu: %s has %llu events and %llu faults; %llu were acknowledged",
                 (unsigned long long)world->seed, name, (unsigned long long)ret->events,
                 (unsigned long long)ret->faults, (unsigned long long)at_least);
}

/* Whole batches only: the document names the last event. */
static void check(struct world *world)
{
    struct verify_report report = {0};
    struct journal_doc doc = {0};
    world->journal = files_open("j.db"); /* a log that was not copied is read */
    assert_int_equal(journal_doc(world->journal, DOC_INCIDENT, "0000000001", &doc, NULL),
                     journal_last_seq(world->journal) ? 0 : ERR_NOT_FOUND);
    if (doc.body)
        assert_int_equal(strtoull(doc.body, NULL, 10), journal_last_seq(world->journal));
    journal_doc_finish(&doc);
    world->sent = journal_last_seq(world->journal);
    if (world->sent < world->kept)
        fail_msg("seed %llu: %llu events were acknowledged, %llu are there", (unsigned long long)world->seed,
                 (unsigned long long)world->kept, (unsigned long long)world->sent);
    append(world);
    journal_close(world->journal);
    verify_clean(world, "j.db", world->kept, &report);
    assert_int_equal(report.events, world->sent);
    if (world->backed_up)
        verify_clean(world, "copy.db", world->backed_up, &report);
}

static void lose_power(uint64_t seed)
{
    static const char *const names[] = {"j.db",      "j.db-wal", "j.db-shm",
                                        "j.db-lock", "copy.db",  "copy.db-journal"};
    struct world world = {.seed = seed};
    rng_init(&world.rng, seed);
    power_on(seed, (unsigned)rng_below(&world.rng, seed % 2 ? 60 : 900));
    while (!power_has_failed())
        live(&world);
    power_restore();
    check(&world);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        unlink(files_path(names[i]));
}

static void acknowledged_batches_survive_a_loss_of_power(void **state)
{
    (void)state;
    const char *losses = getenv("POWER_LOSSES"), *first = getenv("FIRST");
    uint64_t from = first ? strtoull(first, NULL, 10) : 1, n = losses ? strtoull(losses, NULL, 10) : 200;
    for (uint64_t seed = from; seed < from + n; seed++)
        lose_power(seed);
}

int main(void)
{
    power_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(acknowledged_batches_survive_a_loss_of_power, files_set_up,
                                        files_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
