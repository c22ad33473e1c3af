#include "signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/signature.h>
#include <tocsin/kit/text.h>
#include <tocsin/kit/webhook.h>

#define FIELDS_MOST 100

/* ---- what is signed: the address, then the form's fields in order of their names ---- */

struct field {
    char *name, *value;
};

struct fields {
    struct field v[FIELDS_MOST];
    size_t n;
};

static void take(void *ctx, const char *name, const char *value)
{
    struct fields *fields = ctx;
    struct field field = {strdup(name), strdup(value)};
    if (!field.name || !field.value)
        abort();
    fields->v[fields->n++] = field;
}

static int compare(const void *a, const void *b)
{
    const struct field *left = a, *right = b;
    int names = strcmp(left->name, right->name);
    return names ? names : strcmp(left->value, right->value);
}

/* The same value of the same name counts once. */
static void put_fields(const struct tocsin_request *request, struct kit_text *out)
{
    struct fields fields = {.n = 0};
    kit_webhook_fields(request->body, request->body_length, take, &fields);
    qsort(fields.v, fields.n, sizeof(fields.v[0]), compare);
    for (size_t i = 0; i < fields.n; i++) {
        if (!i || compare(&fields.v[i - 1], &fields.v[i]) != 0)
            kit_text_addf(out, "%s%s", fields.v[i].name, fields.v[i].value);
    }
    for (size_t i = 0; i < fields.n; i++) {
        free(fields.v[i].name);
        free(fields.v[i].value);
    }
}

static bool is_form(const struct tocsin_request *request)
{
    static const char form[] = "application/x-www-form-urlencoded";
    return strncmp(kit_webhook_header(request, "content-type"), form, strlen(form)) == 0;
}

/* Another body is not signed itself, but has the hash that the address names. */
static bool has_hash(const struct tocsin_request *request)
{
    unsigned char hash[32];
    char hex[2 * sizeof(hash) + 1] = "";
    cJSON *query = kit_webhook_form(request->query, strlen(request->query));
    bool good = EVP_Digest(request->body, request->body_length, hash, NULL, EVP_sha256(), NULL) == 1;
    for (size_t i = 0; i < sizeof(hash); i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    good = good && kit_same(hex, kit_json_text(query, "bodySHA256"));
    cJSON_Delete(query);
    return good;
}

/* ---- by which secret, over which address ---- */

static bool is_signed_by(enum kit_hash hash, const char *secret, const char *text, const char *given)
{
    char expected[KIT_HMAC_BASE64];
    const struct kit_part key = {secret, strlen(secret)}, part = {text, strlen(text)};
    return *secret && kit_mac_base64(hash, &key, &part, 1, expected) && kit_same(expected, given);
}

static bool is_signed(const struct signature_keys *keys, const struct tocsin_request *request, const char *text)
{
    const char *given = kit_webhook_header(request, keys->header);
    const char *settings = kit_webhook_header(request, "x-twilio-webhooks-signature-settings");
    enum kit_hash hash = strcasestr(settings, "algorithm=HMAC_SHA256") ? KIT_SHA256 : KIT_SHA1;
    bool good = false;
    for (size_t i = 0; i < SIGNATURE_SECRETS; i++)
        good = good || is_signed_by(hash, keys->secrets[i], text, given);
    return good;
}

/* The address with the port that goes without saying, and without any: proxies and libraries differ. */
static void put_address(const char *base, bool with_port, struct kit_text *out)
{
    size_t scheme = strcspn(base, ":") + strlen("://"), host = scheme + strcspn(base + scheme, "/:");
    const char *rest = base + host;
    size_t port = *rest == ':' ? strcspn(rest, "/") : 0;
    kit_text_addn(out, base, host);
    if (with_port && port)
        kit_text_addn(out, rest, port);
    else if (with_port)
        kit_text_add(out, strncmp(base, "https:", 6) == 0 ? ":443" : ":80");
    kit_text_add(out, rest + port);
}

bool signature_is_good(const struct signature_keys *keys, const char *base,
                       const struct tocsin_request *request)
{
    bool form = is_form(request), good = false;
    for (int with_port = 0; with_port < 2; with_port++) {
        struct kit_text text = {0};
        put_address(base, with_port != 0, &text);
        kit_text_addf(&text, "%s%s%s", request->path, *request->query ? "?" : "", request->query);
        if (form)
            put_fields(request, &text);
        good = good || is_signed(keys, request, kit_text_get(&text));
        kit_text_finish(&text);
    }
    return good && (form || has_hash(request));
}
