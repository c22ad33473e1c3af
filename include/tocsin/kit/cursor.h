/*
 * cursor - remembers how far a polling connector has read, in the host's store.
 *
 *     struct kit_cursor cursor;
 *     kit_cursor_load(&cursor, host, "inbox");
 *     … ask the platform for what came after cursor.value; for each, oldest first:
 *         if (kit_cursor_pass(&cursor, event, n, id) == TOCSIN_EMIT_RETRY)
 *             break;   and poll again later
 *     kit_cursor_save(&cursor);
 *
 * The cursor moves only after an event is on disk. After a crash some events may be passed in again, which does no harm: the
 * core recognises them by their ids.
 *
 * The caller owns the cursor, which needs no cleaning up. Only one thread may use it at a time, usually that of run(). All
 * functions may block while the core reads or writes.
 */
#ifndef TOCSIN_KIT_CURSOR_H
#define TOCSIN_KIT_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tocsin/connector.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KIT_CURSOR_BYTES 512 /* size of a value with its terminator */

struct kit_cursor {
    const struct tocsin_host *host; /* borrowed */
    char key[200];
    char value[KIT_CURSOR_BYTES]; /* terminated; "": nothing was read yet */
    bool moved;                   /* since it was last loaded or saved */
};

/* Loads the cursor of that key, a name of at most 190 bytes: one for each inbox or channel that is polled. */
void kit_cursor_load(struct kit_cursor *cursor, const struct tocsin_host *host, const char *key);
/*
 * Emits an event (n bytes of JSON), and moves the cursor to `after` if the core has it or will never accept it. Returns what emit
 * returned; on TOCSIN_EMIT_RETRY the cursor stays. It also stays if `after` does not fit into KIT_CURSOR_BYTES.
 */
int32_t kit_cursor_pass(struct kit_cursor *cursor, const char *event, size_t n, const char *after);
/* Saves the cursor if it moved. False if that failed; the next save tries again. */
bool kit_cursor_save(struct kit_cursor *cursor);

#ifdef __cplusplus
}
#endif
#endif
