#include "web/routes.h"

#include <string.h>

#include "base/mem.h"

/*
 * A tree of path parts. Each place has few literal children, so they are a list; it has at most one {name} and
 * one {name...}. The names of parameters belong to the route, since two methods may name them differently.
 */
struct place {
    char *part; /* NULL: this is the root, or {name} */
    size_t n;
    ARRAY(struct place *) literal;
    struct place *any;
    struct leaf *here, *rest; /* routes that end here; those that end here in {name...} */
};

struct leaf {
    const struct route *routes[HTTP_HEAD]; /* by method, 0 unused */
    void *ctx[HTTP_HEAD];
    http_admission *admissions[HTTP_HEAD];
    unsigned allowed;
    bool cors;
};

struct routes {
    struct place root;
    http_admission *access, *change;
    void *access_ctx, *change_ctx;
    char *host, *prefix; /* see routes_set_prefix */
};

struct routes *routes_create(void)
{
    return xcalloc(1, sizeof(struct routes));
}

static void place_finish(struct place *place)
{
    for (size_t i = 0; i < place->literal.n; i++) {
        place_finish(place->literal.v[i]);
        free(place->literal.v[i]);
    }
    array_free(&place->literal);
    if (place->any)
        place_finish(place->any);
    free(place->any);
    free(place->here);
    free(place->rest);
    free(place->part);
}

void routes_destroy(struct routes *routes)
{
    if (!routes)
        return;
    place_finish(&routes->root);
    free(routes->host);
    free(routes->prefix);
    free(routes);
}

static struct place *find_literal(const struct place *place, const char *part, size_t n)
{
    for (size_t i = 0; i < place->literal.n; i++)
        if (place->literal.v[i]->n == n && memcmp(place->literal.v[i]->part, part, n) == 0)
            return place->literal.v[i];
    return NULL;
}

static struct place *literal_of(struct place *place, const char *part, size_t n)
{
    struct place *child = find_literal(place, part, n);
    if (!child) {
        child = xcalloc(1, sizeof(*child));
        child->part = xstrndup(part, n);
        child->n = n;
        *array_add(&place->literal) = child;
    }
    return child;
}

/* The place that a pattern leads to, which is made if it is missing. *ret_rest: it ends in {name...}. */
static struct place *place_of(struct routes *routes, const char *pattern, bool *ret_rest)
{
    struct place *place = &routes->root;
    *ret_rest = false;
    for (const char *part = pattern + 1; part; part = strchr(part, '/'), part = part ? part + 1 : NULL) {
        size_t n = strcspn(part, "/");
        if (*part != '{') {
            place = literal_of(place, part, n);
        } else if (n > 5 && memcmp(part + n - 4, "...}", 4) == 0) {
            *ret_rest = true;
            require(part[n] == '\0');
        } else {
            require(part[n - 1] == '}' && n > 2);
            place->any = place->any ? place->any : xcalloc(1, sizeof(*place->any));
            place = place->any;
        }
    }
    return place;
}

void routes_add(struct routes *routes, const struct route *table, size_t n, void *ctx,
                http_admission *admission)
{
    for (size_t i = 0; i < n; i++) {
        const struct route *route = &table[i];
        bool rest;
        require(route->pattern[0] == '/' && route->method >= HTTP_GET && route->method < HTTP_HEAD);
        struct place *place = place_of(routes, route->pattern, &rest);
        struct leaf **leaf = rest ? &place->rest : &place->here;
        *leaf = *leaf ? *leaf : xcalloc(1, sizeof(**leaf));
        require(!(*leaf)->routes[route->method]);
        (*leaf)->routes[route->method] = route;
        (*leaf)->ctx[route->method] = ctx;
        (*leaf)->admissions[route->method] = admission;
        (*leaf)->allowed |= 1u << route->method;
        (*leaf)->cors = (*leaf)->cors || route->flags & ROUTE_CORS;
    }
}

void routes_set_access(struct routes *routes, http_admission *access, void *ctx)
{
    routes->access = access;
    routes->access_ctx = ctx;
}

bool routes_ask_access(const struct routes *routes, struct http_request *request)
{
    return !routes->access || routes->access(routes->access_ctx, request);
}

void routes_set_change(struct routes *routes, http_admission *change, void *ctx)
{
    routes->change = change;
    routes->change_ctx = ctx;
}

bool routes_ask_change(const struct routes *routes, struct http_request *request)
{
    bool asked = routes->change && http_token(request) && !http_reads(request);
    return !asked || routes->change(routes->change_ctx, request);
}

void routes_set_prefix(struct routes *routes, const char *host, const char *prefix)
{
    replace_text(&routes->host, host);
    replace_text(&routes->prefix, prefix);
}

static bool is_host(const char *sent, const char *host)
{
    size_t n = strlen(host);
    return sent && strncasecmp(sent, host, n) == 0 && (sent[n] == '\0' || sent[n] == ':');
}

const char *routes_prefix(const struct routes *routes, const char *host)
{
    return !routes->host || is_host(host, routes->host) ? routes->prefix : NULL;
}

/* The leaf of the rest of a path, which begins after a slash: literal parts first, then {name}, then
   {name...}. */
static const struct leaf *descend(const struct place *place, const char *path)
{
    size_t n = strcspn(path, "/");
    const struct place *next[2] = {find_literal(place, path, n), n ? place->any : NULL};
    for (int i = 0; i < 2; i++) {
        if (!next[i])
            continue;
        const struct leaf *leaf = path[n] ? descend(next[i], path + n + 1) : next[i]->here;
        if (leaf)
            return leaf;
    }
    return place->rest;
}

/* Finds the part of the path for each name of a pattern that matches it. */
static void name_parameters(const char *pattern, const char *path, struct route_match *ret)
{
    while (*pattern && ret->n < ROUTE_PARAMETERS) {
        size_t part = strcspn(path + 1, "/"), shape = strcspn(pattern + 1, "/");
        if (pattern[1] == '{') {
            bool rest = pattern[shape] == '}' && pattern[shape - 1] == '.';
            ret->parameters[ret->n].name = pattern + 2;
            ret->parameters[ret->n].name_n = strcspn(pattern + 2, ".}");
            ret->parameters[ret->n].value = path + 1;
            ret->parameters[ret->n++].value_n = rest ? strlen(path + 1) : part;
        }
        pattern += shape + 1;
        path += part + 1;
    }
}

void routes_find(const struct routes *routes, enum http_method method, const char *path,
                 struct route_match *ret)
{
    ret->route = NULL;
    ret->n = 0;
    ret->allowed = 0;
    ret->cors = false;
    const struct leaf *leaf = path[0] == '/' ? descend(&routes->root, path + 1) : NULL;
    if (!leaf)
        return;
    enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
    ret->allowed = leaf->allowed;
    ret->cors = leaf->cors;
    ret->route = leaf->routes[wanted];
    ret->ctx = leaf->ctx[wanted];
    ret->admission = leaf->admissions[wanted];
    if (ret->route)
        name_parameters(ret->route->pattern, path, ret);
}
