/*
 * limit_read - reads rate limits, as connectors declare them and as the configuration writes them. Pure.
 *
 * Declared: [{"kind","per_channel","burst","refill"}], refill in milliseconds. Configured: { post = "1/s per channel",
 * edit = "50/min, 10 at once", ["*"] = "none" }. A configured kind replaces everything that was declared for that kind.
 */
#ifndef TOCSIN_OUTBOX_LIMIT_READ_H
#define TOCSIN_OUTBOX_LIMIT_READ_H

#include <cjson/cJSON.h>

#include "outbox/limit.h"

/* "50/min", "1/s per channel", "50/min, 10 at once", "none" (refill 0). Else ERR_INVALID. */
int rate_limit_parse(const char *text, struct rate_limit *ret, struct error *err);
/* Checks a configured table: every member must be a limit for a known kind of action. */
int rate_limits_check(const cJSON *configured, struct error *err);
/* Combines both for one connector. Rows borrow their texts from the arguments. Skips malformed rows. */
void rate_limits_read(const char *connector, const cJSON *declared, const cJSON *configured,
                      struct rate_limits *ret);

#endif
