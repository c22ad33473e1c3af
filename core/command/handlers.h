/*
 * handlers - what a command's handler gets, and the handlers of the table. Only files of this folder include it.
 */
#ifndef TOCSIN_COMMAND_HANDLERS_H
#define TOCSIN_COMMAND_HANDLERS_H

#include "command/parse.h"
#include "command/run.h"
#include "people/people.h"
#include "rooms/card.h"
#include "turn/call.h"

struct typed_post; /* posting.h */

/* One command being run. Incidents are borrowed from the core for this turn, and the asker may see them. */
struct request {
    struct turn *turn;
    struct core *core;
    const struct asker *asker;
    const char *by, *zone;
    instant now;
    const struct parsed *parsed;
    const struct command_row *row;
    const struct incident *incident; /* NULL: none */
    const struct incident *other;    /* the incident among the arguments; NULL: none */
    struct answer *answer;
    int (*dispatch)(struct request *request,
                    struct error *err); /* runs the row's command, also for a handler */
    bool asks;                          /* the refusal is for what a form could ask for */
};

/* Carries out the command and writes the answer. A refusal goes to err, and changes nothing. */
typedef int command_handler(struct request *request, struct error *err);
/* request.c: begins a request; its line has not been parsed yet. */
struct request request_begin(struct turn *turn, const struct asker *asker, struct answer *answer);

/* Was it typed in the channel of a private incident, whether or not the asker may see that one? */
bool request_is_private_place(const struct request *request);
/* The same for a part's function. `arguments` NULL: none. */
struct call request_call(const struct request *request, const char *const *arguments, struct str *answer);
/* The row's argument of this kind, as typed. NULL: not given. */
const char *request_argument(const struct request *request, enum argument_kind kind);
/* "off", "no": what a switch says. NULL: it was not given. */
bool request_is_off(const char *word);
/* The name of the command's incident; "": it has none. */
const char *request_incident_name(const struct request *request, char buffer[INCIDENT_NAME]);
/* Runs a verb of the engine on the incident, and fills in `by`. */
int request_do(struct request *request, struct command *command, struct error *err);
/* May the asker do what needs that role, by access{}? */
int request_access(const struct request *request, enum access needed, struct error *err);
/* The row's rule for agents lets it be, but this case of it is for people, by that rule. 0: no agent asks. */
int request_forbid_agent(const struct request *request, enum agent_rule rule, struct error *err);
/* Finds the person for "me", "@ana" or a name. */
int request_person(const struct request *request, const char *typed, const struct person **ret,
                   struct error *err);
/* The same; somebody whom only the policy declares becomes known in this turn. */
int request_known(struct request *request, const char *typed, const struct person **ret, struct error *err);
/* The same for the person with whom a text begins: "@ana", "Ana Silva", in quotes or without. What follows is in *text, also on error. */
int request_take_person(struct request *request, const char **text, const struct person **ret,
                        struct error *err);
/* Finds an incident that the asker may see. */
int request_incident(const struct request *request, uint64_t id, const struct incident **ret,
                     struct error *err);
/* A person's name for texts; the id if there is no name. */
const char *request_person_name(const struct request *request, const char *id);

/* Whoever does this, for texts; with the agent that does it for them. The caller frees. */
char *request_author(const struct request *request);

/* Answers: a sentence; a sentence with the next steps as buttons; the incident's card; a title with a text. */
__attribute__((format(printf, 2, 3))) void answer_line(struct request *request, const char *format, ...);
void answer_text(struct request *request, const char *commonmark);
__attribute__((format(printf, 2, 3))) void answer_next(struct request *request, const char *format, ...);
/* A sentence with buttons, and below it what somebody wrote (CommonMark, any length; NULL: nothing). As plain text, `joint` (": ")
   goes between the two. */
void answer_quote(struct request *request, const char *title, const char *joint, const char *words);
void answer_incident(struct request *request, const struct incident *incident);
void answer_titled(struct request *request, const char *title, const char *tone, const char *text);
/* The same with buttons that each run a line once. */
void answer_offering(struct request *request, const char *title, const char *text, char *const *offers,
                     size_t n);
/* A refusal with buttons that offer other lines. */
void answer_refusal(struct answer *answer, const struct error *err, char *const *offers, size_t n,
                    const struct request *request);
/* A refusal with the buttons that the incident (NULL: none) has now. */
void answer_refused_press(struct answer *answer, const struct error *err, const struct incident *incident);
struct card_context request_card_context(const struct request *request);
/* "INC-42 **checkout is slow** fixing, major, Ana leads" */
void describe_incident(const struct request *request, const struct incident *incident, struct str *out);

/* form.c: a form for a refused line, filled in with what the line has. error: what is wrong with the answers of the form before; NULL:
   there was no form. given: what it begins with besides. */
void form_of(const struct parsed *parsed, const struct parse_context *context, const char *error,
             const struct typed_post *given, struct str *out);

/* life.c */
command_handler run_declare, run_move, run_ack, run_merge, run_unmerge, run_severity, run_status, run_pause,
    run_ticket, run_drill, run_drills, run_private;
/* paging.c */
command_handler run_page, run_escalate, run_draft_in, run_pages;
/* people.c */
command_handler run_role, run_join, run_leave, run_invite, run_whoami, run_zone;
/* accounts.c */
command_handler run_link_me, run_unlink;
/* Tells each user of a person, but the one who asked (NULL: nobody did) and reads the answer. CommonMark. */
void accounts_tell(struct turn *turn, const char *id, const struct asker *but, const char *text);
/* cover.c */
command_handler run_cover;
/* absent.c */
command_handler run_absent;
/* swap.c */
command_handler run_swap;
/* handover.c */
command_handler run_handover;
/* words.c */
command_handler run_title, run_summary, run_note, run_pin, run_link, run_relate, run_update, run_team,
    run_service, run_kind, run_customers, run_affect, run_unaffect;
/* post.c, posts.c, maintenance.c */
command_handler run_post, run_posts, run_maintenance;
/* comms.c */
command_handler run_tell, run_told, run_approve, run_settle, run_draft, run_early, run_preview, run_stop,
    run_recipients;
/* service.c */
/* Adds what is known of a service: what the catalogue says, or what to add to it; the open incidents and alert groups that name it, as
   far as the asker may see them. */
int service_show(struct request *request, const char *name, struct error *err);
/* An incident without a team is its service's team's. */
int service_adopt(struct request *request, struct error *err);
/* services.c, important.c, rooms.c */
command_handler run_services, run_important, run_open, run_mirror;
/* followup.c, followups.c, false_page.c, recap.c, writeup.c */
command_handler run_followup, run_followups, run_false_page, run_recap, run_writeup;
/* wait.c, assist.c */
command_handler run_wait, run_assist;
/* read.c */
command_handler run_list, run_show, run_timeline, run_search, run_similar, run_examples, run_owed, run_help;
/* rules.c */
command_handler run_rules, run_mute, run_unmute, run_policy;
/* Writes the mutes as lines for people; also used by why.c. */
int write_mutes(const struct request *request, struct str *out, struct error *err);
/* incoming.c */
command_handler run_incoming;
/* actions.c */
command_handler run_actions;
/* Writes an action as lines for people: what, where, its state, which line of policy requested it, how its text begins. */
void write_action(const struct request *request, const struct action *action, struct str *out);
/* why.c, error.c */
command_handler run_why, run_error;

#endif
