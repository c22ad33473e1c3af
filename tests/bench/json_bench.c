/* The cost of reading and writing JSON for an alert: nanoseconds for each call. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

static const char alert[] =
    "{\"source\":\"checkout\",\"title\":\"TimeoutError: card authorisation took longer than 3000 "
    "ms\",\"severity\":"
    "\"error\",\"service\":\"payments\",\"environment\":\"production\",\"fingerprint\":\"pay-timeout-eu\","
    "\"url\":"
    "\"https://errors.example.com/issues/4711/?project=12\",\"tags\":{\"region\":\"eu-west-1\",\"release\":"
    "\"2026.11.3\"},\"count\":17,\"at\":\"2026-11-23T15:06:22.123Z\"}";

static char plain[1025], escaped[1025];
static struct str out;
static volatile size_t sink; /* keeps results from being optimised away */

static void parse_alert(void)
{
    cJSON *doc = NULL;
    json_parse(alert, sizeof(alert) - 1, 65536, JSON_DEPTH, "alert", &doc, NULL);
    sink += (size_t)json_int_or(doc, "count", 0);
    cJSON_Delete(doc);
}

static void parse_alert_unchecked(void)
{
    cJSON *doc = cJSON_ParseWithLength(alert, sizeof(alert) - 1);
    sink += (size_t)json_int_or(doc, "count", 0);
    cJSON_Delete(doc);
}

static void validate_alert(void)
{
    sink += utf8_valid(alert, sizeof(alert) - 1);
}

static void write_text(const char *text)
{
    str_clear(&out);
    json_text(&(struct json_out){.out = &out}, text);
    sink += out.len;
}

static void write_plain(void)
{
    write_text(plain);
}

static void write_escaped(void)
{
    write_text(escaped);
}

static void write_members(void)
{
    str_clear(&out);
    struct json_out j = {.out = &out};
    json_begin_object(&j);
    for (int i = 0; i < 8; i++) {
        json_put_text(&j, "service", "payments");
        json_put_int(&j, "count", 1795446382123);
    }
    json_end_object(&j);
    sink += out.len;
}

static void measure(const char *what, void (*function)(void))
{
    int64_t best = INT64_MAX;
    for (int round = 0; round < 20; round++) {
        int64_t start = clock_mono_ns();
        for (int i = 0; i < 2000; i++)
            function();
        int64_t spent = (clock_mono_ns() - start) / 2000;
        best = MIN(best, spent);
    }
    printf("%6lld ns  %s\n", (long long)best, what);
}

int main(void)
{
    memset(plain, 'x', sizeof(plain) - 1);
    for (size_t i = 0; i < sizeof(escaped) - 1; i++)
        escaped[i] = i % 40 == 39 ? '\n' : 'x';
    printf("an alert of %zu bytes, texts of 1 KB\n", sizeof(alert) - 1);
    measure("json_parse of the alert", parse_alert);
    measure("... cJSON alone", parse_alert_unchecked);
    measure("utf8_valid of the alert", validate_alert);
    measure("json_text, nothing to escape", write_plain);
    measure("json_text, a new line every 40 bytes", write_escaped);
    measure("16 members", write_members);
    str_finish(&out);
    return 0;
}
