/* Batches and their parts: made by whoever appends, taken over by the journal. */
#include "journal/journal.h"

#include <string.h>

struct journal_batch *batch_create(void)
{
    return xcalloc(1, sizeof(struct journal_batch));
}

void batch_destroy(struct journal_batch *batch)
{
    if (!batch)
        return;
    for (size_t i = 0; i < batch->events.n; i++)
        journal_event_finish(&batch->events.v[i]);
    for (size_t i = 0; i < batch->docs.n; i++)
        journal_doc_finish(&batch->docs.v[i]);
    array_free(&batch->events);
    array_free(&batch->docs);
    free(batch);
}

struct journal_event *batch_event(struct journal_batch *batch, const char *stream, uint64_t version, instant at,
                                  const char *type, const char *by, const char *data)
{
    struct journal_event *event = array_add(&batch->events);
    *event = (struct journal_event){
        .stream = xstrdup(stream),
        .version = version,
        .at = at,
        .type = xstrdup(type),
        .by = xstrdup(by ? by : ""),
        .data = xstrdup(data ? data : "{}"),
    };
    return event;
}

struct journal_doc *batch_doc(struct journal_batch *batch, enum doc_kind kind, const char *key,
                              const char *body)
{
    struct journal_doc *doc = array_add(&batch->docs);
    *doc = (struct journal_doc){.kind = kind, .key = xstrdup(key), .body = xstrdup(body)};
    return doc;
}

void batch_add_docs(struct journal_batch *batch, const struct journal_batch *from)
{
    for (size_t i = 0; from && i < from->docs.n; i++) {
        const struct journal_doc *doc = &from->docs.v[i];
        struct journal_doc *copy = batch_doc(batch, doc->kind, doc->key, doc->body);
        copy->tag = xstrdup(doc->tag);
        copy->at = doc->at;
    }
}

void journal_event_finish(struct journal_event *event)
{
    free(event->stream);
    free(event->type);
    free(event->by);
    free(event->data);
    free(event->search);
    *event = (struct journal_event){0};
}

void journal_doc_finish(struct journal_doc *doc)
{
    free(doc->key);
    free(doc->tag);
    free(doc->body);
    *doc = (struct journal_doc){0};
}
