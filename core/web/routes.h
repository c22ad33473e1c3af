/*
 * routes - tables that say which handler takes which request.
 *
 * A pattern is a path whose parts between slashes are literal, {name} (one part, not empty), or, as the last
 * part, {name...} (the rest, which may be empty and contain slashes). Literal parts win over {name}, which wins
 * over {name...}; two routes of the same method and shape are a programming error. A trailing slash counts as a
 * part of its own: "/a/" is not "/a".
 *
 * Tables are read when they are added. Finding a route then allocates nothing and takes time in the length of
 * the path.
 */
#ifndef TOCSIN_WEB_ROUTES_H
#define TOCSIN_WEB_ROUTES_H

#include "web/request.h"

typedef void http_handler(void *ctx, struct http_request *request);
/* Looks at a request whose body has not been read. False: it has answered, and nobody reads the body. */
typedef bool http_admission(void *ctx, struct http_request *request);

enum route_flag {
    ROUTE_CORS = 1,        /* browsers of any origin may call it (intake from a browser SDK) */
    ROUTE_JSON = 2,        /* a body must be application/json (or +json), otherwise 415 */
    ROUTE_QUERY_TOKEN = 4, /* also takes ?token=, since a browser's WebSocket cannot set headers */
    ROUTE_TOO_LARGE =
        8, /* its handler also gets, and answers at once, what http_too_large() says is too large */
    ROUTE_AGENT =
        64, /* an agent's token may use it, though it writes: it runs command lines, which say what agents may */
    ROUTE_COOKIE = 32, /* a browser's session will do; only for what checks the origin of the page */
    ROUTE_LONG =
        128, /* its handler takes long, as one that renders a page: one of them in a turn of the loop */
};

struct route {
    enum http_method method;
    const char *pattern; /* "/api/v1/incidents/{id}" */
    http_handler *handler;
    unsigned scope;    /* enum token_scope that the bearer token must have; 0: no token is needed */
    size_t body_limit; /* bytes; 0: no body is accepted */
    unsigned flags;
};

struct routes;
struct routes *routes_create(void);
void routes_destroy(struct routes *routes);
/* The table must live as long as `routes`; ctx is passed to its handlers, and to `admission`, which is asked about each body before it is
   read; if its length is not known, once it is long. admission NULL: nobody is asked. */
void routes_add(struct routes *routes, const struct route *table, size_t n, void *ctx,
                http_admission *admission);

/* Who is asked about each request whose token has the scope of its route; NULL: nobody. `ctx` is passed to it. */
void routes_set_access(struct routes *routes, http_admission *access, void *ctx);
/* True: it may go on, or nobody was to be asked. */
bool routes_ask_access(const struct routes *routes, struct http_request *request);

/* Who is asked about each complete request that has a token and changes something (no GET); NULL: nobody. `ctx` is passed to it. */
void routes_set_change(struct routes *routes, http_admission *change, void *ctx);
bool routes_ask_change(const struct routes *routes, struct http_request *request);

/* Paths of requests to this host (in any case, without a port; NULL: to any) are found as if `prefix` stood before them, and nothing
   else is found there. Both are copied. */
void routes_set_prefix(struct routes *routes, const char *host, const char *prefix);
/* What stands before the path of a request with that Host; NULL: nothing, or the request named none. */
const char *routes_prefix(const struct routes *routes, const char *host);

#define ROUTE_PARAMETERS 8
struct route_match {
    const struct route *route; /* NULL: 404, or 405 when `allowed` is not 0 */
    void *ctx;
    http_admission *admission;
    unsigned allowed; /* set of (1 << method) that the path supports */
    bool cors;        /* some method of the path is ROUTE_CORS */
    struct {
        const char *name, *value; /* borrowed from the pattern, up to '}' or '.'; and from the path */
        size_t name_n, value_n;
    } parameters[ROUTE_PARAMETERS];
    size_t n;
};
/* Finds the route; HEAD finds that of GET. */
void routes_find(const struct routes *routes, enum http_method method, const char *path,
                 struct route_match *ret);

#endif
