/*
 * route - which path takes which format, who may use it, and the whole way from a request to alerts.
 *
 *   POST /api/{project}/envelope/   Sentry envelope          key (X-Sentry-Auth, query, or the envelope's dsn)
 *   POST /api/{project}/store/      Sentry event             key (X-Sentry-Auth or query)
 *   POST /intake/sentry             Sentry SDK's tunnel      key in the envelope's dsn
 *   POST /api/v2/alerts             Prometheus, as to an Alertmanager   bearer or basic
 *   POST /intake/alertmanager       Alertmanager webhook v4  bearer or basic
 *   POST /intake/grafana            Grafana webhook          bearer or basic
 *   POST /v2/enqueue                PagerDuty Events API v2  routing_key
 *   POST /v2/change/enqueue         PagerDuty change event   routing_key; taken and dropped
 *   POST /intake/alerts             Tocsin's own JSON        bearer or basic
 *
 * PUT does as well as POST where Grafana may send it; a slash at the end is optional. Browsers send from any
 * origin to the routes marked INTAKE_CORS: the web server says so, and answers their preflights.
 */
#ifndef TOCSIN_INTAKE_ROUTE_H
#define TOCSIN_INTAKE_ROUTE_H

#include "intake/request.h"

enum intake_cors { INTAKE_NO_CORS, INTAKE_CORS };

struct intake_route {
    const char *pattern; /* "{}" is one segment, given to the decoder as the stream */
    const char *methods; /* "POST" or "POST PUT" */
    enum intake_dialect dialect;
    intake_decoder *decode;
    unsigned auth; /* set of 1 << enum intake_auth that are tried before the body is read; 0: in the body */
    enum intake_cors cors;
};

/* The route of a path, whatever the method; NULL: none of ours. */
const struct intake_route *intake_route_find(const char *path);
const struct intake_route *intake_route_table(size_t *ret_count); /* for docs and checks */

/*
 * All of it: route, method, key, content encoding, decoding. Returns 0 with alerts (perhaps none) and the
 * answer to give once they are durable, or a negative code with the answer to give now. intake_admit looks
 * at the line and the headers alone and refuses what no body could save, before one is read.
 */
int intake_receive(struct intake_request *request, struct alert_list *ret, struct intake_answer *answer);
int intake_admit(struct intake_request *request, struct intake_answer *answer);

/* The answer when alerts cannot be taken now: the store fails, or the queue is full. */
void intake_busy(const struct intake_route *route, int retry_seconds, struct intake_answer *answer);
/* … and when the body is over the limit before it was read whole. */
void intake_too_big(const struct intake_route *route, size_t limit, struct intake_answer *answer);

#endif
