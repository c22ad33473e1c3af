/* Swaps: one person offers to exchange their next shift for another's. Accepted, a swap becomes two covers. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "oncall/inside.h"
#include "people/people.h"

#define WITHIN     (92 * DAY) /* a shift to be swapped begins */
#define SWAPS_MOST 200
#define KEY_BYTES  24

static void swap_finish(struct oncall_swap *swap)
{
    free(swap->rotation);
    free(swap->one.id);
    free(swap->other.id);
}

void swaps_finish(struct oncall *oncall)
{
    for (size_t i = 0; i < oncall->swaps.n; i++)
        swap_finish(&oncall->swaps.v[i]);
    array_free(&oncall->swaps);
    oncall->last_swap = 0;
}

/* ---- kept ---- */

static void put_side(struct json_out *j, const char *name, const struct oncall_side *side)
{
    json_key(j, name);
    json_begin_object(j);
    json_put_text(j, "person", side->id);
    json_put_int(j, "from", side->from);
    json_put_int(j, "until", side->until);
    json_end_object(j);
}

static struct oncall_side take_side(const cJSON *json, const char *name)
{
    const cJSON *side = json_member(json, name);
    return (struct oncall_side){xstrdup(json_text_or(side, "person", "")), json_int_or(side, "from", 0),
                                json_int_or(side, "until", 0)};
}

static char *encode(const struct oncall_swap *swap)
{
    struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "rotation", swap->rotation);
    put_side(&j, "one", &swap->one);
    put_side(&j, "other", &swap->other);
    json_end_object(&j);
    return str_take(&body);
}

static bool load_swap(void *ctx, const struct journal_doc *doc)
{
    struct oncall *oncall = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "swap", &json, NULL))
        return true;
    *array_add(&oncall->swaps) =
        (struct oncall_swap){strtoull(doc->key, NULL, 10), xstrdup(json_text_or(json, "rotation", "")),
                             take_side(json, "one"), take_side(json, "other")};
    oncall->last_swap = oncall->swaps.v[oncall->swaps.n - 1].number;
    return true;
}

int swaps_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_SWAP}, load_swap, oncall_of(core),
                        err);
}

static void keep(struct turn *turn, const struct oncall_swap *swap, const char *body)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof(key), "%010" PRIu64, swap->number);
    batch_doc(turn_batch(turn), DOC_SWAP, key, body);
}

static void drop(struct turn *turn, size_t i)
{
    struct oncall *oncall = oncall_of(turn_core(turn));
    keep(turn, &oncall->swaps.v[i], NULL);
    swap_finish(&oncall->swaps.v[i]);
    array_remove(&oncall->swaps, i);
}

static bool is_over(const struct oncall_swap *swap, instant now)
{
    return MIN(swap->one.from, swap->other.from) <= now;
}

static void drop_over(struct turn *turn)
{
    struct oncall *oncall = oncall_of(turn_core(turn));
    for (size_t i = oncall->swaps.n; i-- > 0;) {
        if (is_over(&oncall->swaps.v[i], turn_now(turn)))
            drop(turn, i);
    }
}

/* ---- whose shift is next ---- */

struct seeking {
    const struct core *core;
    const struct rotation *rotation;
    const char *person;
    instant after;        /* it begins later */
    struct shift planned; /* of the rotation as it is declared; until 0: none yet */
    bool found;
};

static bool is_on(void *ctx, const struct shift *shift)
{
    struct seeking *seeking = ctx;
    seeking->found = false;
    for (size_t i = 0; i < shift->on.n && !seeking->found; i++)
        seeking->found = oncall_is(seeking->core, shift->on.people[i], seeking->person);
    return seeking->found;
}

/* With covers and absences a shift may be in pieces, or several in a row one person's: only a whole one is exchanged. */
static bool seek(void *ctx, const struct shift *shift)
{
    struct seeking *seeking = ctx;
    struct shift *planned = &seeking->planned;
    if (shift_goes_on(planned, shift))
        return true;
    if (planned->until && planned->from > seeking->after)
        oncall_shifts(seeking->core, seeking->rotation, planned->from, planned->until, is_on, seeking);
    if (!seeking->found)
        *planned = *shift;
    return !seeking->found;
}

/* False: they have none in this rotation. One that has begun counts no more. */
static bool next_shift(const struct core *core, const struct rotation *rotation, const char *person,
                       instant now, struct oncall_side *ret)
{
    struct seeking seeking = {.core = core, .rotation = rotation, .person = person, .after = now};
    rotation_shifts(rotation, &(struct covers){0}, now, now + WITHIN, seek, &seeking);
    *ret = (struct oncall_side){NULL, seeking.planned.from, seeking.planned.until};
    return seeking.found;
}

/* ---- offered ---- */

/* i 0: the other covers one's shift; 1: the reverse. */
static struct covering covering_of(const struct oncall_swap *swap, int i, const char *by)
{
    const struct oncall_side *out = i ? &swap->other : &swap->one, *in = i ? &swap->one : &swap->other;
    return (struct covering){out->id, in->id, by, out->from, out->until, swap->rotation};
}

