/*
 * peer_take - handles a runner's messages, type by type; see message.h. Loop thread only.
 *
 * Each message is checked against the phase of the conversation, limited and cleaned before anybody else sees it. A message
 * that breaks the rules ends the runner; a result or an answer that nobody asked for is ignored.
 */
#ifndef TOCSIN_HOST_PEER_TAKE_H
#define TOCSIN_HOST_PEER_TAKE_H

#include "host/peer.h"

void peer_take(struct peer *peer, const char *json, size_t n);

#endif
