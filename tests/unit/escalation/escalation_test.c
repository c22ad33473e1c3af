/* What a page does next: worked cases, and random pages in a random world. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/str.h"
#include "engine/event.h"
#include "engine/fold.h"
#include "escalation/escalation.h"

#define START      ((instant)1795446000000)
#define PEOPLE     6
#define STEPS_MOST 400

static const char *const names[PEOPLE] = {"ana", "bo", "cy", "dee", "eve", "flo"};

struct world {
    struct incident *incident;
    struct escalation escalation;
    struct level levels[LEVELS_MOST];
    size_t people_of[LEVELS_MOST][PEOPLE], n_of[LEVELS_MOST]; /* whom each level names */
    struct callee people[PEOPLE];
    struct way ways[PEOPLE][4];
    struct callee found[PEOPLE];
    instant now;
    struct str log; /* what happened, with minutes and seconds */
    bool steady;    /* the platforms take what they get, at once */
};

static void fold_one(struct world *w, struct event event)
{
    event.count = 1;
    event.at = w->now;
    fold(w->incident, &event);
}

static const struct state_page *page(const struct world *w)
{
    return incident_page(w->incident, 1);
}

static struct callees callees(void *ctx, int level)
{
    struct world *w = ctx;
    size_t n = level == LEVEL_AGAIN ? 0 : w->n_of[level];
    for (size_t i = 0; i < n; i++)
        w->found[i] = w->people[w->people_of[level][i]];
    for (size_t i = 0; level == LEVEL_AGAIN && i < PEOPLE; i++) {
        if (strcmp(w->people[i].id, page(w)->going.asked) == 0)
            w->found[n++] = w->people[i];
    }
    return (struct callees){w->found, n};
}

/* Everybody has chat at once, sms after a minute, a call after three. */
static void begin(struct world *w, size_t levels)
{
    static const struct way usual[] = {
        {"chat", 0, true}, {"sms", MINUTE, true}, {"sms call", 3 * MINUTE, true}};
    *w = (struct world){.now = START, .steady = true};
    w->incident = incident_create(1);
    for (size_t i = 0; i < PEOPLE; i++) {
        memcpy(w->ways[i], usual, sizeof(usual));
        w->people[i] =
            (struct callee){names[i], w->ways[i], ARRAY_SIZE(usual), "nothing reaches them", NULL, 0};
    }
    for (size_t i = 0; i < levels; i++) {
        w->levels[i] = (struct level){.kind = LEVEL_PERSON, .name = names[i], .after = 5 * MINUTE};
        w->people_of[i][0] = i;
        w->n_of[i] = 1;
    }
    w->escalation = (struct escalation){"payments", w->levels, levels, 1, 0};
    fold_one(w, (struct event){.type = EVENT_PAGE_BEGUN, .name = "payments"});
}

static void end(struct world *w)
{
    incident_destroy(w->incident);
    str_finish(&w->log);
}

static void note(struct world *w, const char *what)
{
    int64_t seconds = (w->now - START) / SECOND;
    str_addf(&w->log, "%s%d:%02d %s", w->log.len ? ", " : "", (int)(seconds / 60), (int)(seconds % 60), what);
}

static void note_call(struct world *w, const struct step *step)
{
    CLEANUP_FREE char *text = xasprintf("%s by %s", step->person, step->way);
    CLEANUP_FREE char *person = xstrdup(step->person), *way = xstrdup(step->way);
    note(w, text);
    fold_one(w, (struct event){.type = EVENT_PAGE_CALLED, .value = person, .name = way, .text = "U"});
    if (w->steady)
        fold_one(w, (struct event){.type = EVENT_PAGE_TAKEN, .value = person, .name = way});
}

static void note_level(struct world *w, const struct step *step)
{
    bool channel = step->level == (int)w->escalation.n;
    CLEANUP_FREE char *value = xasprintf("%d/%d", step->level, step->round);
    CLEANUP_FREE char *text = channel         ? xstrdup("channel")
                              : step->insists ? xasprintf("level %s, insisting", value)
                                              : xasprintf("level %s", value);
    note(w, text);
    fold_one(w, (struct event){
                    .type = EVENT_PAGE_ESCALATED, .name = "payments", .value = value, .flag = step->insists});
}

