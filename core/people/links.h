/*
 * links - one person on several platforms: what joins two persons, and what takes them apart again.
 *
 * A link loses nothing. The person who was linked keeps their id, their users and their history; from then on they act, and are
 * reached, as the other, and see what either may. An unlink ends that, and each has only their own again: nobody becomes a member of
 * an incident because they are one by another id.
 *
 * A code proves that two users are one person: it is shown to the one, and typed by the other. It lives for 10 minutes and works
 * once. Only its hash is stored. Loop's thread only.
 */
#ifndef TOCSIN_PEOPLE_LINKS_H
#define TOCSIN_PEOPLE_LINKS_H

#include "turn/turn.h"

struct people_two { /* two persons who were one, or are one now; ids, borrowed from the core */
    const char *one, *other;
};

#define PAIRING_TEXT 10 /* "K7QM-3XPD" */

/* A new code that links to a person; the one before no longer does. ERR_AUTH: nobody has that id. */
int people_pair(struct turn *turn, const char *id, char ret_code[PAIRING_TEXT], struct error *err);
/* Could the text be a code? */
bool people_is_code(const char *text);
/* Whose code the person typed; then it is used up. Wrong ones are counted, though that is an error. The id is borrowed. */
int people_redeem(struct turn *turn, const char *id, const char *code, const char **ret, struct error *err);
/* From now on `id` acts as `into`, which is another person. `connector`: where they typed the code. */
void people_link(struct turn *turn, const char *id, const char *into, const char *connector);

/* Takes the person's user on a connector off again, to the person that it was before, or a new one. `user`: which, if they have
   several there; NULL: any. `by`: for the journal. */
int people_unlink(struct turn *turn, const char *id, const char *connector, const char *user, const char *by,
                  struct people_two *ret, struct error *err);
/* Undoes the last link of the person. */
int people_undo(struct turn *turn, const char *id, const char *by, struct people_two *ret, struct error *err);

#endif
