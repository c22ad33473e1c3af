/* Covers are made and taken back. */
#include <inttypes.h>

#include "base/markup.h"
#include "oncall/inside.h"
#include "people/people.h"

#define COVERS_MOST   5000
#define COVER_LONGEST (92 * DAY)

static void tell(struct turn *turn, enum event_type type, const struct oncall_cover *cover, const char *by)
{
    struct event event = {.type = type,
                          .at = turn_now(turn),
                          .by = xstrdup(by),
                          .count = (int64_t)cover->number,
                          .name = xstrdup(cover->rotation),
                          .value = xstrdup(cover->in),
                          .text = xstrdup(cover->out),
                          .until = cover->until,
                          .data = from_data(cover->from)};
    turn_tell(turn, &event);
}

struct looking { /* for whoever is to be covered, in one rotation */
    const struct core *core;
    const struct covering *covering;
    const struct rotation *rotation;
    const char *out; /* as the rotation names them; NULL: they are not on call */
    bool both;       /* whoever covers is on call at the same time */
};

typedef ARRAY(struct looking) looking_list;

static bool look(void *ctx, const struct shift *shift)
{
    struct looking *looking = ctx;
    const char *out = NULL, *in = NULL;
    for (size_t i = 0; i < shift->on.n; i++) {
        out = oncall_is(looking->core, shift->on.people[i], looking->covering->out) ? shift->on.people[i] : out;
        in = oncall_is(looking->core, shift->on.people[i], looking->covering->in) ? shift->on.people[i] : in;
    }
    looking->out = looking->out ? looking->out : out;
    looking->both |= out && in;
    return true;
}

/* As the rotation names them, or else their id. */
static const char *name_in(const struct core *core, const struct rotation *rotation, const char *person)
{
    for (size_t i = 0; i < rotation->n; i++) {
        for (size_t k = 0; k < rotation->layers[i].n; k++) {
            if (oncall_is(core, rotation->layers[i].people[k], person))
                return rotation->layers[i].people[k];
        }
    }
    return person;
}

static void add_cover(struct turn *turn, const struct looking *found)
{
    const struct covering *covering = found->covering;
    const char *in = name_in(turn_core(turn), found->rotation, covering->in);
    struct oncall_cover cover = {.number = oncall_of(turn_core(turn))->last + 1,
                                 .rotation = xstrdup(found->rotation->name),
                                 .out = xstrdup(found->out),
                                 .in = xstrdup(in),
                                 .by = xstrdup(covering->by),
                                 .from = covering->from,
                                 .until = covering->until};
    tell(turn, EVENT_COVERED, &cover, covering->by);
    covers_add(turn, &cover);
}

static int check(struct turn *turn, const struct covering *covering, struct error *err)
{
    if (people_same(turn_core(turn), covering->in, covering->out))
        return error_set(
            err, ERR_REFUSED,
            "Somebody else must take your place: whoever does types `cover`, with your name and the time.");
    if (covering->until <= covering->from || covering->until - covering->from > COVER_LONGEST)
        return error_set(err, ERR_REFUSED, "A cover lasts at most 92 days. For longer, change the rotation.");
    if (oncall_of(turn_core(turn))->covers.n >= COVERS_MOST)
        return error_set(err, ERR_FULL, "There are already %d covers. Take some back with `cover cancel`.",
                         COVERS_MOST);
    const struct oncall_absence *away =
        absences_of(turn_core(turn), covering->in, covering->from, covering->until);
    if (away)
        return error_markup(err, ERR_REFUSED,
                            "%s is away at some time of it. `absent` lists when; `absent cancel %" PRIu64
                            "` takes it back.",
                            oncall_name(turn_core(turn), covering->in), away->number);
    return 0;
}

/* Finds the rotations in which they are on call then, all before anything is changed. */
static int look_through(struct core *core, const struct covering *covering, looking_list *ret,
                        struct error *err)
{
    const struct rotation *rotation;
    for (size_t i = 0; (rotation = policy_rotation_at(core_policy(core), i)); i++) {
        struct looking looking = {core, covering, rotation, NULL, false};
        if (covering->rotation && !text_equal(covering->rotation, rotation->name))
            continue;
        oncall_shifts(core, rotation, covering->from, covering->until, look, &looking);
        if (looking.both)
            return error_markup(err, ERR_REFUSED, "Both are on call for %s in that time.", rotation->name);
        if (looking.out)
            *array_add(ret) = looking;
    }
    return ret->n ? 0
                  : error_markup(err, ERR_REFUSED,
                                 "%s is not on call in that time. `oncall @%s` lists their shifts.",
                                 oncall_name(core, covering->out), covering->out);
}

int cover_check(struct turn *turn, const struct covering *covering, struct error *err)
{
    looking_list found = {0};
    int rc = check(turn, covering, err);
    rc = rc ? rc : look_through(turn_core(turn), covering, &found, err);
    array_free(&found);
    return rc;
}

int oncall_cover(struct turn *turn, const struct covering *covering, uint64_t *ret_first, struct error *err)
{
    struct core *core = turn_core(turn);
    looking_list found = {0};
    int rc = check(turn, covering, err);
    rc = rc ? rc : look_through(core, covering, &found, err);
    *ret_first = oncall_of(core)->last + 1;
    if (!rc)
        covers_forget_old(turn);
    for (size_t i = 0; !rc && i < found.n; i++)
        add_cover(turn, &found.v[i]);
    array_free(&found);
    return rc;
}

void oncall_uncover(struct turn *turn, const struct oncall_cover *cover, const char *by)
{
    tell(turn, EVENT_UNCOVERED, cover, by);
    covers_drop(turn, (size_t)(cover - oncall_of(turn_core(turn))->covers.v));
}
