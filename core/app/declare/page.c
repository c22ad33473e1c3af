/* Declares an incident: the fields are taken as they are, and become no part of a line. */
#include "app/page.h"

static void add_severities(const struct visit *visit, struct view *view)
{
    const struct rulebook *book = policy_rulebook(core_policy(visit->core));
    for (size_t i = 0; book->severities && book->severities[i]; i++)
        view_text(view_item(view, "severities"), "severity", book->severities[i]);
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    (void)err;
    add_severities(visit, view);
    if (http_method(visit->request) == HTTP_POST) {
        view_text(view, "typed_title", visit_field(visit, "title"));
        view_text(view, "typed_service", visit_field(visit, "service"));
    }
    return 0;
}

static void act(struct visit *visit)
{
    visit_form(visit, "declare", "/app/incidents/");
}

const struct app_page app_page_declare = {.name = "declare",
                                          .title = "Declare an incident",
                                          .path = "/app/declare",
                                          .word = "Declare",
                                          .place = 10,
                                          .needs = ACCESS_ACT,
                                          .show = show,
                                          .act = act};
