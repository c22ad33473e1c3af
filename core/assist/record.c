#include "assist/record.h"

#include <string.h>

#include "base/json.h"

static const char *const states[ASSIST_STATES] = {"asked", "failed", "proposed", "accepted"};

void assist_record_finish(struct assist_record *record)
{
    free(record->person);
    free(record->model);
    free(record->host);
    free(record->where);
    free(record->text);
    wire_facts_finish(&record->facts);
    *record = (struct assist_record){0};
}

void assist_record_encode(const struct assist_record *record, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_text(&j, "kind", record->kind->name);
    json_put_int(&j, "number", (int64_t)record->number);
    json_put_int(&j, "at", record->at);
    json_put_text(&j, "state", states[record->state]);
    json_put_text(&j, "person", record->person);
    json_put_text(&j, "model", record->model);
    json_put_text(&j, "host", record->host);
    json_put_text_if(&j, "where", record->where);
    json_put_text_if(&j, "text", record->text);
    json_put_int(&j, "bytes", record->bytes);
    json_put_int(&j, "tokens", record->tokens);
    json_key(&j, "facts");
    json_begin_array(&j);
    for (size_t i = 0; i < record->facts.n; i++) {
        json_begin_object(&j);
        json_put_text(&j, "field", assist_field_name(record->facts.v[i].field));
        json_put_int(&j, "ref", (int64_t)record->facts.v[i].ref);
        json_put_text(&j, "text", record->facts.v[i].text);
        json_end_object(&j);
    }
    json_end_array(&j);
    json_end_object(&j);
}

static size_t find(const char *const *names, size_t n, const char *name)
{
    size_t i = 0;
    while (i < n && !text_equal(names[i], name))
        i++;
    return i;
}

static int read_facts(const cJSON *rows, wire_facts *ret)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, rows)
    {
        int field = 0;
        while (field < ASSIST_FIELDS &&
               !text_equal(assist_field_name((enum assist_field)field), json_text_or(row, "field", NULL)))
            field++;
        if (field == ASSIST_FIELDS)
            return -1;
        *array_add(ret) = (struct wire_fact){(enum assist_field)field, (uint64_t)json_int_or(row, "ref", 0),
                                             xstrdup(json_text_or(row, "text", ""))};
    }
    return 0;
}

int assist_record_decode(const char *json, struct assist_record *ret, struct error *err)
{
    CLEANUP_JSON cJSON *doc = NULL;
    struct assist_record record = {0};
    int rc = json_parse(json, strlen(json), SIZE_MAX, JSON_DEPTH, "proposal", &doc, err);
    if (rc)
        return rc;
    size_t state = find(states, ASSIST_STATES, json_text_or(doc, "state", NULL));
    record.kind = assist_kind_find(json_text_or(doc, "kind", NULL));
    if (!record.kind || state == ASSIST_STATES || read_facts(json_member(doc, "facts"), &record.facts)) {
        assist_record_finish(&record);
        return error_set(err, ERR_CORRUPT, "this is not what was asked of a model");
    }
    record.state = (enum assist_state)state;
    record.number = (uint64_t)json_int_or(doc, "number", 0);
    record.at = json_int_or(doc, "at", 0);
    record.person = xstrdup(json_text_or(doc, "person", ""));
    record.model = xstrdup(json_text_or(doc, "model", ""));
    record.host = xstrdup(json_text_or(doc, "host", ""));
    record.where = xstrdup(json_text_or(doc, "where", NULL));
    record.text = xstrdup(json_text_or(doc, "text", NULL));
    record.bytes = json_int_or(doc, "bytes", 0);
    record.tokens = json_int_or(doc, "tokens", 0);
    *ret = record;
    return 0;
}
