/*
 * slack - the Slack connector without Slack, for tests of plugins/slack that are linked with --wrap=slack_call.
 *
 * The test answers the calls of the Web API; emitted events are kept. The connector may have threads: `emit` and `stopping` may
 * be changed while they run, and the functions below read what was kept.
 */
#ifndef TOCSIN_TESTS_SLACK_H
#define TOCSIN_TESTS_SLACK_H

#include <pthread.h>

#include "slack/channels.h"
#include "slack/in.h"
#include "slack/out.h"
#include "slack/people.h"
#include "slack/receive.h"

#define SLACK_FAKE_SECRET "8f742231b10e8888abcd99yyyzzz85a5"

/* The answer to a call: a JSON object, which slack_fake takes over; NULL: the call does not reach Slack. In the object, "cut": true
   means that the connection ended after sending, and "status" is the HTTP status, 200 unless given. */
typedef cJSON *slack_fake_answer(const char *method, const cJSON *arguments);

struct slack_fake {
    struct slack slack;
    struct tocsin_host host;
    cJSON *emitted;       /* an array */
    cJSON *called;        /* an array of {"method", "arguments"} */
    cJSON *logged;        /* an array of texts */
    _Atomic int32_t emit; /* what emit returns */
    _Atomic bool stopping;
    pthread_mutex_t lock; /* guards the arrays */
};

/*
 * The team is T1 of the enterprise E1 at https://acme.slack.com/, the bot user U0BOT, the bot B0BOT. Unless `answer` says
 * otherwise, every user is called Ana and belongs to T1, except U5 of another organisation's team T2, U6 of a second team of E1,
 * U7, whom Slack does not know, and U8, a bot.
 */
void slack_fake_init(struct slack_fake *fake, slack_fake_answer *answer);
void slack_fake_finish(struct slack_fake *fake);
/* How often a method was called, and how many events with that id were emitted. */
int slack_fake_calls(struct slack_fake *fake, const char *method);
int slack_fake_emitted(struct slack_fake *fake, const char *id); /* id NULL: any */

#endif
