#include <tocsin/kit/poll.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#define STORED_MOST 60000  /* bytes: the host takes 64 KiB */
#define WAIT_MOST   300000 /* milliseconds between two rounds that fail */

/* ---- how far ---- */

void kit_seen_load(struct kit_seen *seen, const struct tocsin_host *host, const char *key, int64_t overlap)
{
    char *stored = calloc(1, STORED_MOST + 1);
    *seen = (struct kit_seen){.host = host, .overlap = overlap};
    snprintf(seen->key, sizeof(seen->key), "seen:%s", key);
    int64_t n = stored ? host->get(host->ctx, seen->key, stored, STORED_MOST) : -1;
    cJSON *json = n > 0 && n <= STORED_MOST ? kit_json_parse(stored, (size_t)n) : NULL;
    seen->first = kit_json_int(json, "first", -1);
    seen->latest = kit_json_int(json, "latest", -1);
    seen->ids = cJSON_DetachItemFromObjectCaseSensitive(json, "ids");
    if (!cJSON_IsObject(seen->ids)) {
        cJSON_Delete(seen->ids);
        seen->ids = cJSON_CreateObject();
    }
    cJSON_Delete(json);
    free(stored);
}

void kit_seen_finish(struct kit_seen *seen)
{
    cJSON_Delete(seen->ids);
    *seen = (struct kit_seen){0};
}

void kit_seen_begin(struct kit_seen *seen, int64_t latest)
{
    seen->first = latest + 1;
    seen->latest = latest;
    seen->moved = true;
}

int64_t kit_seen_from(const struct kit_seen *seen)
{
    int64_t from = seen->latest - seen->overlap;
    return from > seen->first ? from : seen->first > 0 ? seen->first : 0;
}

bool kit_seen_has(const struct kit_seen *seen, const char *id)
{
    return kit_json_member(seen->ids, id) != NULL;
}

/* What no round asks for any more; and the oldest, when there are too many. */
static void forget(struct kit_seen *seen)
{
    int64_t from = kit_seen_from(seen);
    cJSON *row = seen->ids->child;
    while (row) {
        cJSON *next = row->next;
        if (cJSON_GetNumberValue(row) < (double)from)
            cJSON_Delete(cJSON_DetachItemViaPointer(seen->ids, row));
        row = next;
    }
    for (int n = cJSON_GetArraySize(seen->ids); n > KIT_SEEN_MOST; n--)
        cJSON_DeleteItemFromArray(seen->ids, 0);
}

/* The whole state, to be stored with the next event, or at once. */
static bool store(struct kit_seen *seen, bool with_event)
{
    const struct tocsin_host *host = seen->host;
    struct kit_text text = {.most = STORED_MOST};
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "first", (double)seen->first);
    cJSON_AddNumberToObject(json, "latest", (double)seen->latest);
    cJSON_AddItemReferenceToObject(json, "ids", seen->ids);
    bool stored = kit_json_write(json, &text);
    if (stored && with_event)
        stored = host->keep(host->ctx, seen->key, kit_text_get(&text), text.n) == 0;
    else if (stored)
        stored = host->put(host->ctx, seen->key, kit_text_get(&text), text.n) == 0;
    cJSON_Delete(json);
    kit_text_finish(&text);
    return stored;
}

bool kit_seen_pass(struct kit_seen *seen, const char *id, int64_t position, cJSON *event)
{
    int64_t before = seen->latest;
    cJSON_AddNumberToObject(seen->ids, id, (double)position);
    seen->latest = position > before ? position : before;
    forget(seen);
    bool kept = event && store(seen, true);
    int32_t rc = event ? kit_emit(seen->host, event) : TOCSIN_EMIT_REFUSED;
    if (rc == TOCSIN_EMIT_RETRY) {
        cJSON_DeleteItemFromObjectCaseSensitive(seen->ids, id);
        seen->latest = before;
        return false;
    }
    seen->moved = !(kept && rc == TOCSIN_EMITTED);
    return true;
}

bool kit_seen_save(struct kit_seen *seen)
{
    if (seen->moved && store(seen, false))
        seen->moved = false;
    return !seen->moved;
}

