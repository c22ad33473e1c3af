/*
 * top_stream - follows the live stream of tocsind, for `tocsin top`: on a thread of its own, which connects again for as long as it runs.
 * What it tells is told on the loop's thread. Owned by whoever created it.
 */
#ifndef TOCSIN_CLI_TOP_STREAM_H
#define TOCSIN_CLI_TOP_STREAM_H

#include "cli/api_client.h"

struct uv_loop_s;
struct top_stream;

enum top_stream_news {
    STREAM_OPEN,   /* it follows from now on; what happened before is to be read */
    STREAM_CLOSED, /* it does not (any more), and tries again */
    STREAM_EVENT,  /* `text` is one */
};
typedef void top_stream_tells(void *ctx, enum top_stream_news news, const char *text);

/* `place` is borrowed. NULL: *err says why. */
struct top_stream *top_stream_create(const struct api_place *place, struct uv_loop_s *loop,
                                     top_stream_tells *tells, void *ctx, struct error *err);
/* Nothing is told any more; the loop must run once more before it ends. NULL is fine. */
void top_stream_destroy(struct top_stream *stream);

#endif
