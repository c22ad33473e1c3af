/* in - what an activity means. Any thread; keeps nothing of its own. */
#ifndef TEAMS_IN_H
#define TEAMS_IN_H

#include "places.h"

struct teams_press { /* a press of a button, or a form that was sent */
    bool any, asks;  /* asks: a form may answer it */
    bool refresh;    /* only the card as it is now is wanted */
    bool own;        /* the form was a message of its own, which is over now */
    char message[TEAMS_ID], trigger[TEAMS_ID];
};

struct teams_heard {
    cJSON *events; /* an array; the caller deletes */
    struct teams_press press;
};

/* Reads one activity; `activity` must be an object. What Tocsin has no use for becomes no event. */
void teams_hear(struct teams *teams, const cJSON *activity, struct teams_heard *ret);

/* Proves that a form was made here, for that person, and whether as a message of its `own`: all that comes back from their client. The
   caller gives KIT_HMAC_HEX bytes. */
void teams_seal(const struct teams *teams, const char *command, const char *channel, const char *user, bool own,
                char *seal);

#endif
