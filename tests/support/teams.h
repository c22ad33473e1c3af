/*
 * teams - the Teams connector without Teams, for tests of plugins/teams that are linked with --wrap=teams_call and
 * --wrap=trust_check.
 *
 * The test answers the calls; what is emitted, called and kept is there to look at. Calls may come from several threads; the functions
 * below take the lock.
 */
#ifndef TOCSIN_TESTS_TEAMS_H
#define TOCSIN_TESTS_TEAMS_H

#include <pthread.h>

#include "teams/channels.h"
#include "teams/in.h"
#include "teams/out.h"
#include "teams/people.h"
#include "teams/serve.h"
#include "teams/shown.h"

#define TEAMS_FAKE_APP    "00000000-0000-0000-0000-00000000b075"
#define TEAMS_FAKE_TENANT "00000000-0000-0000-0000-000000000001"
#define TEAMS_FAKE_URL    "https://smba.trafficmanager.net/emea"

/* The answer to a call: the body, which the fake takes over; "status" in it is the HTTP status, 200 unless given, "retry" a delay in
   milliseconds, "cut": true a connection that ended after sending. NULL: the call does not reach Teams. */
typedef cJSON *teams_fake_answer(const char *method, const char *path, const cJSON *json);

struct teams_fake {
    struct teams teams;
    struct tocsin_host host;
    cJSON *emitted;       /* an array */
    cJSON *called;        /* an array of {"method", "url", "json"} */
    cJSON *logged;        /* an array of texts */
    cJSON *store;         /* texts by key */
    _Atomic int32_t emit; /* what emit returns */
    _Atomic int trusted;  /* what trust_check returns */
    pthread_mutex_t lock; /* guards the values */
};

/* The app is in the team 19:team@thread.tacv2 with the channels General and incidents (19:inc@thread.tacv2). Unless `answer` says
   otherwise, it answers as Teams does; every member is called Ana, but 29:guest is a guest, and 29:nobody is not there. */
void teams_fake_init(struct teams_fake *fake, teams_fake_answer *answer);
void teams_fake_finish(struct teams_fake *fake);
/* What Teams answers where the test has nothing else to say. */
cJSON *teams_fake_usual(const char *method, const char *path, const cJSON *json);
/* The n-th call, counted from 0; NULL: there was none. Borrowed. */
const cJSON *teams_fake_call(struct teams_fake *fake, int n);
/* Performs an action. */
struct tocsin_result teams_fake_perform(struct teams_fake *fake, const char *kind, const char *body);
/* Sends an activity to serve(). Returns the status; the answer's body is written to `out`, unless that is NULL. */
int teams_fake_serve(struct teams_fake *fake, const char *activity, struct kit_text *out);

#endif
