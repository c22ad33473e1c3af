/*
 * group_affected - which customers a problem affects: each with its name, since when, when last, and how often.
 *
 * The first AFFECTED_EXACT are told apart. Beyond those their number is an estimate: a sketch counts the distinct ones
 * (intake/sketch.h). So a group whose customers never end costs less than 1 MB.
 * A few customers are searched one after the other; a crowd has an index, and is stored in pages of AFFECTED_PAGE customers, of
 * which only those that changed are written. Pure; the group owns all of it.
 */
#ifndef TOCSIN_INTAKE_GROUP_AFFECTED_H
#define TOCSIN_INTAKE_GROUP_AFFECTED_H

#include <cjson/cJSON.h>

#include "base/json.h"
#include "intake/group.h"

#define AFFECTED_EXACT 10000
#define AFFECTED_FEW   16 /* so many are stored in the group's document; more are a crowd */
#define AFFECTED_PAGE  64
#define AFFECTED_PAGES ((AFFECTED_EXACT + AFFECTED_PAGE - 1) / AFFECTED_PAGE)

/* A customer as others read it; borrowed until the group changes. */
struct affected {
    const char *key, *name; /* name: the key, where alerts give none */
    instant since, last;    /* to the second; 0: not known */
    int64_t count;          /* alerts about them; at most UINT32_MAX */
    uint64_t group;         /* the fingerprint of the group that affects them */
};

/* Whoever asks for all customers of something. */
struct affected_reader {
    void *ctx;
    bool (*on)(void *ctx, const struct affected *customer); /* false: no more */
    void (*sketch)(void *ctx, const uint8_t *registers);    /* of a group that is estimated; NULL: never mind */
    const char *key; /* only the customer with this key, in any case; NULL: all */
};

/* Counts `count` alerts about a customer at `now`. `name` may be "". A key in another case is the same customer. True: nobody knew that they are affected. */
bool group_affect(struct group *group, const char *key, const char *name, int64_t count, instant now);
/* Forgets them all: the group opens again after its incident ended. */
void group_affected_clear(struct group *group);
void group_affected_finish(struct group *group);

/* i < group->affected.n, in the order in which they came. */
struct affected group_affected_at(const struct group *group, size_t i);
/* By a key in any case. False: the group does not know it. */
bool group_affected_find(const struct group *group, const char *key, struct affected *ret);
/* How many customers; an estimate where group_affected_estimated. */
int64_t group_affected_count(const struct group *group);
bool group_affected_estimated(const struct group *group);
/* The registers of the sketch (intake/sketch.h); NULL: all are told apart. */
const uint8_t *group_affected_registers(const struct group *group);
bool group_affected_is_crowd(const struct group *group);
size_t group_affected_bytes(const struct group *group);

/* Adds a customer, or what a sketch has counted, as stored. */
void group_affected_load(struct group *group, const struct affected *customer);

/* ---- pages of a crowd, as JSON; `page` from 0 ---- */

size_t group_affected_pages(const struct group *group);
bool group_affected_page_changed(const struct group *group, size_t page);
void group_affected_encode(const struct group *group, size_t page, struct json_out *j);
/* Adds the customers of a page. Rows that are no customers are left out. */
void group_affected_decode(struct group *group, const cJSON *page);
/* All pages, and the sketch, are stored (or, with false, must be stored anew). */
void group_affected_stored(struct group *group, bool stored);

/* The sketch as text; NULL: there is none, or it is stored already. Freed by the caller. */
char *group_affected_sketch(const struct group *group);
/* Ignores a text that is no sketch. */
void group_affected_load_sketch(struct group *group, const char *text);

#endif
