/*
 * etag - what tells one state of a resource from another: a hash of what its reader sees.
 *
 * So it changes when something changes that they may see, and when nothing else does. Members whose names end in "_ms" are clocks that
 * run: they are left out, and the tag is then a weak one. Pure.
 */
#ifndef TOCSIN_WEB_ETAG_H
#define TOCSIN_WEB_ETAG_H

#include "base/str.h"

#define ETAG 40

/* Of JSON as we write it, without white space between its parts. ret: with its quotes. */
void etag_of_json(const struct str *json, char ret[ETAG]);
/* Does a list of tags (If-Match, If-None-Match) name it, or everything? `strong`: a weak one is like no other. list NULL: no. */
bool etag_is_among(const char *list, const char *etag, bool strong);

#endif
