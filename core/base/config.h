/*
 * config - settings declared as a table, from which they are checked, completed with fallbacks, redacted and documented.
 *
 * The core's own configuration and every connector's settings are described by `struct setting` rows and arrive as
 * a JSON object. A connector's `struct tocsin_setting` has the same fields; the host converts it.
 */
#ifndef TOCSIN_BASE_CONFIG_H
#define TOCSIN_BASE_CONFIG_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

enum setting_type { SETTING_TEXT, SETTING_INT, SETTING_BOOL, SETTING_DURATION, SETTING_LIST, SETTING_TABLE };
enum setting_flag {
    SETTING_SECRET = 1,
    SETTING_REQUIRED = 2,
    SETTING_LIVE = 4, /* only in the core: `tocsin reload` applies it; other settings need a restart */
};

struct setting {
    const char *name;
    enum setting_type type;
    unsigned flags;
    const char *fallback; /* as text: a LIST with commas, a TABLE as JSON; NULL: none */
    int64_t least, most;  /* the range of an INT, or of a DURATION in milliseconds; both 0: no range */
    const char *help;     /* one line */
};

/*
 * Checks `given` (an object; NULL counts as {}) against the table: unknown names (suggesting the nearest known one),
 * wrong types, values out of range, missing required settings. On success *ret is a new object with every setting
 * present (durations as milliseconds), which the caller frees. Each error begins with `where`
 * ("etc/tocsin.lua: connectors.slack"). The value of a SETTING_SECRET may be {"env": "NAME"} or {"file": "path"}; it
 * is read from there. Secrets are registered with log_secret.
 */
int config_check(const struct setting *table, size_t n, const cJSON *given, const char *where, cJSON **ret,
                 struct error *err);

/* Writes the table as commented Lua, for `tocsin init`, or as a list of terms for a manual. */
void config_sample(const struct setting *table, size_t n, const char *indent, struct str *out);
void config_manual(const struct setting *table, size_t n, struct str *out);

#define NEAREST_MOST 64 /* bytes; a longer word is not a typo */
/* The number of edits between two words, in any case; swapping two neighbours is one. `b` has NEAREST_MOST bytes at most. */
size_t word_edits(const char *a, const char *b);
/* The candidate nearest to `word` by edit distance (at most 2, or a third of the word), or NULL if none is near. */
const char *nearest_word(const char *word, const char *const *candidates, size_t n);

#endif
