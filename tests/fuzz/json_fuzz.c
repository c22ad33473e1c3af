/* Whatever json_parse accepts can be read in one way only, and is written in a form that reads back and is stable from then on. */
#include "base/json.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static cJSON *parse(const char *bytes, size_t n)
{
    cJSON *doc = NULL;
    struct error err;
    json_parse(bytes, n, 1 << 20, JSON_DEPTH, "input", &doc, &err);
    return doc;
}

/* Checks this in a different way than json_parse does. */
static void check_one_reading(const cJSON *doc)
{
    require(!cJSON_IsNumber(doc) || doc->valuedouble - doc->valuedouble == 0);
    for (const cJSON *child = doc->child; child; child = child->next) {
        require(!cJSON_IsObject(doc) || cJSON_GetObjectItemCaseSensitive(doc, child->string) == child);
        check_one_reading(child);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP_JSON cJSON *doc = parse((const char *)data, n), *again = NULL;
    if (!doc)
        return 0;
    check_one_reading(doc);
    CLEANUP_STR struct str once = {0}, twice = {0};
    json_tree(&(struct json_out){.out = &once}, doc);
    again = parse(once.p, once.len);
    require(again);
    json_tree(&(struct json_out){.out = &twice}, again);
    require(text_equal(once.p, twice.p));
    return 0;
}
