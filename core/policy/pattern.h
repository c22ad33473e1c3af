/*
 * pattern - Lua's text patterns, with every step counted.
 *
 * The meaning is that of Lua 5.4's manual (section 6.4.1): classes, sets, * + - ?, captures, %b, %f, back references,
 * anchors. Lua's own matcher backtracks without end inside one call, where no instruction is counted; this one gives
 * up when its steps are spent. Pure: no Lua, no allocation.
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
    ptrdiff_t length; /* or CAPTURE_POSITION: the place itself */
};

struct matching {
    const char *text, *text_end;
    const char *pattern_end;
    int64_t steps;     /* left; < 0: spent */
    const char *wrong; /* what is wrong with the pattern, or that it was given up; NULL: nothing */
    int level, depth;
    struct capture captures[PATTERN_CAPTURES];
};

/* Matches at `at` exactly; the end of the match, or NULL (then look at `wrong`). A leading ^ is the caller's. */
const char *pattern_match(struct matching *m, const char *at, const char *pattern);
/* Whether the pattern holds no special character, so that plain search does. */
bool pattern_is_plain(const char *pattern, size_t n);

#endif
