/*
 * customers_bench - what an incident costs when it affects many customers: on a journal in a file, with the policy that ships.
 *
 * Alerts of one error, each about another customer, against alerts about sixteen, from the bytes of a request on; and a turn on an incident with 10,000 customers
 * against one with ten. Processor time of this process, the thread that commits included. Lines are: name, ours, peer, ratio, goal,
 * unit.
 */
#include <stdio.h>
#include <string.h>

#include "../support/file_core.h"
#include "../support/stopwatch.h"
#include "base/mem.h"
#include "command/run.h"
#include "intake/generic.h"
#include "sight/sight.h"
#include "triage/triage.h"

#define NOW    INT64_C(1800000000000)
#define ALERTS 1000000
#define A_BODY 100
#define RATE   INT64_C(400) /* alerts for each millisecond of the virtual clock */
#define TURNS  2000
#define ROUNDS 3

struct bench {
    struct file_core file;
    struct arena arena;
    char *body;
    size_t at[A_BODY];
    instant now;
};

static duration keep(void *ctx, const char *setting)
{
    (void)ctx, (void)setting;
    return DAY;
}

/* A body of alerts; `at` are the places of the digits of its customers. */
static char *make_body(size_t at[A_BODY])
{
    CLEANUP_STR struct str body = {0};
    for (size_t i = 0; i < A_BODY; i++) {
        str_add(&body, i ? "," : "[");
        str_add(&body,
                "{\"title\":\"card payments fail\",\"service\":\"checkout\",\"environment\":\"production\","
                "\"level\":\"error\",\"message\":\"the bank answers 502 to every third request\","
                "\"culprit\":\"payments.charge\",\"release\":\"1.4.2\",\"customer\":\"customer-");
        at[i] = body.len;
        str_add(&body, "0000000\"}");
    }
    str_add(&body, "]");
    return str_take(&body);
}

static void begin(struct bench *b)
{
    struct core_ops ops = file_core_alone;
    ops.keep = keep;
    *b = (struct bench){.now = NOW};
    b->body = make_body(b->at);
    file_core_open(&b->file, &ops, NOW);
}

static void end(struct bench *b)
{
    file_core_close(&b->file);
    arena_finish(&b->arena);
    free(b->body);
}

static const struct intake_source *find(void *ctx, const struct intake_credential *credential)
{
    (void)credential;
    return ctx;
}

static void set_number(char *digits, size_t number)
{
    for (int i = 6; i >= 0; i--, number /= 10)
        digits[i] = (char)('0' + number % 10);
}

/* A request of alerts about the customers from *next on, round and round. */
static void request(struct bench *b, size_t *next, size_t distinct)
{
    static const struct intake_source source = {.name = "bench", .service = "", .environment = ""};
    static struct intake_answer answer;
    struct alert_list list = {0};
    for (size_t i = 0; i < A_BODY; i++, ++*next)
        set_number(b->body + b->at[i], *next % distinct);
    struct intake_config config = {.ctx = (void *)(uintptr_t)&source, .find = find};
    struct intake_request request = {.config = &config,
                                     .source = &source,
                                     .body = b->body,
                                     .n = strlen(b->body),
                                     .now = b->now,
                                     .arena = &b->arena,
                                     .stream = ""};
    answer.n_headers = 0;
    arena_reset(&b->arena);
    require(generic_alerts(&request, &list, &answer) == 0 && list.n == A_BODY);
    triage_alerts(b->file.core, list.v, list.n, b->now, NULL, NULL);
}

/* Alerts for each second of the processor. */
static double alerts_a_second(size_t distinct)
{
    struct bench b;
    size_t next = 0;
    begin(&b);
    double start = stopwatch_cpu_micros();
    while (next < ALERTS) {
        request(&b, &next, distinct);
        b.now = NOW + (int64_t)next / RATE;
        if (next % (10 * A_BODY) == 0) {
            core_tick(b.file.core, b.now);
            journal_step(b.file.journal);
        }
    }
    double rate = ALERTS / (stopwatch_cpu_micros() - start) * 1e6;
    end(&b);
    return rate;
}

/* Milliseconds of the processor for a turn of an incident that affects so many. */
static double turn_ms(size_t customers)
{
    struct bench b;
    size_t next = 0;
    begin(&b);
    while (next < MAX(customers, (size_t)A_BODY)) {
        request(&b, &next, customers);
        b.now += 2 * SECOND;
        core_tick(b.file.core, b.now);
        journal_step(b.file.journal);
    }
    require(sight_incident(b.file.core, 1, "ben"));
    double start = stopwatch_cpu_micros();
    for (int i = 0; i < TURNS; i++) {
        struct turn *turn = turn_begin(b.file.core, ++b.now);
        struct answer answer = {0};
        require(command_run(turn, &(struct asker){.person = "ben", .here = 1}, "note rolled back", &answer) ==
                0);
        answer_finish(&answer);
        turn_commit(turn, NULL, NULL);
        journal_step(b.file.journal);
    }
    double ms = (stopwatch_cpu_micros() - start) / 1e3 / TURNS;
    end(&b);
    return ms;
}

/* The best of some rounds, in turns, since the machine is noisy. */
static void compare_alerts(size_t distinct)
{
    double ours = 0, peer = 0;
    for (int i = 0; i < ROUNDS; i++) {
        ours = MAX(ours, alerts_a_second(distinct));
        peer = MAX(peer, alerts_a_second(16));
    }
    printf("alerts of one error, %zu customers against 16\t%.0f\t%.0f\t%.2f\t0.9\talerts per CPU-second\n",
           distinct, ours, peer, ours / peer);
}

static void compare_turns(void)
{
    double ours = 1e9, peer = 1e9;
    for (int i = 0; i < ROUNDS; i++) {
        ours = MIN(ours, turn_ms(10000));
        peer = MIN(peer, turn_ms(10));
    }
    printf("a turn, 10,000 customers against 10\t%.3f\t%.3f\t%.2f\tat most 2\tms of the processor\n", ours,
           peer, ours / peer);
}

int main(void)
{
    arena_hook_cjson();
    compare_alerts(1000);
    compare_alerts(1000000);
    compare_turns();
    return 0;
}
