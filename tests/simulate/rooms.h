/*
 * rooms - what stands in the rooms of the simulated platforms: the messages of people, and the copies of them that the core made.
 */
#ifndef TOCSIN_SIMULATE_ROOMS_H
#define TOCSIN_SIMULATE_ROOMS_H

#include "world.h"

struct message {
    char *id, *text; /* as it reads now */
    char *thread;    /* the message that it stands under; NULL: none */
    char *key;       /* of the action that posted it; NULL: a person wrote it */
    size_t word;     /* the first that it shows when it comes; 0: none */
    bool corrects;   /* an earlier one, which cannot be edited */
    bool gone;       /* deleted */
};

struct room {
    const struct platform *platform;
    char *channel;
    ARRAY(struct message) messages; /* in the order in which they came */
    bool lossy;                     /* a digest was lost there, or showed the latest words alone */
};

struct word { /* what somebody wrote */
    size_t number;
    struct room *room; /* where */
    char *message;     /* its id there */
    size_t answers;    /* the word that it stands under; 0: none */
    int edits;
    bool deleted;
};

/* How a word reads: "w7e2w" is the seventh, edited twice. Without the number of edits: what all its readings begin with. */
char *word_text(size_t number, int edits);
char *word_mark(size_t number);

struct told { /* an event that a connector passes in until the core has it */
    const struct platform *platform;
    char *json;
    bool flying, over;
};

struct rooms {
    ARRAY(struct room *) all;
    ARRAY(struct word) words; /* number n is at n - 1 */
    ARRAY(struct told *) told;
    struct map lost; /* keys of actions that a platform refused, or that were given up */
    size_t events;   /* so many ids were used */
};

struct room *room_find(const struct rooms *rooms, const char *connector, const char *channel);
struct room *room_add(struct rooms *rooms, const struct platform *platform, const char *channel);
struct message *room_message(const struct room *room, const char *id);
struct rooms *rooms_create(void);
void rooms_destroy(struct rooms *rooms);

/* The action is done: `remote` is the id of what it made. */
void rooms_happen(struct world *world, const struct platform *platform, const struct sent *sent,
                  const char *remote);
/* The action will not happen: the platform refuses it for good, or the core gave it up. `text` is its body. */
void rooms_lost(struct world *world, const char *connector, const char *key, const char *text);
/* Before an action is handed out: what is said in a private incident goes nowhere else. */
void rooms_leaves(const struct world *world, const struct action *action);

/* Compares all rooms with the journal. Nothing is in flight, and all that could be done was. */
void rooms_check(struct world *world);

#endif
