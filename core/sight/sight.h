/*
 * sight - who may see what of a private incident. Everything that is read (query.h, the API, commands) and everything that
 * leaves (rooms/ when it is asked for, delivery/ when it goes) is decided here, from incident_visible alone; nothing else
 * decides it.
 *
 * An incident's number is part of the secret: that one was merged into, or is related to, an incident that one may not
 * see, does not say which. An alert group is as visible as the incident that it belongs to. What was deleted or edited away
 * on a platform is seen by nobody (said.h).
 *
 * `viewer` is a person id; NULL is nobody in particular (a public channel, an announcement), who sees no private one.
 * Loop's thread only.
 */
#ifndef TOCSIN_SIGHT_SIGHT_H
#define TOCSIN_SIGHT_SIGHT_H

#include "sight/place.h"
#include "turn/part.h"

struct group;

extern const struct part sight_part;

/* How the key begins of an action that answers one person, and of one that tells that a script failed: their words may be of
   several incidents. */
#define ANSWER_KEY  "answer:"
#define TROUBLE_KEY "trouble:"

/* ---- what is read ---- */

/* Borrowed until the next turn. NULL: none, or none that the viewer may see. */
const struct incident *sight_incident(struct core *core, uint64_t id, const char *viewer);
/* An open private incident that nobody is a member of, since whom its rule pages is nobody known; else NULL. The first who joins it
   by its number becomes a member; nobody sees it before. */
const struct incident *sight_unclaimed(const struct core *core, uint64_t id);
/* For whatever does not come through query.h. */
bool sight_event_visible(struct core *core, const struct event *event, const char *viewer);
/* The event as this viewer may see it: without the number of another incident that they may not see, and with the words that its
   message has now where it stands; text NULL: it was deleted there. The caller finishes it. */
struct event sight_event_seen(struct core *core, const struct event *event, const char *viewer);
/* What an action about an incident says, as this viewer may read it; NULL: nothing, or not to them. The caller frees. */
char *sight_action_text(struct core *core, const struct action *action, const char *viewer);
/* A group is as visible as the incident that it belongs to. */
bool sight_group_visible(struct core *core, const struct group *group, const char *viewer);
/* An incident that the viewer may see as JSON, without the numbers of others that they may not see, and with what the parts
   add. */
void sight_incident_encode(struct core *core, const struct incident *incident, const char *viewer,
                           struct str *out);
/* May all who read what is said of `incident` know of `other`? */
bool sight_readers_see(struct core *core, const struct incident *incident, uint64_t other);

/* ---- what leaves ---- */

/* May it be said there? `incident` NULL: it is about none. */
bool sight_place_sees(const struct core *core, const struct incident *incident, const struct place *place);
/* Queues an action about an incident (NULL: none) for a place, or drops it with a line in the log where the place may not see
   it. The one way out. */
void sight_send(struct turn *turn, struct action *action, const struct incident *incident,
                const struct place *place);
/* May an action go now, which perhaps waited? *ret_instead: what may be said instead of one that may not; NULL: nothing. */
bool sight_may_leave(struct core *core, const struct action *action, const char **ret_instead);
/* Its body as it may be read now: without numbers of incidents that were closed since, and guests who have left; NULL: as it
   is. The caller frees. */
char *sight_body_now(struct core *core, const struct action *action);

#endif
