/*
 * pattern - Lua's string patterns, with every step counted.
 *
 * Patterns mean what the Lua 5.4 manual says (section 6.4.1): classes, sets, * + - ?, captures, %b, %f, back references,
 * anchors. Lua's own matcher can backtrack endlessly within one call, where no instructions are counted; this one gives
 * up when its steps are used up. Pure: no Lua, no allocation.
 */
#ifndef TOCSIN_POLICY_PATTERN_H
#define TOCSIN_POLICY_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_CAPTURES 32
#define CAPTURE_OPEN     (-1)
#define CAPTURE_POSITION (-2)

struct capture {
    const char *start;
    ptrdiff_t length; /* or CAPTURE_POSITION: the position itself */
};

struct matching {
    const char *text, *text_end;
    const char *pattern_end;
    int64_t steps;     /* steps left; < 0: used up */
    const char *wrong; /* what is wrong with the pattern, or why the match was given up; NULL: nothing */
    int level, depth;
    struct capture captures[PATTERN_CAPTURES];
};

/* Matches exactly at `at`. Returns the end of the match, or NULL (then look at `wrong`). The caller handles a leading ^. */
const char *pattern_match(struct matching *m, const char *at, const char *pattern);
/* Whether the pattern has no special character, so that a plain search will do. */
bool pattern_is_plain(const char *pattern, size_t n);

#endif
