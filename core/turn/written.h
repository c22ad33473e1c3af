/*
 * written - documents that a part reads again soon after it wrote them: a read of the journal sees only what is durable, and a turn
 * may follow before that. A part forgets them in `unload`, since after a failed commit they were never written. Loop's thread only.
 */
#ifndef TOCSIN_TURN_WRITTEN_H
#define TOCSIN_TURN_WRITTEN_H

#include "base/map.h"
#include "turn/turn.h"

struct written {
    struct map newer,
        older; /* kind of document 0x1f key -> "=" and its body, "" of one that was removed, owned; many more than wait for a commit */
};
void written_finish(struct written *written);

/* Writes a document in this turn; body NULL: removes it. Returns it, so that the caller can set its tag and time. */
struct journal_doc *written_put(struct written *written, struct turn *turn, enum doc_kind kind, const char *key,
                                const char *body);
/* The body of the document as it was written last, durable or not; NULL: there is none. The caller frees. */
char *written_get(const struct written *written, const struct core *core, enum doc_kind kind, const char *key);

#endif
