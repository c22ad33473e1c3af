/*
 * json - JSON for connectors, on top of cJSON.
 *
 * Values are cJSON's, so its own functions work with them: cJSON_ArrayForEach walks an array, cJSON_AddStringToObject builds
 * an object. The kit adds strict parsing, and reading that needs no checks: a member that is absent, null or of another type
 * reads as missing, and so does every member of NULL. For example
 *
 *     kit_json_text(kit_json_member(body, "card"), "title")
 *
 * is "" if there is no card, no title, or a title that is a number.
 *
 * Memory: what you read is borrowed and lives as long as the value it came from. Whoever parses or builds a value frees it with
 * cJSON_Delete, which accepts NULL. Any thread; but while several threads read a value, none may change it.
 *
 * Numbers are doubles: an integer above 2^53 loses its last digits. Ask the platform for 64-bit ids as text.
 */
#ifndef TOCSIN_KIT_JSON_H
#define TOCSIN_KIT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <tocsin/kit/text.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Parses n bytes that are one JSON value of any type: valid UTF-8, at most 1,000 levels deep, followed by nothing but white
 * space. NULL if they are not, or if memory runs out. The caller frees the value with cJSON_Delete.
 */
cJSON *kit_json_parse(const char *bytes, size_t n);

/* A member of an object; NULL if it is missing. Names are case-sensitive. Borrowed. */
const cJSON *kit_json_member(const cJSON *object, const char *name);
/* A member's text; "" if it is missing. Borrowed. */
const char *kit_json_text(const cJSON *object, const char *name);
/* The same with a fallback of your own, which may be NULL, for a missing member and for "". */
const char *kit_json_text_or(const cJSON *object, const char *name, const char *fallback);
/* A member's number without its fraction; the fallback if it is missing or beyond +-2^53. */
int64_t kit_json_int(const cJSON *object, const char *name, int64_t fallback);
/* A member's id, a number above 0 or a text of up to 18 digits, as text; "" if it is missing or anything else. */
#define KIT_ID_BYTES 24
void kit_json_id(const cJSON *object, const char *name, char id[KIT_ID_BYTES]);
/* The object of an array whose "id" is that; NULL: there is none, or the id is "". Borrowed. */
const cJSON *kit_json_with_id(const cJSON *array, const char *id);
/* The first object of an array whose member is that text, in any case; NULL: there is none. Borrowed. */
const cJSON *kit_json_with(const cJSON *array, const char *name, const char *text);
/* Is the member `true`? Not for "true" or 1. */
bool kit_json_true(const cJSON *object, const char *name);

/*
 * Builds an object of texts: kit_json_texts("type", "message", "id", id, NULL). Names and values alternate, and NULL ends the
 * list; a pair whose value is NULL is left out. Copies the texts. The caller frees the object, unless it is added to another.
 */
__attribute__((sentinel)) cJSON *kit_json_texts(const char *name, ...);
/* Sets a member of an object, which takes the value over; what it had is deleted. */
void kit_json_set(cJSON *object, const char *name, cJSON *value);
/* Moves the rows of an array in one object to the end of the array of that name in another, which is made if it is missing. */
void kit_json_move(cJSON *from, const char *name, cJSON *to);
/* Appends a value as compact JSON. False if out->failed, which is also set if `value` is NULL. */
bool kit_json_write(const cJSON *value, struct kit_text *out);

#ifdef __cplusplus
}
#endif
#endif
