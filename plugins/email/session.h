/*
 * session - one connection to an IMAP server: libcurl connects, encrypts and signs in, the commands are our own.
 *
 * libcurl has no IDLE, and reads no mail without marking it as read. A session belongs to one thread. Every wait ends early when
 * `wake` becomes readable. What a server sends is bounded: a line to 1 MB, a literal to MAIL_BYTES.
 */
#ifndef EMAIL_SESSION_H
#define EMAIL_SESSION_H

#include "server.h"

enum session_status {
    SESSION_OK,
    SESSION_NO,    /* the server refused the command */
    SESSION_LOST,  /* the connection ended, or the server did not keep to the protocol, or to its time */
    SESSION_WOKEN, /* we are to stop */
};

struct session;

/* One response of the server, without its line's end. Borrowed. */
struct session_response {
    const char *line; /* terminated; a literal's content is not in it */
    const char *literal;
    size_t n; /* of the literal */
};
typedef void session_on(void *ctx, const struct session_response *response);

/* NULL: error->text says why not. The caller closes it. `server` is borrowed. */
struct session *session_open(const struct email_server *server, int wake, struct tocsin_error *error);
void session_close(struct session *session);
/* Sends one command and waits for its end; calls `on` (may be NULL) for each untagged response. */
enum session_status session_do(struct session *session, const char *command, session_on *on, void *ctx);
/* Waits until something happens in the mailbox, at most so long; not at all if something did since the last time. OK: something did, or
   the time is over. */
enum session_status session_idle(struct session *session, int64_t most_ms);
/* What the server said last, for people. */
const char *session_said(const struct session *session);

#endif
