/*
 * slug - turns a name into a short word that people can type: "José Núñez (ops)" gives "jose-nunez-ops", "Иван" gives "иван".
 *
 * Latin letters lose their accents and other marks, so that the word can be typed on any keyboard. Letters of other scripts
 * stay, in lower case where that maps one letter to one. Everything else becomes a separator. Composed and decomposed
 * spellings give the same slug, and the slug of a slug is itself. Pure.
 */
#ifndef TOCSIN_BASE_SLUG_H
#define TOCSIN_BASE_SLUG_H

#include <stddef.h>

/* At most `most` bytes, never half a letter. "" when the name has no letter or digit, or is NULL. The caller frees it. */
char *text_slug(const char *name, size_t most);

#endif
