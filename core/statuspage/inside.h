/*
 * inside - components and posts in memory, and their documents. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_STATUSPAGE_INSIDE_H
#define TOCSIN_STATUSPAGE_INSIDE_H

#include "base/map.h"
#include "policy/statuspages.h"
#include "statuspage/statuspage.h"

#define POST_WORDS 200 /* of one post at most */

struct kept_component {
    char *name;             /* in lower case */
    instant created, begun; /* begun: since when it is known here; before that, as another page had it */
    ARRAY(struct public_change)
    past; /* oldest first, the last one is the present; what 90 days need, and never empty */
};

struct kept_change { /* what a word changed */
    char *component; /* its name when it was written */
    enum public_state before, after;
};
typedef ARRAY(struct kept_change) kept_changes;

struct kept_word {
    char *text, *languages; /* languages: {"de": text} as JSON; NULL: none */
    enum public_status status;
    instant at;
    bool quiet;
    kept_changes changes;
};

struct kept_post {
    int64_t number;
    uint64_t incident;    /* 0: none */
    char *origin;         /* where it was brought from: "cstate/2026-11-03-api.md"; NULL: it was written here */
    char *title, *titles; /* titles: in other languages, {"de": title} as JSON; NULL: in none */
    enum public_impact impact;
    instant from, until, next;     /* 0: none */
    instant reminded;              /* which `next` people were reminded of; 0: none */
    ARRAY(struct kept_word) words; /* oldest first, never empty */
    kept_changes holds; /* each component that it touches, and the state that it asks for (`after`) */
    const struct kept_post *earlier; /* the one before it of the same incident; NULL: there is none */
};

struct kept_page {
    char *name;
    struct public_page *page;
};
typedef ARRAY(struct kept_page) kept_pages;

struct statuspage {
    struct map components;           /* by name in lower case: struct kept_component */
    ARRAY(struct kept_post *) posts; /* by number */
    ARRAY(struct kept_post *) open;  /* those that are not over, by number; borrowed */
    struct map of_incidents;         /* an incident's name -> its newest struct kept_post, borrowed */
    kept_pages pages;                /* of the policy; durable */
    bool dirty;                      /* models are older than this memory */
    uint64_t generation;             /* of the policy that the models are of */
    bool subscribable;               /* so the models say */
    instant stale_at;                /* a new day begins on a page, in its zone; 0: there is no page */
    void (*on)(void *ctx);
    void *ctx;
};

struct statuspage *statuspage_of(const struct core *core);
/* Models are to be made anew once this turn is durable. */
void statuspage_changed(struct turn *turn);

/* components.c */
struct kept_component *component_find(const struct core *core,
                                      const char *name); /* NULL: it never had a state */
/* Makes it, operational from now on, and writes it. */
struct kept_component *component_need(struct turn *turn, const char *name);
/* Refuses a name that no component of the policy has. */
int component_refuse(const char *name, struct error *err);
enum public_state component_state(const struct core *core, const char *name);
/* Journals and writes it; nothing if it is so. `post`: whose word says so; 0: somebody did by hand. `name`: as the policy has it. */
void component_set(struct turn *turn, const char *name, enum public_state state, int64_t post, const char *by);
/* Another page had it in that state from then on, which is before it was known here. */
void component_bring(struct turn *turn, const char *name, instant at, enum public_state state);
int components_load(struct core *core, struct error *err);
void components_finish(struct statuspage *statuspage);

/* posts.c */
struct kept_post *kept_find(const struct core *core, int64_t number); /* NULL: there is none */
/* How many have a number below that; 0: all of them. */
size_t kept_below(const struct statuspage *statuspage, int64_t number);
struct kept_post *kept_add(struct statuspage *statuspage); /* with the next number */
/* Gives one the next number, and takes it over. */
void kept_number(struct statuspage *statuspage, struct kept_post *post);
void kept_free(struct kept_post *post); /* NULL is allowed */
/* It is the newest of that incident (0: of none). */
void kept_belong(struct statuspage *statuspage, struct kept_post *post, uint64_t incident);
void kept_post_id(const struct kept_post *post, char ret[PUBLIC_ID]);
void kept_word_id(const struct kept_post *post, size_t at, char ret[PUBLIC_ID]);
enum public_status kept_status(const struct kept_post *post);
void kept_write(struct turn *turn, const struct kept_post *post);
/* Is it in `open` if and only if it is not over. */
void kept_sort(struct statuspage *statuspage, struct kept_post *post);
int posts_load(struct core *core, struct error *err);
void posts_finish(struct statuspage *statuspage);

/* publish.c: it touches the component, and asks for that state. */
void kept_hold(struct kept_post *post, const char *component, enum public_state state);

/* clock.c: begins and ends maintenance whose time has come, and reminds of words that were promised. Returns when to call again; 0: never. */
instant posts_tick(struct core *core, instant now);

/* model.c */
/* Can anybody subscribe? There is a secret for their links, and a connector that reaches them. */
bool model_subscribable(const struct core *core);
/* The page as it is now. The caller owns the reference. */
struct public_page *model_make(const struct core *core, const struct status_page *page, instant now);

#endif
