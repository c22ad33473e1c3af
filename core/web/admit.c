#include "web/admit.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define LONG ((size_t)64 << 10) /* bytes of a body of unknown length */

static bool refuse_unknown(struct http_request *request)
{
    if (!request->match.allowed) {
        http_problem(request, 404, "Nothing at %s.", http_path(request));
        return false;
    }
    CLEANUP_STR struct str allowed = {0};
    for (enum http_method method = HTTP_GET; method < HTTP_HEAD; method++)
        if (request->match.allowed & 1u << method)
            str_addf(&allowed, "%s%s", allowed.len ? ", " : "", http_method_name(method));
    http_answer_header(request, "Allow", str_text(&allowed));
    http_problem(request, 405, "%s does not support %s. Use %s.", http_path(request),
                 http_method_name(request->head.method), str_text(&allowed));
    return false;
}

/* A browser asks whether a page of another origin may call this route. */
static bool answer_preflight(struct http_request *request)
{
    http_answer_header(request, "Access-Control-Allow-Origin", "*");
    http_answer_header(request, "Access-Control-Allow-Methods", "POST, OPTIONS");
    http_answer_header(
        request, "Access-Control-Allow-Headers",
        "x-sentry-auth, x-requested-with, x-forwarded-for, origin, referer, accept, authentication, "
        "authorization, content-encoding, transfer-encoding, content-type");
    http_answer_header(request, "Access-Control-Max-Age", "86400");
    http_answer(request, 204, NULL, NULL, 0);
    return false;
}

/* NULL: none was sent. */
static const char *sent_token(struct http_request *request)
{
    const char *bearer = http_bearer(request);
    if (bearer)
        return bearer;
    return request->match.route->flags & ROUTE_QUERY_TOKEN ? http_query_value(request, "token") : NULL;
}

static void ask_for_token(struct http_request *request)
{
    http_answer_header(request, "WWW-Authenticate", "Bearer");
    http_problem(request, 401,
                 "A valid token is required. Create one with `tocsin token create`, and send it as: "
                 "Authorization: Bearer tocsin_...");
}

static void refuse_token(struct http_request *request, struct guesses *guesses)
{
    char wait[16];
    int seconds, n = guesses_add(guesses, http_peer(request), clock_mono_ns() / 1000000, &seconds);
    if (n == 1)
        log_warn("a token that is not valid came from %s; more from there are not logged for %d s",
                 http_peer(request), seconds);
    if (n <= GUESSES_MOST) {
        ask_for_token(request);
        return;
    }
    snprintf(wait, sizeof(wait), "%d", seconds);
    http_answer_header(request, "Retry-After", wait);
    http_problem(request, 429, "Too many tokens from %s were not valid. Wait %d s, or send a valid one.",
                 http_peer(request), seconds);
}

static bool refuse_agent(struct http_request *request)
{
    http_problem(request, 403,
                 "The token '%s' is an agent's, which changes things by commands alone: at /mcp, or by POST "
                 "/api/v1/commands.",
                 request->token->name);
    return false;
}

static bool authorize(struct http_request *request, const struct routes *routes, struct tokens *tokens,
                      struct guesses *guesses)
{
    unsigned scope = request->match.route->scope;
    if (!scope)
        return true;
    const char *sent = sent_token(request);
    request->token = sent && tokens ? tokens_find(tokens, sent) : NULL;
    if (!sent && tokens && request->match.route->flags & ROUTE_COOKIE)
        request->token = tokens_by_cookie(tokens, http_header(request, "cookie"));
    if (!request->token && sent)
        refuse_token(request, guesses);
    else if (!request->token)
        ask_for_token(request);
    if (!request->token)
        return false;
    if (request->token->agent && scope & ~(unsigned)SCOPE_READ && !(request->match.route->flags & ROUTE_AGENT))
        return refuse_agent(request);
    if ((request->token->scopes & scope) == scope)
        return routes_ask_access(routes, request);
    CLEANUP_STR struct str wanted = {0};
    scopes_format(scope, &wanted);
    http_problem(request, 403, "The token '%s' may not do this. It needs the scope %s.", request->token->name,
                 str_text(&wanted));
    return false;
}

static bool is_json(const char *type)
{
    size_t n = strcspn(type, "; \t");
    return (n == 16 && strncasecmp(type, "application/json", 16) == 0) ||
           (n > 5 && strncasecmp(type + n - 5, "+json", 5) == 0);
}

void admit_too_large(struct http_request *request)
{
    const struct route_match *match = &request->match;
    request->too_large = true;
    if (match->route->flags & ROUTE_TOO_LARGE)
        match->route->handler(match->ctx, request);
    else
        http_problem(request, 413, "The body is too large. The limit is %zu bytes.", match->route->body_limit);
}

static bool check_body(struct http_request *request)
{
    const struct route *route = request->match.route;
    const struct wire_head *head = &request->head;
    if (!head->chunked && head->length == 0)
        return true;
    if (head->length > (int64_t)route->body_limit || (head->chunked && route->body_limit == 0)) {
        admit_too_large(request);
        return false;
    }
    const char *type = wire_header(head, "content-type");
    if (route->flags & ROUTE_JSON && (!type || !is_json(type))) {
        http_problem(request, 415, "The body must be application/json.");
        return false;
    }
    return true;
}

static bool ask_admission(struct http_request *request)
{
    http_admission *admission = request->match.admission;
    request->asked = true;
    return !admission || admission(request->match.ctx, request);
}

bool admit_more(struct http_request *request)
{
    return request->asked || request->body.len <= LONG || ask_admission(request);
}

/* As for a host of its own, which shows a part of the paths. */
static void put_prefix(struct http_request *request, const struct routes *routes)
{
    const char *prefix = routes_prefix(routes, http_header(request, "host"));
    if (!prefix)
        return;
    CLEANUP_STR struct str path = request->path;
    request->path = (struct str){0};
    str_add(&request->path, prefix);
    str_addn(&request->path, path.p, path.len);
}

bool admit(struct http_request *request, const struct routes *routes, struct tokens *tokens,
           struct guesses *guesses)
{
    struct route_match *match = &request->match;
    int rc = wire_target(request->head.target, &request->path, &request->query);
    if (rc < 0) {
        http_problem(request, -rc, "The path is %s.", rc == -414 ? "too long" : "not valid");
        return false;
    }
    put_prefix(request, routes);
    routes_find(routes, request->head.method, str_text(&request->path), match);
    if (!match->route && match->cors && request->head.method == HTTP_OPTIONS)
        return answer_preflight(request);
    if (!match->route)
        return refuse_unknown(request);
    request->flags = match->route->flags;
    return authorize(request, routes, tokens, guesses) && check_body(request) &&
           (request->head.length <= 0 || ask_admission(request));
}