static void note_person(struct world *w, const struct step *step, enum event_type type, const char *what)
{
    CLEANUP_FREE char *text = xasprintf("%s %s", step->person, what), *person = xstrdup(step->person);
    note(w, text);
    fold_one(w, (struct event){
                    .type = type, .value = person, .name = "payments", .text = (char *)(uintptr_t)step->why});
}

static void carry_out(struct world *w, const struct step *step)
{
    switch (step->kind) {
    case STEP_CALL:
        note_call(w, step);
        break;
    case STEP_LEVEL:
        note_level(w, step);
        break;
    case STEP_UNREACHED:
        note_person(w, step, EVENT_PAGE_FAILED, "unreached");
        break;
    case STEP_ASK:
        note_person(w, step, EVENT_PAGE_ASKED, "asked again");
        break;
    case STEP_NOBODY:
        note(w, "nobody");
        fold_one(w, (struct event){.type = EVENT_PAGE_FAILED, .name = "payments", .text = "", .flag = true});
        break;
    case STEP_HOLD:
        note(w, step->at ? "hold" : "go on");
        fold_one(w, (struct event){.type = EVENT_PAGE_HELD, .name = "payments", .until = step->at});
        break;
    case STEP_EXPIRE:
        note(w, "expired");
        fold_one(w, (struct event){.type = EVENT_PAGE_EXPIRED, .name = "payments"});
        break;
    default:
        break;
    }
}

/* All that is to be done now; when to look again. */
static instant settle(struct world *w)
{
    struct resolver resolver = {w, callees};
    for (int i = 0; i < STEPS_MOST; i++) {
        struct step step = escalation_step(&w->escalation, page(w), &resolver, w->now);
        if (step.kind == STEP_WAIT)
            return step.at;
        carry_out(w, &step);
    }
    fail_msg("it never waits: %s", w->log.p);
    return 0;
}

static void run(struct world *w, duration span)
{
    instant until = w->now + span;
    for (instant look = settle(w); look && look <= until; look = settle(w)) {
        assert_true(look > w->now);
        w->now = look;
    }
    w->now = until;
}

static void acknowledge(struct world *w, const char *by)
{
    fold_one(w, (struct event){.type = EVENT_PAGE_ACCEPTED, .by = (char *)(uintptr_t)by, .name = "ack"});
}

static void fails(struct world *w, const char *person, const char *way)
{
    fold_one(w, (struct event){.type = EVENT_PAGE_UNDELIVERED,
                               .value = (char *)(uintptr_t)person,
                               .name = (char *)(uintptr_t)way,
                               .text = "no such number"});
    settle(w);
}

#define EXPECT(w, text) assert_string_equal(str_text(&(w)->log), text)

/* ---- worked cases ---- */

static void ways_then_levels_then_the_channel(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 2);
    run(&w, 20 * MINUTE);
    EXPECT(&w, "0:00 ana by chat, 1:00 ana by sms, 3:00 ana by sms call, 5:00 level 1/1, 5:00 bo by chat, 6:00 "
               "bo by sms, "
               "8:00 bo by sms call, 10:00 channel, 15:00 channel, 20:00 channel");
    end(&w);
}

static void rounds_call_everybody_again(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 1);
    w.people[0].n = 1;
    w.escalation.rounds = 2;
    run(&w, 10 * MINUTE);
    EXPECT(&w, "0:00 ana by chat, 5:00 level 0/2, 5:00 ana by chat, 10:00 channel");
    end(&w);
}

/* Acknowledged before the SMS step: no SMS, nor anything else. */
static void nothing_follows_an_acknowledgement(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 2);
    run(&w, 30 * SECOND);
    acknowledge(&w, "ana");
    run(&w, DAY);
    EXPECT(&w, "0:00 ana by chat");
    end(&w);
}

