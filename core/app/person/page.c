/* One person: their ids and users, what they may do, their teams, how pages reach them; and taking a user off that is not theirs. */
#include "access/access.h"
#include "app/page.h"
#include "command/accounts.h"
#include "people/people.h"
#include "policy/escalations.h"

#define WAYS 20

static const struct person *find(const struct visit *visit)
{
    return people_get(visit->core, http_parameter(visit->request, "person"));
}

static bool is_self(const struct visit *visit, const struct person *person)
{
    return visit->person && people_same(visit->core, visit->person, person->id);
}

/* ---- who they are ---- */

struct adding {
    const struct person *person;
    struct view *view;
    size_t users;
    bool others;
};

static bool add_id(void *ctx, const char *id)
{
    struct adding *adding = ctx;
    if (!text_equal(id, adding->person->id)) {
        view_text(view_item(adding->view, "others"), "other", id);
        adding->others = true;
    }
    return false;
}

static void add_user(void *ctx, const char *connector, const char *user)
{
    struct adding *adding = ctx;
    struct view *item = view_item(adding->view, "users");
    view_text(item, "connector", connector);
    view_text(item, "user", user);
    adding->users++;
}

static void add_users(const struct visit *visit, const struct person *person, struct view *view)
{
    struct adding adding = {person, view, 0, false};
    people_any(visit->core, person->id, add_id, &adding);
    people_each_user(visit->core, person->id, add_user, &adding);
    bool may = is_self(visit, person) ? visit->has >= ACCESS_SEE : visit->has >= ACCESS_ADMINISTER;
    view_flag(view, "any_users", adding.users > 0);
    view_flag(view, "any_others", adding.others);
    view_flag(view, "may_unlink", may && adding.users > 1);
}

/* ---- what the policy says of them ---- */

static void add_teams(const struct visit *visit, const struct person *person, struct view *view)
{
    const struct policy *policy = core_policy(visit->core);
    struct roster_team team;
    for (size_t i = 0; policy_team_at(policy, i, &team); i++) {
        const char *const *members = NULL;
        struct roster_person declared;
        bool in = false;
        for (size_t k = policy_team(policy, team.name, &members); k-- > 0 && !in;)
            in = people_find_declared(visit->core, members[k], &declared) &&
                 people_of_declared(visit->core, &declared) == person;
        if (in)
            view_text(view_item(view, "teams"), "team", team.name);
    }
}

static void add_ways(const struct visit *visit, const struct person *person, struct view *view)
{
    const struct policy *policy = core_policy(visit->core);
    struct roster_person declared;
    struct roster_way ways[WAYS];
    size_t i = 0;
    while (policy_person_at(policy, i, &declared) && people_of_declared(visit->core, &declared) != person)
        i++;
    if (!policy_person_at(policy, i, &declared))
        return;
    view_text(view, "declared", declared.id);
    size_t n = policy_ways(policy, declared.id, NULL, ways, WAYS);
    for (i = 0; i < n; i++) {
        struct view *item = view_item(view, "ways");
        CLEANUP_STR struct str after = {0};
        if (ways[i].after)
            duration_format(ways[i].after, &after);
        view_text(item, "way", ways[i].name);
        view_text(item, "after", after.len ? after.p : NULL);
    }
}

/* ---- the page ---- */

static int show(struct visit *visit, struct view *view, struct error *err)
{
    const struct person *person = find(visit);
    if (!person)
        return error_set(err, ERR_NOT_FOUND, "Nobody has that id. [People](/app/people) finds them by name.");
    view_text(view, "heading", person->name ? person->name : person->id);
    view_text(view, "id", person->id);
    view_text(view, "email", people_email(visit->core, person->id));
    view_text(view, "zone", people_zone(visit->core, person->id));
    view_text(view, "role", access_name(access_of_person(visit->core, person->id, visit->now)));
    view_flag(view, "self", is_self(visit, person));
    add_users(visit, person, view);
    add_teams(visit, person, view);
    add_ways(visit, person, view);
    return 0;
}

/* As an operator does with `tocsin people unlink`. */
static void unlink_other(struct visit *visit, const struct person *person, const char *connector)
{
    struct error err;
    CLEANUP_STR struct str said = {0};
    CLEANUP_FREE char *by = visit_by(visit), *path = xasprintf("/app/people/%s", person->id);
    struct turn *turn = turn_begin(visit->core, visit->now);
    if (accounts_unlink(turn, person->id, connector, by, &said, &err) == 0) {
        visit_commit_to(visit, turn, path);
        return;
    }
    turn_commit(turn, NULL, NULL);
    visit_refuse(visit, &err);
}

static void act(struct visit *visit)
{
    const struct person *person = find(visit);
    const char *connector = visit_field(visit, "platform");
    if (!person || text_empty(connector))
        visit_say(visit, true, "Say whom, and which platform: load the page again, and repeat it.");
    else if (is_self(visit, person))
        visit_form(visit, "unlink", NULL);
    else if (visit->has >= ACCESS_ADMINISTER)
        unlink_other(visit, person, connector);
    else
        visit_say(visit, true, "Only administrators take a platform off somebody else.");
}

const struct app_page app_page_person = {.name = "person",
                                         .title = "Person",
                                         .path = "/app/people/{person}",
                                         .needs = ACCESS_SEE,
                                         .show = show,
                                         .act = act};
