/*
 * stream - GET /api/v1/stream, a WebSocket: events as they happen, one JSON object for each message.
 *
 * A follower names the last event it has seen, `?after=SEQ`, and gets every later event that it may see, first
 * from the journal, then live. Without `after` it starts with the next event. Each message carries its `seq`,
 * so a follower that was cut off resumes where it was. Memory is bounded: the newest events are kept once for
 * all followers, and each follower only has a position among them. One that falls behind them all is closed
 * with code 4008, and may resume. Whether a follower may see an event is decided when the event is sent, not
 * when it happened. Needs a token with SCOPE_READ, as a bearer header or `?token=`. A browser's page of another
 * origin is refused. An event is worded once for all who see the same of it, and they are told some at a time,
 * so that the loop serves others in between. Loop's thread only.
 */
#ifndef TOCSIN_WEB_STREAM_H
#define TOCSIN_WEB_STREAM_H

#include "engine/event.h"
#include "web/server.h"

#define STREAM_KEPT       1024  /* newest events kept for followers */
#define STREAM_FOLLOWERS  12000 /* at once */
#define STREAM_TOO_SLOW   4008  /* close code: resume with after=SEQ */
#define STREAM_NO_TOKEN   4001  /* close code: the token was revoked */
#define STREAM_PING_EVERY (20 * SECOND)

enum stream_sight { STREAM_NOTHING, STREAM_PART, STREAM_ALL }; /* what somebody may see of an event */

struct stream_ops {
    void *ctx;
    const char *public_url; /* the address that browsers use besides the Host that they send; NULL: none */
    enum stream_sight (*sight)(void *ctx, const struct event *event, const char *viewer, unsigned scopes);
    /* Writes one JSON object with "seq", as this viewer may see it: the same for all of whom `sight` says the same. */
    void (*encode)(void *ctx, const struct event *event, const char *viewer, struct str *out);
    /* Reads durable events after `after`, in order, at most `limit`. */
    int (*read)(void *ctx, uint64_t after, size_t limit, bool (*on)(void *on_ctx, const struct event *event),
                void *on_ctx, struct error *err);
    uint64_t (*last_seq)(void *ctx);
};

struct stream;

/* Call it before server_listen. `ops` are copied; `tokens` stay the caller's. NULL: there is no stream, and the log says why. */
struct stream *stream_create(struct server *server, struct tokens *tokens, const struct stream_ops *ops);
/* Call it after server_destroy. Runs the loop until the stream's handles are closed. NULL is fine. */
void stream_destroy(struct stream *stream);
/* Publishes an event that became durable, in order of seq. The event is copied. `stream` may be NULL. */
void stream_publish(struct stream *stream, const struct event *event);

#endif
