/*
 * A past incident is named where it is like the one that was declared: right in at least eight of ten lines, on incidents that the threshold
 * was not chosen by (past.tsv, make.mjs); never what somebody in the room may not see. It is Mon 23 Nov 2026 15:06 UTC.
 */
#include "../command/policy_rig.h"

#include <stdio.h>
#include <stdlib.h>

#include "sight/query.h"

#define PAST "tests/unit/lessons/past.tsv"

/* ---- measured ---- */

struct row {
    char half, *family, *service, *title, *fixed;
};
struct shown {
    int weight;
    bool right;
};
struct measured {
    ARRAY(struct shown) list; /* the best for each incident, where there is one */
    size_t possible;          /* incidents of which the family had ended ones */
};
struct families {
    ARRAY(char *) of; /* by the incident's number, from 1 */
};

static bool read_row(FILE *file, char *line, int size, struct row *ret)
{
    if (!fgets(line, size, file))
        return false;
    char *rest = line, *cells[5];
    for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
        assert_non_null(cells[i] = strsep(&rest, "\t\n"));
    *ret = (struct row){*cells[0], cells[1], cells[2], cells[3], cells[4]};
    return true;
}

static bool has_family(const struct families *families, const char *family)
{
    for (size_t i = 0; *family != '0' && i < families->of.n; i++) {
        if (strcmp(families->of.v[i], family) == 0)
            return true;
    }
    return false;
}

static void do_one(uint64_t *id, const struct command *command)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(turn_do(turn, *id, command, id, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

/* Declared, looked up, and resolved. */
static void play(const struct row *row, struct families *families, struct measured *measured)
{
    uint64_t id = 0;
    struct lesson lesson;
    do_one(&id, &(struct command){.verb = "declare", .by = "ana", .text = row->title});
    if (*row->service)
        do_one(&id, &(struct command){.verb = "service", .by = "ana", .name = row->service});
    assert_int_equal(query_lesson(rig->core, sight_incident(rig->core, id, NULL), &lesson, NULL), 0);
    measured->possible += has_family(families, row->family);
    if (lesson.past)
        *array_add(&measured->list) = (struct shown){
            lesson.weight, *row->family != '0' && strcmp(families->of.v[lesson.past - 1], row->family) == 0};
    do_one(&id, &(struct command){.verb = "resolve", .by = "ana", .text = row->fixed});
    assert_int_equal(id, families->of.n + 1);
    *array_add(&families->of) = xstrdup(row->family);
}

static void measure(char half, struct measured *ret)
{
    struct families families = {0};
    struct row row;
    char line[512];
    FILE *file = fopen(PAST, "r");
    policy_rig_begin("on('declared', 'lesson', false)");
    assert_non_null(file);
    while (read_row(file, line, sizeof(line), &row)) {
        if (row.half == half)
            play(&row, &families, ret);
    }
    fclose(file);
    for (size_t i = 0; i < families.of.n; i++)
        free(families.of.v[i]);
    array_free(&families.of);
    tear_down(NULL);
}

/* In percent, of the lines that such a threshold shows. */
static size_t precision(const struct measured *measured, int least, size_t *ret_right)
{
    size_t shown = 0, right = 0;
    for (size_t i = 0; i < measured->list.n; i++) {
        shown += measured->list.v[i].weight >= least;
        right += measured->list.v[i].weight >= least && measured->list.v[i].right;
    }
    *ret_right = right;
    return shown ? right * 100 / shown : 100;
}

static void one_half_chooses_the_threshold_and_the_other_confirms_it(void **state)
{
    struct measured a = {0}, b = {0};
    size_t right;
    int least = 0;
    (void)state;
    measure('A', &a);
    while (precision(&a, least, &right) < 90)
        least++;
    print_message("A: from weight %d on %zu %% are right, %zu of %zu families found\n", least,
                  precision(&a, least, &right), right, a.possible);
    assert_int_equal(least, LESSON_LEAST);
    measure('B', &b);
    print_message("B: %zu %% are right, %zu of %zu families found\n", precision(&b, least, &right), right,
                  b.possible);
    assert_true(precision(&b, least, &right) >= 80);
    assert_true(right * 10 >= b.possible * 4);
    array_free(&a.list);
    array_free(&b.list);
}

/* ---- said ---- */

static void past(const char *title, const char *fixed)
{
    uint64_t id = 0;
    do_one(&id, &(struct command){.verb = "declare", .by = "ana", .text = title});
    do_one(&id, &(struct command){.verb = "resolve", .by = "ana", .text = fixed});
}

static void it_says_what_fixed_the_past_one_and_what_is_left(void **state)
{
    (void)state;
    policy_rig_begin("");
    past("card payments are refused in *eu-west*", "switched to the <second> provider");
    rig_expect(rig, "ana", 0, "INC-1 followup @ben alert on *refusals* by friday", "follow-up 1");
    rig_expect(rig, "ana", 0, "declare card payments refused again", "INC-2");
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "Like **INC-1** of ", "left to do: alert on"), 1);
    assert_int_equal(rig_sent(rig, "fixed by: switched to the \\\\<second", "Ben"), 1);
    rig_expect(rig, "ana", 0, "INC-2 timeline", "it is like INC-1");
    tear_down(NULL);
}

static void little_in_common_is_not_worth_a_line(void **state)
{
    (void)state;
    policy_rig_begin("");
    past("card payments are refused", "switched provider");
    past("search is slow", "");
    rig_expect(rig, "ana", 0, "declare payments page has a typo", "INC-3");
    rig_expect(rig, "ana", 0, "declare search is slow", "INC-4");
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "Like **", ""), 0);
    tear_down(NULL);
}

static void a_private_one_is_never_named(void **state)
{
    (void)state;
    policy_rig_begin("");
    past("card payments are refused", "switched provider");
    rig_expect(rig, "ana", 0, "INC-1 private", "");
    rig_expect(rig, "ana", 0, "declare card payments are refused", "INC-2");
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "Like **", ""), 0);
    tear_down(NULL);
}

static void a_team_can_do_without(void **state)
{
    (void)state;
    policy_rig_begin("on('declared', 'lesson', false)");
    past("card payments are refused", "switched provider");
    rig_expect(rig, "ana", 0, "declare card payments are refused", "INC-2");
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "Like **", ""), 0);
    tear_down(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_half_chooses_the_threshold_and_the_other_confirms_it),
        cmocka_unit_test(it_says_what_fixed_the_past_one_and_what_is_left),
        cmocka_unit_test(little_in_common_is_not_worth_a_line),
        cmocka_unit_test(a_private_one_is_never_named),
        cmocka_unit_test(a_team_can_do_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
