/*
 * inside - days as JSON: numbers, as struct holidays has them. Only this folder includes it.
 */
#ifndef TOCSIN_FEEDS_INSIDE_H
#define TOCSIN_FEEDS_INSIDE_H

#include "base/json.h"
#include "rotation/holidays.h"

void days_write(const struct holidays *days, struct json_out *j); /* the member "days" */
/* Refuses what holidays_read would not give: too many, out of order, out of range. On failure *ret is unchanged. */
int days_parse(const cJSON *list, struct holidays *ret, struct error *err);

#endif
