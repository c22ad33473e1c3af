/*
 * api_routes - the route tables of the API, one for each area. Their context is a struct api.
 */
#ifndef TOCSIN_WEB_API_ROUTES_H
#define TOCSIN_WEB_API_ROUTES_H

#include "web/routes.h"

extern const struct route api_incident_routes[], api_incoming_routes[], api_customer_routes[],
    api_people_routes[], api_oncall_routes[], api_heartbeat_routes[], api_insight_routes[],
    api_statuspage_routes[], api_subscriber_routes[], api_webhook_routes[], api_writeup_routes[],
    api_drill_routes[], api_admin_routes[];
extern const size_t api_incident_route_count, api_incoming_route_count, api_customer_route_count,
    api_people_route_count, api_oncall_route_count, api_heartbeat_route_count, api_insight_route_count,
    api_statuspage_route_count, api_subscriber_route_count, api_webhook_route_count, api_writeup_route_count,
    api_drill_route_count, api_admin_route_count;

#endif
