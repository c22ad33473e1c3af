/*
 * private_world - a core between four chat platforms that know who reads each channel, and a check of everything that leaves:
 * nothing of a private incident may reach somebody who is not a member. All of it follows from one seed.
 *
 * Actions are delayed: a platform is away, holds an action for a while, or asks for it again later. So an action requested while
 * an incident was public may be due when it is private.
 */
#ifndef TOCSIN_TESTS_PRIVATE_WORLD_H
#define TOCSIN_TESTS_PRIVATE_WORLD_H

#include "base/id.h"
#include "command/chat.h"
#include "journal/store.h"
#include "turn/core.h"
#include "secrets.h"

#define PRIVATE_PEOPLE    7
#define PRIVATE_PLATFORMS 4
extern const char *const private_people[]; /* ids of persons; NULL-terminated */

struct room {
    const char *connector;
    char *id;
    uint64_t incident;
    bool private;
};

struct hand { /* an action that a platform has taken */
    uint64_t id, incident;
    char *kind, *connector, *body;
    instant answer_at;
};

struct private_world {
    uint64_t seed;
    struct rng rng, core_rng;
    instant now;
    size_t step, deliveries, events;
    size_t in_private_rooms, to_members_alone; /* deliveries about private incidents */
    size_t copies;                             /* of what people write in another room */
    struct store *store;
    struct journal *journal;
    struct policy *policy; /* owned by the caller */
    struct core *core;
    struct chat *chat;
    struct secrets secrets;
    bool up[PRIVATE_PLATFORMS];
    char code[16]; /* the last one that somebody was shown; "": none */
    struct str
        typed[PRIVATE_PEOPLE]; /* all lines of each person: the numbers in them are known to that person */
    ARRAY(struct room) rooms;
    ARRAY(struct hand) hands;
    bool verbose;
};

void private_world_init(struct private_world *world, uint64_t seed, struct policy *policy, bool verbose);
void private_world_finish(struct private_world *world);
/* Commits what waits and lets the platforms answer what is due. */
void private_world_settle(struct private_world *world);
/* Restarts the core from its journal. */
void private_world_restart(struct private_world *world);
void private_world_connect(struct private_world *world, int platform, bool up);
const char *private_connector(int platform);
int private_platform_of(const char *connector);
bool private_is_on(const char *person, int platform);
int private_platform(struct private_world *world, const char *person); /* one on which they are */

/* A chat event by a person. `members`: a JSON object with everything but id and user, which is taken over. */
void private_world_chat(struct private_world *world, const char *person, int platform, cJSON *members);
/* "canary-17" and a few words; the caller frees. */
char *private_words(struct private_world *world);
const struct room *private_room(const struct private_world *world, const char *connector, const char *id);
uint64_t private_below(struct private_world *world, uint64_t bound);

#endif
