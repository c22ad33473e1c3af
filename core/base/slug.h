/*
 * slug - a name as a short word that people can type: "José Núñez (ops)" gives "jose-nunez-ops", "Иван" gives "иван".
 *
 * Latin letters lose what stands on, under or in them, so that the word can be typed on any keyboard; letters of other
 * scripts stay, in lower case where that is a matter of one letter; all else separates. Two spellings of one name (composed
 * or not) give one slug, and the slug of a slug is itself. Pure.
 */
#ifndef TOCSIN_BASE_SLUG_H
#define TOCSIN_BASE_SLUG_H

#include <stddef.h>

/* At most `most` bytes, never half a letter; "" when there is no letter or digit, or no name (NULL). The caller frees. */
char *text_slug(const char *name, size_t most);

#endif
