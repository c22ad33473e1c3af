/*
 * tags - a team's tags, which people mention as @oncall: one has as members whoever is on call now. By Graph. Any thread.
 *
 * Graph cannot replace the members of a tag: they are added and removed one by one. A tag that has none left may end, so whoever
 * comes is added before whoever goes is removed, and where nobody came, nobody is removed.
 */
#ifndef TEAMS_TAGS_H
#define TEAMS_TAGS_H

#include "channels.h"

teams_performer teams_group_members;

#endif
