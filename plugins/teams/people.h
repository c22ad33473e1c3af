/*
 * people - who the members of conversations are. Teams is asked about each once an hour; what it said is kept for when it does not
 * answer. Any thread: the cache has its own lock.
 */
#ifndef TEAMS_PEOPLE_H
#define TEAMS_PEOPLE_H

#include "places.h"

struct teams_people *teams_people_create(void);
void teams_people_destroy(struct teams_people *people);
/*
 * Who a user of a conversation is: "id", "name", "email", "aad" (the id in Graph), "outside", "bot". `name` is what is known already,
 * or "". Of somebody whom Teams never said anything about, nobody knows whether they are a guest, so they count as outside. Never
 * NULL; the caller deletes. What is new is kept with the event that this thread emits next.
 */
cJSON *teams_person(struct teams *teams, const struct teams_place *place, const char *user, const char *name);
/* Finds a member of the team by e-mail address or user principal name, or by id. NULL: there is none, or *reply, which the caller
   finishes, says why it is not known. The caller deletes. */
cJSON *teams_person_by(struct teams *teams, const char *who, struct teams_reply *reply);

#endif
