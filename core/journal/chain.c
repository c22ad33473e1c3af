#include "journal/chain.h"

#include <openssl/sha.h>
#include <string.h>

#define INLINE_BYTES 2048

static void put_u64(struct str *out, uint64_t value)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(value >> (8 * i));
    str_addn(out, bytes, sizeof(bytes));
}

static void put_text(struct str *out, const char *text)
{
    size_t n = strlen(text);
    put_u64(out, n);
    str_addn(out, text, n);
}

void chain_hash(const uint8_t before[CHAIN_HASH_BYTES], const struct journal_event *event,
                uint8_t ret_hash[CHAIN_HASH_BYTES])
{
    CLEANUP_STR struct str all = {0};
    str_reserve(&all, INLINE_BYTES);
    str_addn(&all, (const char *)before, CHAIN_HASH_BYTES);
    put_u64(&all, event->seq);
    put_u64(&all, event->version);
    put_u64(&all, (uint64_t)event->at);
    put_text(&all, event->stream);
    put_text(&all, event->type);
    put_text(&all, event->by);
    put_text(&all, event->data);
    SHA256((const unsigned char *)all.p, all.len, ret_hash);
}