/* ---- pages ---- */

bool kit_pages(kit_page *page, void *ctx, int most)
{
    struct kit_text at = {0}, next = {0};
    bool more = true;
    for (int i = 0; i < most && more; i++) {
        if (!page(ctx, kit_text_get(&at), &next))
            break;
        more = next.n && strcmp(kit_text_get(&at), kit_text_get(&next)) != 0;
        kit_text_finish(&at);
        at = next;
        next = (struct kit_text){0};
    }
    kit_text_finish(&at);
    kit_text_finish(&next);
    return !more;
}

struct place {
    int64_t number;
    size_t index;
    const cJSON *row;
};

static int by_number(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    int64_t x = a->number == b->number ? (int64_t)a->index : a->number,
            y = a->number == b->number ? (int64_t)b->index : b->number;
    return (x > y) - (x < y);
}

void kit_take_ordered(const cJSON *rows, const char *number, kit_take *take, void *ctx)
{
    struct place *places = calloc((size_t)cJSON_GetArraySize(rows) + 1, sizeof(*places));
    const cJSON *row;
    size_t n = 0;
    if (!places)
        return;
    cJSON_ArrayForEach(row, rows)
    {
        places[n] = (struct place){kit_json_int(row, number, 0), n, row};
        n++;
    }
    qsort(places, n, sizeof(*places), by_number);
    for (size_t i = 0; i < n && take(ctx, places[i].row); i++) {
    }
    free(places);
}

/* ---- rounds ---- */

struct kit_rounds {
    const struct tocsin_host *host;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopped;
};

struct kit_rounds *kit_rounds_create(const struct tocsin_host *host)
{
    struct kit_rounds *rounds = calloc(1, sizeof(*rounds));
    pthread_condattr_t monotonic;
    if (!rounds)
        return NULL;
    rounds->host = host;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&rounds->lock, NULL);
    pthread_cond_init(&rounds->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return rounds;
}

void kit_rounds_destroy(struct kit_rounds *rounds)
{
    if (!rounds)
        return;
    pthread_cond_destroy(&rounds->wake);
    pthread_mutex_destroy(&rounds->lock);
    free(rounds);
}

/* False: it was stopped. */
static bool wait_for_next(struct kit_rounds *rounds, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&rounds->lock);
    while (!rounds->stopped && pthread_cond_timedwait(&rounds->wake, &rounds->lock, &until) != ETIMEDOUT) {
    }
    bool goes_on = !rounds->stopped;
    pthread_mutex_unlock(&rounds->lock);
    return goes_on;
}

/* After so many failures in a row. */
static int64_t wait_of(int64_t interval, int failures, int64_t asked)
{
    int64_t wait = interval;
    for (int i = 1; i < failures && wait < WAIT_MOST; i++)
        wait *= 2;
    wait = failures > 1 && wait > WAIT_MOST ? WAIT_MOST : wait;
    return asked > wait ? asked : wait;
}

int32_t kit_rounds_run(struct kit_rounds *rounds, int64_t interval_ms, kit_round *round, void *ctx,
                       struct tocsin_error *error)
{
    int failures = 0;
    for (int64_t wait = 0; wait_for_next(rounds, wait);) {
        struct tocsin_result result = {.size = sizeof(result)};
        round(ctx, &result);
        if (result.code == TOCSIN_AUTH)
            return kit_fail(error, TOCSIN_E_AUTH, "%s", result.detail);
        if (result.code == TOCSIN_DONE && failures > 1)
            kit_health(rounds->host, NULL);
        failures = result.code == TOCSIN_DONE ? 0 : failures + 1;
        if (failures == 2)
            kit_health(rounds->host, result.detail);
        wait = wait_of(interval_ms, failures, result.retry_after_ms);
    }
    return 0;
}

void kit_rounds_stop(struct kit_rounds *rounds)
{
    pthread_mutex_lock(&rounds->lock);
    rounds->stopped = true;
    pthread_cond_broadcast(&rounds->wake);
    pthread_mutex_unlock(&rounds->lock);
}
