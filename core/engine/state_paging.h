/*
 * state_paging - pages in the state of an incident: whom each calls, and how far it is. Plain data, as in state_parts.h.
 */
#ifndef TOCSIN_ENGINE_STATE_PAGING_H
#define TOCSIN_ENGINE_STATE_PAGING_H

#include "engine/event.h"

enum call_state { /* the furthest that is known of a call; one that failed is not delivered any more, but may still be seen */
                  CALL_WANTED,
                  CALL_SENT, /* its platform has taken it */
                  CALL_DELIVERED,
                  CALL_FAILED,
                  CALL_SEEN
};
struct state_call { /* somebody by one way, for a page: the latest such call */
    char *person;   /* a person id or an e-mail address */
    char *way;      /* a connector, or "sms call" if it rings; NULL: no way reaches them, in this round */
    char *user;     /* the user id or e-mail address there */
    char *why;      /* why it failed; NULL: no reason is known */
    enum call_state state;
    int round;
    instant at;
};
#define LEVEL_AGAIN (-1) /* whoever acknowledged the page is asked again */
struct state_escalating {
    char *name;          /* the escalation of the policy; NULL: the page has none */
    char *severity;      /* of the incident, when the page began; NULL: none */
    char *asked;         /* on LEVEL_AGAIN: who */
    int level, round;    /* which level of the escalation is called, from 0; and which time, from 1 */
    instant since;       /* when this level began; held: when it begins */
    instant accepted_at; /* 0: nobody has acknowledged it */
    bool everybody;      /* its first and only level is everybody of the target */
    bool held;           /* it waits, since all whom it would call have quiet hours */
    bool insists;        /* nobody is spared */
    bool followed;       /* since it was acknowledged, somebody did something about the incident */
    bool over;           /* it expired or was cancelled */
};
struct state_page {
    char *target;                     /* the person, rotation or team that it is for */
    char *text;                       /* what is added to it; NULL: nothing */
    char *rule;                       /* the line of the policy; NULL: unknown, or a person asked for it */
    char *accepted_by, *accepted_how; /* who acknowledged it, and by which verb; NULL: nobody has */
    char *accepted_via;               /* how: "a key"; NULL: by a command or a button */
    ARRAY(char *)
    people; /* of an older version: who was called, one after the other; the last one was to be reached */
    ARRAY(struct state_call) calls;
    int64_t number; /* from 1 */
    instant at;     /* when it began; of an older version: when the last of them was called */
    bool reached;   /* a connector has taken it */
    bool exhausted; /* nobody could be reached */
    bool escalates; /* false: it is of an older version, and calls nobody any more */
    struct state_escalating going;
};
struct state_unpaged { /* said in the announcements, and still so */
    char *who;         /* a person, or the target of a page */
    bool nobody;       /* nobody was paged for them */
};
struct state_page_message {           /* a message that shows a page; edited when it is answered */
    char *connector, *user, *message; /* user: the user id or e-mail address that it went to */
    int64_t page;
};

struct state_pages {
    ARRAY(struct state_page) all; /* the latest ones */
    ARRAY(struct state_page_message) messages;
    ARRAY(struct state_unpaged) unpaged;
    int64_t last; /* the number of the latest */
};

#endif
