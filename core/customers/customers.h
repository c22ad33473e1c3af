/*
 * customers - the directory: who our customers are, whom to write to at theirs, and where.
 *
 * All records are in memory; each has a stream and a document in the journal, under its key in lower case. A key or an alias
 * belongs to one record. Keys that incidents bring and nobody knows are kept too, so that somebody can name them. Loop's thread
 * only.
 */
#ifndef TOCSIN_CUSTOMERS_CUSTOMERS_H
#define TOCSIN_CUSTOMERS_CUSTOMERS_H

#include "customers/record.h"
#include "turn/call.h"
#include "turn/part.h"

extern const struct part customers_part;

#define STRANGERS_MOST 1000 /* the oldest makes room */

/* A key that incidents brought, and that no record has. */
struct stranger {
    char *key, *name; /* name: as the alert gives it; NULL: none */
    instant since, last;
    uint64_t incident; /* the last one; whoever may not see it must not see the key either */
};

/* ---- reading; borrowed until the next turn ---- */

/* By its key or an alias, in any case. NULL: not in the directory. */
const struct customer *customers_get(const struct core *core, const char *key);
/*
 * By what a person types: a key, an alias, a name, or an e-mail address of theirs. On failure the text says what to do: nobody has
 * that name, or several do.
 */
int customers_find(const struct core *core, const char *typed, const struct customer **ret, struct error *err);
/* Whose route it is. NULL: nobody's, or of several. */
const struct customer *customers_of_route(const struct core *core, const char *connector, const char *address);
/* Whose e-mail address it is: a contact's, a route's, or any at a domain of theirs. NULL: nobody's, or of several. */
const struct customer *customers_of_email(const struct core *core, const char *email);
size_t customers_count(const struct core *core);
/* In order of key; `on` returns false to stop. */
void customers_each(const struct core *core, bool (*on)(void *ctx, const struct customer *customer), void *ctx);
/* The same for at most `limit` that come after that key in lower case (""): as far as they are durable. ret_last: the last key that was looked at,
   which the caller frees; NULL: there was none. */
int customers_after(const struct core *core, const char *after, size_t limit,
                    bool (*on)(void *ctx, const struct customer *customer), void *ctx, char **ret_last,
                    struct error *err);
/* The newest first. */
void customers_each_stranger(const struct core *core, bool (*on)(void *ctx, const struct stranger *stranger),
                             void *ctx);

/* ---- in a turn ---- */

/*
 * Stores the record, in the place of the one with its key. Nothing is journaled if it says the same. ERR_REFUSED: the key, an
 * alias or a domain belongs to another customer, or the owner is nobody; the text says which.
 */
int customers_set(struct turn *turn, const char *by, const struct customer *record, struct error *err);
/* Would customers_set accept it? */
int customers_check(const struct core *core, const struct customer *record, struct error *err);
/* Removes a record; what is known of incidents stays. ERR_NOT_FOUND: there is none. */
int customers_forget(struct turn *turn, const char *by, const char *key, struct error *err);

/* The command `customer`: shows a record, or changes one field of it (command.c). */
int customers_command(const struct call *call, struct error *err);

#endif
