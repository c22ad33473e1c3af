/* Compressed bodies: the first byte chooses the encoding. The size limit holds, and text survives compression. */
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "intake/body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(const char *bytes, size_t n)
{
    uLongf packed_n = compressBound(n);
    CLEANUP_FREE unsigned char *packed = xmalloc(packed_n);
    CLEANUP_STR struct str out = {0};
    require(compress(packed, &packed_n, (const unsigned char *)bytes, n) == Z_OK);
    require(body_inflate("deflate", (char *)packed, packed_n, n, &out, NULL) == 0);
    require(out.len == n && (n == 0 || memcmp(out.p, bytes, n) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const encodings[] = {"gzip", "deflate", "zstd", "br"};
    enum { MOST = 1 << 16 };
    CLEANUP_STR struct str out = {0};
    if (size == 0)
        return 0;
    int r = body_inflate(encodings[data[0] % 4], (const char *)data + 1, size - 1, MOST, &out, NULL);
    require(r < 0 || out.len <= MOST);
    round_trip((const char *)data + 1, size - 1);
    return 0;
}
