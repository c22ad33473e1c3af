/*
 * mirror - one incident in several rooms, on one platform or many. What people write in one room appears in the others under their
 * name and platform; edits, deletions, files by link and replies in threads follow, in the order of the timeline. A room that was
 * opened later, or whose platform was down, gets what it misses: the messages or, where they are many, one digest.
 *
 * What a machine writes is not copied: another bridge between the same rooms would send it round for ever. What commands do is
 * told in the other rooms by command/. A person switches copies off and on (`mirror`), and the policy does by unmirrored{}.
 *
 * Loop's thread only.
 */
#ifndef TOCSIN_MIRROR_MIRROR_H
#define TOCSIN_MIRROR_MIRROR_H

#include "mirror/copies.h"
#include "turn/part.h"

extern const struct part mirror_part;

/* Does that room take copies, and give its own words to the others? */
bool mirror_takes(const struct core *core, const struct incident *incident, const struct room *room);

/* Adds "**Ana** (Slack)": who writes or does something, for those who read it in another room. */
void mirror_person(const struct core *core, const char *person, const char *connector, struct str *out);

#endif
