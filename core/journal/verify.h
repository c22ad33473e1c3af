/*
 * verify - walks the whole log and says whether it is what was written.
 *
 * Reads only, beside a running daemon if need be, in one snapshot. Finds damaged pages, events that were edited,
 * removed, inserted, moved or renumbered, versions missing in a stream, and an end that was cut off; each is named by its
 * place, stream and version. One fault does not hide the next: after each the walk goes on from what it finds.
 *
 * The chain has no key, so whoever computes all of it anew, and the recorded head as well, is not found by the file
 * alone. The head's hash, kept elsewhere, finds that: compare it with verify_report.hash of a copy, or with the hash
 * of the event of that seq.
 */
#ifndef TOCSIN_JOURNAL_VERIFY_H
#define TOCSIN_JOURNAL_VERIFY_H

#include "journal/store.h"

/* One fault; seq 0 where it belongs to no single event. The text is borrowed for the call. */
typedef void verify_on_fault(void *ctx, uint64_t seq, const char *text);

/* What is told on the way; each may be NULL, and what is given is borrowed for the call. */
struct verify_hooks {
    void *fault_ctx;
    verify_on_fault *on_fault;
    /* For who knows what events mean: all events by stream and version, then the states of incidents (DOC_INCIDENT) by key. */
    void *ctx;
    void (*on_event)(void *ctx, const struct journal_event *event);
    void (*on_state)(void *ctx, const struct journal_doc *doc);
};

struct verify_report {
    uint64_t events, faults;
    uint64_t seq; /* the last event's */
    char hash[2 * CHAIN_HASH_BYTES + 1];
};

/* 0 when it was read to the end, whatever was found; ERR_ when it could not be read at all. */
int journal_verify(const char *path, const struct verify_hooks *hooks, struct verify_report *ret,
                   struct error *err);

#endif
