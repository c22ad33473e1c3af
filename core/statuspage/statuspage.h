/*
 * statuspage - the public word: components and their states, posts and their updates, maintenance.
 *
 * The part owns what stands on status pages: documents of components and posts, and their events. A word gets there in one way
 * only: an approved draft (of an incident, or of a post that stands alone), or a maintenance that begins and ends by its clock with the words
 * that were approved when it was planned. For each status_page{} of the policy it keeps a model for the public (public/model.h), made
 * anew once a change is durable. Loop's thread only; the models may go to other threads.
 */
#ifndef TOCSIN_STATUSPAGE_STATUSPAGE_H
#define TOCSIN_STATUSPAGE_STATUSPAGE_H

#include "public/model.h"
#include "turn/part.h"

extern const struct part statuspage_part;

struct posting {                  /* an approved word for status pages. Everything is borrowed */
    int64_t post;                 /* which post it goes on; 0: a new one */
    uint64_t incident;            /* that it belongs to; 0: it stands alone */
    const char *by;               /* who approved it */
    const char *title;            /* of a new post; NULL: as it is */
    const char *text, *languages; /* CommonMark; {"de": text} as JSON, or NULL */
    enum public_status status;
    const struct posting_component { /* what the word changes */
        const char *name;            /* of a component, as the policy has it */
        enum public_state state;
    } * components;
    size_t n;
    instant from, until, next; /* of maintenance; when the next word is promised. 0: none */
    bool quiet;                /* subscribers are not told */
};
/* Publishes it in this turn. Returns the post's number; 0: refused, and *err says why (no such component, the post is over, …). */
int64_t statuspage_publish(struct turn *turn, const struct posting *posting, struct error *err);
/* The post of an incident that is not over, the newest one; 0: there is none. */
int64_t statuspage_open_post(const struct core *core, uint64_t incident);
/* Is there a component of that name, in any case? Returns the name as the policy has it; NULL: there is none. */
const char *statuspage_component(const struct core *core, const char *name);

/* The newest durable model of the page with that name (NULL: of the public page). NULL: there is none. The caller gives its reference up. */
struct public_page *statuspage_page(const struct core *core, const char *name);
/* Calls `on` whenever models are new, after they are durable. One listener. */
void statuspage_listen(struct core *core, void (*on)(void *ctx), void *ctx);

#endif
