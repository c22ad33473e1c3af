/* The connectors, what waits for them, and what could not be sent: with its error, to be retried or given up. */
#include <inttypes.h>

#include "app/page.h"
#include "delivery/words.h"
#include "host/descriptor.h"
#include "outbox/outbox.h"
#include "sight/sight.h"
#include "web/standing.h"

#define LETTERS 100 /* on a page */

/* ---- connectors ---- */

struct listing {
    const struct visit *visit;
    struct view *view;
};

static bool add_connector(void *ctx, const struct connector_info *info)
{
    const struct listing *listing = ctx;
    struct view *item = view_item(listing->view, "connectors");
    struct connector_standing standing;
    CLEANUP_STR struct str abilities = {0};
    connector_standing(listing->visit->core, info, &standing);
    abilities_words(info->can, &abilities);
    view_text(item, "connector", info->name);
    view_text(item, "state", standing.state);
    view_flag(item, "well", !standing.reason && text_equal(standing.state, "running"));
    view_text(item, "reason", standing.reason);
    view_time(item, "since", standing.since, listing->visit);
    view_text(item, "abilities", str_text(&abilities));
    view_text(item, "version", info->version);
    view_text(item, "summary", info->summary);
    if (info->restarts)
        view_textf(item, "restarts", "%d", info->restarts);
    connector_standing_finish(&standing);
    return true;
}

/* ---- what waits, and what failed ---- */

struct lane_count {
    size_t waiting, failed;
    instant oldest; /* of those that wait */
};
struct outgoing {
    struct visit *visit;
    struct view *view;
    uint64_t after, last; /* numbers of what failed: only those behind it are shown; the last that is */
    size_t shown;
    bool more;
    struct lane_count lanes[LANE_COUNT];
};

/* Only members see the actions of a private incident. */
static bool may_see(const struct visit *visit, const struct action *action)
{
    return !action->incident || sight_incident(visit->core, action->incident, visit->person);
}

static void add_letter(struct outgoing *out, const struct action *action)
{
    const struct visit *visit = out->visit;
    struct view *item = view_item(out->view, "letters");
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *text = sight_action_text(visit->core, action, visit->person);
    view_textf(item, "id", "%" PRIu64, action->id);
    view_text(item, "what", words_to_do(action->kind));
    view_text(item, "letter_connector", action->connector);
    view_text(item, "lane", lanes[action->lane].name);
    view_flag(item, "uncertain", action->state == ACTION_UNCERTAIN);
    view_text(item, "about", action->incident ? incident_name(action->incident, name) : NULL);
    view_time(item, "made", action->made_at, visit);
    view_textf(item, "attempts", "%d", action->attempts);
    view_text(item, "rule", action->rule);
    view_text(item, "detail", action->outcome.detail);
    view_markup(item, "text", text);
    view_flag(item, "again", !action->reference.key);
    out->last = action->id;
    out->shown++;
}

static bool take_action(void *ctx, const struct action *action)
{
    struct outgoing *out = ctx;
    struct lane_count *lane = &out->lanes[action->lane];
    if (!may_see(out->visit, action))
        return true;
    if (action_is_under_way(action)) {
        lane->oldest = lane->waiting++ ? MIN(lane->oldest, action->made_at) : action->made_at;
        return true;
    }
    lane->failed++;
    if (out->shown == LETTERS)
        out->more = true;
    else if (action->id > out->after)
        add_letter(out, action);
    return true;
}

static void add_lanes(const struct outgoing *out)
{
    for (int i = 0; i < LANE_COUNT; i++) {
        const struct lane_count *lane = &out->lanes[i];
        struct view *item = view_item(out->view, "lanes");
        view_text(item, "lane_name", lanes[i].name);
        view_textf(item, "waiting", "%zu", lane->waiting);
        view_clock(item, "oldest", lane->oldest, out->visit);
        view_textf(item, "failed", "%zu", lane->failed);
    }
}

/* ---- the page ---- */

static int show(struct visit *visit, struct view *view, struct error *err)
{
    struct outgoing out = {.visit = visit, .view = view, .after = visit_query_number(visit, "after")};
    (void)err;
    view_text(view, "live", "all");
    view_text(view, "every", PAGE_EVERY);
    view_flag(view, "may_administer", visit->has >= ACCESS_ADMINISTER);
    supervisor_each(visit_parts(visit)->supervisor, add_connector, &(struct listing){visit, view});
    outbox_each(core_outbox(visit->core), take_action, &out);
    add_lanes(&out);
    if (out.more)
        view_textf(view, "later", "%" PRIu64, out.last);
    return 0;
}

static void restart(struct visit *visit, const char *name)
{
    struct error err;
    CLEANUP_FREE char *by = visit_by(visit);
    if (visit->has < ACCESS_ADMINISTER)
        visit_say(visit, true, "Restarting a connector is for people who may administer.");
    else if (connector_restart(visit_parts(visit)->supervisor, visit->core, name, by, visit->now, &err))
        visit_say(visit, true, "%s", err.text);
    else
        visit_to(visit, "/app/connectors");
}

static void act(struct visit *visit)
{
    const char *line = visit_field(visit, "line"), *name = visit_field(visit, "restart");
    if (!text_empty(name))
        restart(visit, name);
    else if (!text_empty(line))
        visit_command(visit, line, 0, NULL);
    else
        visit_say(visit, true, "That form is not of this page. Load it again, and repeat it.");
}

const struct app_page app_page_connectors = {.name = "connectors",
                                             .title = "Connectors",
                                             .path = "/app/connectors",
                                             .word = "Connectors",
                                             .place = 60,
                                             .needs = ACCESS_SEE,
                                             .to_act = ACCESS_ACT,
                                             .show = show,
                                             .act = act};
