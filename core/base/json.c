#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json_check.h"
#include "base/mem.h"

#define EXACT            (INT64_C(1) << 53) /* a double holds every whole number up to this one */
#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* Sets the high bit of each byte that is zero; a borrow may set further bits, but only above a real one. */
static uint64_t has_zero(uint64_t word)
{
    return (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80);
}

/* Sets the high bit of each byte below 0x20; as exact as has_zero. */
static uint64_t has_control(uint64_t word)
{
    return (word - EACH_BYTE(0x20)) & ~word & EACH_BYTE(0x80);
}

/* Eight bytes, or the last few padded with spaces. */
static uint64_t load(const char *bytes, size_t n)
{
    uint64_t word = EACH_BYTE(' ');
    if (n >= 8)
        memcpy(&word, bytes, 8);
    else
        memcpy(&word, bytes, n);
    return word;
}

/*
 * Eight bytes at a time: true if there is no control character, and too few brackets, in strings or not, to nest too
 * deeply. This holds for nearly everything that machines send; check_shape looks at the rest.
 */
static bool is_surely_fine(const char *bytes, size_t n, int max_depth)
{
    uint64_t control = 0, brackets = 0;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t word = load(bytes + i, n - i);
        control |= has_control(word);
        brackets += ((has_zero((word | EACH_BYTE(0x20)) ^ EACH_BYTE('{')) >> 7) * EACH_BYTE(1)) >> 56;
    }
    return control == 0 && brackets <= (uint64_t)max_depth;
}

/* Finds what cJSON accepts: deep nesting, and raw control characters (a NUL would cut a string short). */
static int check_shape(const char *bytes, size_t n, int max_depth, const char *what, struct error *err)
{
    bool in_string = false;
    int depth = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (in_string) {
            if (c < 0x20)
                return error_set(err, ERR_INVALID, "%s: a control character in a string, at byte %zu", what, i);
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c < 0x20 && !strchr("\t\n\r", c)) {
            return error_set(err, ERR_INVALID, "%s: a control character, at byte %zu", what, i);
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > max_depth)
                return error_set(err, ERR_INVALID, "%s: nested more than %d levels deep", what, max_depth);
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return 0;
}

static bool only_space(const char *p, const char *end)
{
    while (p < end && *p && strchr(" \t\r\n", *p))
        p++;
    return p == end;
}

int json_parse(const char *bytes, size_t n, size_t max_bytes, int max_depth, const char *what, cJSON **ret,
               struct error *err)
{
    if (n > max_bytes)
        return error_set(err, ERR_TOO_BIG, "%s: %zu bytes is too large; the limit is %zu", what, n, max_bytes);
    if (!utf8_valid(bytes, n))
        return error_set(err, ERR_INVALID, "%s: not UTF-8", what);
    int r = is_surely_fine(bytes, n, max_depth) ? 0 : check_shape(bytes, n, max_depth, what, err);
    if (r < 0)
        return r;
    const char *end = bytes, *nul = json_find_nul(bytes, n);
    if (nul)
        return error_set(err, ERR_INVALID, "%s: a NUL in a string, at byte %zu", what, (size_t)(nul - bytes));
    cJSON *doc = cJSON_ParseWithLengthOpts(bytes, n, &end, false);
    if (!doc || !only_space(end, bytes + n)) {
        cJSON_Delete(doc);
        return error_set(err, ERR_INVALID, "%s: invalid JSON at byte %zu of %zu", what, (size_t)(end - bytes),
                         n);
    }
    r = json_check_tree(doc, what, err);
    if (r < 0)
        cJSON_Delete(doc);
    else
        *ret = doc;
    return r;
}

void cleanup_json(cJSON **doc)
{
    cJSON_Delete(*doc);
}

const cJSON *json_member(const cJSON *object, const char *key)
{
    const cJSON *member = cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
    return cJSON_IsNull(member) ? NULL : member;
}

const char *json_text_or(const cJSON *object, const char *key, const char *fallback)
{
    const cJSON *member = json_member(object, key);
    return cJSON_IsString(member) ? member->valuestring : fallback;
}

static bool is_int(const cJSON *item)
{
    return cJSON_IsNumber(item) && fabs(item->valuedouble) <= (double)EXACT &&
           item->valuedouble == trunc(item->valuedouble);
}

int64_t json_int_or(const cJSON *object, const char *key, int64_t fallback)
{
    const cJSON *member = json_member(object, key);
    return is_int(member) ? (int64_t)member->valuedouble : fallback;
}

double json_number_or(const cJSON *object, const char *key, double fallback)
{
    const cJSON *member = json_member(object, key);
    return cJSON_IsNumber(member) ? member->valuedouble : fallback;
}

bool json_bool_or(const cJSON *object, const char *key, bool fallback)
{
    const cJSON *member = json_member(object, key);
    return cJSON_IsBool(member) ? cJSON_IsTrue(member) : fallback;
}

static int not_found(const cJSON *member, const char *key, const char *wanted, struct error *err)
{
    return error_set(err, ERR_INVALID, member ? "'%s' must be %s" : "'%s' is missing (%s)", key, wanted);
}

int json_need_text(const cJSON *object, const char *key, const char **ret, struct error *err)
{
    const cJSON *member = json_member(object, key);
    if (!cJSON_IsString(member))
        return not_found(member, key, "text", err);
    *ret = member->valuestring;
    return 0;
}

