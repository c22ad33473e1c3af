#include <tocsin/kit/webhook.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

#define FIELDS_MOST 100

const char *kit_webhook_header(const struct tocsin_request *request, const char *name)
{
    for (uint32_t i = 0; i < request->header_count; i++) {
        if (strcmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    }
    return "";
}

/* ---- forms ---- */

static int hex(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) % 16 : -1;
}

/* Decodes n bytes; NULL when a zero byte would be among them. The caller frees. */
static char *decode(const char *from, size_t n)
{
    char *text = malloc(n + 1);
    size_t used = 0;
    for (size_t i = 0; text && i < n; i++) {
        bool escape = from[i] == '%' && i + 2 < n && hex(from[i + 1]) >= 0 && hex(from[i + 2]) >= 0;
        char c = escape ? (char)(hex(from[i + 1]) * 16 + hex(from[i + 2])) : from[i] == '+' ? ' ' : from[i];
        i += escape ? 2 : 0;
        text[used++] = c;
        if (c)
            continue;
        free(text);
        return NULL;
    }
    if (text)
        text[used] = '\0';
    return text;
}

static void pass_field(const char *pair, size_t n, kit_field *field, void *ctx)
{
    const char *equals = memchr(pair, '=', n);
    size_t name_n = equals ? (size_t)(equals - pair) : n;
    char *name = decode(pair, name_n), *value = equals ? decode(equals + 1, n - name_n - 1) : strdup("");
    if (name && value && *name)
        field(ctx, name, value);
    free(name);
    free(value);
}

void kit_webhook_fields(const char *bytes, size_t n, kit_field *field, void *ctx)
{
    for (int fields = 0; n && fields < FIELDS_MOST; fields++) {
        const char *end = memchr(bytes, '&', n);
        size_t pair = end ? (size_t)(end - bytes) : n;
        pass_field(bytes, pair, field, ctx);
        pair += end != NULL;
        bytes += pair;
        n -= pair;
    }
}

static void add_field(void *ctx, const char *name, const char *value)
{
    cJSON *form = ctx;
    bool good = kit_utf8_valid(name, strlen(name)) && kit_utf8_valid(value, strlen(value));
    if (good && !kit_json_member(form, name))
        cJSON_AddStringToObject(form, name, value);
}

cJSON *kit_webhook_form(const char *bytes, size_t n)
{
    cJSON *form = cJSON_CreateObject();
    kit_webhook_fields(bytes, n, add_field, form);
    return form;
}

/* ---- answers ---- */

void kit_webhook_answer(struct tocsin_response *response, int32_t status, const char *text)
{
    response->status = status;
    if (!text || !*text)
        return;
    snprintf(response->content_type, sizeof(response->content_type), "text/plain; charset=utf-8");
    response->write(response, text, strlen(text));
}

void kit_webhook_acknowledge(struct tocsin_response *response, int32_t emitted)
{
    if (emitted == TOCSIN_EMITTED)
        kit_webhook_answer(response, 204, NULL);
    else if (emitted == TOCSIN_EMIT_RETRY)
        kit_webhook_answer(response, 503, "Tocsin cannot keep this now. Send it again.\n");
    else
        kit_webhook_answer(response, 400, "Tocsin cannot read this event. Do not send it again as it is.\n");
}

cJSON *kit_webhook_json(const struct tocsin_request *request, const char *secret, bool is_signed,
                        struct tocsin_response *response)
{
    bool good = *secret && is_signed;
    cJSON *json = good ? kit_json_parse(request->body, request->body_length) : NULL;
    if (!*secret)
        kit_webhook_answer(response, 404, "this connector has no secret, so it takes no webhooks\n");
    else if (!is_signed)
        kit_webhook_answer(response, 401, "the signature does not match the secret, or is too old\n");
    else if (!json)
        kit_webhook_answer(response, 400, "the body is not JSON; send it as application/json\n");
    return json;
}
