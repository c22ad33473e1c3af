/* Declares an incident: the fields are taken as they are, and become no part of a line. */
#include "app/incidents/choices.h"

static const char *typed(struct visit *visit, const char *field)
{
    return http_method(visit->request) == HTTP_POST ? visit_field(visit, field) : NULL;
}

/* After a refusal nothing has to be typed again. */
static int show(struct visit *visit, struct view *view, struct error *err)
{
    (void)err;
    view_text(view, "typed_title", typed(visit, "title"));
    view_text(view, "typed_service", typed(visit, "service"));
    view_text(view, "typed_customer", typed(visit, "customer"));
    view_text(view, "typed_link", typed(visit, "link"));
    view_flag(view, "typed_private", typed(visit, "private"));
    view_flag(view, "typed_drill", typed(visit, "drill"));
    choices_add(visit, CHOICE_SEVERITIES, typed(visit, "sev"), view);
    choices_add(visit, CHOICE_TEAMS, typed(visit, "team"), view);
    choices_add(visit, CHOICE_SERVICES, NULL, view);
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
