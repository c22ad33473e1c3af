#include "rotation_world.h"

#include "base/mem.h"
#include "rotation/inside.h"

#define YEAR_2026 ((instant)1767225600000)

static const char *const names[] = {"ana", "bo", "cy", "dee", "eve"};

int rotation_world_pick(struct rotation_world *world, int n)
{
    return (int)rng_below(&world->rng, (uint64_t)n);
}

static struct layer make_layer(struct rotation_world *w, int at_once)
{
    static const char *const zones[] = {"Europe/London",     "America/New_York", "Australia/Lord_Howe",
                                        "America/Sao_Paulo", "Asia/Kathmandu",   "Africa/Casablanca",
                                        "Antarctica/Troll",  "Pacific/Apia",     "UTC"};
    static const int turns[] = {
        240, 360, 480, 720, DAY_MINUTES, 2 * DAY_MINUTES, WEEK_MINUTES, 2 * WEEK_MINUTES};
    struct layer l = {.people = names, .closes = DAY_MINUTES, .days = EVERY_DAY};
    l.n = (size_t)at_once + (size_t)rotation_world_pick(w, 3);
    l.zone = zones[rotation_world_pick(w, ARRAY_SIZE(zones))];
    l.turn = turns[rotation_world_pick(w, ARRAY_SIZE(turns))];
    l.start =
        (struct wall){2025, 1, 1 + rotation_world_pick(w, 60), 0, 15 * rotation_world_pick(w, 96), 0, 0, 0};
    l.start = zone_to_wall(zone_from_wall(&l.start, NULL), NULL);
    l.from = zone_from_wall(&l.start, l.zone);
    if (!rotation_world_pick(w, 4))
        l.until = l.from + (1 + rotation_world_pick(w, 600)) * DAY;
    if (!rotation_world_pick(w, 2))
        l.days = (unsigned)(1 + rotation_world_pick(w, 127));
    if (!rotation_world_pick(w, 3))
        l.days |= rotation_world_pick(w, 2) ? HOLIDAYS_TOO : NO_HOLIDAYS;
    l.holidays = &w->holidays;
    l.skips = l.turn >= DAY_MINUTES && !rotation_world_pick(w, 3);
    if (!rotation_world_pick(w, 2)) {
        l.opens = 30 * rotation_world_pick(w, 48);
        l.closes = (l.opens + 30 * (1 + rotation_world_pick(w, 47))) % DAY_MINUTES;
    }
    return l;
}

/* Days of 2025 and 2026, some of them next to each other. */
static void make_holidays(struct rotation_world *w)
{
    int64_t day = YEAR_2026 / DAY - 365;
    w->holidays.days.v = w->days;
    w->holidays.days.n = (size_t)rotation_world_pick(w, WORLD_HOLIDAYS + 1);
    for (size_t i = 0; i < w->holidays.days.n; i++)
        w->days[i] = day += 1 + rotation_world_pick(w, 40);
}

static void make_absences(struct rotation_world *w)
{
    w->covers.absences = w->absence;
    w->covers.n_absences = rotation_world_pick(w, 2) ? (size_t)rotation_world_pick(w, 4) : 0;
    for (size_t i = 0; i < w->covers.n_absences; i++) {
        instant from = w->now + rotation_world_pick(w, 30 * 24 * 60) * MINUTE;
        w->absence[i] = (struct absence){names[rotation_world_pick(w, 5)], from,
                                         from + (1 + rotation_world_pick(w, 20000)) * MINUTE};
    }
}

size_t rotation_world_promised(const struct rotation_world *w, instant t)
{
    struct duty duty = duty_at(&w->rotation, t);
    size_t there = duty.layer ? duty.layer->n : 0;
    for (size_t i = 0; duty.layer && i < duty.layer->n; i++) {
        bool away = false;
        for (size_t k = 0; k < w->covers.n_absences; k++)
            away |= w->absence[k].person == duty.layer->people[i] && w->absence[k].from <= t &&
                    t < w->absence[k].until;
        there -= away;
    }
    return MIN(there, (size_t)w->rotation.at_once);
}

void rotation_world_make(struct rotation_world *w, uint64_t seed)
{
    rng_init(&w->rng, seed);
    int at_once = 1 + rotation_world_pick(w, 2);
    size_t layers = 1 + (size_t)rotation_world_pick(w, 4), covers = (size_t)rotation_world_pick(w, 6);
    w->now = YEAR_2026 + rotation_world_pick(w, 300) * DAY + rotation_world_pick(w, 86400) * SECOND;
    make_holidays(w);
    for (size_t i = 0; i < layers; i++)
        w->layers[i] = make_layer(w, at_once);
    for (size_t i = 0; i < covers; i++) {
        instant from = w->now + rotation_world_pick(w, 30 * 24 * 60) * MINUTE;
        w->cover[i] = (struct cover){names[rotation_world_pick(w, 5)], names[rotation_world_pick(w, 5)], from,
                                     from + (1 + rotation_world_pick(w, 5000)) * MINUTE};
    }
    w->rotation = (struct rotation){"payments", w->layers[0].zone, at_once, w->layers, layers};
    w->covers = (struct covers){w->cover, covers, NULL, 0};
    make_absences(w);
}
