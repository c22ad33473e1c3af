/*
 * email - the connector's one instance, which all its files share.
 *
 *     email.c     settings; the descriptor; open, check, close
 *     address.c   addresses, Message-IDs, and the signed ones of our own (pure)
 *     server.c    how a server is reached, and what its failures mean; smtp.c hands mails over
 *     compose.c   CommonMark or a card -> a mail (pure)
 *     out.c       actions -> mails; peers.c whom we wrote to, as far as it has to be kept
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
#include "smtp.h"

struct email {
    const struct tocsin_host *host;
    cJSON *settings; /* owns the texts below */
    struct email_self self;
    const char *name;       /* shown with our address */
    const char *public_url; /* of Tocsin, without a slash at its end; "": none */
    const cJSON *customers; /* {"acme": "ops@acme.example"} */
    const cJSON *channels;  /* {"incidents": "oncall@lists.example"} */
    bool verp;              /* bounces come back to a signed address */
    struct email_server smtp_server;
    struct email_smtp *smtp; /* has its own lock */
};

/* Does an action: out.c. */
void email_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);

#endif
