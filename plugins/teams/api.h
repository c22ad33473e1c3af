/*
 * api - one call of the Bot Connector or of Microsoft Graph, and what its answer means. Any thread; nothing is kept between calls but
 * this thread's deadline.
 */
#ifndef TEAMS_API_H
#define TEAMS_API_H

#include "teams.h"
#include "token.h"

struct teams_call {
    enum token_for which;
    const char *method, *base; /* base: a serviceUrl, or Graph's address */
    const char *path;          /* with its slash, ids percent-encoded (teams_path) */
    cJSON *json;               /* the body, which the call takes over; NULL: none */
    bool once;                 /* the HTTP client never sends it twice */
};

struct teams_reply {
    enum kit_outcome outcome;
    long status;
    bool ok;                /* 2xx */
    int32_t refused;        /* no token: TOCSIN_AUTH or TOCSIN_RETRY; 0: there was one */
    int64_t retry_after_ms; /* as asked; 0: not */
    char code[80];          /* "ConversationNotFound", a subCode before its code; "": none */
    char text[300];         /* what Teams, or the HTTP client, says about it */
    cJSON *body;            /* never NULL: an empty object where there was none */
};

/* Calls, with a token if `base` may see one. After a 401 it asks once for another token. The caller finishes *reply. */
void teams_call(struct teams *teams, const struct teams_call *call, struct teams_reply *reply);
void teams_reply_finish(struct teams_reply *reply);

/* Writes a path: "/v3/conversations/%/activities/%", each % replaced by the next text, percent-encoded. */
void teams_path(struct kit_text *out, const char *pattern, const char *first, const char *second);

/* Milliseconds of the monotonic clock. */
int64_t teams_now_ms(void);
/* Sets a deadline for all further calls of this thread together; a call after it is NOT_SENT. 0: each call has its own timeout. */
void teams_deadline(int64_t span_ms);

/* Whether the call failed with this code. */
bool teams_said(const struct teams_reply *reply, const char *code);
/* Nothing is there any more: the message, the conversation, the channel or the team. */
bool teams_is_gone(const struct teams_reply *reply);
/* The outcome of an action, with a detail for people. */
void teams_result(const struct teams_reply *reply, struct tocsin_result *result);
/* The same for what changes something that exists: what is gone needs no change, and is done. Finishes *reply. */
void teams_end(struct teams_reply *reply, struct tocsin_result *result);
/* The same for check(): 0, or the error with its code. */
int32_t teams_error(const struct teams_reply *reply, const char *what, struct tocsin_error *error);

#endif
