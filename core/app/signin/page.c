/* The page where somebody signs in: by their identity provider, by a link from a chat, or with a token. */
#include <string.h>

#include "app/enter.h"
#include "app/inside.h"
#include "app/page.h"
#include "web/api_call.h"

static int show(struct visit *visit, struct view *view, struct error *err)
{
    const char *field = http_method(visit->request) == HTTP_POST ? visit_field(visit, "back") : NULL;
    (void)err;
    view_text(view, "back", enter_back(field ? field : http_query_value(visit->request, "back")));
    if (visit->app->parts.provider)
        view_text(view, "provider", visit->app->parts.provider_name);
    view_flag(view, "links", core_settings(visit->core)->public_url != NULL);
    return 0;
}

/* With a token: what it allows at most, the session does. */
static void act(struct visit *visit)
{
    const char *text = visit_field(visit, "token");
    const char *back = enter_back(visit_field(visit, "back"));
    CLEANUP_FREE char *trimmed = xstrndup(text ? text : "", text ? strcspn(text, " \t\r\n") : 0);
    const struct token *token = tokens_find(visit->app->parts.tokens, trimmed);
    explicit_bzero(trimmed, strlen(trimmed));
    if (!token) {
        if (enter_may_try(visit))
            visit_say(visit, true, "That token is not valid: it may be mistyped, revoked, or expired.");
        return;
    }
    if (token->agent) {
        visit_say(visit, true, "That token is an agent's: it is for `/mcp` and the API, not for signing in.");
        return;
    }
    struct session wanted = {.person = (char *)(uintptr_t)token->person,
                             .way = "token",
                             .name = (char *)(uintptr_t)token->name,
                             .token = (char *)(uintptr_t)token->id,
                             .most = api_access(visit->core, token)};
    enter_begin(visit, turn_begin(visit->core, visit->now), &wanted, back);
}

const struct app_page app_page_signin = {
    .name = "signin", .title = "Sign in", .path = "/app/signin", .show = show, .act = act};
