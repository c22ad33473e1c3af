#include "command/seen.h"

static char in_progress, done; /* the map points to these */

void seen_finish(struct seen *seen)
{
    map_finish(&seen->known);
    for (size_t i = 0; i < SEEN_RING; i++)
        free(seen->ring[i]);
    *seen = (struct seen){0};
}

char *seen_key(const char *connector, const char *event_id)
{
    return xasprintf("%s\x1f%s", connector, event_id);
}

enum seen_state seen_look(struct seen *seen, struct journal *journal, const char *key)
{
    struct journal_doc doc;
    const char *known = map_get(&seen->known, key);
    if (known)
        return known == &in_progress ? SEEN_IN_PROGRESS : SEEN_DONE;
    if (journal_doc(journal, DOC_SEEN, key, &doc, NULL))
        return SEEN_NEVER;
    journal_doc_finish(&doc);
    return SEEN_DONE;
}

void seen_hold(struct seen *seen, const char *key, instant now, struct journal_batch *batch)
{
    map_put(&seen->known, key, &in_progress);
    batch_doc(batch, DOC_SEEN, key, "{}")->at = now;
}

void seen_settle(struct seen *seen, const char *key, bool durable)
{
    if (!durable) {
        map_remove(&seen->known, key);
        return;
    }
    char **slot = &seen->ring[seen->next];
    if (*slot)
        map_remove(&seen->known, *slot);
    replace_text(slot, key);
    map_put(&seen->known, key, &done);
    seen->next = (seen->next + 1) % SEEN_RING;
}
