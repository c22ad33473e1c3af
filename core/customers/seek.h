/*
 * seek - asks the connectors who a customer is on their platforms, by a name, a domain or an e-mail address. Their answers come
 * later, and a person decides: rooms/matches.c offers each match as a route. Loop's thread only.
 */
#ifndef TOCSIN_CUSTOMERS_SEEK_H
#define TOCSIN_CUSTOMERS_SEEK_H

#include "customers/record.h"
#include "turn/call.h"

#define SEEK_MOST 10 /* matches of one connector */

/* `typed`: what to look for; NULL: what the record says of itself. ERR_NOT_FOUND: no connector can look customers up; ERR_REFUSED: it
   was not asked in a channel, where the answers could come. */
int customers_seek(const struct call *call, const struct customer *record, const char *typed,
                   struct error *err);

#endif
