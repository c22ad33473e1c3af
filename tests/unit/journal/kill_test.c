/*
 * A daemon is killed at random points, thirty times on one journal: what it acknowledged is there, the chain is intact,
 * and the next daemon carries on.
 */
#include "../../support/check.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "../../support/journal_files.h"
#include "base/id.h"
#include "journal/verify.h"

#define STREAMS 5
#define IN_HAND 200

struct child {
    struct journal *journal;
    uint64_t versions[STREAMS];
    uint64_t sent;
    int acknowledge; /* the pipe */
};

static void acknowledged(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    const struct child *child = ctx;
    if (rc) {
        fprintf(stderr, "%s\n", err->text);
        _exit(1);
    }
    if (write(child->acknowledge, &last_seq, sizeof(last_seq)) != sizeof(last_seq))
        _exit(2);
}

static bool take_version(void *ctx, const struct journal_event *event)
{
    *(uint64_t *)ctx = event->version;
    return false;
}

/* Batches of one to three events, and a document with their number: everything lands, or nothing. */
static void put(struct child *child)
{
    struct journal_batch *batch = batch_create();
    uint64_t n = child->sent++ % 3 + 1;
    for (uint64_t i = 0; i < n; i++) {
        size_t s = (child->sent + i) % STREAMS;
        CLEANUP_FREE char *stream = xasprintf("INC-%zu", s);
        batch_event(batch, stream, ++child->versions[s], 1, "noted", "ana", "{\"text\":\"some words\"}")
            ->search = xstrdup("some words");
        CLEANUP_FREE char *count = xasprintf("%llu", (unsigned long long)child->versions[s]);
        batch_doc(batch, DOC_INCIDENT, stream, count);
    }
    journal_append(child->journal, batch, acknowledged, child);
}

__attribute__((noreturn)) static void live(int pipe_end)
{
    struct child child = {.acknowledge = pipe_end};
    struct error err = {0};
    uv_loop_t loop;
    uv_loop_init(&loop);
    if (journal_open(files_path("j.db"), &loop, &child.journal, &err)) {
        fprintf(stderr, "%s\n", err.text);
        _exit(3);
    }
    for (size_t s = 0; s < STREAMS; s++) {
        CLEANUP_FREE char *stream = xasprintf("INC-%zu", s);
        journal_read_back(child.journal, stream, 0, 1, take_version, &child.versions[s], &err);
    }
    for (;;) {
        while (journal_waiting(child.journal) < IN_HAND)
            put(&child);
        uv_run(&loop, UV_RUN_ONCE);
    }
}

/* Kills the child when it has acknowledged `many` batches. Returns the last seq acknowledged. */
static uint64_t kill_after(uint64_t many)
{
    int ends[2];
    uint64_t last = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        live(ends[1]);
    }
    close(ends[1]);
    for (uint64_t seq; many > 0 && read(ends[0], &seq, sizeof(seq)) == sizeof(seq); many--)
        last = seq;
    kill(pid, SIGKILL);
    for (uint64_t seq; read(ends[0], &seq, sizeof(seq)) == sizeof(seq);)
        last = seq; /* sent before it died */
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    return last;
}

static bool documents_match(struct journal *journal)
{
    for (size_t s = 0; s < STREAMS; s++) {
        CLEANUP_FREE char *stream = xasprintf("INC-%zu", s);
        struct journal_doc doc = {0};
        uint64_t version = 0;
        journal_read_back(journal, stream, 0, 1, take_version, &version, NULL);
        int rc = journal_doc(journal, DOC_INCIDENT, stream, &doc, NULL);
        bool same = version == 0 ? rc == ERR_NOT_FOUND : !rc && strtoull(doc.body, NULL, 10) == version;
        journal_doc_finish(&doc);
        if (!same)
            return false;
    }
    return true;
}

static void acknowledged_batches_survive_a_kill(void **state)
{
    (void)state;
    struct rng rng;
    struct error err = {0};
    rng_init(&rng, 11);
    const char *kills = getenv("KILLS");
    for (int round = 0, rounds = kills ? atoi(kills) : 30; round < rounds; round++) {
        uint64_t acknowledged_seq = kill_after(1 + rng_below(&rng, round % 3 ? 2000 : 10));
        struct verify_report report = {0};
        if (journal_verify(files_path("j.db"), NULL, &report, &err))
            fail_msg("round %d: %s", round, err.text);
        assert_int_equal(report.faults, 0);
        assert_true(report.events >= acknowledged_seq);
        struct journal *journal = files_open("j.db");
        assert_int_equal(journal_last_seq(journal), report.events);
        assert_true(documents_match(journal));
        journal_close(journal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(acknowledged_batches_survive_a_kill, files_set_up, files_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
