/*
 * ws_server - a WebSocket server for tests, on a free local port, in a thread of its own.
 *
 * Connections are numbered from 0 in the order in which they were opened. Any thread may call these functions.
 */
#ifndef TOCSIN_TESTS_WS_SERVER_H
#define TOCSIN_TESTS_WS_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct ws_server;

struct ws_server *ws_server_create(void);
void ws_server_destroy(struct ws_server *server);
int ws_server_port(const struct ws_server *server);

int ws_server_opened(struct ws_server *server); /* how many connections were opened so far */
bool ws_server_is_open(struct ws_server *server, int connection);
/* Sends the text as one message in frames of at most `part` bytes; 0: in one frame. */
void ws_server_send(struct ws_server *server, int connection, const char *text, size_t part);
void ws_server_drop(struct ws_server *server, int connection);
/* How many messages with exactly this text arrived through any connection. NULL: any text. */
int ws_server_received(struct ws_server *server, const char *text);

#endif
