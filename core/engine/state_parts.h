/*
 * state_parts - what the state of an incident is made of: its parts by meaning, and the rows of its lists.
 *
 * Plain data, owned by the struct incident (state.h) that it is in. Only fold and the decoder write it.
 */
#ifndef TOCSIN_ENGINE_STATE_PARTS_H
#define TOCSIN_ENGINE_STATE_PARTS_H

#include "engine/event.h"
#include "engine/state_drafts.h"
#include "engine/state_paging.h"
#include "engine/state_tickets.h"

struct state_entry {
    enum status status;
    instant at;
};
struct state_role {
    char *role, *person;
};
struct state_offer { /* somebody is asked to take a role; one for each role */
    char *role, *person, *by;
    instant at, until;
    bool reminded; /* they were */
};
struct state_link {
    char *url, *label;
};
enum mirrored { /* whether what is said in one room is copied to the others, as a person said */
                MIRRORED_BY_POLICY, /* nobody did */
                MIRRORED_ON,
                MIRRORED_OFF
};
struct state_channel {
    char *connector, *channel, *name;
    bool private; /* opened for members only */
    enum mirrored mirrored;
};
struct state_card {
    char *connector, *channel, *message;
};
struct state_customer {
    char *key, *name;
    instant since;
    int64_t count;
};
struct state_alert {
    char *fingerprint, *title;
    int64_t count; /* as of the last event about it */
    bool resolved;
};
struct state_merged { /* an incident that was merged into this one */
    uint64_t incident;
    instant at, until; /* when, and until when it can be undone */
};
struct state_owed { /* an obligation that waits */
    char *name, *text;
    instant due;
    int missed;    /* how often it has passed since it was last met */
    bool given_up; /* it stays owed, but nobody is reminded of it again */
};

#define EVERY_CUSTOMER    "all"         /* as a customer's key: all that the incident affects */
#define STATUS_PAGE       "status page" /* in the place of a customer's key: everybody, by a post */
#define CUSTOMERS_OF_TIER "tier:"       /* before a tier, as a customer's key: those of them who have it */

/* ---- the parts ---- */

struct state_sort { /* of incident */
    char *kind;     /* NULL: an ordinary one */
    bool drill;     /* an exercise */
    char *
        script; /* that it practises; NULL: none. Such a drill stays one, and nothing of it reaches anybody outside */
};
struct state_declared {
    char *by, *rule;       /* rule: file:line, when a rule declared it */
    ARRAY(int64_t) raised; /* hashes of what rules have raised it for since */
};
struct state_pause {              /* empty while it is not paused */
    char *reason, *by, *customer; /* customer: their answer ends it, too; NULL: nobody's */
    instant until;
    enum status before; /* the status that a resume goes back to */
};
struct state_end {
    char *reason; /* of the decline, resolve or close */
    char *ticket; /* link */
    uint64_t merged_into;
};
struct state_activity {
    instant changed_at;              /* last event */
    instant spoke_at;                /* last chat message, note or update by a person */
    instant updated_at;              /* last update */
    instant told_at;                 /* when a customer was last told */
    instant told_first, wrote_first; /* when a customer was first told, and when one first wrote; 0: never */
    duration silence;                /* the longest that a customer heard nothing before they were told */
    int64_t notes, pins, said, updates;
    int64_t writeup;    /* the latest version of its write-up; 0: there is none */
    instant written_at; /* when that was finished; 0: it is not */
};
struct state_people {
    ARRAY(struct state_role) roles;
    ARRAY(struct state_offer) offers;
    ARRAY(char *) members; /* person ids; whoever joined, holds a role, or declared */
    struct state_pages pages;
};
struct state_places {
    ARRAY(struct state_channel) channels;
    enum mirrored mirrored;         /* all channels that say nothing of their own */
    ARRAY(struct state_card) cards; /* messages that show the incident and are kept up to date */
    ARRAY(struct state_link) links;
    struct state_tickets tickets; /* of desks and trackers */
    ARRAY(uint64_t) related;      /* incidents */
    ARRAY(uint64_t)
    apart; /* incidents that it was one with for a while: messages of the one may have been edited in the other */
};
struct state_affected {
    ARRAY(struct state_customer) customers; /* the first ones, and those whom people added; impact/ knows all */
    ARRAY(char *) spared;                   /* keys of customers who are not affected, whatever alerts say */
    int64_t total;  /* of all customers, when that was last journaled; 0: those above are all */
    bool estimated; /* the total is an estimate */
    ARRAY(struct state_alert) alerts;
    ARRAY(struct state_merged) merged; /* lately; in order */
};
struct state_comms {
    ARRAY(struct state_draft) drafts; /* the waiting ones, and the latest settled ones */
    ARRAY(struct state_draft_card) draft_cards;
    int64_t drafted;   /* the last draft's number */
    instant next_word; /* when the status page has promised another word; 0: it has not */
    bool suggested;    /* a post on the status page was */
    bool crowded;      /* many conversations with customers are open: the status page was suggested */
};
#endif
