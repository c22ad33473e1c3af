/*
 * facts - what is sent of an incident: the fields that the operator allows, as everybody who sees the incident may read them now. So
 * nothing that was edited or deleted away is in them, and whoever sees the incident may see what was sent. Loop's thread only.
 */
#ifndef TOCSIN_ASSIST_FACTS_H
#define TOCSIN_ASSIST_FACTS_H

#include "assist/wire.h"
#include "engine/state.h"
#include "turn/core.h"

struct facts_wanted {
    const struct incident *incident;
    const char *viewer; /* the asker, who sees it */
    unsigned fields;    /* a bit for each enum assist_field */
    instant now;
};
/* The caller finishes *ret. */
void facts_gather(struct core *core, const struct facts_wanted *wanted, wire_facts *ret);
/* Of a fact that was sent at wanted->now: may it still be read as it was? Not if its message was edited or deleted, or the past incident is
   private by now. */
bool facts_hold(struct core *core, const struct facts_wanted *wanted, const struct wire_fact *fact);

#endif
