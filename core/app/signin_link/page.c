/* Where a link from a chat leads. Opening it shows whom it signs in; only the press signs in, since previews open links, too. */
#include "access/links.h"
#include "app/enter.h"
#include "app/page.h"

static const char *secret_of(const struct visit *visit)
{
    return http_parameter(visit->request, "secret");
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    const char *person = signin_link_person(visit->core, secret_of(visit), visit->now);
    if (!person)
        return error_set(
            err, ERR_NOT_FOUND,
            "This link was used, or is older than 10 minutes. Type `signin` in a chat to get a new one.");
    view_person(view, "person", person, visit);
    return 0;
}

static void act(struct visit *visit)
{
    const char *person = signin_link_person(visit->core, secret_of(visit), visit->now);
    if (!person) {
        if (enter_may_try(visit))
            visit_say(visit, true, "%s", "This link no longer works.");
        return;
    }
    CLEANUP_FREE char *of = xstrdup(person);
    struct turn *turn = turn_begin(visit->core, visit->now);
    struct session wanted = {.person = of, .way = "link"};
    signin_link_use(turn, secret_of(visit));
    enter_begin(visit, turn, &wanted, "/app/");
}

const struct app_page app_page_signin_link = {
    .name = "signin_link", .title = "Sign in", .path = "/app/signin/link/{secret}", .show = show, .act = act};
