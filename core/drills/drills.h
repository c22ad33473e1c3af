/*
 * drills - plays the scripts of exercises that the policy declares by drill{}, each in an incident of its own, and says afterwards what
 * was done against what was owed.
 *
 * A run is a document, with the steps as they were when it began: a policy that is loaded meanwhile changes nothing in it. Its steps are
 * deadlines of the incident, each taken in a turn of its own, so a restart neither loses nor repeats one. Alerts and customers of a script are
 * made up and of its incident alone. A connector that fails does so for actions of that incident alone. What keeps the rest of Tocsin apart
 * is the script's name in the incident's state (engine/decide_drill.c, sight/), not this part. Loop's thread only.
 */
#ifndef TOCSIN_DRILLS_DRILLS_H
#define TOCSIN_DRILLS_DRILLS_H

#include "drills/debrief.h"
#include "turn/call.h"
#include "turn/part.h"

extern const struct part drills_part;

/* The command `drills`: lists the scripts, plays one, stops a run. */
call_handler drills_command;
/* Does it play or stop something with this text (NULL: none)? */
bool drills_changes(const char *text);
/* The command `debrief`. */
call_handler drills_debrief;

/* Could the title of a drill be meant as a script, or as a word of `drills`? Then it is refused, with what to type. */
int drills_refuse_title(const struct core *core, const char *title, struct error *err);

/* What was done in an incident against what was owed, as of `now`, from its durable events. The caller finishes it. */
int drills_read(struct core *core, uint64_t incident, instant now, struct debrief *ret, struct error *err);
/* As the API has it: an object. */
void drills_put(const struct debrief *debrief, const struct incident *incident, struct json_out *j);

#endif
