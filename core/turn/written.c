#include "turn/written.h"

#include <stdlib.h>

#define WRITTEN_MOST 2048

static void forget(struct map *bodies)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(bodies, &position));)
        free(slot->value);
    map_finish(bodies);
    *bodies = (struct map){0};
}

void written_finish(struct written *written)
{
    forget(&written->newer);
    forget(&written->older);
}

static char *name_of(enum doc_kind kind, const char *key)
{
    return xasprintf("%d\x1f%s", (int)kind, key);
}

struct journal_doc *written_put(struct written *written, struct turn *turn, enum doc_kind kind, const char *key,
                                const char *body)
{
    CLEANUP_FREE char *name = name_of(kind, key);
    if (written->newer.n >= WRITTEN_MOST) {
        forget(&written->older);
        written->older = written->newer;
        written->newer = (struct map){0};
    }
    free(map_put(&written->newer, name, body ? xasprintf("=%s", body) : xstrdup("")));
    return batch_doc(turn_batch(turn), kind, key, body);
}

char *written_get(const struct written *written, const struct core *core, enum doc_kind kind, const char *key)
{
    CLEANUP_FREE char *name = name_of(kind, key);
    const char *newer = map_get(&written->newer, name), *kept = newer ? newer : map_get(&written->older, name);
    struct journal_doc doc;
    if (kept)
        return *kept ? xstrdup(kept + 1) : NULL;
    if (journal_doc(core_journal(core), kind, key, &doc, NULL))
        return NULL;
    char *read = xstrdup(doc.body);
    journal_doc_finish(&doc);
    return read;
}
