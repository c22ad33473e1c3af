/*
 * model - what the public reads of one status page, as plain data.
 *
 * statuspage/ builds it from posts and components; public/ turns it into files (site.h). Every word in it was chosen for the
 * public and approved: it has no member for an incident, and nothing here can reach one. It is complete and immutable once it is
 * built, so any thread may read it; it is freed with its last reference. Texts are owned by it. Lists are never NULL-terminated.
 */
#ifndef TOCSIN_PUBLIC_MODEL_H
#define TOCSIN_PUBLIC_MODEL_H

#include "base/mem.h"
#include "base/time.h"

#define PUBLIC_ID 13 /* with its NUL: twelve lower-case letters and digits, as Statuspage's ids */

/* From best to worst, but for maintenance. Their names on the wire are in names.h. */
enum public_state { STATE_OPERATIONAL, STATE_DEGRADED, STATE_PARTIAL, STATE_MAJOR, STATE_MAINTENANCE };
#define PUBLIC_STATES 5
enum public_impact { IMPACT_NONE, IMPACT_MINOR, IMPACT_MAJOR, IMPACT_CRITICAL, IMPACT_MAINTENANCE };
#define PUBLIC_IMPACTS 5
enum public_status { /* of a post: the first five of an incident, the others of maintenance */
                     POST_INVESTIGATING,
                     POST_IDENTIFIED,
                     POST_MONITORING,
                     POST_RESOLVED,
                     POST_POSTMORTEM,
                     POST_SCHEDULED,
                     POST_IN_PROGRESS,
                     POST_VERIFYING,
                     POST_COMPLETED
};
#define PUBLIC_STATUSES 9

struct public_change { /* a component is in this state from then on */
    instant at;
    enum public_state state;
};

struct public_group {
    char id[PUBLIC_ID];
    char *name;
    instant created, updated;
};

struct public_component {
    char id[PUBLIC_ID];
    char *name;
    char *description; /* NULL: none */
    size_t group;      /* its index in the page's groups; PUBLIC_ALONE: in none */
    instant created, updated;
    bool only_if_degraded; /* shown only while it is not operational */
    enum public_state state;
    ARRAY(struct public_change) past; /* oldest first, the last one is the present */
};
#define PUBLIC_ALONE SIZE_MAX

struct public_affected { /* what a word changed of one component */
    size_t component;    /* its index in the page's components */
    enum public_state before, after;
};

struct public_translation {
    char *language; /* "de" */
    char *title;    /* NULL: as in the page's own language */
    char *text;
};

struct public_word { /* one update of a post */
    char id[PUBLIC_ID];
    char *text; /* CommonMark without HTML */
    ARRAY(struct public_translation) translations;
    enum public_status status;
    instant created, updated, shown; /* shown: at which time it stands */
    bool notifies;                   /* subscribers are told */
    ARRAY(struct public_affected) affected;
};

struct public_post {
    char id[PUBLIC_ID];
    char *title; /* plain text */
    enum public_impact impact;
    enum public_status status;
    instant created, updated, started;
    instant monitoring, resolved;    /* 0: not yet */
    instant from, until;             /* of maintenance; else 0 */
    instant next;                    /* when the next word is promised; 0: no promise */
    ARRAY(struct public_word) words; /* newest first */
    ARRAY(size_t) components;        /* that it touches: indexes */
};

struct public_look { /* how the page looks; each NULL: as it ships */
    char *logo;      /* the bytes of an SVG or PNG file, of `logo_n` */
    size_t logo_n;
    char *accent;    /* "#0a7" or "#00aa77" */
    char *template_; /* a mustache template in the place of page.mustache */
    char *words;     /* {"all_operational": "…", …} as JSON: the page's own words */
};

struct public_page {
    char id[PUBLIC_ID];
    char *name;              /* in the policy, and in the address of a private one: "acme" */
    char *title;             /* "Acme" */
    char *url;               /* where it is found, without a slash at the end: "https://status.acme.example" */
    char *zone;              /* IANA name; "Etc/UTC" where nothing was said */
    char *language;          /* "en" */
    ARRAY(char *) languages; /* others in which words are translated */
    char *contact;           /* where customers write, a link; NULL: nowhere */
    bool private_;           /* only whoever has its key reads it, or is signed in as one of its readers */
    int64_t key;             /* which of its keys, from 1; 0: it has none */
    bool subscribable;
    struct public_look look;
    instant updated, built;
    ARRAY(struct public_group) groups;         /* in the order of the page */
    ARRAY(struct public_component) components; /* in the order of the page */
    ARRAY(struct public_post) posts;           /* newest first, maintenance among them */
    unsigned references;                       /* see public_ref */
};

/* A new, empty page with one reference. Whoever builds it fills it before anybody else sees it. */
struct public_page *public_create(void);
/* One more reference; may be called on any thread. Returns the page. */
struct public_page *public_ref(struct public_page *page);
/* Gives a reference up; the last one frees the page. NULL is allowed. */
void public_unref(struct public_page *page);
/* The component of that name, in any case. NULL: the page shows none. */
const struct public_component *public_component(const struct public_page *page, const char *name);
/* The other language of the page that is called so. NULL: no words are translated into it. `wanted` may be NULL. */
const char *public_language(const struct public_page *page, const char *wanted);
/* That of a component, by its name in any case. */
void public_component_id(const char *name, char ret[PUBLIC_ID]);
/* The id of something: twelve letters and digits that follow from what it is ("component") and its name. */
void public_id(const char *what, const char *name, char ret[PUBLIC_ID]);

#endif
