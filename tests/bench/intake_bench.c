/*
 * intake_bench - the cost of an alert from the bytes of its request to its counted group: decoding, fingerprint, group.
 *
 * The bodies are like those of Alertmanager's POST /api/v2/alerts. Prints CPU nanoseconds for each alert; policy, journal and
 * HTTP are not included.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "intake/group_table.h"
#include "intake/labelled.h"

#define RATE INT64_C(400) /* alerts for each millisecond of the virtual clock */

static const struct intake_source *find(void *ctx, const struct intake_credential *credential)
{
    (void)credential;
    return ctx;
}

static size_t make_body(size_t alerts, size_t distinct, size_t *next, char *body)
{
    size_t n = 0;
    for (size_t i = 0; i < alerts; i++, ++*next) {
        size_t k = *next % distinct;
        n += (size_t)sprintf(
            body + n,
            "%c{\"labels\":{\"alertname\":\"HighErrorRate\",\"service\":\"svc%zu\",\"severity\":\"warning\","
            "\"instance\":\"10.0.0.%zu:9090\",\"env\":\"prod\"},\"annotations\":{\"summary\":\"Error rate is "
            "above 5%% on svc%zu\",\"description\":\"p99 error rate over 5m\"},\"startsAt\":"
            "\"2026-11-23T15:06:22.123456789Z\",\"generatorURL\":\"http://prom/graph?g0=%zu\"}",
            i ? ',' : '[', k, *next % 250, k, k);
    }
    body[n++] = ']';
    body[n] = '\0';
    return n;
}

static double cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

struct bench {
    struct arena arena;
    struct intake_config config;
    struct group_table *table;
    instant now;
    size_t alerts, told;
};

static void one_request(struct bench *b, const char *body, size_t n, bool grouped)
{
    static struct intake_answer answer;
    struct alert_list list = {0};
    struct intake_request request = {
        .config = &b->config, .body = body, .n = n, .now = b->now, .arena = &b->arena, .stream = ""};
    request.source = b->config.ctx;
    answer.n_headers = 0;
    arena_reset(&b->arena);
    require(alertmanager_alerts(&request, &list, &answer) == 0);
    if (grouped)
        group_table_prefetch(b->table, list.v, list.n);
    for (size_t i = 0; grouped && i < list.n; i++) {
        struct group_verdict verdict;
        group_table_add(b->table, &list.v[i], b->now, &verdict);
        b->told += verdict.change != GROUP_NOTHING;
    }
    b->alerts += list.n;
}

static void run(size_t a_body, size_t distinct, bool grouped)
{
    enum { BODIES = 10 };
    static const struct intake_source source = {.name = "bench", .service = "", .environment = ""};
    struct rng rng;
    struct group_limits limits = {.new_burst = 1 << 30};
    struct bench b = {.config = {.ctx = (void *)(uintptr_t)&source, .find = find},
                      .now = INT64_C(1800000000000)};
    rng_init(&rng, 1);
    b.table = group_table_create(&limits, NULL, &rng);
    size_t bodies = MAX(distinct / a_body, (size_t)BODIES), next = 0, total = 2000000;
    char **body = xcalloc(bodies, sizeof(*body)), *scratch = xmalloc(a_body * 500);
    size_t *length = xcalloc(bodies, sizeof(*length));
    for (size_t i = 0; i < bodies; i++) {
        length[i] = make_body(a_body, distinct, &next, scratch);
        body[i] = xstrndup(scratch, length[i]);
    }
    for (size_t i = 0; i < bodies; i++) /* so that the groups exist */
        one_request(&b, body[i], length[i], grouped);
    b.alerts = b.told = 0;
    double start = cpu_ns();
    instant flushed = b.now;
    for (size_t i = 0; b.alerts < total; i = i + 1 == bodies ? 0 : i + 1) {
        b.now = INT64_C(1800000000000) + SECOND + (int64_t)b.alerts / RATE;
        one_request(&b, body[i], length[i], grouped);
        if (b.now - flushed < SECOND)
            continue;
        flushed = b.now;
        group_table_flush(b.table, b.now, SIZE_MAX);
        while (group_table_moved(b.table, b.now))
            b.told++;
    }
    double ns = (cpu_ns() - start) / (double)b.alerts;
    printf("%-22s %4zu a body %7zu distinct %7.0f ns an alert  told %5.2f %%  %zu bytes a group\n",
           grouped ? "decode and group" : "decode", a_body, distinct, ns,
           100.0 * (double)b.told / (double)b.alerts,
           grouped ? group_table_bytes(b.table) / group_table_count(b.table) : 0);
    for (size_t i = 0; i < bodies; i++)
        free(body[i]);
    free(body);
    free(length);
    free(scratch);
    group_table_destroy(b.table);
    arena_finish(&b.arena);
}

int main(void)
{
    arena_hook_cjson();
    for (size_t a_body = 1; a_body <= 100; a_body *= 100) {
        run(a_body, 1000, false);
        run(a_body, 1000, true);
        run(a_body, 100000, true);
    }
    return 0;
}
