#include "host/frame.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"

void frames_finish(struct frames *frames)
{
    str_finish(&frames->in);
    frames->taken = 0;
}

void frames_feed(struct frames *frames, const char *bytes, size_t n)
{
    if (frames->taken) {
        memmove(frames->in.p, frames->in.p + frames->taken, frames->in.len - frames->taken);
        frames->in.len -= frames->taken;
        frames->taken = 0;
    }
    str_addn(&frames->in, bytes, n);
}

int frames_next(struct frames *frames, const char **ret, size_t *ret_n, struct error *err)
{
    size_t left = frames->in.len - frames->taken;
    if (left < 4)
        return 0;
    const unsigned char *p = (const unsigned char *)frames->in.p + frames->taken;
    size_t n = (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
    if (n > FRAME_MOST)
        return error_set(err, ERR_TOO_BIG, "a frame has %zu bytes; the limit is %zu", n, FRAME_MOST);
    if (left < 4 + n)
        return 0;
    *ret = (const char *)p + 4;
    *ret_n = n;
    frames->taken += 4 + n;
    return 1;
}

void frame_encode(const char *json, size_t n, struct str *out)
{
    char length[4] = {(char)(n & 255), (char)(n >> 8 & 255), (char)(n >> 16 & 255), (char)(n >> 24 & 255)};
    str_addn(out, length, sizeof(length));
    str_addn(out, json, n);
}

bool frame_send(int socket, const char *json, size_t n)
{
    CLEANUP_STR struct str frame = {0};
    frame_encode(json, n, &frame);
    for (size_t sent = 0; sent < frame.len;) {
        ssize_t more = send(socket, frame.p + sent, frame.len - sent, MSG_NOSIGNAL);
        if (more < 0 && errno != EINTR)
            return false;
        sent += more > 0 ? (size_t)more : 0;
    }
    return true;
}

bool frame_receive(int socket, struct frames *frames, const char **ret, size_t *ret_n)
{
    char bytes[16384];
    int rc;
    while ((rc = frames_next(frames, ret, ret_n, NULL)) == 0) {
        ssize_t n = recv(socket, bytes, sizeof(bytes), 0);
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        frames_feed(frames, bytes, n > 0 ? (size_t)n : 0);
    }
    return rc > 0;
}
