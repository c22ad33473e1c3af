/*
 * place - where a part of a list ends, sealed for the address of the next part. What was looked at last may be private, so the address names
 * nothing: only this process reads it, and only for the page (its path) that it was made for. The same place on the same address is
 * the same text, so a page that did not change reads the same.
 */
#ifndef TOCSIN_WEB_PLACE_H
#define TOCSIN_WEB_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#define PLACE_KEY   32 /* bytes, random */
#define PLACE_PLAIN 64 /* bytes of a place, at most, with its NUL */
#define PLACE_TEXT  140

/* The text is letters, digits, - and _. `query`: the rest of the address; NULL: none. */
void place_seal(const uint8_t key[PLACE_KEY], const char *path, const char *query, const char *place,
                char ret[PLACE_TEXT]);
/* False: it was not made with that key for that path. `text` may be any from outside. */
bool place_open(const uint8_t key[PLACE_KEY], const char *path, const char *text, char ret[PLACE_PLAIN]);

#endif
