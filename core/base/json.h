/*
 * json - reading through cJSON with checks, writing straight into a string.
 *
 * Reading: json_parse refuses input that is too large, too deep, not UTF-8 or followed by anything but white space, and
 * input that can be read in two ways: a name twice in one object, a NUL or half a surrogate pair in a string, a number
 * beyond a double. Getters never fail on a missing member or one of another type: they return the fallback; json_need_*
 * set an error that names the member. Borrowed results live as long as the document.
 *
 * Writing: our own writer rather than cJSON's, since hashed and exported text must be the same, byte for byte, every
 * time: members in the order written, no spaces, and only the escapes that JSON requires.
 */
#ifndef TOCSIN_BASE_JSON_H
#define TOCSIN_BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

#define JSON_DEPTH 64 /* the usual limit of nesting; callers may pass less */

/* The caller frees *ret with cJSON_Delete. `what` names the input in errors ("the request body"). */
int json_parse(const char *bytes, size_t n, size_t max_bytes, int max_depth, const char *what, cJSON **ret,
               struct error *err);
void cleanup_json(cJSON **doc);
#define CLEANUP_JSON CLEANUP(cleanup_json)

const cJSON *json_member(const cJSON *object, const char *key); /* NULL: absent, null, or not an object */
const char *json_text_or(const cJSON *object, const char *key, const char *fallback);
int64_t json_int_or(const cJSON *object, const char *key, int64_t fallback); /* beyond +-2^53: fallback */
double json_number_or(const cJSON *object, const char *key, double fallback);
bool json_bool_or(const cJSON *object, const char *key, bool fallback);
int json_need_text(const cJSON *object, const char *key, const char **ret, struct error *err);
int json_need_int(const cJSON *object, const char *key, int64_t *ret, struct error *err);

/* Commas are added automatically. json_raw writes text that is JSON already. A NULL text writes null. */
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
void json_number(struct json_out *j, double value); /* the shortest text that reads back as the same number */
void json_bool(struct json_out *j, bool value);
void json_null(struct json_out *j);
void json_raw(struct json_out *j, const char *json);
/* One member each; the _if form writes nothing for NULL. */
void json_put_text(struct json_out *j, const char *key, const char *text);
void json_put_text_if(struct json_out *j, const char *key, const char *text);
void json_put_raw_if(struct json_out *j, const char *key, const char *json);
void json_put_int(struct json_out *j, const char *key, int64_t value);
void json_put_bool(struct json_out *j, const char *key, bool value);
void json_put_texts(struct json_out *j, const char *key, char *const *texts, size_t n);

/* A whole cJSON tree. */
void json_tree(struct json_out *j, const cJSON *tree);

#endif
