/*
 * strangers - keys of customers that incidents brought and that nobody has named yet. Each has a document. At most STRANGERS_MOST
 * are kept; the one met longest ago makes room. Loop's thread only.
 */
#ifndef TOCSIN_CUSTOMERS_STRANGERS_H
#define TOCSIN_CUSTOMERS_STRANGERS_H

#include "base/list.h"
#include "base/map.h"
#include "customers/customers.h"

struct strangers {
    struct map by_key; /* key in lower case -> struct met, owned */
    struct list order; /* of struct met: the one met longest ago first */
};

int strangers_load(struct strangers *strangers, struct core *core, struct error *err);
void strangers_finish(struct strangers *strangers);
/* An incident affects a customer whose key is not in the directory. */
void strangers_met(struct strangers *strangers, struct turn *turn, const struct event *event,
                   const struct incident *incident);
/* The directory has this record now: its key and aliases are no strangers. */
void strangers_named(struct strangers *strangers, struct turn *turn, const struct customer *record);
void strangers_each(const struct strangers *strangers, bool (*on)(void *ctx, const struct stranger *stranger),
                    void *ctx);

#endif
