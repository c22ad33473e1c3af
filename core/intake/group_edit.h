/*
 * group_edit - the changes that alerts make to one group. They mark it as changed, and record nothing: the table does.
 */
#ifndef TOCSIN_INTAKE_GROUP_EDIT_H
#define TOCSIN_INTAKE_GROUP_EDIT_H

#include "intake/group.h"

void group_count(struct group *group, int64_t count, instant now);

/* It, or one of its members, which recovered at `recovered`, fires again. */
void group_flap(struct group *group, instant recovered, instant now);
/* The next time at which something about it passes without an alert; 0: none. */
instant group_due(const struct group *group);
void group_settle(struct group *group, instant now);

/* Copies what it is about, which may be the group's own. */
void group_set_texts(struct group *group, const struct problem *about);
/* Updates the text that may differ between alerts: the release. */
void group_refresh_texts(struct group *group, const struct alert *alert);

size_t group_bytes(const struct group *group);

#endif
