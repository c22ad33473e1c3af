/*
 * The order of the next quarter: whoever carried least in the last three months comes first, and so gets the turns that are left over.
 * Whoever is away in a turn of the first round does not get that one. The same history gives the same order.
 */
#include <stdio.h>
#include <string.h>

#include "base/markup.h"
#include "moving/lua_text.h"
#include "people/people.h"
#include "shifts/inside.h"

#define LOOKS_BACK 3 /* months */

struct candidate {
    const char *name; /* as the layer has it */
    struct load load;
    bool placed, late; /* late: they are away in a turn that would have been theirs */
};

struct proposal {
    struct turn *turn;
    const struct rotation *rotation;
    const struct layer *layer; /* the last one: the rotation's own people */
    struct wall start;
    ARRAY(struct candidate) all; /* in the order of the layer */
    ARRAY(const struct candidate *) order;
};

/* ---- when ---- */

/* The first handover of the next quarter of the year, in the layer's zone. */
static struct wall next_quarter(const struct layer *layer, instant now)
{
    struct wall wall = zone_to_wall(now, layer->zone);
    struct wall first = {.year = wall.year, .month = (wall.month - 1) / 3 * 3 + 4, .day = 1};
    first = zone_to_wall(zone_from_wall(&first, NULL), NULL);
    if (layer->turn % WEEK_MINUTES == 0)
        first.day += (layer->start.weekday - first.weekday + 7) % 7;
    first = zone_to_wall(zone_from_wall(&first, NULL), NULL);
    first.hour = layer->start.hour;
    first.minute = layer->start.minute;
    return first;
}

static instant turn_begins(const struct proposal *proposal, size_t turn)
{
    struct wall wall = proposal->start;
    wall.minute += (int)turn * proposal->layer->turn;
    return zone_from_wall(&wall, proposal->layer->zone);
}

/* ---- who ---- */

struct seeking {
    const struct core *core;
    const char *name;
    instant from, until;
    bool away;
};

static bool seek_absence(void *ctx, const struct oncall_absence *absence)
{
    struct seeking *seeking = ctx;
    seeking->away |= absence->from < seeking->until && seeking->from < absence->until &&
                     oncall_is(seeking->core, seeking->name, absence->person);
    return !seeking->away;
}

static bool is_away(const struct proposal *proposal, const char *name, size_t turn)
{
    struct seeking seeking = {turn_core(proposal->turn), name, turn_begins(proposal, turn),
                              turn_begins(proposal, turn + 1), false};
    oncall_each_absence(seeking.core, seek_absence, &seeking);
    return seeking.away;
}

/* The one who carried least, of those who are not placed yet and, if `present`, are there in that turn. NULL: nobody. */
static struct candidate *lightest(struct proposal *proposal, size_t turn, bool present)
{
    struct candidate *best = NULL;
    for (size_t i = 0; i < proposal->all.n; i++) {
        struct candidate *c = &proposal->all.v[i];
        if (c->placed || (best && load_weight(&c->load) >= load_weight(&best->load)))
            continue;
        if (present && is_away(proposal, c->name, turn))
            c->late = true;
        else
            best = c;
    }
    return best;
}

static void take_loads(struct proposal *proposal)
{
    const struct core *core = turn_core(proposal->turn);
    instant now = turn_now(proposal->turn);
    carried_list list = {0};
    carried_read(core, proposal->rotation, month_begins(now, -LOOKS_BACK), now, &list);
    for (size_t i = 0; i < proposal->layer->n; i++) {
        struct candidate *c = array_add(&proposal->all);
        *c = (struct candidate){.name = proposal->layer->people[i]};
        for (size_t k = 0; k < list.n; k++) {
            if (oncall_is(core, c->name, list.v[k].person) || text_equal_nocase(c->name, list.v[k].person))
                load_add(&c->load, &list.v[k].load);
        }
    }
    carried_finish(&list);
}

static void take_order(struct proposal *proposal)
{
    for (size_t i = 0; i < proposal->layer->n; i++) {
        struct candidate *c = lightest(proposal, i, true);
        c = c ? c : lightest(proposal, i, false);
        c->placed = true;
        *array_add(&proposal->order) = c;
    }
}

/* ---- words ---- */

static void add_date(const struct wall *wall, struct str *out)
{
    str_addf(out, "\"%04d-%02d-%02d\"", wall->year, wall->month, wall->day);
}

static void add_lua(const struct proposal *proposal, struct str *out)
{
    const struct layer *layer = proposal->layer;
    str_add(out, "\n```lua\npeople = { ");
    for (size_t i = 0; i < proposal->order.n; i++) {
        str_add(out, i ? ", " : "");
        lua_quote(proposal->order.v[i]->name, out);
    }
    str_add(out, " }, start = ");
    add_date(&proposal->start, out);
    str_add(out, ",\nlayers = { -- until then, as it is\n  { people = ");
    lua_list(layer->people, layer->n, out);
    str_add(out, ", start = ");
    add_date(&layer->start, out);
    str_add(out, ", ends = ");
    add_date(&proposal->start, out);
    bool always = layer->days == EVERY_DAY && !layer->opens && layer->closes == DAY_MINUTES;
    str_addf(out, " },%s\n},\n```\n", always ? "" : " -- and the hours and days of the rotation");
}

static void add_reasons(const struct proposal *proposal, struct str *out)
{
    const struct core *core = turn_core(proposal->turn);
    str_add(out, "Why, by the last three months; whoever carried least comes first:");
    for (size_t i = 0; i < proposal->order.n; i++) {
        const struct candidate *c = proposal->order.v[i];
        str_markup(out, "\n%zu. %s: ", i + 1, oncall_name(core, c->name));
        load_describe(&c->load, out);
        str_addf(out, "; weighs %.0f%s", load_weight(&c->load),
                 c->late ? "; away in an earlier turn, so it is not theirs" : "");
    }
    str_add(out, "\n\nAn hour weighs 1, and 1 more each by night, at weekends and on holidays; a page weighs "
                 "1, by night 3.");
}

void propose(struct turn *turn, const struct rotation *rotation, struct str *out)
{
    struct proposal proposal = {
        .turn = turn, .rotation = rotation, .layer = &rotation->layers[rotation->n - 1]};
    proposal.start = next_quarter(proposal.layer, turn_now(turn));
    take_loads(&proposal);
    take_order(&proposal);
    str_markup(out, "For the next quarter, in the rotation **%s**:\n", rotation->name);
    add_lua(&proposal, out);
    add_reasons(&proposal, out);
    array_free(&proposal.all);
    array_free(&proposal.order);
}
