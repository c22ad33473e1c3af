#include <tocsin/kit/feed.h>

#include <stdio.h>
#include <stdlib.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#define PAGES_MOST    100 /* of a round; the next one goes on */
#define FAILURES_MOST 5

static int64_t number_of(const cJSON *row)
{
    const cJSON *id = kit_json_member(row, "id");
    return cJSON_IsString(id) ? strtoll(id->valuestring, NULL, 10) : kit_json_int(row, "id", 0);
}

static bool is_left(struct kit_feed *feed, int64_t number)
{
    struct kit_task *task = feed->task;
    feed->failures = feed->failing == number ? feed->failures + 1 : 1;
    feed->failing = number;
    if (feed->failures < FAILURES_MOST || task->status < 500)
        return false;
    kit_log(feed->seen.host, KIT_WARNING, "left number %lld, which cannot be read: %s", (long long)number,
            task->result->detail);
    kit_result(task->result, TOCSIN_DONE, "%s", "");
    return true;
}

/* False: the round ends, and this row comes again. */
static bool take(struct kit_feed *feed, const cJSON *row)
{
    const struct tocsin_result *result = feed->task->result;
    int64_t number = number_of(row);
    char id[24];
    snprintf(id, sizeof(id), "%lld", (long long)number);
    if (kit_seen_has(&feed->seen, id))
        return true;
    cJSON *event = feed->event_of(feed->task, row);
    if (result->code == TOCSIN_DONE || is_left(feed, number))
        return kit_seen_pass(&feed->seen, id, number, event);
    cJSON_Delete(event);
    return false;
}

/* `at`: the number to go on with. */
static bool take_page(void *ctx, const char *at, struct kit_text *next)
{
    struct kit_feed *feed = ctx;
    const cJSON *row;
    bool goes_on = true;
    cJSON *rows = feed->ask(feed->task, feed, *at ? strtoll(at, NULL, 10) : kit_seen_from(&feed->seen), false);
    cJSON_ArrayForEach(row, rows)
    {
        goes_on = goes_on && take(feed, row);
        kit_text_finish(next);
        kit_text_addf(next, "%lld", (long long)number_of(row) + 1);
    }
    cJSON_Delete(rows);
    return goes_on && feed->task->result->code == TOCSIN_DONE;
}

static void begin(struct kit_feed *feed)
{
    cJSON *rows = feed->ask(feed->task, feed, 0, true);
    if (rows)
        kit_seen_begin(&feed->seen, number_of(cJSON_GetArrayItem(rows, 0)));
    cJSON_Delete(rows);
}

void kit_feed_read(struct kit_feed *feed, struct kit_task *task)
{
    feed->task = task;
    if (feed->seen.latest < 0)
        begin(feed);
    if (feed->seen.latest >= 0)
        kit_pages(take_page, feed, PAGES_MOST);
    kit_seen_save(&feed->seen);
}
