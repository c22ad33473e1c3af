/*
 * reader - reads JSON in one pass, in place, for alerts that arrive a hundred thousand times a second.
 *
 * cJSON builds a tree, which a list of flat alerts does not need and which takes twice the time of everything else; so
 * this reads such a list as it goes. It works on a writable copy of the body: a string is unescaped in place and
 * terminated where its quote was, so it needs no memory of its own. It accepts JSON and little more (control
 * characters in strings, sloppy numbers in skipped values), and a fuzzer compares it with cJSON.
 *
 * After the first error every call returns false and reader_end reports it; so callers check once, at the end.
 */
#ifndef TOCSIN_INTAKE_READER_H
#define TOCSIN_INTAKE_READER_H

#include <stdbool.h>

#include "intake/arena.h"

struct reader {
    char *start, *at, *end; /* *end is NUL: the copy has one more byte */
    int depth;
    bool first; /* nothing of the innermost object or array has been read yet */
    bool failed;
};

struct reader_text {
    char *p; /* NUL-terminated */
    size_t n;
    bool plain; /* printable ASCII throughout */
};

/* Works on a copy of the bytes in the arena. */
void reader_init(struct reader *r, struct arena *arena, const char *bytes, size_t n);

/* The kind of the next value: '{' '[' '"' 't' 'f' 'n', '0' for any number; 0: none of these. */
char reader_peek(struct reader *r);
bool reader_enter(struct reader *r, char bracket); /* '{' or '[' */
/* Reads the key of the next member; false at the end of the object, which is consumed. */
bool reader_member(struct reader *r, struct reader_text *key);
/* Whether the array has another element; false at its end, which is consumed. */
bool reader_element(struct reader *r);
bool reader_text(struct reader *r, struct reader_text *text);
/* Reads a string, or a number, true or false as written; skips anything else and returns false. */
bool reader_scalar(struct reader *r, struct reader_text *text);
void reader_skip(struct reader *r); /* any value, nested at most 64 levels deep */
/* True when everything was read without an error and only white space is left; else *ret_at is the place of the error. */
bool reader_end(struct reader *r, size_t *ret_at);

bool reader_is(const struct reader_text *text, const char *word, size_t n);

/* Made fit for an alert; usually borrowed from the copy. */
const char *reader_line(const struct reader_text *text, struct arena *arena, size_t max);
const char *reader_lines(const struct reader_text *text, struct arena *arena, size_t max);

#endif
