/* intake - a request and what receiving it needs: an arena, one known key of each kind, captured requests. */
#ifndef TOCSIN_TESTS_INTAKE_H
#define TOCSIN_TESTS_INTAKE_H

#include "intake/route.h"

#define INTAKE_NOW (INT64_C(1795460000) * SECOND) /* shortly after the captures were made */

/* The known credentials: the key 0123456789abcdef0123456789abcdef of project 7, the token "a-token", a routing key of 32 times
   "r", all of the source "shop"; and the user "prom" with the password "a-password", of the source "prometheus". */
struct intake_world {
    struct arena arena;
    struct intake_config config;
    struct intake_request request;
    struct alert_list alerts;
    struct intake_answer answer;
    char *file; /* a capture's text */
};

void intake_world_init(struct intake_world *w);
void intake_world_finish(struct intake_world *w);
/* The same around each test: *state is a world of its own. */
int intake_set_up(void **state);
int intake_tear_down(void **state);

/* Posts this text to this path with the token; returns what intake_receive returns. */
int intake_post(struct intake_world *w, const char *path, const char *body);
int intake_post_bytes(struct intake_world *w, const char *path, const char *body, size_t n);
/* A file of tests/unit/intake/captures, unchanged. */
int intake_post_capture(struct intake_world *w, const char *name);
/* Posts it in each form that a sender may give it: as it is, as Latin-1, in base64, which must come to the same. For fuzzers. */
void intake_post_forms(struct intake_world *w, const char *path, const char *body, size_t n);
/* Aborts unless every alert is as alert.h promises. For fuzzers. */
void intake_check_alerts(const struct intake_world *w);
/* The value of a header of the answer; NULL: absent. */
const char *intake_header(const struct intake_world *w, const char *name);

#endif
