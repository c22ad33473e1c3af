/*
 * alert - one normalised error or monitor event, in whatever format it arrived.
 *
 * Every text is NUL-terminated valid UTF-8 without control characters (except \n and \t in the long ones),
 * never longer than its ALERT_ limit, and never NULL: an unknown text is "". Texts and tags are borrowed
 * from the request's arena and live until the next request; copy whatever you keep. Nothing in an alert is
 * trusted: the sender's time is clamped, its counts are limited, and only the key that it used says who the
 * sender is (`origin`).
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

/* What the fingerprint is made from; see fingerprint.h. */
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

/* What an alert, and the group that it counts in, is about. */
struct problem {
    const char *source; /* the wire format: "sentry", "alertmanager", "grafana", "pagerduty", "generic" */
    const char *origin; /* name of the configured source whose key was used */
    const char *stream; /* the sender's project, receiver, client or stream */
    const char *title;
    const char *service, *environment, *release;
    const char *culprit; /* the top in-app frame: "checkout.pay in charge" */
    const char *url;     /* a link to the sender; http or https, or "" */
    const char *type;    /* of the exception */
};
#define PROBLEM_TEXTS 10                     /* it consists of these alone */
extern const struct problem problem_unknown; /* every text is "" */

struct alert_who { /* whom it happened to */
    const char *customer, *customer_name, *user, *user_email;
};

struct evidence;
struct alert;
/* Fills in what is in the alert's `evidence.raw`. */
typedef void evidence_reader(const struct alert *alert, struct arena *arena, struct evidence *ret);

struct raw_evidence {
    evidence_reader *read; /* of its format; NULL: none */
    const void *raw;       /* as it was sent */
};

struct alert {
    struct problem about;
    uint64_t fingerprint;
    uint64_t member;       /* the member of the group that fires or resolves; 0: the group itself */
    const char *instance;  /* what people call that member; "" if it has no name */
    uint64_t notification; /* which notification it came in; 0: unknown */
    enum grouping grouping;
    enum alert_level level;
    enum alert_status status;
    int64_t count; /* errors that this alert represents; 1 to ALERT_COUNT */
    instant at;    /* the sender's time, never in the future and at most ALERT_AGE in the past */
    instant ends;  /* when it is over unless it is sent again; 0: when its sender says so */
    const char *message, *host;
    const char *exception_value;
    const char *sender_id; /* event id, dedup key, the sender's fingerprint */
    const char *details;   /* further lines for people: frames, request, values */
    struct alert_who who;
    const struct alert_tag *tags;
    size_t n_tags;
    struct raw_evidence evidence; /* call evidence_read */
};
#define ALERT_AGE (7 * DAY)

/* Valid until the arena is reset. */
struct alert_list {
    struct alert *v;
    size_t n, cap;
};

/* Adds an alert with every text "", level error, firing, count 1, at `now`; NULL when the list is full. */
struct alert *alert_add(struct alert_list *list, struct arena *arena, const char *source, instant now);

void alert_init(struct alert *alert, const char *source,
                instant now); /* the same for an alert outside a list */

const char *alert_tag(const struct alert *alert, const char *key); /* NULL: it has no such tag */
/* Adds Grafana's reason for the state of the alert (annotation grafana_state_reason): "; no data (NoData)". Adds nothing if there
   is none. */
void alert_add_reason(const struct alert *alert, struct str *out);
/* Limits the sender's time to the allowed range. */
instant alert_clamp(instant at, instant now);
/* Sets status and end. Without a known status (NULL: none) it is over once its end (0: none) has passed. What fires, fires until
   then. */
void alert_set_status(struct alert *alert, const char *status, instant ends, instant now);

/* "fatal", …; parsing also accepts the words that senders use ("critical", "warn", "page", "err", "notice", "P1"), and
   returns the fallback for unknown words. */
const char *alert_level_name(enum alert_level level);
enum alert_level alert_level_parse(const char *word, enum alert_level fallback);
const char *alert_status_name(enum alert_status status);
int alert_status_parse(const char *word,
                       enum alert_status *ret); /* also "ok", "trigger", …; ERR_INVALID: unknown */
enum grouping grouping_parse(const char *word, enum grouping fallback);
const char *grouping_name(enum grouping grouping); /* "sender", "exception", "message", "labels", "flood" */

/* 16 lower-case hexadecimal digits. */
#define FINGERPRINT_TEXT 17
const char *fingerprint_format(uint64_t fingerprint, char buffer[FINGERPRINT_TEXT]);
int fingerprint_parse(const char *text, uint64_t *ret, struct error *err);

/*
 * Writes the alert with its evidence as a JSON object, for a sample, without well-known secrets (scrub.h). Leaves empty fields out,
 * and shortens texts, tags and evidence so that the result has at most max bytes (max is at least 2,000).
 */
void alert_encode(const struct alert *alert, size_t max, struct str *out);
/* Reads a sample into the arena. Ignores unknown members. */
int alert_decode(const char *json, size_t n, struct arena *arena, struct alert *ret, struct error *err);

#endif
