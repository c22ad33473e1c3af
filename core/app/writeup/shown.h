/*
 * shown - a write-up and its incident, as the pages about it show them. Loop's thread only.
 */
#ifndef TOCSIN_APP_WRITEUP_SHOWN_H
#define TOCSIN_APP_WRITEUP_SHOWN_H

#include "app/page.h"
#include "writeups/writeups.h"

/* Adds the incident's "name" and "about"; by when a write-up is "owed", or when it was "finished". */
void shown_incident(const struct visit *visit, const struct incident *incident, struct view *view);
/* That version, which the caller finishes. */
int shown_version(const struct visit *visit, const struct incident *incident, int64_t version,
                  struct writeup *ret, struct error *err);
/* Adds its "version", and the "author" and "at" of that. */
void shown_add(const struct visit *visit, const struct writeup *writeup, struct view *view);

#endif
