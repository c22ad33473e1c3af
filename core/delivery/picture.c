#include "delivery/picture.h"

#include <sodium.h>
#include <string.h>

#include "base/markup.h"
#include "base/mem.h"

bool picture_of(const char *body, struct picture *ret)
{
    *ret = (struct picture){0};
    if (!strstr(body, "\"svg\":") ||
        json_parse(body, strlen(body), SIZE_MAX, JSON_DEPTH, "action", &ret->body, NULL))
        return false;
    ret->card = cJSON_GetObjectItemCaseSensitive(ret->body, "card");
    const cJSON *picture = json_member(ret->card, "picture");
    ret->svg = json_text_or(picture, "svg", NULL);
    ret->alt = json_text_or(picture, "alt", "");
    ret->width = (int)json_int_or(picture, "width", 0);
    if (ret->svg)
        return true;
    picture_finish(ret);
    return false;
}

void picture_finish(struct picture *picture)
{
    cJSON_Delete(picture->body);
    *picture = (struct picture){0};
}

static char *text_of(const cJSON *body)
{
    struct str out = {0};
    json_tree(&(struct json_out){.out = &out}, body);
    return str_take(&out);
}

/* ---- drawn ---- */

#define PNG_HEAD 24 /* bytes up to the end of its size */

static int64_t number_at(const unsigned char *p)
{
    return (int64_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static bool read_size(const char *png, size_t n, int64_t *ret_width, int64_t *ret_height)
{
    static const char begin[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    if (n <= PNG_HEAD || n > PICTURE_BYTES || memcmp(png, begin, sizeof(begin) - 1) != 0)
        return false;
    *ret_width = number_at((const unsigned char *)png + 16);
    *ret_height = number_at((const unsigned char *)png + 20);
    return *ret_width > 0 && *ret_width <= PICTURE_SIDE && *ret_height > 0 && *ret_height <= PICTURE_SIDE;
}

char *picture_drawn(struct picture *picture, const char *png, size_t n)
{
    int64_t width, height;
    if (!png || !read_size(png, n, &width, &height))
        return NULL;
    size_t most = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL);
    CLEANUP_FREE char *encoded = xmalloc(most);
    sodium_bin2base64(encoded, most, (const unsigned char *)png, n, sodium_base64_VARIANT_ORIGINAL);
    cJSON *shown = cJSON_CreateObject();
    cJSON_AddStringToObject(shown, "png", encoded);
    cJSON_AddNumberToObject(shown, "width", (double)width);
    cJSON_AddNumberToObject(shown, "height", (double)height);
    cJSON_AddStringToObject(shown, "alt", picture->alt);
    cJSON_ReplaceItemInObjectCaseSensitive(picture->card, "picture", shown);
    picture->svg = NULL;
    return text_of(picture->body);
}

/* ---- told ---- */

char *picture_told(struct picture *picture)
{
    CLEANUP_STR struct str text = {0};
    str_add(&text, json_text_or(picture->card, "text", ""));
    if (*picture->alt)
        str_markup(&text, text.len ? "\n\n%s" : "%s", picture->alt);
    picture->svg = picture->alt = NULL;
    cJSON_DeleteItemFromObjectCaseSensitive(picture->card, "picture");
    cJSON_DeleteItemFromObjectCaseSensitive(picture->card, "text");
    cJSON_AddStringToObject(picture->card, "text", str_text(&text));
    return text_of(picture->body);
}
