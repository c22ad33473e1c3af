/*
 * picture - the picture of a card, on its way out.
 *
 * What is stored with an action is what its picture is drawn from, an SVG of a few kilobytes: {"svg", "width", "alt"}. It is drawn when the
 * action leaves, anew for each attempt, so no bytes of it are in the journal, and each attempt shows the same. A connector gets
 * {"png", "width", "height", "alt"}. Where it cannot show pictures, or one cannot be drawn, the words that it stands for are said in
 * the card's text: no message is held back by its picture. Pure.
 */
#ifndef TOCSIN_DELIVERY_PICTURE_H
#define TOCSIN_DELIVERY_PICTURE_H

#include "base/json.h"

#define PICTURE_BYTES ((size_t)256 << 10) /* of a PNG */
#define PICTURE_SIDE  2000                /* pixels */

struct picture {
    cJSON *body;           /* of the action; owned */
    cJSON *card;           /* in it */
    const char *svg, *alt; /* in it */
    int width;             /* that it is drawn with, in pixels */
};

/* Has a card of this body a picture that is to be drawn? Then the caller finishes *ret. */
bool picture_of(const char *body, struct picture *ret);
void picture_finish(struct picture *picture);
/* The body with these bytes in the place of the SVG. NULL: they are no PNG, or it is too large. The caller frees. */
char *picture_drawn(struct picture *picture, const char *png, size_t n);
/* The body with the picture's words at the end of the card's text in its place. The caller frees. */
char *picture_told(struct picture *picture);

#endif
