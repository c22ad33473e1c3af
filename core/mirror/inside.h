/*
 * inside - what the files of this part share. Only this folder includes it.
 */
#ifndef TOCSIN_MIRROR_INSIDE_H
#define TOCSIN_MIRROR_INSIDE_H

#include "mirror/mirror.h"
#include "mirror/recent.h"
#include "turn/part.h"

struct mirror {
    struct written copies;
    struct recent recent;
};

static inline struct mirror *mirror_of(const struct core *core)
{
    return part_state(core, "mirror");
}

typedef void on_room(void *ctx, const struct room *room);
/* rooms.c: calls `on` for each other room of the incident that may see it. */
void mirror_others(struct core *core, const struct incident *incident, const struct room *origin, on_room *on,
                   void *ctx);
/* The same for those that take copies of what is said in `origin`. None where the origin's own words stay there. */
void mirror_rooms(struct core *core, const struct incident *incident, const struct room *origin, on_room *on,
                  void *ctx);

/* words.c: "**Ana** (Slack): words" */
void words_copied(const struct core *core, const struct event *event, bool in_thread, struct str *out);
/* The same as a line of a digest, with the time. */
void words_line(const struct core *core, const struct event *event, struct str *out);

/* copy.c */
void copy_follow(struct turn *turn, const struct event *event, const struct incident *incident);
void copy_outcome(struct turn *turn, const struct action *action, const cJSON *body);
/* Posts what the event says in one room. */
void copy_post(struct turn *turn, const struct incident *incident, const struct event *said,
               const struct room *room);
/* Queues an action in the order of that room, unless it names another. Takes `body`, an object that is still open, and completes it. */
void copy_send(struct turn *turn, const struct incident *incident, const struct room *room,
               struct json_out *body, struct action *action);

/* catch_up.c: gives a room what it misses: when it was opened, or when its platform is back. */
void catch_up_opened(struct turn *turn, const struct incident *incident, const struct room *room);
void catch_up_back(struct turn *turn, const char *connector);

#endif
