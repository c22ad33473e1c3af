#include "../../support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "clock/deadline.h"

#define INCIDENTS 40
#define NAMES     5

static const char *names[NAMES] = {"pause", "triage", "update", "lead", "post-mortem"};

/* The model: a cell for each possible deadline; 0: not set. */
static instant model[INCIDENTS][NAMES];

static size_t model_count(void)
{
    size_t n = 0;
    for (size_t i = 0; i < INCIDENTS * NAMES; i++)
        n += model[i / NAMES][i % NAMES] != 0;
    return n;
}

/* The first by instant, incident and name; false when the model is empty. */
static bool model_first(size_t *ret_incident, size_t *ret_name)
{
    bool found = false;
    for (size_t i = 0; i < INCIDENTS; i++)
        for (size_t k = 0; k < NAMES; k++) {
            if (model[i][k] == 0)
                continue;
            instant best = found ? model[*ret_incident][*ret_name] : 0;
            if (found && (best < model[i][k] || (best == model[i][k] && *ret_incident < i)))
                continue;
            if (found && best == model[i][k] && strcmp(names[*ret_name], names[k]) < 0)
                continue;
            *ret_incident = i;
            *ret_name = k;
            found = true;
        }
    return found;
}

static void check_take(struct deadlines *deadlines, instant now)
{
    uint64_t incident = 0;
    char *name = NULL;
    instant at = 0;
    size_t i = 0, k = 0;
    bool expected = model_first(&i, &k) && model[i][k] <= now;
    assert_int_equal(deadline_take(deadlines, now, &incident, &name, &at), expected);
    if (!expected)
        return;
    assert_int_equal(incident, i);
    assert_string_equal(name, names[k]);
    assert_int_equal(at, model[i][k]);
    model[i][k] = 0;
    free(name);
}

static void random_step(struct deadlines *deadlines, struct rng *r)
{
    size_t i = rng_below(r, INCIDENTS), k = rng_below(r, NAMES);
    uint64_t dice = rng_below(r, 100);
    if (dice < 60) {
        model[i][k] = (instant)rng_below(r, 200); /* few instants: many ties; 0 clears */
        deadline_set(deadlines, i, names[k], model[i][k]);
    } else if (dice < 65) {
        memset(model[i], 0, sizeof(model[i]));
        deadlines_clear(deadlines, i);
    } else {
        check_take(deadlines, (instant)rng_below(r, 60));
    }
}

static void test_agrees_with_a_table(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct rng r;
        rng_init(&r, seed);
        memset(model, 0, sizeof(model));
        struct deadlines *deadlines = deadlines_create();
        for (int step = 0; step < 5000; step++) {
            random_step(deadlines, &r);
            size_t i = 0, k = 0;
            assert_int_equal(deadlines_count(deadlines), model_count());
            assert_int_equal(deadlines_next(deadlines), model_first(&i, &k) ? model[i][k] : 0);
        }
        while (deadlines_count(deadlines) > 0)
            check_take(deadlines, 1000);
        deadlines_destroy(deadlines);
    }
}

static void test_a_deadline_moves(void **state)
{
    (void)state;
    struct deadlines *deadlines = deadlines_create();
    deadline_set(deadlines, 42, "pause", 100);
    deadline_set(deadlines, 42, "pause", 50);
    assert_int_equal(deadlines_count(deadlines), 1);
    assert_int_equal(deadlines_next(deadlines), 50);
    deadline_set(deadlines, 42, "pause", 0);
    assert_int_equal(deadlines_next(deadlines), 0);
    deadlines_clear(deadlines, 42);
    deadline_set(deadlines, 7, "left for destroy", 3);
    deadlines_destroy(deadlines);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_agrees_with_a_table),
        cmocka_unit_test(test_a_deadline_moves),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
