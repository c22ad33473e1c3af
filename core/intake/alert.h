/*
 * alert - one normalised error or monitor event, whatever format it came in.
 *
 * Every text is NUL-terminated valid UTF-8 without control characters (but \n and \t in the long ones),
 * never longer than its ALERT_ limit, and never NULL: what is not known is "". Texts and tags are borrowed
 * from the request's arena and live until the next request; whoever keeps something copies it. Nothing in an
 * alert is trusted: the sender's time is clamped, its counts are bounded, and who it is comes from the key
 * it used alone (`origin`).
 */
#ifndef TOCSIN_INTAKE_ALERT_H
#define TOCSIN_INTAKE_ALERT_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "base/time.h"
#include "intake/arena.h"

enum alert_level { LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARNING, LEVEL_ERROR, LEVEL_FATAL };
enum alert_status { ALERT_FIRING, ALERT_RESOLVED, ALERT_ACKNOWLEDGED };

/* How the fingerprint came about; see fingerprint.h. */
enum grouping { GROUPING_SENDER, GROUPING_EXCEPTION, GROUPING_MESSAGE, GROUPING_LABELS, GROUPING_FLOOD };

/* Bytes, without the terminating NUL. */
#define ALERT_TITLE      200
#define ALERT_MESSAGE    4000
#define ALERT_NAME       100 /* stream, service, environment, release, host, exception type */
#define ALERT_ID         255
#define ALERT_URL        500
#define ALERT_CUSTOMER   100 /* key, name, user id, user email */
#define ALERT_CULPRIT    200
#define ALERT_VALUE      1000 /* exception value */
#define ALERT_DETAILS    4000
#define ALERT_TAGS       48
#define ALERT_TAG_KEY    64
#define ALERT_TAG_VALUE  200
#define ALERT_COUNT      1000000
#define ALERTS_A_REQUEST 10000

struct alert_tag {
    const char *key, *value;
};

struct alert {
    const char *source; /* the wire format: "sentry", "alertmanager", "grafana", "pagerduty", "generic" */
    const char *origin; /* name of the configured source whose key was used */
    const char *stream; /* the sender's own project, receiver, client or stream */
    uint64_t fingerprint;
    uint64_t member; /* which of a group's members fires or resolves; 0: the group itself */
    enum grouping grouping;
    enum alert_level level;
    enum alert_status status;
    int64_t count; /* errors that this alert stands for; 1 to ALERT_COUNT */
    instant at;    /* when the sender says, never after now and at most ALERT_AGE before */
    const char *title, *message;
    const char *service, *environment, *release, *host;
    const char *sender_id; /* event id, dedup key, the sender's fingerprint */
    const char *url;       /* link back; http or https, or "" */
    const char *customer, *customer_name, *user, *user_email;
    const char *exception_type, *exception_value;
    const char *culprit; /* top in-app frame: "checkout.pay in charge" */
    const char *details; /* more for people, a line each: frames, request, values */
    const struct alert_tag *tags;
    size_t n_tags;
};
#define ALERT_AGE (7 * DAY)

/* Valid until the arena is reset. */
struct alert_list {
    struct alert *v;
    size_t n, cap;
};

/* A new last alert with every text "", level error, firing, count 1, at `now`; NULL when the list is full. */
struct alert *alert_add(struct alert_list *list, struct arena *arena, const char *source, instant now);

void alert_init(struct alert *alert, const char *source, instant now); /* the same for one outside a list */

const char *alert_tag(const struct alert *alert, const char *key); /* NULL: has none */
/* The sender's instant as far as it is believed. */
instant alert_clamp(instant at, instant now);

/* "fatal" … and back: also the words that senders use ("critical", "warn", "page", "err", "notice", "P1").
   Unknown words give the fallback. */
const char *alert_level_name(enum alert_level level);
enum alert_level alert_level_parse(const char *word, enum alert_level fallback);
const char *alert_status_name(enum alert_status status);
int alert_status_parse(const char *word,
                       enum alert_status *ret); /* "ok", "trigger", … too; ERR_INVALID: no such */
enum grouping grouping_parse(const char *word, enum grouping fallback);
const char *grouping_name(enum grouping grouping); /* "sender", "exception", "message", "labels", "flood" */

/* 16 lower-case hexadecimal digits; and back, ERR_INVALID. */
#define FINGERPRINT_TEXT 17
const char *fingerprint_format(uint64_t fingerprint, char buffer[FINGERPRINT_TEXT]);
int fingerprint_parse(const char *text, uint64_t *ret, struct error *err);

/*
 * The alert as a JSON object, for a sample: empty fields are left out, details, tags and message are
 * shortened so that the result stays within max bytes (at least 2,000).
 */
void alert_encode(const struct alert *alert, size_t max, struct str *out);
/* From a sample, into the arena. Unknown members are ignored. */
int alert_decode(const char *json, size_t n, struct arena *arena, struct alert *ret, struct error *err);

#endif
