#include "journal/chain.h"

#include <openssl/evp.h>
#include <string.h>

void chain_init(struct chain *chain)
{
    *chain = (struct chain){.context = EVP_MD_CTX_new()};
    require(chain->context);
    require(EVP_DigestInit_ex2(chain->context, EVP_sha256(), NULL));
}

void chain_finish(struct chain *chain)
{
    EVP_MD_CTX_free(chain->context);
    str_finish(&chain->scratch);
    *chain = (struct chain){0};
}

static void add_number(struct str *out, uint64_t number)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(number >> (8 * i) & 0xff);
    str_addn(out, bytes, sizeof(bytes));
}

static void add_text(struct str *out, const char *text)
{
    size_t n = strlen(text);
    add_number(out, n);
    str_addn(out, text, n);
}

void chain_hash(struct chain *chain, const uint8_t before[CHAIN_HASH_BYTES], const struct journal_event *event,
                uint8_t ret[CHAIN_HASH_BYTES])
{
    struct str *out = &chain->scratch;
    str_clear(out);
    str_addn(out, (const char *)before, CHAIN_HASH_BYTES);
    add_number(out, event->seq);
    add_text(out, event->stream);
    add_number(out, event->version);
    add_number(out, (uint64_t)event->at);
    add_text(out, event->type);
    add_text(out, event->by);
    add_text(out, event->data);
    /* NULL reuses the context's digest; fetching it again would cost as much as hashing. */
    require(EVP_DigestInit_ex2(chain->context, NULL, NULL));
    require(EVP_DigestUpdate(chain->context, out->p, out->len));
    require(EVP_DigestFinal_ex(chain->context, ret, NULL));
}

void chain_add(struct chain *chain, struct journal_event *event, uint8_t ret_hash[CHAIN_HASH_BYTES])
{
    event->seq = ++chain->seq;
    chain_hash(chain, chain->hash, event, chain->hash);
    memcpy(ret_hash, chain->hash, CHAIN_HASH_BYTES);
}
