/* graph - calls of Microsoft Graph below the team; channels: made, described, archived, and the members of private ones. Any thread. */
#ifndef TEAMS_GRAPH_H
#define TEAMS_GRAPH_H

#include "places.h"

/* Calls Graph below the team ("/tags/%"), whose id in Graph is asked for if it is not known. Takes json over. */
void teams_graph_call(struct teams *teams, const char *method, const char *pattern, const char *first,
                      const char *second, cJSON *json, struct teams_reply *reply);

/* Makes a channel of that name, or of a similar one. Owners: members (people.h) of a private one. True: its id is written. */
bool teams_graph_create(struct teams *teams, const char *name, const char *topic, bool private,
                        const cJSON *people, char id[TEAMS_ID], struct teams_reply *reply);
void teams_graph_describe(struct teams *teams, const char *channel, const char *topic,
                          struct teams_reply *reply);
void teams_graph_archive(struct teams *teams, const char *channel, struct teams_reply *reply);
/* One person (people.h), into or out of a private channel. */
void teams_graph_add(struct teams *teams, const char *channel, const cJSON *person, struct teams_reply *reply);
void teams_graph_remove(struct teams *teams, const char *channel, const cJSON *person,
                        struct teams_reply *reply);
/* May the app make channels? Asks for a token and reads the permissions in it. 0, or the error. */
int32_t teams_graph_check(struct teams *teams, struct tocsin_error *error);

#endif
