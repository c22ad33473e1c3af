/*
 * press - what a pressed button may do: what its label said when it was shown, or nothing. An older button is refused in words
 * that say what has changed meanwhile, and an offered line is run once. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_PRESS_H
#define TOCSIN_COMMAND_PRESS_H

#include "base/map.h"
#include "command/run.h"
#include "rooms/buttons.h"

struct presses {      /* offers that are being carried out */
    struct map notes; /* from the button's key to its note, owned */
};

struct press {
    char *line; /* to run */
    char *key;  /* of an offer, which is run once; NULL: it is none */
    struct button_made made;
};

void presses_finish(struct presses *presses);

void press_read(const char *command, struct press *ret);
void press_finish(struct press *press);
/* 0: its line may be run, with asker->at for the times in it. Else the answer in *ret says why nothing was done. */
int press_check(struct presses *presses, struct turn *turn, struct press *press, struct asker *asker,
                struct answer *ret);
/* The line was run. Returns the key to settle once the turn is durable, or not, for the caller to free; NULL: nothing to settle. */
char *press_done(struct presses *presses, struct turn *turn, struct press *press, const struct asker *asker,
                 const struct answer *answer);
void press_settle(struct presses *presses, const char *key);

#endif
