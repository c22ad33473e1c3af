/* Files to documents: JSON, one document or several one after another, and YAML. */
#include <string.h>
#include <yaml.h>

#include "base/json_check.h"
#include "moving/reading.h"
#include "moving/sources.h"

static size_t lines_before(const char *bytes, const char *at)
{
    size_t lines = 1;
    for (const char *p = bytes; p < at; p++)
        lines += *p == '\n';
    return lines;
}

/* ---- JSON ---- */

/* The end of the object or list that begins at p; `end` where it does not end. */
static const char *end_of(const char *p, const char *end)
{
    int depth = 0;
    bool in_string = false;
    for (; p < end; p++) {
        if (in_string) {
            in_string = *p != '"';
            p += *p == '\\';
        } else if (*p == '"') {
            in_string = true;
        } else if (*p == '{' || *p == '[') {
            depth++;
        } else if ((*p == '}' || *p == ']') && --depth <= 0) {
            return p + 1;
        }
    }
    return end;
}

static const char *skip_space(const char *p, const char *end)
{
    while (p < end && *p && strchr(" \t\r\n", *p))
        p++;
    return p;
}

static int add_json(struct moving *m, const char *file, const char *bytes, const char *end, struct error *err)
{
    const char *counted = bytes;
    size_t line = 1;
    for (const char *p = skip_space(bytes, end); p < end; p = skip_space(p, end)) {
        const char *after = end_of(p, end);
        cJSON *json = NULL;
        line += lines_before(counted, p) - 1;
        counted = p;
        CLEANUP_FREE char *what = xasprintf("%s, from line %zu", file, line);
        if (*p != '{' && *p != '[')
            return error_set(err, ERR_INVALID,
                             "%s:%zu: this is not JSON%s; save the answer of the tool's API as it is", file,
                             line, m->source->yaml ? " or YAML" : "");
        int rc = json_parse(p, (size_t)(after - p), MOVING_BYTES, JSON_DEPTH, what, &json, err);
        if (rc)
            return rc;
        *array_add(&m->documents) = (struct moving_document){file, line, json};
        p = after;
    }
    return 0;
}

/* ---- YAML ---- */

struct yaml {
    yaml_parser_t parser;
    const char *file;
    struct error *err;
};

static int next_event(struct yaml *y, yaml_event_t *event)
{
    if (yaml_parser_parse(&y->parser, event))
        return 0;
    return error_set(y->err, ERR_INVALID, "%s:%zu: invalid YAML: %s", y->file, y->parser.problem_mark.line + 1,
                     y->parser.problem ? y->parser.problem : "it cannot be read");
}

static int refuse_event(const struct yaml *y, const yaml_event_t *event, const char *why)
{
    return error_set(y->err, ERR_INVALID, "%s:%zu: %s", y->file, event->start_mark.line + 1, why);
}

static int read_node(struct yaml *y, yaml_event_t *event, int depth, cJSON **ret);

static int read_scalar(struct yaml *y, const yaml_event_t *event, cJSON **ret)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    const char *value = (const char *)event->data.scalar.value;
    bool null = false;
    if (memchr(value, '\0', event->data.scalar.length))
        return refuse_event(y, event, "a text has a NUL in it");
    for (size_t i = 0; i < ARRAY_SIZE(nulls); i++)
        null = null || strcmp(value, nulls[i]) == 0;
    null = null && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    *ret = null ? cJSON_CreateNull() : cJSON_CreateString(value);
    return 0;
}

/* The members of a list (`end` YAML_SEQUENCE_END_EVENT) or a mapping. */
static int read_members(struct yaml *y, cJSON *into, yaml_event_type_t end, int depth)
{
    int rc = 0;
    for (bool more = true; more && !rc;) {
        yaml_event_t event;
        CLEANUP_JSON cJSON *key = NULL, *value = NULL;
        if ((rc = next_event(y, &event)))
            break;
        more = event.type != end;
        if (more && end == YAML_MAPPING_END_EVENT) {
            rc = event.type == YAML_SCALAR_EVENT ? read_scalar(y, &event, &key)
                                                 : refuse_event(y, &event, "a key must be a plain text");
            yaml_event_delete(&event);
            rc = rc ? rc : next_event(y, &event);
        }
        if (more && !rc)
            rc = read_node(y, &event, depth, &value);
        if (more && !rc && end == YAML_MAPPING_END_EVENT)
            cJSON_AddItemToObject(into, key && key->valuestring ? key->valuestring : "null", steal(value));
        else if (more && !rc)
            cJSON_AddItemToArray(into, steal(value));
        yaml_event_delete(&event);
    }
    return rc;
}

