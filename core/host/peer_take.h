/*
 * peer_take - what a runner says, message by message, and what it comes to; see message.h. Loop's thread only.
 *
 * What it says is checked against the phase of the conversation, bounded and cleaned before anybody else sees it. What breaks
 * the rules ends it; a result or an answer that nobody asked for is not believed.
 */
#ifndef TOCSIN_HOST_PEER_TAKE_H
#define TOCSIN_HOST_PEER_TAKE_H

#include "host/peer.h"

void peer_take(struct peer *peer, const char *json, size_t n);

#endif
