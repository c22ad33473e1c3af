/*
 * smtp - hands one mail for one recipient to the mail server.
 *
 * Connections are kept and used again, one for each thread that sends at the same time. Any thread; each call blocks for at most
 * its time.
 *
 * A mail is handed over with the dot that ends it. Just before that dot, `handing` is called once: what comes to an end
 * before was not sent for certain, and may be sent again. What ends after it without an answer may have been sent.
 */
#ifndef EMAIL_SMTP_H
#define EMAIL_SMTP_H

#include "server.h"

struct email_smtp;

struct email_envelope {
    const char *from, *to; /* valid addresses; from "": an empty sender */
    const char *bytes;     /* the whole mail, lines end in CR LF */
    size_t n;
    int64_t timeout_ms;
    bool (*handing)(void *ctx); /* false: do not hand it over; the outcome is then RETRY */
    void *ctx;
};

/* `server` and `hello` (the name for EHLO) are borrowed until destroy. */
struct email_smtp *email_smtp_create(const struct email_server *server, const char *hello);
void email_smtp_destroy(struct email_smtp *smtp); /* after the last call; accepts NULL */
/* Sets code and detail of the result. DONE: the server has taken responsibility. */
void email_smtp_send(struct email_smtp *smtp, const struct email_envelope *envelope,
                     struct tocsin_result *result);
/* Connects and signs in, sends nothing. 0, or TOCSIN_E_AUTH or _FAILED with a text. */
int32_t email_smtp_check(struct email_smtp *smtp, struct tocsin_error *error);

#endif
