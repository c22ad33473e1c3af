/*
 * smtp_server - a mail server of its own thread, for tests: takes mails, or fails the way that it is told to.
 *
 * It speaks enough of SMTP for libcurl: EHLO, AUTH PLAIN, NOOP, MAIL, RCPT, DATA, QUIT. One connection at a time.
 */
#ifndef TOCSIN_TESTS_SMTP_SERVER_H
#define TOCSIN_TESTS_SMTP_SERVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct smtp_mail {
    char from[300], to[300]; /* as in MAIL FROM and RCPT TO, parameters included */
    char *data;              /* as it came over the wire, without the dot; NULL ends the list */
};

struct smtp_server {
    uint16_t port;
    _Atomic int refuse;      /* RCPT is answered with this code; 0: it is accepted */
    _Atomic int refuse_data; /* the end of the mail is answered with this code; 0: it is accepted */
    _Atomic bool cut_before,
        cut_after; /* closes before the end of a mail; after it, having kept it, without an answer */
    _Atomic bool wants_login;
    _Atomic int most;    /* mails on one connection; 0: no limit */
    _Atomic bool blocks; /* turns everybody away */
    char login[300];     /* what AUTH said */
    struct smtp_mail mails[32];
    _Atomic int count; /* of mails that were kept */
    int listening;
    pthread_t thread;
};

void smtp_server_start(struct smtp_server *server);
void smtp_server_stop(struct smtp_server *server);

#endif
