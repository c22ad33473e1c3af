/*
 * index - the records of the directory, found by key, alias, name, address and domain. It owns the records. Pure.
 */
#ifndef TOCSIN_CUSTOMERS_INDEX_H
#define TOCSIN_CUSTOMERS_INDEX_H

#include "base/map.h"
#include "customers/record.h"

struct customer_index {
    struct map rows; /* key in lower case -> struct customer, owned */
    /* "a" alias, "n" name, "e" address, "d" domain, "r" connector/address of a route, each in lower case -> the customer, or &index_several */
    struct map words;
    struct map shared; /* a word of several -> struct holders, owned */
};

extern const struct customer index_several; /* stands for more than one */

/* Takes over the record's content, in the place of the one with its key. */
void index_put(struct customer_index *index, struct customer *record);
void index_drop(struct customer_index *index, const char *folded_key);
void index_finish(struct customer_index *index);

const struct customer *index_row(const struct customer_index *index, const char *folded_key);
/* The rest is as in customers.h. */
const struct customer *index_get(const struct customer_index *index, const char *key);
const struct customer *index_of_email(const struct customer_index *index, const char *email);
const struct customer *index_of_route(const struct customer_index *index, const char *connector,
                                      const char *address);
int index_find(const struct customer_index *index, const char *typed, const struct customer **ret,
               struct error *err);
void index_each(const struct customer_index *index, bool (*on)(void *ctx, const struct customer *customer),
                void *ctx);
int index_check(const struct customer_index *index, const struct customer *record, struct error *err);

#endif
