/*
 * journal - the append-only log of everything that happened, and the small documents kept beside it.
 *
 * The log holds events in streams ("INC-42", "group/9f86…", "person/ana", "system"); each event has a place in
 * the whole (seq, from 1, without gaps), a version in its stream (from 1, without gaps) and a hash that covers the
 * hash before it. Documents are state that is derived, or that has no history worth keeping: one row per kind and
 * key, replaced in place. A batch of both becomes durable as a whole or not at all.
 *
 * Appends are asynchronous: a commit thread takes what has gathered, commits it as one transaction, and the
 * answers come on the loop's thread in the order of the appends. An append carries the versions that its author had
 * seen; if somebody else was first the answer is ERR_CONFLICT and nothing of that batch is kept. When the store
 * fails (disk full, read-only, locked), every batch in hand is answered with that error, its text saying what to
 * do, and appends go on being tried: the next one that succeeds ends the trouble. A batch that follows others fails as
 * the first of them did that failed, unless its author was told of that failure before appending it; so what was made of
 * something that is not kept is not kept either, and a barrier that passes says that all before it is durable.
 *
 * Everything but the commit thread's inside belongs to the loop's thread. Reads are synchronous, bounded, and see
 * what is durable. The journal never interprets an event's data, and never changes or removes an event.
 */
#ifndef TOCSIN_JOURNAL_JOURNAL_H
#define TOCSIN_JOURNAL_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/time.h"
#include "journal/documents.h"

struct journal_event {
    uint64_t seq; /* 0 until committed */
    char *stream;
    uint64_t version; /* in its stream; the expected version is one less */
    instant at;
    char *type;   /* "status", "noted", ... */
    char *by;     /* who or what caused it */
    char *data;   /* JSON object, kept byte for byte */
    char *search; /* text for full-text search; NULL: none. Not part of the hash */
};

struct journal_doc {
    enum doc_kind kind;
    char *key;
    char *tag;  /* short, indexed; may be NULL */
    instant at; /* indexed; 0 where it means nothing */
    char *body; /* NULL in a batch removes the document */
};

struct journal_batch {
    ARRAY(struct journal_event) events;
    ARRAY(struct journal_doc) docs; /* written in this order */
    bool follows;                   /* made by an author who counts on all batches before it that follow, too */
};
struct journal_batch *batch_create(void);
void batch_destroy(struct journal_batch *batch);
/* All text is copied. Returns the new element for further fields. */
struct journal_event *batch_event(struct journal_batch *batch, const char *stream, uint64_t version, instant at,
                                  const char *type, const char *by, const char *data);
struct journal_doc *batch_doc(struct journal_batch *batch, enum doc_kind kind, const char *key,
                              const char *body);
void journal_event_finish(struct journal_event *event);
void journal_doc_finish(struct journal_doc *doc);

struct journal;
struct uv_loop_s;

/* rc 0: durable, err is NULL, last_seq is the batch's last event (or the log's, when it had none). */
typedef void journal_done(void *ctx, int rc, const struct error *err, uint64_t last_seq);

/*
 * Opens or makes the store at `path` and brings its schema up to date; refuses a newer schema than it knows, a file
 * that another tocsind holds, and a corrupt one, each with what to do. With a loop the commit thread runs; with
 * loop NULL nothing commits until journal_step (simulation, tools, tests).
 */
int journal_open(const char *path, struct uv_loop_s *loop, struct journal **ret, struct error *err);
/* Commits what is in hand, answers it, joins the thread; what is appended by those answers is refused. Not to be
   called from an answer. The loop lets go of its last handle when it runs next. NULL is fine. */
void journal_close(struct journal *journal);

/* Takes the batch over. `done` comes later, never from within this call. An empty batch answers in its turn: a
   barrier. When 10,000 batches wait already the answer is ERR_FULL (later, as always). */
void journal_append(struct journal *journal, struct journal_batch *batch, journal_done *done, void *ctx);
size_t journal_waiting(const struct journal *journal);
/* Without a loop: commits all that waits as one group and answers it. */
void journal_step(struct journal *journal);

/* Reads. The callback's argument is borrowed; it may read as well, and returning false ends the reading early. A limit
   of 0 is none. Result 0 or an error. */
typedef bool journal_on_event(void *ctx, const struct journal_event *event);
typedef bool journal_on_doc(void *ctx, const struct journal_doc *doc);
uint64_t journal_last_seq(const struct journal *journal); /* durable */
int journal_read(struct journal *journal, uint64_t after_seq, size_t limit, journal_on_event *on, void *ctx,
                 struct error *err);
int journal_read_stream(struct journal *journal, const char *stream, uint64_t after_version, size_t limit,
                        journal_on_event *on, void *ctx, struct error *err);
/* The newest `limit` events of a stream before version `before` (0: the end), newest first. */
int journal_read_back(struct journal *journal, const char *stream, uint64_t before, size_t limit,
                      journal_on_event *on, void *ctx, struct error *err);
/* FTS5 over the events' search text, best first; words are matched as words, never as query syntax. All must occur,
   the last perhaps as the beginning of a word; ERR_INVALID when there is none. */
int journal_search(struct journal *journal, const char *words, size_t limit, journal_on_event *on, void *ctx,
                   struct error *err);

/* ERR_NOT_FOUND without touching ret when there is none; the caller finishes *ret. */
int journal_doc(struct journal *journal, enum doc_kind kind, const char *key, struct journal_doc *ret,
                struct error *err);
struct doc_query {
    enum doc_kind kind;
    const char *tag;    /* NULL: any */
    const char *after;  /* keys after this (before, when descending); NULL: from the start */
    const char *prefix; /* keys that begin so; NULL: all */
    bool descending;
    size_t limit; /* 0: no limit */
};
int journal_docs(struct journal *journal, const struct doc_query *query, journal_on_doc *on, void *ctx,
                 struct error *err);
/* Removes documents of a kind with 0 < at < before, as an append of its own; at most `limit`. */
void journal_prune(struct journal *journal, enum doc_kind kind, instant before, size_t limit);

#endif
