/* What was found last about each incident, for its card and for the timeline; and the part. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "impact/impact.h"
#include "rooms/card.h"

#define SHOWN_EVERY (SECOND / 2)
#define SHOWN_MOST  5 /* by name */

struct view { /* what was found last */
    instant at;
    bool stale, estimated;
    int64_t total;
    uint64_t version;
    char *text;
};

struct views {
    struct map of;    /* incident's name -> struct view */
    uint64_t version; /* of the view that was made last */
};

static struct views *views_of(const struct core *core)
{
    return part_state(core, "impact");
}

static void view_destroy(struct view *view)
{
    if (view)
        free(view->text);
    free(view);
}

void impact_number(int64_t n, bool estimated, struct str *out)
{
    char digits[24];
    int64_t unit = 1;
    while (estimated && n / unit >= 1000)
        unit *= 10;
    int length = snprintf(digits, sizeof(digits), "%" PRId64, (n + unit / 2) / unit * unit);
    str_add(out, estimated ? "about " : "");
    for (int i = 0; i < length; i++)
        str_addf(out, i && (length - i) % 3 == 0 ? ",%c" : "%c", digits[i]);
}

/* "Acme, Globex and 1,234 more". */
static char *describe(const struct impact *impact)
{
    struct str text = {0};
    size_t named = MIN(impact->rows.n, SHOWN_MOST);
    for (size_t i = 0; i < named; i++)
        str_addf(&text, "%s%s", i ? ", " : "", impact->rows.v[i].name);
    if (impact->total > (int64_t)named) {
        str_add(&text, " and ");
        impact_number(impact->total - (int64_t)named, impact->estimated, &text);
        str_add(&text, " more");
    }
    return text.len ? str_take(&text) : NULL;
}

static const struct view *look(struct core *core, const struct incident *incident, instant now)
{
    char name[INCIDENT_NAME];
    struct views *views = views_of(core);
    struct view *view = map_get(&views->of, incident_name(incident->id, name));
    if (view && !(view->stale && now - view->at >= SHOWN_EVERY))
        return view;
    struct impact impact;
    impact_of(core, incident, false, &impact);
    if (!view)
        map_put(&views->of, name, view = xcalloc(1, sizeof(*view)));
    free(view->text);
    *view = (struct view){.at = now,
                          .estimated = impact.estimated,
                          .total = impact.total,
                          .version = ++views->version,
                          .text = describe(&impact)};
    impact_finish(&impact);
    return view;
}

uint64_t impact_version(const struct core *core, const struct incident *incident)
{
    char name[INCIDENT_NAME];
    const struct view *view = map_get(&views_of(core)->of, incident_name(incident->id, name));
    return view ? view->version : 0;
}

static void outdate(struct core *core, uint64_t incident)
{
    char name[INCIDENT_NAME];
    struct view *view = map_get(&views_of(core)->of, incident_name(incident, name));
    if (view)
        view->stale = true;
}

void impact_grew(struct turn *turn, const struct incident *incident)
{
    outdate(turn_core(turn), incident->id);
    if (impact_is_named(incident))
        return;
    const struct view *view = look(turn_core(turn), incident, turn_now(turn));
    int64_t before = incident->affected.total;
    if (view->total <= (int64_t)incident->affected.customers.n || (before && view->total < 2 * before))
        return;
    turn_do(turn, incident->id,
            &(struct command){.verb = "customers",
                              .by = "intake",
                              .automatic = true,
                              .count = view->total,
                              .flag = view->estimated},
            NULL, NULL);
}

/* ---- the part ---- */

static void forget(struct core *core, uint64_t incident)
{
    char name[INCIDENT_NAME];
    view_destroy(map_remove(&views_of(core)->of, incident_name(incident, name)));
}

static void unload(struct core *core)
{
    size_t at = 0;
    for (struct map_slot *slot; (slot = map_next(&views_of(core)->of, &at));)
        view_destroy(slot->value);
    map_finish(&views_of(core)->of);
    views_of(core)->of = (struct map){0};
}

/* What people say is shown at once; a new name or tier in the directory may change any card. */
static void folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (event_kind(event->type)->subject == OF_CUSTOMER)
        unload(turn_core(turn));
    else if (incident &&
             (event->type == EVENT_CUSTOMER || event->type == EVENT_UNAFFECTED || event->type == EVENT_ALERT))
        forget(turn_core(turn), incident->id);
}

static void card(struct core *core, const struct incident *incident, const struct card_context *context,
                 struct json_out *fields)
{
    if (incident_customers(incident))
        card_field(fields, "customers", look(core, incident, context->now)->text);
}

const struct part impact_part = {
    .name = "impact",
    .state_size = sizeof(struct views),
    .unload = unload,
    .forget = forget,
    .folded = folded,
    .card.fields = card,
};
