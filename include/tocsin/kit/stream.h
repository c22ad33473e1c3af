/*
 * stream - a connection that is held, for protocols of lines (IRC, XMPP, a chat's own): TCP or TLS over libcurl, without blocking.
 *
 *     struct kit_stream stream = {0};
 *     if (kit_stream_open(&stream, &(struct kit_stream_to){.address = "irc.example.com:6697", .tls = true}, error) == 0)
 *         for (;;) {
 *             kit_stream_say(&stream, "PING x\r\n");
 *             kit_stream_wait(&stream, wake, 1000);
 *             if (!kit_stream_move(&stream))
 *                 … the peer is gone
 *             for (char *line; (line = kit_stream_line(&stream)); free(line))
 *                 …
 *         }
 *     kit_stream_close(&stream);
 *
 * Certificates are verified, for the name in the address. The caller owns the struct, and lets one thread at a time use it.
 */
#ifndef TOCSIN_KIT_STREAM_H
#define TOCSIN_KIT_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include <tocsin/connector.h>
#include <tocsin/kit/text.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KIT_STREAM_LINE 16384 /* bytes of a line of the peer; with a longer one the connection is over */

struct kit_stream_to {
    const char *address; /* "host:port" */
    bool tls;
    const char *ca_file; /* who signs the peer's certificate; NULL or "": whom the system knows */
    const char
        *certificate; /* a PEM file with a certificate and its key, to be shown to the peer; NULL or "": none */
};

struct kit_stream {
    void *curl; /* NULL: closed */
    int fd;     /* -1: closed, once it was open */
    struct kit_text in, out;
};

/* What is wrong with `address` and `tls`, "tls" or "none", as an operator wrote them; NULL: nothing. Only to this machine may it go
   without TLS. Static. */
const char *kit_stream_fault(const char *address, const char *tls);
/* Connects, for at most 10 seconds. 0, or TOCSIN_E_AUTH where the peer is not trusted, or TOCSIN_E_FAILED, with the reason. */
int32_t kit_stream_open(struct kit_stream *stream, const struct kit_stream_to *to, struct tocsin_error *error);
void kit_stream_close(struct kit_stream *stream); /* accepts {0} */
/* Adds bytes that go with the next move. */
void kit_stream_say(struct kit_stream *stream, const char *bytes);
/* Waits until there is something to move, `wake` (an eventfd, which is reset; -1: none) is set, or the time is over. */
void kit_stream_wait(const struct kit_stream *stream, int wake, int most_ms);
/* Sends what can be sent, and reads what has come. False: the connection is over; what has come can still be read. */
bool kit_stream_move(struct kit_stream *stream);
/* The next line of the peer, without its end, up to a NUL; NULL: no whole one is there. The caller frees it. */
char *kit_stream_line(struct kit_stream *stream);

#ifdef __cplusplus
}
#endif
#endif
