/*
 * slack - a connector for Slack without Slack, for tests of plugins/slack that are linked with --wrap=slack_call.
 *
 * Calls of the Web API are answered by the test; what is emitted is kept. The connector may have threads; `emit` and
 * `stopping` may be changed meanwhile, and what is kept is asked for through the functions below.
 */
#ifndef TOCSIN_TESTS_SLACK_H
#define TOCSIN_TESTS_SLACK_H

#include <pthread.h>

#include "slack/slack.h"

#define SLACK_FAKE_SECRET "8f742231b10e8888abcd99yyyzzz85a5"

/* The answer to a call: a JSON object, which slack_fake takes over, or NULL for one that does not reach Slack. "cut": true in
   it: the connection ended after sending; "status": of HTTP, 200 unless given. */
typedef cJSON *slack_fake_answer(const char *method, const cJSON *arguments);

struct slack_fake {
    struct slack slack;
    struct tocsin_host host;
    cJSON *emitted;       /* an array */
    cJSON *called;        /* an array of {"method", "arguments"} */
    cJSON *logged;        /* an array of texts */
    _Atomic int32_t emit; /* what emit answers */
    _Atomic bool stopping;
    pthread_mutex_t lock; /* of the arrays */
};

/*
 * Team T1 of the enterprise E1, bot user U0BOT, bot B0BOT, at https://acme.slack.com/. Unless `answer` says other, users are called
 * Ana and are of T1, but for U5 of a team T2, U6 of another team of ours, U7, whom Slack does not know, and U8, a bot.
 */
void slack_fake_init(struct slack_fake *fake, slack_fake_answer *answer);
void slack_fake_finish(struct slack_fake *fake);
/* How often a method was called; how many events were passed in, and those of an id. */
int slack_fake_calls(struct slack_fake *fake, const char *method);
int slack_fake_emitted(struct slack_fake *fake, const char *id); /* id NULL: of any */

#endif
