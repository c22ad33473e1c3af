/* Ends the session of this browser. */
#include "app/enter.h"
#include "app/page.h"

static int show(struct visit *visit, struct view *view, struct error *err)
{
    (void)visit, (void)view, (void)err;
    return 0;
}

const struct app_page app_page_signout = {
    .name = "signout", .title = "Sign out", .path = "/app/signout", .show = show, .act = enter_leave};
