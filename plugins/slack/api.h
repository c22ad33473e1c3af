/*
 * api - one call of Slack's Web API, and what its answer means. Any thread; nothing is kept between calls but this thread's
 * deadline.
 */
#ifndef SLACK_API_H
#define SLACK_API_H

#include "slack.h"

struct slack_reply {
    enum kit_outcome outcome;
    long status;
    bool ok;                /* Slack answered "ok": true */
    int64_t retry_after_ms; /* from a 429 */
    char error[80];         /* Slack's error code, such as "channel_not_found"; "": none */
    char needed[200];       /* missing scopes */
    cJSON *body;            /* never NULL: an empty object where there was none */
    char *scopes;           /* the token's scopes; NULL: Slack did not say */
};
/*
 * Calls a method. The arguments are the members of an object, which the call takes over. They are sent as a form, which every
 * method accepts: texts as they are, everything else as JSON. `token` NULL: the bot's. `once`: the HTTP client never sends it twice.
 */
void slack_call(struct slack *slack, const char *method, cJSON *arguments, const char *token, bool once,
                struct slack_reply *reply);
/* Milliseconds of the monotonic clock. */
int64_t slack_now_ms(void);
/* Sets a deadline for all further calls of this thread together; a call after it is NOT_SENT. 0: each call has its own timeout. */
void slack_deadline(int64_t span_ms);
/* Milliseconds that the next call may take; 0: none are left. */
int64_t slack_time_left(void);
void slack_reply_finish(struct slack_reply *reply);
/* The outcome of an action, from one table of Slack's error codes. */
void slack_result(const struct slack_reply *reply, struct tocsin_result *result);
/* Skips an extra (a pin, a bookmark) that the app may not do: the result is DONE, and the log has the reason. False: the
   failure is another one. */
bool slack_skip_extra(struct slack *slack, const struct slack_reply *reply, struct tocsin_result *result);
/* Whether the call failed with this error code. */
bool slack_said(const struct slack_reply *reply, const char *error);
/* What went wrong, for the operator. */
void slack_explain(const struct slack_reply *reply, char *text, size_t size);

#endif
