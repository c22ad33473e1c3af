/*
 * tracker - what connectors to issue trackers have in common: tickets that are followed, and the text of a ticket.
 *
 * Webhooks are repeated and come in any order, polling tells again what a webhook told, and what we wrote ourselves comes back as news.
 * So what was last known of each followed ticket is kept in the host's store, by its place: the platform's own name of it, which news
 * have. An event is made only where something changed, and both become durable together.
 *
 *     switch (kit_followed_tell(followed, place, &ticket, updated_ms, KIT_HEARD, user)) { case KIT_UNSURE: … ask the platform, and tell
 *     that as KIT_ASKED …
 */
#ifndef TOCSIN_KIT_TRACKER_H
#define TOCSIN_KIT_TRACKER_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <tocsin/connector.h>
#include <tocsin/kit/commonmark.h>
#include <tocsin/kit/desk.h>
#include <tocsin/kit/text.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- tickets that are followed ---- */

/* Has its own lock: any thread. NULL if memory runs out. */
struct kit_followed *kit_followed_create(const struct tocsin_host *host);
/* Accepts NULL. */
void kit_followed_destroy(struct kit_followed *followed);

/* Follows a ticket from now on, or notes what we changed in it: with the outcome of the action that this thread performs. `updated_ms`:
   when the platform says that it was changed last. */
void kit_followed_note(struct kit_followed *followed, const char *place, const struct kit_ticket *ticket,
                       int64_t updated_ms);
/* Is it followed? */
bool kit_followed_has(struct kit_followed *followed, const char *place);
/* The ticket is elsewhere from now on; its id stays. False: that could not be stored. */
bool kit_followed_move(struct kit_followed *followed, const char *from, const char *to);

/* How the news was learnt. */
enum kit_source {
    KIT_HEARD, /* it was sent or listed, and may be older than what is known */
    KIT_ASKED, /* it was asked for just now */
};
enum kit_told {
    KIT_TOLD,   /* the core has it, or there is nothing to tell */
    KIT_UNSURE, /* it differs from what is known and has the same time: ask, which one holds */
    KIT_LATER,  /* the core could not store it: it must come again */
};
/* News of a ticket, whose id is left out: an event, if it is followed and has changed. `user`: who changed it, as in an event; NULL:
   not known; freed. */
enum kit_told kit_followed_tell(struct kit_followed *followed, const char *place, const struct kit_ticket *news,
                                int64_t updated_ms, enum kit_source source, cJSON *user);

/* ---- its text ---- */

/* The text of ticket.create or ticket.comment as the platform's markup, of at most `most` bytes; what it says too much is left out at
   its end. For ticket.create, followed by the incident and its link, where it does not name them. */
void kit_tracker_text(const cJSON *body, enum kit_target target, size_t most, struct kit_text *out);

#ifdef __cplusplus
}
#endif
#endif
