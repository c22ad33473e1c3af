/*
 * config - settings declared as a table: checked, filled with fallbacks, redacted, documented from the one table.
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
enum setting_flag { SETTING_SECRET = 1, SETTING_REQUIRED = 2 };

struct setting {
    const char *name;
    enum setting_type type;
    unsigned flags;
    const char *fallback; /* as text: a LIST with commas, a TABLE as JSON; NULL: none */
    int64_t least, most;  /* SETTING_INT; and milliseconds for SETTING_DURATION; both 0: no range */
    const char *help;     /* one line */
};

/*
 * Checks `given` (an object; NULL counts as {}) against the table: unknown names (with the nearest known one),
 * wrong types, ranges, missing required ones. On success *ret is a new object with every setting present
 * (durations as milliseconds), the caller frees it. `where` begins each error ("etc/tocsin.lua: connectors.slack").
 * A value {"env": "NAME"} or {"file": "path"} of a SETTING_SECRET is read from there; secrets are registered with
 * log_secret.
 */
int config_check(const struct setting *table, size_t n, const cJSON *given, const char *where, cJSON **ret,
                 struct error *err);

/* The table as commented Lua, as `tocsin init` writes it, or as a manual's list of terms. */
void config_sample(const struct setting *table, size_t n, const char *indent, struct str *out);
void config_manual(const struct setting *table, size_t n, struct str *out);

/* The candidate nearest to `word` by edit distance (at most 2, or a third of the word), or NULL. */
const char *nearest_word(const char *word, const char *const *candidates, size_t n);

#endif
