/*
 * wording - a message to customers as each recipient gets it: in their language, with their name. Pure.
 */
#ifndef TOCSIN_COMMS_WORDING_H
#define TOCSIN_COMMS_WORDING_H

#include "base/error.h"
#include "base/str.h"

/* The text for a language ("de"; NULL: unknown): one of `languages` ({"de": text} as JSON; NULL: none), or else the text itself. The caller
   frees it. */
char *wording_in(const char *text, const char *languages, const char *language);
/* Writes the text with the recipient's name in the place of {{customer}}. */
void wording_for(const char *text, const char *name, struct str *out);
/* Refuses a text with a placeholder that nothing fills. */
int wording_check(const char *text, struct error *err);

#endif
