/*
 * table - the people in memory: rows, and the indexes that find them. Only this folder includes it.
 *
 * A row is a person as they became known, with their users. Two rows can be one person: one is linked to the other, and that to
 * a third, as a tree. Its root is the person as whom all of them act; a row keeps its users, so that a link can be undone.
 */
#ifndef TOCSIN_PEOPLE_TABLE_H
#define TOCSIN_PEOPLE_TABLE_H

#include "base/map.h"
#include "people/people.h"

#define OWN_WORD "tocsin" /* stands in for a connector in what people say about themselves by command */
#define POLICY_WORD                                                                                            \
    "tocsin/policy" /* stands in for a connector in what people{} says; none can have this name */

enum row_index { BY_NAME, BY_EMAIL, ROW_INDEXES };

struct person_user {
    char *connector, *user;
};
struct person_row {
    struct person person; /* what other folders see */
    ARRAY(struct person_user) users;
    char *not_email;                      /* an address of their user that is another person's; NULL: none */
    struct person_row *next[ROW_INDEXES]; /* with the same name or address, ignoring case */
    struct person_row *into;              /* they act as this one; NULL: as themselves */
    char *linked_to;                      /* its id */
    instant linked_at;
    ARRAY(struct person_row *) linked; /* those who act as this one, in the order of their links */
    char *pairing;                     /* the hash of the code that links to them; NULL: none */
    instant pairing_until;
    instant wrong_since; /* when they first typed a wrong code, of those that count; and how many do */
    int64_t wrong;
};

struct people {
    struct map rows;                 /* person id -> struct person_row, owned */
    struct map identities;           /* connector 0x1f user -> the same */
    struct map indexes[ROW_INDEXES]; /* lower case -> the first of a chain */
    struct map pairings;             /* the hash of a code -> whom it links to */
};
typedef ARRAY(struct person_row *) row_list;

struct people *people_of(const struct core *core);
struct person_row *row_get(const struct people *people, const char *id); /* NULL: nobody has that id */
struct person_row *row_of_user(const struct people *people, const char *connector, const char *user);
/* The row that a typed name or address means; NULL: none, or rows of several people. */
struct person_row *row_by(const struct people *people, enum row_index index, const char *typed);
/* As whom they act. */
struct person_row *row_head(struct person_row *row);
/* All rows of the person, the head first. The caller frees the list. */
void rows_of(struct person_row *row, row_list *ret);
/* Is the user one of a platform? */
bool user_is_real(const struct person_user *user);

/* Sets a text that is indexed. */
void row_rename(struct people *people, struct person_row *row, enum row_index index, const char *text);
/* The user is theirs from now on, and no longer another's. */
void row_give(struct people *people, struct person_row *row, const char *connector, const char *user);
/* Links them to a row of another person; or, with NULL, ends that. */
void row_link(struct person_row *row, struct person_row *into, instant at);
/* Sets the code that links to them; NULL: none. */
void row_pair(struct people *people, struct person_row *row, const char *hash, instant until);
struct person_row *row_create(struct people *people, const char *id);

/* Did the person choose a time zone by command? Then connectors do not change it. */
bool row_chose_zone(const struct person_row *row);

/* Their documents. */
void row_write(struct turn *turn, const struct person_row *row);
void row_write_pairing(struct turn *turn, const struct person_row *row);
int table_load(struct core *core, struct error *err);
void table_unload(struct core *core);

/* fold.c: what an event says about a person. */
void fold_person(struct people *people, const struct event *event);
/* people.c: an id that nobody has, and that gives no role by a name that somebody chose. The caller frees it. */
char *people_new_id(const struct core *core, const struct identity *identity);

#endif