static void a_way_that_fails_is_followed_by_the_next_at_once(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 2);
    run(&w, 10 * SECOND);
    fails(&w, "ana", "chat");
    run(&w, 10 * SECOND);
    fails(&w, "ana", "sms");
    run(&w, 10 * SECOND);
    fails(&w, "ana", "sms call"); /* voicemail, say */
    EXPECT(&w, "0:00 ana by chat, 0:10 ana by sms, 0:20 ana by sms call, 0:30 ana unreached, 0:30 level 1/1, "
               "0:30 bo by chat");
    end(&w);
}

/* Seen is not acknowledged. */
static void whoever_only_saw_it_is_not_waited_for(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 2);
    w.people[0].n = 1;
    run(&w, MINUTE);
    fold_one(&w, (struct event){.type = EVENT_PAGE_SEEN, .value = "ana", .name = "chat"});
    run(&w, 4 * MINUTE);
    EXPECT(&w, "0:00 ana by chat, 5:00 level 1/1, 5:00 bo by chat");
    end(&w);
}

static void an_empty_level_and_a_person_without_ways_are_passed_at_once(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 3);
    w.n_of[0] = 0;
    w.people[1].n = 0;
    run(&w, 0);
    EXPECT(&w, "0:00 level 1/1, 0:00 bo unreached, 0:00 level 2/1, 0:00 cy by chat");
    end(&w);
}

static void nobody_at_all_is_said_and_the_channel_follows(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 2);
    w.escalation.rounds = 3;
    w.people[0].n = w.people[1].n = 0;
    run(&w, 5 * MINUTE);
    EXPECT(&w,
           "0:00 ana unreached, 0:00 level 1/1, 0:00 bo unreached, 0:00 nobody, 0:00 channel, 5:00 channel");
    run(&w, 2 * DAY);
    assert_non_null(strstr(w.log.p, "1440:00 expired"));
    end(&w);
}

/* The connector does not come up: the next way after a minute, and when it comes nobody is called twice. */
static void what_nobody_takes_counts_as_failed_after_a_minute(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 2);
    w.steady = false;
    w.people[0].n = 2;
    w.ways[0][1].after = 10 * MINUTE;
    w.levels[0].after = 20 * MINUTE;
    run(&w, 2 * MINUTE);
    EXPECT(&w, "0:00 ana by chat, 1:00 ana by sms, 2:00 ana unreached, 2:00 level 1/1, 2:00 bo by chat");
    end(&w);
}

static void a_way_known_not_to_work_is_wanted_and_passed_at_once(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 2);
    w.steady = false;
    w.people[0].n = 1;
    w.ways[0][0].works = false;
    run(&w, 0);
    EXPECT(&w, "0:00 ana by chat, 0:00 ana unreached, 0:00 level 1/1, 0:00 bo by chat");
    end(&w);
}

static void everybody_is_called_once_in_a_round(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 2);
    w.people[0].n = w.people[1].n = 1;
    w.n_of[1] = 2;
    w.people_of[1][0] = 0;
    w.people_of[1][1] = 1;
    run(&w, 10 * MINUTE);
    EXPECT(&w, "0:00 ana by chat, 5:00 level 1/1, 5:00 bo by chat, 10:00 channel");
    end(&w);
}

static void whoever_is_spared_is_called_when_nobody_is_left(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 2);
    w.people[0].n = w.people[1].n = 1;
    w.people[0].spared = "muted";
    run(&w, 0);
    EXPECT(&w, "0:00 ana unreached, 0:00 level 1/1, 0:00 bo by chat");
    end(&w);
    begin(&w, 2);
    w.people[0].n = w.people[1].n = 1;
    w.people[0].spared = w.people[1].spared = "muted";
    run(&w, 0);
    EXPECT(
        &w,
        "0:00 ana unreached, 0:00 level 1/1, 0:00 bo unreached, 0:00 level 0/2, insisting, 0:00 ana by chat");
    end(&w);
}

/* Their tenth page in an hour is theirs, with all ways. */
static void whoever_was_called_is_not_spared_half_way(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 1);
    settle(&w);
    w.people[0].spared = "ten pages";
    run(&w, MINUTE);
    EXPECT(&w, "0:00 ana by chat, 1:00 ana by sms");
    end(&w);
}

