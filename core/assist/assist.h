/*
 * assist - a language model of the operator's choosing proposes a title, a summary, a message to customers or likely causes of an
 * incident to the person who asks for it. Off unless the setting `assist` names one.
 *
 * It proposes, and does nothing. What it wrote is literal text, kept with the question (DOC_ASSIST) and shown to the asker alone, until
 * they accept it by its number: then the ordinary command takes it as a value (command/assist.c), never as a line. A request is written
 * down with its event and its share of the day's budget. It leaves once all of that is durable, if it still may; whoever hands it on calls
 * assist_answered. A restart forgets requests that are under way; whoever asked asks again. Loop's thread only.
 */
#ifndef TOCSIN_ASSIST_ASSIST_H
#define TOCSIN_ASSIST_ASSIST_H

#include "assist/record.h"
#include "turn/part.h"

extern const struct part assist_part;

/* ---- the way to the model ---- */

struct assist_way {
    const cJSON *settings; /* the setting, checked; borrowed until another way is used */
    /* Asks; assist_answered is called later, once. `body` is borrowed for the call. */
    void (*ask)(void *ctx, uint64_t request, const char *body);
    void *ctx;
};
/* From now on; NULL: there is no model. Requests that are under way are forgotten. */
void assist_use(struct core *core, const struct assist_way *way);

struct assist_result { /* all borrowed */
    const char *body;  /* of an answer with a status of success; NULL: there was none */
    size_t length;
    const char *error; /* why there was none, a sentence's end: "it does not answer in time" */
};
void assist_answered(struct core *core, uint64_t request, const struct assist_result *result, instant now);

/* ---- asking ---- */

const char *assist_model(const struct core *core); /* its name; NULL: there is none. Borrowed */
/* May something of this incident be sent? ERR_REFUSED: the text says why not, and what allows it. */
int assist_allows(const struct core *core, const struct incident *incident, struct error *err);

struct assist_question { /* all borrowed */
    const struct incident *incident;
    const struct assist_kind *kind;
    const char *person, *by;
    const char
        *where; /* the channel in which it is asked, and in which they alone read the answer; NULL: in none */
};
/* ERR_REFUSED or ERR_FULL: nothing was asked. */
int assist_ask(struct turn *turn, const struct assist_question *question, struct error *err);
/* Is what they asked about it under way? */
bool assist_is_asked(const struct core *core, uint64_t incident, const char *person);

/* ---- what came of it ---- */

/* What the person last asked about the incident. False: nothing that is kept. The caller finishes *ret. */
bool assist_last(const struct core *core, uint64_t incident, const char *person, struct assist_record *ret);
/* What anybody last asked about it. */
bool assist_last_of_all(const struct core *core, uint64_t incident, const char *person,
                        struct assist_record *ret);
/* What was sent for it, as far as `viewer`, who sees the incident, may still read it: CommonMark. */
void assist_write_sent(struct core *core, const struct incident *incident, const struct assist_record *record,
                       const char *viewer, struct str *out);
/* The proposal, or why there is none: CommonMark in which it is literal. */
void assist_write(const struct core *core, const struct incident *incident, const struct assist_record *record,
                  struct str *out);
/* The line that accepts it. The caller frees it. */
char *assist_line(const struct incident *incident, const struct assist_record *record);
/* The person accepted it, and its command took it. */
int assist_accept(struct turn *turn, const struct incident *incident, const char *person, const char *by,
                  struct error *err);

/* Each line of a text as CommonMark that shows it as it is. */
void assist_literal(const char *text, struct str *out);

#endif
