/*
 * receive - the two ways in which Slack reaches the connector: Socket Mode (socket.c, on the thread of run()) and HTTP
 * (serve.c, any thread). What arrives goes to slack_receive, and is acknowledged to Slack once the core has it.
 */
#ifndef SLACK_RECEIVE_H
#define SLACK_RECEIVE_H

#include "slack.h"

int32_t slack_run(void *self, struct tocsin_error *error);
void slack_stop(void *self);
void slack_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response);
struct slack_sockets *slack_sockets_create(void);
void slack_sockets_destroy(struct slack_sockets *sockets);
struct slack_replays *slack_replays_create(void);
void slack_replays_destroy(struct slack_replays *replays);
/* Describes the requests refused since the last good one. False: there were none. */
bool slack_serve_refused(struct slack *slack, struct kit_text *out);

#endif
