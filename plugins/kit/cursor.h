/*
 * cursor - how far a polling connector has read, kept in the host's store.
 *
 *     struct kit_cursor cursor;
 *     kit_cursor_load(&cursor, host, "inbox");
 *     … ask the platform for what came after cursor.value; for each, oldest first:
 *         if (kit_cursor_pass(&cursor, event, n, id) == TOCSIN_EMIT_RETRY)
 *             break;   and poll again later
 *     kit_cursor_save(&cursor);
 *
 * An event that is passed in twice after a crash does no harm: the core knows it by its id. So the cursor follows what is
 * durable, and never leads.
 */
#ifndef KIT_CURSOR_H
#define KIT_CURSOR_H

#include <stdbool.h>

#include <tocsin/connector.h>

#define KIT_CURSOR_BYTES 512

struct kit_cursor {
    const struct tocsin_host *host;
    char key[200], value[KIT_CURSOR_BYTES]; /* value "": from the beginning */
    bool moved;
};

void kit_cursor_load(struct kit_cursor *cursor, const struct tocsin_host *host, const char *key);
/*
 * Emits an event and moves the cursor to `after` when the core has it, or will never take it. Returns what emit
 * said; on TOCSIN_EMIT_RETRY the cursor stays.
 */
int32_t kit_cursor_pass(struct kit_cursor *cursor, const char *event, size_t n, const char *after);
/* Keeps it if it moved. False when it could not be kept; the next save tries again. */
bool kit_cursor_save(struct kit_cursor *cursor);

#endif
