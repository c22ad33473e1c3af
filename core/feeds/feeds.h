/*
 * feeds - holidays that are read from an address: what is kept of each, and what reading it came to.
 *
 * An address may hold a secret. So its document is found by a hash of it, and people are told its host only. A feed that cannot be
 * read keeps the days that it had. Nothing here reads the network: core/fetch/ does, in a process of its own.
 */
#ifndef TOCSIN_FEEDS_FEEDS_H
#define TOCSIN_FEEDS_FEEDS_H

#include "base/str.h"
#include "base/time.h"
#include "journal/journal.h"
#include "rotation/holidays.h"

#define FEED_ETAG_BYTES 200 /* a longer one is not kept */

/* Is it https, or http on this machine's loopback, with a host? The error says what to write, and nothing of the address. */
int feed_check(const char *url, struct error *err);
/* The host alone, of an address that was checked: "calendars.example". The caller frees. */
char *feed_host(const char *url);
/* "127.0.0.1", "[::1]", "localhost" */
bool feed_host_is_loopback(const char *host);

/* ---- what is kept ---- */

struct feed {
    struct holidays days;
    instant read_at;       /* when they were last read; 0: never */
    instant failing_since; /* 0: reading works, or was not tried yet */
    char *why;             /* it fails, plain text; NULL: it does not */
    char *etag;            /* of what was read; NULL: its server gives none */
};
void feed_finish(struct feed *feed);
/* What is kept of that address, and durable; nothing, if there is no document or it is damaged. The caller finishes *ret. */
void feed_read(struct journal *journal, const char *url, struct feed *ret);
void feed_write(struct journal_batch *batch, const char *url, const struct feed *feed, instant now);

/* ---- what reading it came to: between tocsind and tocsin-fetch ---- */

struct feed_request {
    char *url;
    char *etag; /* what is known already; NULL: nothing */
};
void feed_request_finish(struct feed_request *request);
void feed_request_write(const struct feed_request *request, struct str *json);
int feed_request_parse(const char *json, size_t n, struct feed_request *ret, struct error *err);

struct feed_answer {
    char *why;      /* it could not be read, plain text; NULL: it was */
    bool unchanged; /* since the ETag that was asked with; there are no days */
    struct holidays days;
    char *etag; /* NULL: none */
};
void feed_answer_finish(struct feed_answer *answer);
void feed_answer_write(const struct feed_answer *answer, struct str *json);
/* Whoever wrote it read a stranger's calendar, so it is not trusted. The caller finishes *ret. */
int feed_answer_parse(const char *json, size_t n, struct feed_answer *ret, struct error *err);
/* Takes over an answer, of which the caller finishes the rest. */
void feed_take(struct feed *feed, struct feed_answer *answer, instant now);

#endif
