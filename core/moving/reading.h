/*
 * reading - what all readers of exports share: finding the objects that they know wherever they stand, and getters whose errors name the
 * file and the place. Only this folder includes it.
 *
 * The first error stays: after it getters return nothing, so a reader looks at `rc` only where it matters.
 */
#ifndef TOCSIN_MOVING_READING_H
#define TOCSIN_MOVING_READING_H

#include "base/json.h"
#include "moving/moving.h"

#define MOVING_TEXT  1000                     /* bytes of a name */
#define MOVING_NEVER ((instant)4102444800000) /* 2100: what is later is taken to be then */

struct reading {
    struct moving *m;
    const struct moving_document *document;
    int rc;
    struct error *err;
};

/* A kind of object in a tool's exports. */
struct moving_object {
    struct moving_marks marks;
    void (*take)(struct reading *r, const cJSON *object);
};
/* Takes each object of the documents that is one of the kinds, the first that fits, in the order of the files. Nothing is looked for within
   such an object. What has none, and lists whose last page is missing, are noted as unsaid. */
void reading_objects(struct reading *r, const struct moving_object *kinds, size_t n);

/* Does the node have all of the marks? */
bool is_marked(const cJSON *node, const struct moving_marks *marks);

/* The first object with that member and that `id`, wherever it stands, and its document. NULL: there is none. */
const struct moving_document *find_object(const struct moving *m, const char *has, const char *id,
                                          const cJSON **ret);

/* Writes the first error: "FILE: schedules[2].start: …", and what to do. `at` is a node of the document. */
__attribute__((format(printf, 3, 4))) void fault(struct reading *r, const cJSON *at, const char *format, ...);

/* NULL: absent, null or "". Numbers become text. */
const char *get_text(struct reading *r, const cJSON *object, const char *name);
const char *need_text(struct reading *r, const cJSON *object, const char *name); /* never NULL */
/* A whole number, or a text that is one. */
int64_t get_int(struct reading *r, const cJSON *object, const char *name, int64_t least, int64_t most,
                int64_t fallback);
bool get_bool(const cJSON *object, const char *name);                            /* true, or "true" */
const cJSON *get_list(struct reading *r, const cJSON *object, const char *name); /* NULL: absent */
const char *get_id(const cJSON *reference); /* the `id` of an object; NULL: it has none */
/* RFC 3339, or without an offset in `zone` (NULL: refused): "2026-11-30T09:00:00", "2026-11-30 09:00". 0: absent. */
instant get_instant(struct reading *r, const cJSON *object, const char *name, const char *zone);
/* The name of tzdata, also for a name of Windows or Rails. `fallback` where it is absent; NULL: refused. */
const char *get_zone(struct reading *r, const cJSON *object, const char *name, const char *fallback);
/* "08:30", "08:30:00", "24:00": the minute of the day. Seconds are cut off. */
int get_clock(struct reading *r, const cJSON *object, const char *name);
/* Which of the words, in any case; -1, and an error: none. */
int get_word(struct reading *r, const cJSON *object, const char *name, const char *const *words, size_t n);

const char *keep(struct moving *m, char *text); /* takes it over, until moving_finish */
__attribute__((format(printf, 2, 3))) const char *keepf(struct moving *m, const char *format, ...);
/* Notes what the policy cannot say. */
__attribute__((format(printf, 3, 4))) void unsaid(struct moving *m, const char *why, const char *format, ...);

/* The row of that key; it is added where there is none. */
struct moving_person *person_of(struct moving *m, const char *key);
/* Others know them by this key, too. */
void person_also(struct moving *m, const struct moving_person *person, const char *key);
struct moving_schedule *schedule_of(struct moving *m, const char *key);
struct moving_schedule *schedule_known(const struct moving *m, const char *key); /* NULL: there is none */
/* The schedule of a document that does not say of which it is: its key is a part of the file's name. NULL, and noted as unsaid: none. */
struct moving_schedule *schedule_of_file(struct reading *r, const char *what);
void add_way(struct moving *m, struct moving_person *person, const char *connector, const char *address);
/* Hours from that weekday (0 is Sunday) and minute on, for so many minutes. A week or more: always, and false. */
bool add_hours(struct moving_turns *turns, int weekday, int minute, int64_t minutes);
/* The same on each of these days (bit 0 is Sunday). */
bool add_hours_on(struct moving_turns *turns, unsigned days, int minute, int64_t minutes);
/* The local time of an instant as a date and a minute of the day. */
struct wall wall_of(instant t, const char *zone);

const char *zone_of_name(const char *name); /* zones.c: that of tzdata; NULL: unknown */

#endif
