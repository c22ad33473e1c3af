/*
 * peer_say - what the core says to a runner, message by message; see message.h. Loop's thread only.
 *
 * What is asked of it (perform, serve, check) is in its hand from then on, and answered by peer_take, or by the peer when its
 * process dies.
 */
#ifndef TOCSIN_HOST_PEER_SAY_H
#define TOCSIN_HOST_PEER_SAY_H

#include "host/peer.h"
#include "outbox/action.h"

void peer_say_settings(struct peer *peer, const cJSON *checked);
/* False: it is too long for a frame, and was not said. */
bool peer_perform(struct peer *peer, const struct action *action);
bool peer_serve(struct peer *peer, const struct webhook *webhook, webhook_done *done, void *ctx);
void peer_check(struct peer *peer, check_done *done, void *ctx);
/* Answers to its events, puts and gets; a token of a process that is gone is ignored. */
void peer_ack(struct peer *peer, uint64_t token, int code);
void peer_value(struct peer *peer, uint64_t token, const char *value);

#endif
