/*
 * record - what one person last asked the model about one incident: what was sent, and what came of it (DOC_ASSIST). Pure.
 */
#ifndef TOCSIN_ASSIST_RECORD_H
#define TOCSIN_ASSIST_RECORD_H

#include "assist/wire.h"
#include "base/time.h"

enum assist_state { ASSIST_ASKED, ASSIST_FAILED, ASSIST_PROPOSED, ASSIST_ACCEPTED, ASSIST_STATES };

struct assist_record {
    const struct assist_kind *kind;
    uint64_t number; /* the incident's version at which it was asked for: what the proposal is called by */
    instant at;      /* when it was asked for */
    enum assist_state state;
    char *person;          /* who asked */
    char *model, *host;    /* host: of its address */
    char *where;           /* the channel in which it was asked: "slack/C0123"; NULL: in none */
    char *text;            /* the proposal, literal; or why there is none; NULL: not answered yet */
    int64_t bytes, tokens; /* of the request; tokens 0: not known yet */
    wire_facts facts;      /* that were sent */
};
void assist_record_finish(struct assist_record *record);
#define CLEANUP_RECORD CLEANUP(assist_record_finish)

void assist_record_encode(const struct assist_record *record, struct str *out);
/* ERR_CORRUPT: it is none. The caller finishes *ret. */
int assist_record_decode(const char *json, struct assist_record *ret, struct error *err);

#endif
