/* The next weeks of one rotation: who is on call from when until when, and which days are holidays. */
#include "app/page.h"
#include "base/map.h"
#include "oncall/oncall.h"

#define WEEKS     (28 * DAY)
#define FAR       (366 * DAY) /* how far one may look */
#define ROWS_MOST 300

static const struct rotation *find(const struct visit *visit)
{
    return policy_rotation(core_policy(visit->core), http_parameter(visit->request, "rotation"));
}

/* ---- the shifts ---- */

struct listing {
    const struct visit *visit;
    struct view *view;
    instant until;        /* how far it looks */
    struct shift pending; /* not shown yet; until 0: none */
    size_t n;
};

static void add_stint(struct listing *listing)
{
    const struct visit *visit = listing->visit;
    const struct shift *stint = &listing->pending;
    CLEANUP_STR struct str names = {0};
    if (!stint->until)
        return;
    struct view *item = view_item(listing->view, "stints");
    oncall_names(visit->core, &stint->on, &names);
    view_time(item, "from", stint->from, visit);
    view_time(item, "until", stint->until < listing->until ? stint->until : 0, visit);
    view_markup(item, "who", names.p);
    view_flag(item, "nobody", stint->on.n == 0);
    view_flag(item, "now", stint->from <= visit->now && visit->now < stint->until);
    listing->n++;
}

/* One stint, however many shifts it is of. */
static bool take_shift(void *ctx, const struct shift *shift)
{
    struct listing *listing = ctx;
    if (shift_goes_on(&listing->pending, shift))
        return true;
    add_stint(listing);
    listing->pending = *shift;
    return listing->n < ROWS_MOST;
}

static void add_shifts(struct visit *visit, const struct rotation *rotation, instant from, struct view *view)
{
    struct listing listing = {.visit = visit, .view = view, .until = from + WEEKS};
    oncall_shifts(visit->core, rotation, from, listing.until, take_shift, &listing);
    if (listing.n < ROWS_MOST)
        add_stint(&listing);
}

/* ---- holidays ---- */

static void add_holidays(const struct rotation *rotation, instant from, struct view *view)
{
    struct map shown = {0};
    for (size_t k = 0; k < rotation->n; k++) {
        const struct holidays *holidays = rotation->layers[k].holidays;
        size_t i = holidays ? holidays_from(holidays, from / DAY) : 0;
        for (; holidays && i < holidays->days.n && holidays->days.v[i] * DAY < from + WEEKS; i++) {
            char text[INSTANT_TEXT];
            CLEANUP_FREE char *day = xstrndup(instant_format(holidays->days.v[i] * DAY, text), 10);
            if (!map_put(&shown, day, (void *)(uintptr_t)holidays))
                view_text(view_item(view, "holidays"), "day", day);
        }
    }
    view_flag(view, "any_holidays", shown.n > 0);
    map_finish(&shown);
}

/* ---- the page ---- */

static instant read_from(const struct visit *visit)
{
    instant from;
    const char *text = http_query_value(visit->request, "from");
    bool given =
        text && instant_parse(text, &from, NULL) == 0 && from > visit->now - FAR && from < visit->now + FAR;
    return given ? from : visit->now;
}

static void add_others(instant from, const struct visit *visit, struct view *view)
{
    char text[INSTANT_TEXT];
    view_flag(view, "ahead", from > visit->now);
    if (from + WEEKS < visit->now + FAR)
        view_text(view, "later", instant_format(from + WEEKS, text));
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    const struct rotation *rotation = find(visit);
    struct roster_team team;
    CLEANUP_STR struct str feeds = {0};
    if (!rotation)
        return error_set(err, ERR_NOT_FOUND, "No rotation is called that, and no team with one.");
    instant from = read_from(visit);
    view_text(view, "live", "all");
    view_textf(view, "heading", "On call for %s", rotation->name);
    view_query(view, "name_url", rotation->name);
    view_text(view, "zone", visit_zone(visit));
    view_flag(view, "is_person", visit->person != NULL);
    for (size_t i = 0; policy_team_of_rotation(core_policy(visit->core), rotation, i, &team); i++)
        view_text(view_item(view, "teams"), "team", team.name);
    add_shifts(visit, rotation, from, view);
    add_holidays(rotation, from, view);
    add_others(from, visit, view);
    oncall_feeds(visit->core, rotation, visit_zone(visit), visit->now, &feeds);
    view_markup(view, "feeds", feeds.len ? feeds.p : NULL);
    return 0;
}

/* The address of its calendar. */
static void act(struct visit *visit)
{
    const struct rotation *rotation = find(visit);
    if (!rotation) {
        visit_say(visit, true, "No rotation is called that, and no team with one.");
        return;
    }
    CLEANUP_FREE char *name = text_typed(rotation->name), *line = xasprintf("calendar %s", name);
    visit_command(visit, line, 0, NULL);
}

const struct app_page app_page_rotation = {.name = "rotation",
                                           .title = "On call",
                                           .path = "/app/oncall/{rotation}",
                                           .needs = ACCESS_SEE,
                                           .show = show,
                                           .act = act};