int json_need_int(const cJSON *object, const char *key, int64_t *ret, struct error *err)
{
    const cJSON *member = json_member(object, key);
    if (!is_int(member))
        return not_found(member, key, "a whole number", err);
    *ret = (int64_t)member->valuedouble;
    return 0;
}

static void begin_value(struct json_out *j)
{
    if (j->comma)
        str_addc(j->out, ',');
    j->comma = true;
}

static void begin(struct json_out *j, char bracket)
{
    begin_value(j);
    str_addc(j->out, bracket);
    j->comma = false;
}

static void end(struct json_out *j, char bracket)
{
    str_addc(j->out, bracket);
    j->comma = true;
}

void json_begin_object(struct json_out *j)
{
    begin(j, '{');
}

void json_end_object(struct json_out *j)
{
    end(j, '}');
}

void json_begin_array(struct json_out *j)
{
    begin(j, '[');
}

void json_end_array(struct json_out *j)
{
    end(j, ']');
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

/* How many bytes at the start need no escaping. */
static size_t plain_run(const char *text, size_t n)
{
    size_t i = 0;
    for (uint64_t word; i + 8 <= n; i += 8) {
        memcpy(&word, text + i, 8);
        if (has_control(word) | has_zero(word ^ EACH_BYTE('"')) | has_zero(word ^ EACH_BYTE('\\')))
            break;
    }
    while (i < n && is_plain((unsigned char)text[i]))
        i++;
    return i;
}

static void add_escape(struct str *out, unsigned char c)
{
    static const char letters[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    char letter = c >= 0x20 ? (char)c : letters[c];
    if (letter)
        str_addn(out, (char[]){'\\', letter}, 2);
    else
        str_addf(out, "\\u%04x", c);
}

static void add_quoted(struct str *out, const char *text, size_t n)
{
    size_t run = plain_run(text, n);
    str_reserve(out, n + 2);
    out->p[out->len] = '"';
    memcpy(out->p + out->len + 1, text, run);
    out->len += run + 1;
    for (size_t i = run; i < n; i += run) {
        add_escape(out, (unsigned char)text[i++]);
        run = plain_run(text + i, n - i);
        str_addn(out, text + i, run);
    }
    str_addc(out, '"');
}

void json_key(struct json_out *j, const char *key)
{
    begin_value(j);
    add_quoted(j->out, key, strlen(key));
    str_addc(j->out, ':');
    j->comma = false;
}

void json_text(struct json_out *j, const char *text)
{
    if (text)
        json_textn(j, text, strlen(text));
    else
        json_null(j);
}

void json_textn(struct json_out *j, const char *text, size_t n)
{
    begin_value(j);
    add_quoted(j->out, text, n);
}

void json_int(struct json_out *j, int64_t value)
{
    char digits[24], *at = digits + sizeof(digits);
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    begin_value(j);
    str_addn(j->out, at, (size_t)(digits + sizeof(digits) - at));
}

void json_number(struct json_out *j, double value)
{
    if (!isfinite(value)) {
        json_null(j);
        return;
    }
    if (value == trunc(value) && fabs(value) <= (double)EXACT) {
        json_int(j, (int64_t)value);
        return;
    }
    char text[32];
    for (int places = 15; places <= 17; places++) {
        snprintf(text, sizeof(text), "%.*g", places, value);
        if (strtod(text, NULL) == value)
            break;
    }
    json_raw(j, text);
}

void json_bool(struct json_out *j, bool value)
{
    json_raw(j, value ? "true" : "false");
}

void json_null(struct json_out *j)
{
    json_raw(j, "null");
}

void json_raw(struct json_out *j, const char *json)
{
    begin_value(j);
    str_add(j->out, json);
}

void json_put_text(struct json_out *j, const char *key, const char *text)
{
    json_key(j, key);
    json_text(j, text);
}

void json_put_text_if(struct json_out *j, const char *key, const char *text)
{
    if (text)
        json_put_text(j, key, text);
}

void json_put_raw_if(struct json_out *j, const char *key, const char *json)
{
    if (!json)
        return;
    json_key(j, key);
    json_raw(j, json);
}

void json_put_int(struct json_out *j, const char *key, int64_t value)
{
    json_key(j, key);
    json_int(j, value);
}

void json_put_bool(struct json_out *j, const char *key, bool value)
{
    json_key(j, key);
    json_bool(j, value);
}

void json_put_texts(struct json_out *j, const char *key, char *const *texts, size_t n)
{
    json_key(j, key);
    json_begin_array(j);
    for (size_t i = 0; i < n; i++)
        json_text(j, texts[i]);
    json_end_array(j);
}

static void children(struct json_out *j, const cJSON *parent)
{
    for (const cJSON *child = parent->child; child; child = child->next) {
        if (cJSON_IsObject(parent))
            json_key(j, child->string);
        json_tree(j, child);
    }
}

void json_tree(struct json_out *j, const cJSON *tree)
{
    if (cJSON_IsObject(tree) || cJSON_IsArray(tree)) {
        begin(j, cJSON_IsObject(tree) ? '{' : '[');
        children(j, tree);
        end(j, cJSON_IsObject(tree) ? '}' : ']');
    } else if (cJSON_IsString(tree)) {
        json_text(j, tree->valuestring);
    } else if (cJSON_IsNumber(tree)) {
        json_number(j, tree->valuedouble);
    } else if (cJSON_IsBool(tree)) {
        json_bool(j, cJSON_IsTrue(tree));
    } else if (cJSON_IsRaw(tree)) {
        json_raw(j, tree->valuestring);
    } else {
        json_null(j);
    }
}
