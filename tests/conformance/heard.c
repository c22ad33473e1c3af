/* What comes in: a person's words, and webhooks of strangers. */
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "conformance/suite.h"
#include "host/edges.h"

#define PATIENCE (10 * SECOND)
#define STEP     100
#define MARK     "conformance-stranger"

/* ---- a person's words ---- */

/* Runs the author's command with the text as its argument. */
static int run_says(struct suite *suite, const char *text)
{
    CLEANUP_FREE char *line = xasprintf("%s \"$1\"", suite->wish->says);
    char *args[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", line,
                    (char *)(uintptr_t) "sh", (char *)(uintptr_t)text,  NULL};
    return rig_run(suite->rig, "/bin/sh", args);
}

/* The nth event with that text, from 1; NULL: not yet. */
static const cJSON *find_text(const struct suite *suite, const char *text, int nth)
{
    const cJSON *event;
    cJSON_ArrayForEach(event, rig_events(suite->rig))
    {
        if (strstr(json_text_or(event, "text", ""), text) && --nth == 0)
            return event;
    }
    return NULL;
}

static const cJSON *wait_for_text(struct suite *suite, const char *text, int nth)
{
    const cJSON *event = find_text(suite, text, nth);
    for (duration waited = 0; waited < PATIENCE && !event; waited += STEP) {
        rig_turn(suite->rig, STEP);
        event = find_text(suite, text, nth);
    }
    return event;
}

/* Lets somebody say it, and waits for the event. NULL, and the check has failed: none came. */
static const cJSON *hear(struct suite *suite, const char *text)
{
    suite->said++;
    int rc = run_says(suite, text);
    const cJSON *event = rc ? NULL : wait_for_text(suite, text, 1);
    if (rc)
        suite_fail(suite, "expected `%s` of --says to end with status 0, but it was %d", suite->wish->says, rc);
    else if (!event)
        suite_fail(suite, "expected an event with the text \"%s\" within %d seconds, but none came", text,
                   (int)(PATIENCE / SECOND));
    return event;
}

static void heard(struct suite *suite)
{
    CLEANUP_FREE char *text = xstrdup(suite_text(suite, "said by a person"));
    const cJSON *event = hear(suite, text);
    if (json_bool_or(json_member(event, "user"), "bot", false))
        suite_fail(suite, "expected the words of a person, but the event says that a bot wrote them");
}

/* The core could not store it. */
static void heard_again(struct suite *suite)
{
    CLEANUP_FREE char *text = xstrdup(suite_text(suite, "said while nothing can be stored"));
    rig_answer_events(suite->rig, TOCSIN_EMIT_RETRY);
    const cJSON *first = hear(suite, text);
    rig_answer_events(suite->rig, TOCSIN_EMITTED);
    if (!first)
        return;
    const cJSON *second = wait_for_text(suite, text, 2);
    if (!second)
        suite_skip(suite,
                   "it was not passed in again within %d seconds after TOCSIN_EMIT_RETRY; that is only right "
                   "if whoever said it "
                   "was told",
                   (int)(PATIENCE / SECOND));
    else if (!text_equal(json_text_or(first, "id", ""), json_text_or(second, "id", "")))
        suite_fail(
            suite,
            "expected the same id when an event comes again, but first %s came, then %s: it would count twice",
            json_text_or(first, "id", "none"), json_text_or(second, "id", "none"));
}

/* ---- strangers ---- */

static const struct {
    const char *method, *path, *body, *headers;
} strangers[] = {
    {"POST", "/",
     "{\"type\":\"message\",\"id\":\"" MARK "\",\"channel\":\"c\",\"user\":{\"id\":\"u\"},\"text\":\"" MARK
     "\"}",
     "{\"content-type\":\"application/json\"}"},
    {"POST", "/events", "{\"type\":\"event_callback\",\"event\":{\"type\":\"message\",\"text\":\"" MARK "\"}}",
     "{\"content-type\":\"application/json\",\"authorization\":\"Bearer " MARK
     "\",\"x-signature\":\"sha256=00\",\"x-hub-signature-256\":\"sha256=00\"}"},
    {"POST", "/", "payload=" MARK "&text=" MARK, "{\"content-type\":\"application/x-www-form-urlencoded\"}"},
    {"POST", "/", "{\"type\":", "{\"content-type\":\"application/json\"}"},
    {"POST", "/mail", "From: eve@evil.example\r\nSubject: " MARK "\r\n\r\n" MARK, "{}"},
    {"GET", "/../../etc/passwd", "", "{}"},
    {"DELETE", "/%00%ff", "", "{}"},
};

static void send_as_stranger(struct suite *suite, size_t i, const char *body, size_t n)
{
    CLEANUP_JSON cJSON *headers = cJSON_Parse(strangers[i].headers);
    struct webhook webhook = {.method = strangers[i].method,
                              .path = strangers[i].path,
                              .query = "t=" MARK,
                              .body = body,
                              .n = n,
                              .headers = headers};
    int status = rig_serve(suite->rig, &webhook);
    if (status < 200 || status >= 500)
        suite_fail(suite,
                   "%s %s of a stranger: expected it to be refused with a status of 400 to 499, but %d came",
                   webhook.method, webhook.path, status);
}

static void webhooks_of_strangers(struct suite *suite)
{
    CLEANUP_FREE char *large = xmalloc((size_t)1 << 20);
    memset(large, '[', (size_t)1 << 20);
    if (!json_bool_or(suite->descriptor, "serves", false)) {
        suite_skip(suite, "it takes no webhooks");
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(strangers); i++)
        send_as_stranger(suite, i, strangers[i].body, strlen(strangers[i].body));
    send_as_stranger(suite, 0, large, (size_t)1 << 20);
    if (find_text(suite, MARK, 1))
        suite_fail(suite,
                   "expected nothing to be believed that is not signed or has no key, but an event came of it");
}

static const struct check checks[] = {
    {"heard", 0, NEEDS_SAYS, heard},
    {"heard again", 0, NEEDS_SAYS, heard_again},
    {"webhooks of strangers", 0, 0, webhooks_of_strangers},
};
const struct check_list heard_checks = {checks, ARRAY_SIZE(checks)};