static int check_both(struct turn *turn, const struct oncall_swap *swap, struct error *err)
{
    int rc = 0;
    for (int i = 0; !rc && i < 2; i++) {
        struct covering covering = covering_of(swap, i, swap->one.id);
        rc = cover_check(turn, &covering, err);
    }
    return rc;
}

static void tell(struct turn *turn, enum event_type type, const struct oncall_swap *swap, const char *by,
                 bool accepted)
{
    struct event event = {.type = type,
                          .at = turn_now(turn),
                          .by = xstrdup(by),
                          .count = (int64_t)swap->number,
                          .name = xstrdup(swap->rotation),
                          .value = xstrdup(swap->other.id),
                          .flag = accepted,
                          .data = type == EVENT_SWAP_OFFERED ? encode(swap) : NULL};
    turn_tell(turn, &event);
}

/* The first rotation in which both have a shift to come. */
static const struct rotation *common(const struct core *core, const char *one, const char *other, instant now,
                                     struct oncall_swap *ret)
{
    const struct rotation *rotation;
    for (size_t i = 0; (rotation = policy_rotation_at(core_policy(core), i)); i++) {
        if (next_shift(core, rotation, one, now, &ret->one) &&
            next_shift(core, rotation, other, now, &ret->other))
            return rotation;
    }
    return NULL;
}

int oncall_offer_swap(struct turn *turn, const char *one, const char *other, uint64_t *ret_number,
                      struct error *err)
{
    struct oncall *oncall = oncall_of(turn_core(turn));
    struct oncall_swap swap = {0};
    if (people_same(turn_core(turn), one, other))
        return error_set(err, ERR_REFUSED, "Name somebody else to swap with: `swap with @bo`.");
    drop_over(turn);
    if (oncall->swaps.n >= SWAPS_MOST)
        return error_set(err, ERR_FULL, "There are already %d offers to swap. Answer some with `swap no`.",
                         SWAPS_MOST);
    const struct rotation *rotation = common(turn_core(turn), one, other, turn_now(turn), &swap);
    if (!rotation)
        return error_markup(
            err, ERR_REFUSED,
            "No rotation has a next shift of yours and one of %s to swap. `oncall me` lists yours.",
            oncall_name(turn_core(turn), other));
    swap.number = oncall->last_swap + 1;
    swap.rotation = xstrdup(rotation->name);
    swap.one.id = xstrdup(one);
    swap.other.id = xstrdup(other);
    int rc = check_both(turn, &swap, err);
    if (rc) {
        swap_finish(&swap);
        return rc;
    }
    oncall->last_swap = swap.number;
    CLEANUP_FREE char *body = encode(&swap);
    keep(turn, &swap, body);
    tell(turn, EVENT_SWAP_OFFERED, &swap, one, false);
    *array_add(&oncall->swaps) = swap;
    *ret_number = swap.number;
    return 0;
}

const struct oncall_swap *oncall_find_swap(const struct core *core, uint64_t number, instant now)
{
    const struct oncall *oncall = oncall_of(core);
    for (size_t i = 0; i < oncall->swaps.n; i++) {
        if (oncall->swaps.v[i].number == number && !is_over(&oncall->swaps.v[i], now))
            return &oncall->swaps.v[i];
    }
    return NULL;
}

void oncall_each_swap(const struct core *core, instant now,
                      bool (*on)(void *ctx, const struct oncall_swap *swap), void *ctx)
{
    const struct oncall *oncall = oncall_of(core);
    for (size_t i = 0; i < oncall->swaps.n; i++) {
        if (!is_over(&oncall->swaps.v[i], now) && !on(ctx, &oncall->swaps.v[i]))
            return;
    }
}

/* ---- answered ---- */

/* Is the next shift still the one that was offered? */
static bool holds(const struct core *core, const struct rotation *rotation, const struct oncall_side *side,
                  instant now)
{
    struct oncall_side next;
    return next_shift(core, rotation, side->id, now, &next) && next.from == side->from &&
           next.until == side->until;
}

int oncall_accept_swap(struct turn *turn, const struct oncall_swap *swap, const char *by, struct error *err)
{
    struct core *core = turn_core(turn);
    const struct rotation *rotation = policy_rotation_named(core_policy(core), swap->rotation);
    if (!rotation || !holds(core, rotation, &swap->one, turn_now(turn)) ||
        !holds(core, rotation, &swap->other, turn_now(turn)))
        return error_set(err, ERR_CONFLICT, "The shifts have changed since. Offer it again with `swap with`.");
    int rc = check_both(turn, swap, err);
    for (int i = 0; !rc && i < 2; i++) {
        uint64_t first;
        struct covering covering = covering_of(swap, i, by);
        rc = oncall_cover(turn, &covering, &first, err);
    }
    if (rc)
        return rc;
    tell(turn, EVENT_SWAP_ENDED, swap, by, true);
    drop(turn, (size_t)(swap - oncall_of(core)->swaps.v));
    return 0;
}

void oncall_end_swap(struct turn *turn, const struct oncall_swap *swap, const char *by)
{
    tell(turn, EVENT_SWAP_ENDED, swap, by, false);
    drop(turn, (size_t)(swap - oncall_of(turn_core(turn))->swaps.v));
}
