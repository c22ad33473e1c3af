/*
 * oncall_bench - who is on call in 500 rotations at one instant, with absences; and a year of a daily rotation as a calendar. The peer is
 * the limit that is promised. Lines are: name, ours, peer, ratio, goal, unit.
 */
#include <stdio.h>

#include "../support/file_core.h"
#include "../support/stopwatch.h"
#include "base/mem.h"
#include "oncall/oncall.h"
#include "people/people.h"
#include "rotation/calendar.h"

#define NOW       INT64_C(1795446382123) /* Mon 23 Nov 2026 */
#define ROTATIONS 500
#define ROUNDS    50
#define ABSENCES  20

static const char team[] =
    "local zones = { 'Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu' }\n"
    "for i = 1, 500 do\n"
    "  local function p(k) return 'p' .. (i * 3 + k) % 100 end\n"
    "  rotation { name = 'r' .. i, people = { p(0), p(1), p(2) }, start = '2026-01-05', handover = '09:00', "
    "length = "
    "'1d',\n"
    "    zone = zones[i % 4 + 1], layers = { { people = { p(3), p(4) }, days = 'sat-sun' } } }\n"
    "end\n";

/* A hundred people, of whom some are away. */
static void make_people(struct core *core)
{
    struct turn *turn = turn_begin(core, NOW);
    for (int i = 0; i < 100; i++) {
        CLEANUP_FREE char *user = xasprintf("p%d", i);
        people_identify(turn, &(struct identity){.connector = "console", .user = user, .name = user});
    }
    for (int i = 0; i < ABSENCES; i++) {
        CLEANUP_FREE char *person = xasprintf("p%d", i * 3);
        struct oncall_absence absence = {0, person, person, NOW, NOW + 14 * DAY};
        uint64_t number;
        require(oncall_leave(turn, &absence, &number, NULL) == 0);
    }
    turn_commit(turn, NULL, NULL);
}

static double instant_us(const struct core *core, int round)
{
    const struct rotation *rotation;
    size_t n = 0;
    double start = stopwatch_cpu_micros();
    for (size_t i = 0; (rotation = policy_rotation_at(core_policy(core), i)); i++) {
        struct on_call on;
        oncall_at(core, rotation, NOW + round * HOUR, &on);
        n += on.n;
    }
    require(n == ROTATIONS);
    return stopwatch_cpu_micros() - start;
}

static bool add_name(void *ctx, const struct rotation *rotation, const char *person, struct str *out)
{
    (void)ctx, (void)rotation;
    str_add(out, person);
    return true;
}

/* A calendar shows 195 days, so a year is two of them. */
static double year_ms(const struct rotation *rotation)
{
    static const struct calendar_words words = {NULL, add_name};
    CLEANUP_STR struct str out = {0};
    double start = stopwatch_cpu_micros();
    for (int i = 0; i < 2; i++) {
        calendar_begin("a year", &out);
        calendar_add(rotation, &(struct covers){0}, NOW + i * 195 * DAY, &words, &out);
        calendar_end(&out);
    }
    require(out.len > 365 * 100);
    return (stopwatch_cpu_micros() - start) / 1e3;
}

int main(void)
{
    struct file_core file;
    double us = 1e9, ms = 1e9;
    file_core_open(&file, &file_core_alone, NOW);
    policy_dir_write(&file.policy, "team.lua", team);
    require(policy_dir_load(&file.policy, NULL) == 0);
    make_people(file.core);
    journal_step(file.journal);
    for (int i = 0; i < ROUNDS; i++) {
        us = MIN(us, instant_us(file.core, i));
        ms = MIN(ms, year_ms(policy_rotation_at(core_policy(file.core), 0)));
    }
    printf("who is on call in %d rotations, against a millisecond\t%.0f\t1000\t%.2f\t1\tmicroseconds\n",
           ROTATIONS, us, 1000 / us);
    printf("a year's feed of a daily rotation, against 20 ms\t%.2f\t20\t%.2f\t1\tms\n", ms, 20 / ms);
    file_core_close(&file);
    return 0;
}
