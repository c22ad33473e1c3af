/*
 * journal - the append-only log of everything that happened, and the small documents kept beside it.
 *
 * The log holds events in streams ("INC-42", "group/9f86…", "person/ana", "system"). Each event has a place in
 * the whole log (seq, from 1, without gaps), a version in its stream (from 1, without gaps) and a hash that covers the
 * hash before it. Documents are state that is derived, or whose history is not worth keeping: one row per kind and
 * key, replaced in place. A batch of both becomes durable as a whole or not at all.
 *
 * Appends are asynchronous: a commit thread takes everything that is waiting and commits it as one transaction; the
 * answers come on the loop's thread, in the order of the appends. An append carries the versions that its author had
 * seen. If somebody else was faster, the answer is ERR_CONFLICT and nothing of that batch is kept. When the store
 * fails (disk full, read-only, locked), every waiting batch is answered with that error, whose text says what to do.
 * Later appends are tried again; the first one that succeeds ends the trouble. A batch that follows others fails with the
 * first failure among them, unless its author knew of that failure before appending. So nothing is kept that builds on
 * something that was not kept, and a barrier that passes means that everything before it is durable.
 *
 * Each document carries a checksum of all that it is. One that does not fit is damaged: reads leave it out, and it is told of.
 * So is an event that does not fit the chain, or is missing in its stream: what is read in its place has the type JOURNAL_DAMAGED,
 * and says nothing but where it stands.
 *
 * Everything except the inside of the commit thread belongs to the loop's thread. Reads are synchronous, bounded, and see
 * only what is durable. The journal never interprets the data of an event, and never changes or removes an event.
 */
#ifndef TOCSIN_JOURNAL_JOURNAL_H
#define TOCSIN_JOURNAL_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/time.h"
#include "journal/documents.h"

#define JOURNAL_DAMAGED "damaged"

struct journal_event {
    uint64_t seq; /* 0 until committed */
    char *stream;
    uint64_t version; /* in its stream; the expected version is one less */
    instant at;
    char *
        type; /* "status", "noted", ...; JOURNAL_DAMAGED: never written, and read in place of what is damaged */
    char *by; /* who or what caused it */
    char *data;   /* JSON object, kept byte for byte */
    char *search; /* text for full-text search; NULL: none. Not part of the hash */
};

struct journal_doc {
    enum doc_kind kind;
    char *key;
    char *tag;  /* short, indexed; may be NULL */
    instant at; /* indexed; 0: unused */
    char *body; /* NULL in a batch removes the document */
};

struct journal_batch {
    ARRAY(struct journal_event) events;
    ARRAY(struct journal_doc) docs; /* written in this order */
    bool follows;                   /* its author relies on all earlier batches that have this set too */
};
struct journal_batch *batch_create(void);
void batch_destroy(struct journal_batch *batch);
/* All texts are copied. Returns the new element, so that the caller can set further fields. */
struct journal_event *batch_event(struct journal_batch *batch, const char *stream, uint64_t version, instant at,
                                  const char *type, const char *by, const char *data);
struct journal_doc *batch_doc(struct journal_batch *batch, enum doc_kind kind, const char *key,
                              const char *body);
/* Adds copies of another batch's documents; `from` NULL: none. */
void batch_add_docs(struct journal_batch *batch, const struct journal_batch *from);
void journal_event_finish(struct journal_event *event);
void journal_doc_finish(struct journal_doc *doc);

struct journal;
struct uv_loop_s;

/* rc 0: durable; err is NULL, and last_seq is the batch's last event (the log's, if the batch had none). */
typedef void journal_done(void *ctx, int rc, const struct error *err, uint64_t last_seq);

/*
 * Opens or creates the store at `path` and brings its schema up to date. Refuses a schema newer than its own, a file
 * that another tocsind holds, and a corrupt file; the error says what to do. With a loop, a commit thread runs; with
 * loop NULL nothing is committed until journal_step (simulation, tools, tests).
 */
int journal_open(const char *path, struct uv_loop_s *loop, struct journal **ret, struct error *err);
/* Commits and answers what is waiting, then joins the thread. Appends made from those answers are refused. Do not call it
   from an answer. The loop closes the last handle when it next runs. `journal` may be NULL. */
void journal_close(struct journal *journal);

/* Takes over the batch. `done` is called later, never from within this call. An empty batch is a barrier, answered in its
   turn. When 10,000 batches are waiting already, the answer is ERR_FULL (later, as always). */
void journal_append(struct journal *journal, struct journal_batch *batch, journal_done *done, void *ctx);
size_t journal_waiting(const struct journal *journal);
/* Without a loop: commits everything that is waiting as one group and answers it. */
void journal_step(struct journal *journal);

/* Reads. The callback's argument is borrowed. The callback may read as well; it returns false to stop early. A limit of 0
   means no limit. Returns 0 or an error. */
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
struct search_query {
    const char *words; /* never query syntax. All must occur */
    size_t limit;      /* the newest so many; 0: all */
    uint64_t before;   /* only events before that place in the log; 0: all */
    bool titles;       /* only events that give a title, so that what is said a lot does not hide them */
    bool beginning;    /* the last one may be the beginning of a word; below 3 bytes nothing is found */
};
/* Full-text search (FTS5) over the search texts of events, without damaged ones, the newest first: what it costs follows from the limit, and not from how much
   there is, but for the beginning of a word, of which FTS5 reads all that match. ERR_INVALID when there is no word. */
int journal_search(struct journal *journal, const struct search_query *query, journal_on_event *on, void *ctx,
                   struct error *err);

/* ERR_NOT_FOUND, leaving *ret untouched, when it does not exist; ERR_CORRUPT when it is damaged. The caller finishes *ret. */
int journal_doc(struct journal *journal, enum doc_kind kind, const char *key, struct journal_doc *ret,
                struct error *err);
struct doc_query {
    enum doc_kind kind;
    const char *tag;    /* NULL: any */
    const char *after;  /* keys after this one (before it, when descending); NULL: from the start */
    const char *prefix; /* keys that begin with this; NULL: all */
    bool descending;
    bool
        newest; /* by their times instead, the newest first, then by key; those without a time are left out. Without tag and prefix */
    instant at; /* of the document `after`, if the newest are asked for */
    size_t limit; /* 0: no limit */
};
/* Damaged ones are left out. */
int journal_docs(struct journal *journal, const struct doc_query *query, journal_on_doc *on, void *ctx,
                 struct error *err);
/* Whom to tell of a damaged document or event, each time that it is met, as long as the journal is read. The key may be what is damaged,
   and so may all of the event. One that is missing has the seq 0, and is the last that is missing in its place. */
typedef void journal_on_damage(void *ctx, enum doc_kind kind, const char *key);
typedef void journal_on_damaged_event(void *ctx, const struct journal_event *event);
void journal_watch(struct journal *journal, journal_on_damage *on, journal_on_damaged_event *on_event,
                   void *ctx);
/* Removes at most `limit` documents of a kind with 0 < at < before, as a separate append. */
void journal_prune(struct journal *journal, enum doc_kind kind, instant before, size_t limit);

#endif
