/*
 * limit_read - rate limits as a connector declares them and as a configuration writes them. Pure.
 *
 * Declared: [{"kind","per_channel","burst","refill"}], refill in milliseconds. Configured: { post = "1/s per channel",
 * edit = "50/min, 10 at once", ["*"] = "none" }; a kind that is configured stands instead of all that was declared for it.
 */
#ifndef TOCSIN_OUTBOX_LIMIT_READ_H
#define TOCSIN_OUTBOX_LIMIT_READ_H

#include <cjson/cJSON.h>

#include "outbox/limit.h"

/* "50/min", "1/s per channel", "50/min, 10 at once", "none" (refill 0). ERR_INVALID with what is wrong. */
int rate_limit_parse(const char *text, struct rate_limit *ret, struct error *err);
/* Is every member of a configured table a limit? */
int rate_limits_check(const cJSON *configured, struct error *err);
/* Both together, for one connector; rows borrow their texts from the arguments. Malformed rows are left out. */
void rate_limits_read(const char *connector, const cJSON *declared, const cJSON *configured,
                      struct rate_limits *ret);

#endif
