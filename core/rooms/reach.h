/*
 * reach - whether people can be reached by chat, as the links tell. Only this folder includes it.
 *
 * A chat is a connector that can post, but neither the fallback (`announce_fallback`) nor one that people use on this machine only.
 * Loop's thread only.
 */
#ifndef TOCSIN_ROOMS_REACH_H
#define TOCSIN_ROOMS_REACH_H

#include "delivery/link.h"

struct incident;

bool reach_is_chat(const struct core *core, const struct link *link);
/* Why nobody reads announcements there; NULL: people do, or soon will. Borrowed. */
const char *reach_why_not(const struct link *link);
/* The fallback, while no chat can be reached; NULL: one can, or there is no fallback. */
const struct link *reach_fallback(const struct core *core);
/* Does somebody read what is said in the incident's rooms now? True unless the fallback announces. */
bool reach_rooms(const struct core *core, const struct incident *incident);

#endif
