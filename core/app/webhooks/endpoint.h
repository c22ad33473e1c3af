/*
 * endpoint - how a webhook stands, as pages say it. Loop's thread only.
 */
#ifndef TOCSIN_APP_WEBHOOKS_ENDPOINT_H
#define TOCSIN_APP_WEBHOOKS_ENDPOINT_H

#include "app/page.h"
#include "webhooks/webhooks.h"

/* Its "webhook" (name), "host", "state" with "well", "since" and "why", "events", "waiting", "not_taken", "taken", "private" and "disabled". */
void endpoint_add(const struct visit *visit, const struct webhook_endpoint *webhook, struct view *view);

#endif
