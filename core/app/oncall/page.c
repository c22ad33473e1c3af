/* Who is on call now in each rotation, and who follows; what people agreed on since, and forms to agree on more. */
#include <inttypes.h>
#include <string.h>

#include "app/page.h"
#include "base/map.h"
#include "oncall/oncall.h"
#include "people/people.h"

#define PAGE       50 /* rotations */
#define NEXT_MOST  5  /* changes of each that are told */
#define AHEAD      (28 * DAY)
#define AGREED     200 /* covers, and absences, that are listed */
#define NAMES_MOST 500 /* people who are offered */

/* ---- the rotations ---- */

static void add_names(const struct core *core, const struct on_call *on, struct view *item)
{
    CLEANUP_STR struct str names = {0};
    oncall_names(core, on, &names);
    view_markup(item, "who", names.p);
    view_flag(item, "nobody", on->n == 0);
}

static void add_next(const struct visit *visit, const struct rotation *rotation, instant t, struct view *item)
{
    for (int i = 0; i < NEXT_MOST && t && t < visit->now + AHEAD; i++) {
        struct shift stint;
        struct view *next = view_item(item, "next");
        oncall_stint(visit->core, rotation, t, &stint);
        view_time(next, "from", stint.from, visit);
        add_names(visit->core, &stint.on, next);
        t = stint.until;
    }
}

static void add_teams(const struct visit *visit, const struct rotation *rotation, struct view *item)
{
    struct roster_team team;
    for (size_t i = 0; policy_team_of_rotation(core_policy(visit->core), rotation, i, &team); i++) {
        if (!text_equal_nocase(team.name, rotation->name))
            view_text(view_item(item, "teams"), "team", team.name);
    }
}

static void add_rotation(const struct visit *visit, const struct rotation *rotation, struct view *view)
{
    struct view *item = view_item(view, "rotations");
    struct shift stint;
    oncall_stint(visit->core, rotation, visit->now, &stint);
    view_text(item, "name", rotation->name);
    view_query(item, "name_url", rotation->name);
    add_teams(visit, rotation, item);
    add_names(visit->core, &stint.on, item);
    view_time(item, "until", stint.until, visit);
    add_next(visit, rotation, stint.until, item);
}

static void add_rotations(struct visit *visit, struct view *view)
{
    const struct policy *policy = core_policy(visit->core);
    size_t first = visit_query_number(visit, "from"), i = first;
    const struct rotation *rotation;
    CLEANUP_STR struct str feeds = {0};
    for (; i - first < PAGE && (rotation = policy_rotation_at(policy, i)); i++)
        add_rotation(visit, rotation, view);
    view_flag(view, "none", !policy_rotation_at(policy, 0));
    view_flag(view, "first", first == 0);
    if (policy_rotation_at(policy, i))
        view_textf(view, "more", "%zu", i);
    oncall_feeds(visit->core, NULL, visit_zone(visit), visit->now, &feeds);
    view_markup(view, "feeds", feeds.len ? feeds.p : NULL);
}

/* ---- what people agreed on ---- */

struct listing {
    const struct visit *visit;
    struct view *view;
    size_t n;
};

static bool add_cover(void *ctx, const struct oncall_cover *cover)
{
    struct listing *listing = ctx;
    const struct visit *visit = listing->visit;
    if (cover->until <= visit->now)
        return true;
    struct view *item = view_item(listing->view, "covers");
    view_textf(item, "number", "%" PRIu64, cover->number);
    view_text(item, "in", oncall_name(visit->core, cover->in));
    view_text(item, "out", oncall_name(visit->core, cover->out));
    view_text(item, "rotation", cover->rotation);
    view_time(item, "from", cover->from, visit);
    view_time(item, "until", cover->until, visit);
    return ++listing->n < AGREED;
}

static bool add_absence(void *ctx, const struct oncall_absence *absence)
{
    struct listing *listing = ctx;
    const struct visit *visit = listing->visit;
    if (absence->until <= visit->now)
        return true;
    struct view *item = view_item(listing->view, "absences");
    view_textf(item, "number", "%" PRIu64, absence->number);
    view_text(item, "person", oncall_name(visit->core, absence->person));
    view_time(item, "from", absence->from, visit);
    view_time(item, "until", absence->until, visit);
    return ++listing->n < AGREED;
}

static void add_side(const struct visit *visit, const struct oncall_side *side, const char *list,
                     struct view *swap)
{
    struct view *item = view_item(swap, list);
    view_text(item, "person", oncall_name(visit->core, side->id));
    view_time(item, "from", side->from, visit);
    view_time(item, "until", side->until, visit);
}

