/*
 * webhook - pages and messages to customers as signed requests to any address, and what became of them as signed requests to us, both by
 * Standard Webhooks: the connector's one instance.
 *
 *     webhook.c    settings; open; check; the descriptor
 *     send.c       what is sent
 *     serve.c      what comes
 *     standard.c   signatures (pure)
 *
 * A request has the same id at each attempt, by which its receiver knows what it has already. That of a page is "msg_" and the mark of
 * its note (kit/page.h), which follows from the action: so the note is stored with the outcome, and what comes back before it, or before
 * the page is sent again after a crash, is asked to come again.
 */
#ifndef WEBHOOK_WEBHOOK_H
#define WEBHOOK_WEBHOOK_H

#include <tocsin/connector.h>
#include <tocsin/kit/instance.h>
#include <tocsin/kit/page.h>

#include "standard.h"

#define WEBHOOK_ID "msg_"

struct webhook {
    struct kit_instance kit;
    struct standard_keys keys;
    const char *url;          /* "": there is only who subscribed */
    bool private_subscribers; /* they may be anywhere */
};

/* Sends {"type", "timestamp", "data"} with that id, and sets the task's result. Takes `data` over. at_ms: since 1970. */
void webhook_send(struct kit_task *task, const char *id, const char *type, int64_t at_ms, cJSON *data);

void webhook_page(struct kit_task *task);
void webhook_page_end(struct kit_task *task);
void webhook_tell(struct kit_task *task);
void webhook_subscriber(struct kit_task *task);

void webhook_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response);

#endif
