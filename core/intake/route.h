/*
 * route - the path of each format, who may use it, and the whole way from a request to alerts.
 *
 *   POST /api/{project}/envelope/   Sentry envelope          key (X-Sentry-Auth, query, or the envelope's dsn)
 *   POST /api/{project}/store/      Sentry event             key (X-Sentry-Auth or query)
 *   POST /intake/sentry             Sentry SDK's tunnel      key in the envelope's dsn
 *   POST /api/v2/alerts             Prometheus, as to an Alertmanager   bearer or basic
 *   POST /intake/alertmanager       Alertmanager webhook v4  bearer or basic
 *   POST /intake/grafana            Grafana webhook          bearer or basic
 *   POST /v2/enqueue                PagerDuty Events API v2  routing_key
 *   POST /v2/change/enqueue         PagerDuty change event   routing_key; accepted and dropped
 *   POST /intake/alerts             Tocsin's own JSON        bearer or basic
 *
 * PUT works like POST where Grafana may send it; a slash at the end is optional. Browsers may send from any origin to the
 * routes marked INTAKE_CORS: the web server sends the headers for that, and answers preflight requests.
 */
#ifndef TOCSIN_INTAKE_ROUTE_H
#define TOCSIN_INTAKE_ROUTE_H

#include "intake/request.h"

enum intake_cors { INTAKE_NO_CORS, INTAKE_CORS };

struct intake_route {
    const char *pattern; /* "{}" is one segment, which the decoder gets as the stream */
    const char *methods; /* "POST" or "POST PUT" */
    enum intake_dialect dialect;
    intake_decoder *decode;
    unsigned auth; /* set of 1 << enum intake_auth, tried before the body is read; 0: the key is in the body */
    enum intake_cors cors;
    size_t
        at_once; /* bytes, unpacked, up to which a body is read so soon that nothing else on the loop notices */
};

/* The route of a path, whatever the method; NULL: not an intake path. */
const struct intake_route *intake_route_find(const char *path);
const struct intake_route *intake_route_table(size_t *ret_count); /* for docs and checks */

/*
 * The whole way has two steps; a negative code comes with the answer to send now.
 *
 * intake_admit looks at the request line and the headers, finds route and source, and refuses what no body could make valid.
 * intake_read unpacks and decodes the body. It returns 0 with alerts (perhaps none) and the answer to send once they are durable;
 * or, with request->at_once, INTAKE_LONG, no alerts and no answer: the body is long, so read it once more with at_once unset, on a
 * thread where that may take its time. It touches nothing but the request, its arena and its config.
 * intake_receive does both.
 */
#define INTAKE_LONG 1
int intake_admit(struct intake_request *request, struct intake_answer *answer);
int intake_read(struct intake_request *request, struct alert_list *ret, struct intake_answer *answer);
int intake_receive(struct intake_request *request, struct alert_list *ret, struct intake_answer *answer);

/* The answer when alerts cannot be stored now: the store fails, or the queue is full. */
void intake_busy(const struct intake_route *route, int retry_seconds, struct intake_answer *answer);
/* The answer when the sender has used up what it is allowed. */
void intake_spent(const struct intake_route *route, int retry_seconds, struct intake_answer *answer);
/* The answer when the body turns out to be too large while it is read. */
void intake_too_big(const struct intake_route *route, size_t limit, struct intake_answer *answer);

#endif
