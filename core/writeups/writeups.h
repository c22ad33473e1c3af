/*
 * writeups - what a team learned from an incident, in words: a text with versions that several write.
 *
 * It is drafted from the timeline by the template `write-up` of the policy. Each version is a document, and an event of the incident, whose
 * state knows the latest one and whether it is finished. Who writes says which version they began with: what others wrote meanwhile is
 * merged line by line (merge.h), or the text is refused whole. It is as visible as its incident. Loop's thread only.
 */
#ifndef TOCSIN_WRITEUPS_WRITEUPS_H
#define TOCSIN_WRITEUPS_WRITEUPS_H

#include "turn/call.h"
#include "turn/part.h"
#include "writeups/merge.h"

extern const struct part writeups_part;

#define WRITEUP_BYTES    (128 * 1024)
#define WRITEUP_TEMPLATE "write-up"

struct writeup { /* owns its texts */
    char *text;  /* Markdown */
    char *by;
    instant at;
    int64_t version; /* from 1 */
};
void writeup_finish(struct writeup *writeup); /* frees its content, not the struct */

/* That version, or with 0 the latest. False: there is none. The caller finishes it. */
bool writeup_get(const struct core *core, const struct incident *incident, int64_t version,
                 struct writeup *ret);
/* Writes the first version from the timeline. ERR_CONFLICT: there is one already. */
int writeup_draft(struct turn *turn, uint64_t incident, const char *by, struct error *err);
/* Keeps a text that was made of version `base`. *ret_merged: others wrote meanwhile, and both are in it. ERR_CONFLICT: they wrote the same
   lines; the text says what and who; ERR_TOO_BIG; ERR_INVALID. Then nothing is kept. */
int writeup_save(struct turn *turn, uint64_t incident, int64_t base, const char *text, const char *by,
                 bool *ret_merged, struct error *err);
/* Why a text that was made of version `base` cannot be kept: others changed the same lines. */
struct writeup_clash { /* owns its content */
    struct writeup latest;
    struct merge merge; /* of the text, as mine, and the latest version, as the others' */
};
/* False: nothing stands in its way, or it is something else, and nothing is to be finished. */
bool writeup_clash(const struct core *core, const struct incident *incident, int64_t base, const char *text,
                   struct writeup_clash *ret);
void writeup_clash_finish(struct writeup_clash *clash); /* its content, not the struct */
/* The command `writeup`. */
call_handler writeups_command;
/* Does it change something with that text behind it (NULL: none)? */
bool writeups_changes(const char *text);

#endif
