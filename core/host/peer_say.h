/*
 * peer_say - sends the core's messages to a runner, type by type; see message.h. Loop thread only.
 *
 * A request (perform, serve, check) is in the runner's hands from then on. Its answer comes through peer_take, or from the
 * peer when the process dies.
 */
#ifndef TOCSIN_HOST_PEER_SAY_H
#define TOCSIN_HOST_PEER_SAY_H

#include "host/peer.h"
#include "outbox/action.h"

void peer_say_settings(struct peer *peer, const cJSON *checked);
/* False: the action is too long for a frame and was not sent. */
bool peer_perform(struct peer *peer, const struct action *action);
bool peer_serve(struct peer *peer, const struct webhook *webhook, webhook_done *done, void *ctx);
void peer_check(struct peer *peer, const char *channel, check_done *done, void *ctx);
/* Answers to the runner's events, puts and gets. A token from a process that has ended is ignored. */
void peer_ack(struct peer *peer, uint64_t token, int code);
void peer_value(struct peer *peer, uint64_t token, const char *value);

#endif
