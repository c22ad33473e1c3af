/*
 * same_origin - is a request that a browser's page sends one of ours? Loop's thread only.
 */
#ifndef TOCSIN_WEB_SAME_ORIGIN_H
#define TOCSIN_WEB_SAME_ORIGIN_H

#include "web/request.h"

/* A page of the host that the request names or of public_url (NULL: there is none), or no page: only browsers send an Origin. */
bool same_origin(struct http_request *request, const char *public_url);

#endif
