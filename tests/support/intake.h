/* intake - a request and all it takes to have it received: an arena, one known key of each kind, captured
   requests. */
#ifndef TOCSIN_TESTS_INTAKE_H
#define TOCSIN_TESTS_INTAKE_H

#include "intake/route.h"

#define INTAKE_NOW (INT64_C(1795460000) * SECOND) /* a little after the captures were made */

/* Known: the key 0123456789abcdef0123456789abcdef of project 7, the token "a-token", the user "prom" with the
   password "a-password", the routing key of 32 times "r". All of the source "shop", but the user's:
   "prometheus". */
struct intake_world {
    struct arena arena;
    struct intake_config config;
    struct intake_request request;
    struct alert_list alerts;
    struct intake_answer answer;
    char *file; /* of a capture */
};

void intake_world_init(struct intake_world *w);
void intake_world_finish(struct intake_world *w);

/* A POST of this text to this path with the token; returns what intake_receive does. */
int intake_post(struct intake_world *w, const char *path, const char *body);
int intake_post_bytes(struct intake_world *w, const char *path, const char *body, size_t n);
/* A file of tests/unit/intake/captures, as it came. */
int intake_post_capture(struct intake_world *w, const char *name);
/* Aborts unless every alert keeps what alert.h promises. For fuzzers. */
void intake_check_alerts(const struct intake_world *w);
/* The value of a header of the answer; NULL: not there. */
const char *intake_header(const struct intake_world *w, const char *name);

#endif
