/* Addresses, Message-IDs and tokens: no text is taken for a signed one, and what is valid can end no header. */
#include <stdlib.h>
#include <string.h>

#include "email/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_plain(const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p <= ' ' || *p >= 127 || strchr("<>,;:\\\"()[]", *p))
            abort();
    }
}

static void check_id(const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p <= ' ' || *p >= 127 || strchr("<>,;\"()", *p))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct email_self self;
    struct email_token token;
    char *text = strndup((const char *)data, n), address[EMAIL_ADDRESS];
    if (email_address_valid(text))
        check_plain(text);
    if (email_id_valid(text))
        check_id(text);
    if (email_self_init(&self, "incidents@example.com", '+', "a secret of the fuzzer", "an earlier one"))
        abort();
    if (email_token_read(&self, text, strlen(text), &token) || email_token_of_address(&self, text, &token) ||
        email_token_of_id(&self, text, &token))
        abort(); /* nobody guesses 80 bits */
    if (email_self_init(&self, text, '+', "a secret of the fuzzer", "") == NULL) {
        token = (struct email_token){.kind = EMAIL_FOR_BOUNCE, .incident = n};
        email_party(&self, text, token.party);
        email_key(&self, text, token.key);
        email_token_address(&self, &token, address);
        struct email_token again;
        if (!email_token_of_address(&self, address, &again) || again.incident != n ||
            strcmp(again.party, token.party) != 0)
            abort();
    }
    free(text);
    return 0;
}
