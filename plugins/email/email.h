/*
 * email - the connector's one instance, which all its files share.
 *
 *     email.c     settings; the descriptor; open, check, close
 *     address.c   addresses, Message-IDs, and the signed ones of our own (pure)
 *     server.c    how a server is reached, and what its failures mean; smtp.c hands mails over
 *     compose.c   CommonMark or a card -> a mail (pure)
 *     out.c       actions -> mails; peers.c whom we wrote to, as far as it has to be kept
 *     imap.c      waits for mail in a mailbox; session.c speaks IMAP; serve.c takes mails by HTTP, and unsubscribes
 *     in.c        a mail -> an event, with the help of
 *     parse.c     MIME -> texts (flowed.c), said.c the new words of them (kit/quote.h), phrases.c what programs write by themselves,
 *     shelf.c     keeps attachments, within a quota
 *     bounce.c    what did not arrive, automatic.c what a machine wrote, trust.c whose domain is vouched for (all pure)
 *
 * One struct email serves all threads. It is constant after open; what changes is in the host's store, or has its own lock.
 */
#ifndef EMAIL_EMAIL_H
#define EMAIL_EMAIL_H

#include <cjson/cJSON.h>

#include <tocsin/connector.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#include "address.h"
#include "server.h"
#include "shelf.h"
#include "smtp.h"

struct email_imap;

struct email {
    const struct tocsin_host *host;
    cJSON *settings; /* owns the texts below */
    struct email_self self;
    const char *name;       /* shown with our address */
    const char *public_url; /* of Tocsin, without a slash at its end; "": none */
    const cJSON *customers; /* {"acme": "ops@acme.example"} */
    const cJSON *channels;  /* {"incidents": "oncall@lists.example"} */
    bool verp;              /* bounces come back to a signed address */
    const cJSON *domains;   /* ["example.com"]: of our own people */
    const char *authserv;   /* the server whose Authentication-Results count; "": none */
    const char *pipe_key;   /* for mails that are handed in; "": none are taken */
    struct email_server smtp_server, imap_server;
    struct email_smtp *smtp;   /* has its own lock */
    struct email_shelf *shelf; /* has its own lock; NULL: attachments are not kept */
    struct email_imap *imap;   /* has its own lock; NULL: no mailbox is read */
};

/* Does an action: out.c. */
void email_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);

#endif
