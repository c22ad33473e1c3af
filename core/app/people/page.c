/* The people, found by a part of what they are called. */
#include "access/access.h"
#include "app/page.h"
#include "people/people.h"

#define PAGE 100

struct listing {
    const struct visit *visit;
    struct view *view;
    const struct person *last; /* NULL: nobody was found */
};

static void add_person(void *ctx, const struct person *person)
{
    struct listing *listing = ctx;
    struct core *core = listing->visit->core;
    struct view *item = view_item(listing->view, "people");
    CLEANUP_STR struct str platforms = {0};
    people_platforms(core, person->id, &platforms);
    view_text(item, "id", person->id);
    view_text(item, "person_name", person->name ? person->name : person->id);
    view_text(item, "email", people_email(core, person->id));
    view_text(item, "platforms", str_text(&platforms));
    view_text(item, "role", access_name(access_of_person(core, person->id, listing->visit->now)));
    listing->last = person;
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    const char *words = http_query_value(visit->request, "q"),
               *after = http_query_value(visit->request, "after");
    struct listing listing = {visit, view, NULL};
    bool more = people_search(visit->core, words, after, PAGE, add_person, &listing);
    (void)err;
    view_text(view, "q", words);
    view_text(view, "self", visit->person ? people_now(visit->core, visit->person) : NULL);
    view_text(view, "more", more ? listing.last->id : NULL);
    return 0;
}

const struct app_page app_page_people = {.name = "people",
                                         .title = "People",
                                         .path = "/app/people",
                                         .word = "People",
                                         .place = 50,
                                         .needs = ACCESS_SEE,
                                         .show = show};
