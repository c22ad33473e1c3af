/* What json_parse takes comes out of the writer in a form that reads back and is then stable. */
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP_JSON cJSON *doc = parse((const char *)data, n), *again = NULL;
    if (!doc)
        return 0;
    CLEANUP_STR struct str once = {0}, twice = {0};
    json_tree(&(struct json_out){.out = &once}, doc);
    again = parse(once.p, once.len);
    require(again);
    json_tree(&(struct json_out){.out = &twice}, again);
    require(text_equal(once.p, twice.p));
    return 0;
}
