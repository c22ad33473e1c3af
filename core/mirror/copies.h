/*
 * copies - which message in a chat shows which words of an incident: the message that somebody wrote, and its copies in the
 * incident's other rooms. Kept as documents (DOC_MESSAGE, DOC_COPY). Loop's thread only.
 */
#ifndef TOCSIN_MIRROR_COPIES_H
#define TOCSIN_MIRROR_COPIES_H

#include "turn/written.h"

#define COPY_KEY "copy:" /* prefix of the keys of all actions that copy, change or delete */
#define COPY_ALONE                                                                                             \
    ":alone" /* end of the key of a reply that is said without the message that it belongs under */

struct original {               /* words that somebody wrote in a room */
    uint64_t incident, version; /* of the event in the incident's stream */
    instant at;
    char *connector, *channel,
        *message;  /* where they stand; channel NULL: unknown, as in events of older versions */
    int64_t order; /* of the newest edit, as the platform numbers them; COPIES_GONE: deleted */
};
#define COPIES_GONE INT64_MAX
void original_finish(struct original *said);
/* The words in an event EVENT_SAID. */
struct original original_of(const struct event *event);

struct room { /* borrowed */
    const char *connector, *channel;
};

/* Is it a message of an incident, or a copy of one? *ret, which the caller finishes, says where the words really stand. */
bool copies_original(struct core *core, const char *connector, const char *message, struct original *ret);
/* Remembers that this message shows those words. */
void copies_remember(struct turn *turn, const char *connector, const char *message,
                     const struct original *said);
/* The message where the words stand does, unless more is known of it already. */
void copies_remember_original(struct turn *turn, const struct original *said);

/* The key of the action that copies the words to that room. The caller frees. */
char *copy_key(const struct original *said, const struct room *room);
/* What the key of such an action says. False: it is another one's. */
bool copy_key_read(const char *key, uint64_t *ret_incident, uint64_t *ret_version);

enum copy_state {
    COPY_NONE,      /* there is none */
    COPY_UNDER_WAY, /* *ret is the key of its action */
    COPY_DONE,      /* *ret is the id of the message */
    COPY_DIGESTED,  /* a digest has the words */
};
/* The caller frees *ret; NULL where the state needs none. */
enum copy_state copies_find(struct core *core, const struct original *said, const struct room *room,
                            char **ret);
/* The copy stands there as `message`; "": in a digest. */
void copies_done(struct turn *turn, const struct original *said, const struct room *room, const char *message);

#endif
