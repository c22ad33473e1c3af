/*
 * inside - the state of this part, and what its files do for each other. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_PAGING_INSIDE_H
#define TOCSIN_PAGING_INSIDE_H

#include "paging/paging.h"
#include "paging/plan.h"
#include "paging/spare.h"
#include "turn/written.h"

struct paging {
    struct written messages; /* the documents that say which page a message is */
    struct map spared;       /* person id -> struct spared, owned */
    instant now;             /* of the latest turn */
    ARRAY(uint64_t) calling; /* the incidents with an open page, in order */
};

static inline struct paging *paging_of(const struct core *core)
{
    return part_state(core, "paging");
}

/* ---- record.c ---- */

/* Records a command of the incident; `by` NULL: the system. */
int paging_record(struct turn *turn, uint64_t incident, struct command command);
const char *paging_name(struct turn *turn, const char *person); /* how people call them */

#define TEST_TEXT "This is a test. Acknowledge it, and it ends." /* of a page that tests somebody's ways */

/* ---- settle.c ---- */

/* Does the wish name anybody? Its `whom` is a target (whom_target). */
bool paging_names(struct turn *turn, const struct incident *incident, const struct paging_wish *wish);

/* Does what the incident's pages are to do now. */
void pages_settle(struct turn *turn, uint64_t incident);
void pages_deadlines(struct core *core, const struct incident *incident);

/* ---- outcome.c: what became of an action of a page ---- */

void pages_outcome(struct turn *turn, const struct action *action, const char *remote_id, const cJSON *body);
/* Was the page answered, while this action of it waited? */
bool pages_pointless(struct core *core, const struct action *action);

/* ---- answer.c ---- */

void pages_follow(struct turn *turn, const struct event *event, const struct incident *incident);

/* ---- message.c: a page as a message ---- */

struct page_call { /* a page to somebody; all borrowed */
    int64_t number;
    int round;
    const char *person, *way;
    struct address at;
};
/* The parts of the key of a page's action. The texts are the caller's to free. False: it is of an older version. */
struct call_key {
    int64_t number;
    int round;
    char *person, *way;
};
bool call_key_read(const char *key, struct call_key *ret);
void call_key_finish(struct call_key *key);
/* Queues the page. */
void message_send(struct turn *turn, const struct incident *incident, const struct state_page *page,
                  const struct page_call *call);
/* Edits the messages of a page (0: of all that nobody has answered) on a connector (NULL: on all), and ends them where nothing more is
   expected. */
void message_update(struct turn *turn, const struct incident *incident, int64_t number, const char *connector);
/* What became of it: "Acknowledged by Bo", "Nobody acknowledged it"; NULL: it is open. Plain text; the caller frees. */
char *message_outcome(const struct core *core, const struct state_page *page);

/* ---- tell.c: what is said of pages in the incident's rooms, and in the announcements ---- */

void tell_unreached(struct turn *turn, const struct event *event, const struct incident *incident);
void tell_one_way_failed(struct turn *turn, const struct action *action, const char *person);
void tell_channel(struct turn *turn, const struct incident *incident, const struct state_page *page);
void tell_held(struct turn *turn, const struct event *event, const struct incident *incident);
void tell_expired(struct turn *turn, const struct event *event, const struct incident *incident);
void tell_gap(struct turn *turn, const struct incident *incident, const struct state_page *page,
              const char *why);

/* ---- card.c ---- */

void pages_card(struct core *core, const struct incident *incident, const struct card_context *context,
                struct json_out *fields);

/* ---- receipts.c: messages that are pages ---- */

/* This message is a page to somebody. */
void receipts_note(struct turn *turn, uint64_t incident, const struct call_key *key, const char *connector,
                   const char *message);
/* Records how far a call got, unless that is known. */
void receipts_reach(struct turn *turn, uint64_t incident, const struct call_key *key, enum call_state state,
                    const char *text);

#endif
