/*
 * group_place - where a problem was seen since it opened: pairs of environment and service, each with its worst level.
 *
 * The first alert of another place, or at a worse level in one, is news. What the rules are still to be asked of a place is
 * remembered here, so that neither a mute nor a storm of other alerts loses it. At most GROUP_PLACES are told apart: what is seen
 * beyond them takes the last one, and is no news. The group owns its places.
 */
#ifndef TOCSIN_INTAKE_GROUP_PLACE_H
#define TOCSIN_INTAKE_GROUP_PLACE_H

#include "intake/group.h"

#define GROUP_PLACES 16

struct group_place {
    char *environment;   /* with `service`, one block */
    const char *service; /* "" where alerts name none, as is the environment */
    uint8_t level;       /* the worst since the group opened */
    uint8_t due;         /* the group_change that the rules are to be asked about; GROUP_NOTHING: none */
};

/* What an alert of the open group would be here: GROUP_SPREAD, GROUP_WORSE or GROUP_NOTHING. */
enum group_change group_place_news(const struct group *group, const struct alert *alert);
/* Takes the alert into its place, whose rules are asked about `change` (or, when it was only counted, about that it moved). */
void group_place_take(struct group *group, const struct alert *alert, enum group_change change);
/* The same from the group's document. */
void group_place_load(struct group *group, const char *environment, const char *service, uint8_t level,
                      enum group_change due);
/* The group was over: what is seen from now on is seen for the first time. What was due still is. */
void group_places_reopen(struct group *group);
void group_places_finish(struct group *group);

/* Whether the alert at hand is of this place. */
bool group_place_at_hand(const struct group *group, size_t place);
/* The group's environment, service and level become those of the place, which are what rules match. */
void group_place_show(struct group *group, size_t place);
/* The level is the worst of all places again. */
void group_places_hide(struct group *group);

size_t group_places_bytes(const struct group *group);

#endif
