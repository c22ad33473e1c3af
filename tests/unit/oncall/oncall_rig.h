/* The rig with the real policy and rotations. */
#ifndef TOCSIN_TESTS_ONCALL_RIG_H
#define TOCSIN_TESTS_ONCALL_RIG_H

#include <stdio.h>
#include <string.h>

#include "feeds/feeds.h"
#include "oncall/oncall.h"
#include "triage/triage.h"

#include "../command/policy_rig.h"

#define PEOPLE                                                                                                 \
    "people { ana = { console = 'ana' }, bo = { name = 'Bo', console = 'bo' }, cy = { console = 'cy' } }\n"
#define PAYMENTS                                                                                               \
    PEOPLE "rotation { name = 'payments', people = { 'ana', 'bo' }, start = '2026-11-16', handover = 'monday " \
           "09:00', zone = 'Europe/London' }\n"

static inline void does(const char *person, const char *text)
{
    CLEANUP_FREE char *said = rig_line(rig, person, 0, text);
    if (text_starts(said, "! "))
        fail_msg("%s: %s", text, said);
}

#define FEED_URL "https://calendars.example/secret.ics"

/* What reading the holidays at FEED_URL came to, as tocsin-fetch says it. */
static inline void feed_says(const char *json, instant at)
{
    struct feed feed;
    struct feed_answer answer;
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(feed_answer_parse(json, strlen(json), &answer, NULL), 0);
    feed_read(rig->journal, FEED_URL, &feed);
    feed_take(&feed, &answer, at);
    feed_write(turn_batch(turn), FEED_URL, &feed, at);
    turn_commit(turn, NULL, NULL);
    feed_answer_finish(&answer);
    feed_finish(&feed);
    rig_settle(rig);
}

/* A critical error in a service that matters, which pages product-responder. */
static inline void alert(uint64_t fingerprint)
{
    struct alert alert;
    alert_init(&alert, "sentry", rig->now);
    alert.fingerprint = fingerprint;
    alert.about.title = "cards are refused";
    alert.about.origin = "shop";
    alert.about.service = "checkout";
    triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
    rig_settle(rig);
}

#endif
