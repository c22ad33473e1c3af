/*
 * page_card - a page as a message: what happened, where people work on it, and a button to accept it; once somebody has, who. Only
 * this folder includes it.
 */
#ifndef TOCSIN_PAGING_PAGE_CARD_H
#define TOCSIN_PAGING_PAGE_CARD_H

#include "rooms/rooms.h"
#include "paging/whom.h"

/* The idempotency key of the page to somebody on a connector: the same whenever it is sent. The caller frees. */
char *page_key(uint64_t incident, int64_t number, const char *person, const char *connector);
/* Queues the page to an address. */
void page_send(struct turn *turn, const struct incident *incident, const struct state_page *page,
               const struct address *address);
/* Edits the messages of a page (0: of all that nobody has answered) on a connector (NULL: on all). */
void page_edit(struct turn *turn, const struct incident *incident, int64_t number, const char *connector);

#endif
