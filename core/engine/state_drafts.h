/*
 * state_drafts - the messages to customers in the state of an incident. Plain data; see state_parts.h.
 */
#ifndef TOCSIN_ENGINE_STATE_DRAFTS_H
#define TOCSIN_ENGINE_STATE_DRAFTS_H

#include "base/time.h"

enum draft_state { DRAFT_WAITING, DRAFT_APPROVED, DRAFT_DISCARDED };
struct state_reach { /* how many customers an approved message goes to, and what became of it */
    int64_t recipients, told, failed, bounced, unwished, withdrawn, answered;
    int64_t stopped; /* 1: somebody stopped it */
};
struct
    state_draft { /* a message to customers, or a post: nothing is sent that nobody approved. Its texts come first (state.c) */
    char *customer; /* its key; "all": all of the incident's; STATUS_PAGE */
    char *text, *by, *settled_by;
    char *edited_by, *before; /* whoever wrote this version, and the text before it; NULL: it is the first */
    char *agent;              /* the agent that wrote this version for them; NULL: they did */
    char *endorsed;  /* ids of those who approved this version while it needs more, one a line; NULL: nobody */
    char *languages; /* {"de": the same text in German, …} as JSON; NULL: there is one text for all */
    char *rejected;  /* why somebody rejected this version; NULL: nobody did */
    char *
        post; /* of one for the status page: its title, status, components, … as JSON (comms/posts.h); else NULL */
    int64_t number, version; /* version: from 1 */
    instant edited_at;       /* 0: never */
    bool one_for_all;        /* somebody changed what stood in several languages */
    enum draft_state state;
    struct state_reach reach;
};
struct state_draft_card { /* where a draft is shown */
    char *connector, *channel, *message;
    int64_t draft;
};

#endif
