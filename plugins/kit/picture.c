#include <tocsin/kit/picture.h>

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include <tocsin/kit/json.h>

/* The bytes are as many as the base 64 says that there are, without what pads it. */
static bool decode(const char *base64, struct kit_picture *ret)
{
    size_t length = strlen(base64), pads = 0;
    if (length % 4 || length > KIT_PICTURE_BYTES / 3 * 4 + 4)
        return false;
    while (pads < 2 && pads < length && base64[length - 1 - pads] == '=')
        pads++;
    ret->png = calloc(1, length / 4 * 3 + 1);
    int n = ret->png ? EVP_DecodeBlock(ret->png, (const unsigned char *)base64, (int)length) : -1;
    ret->n = n > 0 ? (size_t)n - pads : 0;
    return ret->n > 0 && ret->n <= KIT_PICTURE_BYTES;
}

bool kit_picture(const cJSON *card, struct kit_picture *ret)
{
    static const unsigned char begin[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    const cJSON *picture = kit_json_member(card, "picture");
    const char *base64 = kit_json_text(picture, "png");
    *ret = (struct kit_picture){.width = (int)kit_json_int(picture, "width", 0),
                                .height = (int)kit_json_int(picture, "height", 0),
                                .alt = kit_json_text(picture, "alt")};
    if (*base64 && ret->width > 0 && ret->height > 0 && decode(base64, ret) && ret->n > sizeof(begin) &&
        memcmp(ret->png, begin, sizeof(begin)) == 0)
        return true;
    kit_picture_finish(ret);
    return false;
}

void kit_picture_finish(struct kit_picture *picture)
{
    free(picture->png);
    *picture = (struct kit_picture){0};
}
