/*
 * api - the public API of Statuspage, version 2: every object with all of its fields, so that clients of Statuspage read our pages. Pure.
 */
#ifndef TOCSIN_PUBLIC_API_H
#define TOCSIN_PUBLIC_API_H

#include "base/json.h"
#include "public/render.h"

public_writer public_api_summary, public_api_status, public_api_components;
/* At most the 50 newest of each. */
public_writer public_api_incidents, public_api_unresolved;
public_writer public_api_maintenances, public_api_upcoming, public_api_active;

/* The members of a post, into an object that is open; and a time, null for 0. */
void public_api_put_post(struct json_out *j, const struct public_page *page, const struct public_post *post);
void public_api_put_time(struct json_out *j, const struct public_page *page, const char *key, instant t);

#endif
