/*
 * commonmark_target - what the targets differ in, as one table; and escaping for each. For commonmark.c.
 */
#ifndef KIT_COMMONMARK_TARGET_H
#define KIT_COMMONMARK_TARGET_H

#include <tocsin/kit/commonmark.h>

struct kit_pair {
    const char *open, *close;
};

struct kit_form {
    bool html;  /* blocks are tags; else lines with prefixes */
    bool loose; /* only a blank line breaks a line */
    bool wiki;  /* an item begins with the marks of all lists around it */
    struct kit_pair strong, em, del, code, heading, link; /* link: around the text */
    struct kit_pair block; /* of code, on lines of their own; NULL: indented instead */
    const char *bullet, *quote, *rule;
};
extern const struct kit_form kit_forms[KIT_TARGETS];

/*
 * Where a character stands: a target's own marks for code are kept out of code, and nothing is added to an address. KIT_LITERAL:
 * in a value that nobody wrote as markup, where not even ":fire:" means anything.
 */
enum kit_code { KIT_NO_CODE, KIT_LITERAL, KIT_CODE_SPAN, KIT_CODE_BLOCK, KIT_ADDRESS };
/* One character of n bytes, escaped. */
void kit_put_character(enum kit_target target, const char *p, size_t n, enum kit_code code,
                       struct kit_text *out);
/* Where in the text the emoji ":name" would begin that a ':' at its end completes; -1: nowhere. */
long kit_emoji_begin(const struct kit_text *out);
/* Escaped for where the target puts a link's address. */
void kit_put_url(enum kit_target target, const char *url, struct kit_text *out);
/* A copy without bad UTF-8 and control characters but \n and \t; the caller finishes it. */
void kit_put_clean(const char *text, size_t n, struct kit_text *out);

/* ---- commonmark_trackers.c ---- */

/* Could an emoji have this name of n bytes? Not if it is a number, but for two. */
bool kit_is_emoji_name(const char *name, size_t n);
/* Spaces that begin a line could make it code; a client would also show several as one. */
bool kit_is_indent(const struct kit_text *out);
/* Does the line have nothing before this but what begins lists and quotes? */
bool kit_begins_line(const struct kit_text *out);
void kit_put_for_github(const char *p, size_t n, enum kit_code code, struct kit_text *out);
void kit_put_for_jira(const char *p, size_t n, enum kit_code code, struct kit_text *out);
/* Call it before a mark of ours: a backslash at the end would escape it. */
void kit_guard_jira(struct kit_text *out);

#endif