/* Waits for the morning, and a restart in between changes nothing: there is nothing to forget. */
static void quiet_hours_hold_a_page(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 2);
    w.people[0].n = 1;
    w.people[0].quiet_until = START + 8 * HOUR;
    run(&w, HOUR);
    EXPECT(&w, "0:00 hold");
    run(&w, 7 * HOUR);
    EXPECT(&w, "0:00 hold, 480:00 ana by chat");
    end(&w);
}

/* The severity rose, say. */
static void a_held_page_goes_on_when_nobody_is_quiet_any_more(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 1);
    w.people[0].n = 1;
    w.people[0].quiet_until = START + 8 * HOUR;
    run(&w, HOUR);
    w.people[0].quiet_until = 0;
    settle(&w);
    EXPECT(&w, "0:00 hold, 60:00 go on, 60:00 ana by chat");
    end(&w);
}

static void an_acknowledged_page_asks_again(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 2);
    for (size_t i = 0; i < 2; i++)
        w.people[i].n = 1;
    w.escalation.asks_again = 15 * MINUTE;
    run(&w, MINUTE);
    acknowledge(&w, "ana");
    run(&w, 25 * MINUTE);
    EXPECT(&w, "0:00 ana by chat, 16:00 ana asked again, 16:00 ana by chat, 21:00 level 0/2, 21:00 level 1/2, "
               "21:00 bo by chat, "
               "26:00 channel");
    end(&w);
    begin(&w, 2);
    w.people[0].n = 1;
    w.escalation.asks_again = 15 * MINUTE;
    run(&w, MINUTE);
    acknowledge(&w, "ana");
    fold_one(&w, (struct event){.type = EVENT_PAGE_FOLLOWED});
    run(&w, DAY);
    EXPECT(&w, "0:00 ana by chat");
    end(&w);
}

static void a_clock_that_goes_back_begins_the_level_again(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 2);
    w.people[0].n = w.people[1].n = 1;
    settle(&w);
    w.now -= 30 * DAY;
    run(&w, 5 * MINUTE);
    assert_non_null(strstr(w.log.p, "bo by chat"));
    assert_null(strstr(strstr(w.log.p, "ana by chat") + 1, "ana by chat"));
    end(&w);
}

static void a_page_of_an_older_version_calls_nobody(void **state)
{
    struct resolver resolver = {NULL, callees};
    struct incident *incident = incident_create(1);
    struct level level = {.kind = LEVEL_PERSON, .name = "ana", .after = MINUTE};
    struct escalation escalation = {"x", &level, 1, 1, 0};
    (void)state;
    fold(incident,
         &(struct event){.type = EVENT_PAGE_SENT, .count = 1, .name = "payments", .value = "ana", .at = START});
    struct step step = escalation_step(&escalation, incident_page(incident, 1), &resolver, START + DAY);
    assert_int_equal(step.kind, STEP_WAIT);
    assert_int_equal(step.at, 0);
    incident_destroy(incident);
}

/* ---- random pages ---- */

static void randomize(struct world *w, struct rng *rng)
{
    begin(w, 1 + rng_below(rng, 4));
    w->escalation.rounds = 1 + (int)rng_below(rng, 3);
    w->steady = rng_below(rng, 4) != 0;
    for (size_t i = 0; i < w->escalation.n; i++) {
        w->levels[i].after = (duration)(1 + rng_below(rng, 20)) * MINUTE;
        w->n_of[i] = rng_below(rng, 4);
        for (size_t k = 0; k < w->n_of[i]; k++)
            w->people_of[i][k] = rng_below(rng, PEOPLE);
    }
    for (size_t i = 0; i < PEOPLE; i++) {
        w->people[i].n = rng_below(rng, 4);
        w->people[i].spared = rng_below(rng, 6) ? NULL : "muted";
        for (size_t k = 0; k < w->people[i].n; k++)
            w->ways[i][k].works = rng_below(rng, 5) != 0;
    }
}

