/*
 * words - actions and connectors as sentences for people name them. Pure.
 */
#ifndef TOCSIN_DELIVERY_WORDS_H
#define TOCSIN_DELIVERY_WORDS_H

#include "base/str.h"

/* What an action of this kind does, after "could not": "open a channel". A kind that is not in the table is named as it is. */
const char *words_to_do(const char *kind);
/* The same after "may or may not have": "opened a channel". */
const char *words_done(const char *kind);
/* Adds a connector's name (not empty) as the first word of a sentence: "Slack". A short name is initials: "IRC". */
void words_begin_with(const char *connector, struct str *out);
/* Ends a sentence with ": reason.", where the reason may bring its own period. One that is NULL or empty is replaced by
   `fallback`; if that is NULL, the sentence ends without a reason. */
void words_add_reason(const char *reason, const char *fallback, struct str *out);

#endif
