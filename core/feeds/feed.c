/* What is kept of a feed: its document. */
#include "feeds/feeds.h"

#include <string.h>

#include "base/json.h"
#include "base/secret.h"
#include "feeds/inside.h"

void feed_finish(struct feed *feed)
{
    holidays_finish(&feed->days);
    free(feed->why);
    free(feed->etag);
    *feed = (struct feed){0};
}

static void parse(const struct journal_doc *doc, struct feed *ret)
{
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "feed", &json, NULL) ||
        days_parse(json_member(json, "days"), &ret->days, NULL))
        return;
    ret->read_at = json_int_or(json, "read_at", 0);
    ret->failing_since = json_int_or(json, "failing_since", 0);
    ret->why = xstrdup(json_text_or(json, "why", NULL));
    ret->etag = xstrdup(json_text_or(json, "etag", NULL));
}

void feed_read(struct journal *journal, const char *url, struct feed *ret)
{
    char hash[SECRET_HASH_TEXT];
    struct journal_doc doc;
    secret_hash(url, hash);
    *ret = (struct feed){0};
    if (journal_doc(journal, DOC_FEED, hash, &doc, NULL))
        return;
    parse(&doc, ret);
    journal_doc_finish(&doc);
}

void feed_write(struct journal_batch *batch, const char *url, const struct feed *feed, instant now)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    char hash[SECRET_HASH_TEXT];
    secret_hash(url, hash);
    json_begin_object(&j);
    json_put_int(&j, "read_at", feed->read_at);
    if (feed->failing_since)
        json_put_int(&j, "failing_since", feed->failing_since);
    json_put_text_if(&j, "why", feed->why);
    json_put_text_if(&j, "etag", feed->etag);
    days_write(&feed->days, &j);
    json_end_object(&j);
    batch_doc(batch, DOC_FEED, hash, body.p)->at = now;
}

void feed_take(struct feed *feed, struct feed_answer *answer, instant now)
{
    if (answer->why) {
        feed->failing_since = feed->failing_since ? feed->failing_since : now;
        free(feed->why);
        feed->why = steal(answer->why);
        return;
    }
    struct feed fresh = {.days = answer->unchanged ? feed->days : answer->days,
                         .read_at = now,
                         .etag = answer->unchanged ? steal(feed->etag) : steal(answer->etag)};
    *(answer->unchanged ? &feed->days : &answer->days) = (struct holidays){0};
    feed_finish(feed);
    *feed = fresh;
}
