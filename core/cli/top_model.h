/*
 * top_model - what `tocsin top` shows: the open incidents with their clocks and pages, and the connectors, from answers of the API. Pure;
 * owns its texts. It never asks or draws anything.
 *
 * Texts are as others wrote them, so whoever shows them makes them literal (top_cell.h). Instants are those of the server; top_now says
 * what its clock shows.
 */
#ifndef TOCSIN_CLI_TOP_MODEL_H
#define TOCSIN_CLI_TOP_MODEL_H

#include <cjson/cJSON.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/time.h"

struct top_call { /* the last of a person by a way */
    char *person, *way, *state;
};
struct top_page { /* that nobody has acknowledged */
    char *target;
    instant at;
    bool exhausted; /* nobody is left to call */
    ARRAY(struct top_call) calls;
};

struct top_row {
    char *name, *title, *status, *severity, *service, *team;
    char *holder; /* the id of who has it: its lead, or who acknowledged its page; NULL: nobody */
    char *owed;   /* what is due first; NULL: nothing */
    instant opened, changed, due;
    instant until; /* paused until then; 0: it is not */
    bool private, drill;
    ARRAY(struct top_page) pages;
};

struct top_connector {
    char *name, *state, *reason; /* reason NULL: it is well */
    instant since;
    bool well;
};

enum top_order { TOP_DUE, TOP_NEWEST, TOP_OLDEST, TOP_QUIET, TOP_ORDERS };
const char *top_order_words(enum top_order order); /* "what is due first" */

struct top {
    ARRAY(struct top_row) rows; /* in order */
    ARRAY(struct top_connector) connectors;
    struct map people; /* from id to name, owned */
    duration ahead;    /* the server's clock is so far ahead of ours */
    enum top_order order;
};

void top_finish(struct top *top);

/* An array of incidents as GET /incidents lists them: all that are open. `now` of ours. */
void top_take_incidents(struct top *top, const cJSON *incidents, instant now);
/* One that changed. One that is over, and NULL for one that is not to be seen, is taken off. */
void top_take_incident(struct top *top, const char *name, const cJSON *incident, instant now);
void top_take_connectors(struct top *top, const cJSON *answer);
/* NULL: they are not known by a name. */
void top_take_person(struct top *top, const char *id, const cJSON *person);
/* A person who is to be named and is not known yet; NULL: all are. Borrowed. */
const char *top_stranger(const struct top *top);

void top_sort(struct top *top, enum top_order order);
instant top_now(const struct top *top, instant now);
/* The name of a person; the id where there is none. NULL of NULL. Borrowed. */
const char *top_person(const struct top *top, const char *id);
const struct top_row *top_find(const struct top *top, const char *name); /* NULL: not open. Borrowed */
/* Are all words of the filter (NULL: none) in what the row says? */
bool top_fits(const struct top *top, const struct top_row *row, const char *filter);

/* "bo by slack (seen), ana by sms (sent)"; where nobody was called yet, what is so. */
void top_page_words(const struct top *top, const struct top_page *page, struct str *out);

#endif