static int read_node(struct yaml *y, yaml_event_t *event, int depth, cJSON **ret)
{
    bool list = event->type == YAML_SEQUENCE_START_EVENT;
    if (event->type == YAML_SCALAR_EVENT)
        return read_scalar(y, event, ret);
    if (event->type == YAML_ALIAS_EVENT)
        return refuse_event(y, event, "aliases are not read; write out what it stands for");
    if (!list && event->type != YAML_MAPPING_START_EVENT)
        return refuse_event(y, event, "invalid YAML");
    if (depth >= JSON_DEPTH)
        return refuse_event(y, event, "nested too deeply");
    *ret = list ? cJSON_CreateArray() : cJSON_CreateObject();
    return read_members(y, *ret, list ? YAML_SEQUENCE_END_EVENT : YAML_MAPPING_END_EVENT, depth + 1);
}

static int read_document(struct yaml *y, struct moving *m, size_t line)
{
    yaml_event_t event;
    CLEANUP_JSON cJSON *json = NULL;
    int rc = next_event(y, &event);
    if (rc)
        return rc;
    rc = read_node(y, &event, 0, &json);
    yaml_event_delete(&event);
    if (!rc && !cJSON_IsObject(json) && !cJSON_IsArray(json))
        rc = error_set(y->err, ERR_INVALID, "%s:%zu: this is not a configuration; it must be a mapping",
                       y->file, line);
    rc = rc ? rc : json_check_tree(json, y->file, y->err);
    if (!rc)
        *array_add(&m->documents) = (struct moving_document){y->file, line, steal(json)};
    return rc;
}

static int add_yaml(struct moving *m, const char *file, const char *bytes, size_t n, struct error *err)
{
    struct yaml y = {.file = file, .err = err};
    int rc = 0;
    if (!yaml_parser_initialize(&y.parser))
        return error_set(err, ERR_IO, "%s: no memory to read it", file);
    yaml_parser_set_encoding(&y.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&y.parser, (const unsigned char *)bytes, n);
    for (bool more = true; more && !rc;) {
        yaml_event_t event;
        if ((rc = next_event(&y, &event)))
            break;
        more = event.type != YAML_STREAM_END_EVENT;
        size_t line = event.start_mark.line + 1;
        if (event.type == YAML_DOCUMENT_START_EVENT)
            rc = read_document(&y, m, line);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&y.parser);
    return rc;
}

/* ---- Markdown ---- */

/* YAML between two lines of three hyphens, then the text. What cannot be read is noted: the other files are. */
static int add_page(struct moving *m, const char *file, const char *bytes)
{
    const char *end = strncmp(bytes, "---", 3) == 0 ? strstr(bytes + 3, "\n---") : NULL;
    size_t before = m->documents.n;
    struct error err = {0};
    if (!end) {
        unsaid(m, "it does not begin with YAML between two lines of ---", "%s", file);
        return 0;
    }
    if (add_yaml(m, file, bytes, (size_t)(end - bytes) + 1, &err) || m->documents.n != before + 1) {
        unsaid(m, keepf(m, "%s", err.text), "%s", file);
        return 0;
    }
    const char *content = strchr(end + 1, '\n');
    cJSON_AddStringToObject(m->documents.v[before].json, "content", content ? content + 1 : "");
    return 0;
}

static bool ends_in(const char *file, const char *ending)
{
    size_t n = strlen(file), k = strlen(ending);
    return n >= k && strcmp(file + n - k, ending) == 0;
}

/* ---- files ---- */

/* Is it YAML, and so another tool's? */
static int refuse_yaml(struct moving *m, const char *file, const char *bytes, size_t n, struct error *err)
{
    struct error none;
    return add_yaml(m, file, bytes, n, &none) ? 0 : moving_recognise(m, err);
}

int moving_add_file(struct moving *m, const char *file, const char *bytes, size_t n, struct error *err)
{
    static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, as some programs write it */
    const char *end = bytes + n, *name = keep(m, xstrdup(file));
    if (n >= 3 && memcmp(bytes, mark, 3) == 0)
        bytes += 3;
    if (n > MOVING_BYTES)
        return error_set(err, ERR_TOO_BIG, "%s has more than %zu MB; give it in parts", file,
                         MOVING_BYTES >> 20);
    if (!utf8_valid(bytes, (size_t)(end - bytes)) || memchr(bytes, '\0', (size_t)(end - bytes)))
        return error_set(err, ERR_INVALID, "%s is not UTF-8 text", file);
    const char *first = skip_space(bytes, end);
    if (first == end)
        return error_set(err, ERR_INVALID, "%s is empty", file);
    CLEANUP_FREE char *text = m->source->pages ? xstrndup(bytes, (size_t)(end - bytes)) : NULL;
    if (text && ends_in(file, ".md"))
        return add_page(m, name, text);
    if (text && ends_in(file, ".toml"))
        return unsaid(m, "TOML is not read: write it as YAML", "%s", file), 0;
    bool json = *first == '{' || *first == '[';
    if (!json && m->source->yaml)
        return add_yaml(m, name, bytes, (size_t)(end - bytes), err);
    int rc = json ? 0 : refuse_yaml(m, name, bytes, (size_t)(end - bytes), err);
    return rc ? rc : add_json(m, name, bytes, end, err);
}
