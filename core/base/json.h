/*
 * json - reading through cJSON with checks, writing straight into a string.
 *
 * Reading: json_parse refuses what is too large, too deep, not UTF-8 or followed by anything but white space; and what could be
 * read in two ways: a name twice in one object, a NUL or half a surrogate pair in a string, a number beyond a double.
 * Getters never fail on a missing or differently typed member: they give the fallback; json_need_* give an error
 * that names the member. Borrowed results live as long as the document.
 *
 * Writing: our own writer, not cJSON's, since what is hashed and exported must come out the same byte for byte
 * every time: members in the order written, no spaces, only what JSON demands escaped.
 */
#ifndef TOCSIN_BASE_JSON_H
#define TOCSIN_BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

#define JSON_DEPTH 64 /* nesting allowed unless a caller passes less */

/* The caller frees *ret with cJSON_Delete. `what` names the input in errors ("request body"). */
int json_parse(const char *bytes, size_t n, size_t max_bytes, int max_depth, const char *what, cJSON **ret,
               struct error *err);
void cleanup_json(cJSON **doc);
#define CLEANUP_JSON CLEANUP(cleanup_json)

const cJSON *json_member(const cJSON *object, const char *key); /* NULL: absent, null, or no object */
const char *json_text_or(const cJSON *object, const char *key, const char *fallback);
int64_t json_int_or(const cJSON *object, const char *key, int64_t fallback); /* out of +-2^53 gives fallback */
double json_number_or(const cJSON *object, const char *key, double fallback);
bool json_bool_or(const cJSON *object, const char *key, bool fallback);
int json_need_text(const cJSON *object, const char *key, const char **ret, struct error *err);
int json_need_int(const cJSON *object, const char *key, int64_t *ret, struct error *err);

/* Commas come by themselves. json_raw puts text that is JSON already. NULL text writes null. */
struct json_out {
    struct str *out;
    bool comma;
};
void json_begin_object(struct json_out *j);
void json_end_object(struct json_out *j);
void json_begin_array(struct json_out *j);
void json_end_array(struct json_out *j);
void json_key(struct json_out *j, const char *key);
void json_text(struct json_out *j, const char *text);
void json_textn(struct json_out *j, const char *text, size_t n);
void json_int(struct json_out *j, int64_t value);
void json_number(struct json_out *j, double value); /* shortest text that reads back the same */
void json_bool(struct json_out *j, bool value);
void json_null(struct json_out *j);
void json_raw(struct json_out *j, const char *json);
/* A member each; the _if form writes nothing for NULL. */
void json_put_text(struct json_out *j, const char *key, const char *text);
void json_put_text_if(struct json_out *j, const char *key, const char *text);
void json_put_int(struct json_out *j, const char *key, int64_t value);
void json_put_bool(struct json_out *j, const char *key, bool value);

/* A whole cJSON tree in the writer's form. */
void json_tree(struct json_out *j, const cJSON *tree);

#endif
