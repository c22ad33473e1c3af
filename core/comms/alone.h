/*
 * alone - drafts for the status page that belong to no incident: of maintenance, and of posts that stand alone.
 *
 * They are drafts like those of an incident, and the engine decides on them by the same rules: versions, approvals, rejections. They stand
 * in a state of their own whose id is 0, which is kept in one document. Every function that takes an incident and one of its drafts takes this
 * one, too. What happens to them is told as EVENT_POST_DRAFT, and their cards stand in the announcements. Loop's thread only.
 */
#ifndef TOCSIN_COMMS_ALONE_H
#define TOCSIN_COMMS_ALONE_H

#include "turn/part.h"

/* What brings an approved one to the status page: whoever owns the page says so (statuspage/). */
struct comms_publisher {
    /* May it be published as it stands? Else refuses its approval. */
    int (*check)(struct turn *turn, const struct state_draft *draft, struct error *err);
    /* It was approved by this event. */
    void (*publish)(struct turn *turn, const struct event *approved, const struct incident *alone);
};
void comms_publish_with(struct core *core, const struct comms_publisher *publisher);

/* The state that they stand in. Borrowed; never NULL. */
const struct incident *comms_alone(const struct core *core);
/* Runs a verb of the engine on an incident, or on the drafts that stand alone (id 0). */
int comms_draft_do(struct turn *turn, uint64_t incident, const struct command *command, struct error *err);
/* What to type about a draft: "INC-4 approve 7", or "posts approve 7" of one that stands alone. */
void comms_draft_line(const struct incident *incident, const char *verb, int64_t number, struct str *out);
/* The draft of the incident (NULL: none) whose card that message is; NULL: there is none. */
const struct state_draft *comms_shown_draft(const struct incident *incident, const char *connector,
                                            const char *message);

/* For comms.c. */
struct comms;
#define ALONE_KEY "post-draft:" /* prefix of the key of a post that shows one */
void alone_outcome(struct turn *turn, const struct action *action, const cJSON *body);
int alone_load(struct core *core, struct error *err);
void alone_finish(struct comms *comms);

#endif
