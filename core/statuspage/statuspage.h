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

/* What is said of maintenance where nobody wrote anything else. */
#define MAINTENANCE_BEGUN     "The maintenance has begun."
#define MAINTENANCE_OVER      "The maintenance is over."
#define MAINTENANCE_LONGER    "The maintenance takes longer."
#define MAINTENANCE_MOVED     "This maintenance has moved."
#define MAINTENANCE_CANCELLED "This maintenance is cancelled."

struct posting {                  /* an approved word for status pages. Everything is borrowed */
    int64_t post;                 /* which post it goes on; 0: a new one */
    uint64_t incident;            /* that it belongs to; 0: it stands alone */
    const char *by;               /* who approved it */
    const char *title;            /* of a new post; NULL: as it is */
    const char *titles;           /* with it: {"de": title} as JSON; NULL: in no other language */
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
/* Would it be refused now? *err says why. */
int statuspage_check(struct turn *turn, const struct posting *posting, struct error *err);
/* Publishes it in this turn. Returns the post's number; 0: refused, and *err says why (no such component, the post is over, …). */
int64_t statuspage_publish(struct turn *turn, const struct posting *posting, struct error *err);
/* The post of an incident that is not over, the newest one; 0: there is none. */
int64_t statuspage_open_post(const struct core *core, uint64_t incident);
struct standing_post { /* a post as it stands; borrowed for the turn */
    int64_t number;
    uint64_t incident; /* 0: it stands alone */
    const char *title;
    enum public_status status;
    enum public_impact impact;
    instant from, until; /* of maintenance; else 0 */
    instant began, last,
        over;          /* its first and its newest word, and the one that ended it; over 0: it is open */
    instant next;      /* when another word is promised; 0: it is not */
    const char *first; /* its first word, CommonMark */
};
bool statuspage_post(const struct core *core, int64_t number,
                     struct standing_post *ret); /* false: there is none */
/* Those of an incident, the newest first; `on` returns false to stop. */
void statuspage_each_of(const struct core *core, uint64_t incident,
                        bool (*on)(void *ctx, const struct standing_post *post), void *ctx);
/* Those that are not over, the newest first; `on` as above. */
void statuspage_each_open(const struct core *core, bool (*on)(void *ctx, const struct standing_post *post),
                          void *ctx);
/* Those that are over, the newest first, with numbers below `before` (0: all); `on` as above. */
void statuspage_each_over(const struct core *core, int64_t before,
                          bool (*on)(void *ctx, const struct standing_post *post), void *ctx);
struct standing_word { /* of a post; borrowed for the turn */
    instant at;
    enum public_status status;
    const char *text; /* CommonMark */
    bool quiet;       /* subscribers were not told */
};
/* The words of a post, the newest first. */
void statuspage_each_word(const struct core *core, int64_t number,
                          void (*on)(void *ctx, const struct standing_word *word), void *ctx);
/* Does the policy say that an open incident is to be posted about, and nobody has drafted it? Then adds why, in plain words. */
bool statuspage_wants(const struct core *core, const struct incident *incident, struct str *why);
/* Those that are over and like that one, the best first: by the words of its title and by its components. `on` returns false to stop. */
void statuspage_each_like(const struct core *core, const struct posting *like,
                          bool (*on)(void *ctx, const struct standing_post *post), void *ctx);
/* The post of the incident on which that text was published in that moment; 0: it was not. */
int64_t statuspage_published(const struct core *core, uint64_t incident, const char *text, instant at);
struct held_component { /* a component that a post touches; the name is borrowed for the turn */
    const char *name;
    enum public_state now, given_back; /* given_back: after the last word of the post */
};
/* Those that the policy has: no word may name others, though its end gives them back, too. */
void statuspage_each_held(const struct core *core, int64_t number,
                          void (*on)(void *ctx, const struct held_component *held), void *ctx);
/* Is there a component of that name, in any case? Returns the name as the policy has it; NULL: there is none. */
const char *statuspage_component(const struct core *core, const char *name);
enum public_state statuspage_state(const struct core *core, const char *component);
/* Since when it is in that state; 0: it never had another one. */
instant statuspage_state_since(const struct core *core, const char *component);
/* Maintenance that is not over, in no particular order. */
void statuspage_each_maintenance(const struct core *core,
                                 void (*on)(void *ctx, const struct standing_post *post), void *ctx);

/* The ids, in the models, of a post and of its newest word. False: there is no such post. */
bool statuspage_newest_word(const struct core *core, int64_t post, char ret_post[PUBLIC_ID],
                            char ret_word[PUBLIC_ID]);

/* Makes the first models, of what was loaded; once, before anybody asks for one. Later ones, and these while the journal is in
   trouble, are made by ticks. */
void statuspage_begin(struct core *core, instant now);
/* The newest durable model of the page with that name (NULL: of the public page). NULL: there is none. The caller gives its reference up. */
struct public_page *statuspage_page(const struct core *core, const char *name);
bool statuspage_is_public(const struct core *core); /* Is there such a model of a public page? */
/* Calls `on` whenever models are new, after they are durable. One listener. */
void statuspage_listen(struct core *core, void (*on)(void *ctx), void *ctx);

#endif
