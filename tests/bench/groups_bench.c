/*
 * groups_bench - what an alert costs that is a new problem: on a journal in a file, with the policy that ships, among 100,000 such
 * problems. Pages of 4 KiB that the journal reads and writes, from /proc/self/io, are the same on a busy machine; processor time is that
 * of this process, the writes of the journal included. Lines are: name, ours, peer, ratio, goal, unit.
 *
 *     groups_bench [GROUPS [AT_ONCE]]    AT_ONCE: so many requests share a commit
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/file_core.h"
#include "../support/stopwatch.h"
#include "base/mem.h"
#include "intake/labelled.h"
#include "triage/triage.h"

#define NOW  INT64_C(1800000000000)
#define RATE 5 /* alerts for each millisecond of the virtual clock */
#define PAGE 4096.0

struct spent { /* bytes, and microseconds of the processor */
    double read, written, cpu;
};

struct bench {
    struct file_core file;
    struct arena arena;
    size_t sent;
    struct spent commits, all;
};

static struct spent spent_now(void)
{
    struct spent spent = {.cpu = stopwatch_cpu_micros()};
    FILE *io = fopen("/proc/self/io", "re");
    require(io && fscanf(io, "rchar: %lf wchar: %lf", &spent.read, &spent.written) == 2);
    (void)fclose(io);
    return spent;
}

static void spent_add(struct spent *to, const struct spent *from, const struct spent *until)
{
    to->read += until->read - from->read;
    to->written += until->written - from->written;
    to->cpu += until->cpu - from->cpu;
}

static const struct intake_source *find(void *ctx, const struct intake_credential *credential)
{
    (void)credential;
    return ctx;
}

/* A request of one alert, as tests/bench/alerts.lua sends them. */
static void request(struct bench *b, instant now)
{
    static const struct intake_source source = {.name = "bench", .service = "", .environment = ""};
    static struct intake_answer answer;
    char body[512];
    int n = snprintf(body, sizeof(body),
                     "[{\"labels\":{\"alertname\":\"HighErrorRate\",\"service\":\"svc%zu\",\"severity\":"
                     "\"warning\",\"instance\":\"10.0.0.%zu:9090\",\"env\":\"prod\"},\"annotations\":{"
                     "\"summary\":\"Error rate is above 5%% on svc%zu\",\"description\":\"p99 error rate over "
                     "5m\"},\"generatorURL\":\"http://prom/graph?g0=%zu\"}]",
                     b->sent, b->sent % 250, b->sent, b->sent);
    struct intake_config config = {.ctx = (void *)(uintptr_t)&source, .find = find};
    struct intake_request request = {.config = &config,
                                     .source = &source,
                                     .body = body,
                                     .n = (size_t)n,
                                     .now = now,
                                     .arena = &b->arena,
                                     .stream = ""};
    struct alert_list list = {0};
    answer.n_headers = 0;
    arena_reset(&b->arena);
    require(alertmanager_alerts(&request, &list, &answer) == 0 && list.n == 1);
    triage_alerts(b->file.core, list.v, list.n, now, NULL, NULL);
    b->sent++;
}

static void round_of(struct bench *b, size_t at_once)
{
    instant now = NOW + (instant)b->sent / RATE;
    for (size_t i = 0; i < at_once; i++)
        request(b, now);
    core_tick(b->file.core, now);
    struct spent before = spent_now();
    journal_step(b->file.journal);
    struct spent after = spent_now();
    spent_add(&b->commits, &before, &after);
}

static void show(const char *what, size_t at_once, double number, const char *goal, const char *unit)
{
    printf("a new alert group, %zu a commit: %s\t%.1f\t1\t%.1f\t%s\t%s\n", at_once, what, number, number, goal,
           unit);
}

static void run(size_t groups, size_t at_once)
{
    struct bench b = {0};
    file_core_open(&b.file, &file_core_alone, NOW);
    struct spent before = spent_now();
    while (b.sent < groups)
        round_of(&b, at_once);
    struct spent after = spent_now();
    spent_add(&b.all, &before, &after);
    double n = (double)b.sent;
    show("pages written", at_once, b.commits.written / PAGE / n, at_once == 16 ? "at most 8.5" : "-", "pages");
    show("pages read to commit it", at_once, b.commits.read / PAGE / n, "-", "pages");
    show("pages read before", at_once, (b.all.read - b.commits.read) / PAGE / n, "-", "pages");
    show("processor time to commit it", at_once, b.commits.cpu / n, "-", "us");
    show("processor time of all", at_once, b.all.cpu / n, "-", "us");
    file_core_close(&b.file);
    arena_finish(&b.arena);
}

int main(int argc, char **argv)
{
    size_t groups = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
    static const size_t at_once[] = {1, 16, 256};
    arena_hook_cjson();
    for (size_t i = 0; argc < 3 && i < ARRAY_SIZE(at_once); i++)
        run(groups, at_once[i]);
    if (argc == 3)
        run(groups, strtoul(argv[2], NULL, 10));
    return 0;
}
