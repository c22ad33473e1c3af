/*
 * subscribe - where the public subscribes to a status page, confirms it, chooses what it gets and ends it: plain forms.
 *
 *     PAGE/subscribe                the form; POST signs up
 *     PAGE/subscribe/confirm/TOKEN  POST confirms
 *     PAGE/subscribe/manage/TOKEN   POST chooses components
 *     PAGE/subscribe/leave/TOKEN    POST ends it, at once (RFC 8058)
 *
 * A GET changes nothing, since programs follow links. PAGE is as in status.h; a token of another page means nothing there. Every answer
 * is given when what it says is durable, and is the same whether an address subscribes or not. Loop's thread only.
 */
#ifndef TOCSIN_WEB_SUBSCRIBE_H
#define TOCSIN_WEB_SUBSCRIBE_H

#include "turn/core.h"
#include "web/status.h"

struct subscribe_server;

/* `status`: borrowed, as long as there are requests. `secret`: from which the keys of private pages follow; NULL: there are none. Copied. */
struct subscribe_server *subscribe_create(struct core *core, const struct status_server *status,
                                          const char *secret, instant (*clock)(void));
/* Adds the routes; to any number of servers, which must be destroyed before this is, or never run again. */
void subscribe_serve(struct subscribe_server *subscribe, struct server *server);
void subscribe_destroy(struct subscribe_server *subscribe); /* NULL is allowed */

#endif
