/* Evidence as JSON: members of a sample. */
#include <string.h>

#include "base/mem.h"
#include "intake/evidence.h"
#include "intake/text.h"

/* ---- writing ---- */

static void put_text(struct json_out *j, const char *key, const char *text, size_t longest)
{
    if (!*text)
        return;
    json_key(j, key);
    json_textn(j, text, utf8_cut(text, strlen(text), longest));
}

static void put_frame(struct json_out *j, const struct evidence_frame *frame, size_t longest)
{
    json_begin_object(j);
    put_text(j, "function", frame->function, longest);
    put_text(j, "file", frame->file, longest);
    if (frame->line > 0)
        json_put_int(j, "line", frame->line);
    json_end_object(j);
}

static void begin_list(struct json_out *j, const char *key)
{
    json_key(j, key);
    json_begin_array(j);
}

static void put_frames(struct json_out *j, const struct evidence *e, const struct evidence_limits *limits)
{
    if (!e->trace.n || !limits->frames)
        return;
    begin_list(j, "frames");
    for (size_t i = 0; i < e->trace.n && i < limits->frames; i++)
        put_frame(j, &e->trace.v[i], limits->longest);
    json_end_array(j);
}

static void put_causes(struct json_out *j, const struct evidence *e, const struct evidence_limits *limits)
{
    if (!e->n_causes || !limits->causes)
        return;
    begin_list(j, "causes");
    for (size_t i = 0; i < e->n_causes && i < limits->causes; i++) {
        const struct evidence_cause *cause = &e->causes[i];
        json_begin_object(j);
        put_text(j, "type", cause->type, limits->longest);
        put_text(j, "value", cause->value, limits->longest);
        if (*cause->frame.function || *cause->frame.file) {
            json_key(j, "frame");
            put_frame(j, &cause->frame, limits->longest);
        }
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_request(struct json_out *j, const struct evidence *e, size_t longest)
{
    if (!*e->url)
        return;
    json_key(j, "request");
    json_begin_object(j);
    put_text(j, "method", e->method, longest);
    put_text(j, "url", e->url, longest);
    json_end_object(j);
}

/* The latest ones. */
static void put_crumbs(struct json_out *j, const struct evidence *e, const struct evidence_limits *limits)
{
    size_t n = MIN(e->n_crumbs, limits->crumbs);
    if (!n)
        return;
    begin_list(j, "breadcrumbs");
    for (size_t i = e->n_crumbs - n; i < e->n_crumbs; i++) {
        json_begin_object(j);
        put_text(j, "at", e->crumbs[i].at, limits->longest);
        put_text(j, "category", e->crumbs[i].category, limits->longest);
        put_text(j, "message", e->crumbs[i].message, limits->longest);
        json_end_object(j);
    }
    json_end_array(j);
}

/* A link that is cut leads nowhere, so it is whole or not there. */
static void put_links(struct json_out *j, const struct evidence *e, size_t most)
{
    if (!e->n_links || !most)
        return;
    begin_list(j, "links");
    for (size_t i = 0; i < e->n_links && i < most; i++) {
        json_begin_object(j);
        json_put_text(j, "label", e->links[i].label);
        json_put_text(j, "url", e->links[i].url);
        json_end_object(j);
    }
    json_end_array(j);
}

void evidence_encode(const struct evidence *evidence, const struct evidence_limits *limits, struct json_out *j)
{
    put_frames(j, evidence, limits);
    put_causes(j, evidence, limits);
    put_request(j, evidence, limits->longest);
    put_crumbs(j, evidence, limits);
    put_links(j, evidence, limits->links);
}

/* ---- reading ---- */

static const char *copy(struct arena *arena, const cJSON *object, const char *key, size_t most)
{
    const char *text = json_text_or(object, key, "");
    return text_line(arena, arena_copy(arena, text, strlen(text)), most);
}

static const char *copy_lines(struct arena *arena, const cJSON *object, const char *key, size_t most)
{
    const char *text = json_text_or(object, key, "");
    return text_lines(arena, arena_copy(arena, text, strlen(text)), most);
}

static struct evidence_frame take_frame(const cJSON *frame, struct arena *arena)
{
    return (struct evidence_frame){copy(arena, frame, "function", EVIDENCE_NAME),
                                   copy(arena, frame, "file", EVIDENCE_NAME),
                                   MAX(json_int_or(frame, "line", 0), 0)};
}

static void take_trace(const cJSON *sample, struct arena *arena, struct evidence *e)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, json_member(sample, "frames"))
    {
        if (e->trace.n < EVIDENCE_FRAMES)
            e->trace.v[e->trace.n++] = take_frame(item, arena);
    }
    cJSON_ArrayForEach(item, json_member(sample, "causes"))
    {
        if (e->n_causes < EVIDENCE_CAUSES)
            e->causes[e->n_causes++] = (struct evidence_cause){copy(arena, item, "type", ALERT_NAME),
                                                               copy_lines(arena, item, "value", EVIDENCE_VALUE),
                                                               take_frame(json_member(item, "frame"), arena)};
    }
}

void evidence_decode(const cJSON *sample, struct arena *arena, struct evidence *ret)
{
    const cJSON *item, *request = json_member(sample, "request");
    *ret = (struct evidence){.method = copy(arena, request, "method", ALERT_NAME),
                             .url = copy(arena, request, "url", EVIDENCE_URL)};
    take_trace(sample, arena, ret);
    cJSON_ArrayForEach(item, json_member(sample, "breadcrumbs"))
    {
        if (ret->n_crumbs < EVIDENCE_CRUMBS)
            ret->crumbs[ret->n_crumbs++] = (struct evidence_crumb){
                copy(arena, item, "at", ALERT_NAME), copy(arena, item, "category", ALERT_NAME),
                copy_lines(arena, item, "message", EVIDENCE_VALUE)};
    }
    cJSON_ArrayForEach(item, json_member(sample, "links"))
    {
        evidence_link(ret, arena, copy(arena, item, "label", EVIDENCE_LABEL),
                      copy(arena, item, "url", EVIDENCE_URL));
    }
}
