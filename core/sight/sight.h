/*
 * sight - who may see what of a private incident. This is the only place that decides it, always from incident_visible: for
 * everything that is read (query.h, the API, commands), and for everything that is sent, once when it is queued (rooms/) and
 * again when it leaves (delivery/).
 *
 * The number of a private incident is secret too: a merge into it, or a relation to it, is shown without the number. An alert
 * group is as visible as the incident that it belongs to. Nobody sees text that was deleted or edited away on a platform
 * (said.h).
 *
 * `viewer` is a person id; NULL is the public (a public channel, an announcement), which sees no private incident. Loop's thread
 * only.
 */
#ifndef TOCSIN_SIGHT_SIGHT_H
#define TOCSIN_SIGHT_SIGHT_H

#include "sight/place.h"
#include "turn/part.h"

struct group;

extern const struct part sight_part;

/* Prefixes of the keys of actions that answer one person, report a failed script, offer incidents that a customer's words fit, tell
   whoever comes on call, tell a team of its month, or say what a past incident teaches.
   Their text may come from several incidents. */
#define ANSWER_KEY  "answer:"
#define TROUBLE_KEY "trouble:"
#define FITTING_KEY "fitting:"
#define SHIFT_KEY   "shift:"
#define DIGEST_KEY  "weekly:"
#define LESSON_KEY  "lesson:"

/* The viewer that sees all that anybody may see: for a place whose operator says so. */
extern const char sight_everything[];
/* May this person see the incident? As a member by any of their ids (people/links.h). */
bool sight_sees(const struct core *core, const struct incident *incident, const char *viewer);

/* ---- reading ---- */

/* Borrowed until the next turn. NULL: there is none, or the viewer may not see it. */
const struct incident *sight_incident(struct core *core, uint64_t id, const char *viewer);
/* The incident if it is open, private and without members (a rule declared it and paged nobody who is known); else NULL. Nobody
   sees it until the first person joins it by its number and becomes a member. */
const struct incident *sight_unclaimed(const struct core *core, uint64_t id);
/* For readers that do not use query.h. */
bool sight_event_visible(struct core *core, const struct event *event, const char *viewer);
/* Does this viewer see all of an event that is visible? Else they see it without the number of an incident that they may not see. */
bool sight_event_whole(struct core *core, const struct event *event, const char *viewer);
/* The event as this viewer may see it: without the number of an incident that they may not see, and with the current text of its
   message; text NULL: it was deleted. The caller finishes it. */
struct event sight_event_seen(struct core *core, const struct event *event, const char *viewer);
/* Writes the event so, as data and as the sentence that people read. `zone` NULL: UTC. */
void sight_event_encode(struct core *core, const struct event *event, const char *viewer, instant now,
                        const char *zone, struct json_out *j);
/* The text (CommonMark) of an action about an incident, as this viewer may read it; NULL: none, or not for them. The caller frees. */
char *sight_action_text(struct core *core, const struct action *action, const char *viewer);
/* A group is as visible as the incident that it belongs to. */
bool sight_group_visible(struct core *core, const struct group *group, const char *viewer);
/* Writes an incident that the viewer may see as JSON, without the numbers of those that they may not see, and with the members
   that parts add. */
void sight_incident_encode(struct core *core, const struct incident *incident, const char *viewer,
                           struct str *out);
/* May everybody who reads about `incident` know about `other`? */
bool sight_readers_see(struct core *core, const struct incident *incident, uint64_t other);

/* ---- sending ---- */

/* May something about the incident (NULL: none) be sent there? */
bool sight_place_sees(const struct core *core, const struct incident *incident, const struct place *place);
/* Queues an action about an incident (NULL: none) for a place. If the place may not see the incident, the action is dropped and
   logged. Every action is queued by this function. */
void sight_send(struct turn *turn, struct action *action, const struct incident *incident,
                const struct place *place);
/* Was somebody let in to see a private incident by a turn that is not durable yet? Then nothing leaves: what waits could be about it. */
bool sight_must_wait(const struct core *core);
/* May a queued action leave now? If not, *ret_instead is the text to send in its place; NULL: none. */
bool sight_may_leave(struct core *core, const struct action *action, const char **ret_instead);
/* The body of an action as it may be read now: without the numbers of incidents that have become private, and without people who
   have left. NULL: unchanged. The caller frees. */
char *sight_body_now(struct core *core, const struct action *action);

#endif
