/*
 * chat - the component that turns what people do on the platforms into commands. Loop's thread only.
 */
#ifndef TOCSIN_DAEMON_CHAT_H
#define TOCSIN_DAEMON_CHAT_H

#include "command/chat.h"

struct chat *daemon_chat(void);

#endif
