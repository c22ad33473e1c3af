/*
 * import - posts of another status page, long over: they get here with the times that they had, and nobody is told.
 *
 * Each has an origin ("cstate/2026-11-03-api.md"), by which it is brought once. Loop's thread only.
 */
#ifndef TOCSIN_STATUSPAGE_IMPORT_H
#define TOCSIN_STATUSPAGE_IMPORT_H

#include "base/json.h"
#include "turn/part.h"

#define POSTS_BYTES ((size_t)4 << 20) /* of one request */

/*
 * Takes a list of
 *   {"origin", "title", "impact", "from", "until", "components": [names],
 *    "words": [{"at", "status", "text", "changes": [{"component", "before", "after"}]}]}
 * with times in milliseconds and the oldest word first. Writes what became of each: {"rows": [{"origin", "what": new, same or refused,
 * "detail"}], "new", "same", "refused"}.
 */
void statuspage_import(struct turn *turn, const char *by, const cJSON *posts, struct json_out *j);

#endif
