/*
 * handlers - what a handler is given, and the handlers of the table. Only files of this folder include this.
 */
#ifndef TOCSIN_COMMAND_HANDLERS_H
#define TOCSIN_COMMAND_HANDLERS_H

#include "command/parse.h"
#include "command/run.h"
#include "people/people.h"
#include "rooms/card.h"

/* One command on its way. Incidents are borrowed from the core for this turn; all that is here may be seen. */
struct asking {
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
};

/* What was typed as the row's argument of this kind; NULL: not given. */
const char *asked(const struct asking *ask, enum argument_kind kind);
/* The incident's name; "" when there is none. */
const char *asked_name(const struct asking *ask, char buffer[INCIDENT_NAME]);
/* Runs an engine's verb on the incident; `by` is filled in. */
int ask_do(struct asking *ask, struct command *command, struct error *err);
/* The person meant by "me", "@ana", a name. */
int ask_person(const struct asking *ask, const char *typed, const struct person **ret, struct error *err);
/* An incident that the asker may see. */
int ask_incident(const struct asking *ask, uint64_t id, const struct incident **ret, struct error *err);
/* A person's name for texts; the id when there is none. */
const char *ask_name_of(const struct asking *ask, const char *id);

/* Answers: one sentence; with next steps as buttons; the incident's card; a title with a text. */
__attribute__((format(printf, 2, 3))) void answer_line(struct asking *ask, const char *format, ...);
__attribute__((format(printf, 2, 3))) void answer_next(struct asking *ask, const char *format, ...);
/* The same with what somebody said (CommonMark, of any length; may be NULL) below it, in one line behind `joint`: ": ". */
void answer_said(struct asking *ask, const char *title, const char *joint, const char *words);
void answer_incident(struct asking *ask, const struct incident *incident);
void answer_titled(struct asking *ask, const char *title, const char *tone, const char *text);
/* A refusal with lines to press. */
void answer_refusal(struct answer *answer, const struct error *err, char *const *offers, size_t n);
struct card_context ask_context(const struct asking *ask);
/* "INC-42 **checkout is slow** fixing, major, Ana leads" */
void describe_incident(const struct asking *ask, const struct incident *incident, struct str *out);

/* form.c: asks for what a refused line lacks, filled in with what it had. error: what was wrong with the answers of the form before;
   NULL: there was none. */
void form_of(const struct parsed *parsed, const struct parse_context *context, const char *error,
             struct str *out);

/* life.c */
command_handler run_declare, run_move, run_merge, run_severity, run_status, run_pause, run_ticket, run_drill,
    run_private;
/* people.c */
command_handler run_role, run_join, run_leave, run_invite, run_whoami, run_zone;
/* words.c */
command_handler run_title, run_summary, run_note, run_pin, run_link, run_relate, run_update, run_label,
    run_customers;
/* comms.c */
command_handler run_tell, run_settle;
/* read.c */
command_handler run_list, run_show, run_timeline, run_search, run_similar, run_owed, run_help;
/* rules.c */
command_handler run_rules, run_mute, run_unmute, run_policy;
/* Lines for people, also used by why.c. */
int tell_mutes(const struct asking *ask, struct str *out, struct error *err);
/* actions.c */
command_handler run_actions;
/* What, where, how far, by which line of the policy, and how it begins: lines for people, also used by why.c. */
void tell_action(const struct asking *ask, const struct action *action, struct str *out);
/* why.c */
command_handler run_why;

#endif
