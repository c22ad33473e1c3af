#include "rs256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

EVP_PKEY *rs256_key(unsigned bits)
{
    return EVP_RSA_gen(bits);
}

char *rs256_base64url(const void *bytes, size_t n)
{
    char *text = malloc(n / 3 * 4 + 5);
    size_t length = (size_t)EVP_EncodeBlock((unsigned char *)text, bytes, (int)n);
    for (size_t i = 0; i < length; i++)
        text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
    text[strcspn(text, "=")] = '\0';
    return text;
}

static char *number(EVP_PKEY *key, const char *name)
{
    BIGNUM *value = NULL;
    unsigned char bytes[2048];
    EVP_PKEY_get_bn_param(key, name, &value);
    int n = BN_bn2bin(value, bytes);
    BN_free(value);
    return rs256_base64url(bytes, (size_t)n);
}

char *rs256_jwk(EVP_PKEY *key, const char *kid, const char *more)
{
    char *n = number(key, OSSL_PKEY_PARAM_RSA_N), *e = number(key, OSSL_PKEY_PARAM_RSA_E), *text;
    if (asprintf(&text, "{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"%s}", kid, n,
                 e, more) < 0)
        abort();
    free(n);
    free(e);
    return text;
}

static char *sign(EVP_PKEY *key, const char *digest, const char *text)
{
    unsigned char signature[2048];
    size_t n = sizeof(signature);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (EVP_DigestSignInit(ctx, NULL, EVP_get_digestbyname(digest), NULL, key) != 1 ||
        EVP_DigestSign(ctx, signature, &n, (const unsigned char *)text, strlen(text)) != 1)
        abort();
    EVP_MD_CTX_free(ctx);
    return rs256_base64url(signature, n);
}

char *rs256_token(EVP_PKEY *key, const char *digest, const char *header, const char *claims)
{
    char *head = rs256_base64url(header, strlen(header)), *body = rs256_base64url(claims, strlen(claims));
    char *text, *token;
    if (asprintf(&text, "%s.%s", head, body) < 0)
        abort();
    char *signature = key ? sign(key, digest, text) : strdup("");
    if (asprintf(&token, "%s.%s", text, signature) < 0)
        abort();
    free(signature);
    free(text);
    free(head);
    free(body);
    return token;
}
