/*
 * feeds - the holidays{} that are read from an address. Borrowed until the next load. Loop's thread only.
 */
#ifndef TOCSIN_POLICY_FEEDS_H
#define TOCSIN_POLICY_FEEDS_H

#include "policy/policy.h"
#include "rotation/rotation.h"

struct policy_feed {
    const char *name, *url; /* the url may hold a secret */
    bool read;              /* something was read there, at some time */
    const struct holidays *days;
};
/* The active one with index i, from 0; false: there are no more. */
bool policy_feed_at(const struct policy *policy, size_t i, struct policy_feed *ret);
/* Does some layer of the rotation go by these holidays? */
bool policy_feed_is_of(const struct policy_feed *feed, const struct rotation *rotation);
/* Takes the days of all of them from the host again, without running a file. False: none has changed. */
bool policy_feeds_renew(struct policy *policy);

/* The days that the host has for an address; *ret is unchanged if it has none. */
bool feed_days(const struct policy *policy, const char *url, struct holidays *ret);

#endif