/* Those two alone know of an offer. */
static bool add_swap(void *ctx, const struct oncall_swap *swap)
{
    struct listing *listing = ctx;
    const struct visit *visit = listing->visit;
    bool asked = people_same(visit->core, swap->other.id, visit->person);
    if (!asked && !people_same(visit->core, swap->one.id, visit->person))
        return true;
    struct view *item = view_item(listing->view, "swaps");
    view_textf(item, "number", "%" PRIu64, swap->number);
    view_text(item, "rotation", swap->rotation);
    add_side(visit, &swap->one, "one", item);
    add_side(visit, &swap->other, "other", item);
    view_flag(item, "asked", asked);
    listing->n++;
    return true;
}

static void add_agreed(struct visit *visit, struct view *view)
{
    struct listing covers = {visit, view, 0}, absences = covers, swaps = covers;
    oncall_each_cover(visit->core, add_cover, &covers);
    oncall_each_absence(visit->core, add_absence, &absences);
    if (visit->person)
        oncall_each_swap(visit->core, visit->now, add_swap, &swaps);
    view_flag(view, "any_covers", covers.n > 0);
    view_flag(view, "any_absences", absences.n > 0);
    view_flag(view, "any_swaps", swaps.n > 0);
}

/* ---- the forms ---- */

/* Who takes turns, each once, for browsers that complete names. */
static void add_people(const struct visit *visit, struct view *view)
{
    const struct rotation *rotation;
    struct map seen = {0};
    for (size_t i = 0; (rotation = policy_rotation_at(core_policy(visit->core), i)); i++) {
        for (size_t k = 0; k < rotation->n; k++) {
            for (size_t p = 0; p < rotation->layers[k].n && seen.n < NAMES_MOST; p++) {
                const char *name = oncall_name(visit->core, rotation->layers[k].people[p]);
                if (!map_put(&seen, name, (void *)(uintptr_t)name))
                    view_text(view_item(view, "people"), "person", name);
            }
        }
    }
    map_finish(&seen);
}

static void add_typed(struct visit *visit, struct view *view)
{
    static const char *const fields[] = {"whom", "when", "away", "days", "with"};
    for (size_t i = 0; visit->refused && i < ARRAY_SIZE(fields); i++)
        view_text(view, fields[i], visit_field(visit, fields[i]));
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    (void)err;
    view_text(view, "live", "all");
    view_flag(view, "may", visit->person && visit->has >= ACCESS_ACT);
    view_text(view, "zone", visit_zone(visit));
    add_rotations(visit, view);
    add_agreed(visit, view);
    add_people(visit, view);
    add_typed(visit, view);
    return 0;
}

/* The line that somebody would type. A name is one word of it, whatever is in it. */
static char *line_of(struct visit *visit)
{
    const char *whom = visit_field(visit, "whom"), *when = visit_field(visit, "when"),
               *away = visit_field(visit, "away"), *days = visit_field(visit, "days"),
               *with = visit_field(visit, "with");
    CLEANUP_FREE char *one = text_typed(!text_empty(whom)   ? whom
                                        : !text_empty(away) ? away
                                        : !text_empty(with) ? with
                                                            : "me");
    if (when)
        return xasprintf("cover %s %s", one, when);
    if (days)
        return xasprintf("absent %s %s", one, days);
    if (with)
        return xasprintf("swap with %s", one);
    return xstrdup(visit_field(visit, "calendar") ? "calendar" : NULL);
}

/* Each button that ends something has its line. */
static const char *const buttons[] = {"cover cancel ", "absent cancel ", "swap yes ", "swap no "};

static bool is_button(const char *line)
{
    bool is = false;
    for (size_t i = 0; line && i < ARRAY_SIZE(buttons); i++)
        is = is || (text_starts(line, buttons[i]) &&
                    !line[strlen(buttons[i]) + strspn(line + strlen(buttons[i]), "0123456789")]);
    return is;
}

static void act(struct visit *visit)
{
    const char *button = visit_field(visit, "line");
    CLEANUP_FREE char *line = is_button(button) ? xstrdup(button) : line_of(visit);
    if (line)
        visit_command(visit, line, 0, NULL);
    else
        visit_say(visit, true, "Say whom you cover and when, when you are away, or with whom you swap.");
}

const struct app_page app_page_oncall = {.name = "oncall",
                                         .title = "On call",
                                         .path = "/app/oncall",
                                         .word = "On call",
                                         .place = 30,
                                         .needs = ACCESS_SEE,
                                         .show = show,
                                         .act = act};
