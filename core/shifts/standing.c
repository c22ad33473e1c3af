/* Who is on call in each rotation, as it was last seen: in memory, and a document each. */
#include <string.h>

#include "base/json.h"
#include "shifts/inside.h"

struct shifts *shifts_of(const struct core *core)
{
    return part_state(core, "shifts");
}

static void clear_people(struct standing *standing)
{
    for (size_t i = 0; i < standing->on.n; i++)
        free(standing->on.v[i]);
    array_free(&standing->on);
}

static void standing_finish(struct standing *standing)
{
    clear_people(standing);
    array_free(&standing->pages);
    free(standing->rotation);
}

void standings_finish(struct shifts *shifts)
{
    for (size_t i = 0; i < shifts->all.n; i++)
        standing_finish(&shifts->all.v[i]);
    array_free(&shifts->all);
    shifts->next = 0;
}

/* ---- kept ---- */

static void put_pages(const struct standing *standing, struct json_out *j)
{
    json_key(j, "pages");
    json_begin_array(j);
    for (size_t i = 0; i < standing->pages.n; i++) {
        json_begin_object(j);
        json_put_int(j, "incident", (int64_t)standing->pages.v[i].incident);
        json_put_int(j, "at", standing->pages.v[i].at);
        json_end_object(j);
    }
    json_end_array(j);
}

void standing_keep(struct turn *turn, const struct standing *standing)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_texts(&j, "on", standing->on.v, standing->on.n);
    json_put_int(&j, "since", standing->since);
    json_put_int(&j, "paged", standing->paged);
    put_pages(standing, &j);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_SHIFT, standing->rotation, body.p);
}

static bool load_standing(void *ctx, const struct journal_doc *doc)
{
    struct shifts *shifts = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    const cJSON *row;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "shift", &json, NULL))
        return true;
    struct standing standing = {.rotation = xstrdup(doc->key),
                                .since = json_int_or(json, "since", 0),
                                .paged = json_int_or(json, "paged", 0)};
    cJSON_ArrayForEach(row, json_member(json, "on")) * array_add(&standing.on) =
        xstrdup(cJSON_IsString(row) ? row->valuestring : "");
    cJSON_ArrayForEach(row, json_member(json, "pages")) * array_add(&standing.pages) =
        (struct shift_page){(uint64_t)json_int_or(row, "incident", 0), json_int_or(row, "at", 0)};
    standing.checked = standing.since;
    *array_add(&shifts->all) = standing;
    return true;
}

int standings_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_SHIFT}, load_standing,
                        shifts_of(core), err);
}

/* ---- changed ---- */

struct standing *standing_find(struct shifts *shifts, const char *rotation)
{
    for (size_t i = 0; i < shifts->all.n; i++) {
        if (text_equal_nocase(shifts->all.v[i].rotation, rotation))
            return &shifts->all.v[i];
    }
    return NULL;
}

void standing_set(struct turn *turn, struct standing *standing, const struct on_call *on, instant since)
{
    clear_people(standing);
    for (size_t i = 0; i < on->n; i++)
        *array_add(&standing->on) = xstrdup(on->people[i]);
    standing->since = standing->checked = since;
    standing->paged = 0;
    array_free(&standing->pages);
    standing_keep(turn, standing);
}

struct standing *standing_add(struct turn *turn, const char *rotation, const struct on_call *on, instant since)
{
    struct standing *standing = array_add(&shifts_of(turn_core(turn))->all);
    *standing = (struct standing){.rotation = xstrdup(rotation)};
    standing_set(turn, standing, on, since);
    return standing;
}

void standing_drop(struct turn *turn, struct standing *standing)
{
    struct shifts *shifts = shifts_of(turn_core(turn));
    batch_doc(turn_batch(turn), DOC_SHIFT, standing->rotation, NULL);
    standing_finish(standing);
    array_remove(&shifts->all, (size_t)(standing - shifts->all.v));
}

struct on_call standing_on(const struct standing *standing)
{
    struct on_call on = {.n = MIN(standing->on.n, (size_t)AT_ONCE_MOST)};
    for (size_t i = 0; i < on.n; i++)
        on.people[i] = standing->on.v[i];
    return on;
}
