/*
 * verify - reads the whole log and reports whether it is what was written.
 *
 * It only reads, in one snapshot, also while the daemon runs. It finds damaged pages, events that were edited, removed,
 * inserted, moved or renumbered, versions missing from a stream, and an end that was cut off, and names each by its
 * place, stream and version. One fault does not hide the next: after each, verification continues with what it found.
 *
 * The chain has no key, so the file alone cannot reveal that somebody recomputed the whole chain and the recorded head.
 * The hash of a head that is kept elsewhere can: compare it with verify_report.hash of a copy, or with the hash of the
 * event with that seq.
 */
#ifndef TOCSIN_JOURNAL_VERIFY_H
#define TOCSIN_JOURNAL_VERIFY_H

#include "journal/store.h"

/* One fault; seq 0: it does not belong to a single event. The text is borrowed for the call. */
typedef void verify_on_fault(void *ctx, uint64_t seq, const char *text);

/* Called on the way. Each may be NULL; arguments are borrowed for the call. */
struct verify_hooks {
    void *fault_ctx;
    verify_on_fault *on_fault;
    journal_on_damage *on_damage; /* a document whose checksum does not fit; also passed to on_fault */
    const _Atomic bool *stop;     /* once it is true, verifying soon ends, with an error */
    /* For checks of what events mean: all events by stream and version, then the incidents' states (DOC_INCIDENT) by key. */
    void *ctx;
    void (*on_event)(void *ctx, const struct journal_event *event);
    void (*on_state)(void *ctx, const struct journal_doc *doc);
};

struct verify_report {
    uint64_t events, faults;
    uint64_t seq; /* of the last event */
    char hash[2 * CHAIN_HASH_BYTES + 1];
};

/* The same for the last `most` events and the recorded end alone: what to look at before all else. Only on_fault is called. */
int journal_verify_tail(const char *path, uint64_t most, const struct verify_hooks *hooks,
                        struct verify_report *ret, struct error *err);
/* 0 when the log was read to the end, whatever was found; an error when it could not be read at all. */
int journal_verify(const char *path, const struct verify_hooks *hooks, struct verify_report *ret,
                   struct error *err);

#endif
