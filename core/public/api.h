/*
 * api - the public API of Statuspage, version 2: every object with all of its fields, so that clients of Statuspage read our pages. Pure.
 */
#ifndef TOCSIN_PUBLIC_API_H
#define TOCSIN_PUBLIC_API_H

#include "public/render.h"

public_writer public_api_summary, public_api_status, public_api_components;
/* At most the 50 newest of each. */
public_writer public_api_incidents, public_api_unresolved;
public_writer public_api_maintenances, public_api_upcoming, public_api_active;

#endif
