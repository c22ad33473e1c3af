/*
 * picture - the picture of a card (see "Card" in tocsin/connector.h) as bytes.
 *
 * Any thread. The words are borrowed from the card, the bytes are owned.
 */
#ifndef TOCSIN_KIT_PICTURE_H
#define TOCSIN_KIT_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KIT_PICTURE_BYTES ((size_t)256 << 10)

struct kit_picture {
    unsigned char *png; /* n bytes, and a terminator */
    size_t n;
    int width, height; /* pixels */
    const char *alt;   /* what it says, in words; plain text */
};

/* False: the card has none, or none that is a PNG in base 64 of at most so many bytes. Else the caller finishes it. */
bool kit_picture(const cJSON *card, struct kit_picture *ret);
/* Frees the bytes. Accepts {0}. */
void kit_picture_finish(struct kit_picture *picture);

#ifdef __cplusplus
}
#endif
#endif
