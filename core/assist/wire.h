/*
 * wire - chat completions of an OpenAI-compatible API: the request that asks for a proposal, and the proposal in an answer.
 *
 * Facts are JSON within the user's message, so that no text in them can end them. An answer may be anything: whatever is read from it is
 * a text of bounded length without characters that nobody sees, or an error. It is literal: this file gives it no other meaning, and no
 * other file may. Pure; any thread.
 */
#ifndef TOCSIN_ASSIST_WIRE_H
#define TOCSIN_ASSIST_WIRE_H

#include <stdint.h>

#include "assist/kind.h"
#include "base/mem.h"
#include "base/str.h"
#include "policy/assist.h"

#define WIRE_ANSWER_MOST   ((size_t)256 << 10) /* bytes of an answer */
#define WIRE_ANSWER_TOKENS 1000                /* that a model may write */

struct wire_fact {
    enum assist_field field;
    uint64_t ref; /* of the timeline: the event's version; of a past incident: its number; else 0 */
    char *text;   /* plain */
};
typedef ARRAY(struct wire_fact) wire_facts;
void wire_facts_finish(wire_facts *facts);

/* What the model is told to do. */
void wire_instructions(const struct assist_kind *kind, struct str *out);
void wire_request(const char *model, const struct assist_kind *kind, const wire_facts *facts, struct str *out);

/* About as many tokens as a text of so many bytes needs. */
int64_t wire_tokens(size_t bytes);

struct wire_answer {
    char *text;     /* the proposal, which the caller frees; NULL: there is none */
    int64_t tokens; /* that the API says the request needed; -1: nothing sensible */
};
/* Fills *ret also where there is no proposal; the error then says why, after "its answer ". */
int wire_read(const char *body, size_t n, const struct assist_kind *kind, struct wire_answer *ret,
              struct error *err);

#endif
