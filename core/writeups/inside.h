/*
 * inside - what the files of this part share. Only this folder includes it.
 */
#ifndef TOCSIN_WRITEUPS_INSIDE_H
#define TOCSIN_WRITEUPS_INSIDE_H

#include "policy/writeups.h"
#include "turn/written.h"
#include "writeups/writeups.h"

/* draft.c: what the timeline and the state say, for the template. The caller frees the texts. */
void writeup_facts(struct core *core, const struct incident *incident, instant now, struct template_facts *ret);
void writeup_facts_finish(struct template_facts *facts);

/* keep.c: the next version. */
int writeup_put(struct turn *turn, uint64_t incident, const char *text, const char *by, struct error *err);

#endif