/* Something that comes from outside. */
static void disturb(struct world *w, struct rng *rng)
{
    const struct state_page *now = page(w);
    struct state_call *call = now->calls.n ? &now->calls.v[rng_below(rng, now->calls.n)] : NULL;
    static const enum event_type news[] = {EVENT_PAGE_UNDELIVERED, EVENT_PAGE_TAKEN, EVENT_PAGE_DELIVERED,
                                           EVENT_PAGE_SEEN};
    if (rng_below(rng, 10) == 0)
        w->now += (duration)rng_below(rng, (uint64_t)HOUR) - (duration)rng_below(rng, (uint64_t)HOUR);
    if (rng_below(rng, 5) == 0)
        w->ways[rng_below(rng, PEOPLE)][rng_below(rng, 3)].works = rng_below(rng, 2);
    if (call && call->way && rng_below(rng, 4) == 0)
        fold_one(w, (struct event){.type = news[rng_below(rng, ARRAY_SIZE(news))],
                                   .value = call->person,
                                   .name = call->way});
}

struct watch { /* who was called in the present round */
    char called[64][32];
    size_t n;
    int round;
};

static void watch_call(struct watch *watch, const struct world *w, const struct step *step)
{
    int round = page(w)->going.round;
    char key[32];
    if (round != watch->round)
        watch->n = 0;
    watch->round = round;
    snprintf(key, sizeof(key), "%s %s", step->person, step->way);
    for (size_t i = 0; i < watch->n; i++)
        assert_string_not_equal(watch->called[i], key);
    assert_true(watch->n < ARRAY_SIZE(watch->called));
    strcpy(watch->called[watch->n++], key);
}

static void nobody_is_lost_or_called_twice(void **state)
{
    struct rng rng;
    (void)state;
    rng_init(&rng, 14);
    for (int i = 0; i < 20000; i++) {
        struct world w;
        struct watch watch = {.round = 0};
        struct resolver resolver = {&w, callees};
        bool accepts = rng_below(&rng, 3) == 0, channel = false;
        randomize(&w, &rng);
        for (int k = 0; k < 300 && !channel && !page(&w)->accepted_by; k++) {
            struct step step = escalation_step(&w.escalation, page(&w), &resolver, w.now);
            if (step.kind == STEP_CALL)
                watch_call(&watch, &w, &step);
            channel = step.kind == STEP_LEVEL && step.level == (int)w.escalation.n;
            if (step.kind != STEP_WAIT) {
                carry_out(&w, &step);
                continue;
            }
            assert_true(step.at > w.now);
            w.now = step.at;
            disturb(&w, &rng);
            if (accepts && rng_below(&rng, 10) == 0)
                acknowledge(&w, "ana");
        }
        if (!channel && !page(&w)->accepted_by)
            fail_msg("world %d got stuck: %s", i, w.log.p);
        w.now += (duration)rng_below(&rng, (uint64_t)DAY);
        if (page(&w)->accepted_by)
            assert_int_equal(escalation_step(&w.escalation, page(&w), &resolver, w.now).kind, STEP_WAIT);
        end(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ways_then_levels_then_the_channel),
        cmocka_unit_test(rounds_call_everybody_again),
        cmocka_unit_test(nothing_follows_an_acknowledgement),
        cmocka_unit_test(a_way_that_fails_is_followed_by_the_next_at_once),
        cmocka_unit_test(whoever_only_saw_it_is_not_waited_for),
        cmocka_unit_test(an_empty_level_and_a_person_without_ways_are_passed_at_once),
        cmocka_unit_test(nobody_at_all_is_said_and_the_channel_follows),
        cmocka_unit_test(what_nobody_takes_counts_as_failed_after_a_minute),
        cmocka_unit_test(a_way_known_not_to_work_is_wanted_and_passed_at_once),
        cmocka_unit_test(everybody_is_called_once_in_a_round),
        cmocka_unit_test(whoever_is_spared_is_called_when_nobody_is_left),
        cmocka_unit_test(whoever_was_called_is_not_spared_half_way),
        cmocka_unit_test(quiet_hours_hold_a_page),
        cmocka_unit_test(a_held_page_goes_on_when_nobody_is_quiet_any_more),
        cmocka_unit_test(an_acknowledged_page_asks_again),
        cmocka_unit_test(a_clock_that_goes_back_begins_the_level_again),
        cmocka_unit_test(a_page_of_an_older_version_calls_nobody),
        cmocka_unit_test(nobody_is_lost_or_called_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
