/*
 * frame - bytes to frames and back: a u32 length, little endian, then that many bytes of JSON. Used on both sides.
 *
 * A length over FRAME_MOST ends the conversation before anything is allocated for the frame. Pure, but for frame_send and
 * frame_receive.
 */
#ifndef TOCSIN_HOST_FRAME_H
#define TOCSIN_HOST_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

#define FRAME_MOST ((size_t)2 << 20)

struct frames {
    struct str in; /* bytes received, the first `taken` of them already used */
    size_t taken;
};

void frames_finish(struct frames *frames);
void frames_feed(struct frames *frames, const char *bytes, size_t n);
/* 1: a frame, borrowed until the next feed; 0: needs more bytes; ERR_TOO_BIG: the peer can't be trusted. */
int frames_next(struct frames *frames, const char **ret, size_t *ret_n, struct error *err);
void frame_encode(const char *json, size_t n, struct str *out);
/* Writes a frame to a socket that blocks. False: the peer is gone. */
bool frame_send(int socket, const char *json, size_t n);
/* Reads the next frame from such a socket. False: the peer is gone, or sends no frames. */
bool frame_receive(int socket, struct frames *frames, const char **ret, size_t *ret_n);

#endif
