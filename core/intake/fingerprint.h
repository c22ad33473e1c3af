/*
 * fingerprint - which alerts are the same problem, as 64 bits.
 *
 * Every fingerprint covers the algorithm's version, the origin (the configured source), the stream (the
 * sender's project) and how the rest came about, so that equal errors of two sources are two groups. The
 * rest is the first of these that an alert has:
 *
 *   sender      what the sender calls the same: Sentry's `fingerprint`, PagerDuty's dedup_key, the generic one
 *   exception   of every exception of the chain its type and its in-app frames, or all frames where none is
 *               in-app: module (else the file's base name) and function; no line numbers; a frame that repeats
 *               at once counts once
 *   exception   type and parameterised value, where no exception has a frame
 *   message     the message's template, else its parameterised text, and the logger
 *   labels      alertname and all labels but those that name one of several replicas (labelled.c has the list)
 *
 * Parameterised: times, UUIDs, e-mail addresses, IP addresses, URLs, quoted text, hexadecimal and decimal
 * numbers are replaced by a word for what they are, so that "order 17 failed" and "order 18 failed" are one
 * problem.
 *
 * The hash is SipHash-2-4 with a fixed key: stable over restarts and machines. It is no secret and no proof:
 * who may send alerts may choose any fingerprint, and can only disturb the groups of its own origin.
 */
#ifndef TOCSIN_INTAKE_FINGERPRINT_H
#define TOCSIN_INTAKE_FINGERPRINT_H

#include <stdbool.h>

#include "intake/alert.h"

/* Goes up when any of this changes what falls into one group; part of every fingerprint. */
#define FINGERPRINT_VERSION 1

/* Collects parts. What does not fit in the buffer is folded into a hash, so there is no limit and no
   allocation. */
struct fingerprint {
    size_t n;
    char parts[2048];
};

void fingerprint_begin(struct fingerprint *f, const char *origin, const char *stream, enum grouping grouping);
void fingerprint_add(struct fingerprint *f, const char *part);            /* NULL adds "" */
void fingerprint_addn(struct fingerprint *f, const char *part, size_t n); /* part[n] is a NUL */
void fingerprint_add_message(struct fingerprint *f, const char *text);    /* parameterised */
/* A file's base name or a function without what a build or a compiler numbers: "main.3f2a9c1b.js",
   "lambda$7". */
void fingerprint_add_code(struct fingerprint *f, const char *name);
uint64_t fingerprint_end(struct fingerprint *f); /* never 0 */

/* The text with its variable parts replaced; at most ALERT_TITLE * 4 bytes of it are read. */
void parameterize(const char *text, struct str *out);

#endif
