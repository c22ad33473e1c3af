/*
 * posts - what a draft for the status page says besides its text: its title, its status, what it changes of which component. Pure.
 *
 * It is a part of the draft's version (state_drafts.h, `post`), as JSON: {"title", "titles": {language: title}, "status", "components": {name: state}, "before":
 * {name: state}, "post", "next", "quiet"}, and of maintenance {"from", "until", "zone"}. All of it was chosen by whoever wrote the draft; nothing
 * is copied from the incident.
 */
#ifndef TOCSIN_COMMS_POSTS_H
#define TOCSIN_COMMS_POSTS_H

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "public/model.h"

#define POST_TITLE 200 /* bytes of a title at most */

struct post_component {
    char *name;
    enum public_state before, after; /* before: when the draft was written */
};

struct post {
    char *title;  /* of a new post; NULL: as it is */
    char *titles; /* the same in other languages: {"de": title} as JSON; NULL: in none */
    enum public_status status;
    ARRAY(struct post_component) components;
    int64_t number;      /* that it goes on; 0: a new one */
    duration next;       /* how soon it promises another word; 0: it does not */
    bool quiet;          /* subscribers are not told */
    instant from, until; /* of maintenance; 0: as it is */
    char *zone;          /* in which people read these two; NULL: UTC */
};

/* ERR_INVALID: it is no such JSON. Finish *ret in either case. */
int post_read(const char *json, struct post *ret, struct error *err);
char *post_encode(const struct post *post); /* the caller frees it */
void post_finish(struct post *post);
/* A member of such JSON, as JSON; NULL: there is none. The caller frees it. */
char *post_member(const cJSON *json, const char *key);

/* As fields of a card: title, status, "Operational -> Major outage" of each component, … */
void post_fields(const struct post *post, struct json_out *fields);
/* The same in one sentence of CommonMark. */
void post_describe(const struct post *post, struct str *out);
/* The same of such JSON, in brackets behind a space; NULL adds nothing. */
void post_describe_json(const char *json, struct str *out);
/* As it reads on the page with that text. */
void post_preview(const struct post *post, const char *text, struct str *out);

#endif
