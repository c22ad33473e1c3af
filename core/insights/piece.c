#include "insights/piece.h"

#include <string.h>

#include "base/json.h"

static const char *const time_names[] = {
    [TIME_ACCEPT] = "accept", [TIME_CONTACT] = "contact", [TIME_SILENCE] = "silence",
    [TIME_FIX] = "fix",       [TIME_RESOLVE] = "resolve",
};
static const char *const name_names[] = {
    [NAME_TEAM] = "team", [NAME_SERVICE] = "service", [NAME_RULE] = "rule", [NAME_SEVERITY] = "severity"};
static const char *const list_names[] = {
    [LIST_CUSTOMERS] = "customers", [LIST_COMPONENTS] = "components", [LIST_PROBLEMS] = "problems"};

const char *piece_time_name(enum piece_time time)
{
    return time_names[time];
}

static int by_begin(const void *a, const void *b)
{
    const struct piece_span *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

void spans_join(piece_spans *spans)
{
    size_t n = 0;
    if (spans->n)
        qsort(spans->v, spans->n, sizeof(*spans->v), by_begin);
    for (size_t i = 0; i < spans->n; i++) {
        struct piece_span next = spans->v[i];
        if (n && next.from <= spans->v[n - 1].until)
            spans->v[n - 1].until = MAX(spans->v[n - 1].until, next.until);
        else
            spans->v[n++] = next;
    }
    spans->n = n;
}

void piece_finish(struct piece *piece)
{
    for (size_t i = 0; i < PIECE_NAMES; i++)
        free(piece->names[i]);
    for (size_t i = 0; i < PIECE_LISTS; i++) {
        for (size_t k = 0; k < piece->lists[i].n; k++)
            free(piece->lists[i].v[k]);
        array_free(&piece->lists[i]);
    }
    for (size_t i = 0; i < piece->people.n; i++) {
        free(piece->people.v[i].id);
        array_free(&piece->people.v[i].worked);
    }
    array_free(&piece->people);
    array_free(&piece->waited);
    *piece = (struct piece){0};
}

/* ---- written ---- */

static void put_texts(struct json_out *j, const char *name, const piece_texts *texts)
{
    if (texts->n)
        json_put_texts(j, name, texts->v, texts->n);
}

static void put_person(struct json_out *j, const struct piece_person *person)
{
    json_begin_object(j);
    json_put_text(j, "id", person->id);
    json_put_int(j, "pages", person->pages);
    json_put_int(j, "nights", person->nights);
    json_put_int(j, "weekends", person->weekends);
    json_key(j, "worked");
    json_begin_array(j);
    for (size_t i = 0; i < person->worked.n; i++) {
        json_int(j, person->worked.v[i].from);
        json_int(j, person->worked.v[i].until);
    }
    json_end_array(j);
    json_end_object(j);
}

static void put_end(struct json_out *j, const struct piece *piece)
{
    json_put_int(j, "ended", piece->ended);
    for (size_t i = 0; i < PIECE_TIMES; i++) {
        if (piece->times[i] >= 0)
            json_put_int(j, time_names[i], piece->times[i]);
    }
    json_key(j, "waited");
    json_begin_array(j);
    for (size_t i = 0; i < piece->waited.n; i++)
        json_int(j, piece->waited.v[i]);
    json_end_array(j);
}

void piece_encode(const struct piece *piece, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_text(&j, "outcome", status_name(piece->outcome));
    json_put_bool(&j, "private", piece->private);
    json_put_bool(&j, "drill", piece->drill);
    json_put_int(&j, "active", piece->active);
    for (size_t i = 0; i < PIECE_NAMES; i++)
        json_put_text_if(&j, name_names[i], piece->names[i]);
    for (size_t i = 0; i < PIECE_LISTS; i++)
        put_texts(&j, list_names[i], &piece->lists[i]);
    json_key(&j, "people");
    json_begin_array(&j);
    for (size_t i = 0; i < piece->people.n; i++)
        put_person(&j, &piece->people.v[i]);
    json_end_array(&j);
    if (piece->ends)
        put_end(&j, piece);
    json_end_object(&j);
}

/* ---- read ---- */

static void read_person(const cJSON *json, struct piece *piece)
{
    struct piece_person *person = array_add(&piece->people);
    const cJSON *from = json_member(json, "worked");
    person->id = xstrdup(json_text_or(json, "id", ""));
    person->pages = json_int_or(json, "pages", 0);
    person->nights = json_int_or(json, "nights", 0);
    person->weekends = json_int_or(json, "weekends", 0);
    for (from = from ? from->child : NULL; from && from->next; from = from->next->next)
        *array_add(&person->worked) =
            (struct piece_span){(instant)from->valuedouble, (instant)from->next->valuedouble};
}

static void read_lists(const cJSON *json, struct piece *piece)
{
    const cJSON *row;
    for (size_t i = 0; i < PIECE_LISTS; i++) {
        cJSON_ArrayForEach(row, json_member(json, list_names[i]))
        {
            if (cJSON_IsString(row))
                *array_add(&piece->lists[i]) = xstrdup(row->valuestring);
        }
    }
}

static void read_end(const cJSON *json, struct piece *piece)
{
    const cJSON *row;
    piece->ended = json_int_or(json, "ended", 0);
    piece->ends = piece->ended != 0;
    for (size_t i = 0; i < PIECE_TIMES; i++)
        piece->times[i] = json_int_or(json, time_names[i], -1);
    cJSON_ArrayForEach(row, json_member(json, "waited")) * array_add(&piece->waited) =
        (duration)row->valuedouble;
}

bool piece_decode(const char *body, struct piece *ret)
{
    CLEANUP_JSON cJSON *json = NULL;
    const cJSON *row;
    *ret = (struct piece){0};
    if (json_parse(body, strlen(body), SIZE_MAX, JSON_DEPTH, "insight", &json, NULL))
        return false;
    ret->outcome = status_parse(json_text_or(json, "outcome", ""));
    ret->private = json_bool_or(json, "private", false);
    ret->drill = json_bool_or(json, "drill", false);
    ret->active = json_int_or(json, "active", 0);
    for (size_t i = 0; i < PIECE_NAMES; i++)
        ret->names[i] = xstrdup(json_text_or(json, name_names[i], NULL));
    read_lists(json, ret);
    cJSON_ArrayForEach(row, json_member(json, "people")) read_person(row, ret);
    read_end(json, ret);
    return true;
}
