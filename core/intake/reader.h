/*
 * reader - one pass over JSON, in place, for the bodies that come a hundred thousand times a second.
 *
 * cJSON builds a tree that a list of flat alerts does not need, and takes twice the time of all the rest; so
 * this reads such a list as it goes. It works on a copy of the body that it may write to: a text is
 * unescaped where it stands and terminated where its quote was, and costs no memory of its own. It takes
 * what JSON allows and little more (control characters in texts, sloppy numbers in what is skipped), and a
 * fuzzer compares it with cJSON.
 *
 * After the first fault every call returns false and reader_end says so; so callers check once, at the end.
 */
#ifndef TOCSIN_INTAKE_READER_H
#define TOCSIN_INTAKE_READER_H

#include <stdbool.h>

#include "intake/arena.h"

struct reader {
    char *start, *at, *end; /* *end may be written: the copy has a byte more */
    int depth;
    bool first; /* nothing was read yet of the innermost object or array */
    bool failed;
};

struct reader_text {
    char *p; /* NUL-terminated */
    size_t n;
    bool plain; /* printable ASCII throughout */
};

/* On a copy of the bytes in the arena. */
void reader_init(struct reader *r, struct arena *arena, const char *bytes, size_t n);

/* What comes next: '{' '[' '"' 't' 'f' 'n', '0' for any number; 0: none of these. */
char reader_peek(struct reader *r);
bool reader_enter(struct reader *r, char bracket); /* '{' or '[' */
/* The next member's key; false at the end of the object, which is then left behind. */
bool reader_member(struct reader *r, struct reader_text *key);
/* Whether the array has another element; false at its end, which is then left behind. */
bool reader_element(struct reader *r);
bool reader_text(struct reader *r, struct reader_text *text);
/* A text, or a number, true or false as it is written; anything else is skipped and false. */
bool reader_scalar(struct reader *r, struct reader_text *text);
void reader_skip(struct reader *r); /* any value; nested at most 64 deep */
/* True when all was read without a fault and only white space is left; else *ret_at is where it went wrong. */
bool reader_end(struct reader *r, size_t *ret_at);

bool reader_is(const struct reader_text *text, const char *word, size_t n);

/* Fit for an alert; borrowed from the copy as a rule. */
const char *reader_line(const struct reader_text *text, struct arena *arena, size_t max);
const char *reader_lines(const struct reader_text *text, struct arena *arena, size_t max);

#endif
