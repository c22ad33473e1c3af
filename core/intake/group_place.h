/*
 * group_place - where a problem was seen since it opened: pairs of environment and service, each with its worst level.
 *
 * The first alert in another place, or at a worse level in a known one, is news. A place also remembers the change that the rules
 * have not judged yet, so neither a mute nor a storm of other alerts loses it. A group has at most GROUP_PLACES places; any beyond
 * that replace the last one, and are not news. The group owns its places.
 * Most alerts come from where the one before came, and change nothing; `latest` of the group says so without a look at the places.
 */
#ifndef TOCSIN_INTAKE_GROUP_PLACE_H
#define TOCSIN_INTAKE_GROUP_PLACE_H

#include "intake/group.h"

#define GROUP_PLACES 16

struct group_place {
    char *environment;   /* "" if the alerts name none; one block with `service` */
    const char *service; /* "" if the alerts name none */
    uint8_t level;       /* the worst since the group opened */
    uint8_t due;         /* the group_change that the rules must still judge; GROUP_NOTHING: none */
};

/*
 * Counts the alert in its place. `change` says what the group is besides: GROUP_NEW, GROUP_REGRESSED, or GROUP_NOTHING if it stays
 * open. Returns it, or else GROUP_SPREAD, GROUP_WORSE or GROUP_NOTHING. That becomes due in the place (GROUP_MOVED for
 * GROUP_NOTHING), unless other news still is.
 */
enum group_change group_place_take(struct group *group, const struct alert *alert, enum group_change change);
/* The rules were asked about the place. `due`: what they must be asked again; GROUP_NOTHING: nothing. */
void group_place_judged(struct group *group, size_t place, enum group_change due);
/* Adds a place from the group's document. */
void group_place_load(struct group *group, const char *environment, const char *service, uint8_t level,
                      enum group_change due);
/* The group was over and opens again: it forgets its places, except those with news that is still due. */
void group_places_reopen(struct group *group);
void group_places_finish(struct group *group);

/* Is the current alert from this place? */
bool group_place_is_current(const struct group *group, size_t place);
/* Gives the group the environment, service and level of the place, for the rules to match. */
void group_place_show(struct group *group, size_t place);
/* Gives the group the worst level of all places again. */
void group_places_hide(struct group *group);

size_t group_places_bytes(const struct group *group);

#endif
