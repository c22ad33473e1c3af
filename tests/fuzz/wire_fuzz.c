/* Bytes as a client sends them: a head, then a body, chunked or not. Reading them whole and in pieces gives the same result. */
#include <string.h>

#include "base/mem.h"
#include "web/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void read_chunks(const char *bytes, size_t n, size_t piece, int *ret_rc, struct str *out)
{
    struct wire_chunks chunks = {0};
    *ret_rc = 0;
    for (size_t at = 0; at < n && *ret_rc == 0;) {
        size_t used = 0;
        *ret_rc = wire_chunks(&chunks, bytes + at, n - at < piece ? n - at : piece, 1000, out, &used);
        at += used;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct wire_head head;
    char *bytes = xmalloc(n + 1); /* exactly this size, so that a read beyond it is detected */
    memcpy(bytes, data, n);
    long used = wire_head(bytes, n, &head);
    require(used <= (long)n && (used >= 0 || (used <= -400 && used >= -599)));
    if (used > 0) {
        CLEANUP_STR struct str path = {0}, whole = {0}, pieces = {0};
        const char *query = NULL;
        if (wire_target(head.target, &path, &query) == 0)
            require(path.p[0] == '/' && strlen(path.p) == path.len);
        int rc_whole, rc_pieces;
        read_chunks(bytes + used, n - (size_t)used, n, &rc_whole, &whole);
        read_chunks(bytes + used, n - (size_t)used, 1, &rc_pieces, &pieces);
        require(rc_whole == rc_pieces || rc_whole == -413 || rc_pieces == -413);
        require(rc_whole < 0 ||
                (whole.len == pieces.len && (!whole.len || !memcmp(whole.p, pieces.p, whole.len))));
    }
    free(bytes);
    return 0;
}
