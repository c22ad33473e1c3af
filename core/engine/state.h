/*
 * state - what is known of one incident, as the fold of its events.
 *
 * The state holds what decisions need, bounded in size: texts that grow without end (notes, chat) stay in the
 * timeline and are only counted here. Owned by whoever created it; loop's thread only.
 */
#ifndef TOCSIN_ENGINE_STATE_H
#define TOCSIN_ENGINE_STATE_H

#include "engine/state_parts.h"

struct cJSON;
struct json_out;

#define STATE_DRAFTS        50
#define STATE_ENTRIES       256 /* later entries replace the last one: first and latest times stay right */
#define STATE_LINKS         100
#define STATE_MEMBERS       1000
#define STATE_CUSTOMERS     500 /* whom people added, or an older version did */
#define STATE_NAMED         32  /* whom alerts brought */
#define STATE_ALERTS        1000
#define STATE_RELATED       100
#define STATE_RAISED        16
#define STATE_PAGES         20
#define STATE_CALLS         300 /* of a page */
#define STATE_PAGE_MESSAGES 400
#define STATE_MERGED        16
#define STATE_APART         100
#define STATE_TICKETS       32 /* that were made for it */

#define KIND_SECURITY                                                                                          \
    "security" /* a kind that always exists: nothing early is said of it, and two approve what is */
#define UNMERGE_WITHIN HOUR /* how long a merge can be undone */

struct incident {
    uint64_t id, version; /* version: events folded */
    enum status status;
    bool private;
    char *title, *summary, *severity, *team, *service;
    struct state_sort sort;
    struct state_declared declared;
    struct state_pause pause;
    struct state_end end;
    struct state_activity activity;
    ARRAY(struct state_entry) entries; /* every entry into a status, in order */
    struct state_people people;
    struct state_places places;
    struct state_affected affected;
    struct state_comms comms;
    ARRAY(struct state_owed) owed;
};

struct incident *incident_create(uint64_t id);
void incident_destroy(struct incident *incident);
struct incident *incident_copy(const struct incident *incident);

/* The state as JSON (for DOC_INCIDENT, the API, Lua and the invariant "state equals fold"), and back. */
void incident_encode(const struct incident *incident, struct str *out);
int incident_decode(const char *json, size_t length, struct incident **ret, struct error *err);
/* Its drafts alone, as members of an object: "drafts" and "draft_cards"; and back. */
void incident_encode_drafts(const struct incident *incident, struct json_out *j);
void incident_decode_drafts(const struct cJSON *doc, struct incident *incident);

bool incident_is(const struct incident *incident, const char *kind);
const char *incident_role(const struct incident *incident, const char *role); /* person, or NULL */
const struct state_offer *incident_offer(const struct incident *incident, const char *role); /* NULL: none */
int64_t incident_customers(const struct incident *incident); /* how many are affected, as last journaled */
/* Did somebody say that this customer is not affected? */
bool incident_spares(const struct incident *incident, const char *customer);
/* A rule did, asking for the same; or no rule may any more, because so many did. */
bool incident_was_raised(const struct incident *incident, int64_t want);
bool incident_has_member(const struct incident *incident, const char *person);
const struct state_owed *incident_owes(const struct incident *incident, const char *name);
/* NULL: no such draft. number 0: the one that waits, NULL where none or several do. */
const struct state_draft *incident_draft(const struct incident *incident, int64_t number);
/* How many customers an approved message is still on its way to. */
int64_t draft_left(const struct state_draft *draft);
/* NULL: no such page, or it is too old. */
const struct state_page *incident_page(const struct incident *incident, int64_t number);
const char *page_person(const struct state_page *
                            page); /* who was called last: a person id or an e-mail address; NULL: nobody yet */
/* The call of that person by that way (NULL: that none reaches them); NULL: there was none. */
const struct state_call *page_call(const struct state_page *page, const char *person, const char *way);
bool page_called(const struct state_page *page, const char *person); /* was that person, by any way? */
/* Were the announcements told that they were not paged or, with `nobody`, that nobody was paged for them? */
bool incident_unpaged(const struct incident *incident, const char *who, bool nobody);
bool page_is_open(const struct state_page *page);   /* nobody has acknowledged it, and it is not over */
const char *call_state_name(enum call_state state); /* "wanted", … */
instant incident_first(const struct incident *incident, enum status status); /* first entry; 0: never */
/* The merge of that incident into this one, if it can be undone at `now`; NULL: it cannot. */
const struct state_merged *incident_merged(const struct incident *incident, uint64_t other, instant now);
instant incident_last(const struct incident *incident, enum status status);

/*
 * Derived durations as of `now` (an ended incident stops at its end). The paused time is taken off `active` only: the time to fix and
 * the customer's wait go on through a pause.
 */
struct durations {
    duration to_accept;  /* declared to the first active status; -1: not yet */
    duration to_fix;     /* declared to the monitoring or resolved that held; -1: not yet, or it came back */
    duration to_resolve; /* declared to the resolved or closed that held; -1: not yet, or reopened */
    duration active;     /* in active statuses; pauses do not count */
    duration paused;
    duration open; /* declared to its end, or now */
    duration
        to_first_contact; /* from when the first customer was affected to when the first was told; -1: none was */
    duration silence;     /* the longest that a customer heard nothing; -1: none is affected */
};
struct durations incident_durations(const struct incident *incident, instant now);

/* Did a customer write before any was told? */
bool incident_wrote_first(const struct incident *incident);

/* "INC-42" into buffer; and back from "INC-42", "inc42", "42", "#42": 0 when it is none. */
#define INCIDENT_NAME 24
const char *incident_name(uint64_t id, char buffer[INCIDENT_NAME]);
uint64_t incident_name_parse(const char *text);
/* Is it whom a post goes to, and no message to customers? */
bool is_status_page(const char *audience);
/* Whom a message goes to, as people read it: "all customers", "customers of tier gold", "the status page", or the customer's key. A value;
   the caller frees. */
char *audience_words(const char *audience);
/* The ticket of a connector that was made for it and has this id (NULL: the parent there); NULL: there is none. */
const struct state_ticket *incident_ticket(const struct incident *incident, const char *connector,
                                           const char *ticket);
bool incident_has_channel(const struct incident *incident, const char *connector, const char *channel);

/*
 * The one place that decides who may see an incident. Not private: anybody. Private: members and role holders.
 * `viewer` is a person id; NULL is nobody in particular (a public channel, an announcement), who sees no private one.
 */
bool incident_visible(const struct incident *incident, const char *viewer);

#endif
