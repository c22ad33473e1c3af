#include "draw/exchange.h"

#include <sodium.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "host/frame.h"

#define WHY_BYTES 300
#define BASE64    sodium_base64_VARIANT_ORIGINAL

static const char signature[] = "\x89PNG\r\n\x1a\n";

/* ---- the request ---- */

void draw_request_finish(struct draw_request *request)
{
    free(request->svg);
    *request = (struct draw_request){0};
}

void draw_request_write(const struct draw_request *request, struct str *json)
{
    struct json_out j = {json, false};
    json_begin_object(&j);
    json_put_text(&j, "svg", request->svg);
    json_put_int(&j, "width", request->width);
    json_end_object(&j);
}

int draw_request_parse(const char *json, size_t n, struct draw_request *ret, struct error *err)
{
    CLEANUP_JSON cJSON *object = NULL;
    const char *svg;
    int64_t width;
    int rc = json_parse(json, n, FRAME_MOST, JSON_DEPTH, "the request", &object, err);
    rc = rc ? rc : json_need_text(object, "svg", &svg, err);
    rc = rc ? rc : json_need_int(object, "width", &width, err);
    if (!rc && (width < 1 || width > DRAW_WIDTH_MOST))
        rc = error_set(err, ERR_INVALID, "a picture is 1 to %d pixels wide", DRAW_WIDTH_MOST);
    if (!rc)
        *ret = (struct draw_request){xstrdup(svg), (int)width};
    return rc;
}

/* ---- the answer ---- */

void draw_answer_finish(struct draw_answer *answer)
{
    free(answer->why);
    str_finish(&answer->png);
    *answer = (struct draw_answer){0};
}

void draw_answer_write(const struct draw_answer *answer, struct str *json)
{
    struct json_out j = {json, false};
    json_begin_object(&j);
    json_put_text_if(&j, "why", answer->why);
    if (!answer->why) {
        size_t n = sodium_base64_ENCODED_LEN(answer->png.len, BASE64);
        CLEANUP_FREE char *text = xmalloc(n);
        sodium_bin2base64(text, n, (const unsigned char *)answer->png.p, answer->png.len, BASE64);
        json_put_text(&j, "png", text);
    }
    json_end_object(&j);
}

static int decode(const char *text, struct str *ret, struct error *err)
{
    size_t n = 0, most = strlen(text) / 4 * 3 + 1;
    struct str png = {0};
    str_reserve(&png, most);
    if (sodium_base642bin((unsigned char *)png.p, most, text, strlen(text), NULL, &n, NULL, BASE64) ||
        n > DRAW_PNG_MOST || n < sizeof(signature) - 1 ||
        memcmp(png.p, signature, sizeof(signature) - 1) != 0) {
        str_finish(&png);
        return error_set(err, ERR_INVALID, "what was drawn is no picture, or too large");
    }
    png.len = n;
    png.p[n] = '\0';
    *ret = png;
    return 0;
}

int draw_answer_parse(const char *json, size_t n, struct draw_answer *ret, struct error *err)
{
    CLEANUP_JSON cJSON *object = NULL;
    const char *png;
    int rc = json_parse(json, n, FRAME_MOST, JSON_DEPTH, "the answer", &object, err);
    if (rc)
        return rc;
    const char *why = json_text_or(object, "why", NULL);
    if (why) {
        *ret = (struct draw_answer){.why = utf8_sanitize(why, strlen(why), WHY_BYTES)};
        return 0;
    }
    struct draw_answer answer = {0};
    rc = json_need_text(object, "png", &png, err);
    rc = rc ? rc : decode(png, &answer.png, err);
    if (!rc)
        *ret = answer;
    return rc;
}
