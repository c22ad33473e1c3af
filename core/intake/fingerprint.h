/*
 * fingerprint - which alerts are the same problem, in 64 bits.
 *
 * Every fingerprint covers the version of the algorithm, the origin (the configured source), the stream (the
 * sender's project) and the kind of grouping, so that equal errors from two sources are two groups. The rest is the
 * first of these that an alert has:
 *
 *   sender      the sender's own identity: Sentry's `fingerprint`, PagerDuty's dedup_key, or the generic one
 *   exception   for every exception of the chain: its type and its in-app frames, or all frames if none is
 *               in-app: module (else the base name of the file) and function; no line numbers; a frame that
 *               repeats immediately counts once
 *   exception   type and parameterised value, if no exception has a frame
 *   message     the template of the message, else its parameterised text, and the logger
 *   labels      all labels except those that name one of several replicas (labelled.c has the list)
 *
 * Parameterised: times, UUIDs, e-mail addresses, IP addresses, URLs, quoted text, hexadecimal and decimal
 * numbers are replaced by a word for their kind, so that "order 17 failed" and "order 18 failed" are the same
 * problem.
 *
 * The hash is SipHash-2-4 with a fixed key: the same across restarts and machines. It is neither secret nor proof:
 * a sender may choose any fingerprint, but can only disturb the groups of its own origin.
 */
#ifndef TOCSIN_INTAKE_FINGERPRINT_H
#define TOCSIN_INTAKE_FINGERPRINT_H

#include <stdbool.h>

#include "intake/alert.h"

/* Part of every fingerprint. Increase it when a change alters which alerts fall into one group. */
#define FINGERPRINT_VERSION 1

/* Collects parts. When the buffer is full, its content is replaced by its hash, so there is no limit and no allocation. */
struct fingerprint {
    size_t n;
    char parts[2048];
};

void fingerprint_begin(struct fingerprint *f, const char *origin, const char *stream, enum grouping grouping);
void fingerprint_add(struct fingerprint *f, const char *part);            /* NULL adds "" */
void fingerprint_addn(struct fingerprint *f, const char *part, size_t n); /* part[n] is a NUL */
void fingerprint_add_message(struct fingerprint *f, const char *text);    /* parameterised */
/* The base name of a file, or a function, without hashes and counters from a build or compiler: "main.3f2a9c1b.js",
   "lambda$7". */
void fingerprint_add_code(struct fingerprint *f, const char *name);
uint64_t fingerprint_end(struct fingerprint *f); /* never 0 */

/* The text with its variable parts replaced; at most ALERT_TITLE * 4 bytes of it are read. */
void parameterize(const char *text, struct str *out);

#endif
