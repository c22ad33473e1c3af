/* A message of an agent: whatever comes, it is read in one way or refused with a code and a reason, and its answer is JSON with its id. */
#include <string.h>

#include "base/mem.h"
#include "mcp/rpc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_answer(const struct str *answer, const char *id, const char *member)
{
    CLEANUP_JSON cJSON *doc = NULL;
    CLEANUP_STR struct str said = {0};
    require(json_parse(answer->p, answer->len, SIZE_MAX, JSON_DEPTH + 2, "answer", &doc, NULL) == 0);
    require(!strchr(answer->p, '\n')); /* a line of its own, over standard output */
    require(text_equal(json_text_or(doc, "jsonrpc", NULL), "2.0"));
    require(json_member(doc, member) != NULL);
    const cJSON *back = cJSON_GetObjectItemCaseSensitive(doc, "id");
    require(back != NULL);
    if (!cJSON_IsNumber(back)) {
        json_tree(&(struct json_out){&said, false}, back);
        require(text_equal(said.p, id));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct error err = {0};
    CLEANUP_RPC struct rpc rpc;
    CLEANUP_STR struct str answer = {0};
    int rc = rpc_read((const char *)data, n, &rpc, &err);
    if (rc) {
        require(rc == RPC_PARSE || rc == RPC_INVALID);
        require(err.code < 0 && *err.text);
        rpc_error(str_text(&rpc.id), rc, err.text, &answer);
        check_answer(&answer, str_text(&rpc.id), "error");
        return 0;
    }
    require((rpc.kind == RPC_RESPONSE) == (rpc.method == NULL));
    require((rpc.kind == RPC_NOTIFICATION) == (strcmp(str_text(&rpc.id), "null") == 0));
    require(!rpc.params || cJSON_IsObject(rpc.params));
    struct json_out j = {&answer, false};
    rpc_begin(&rpc, &j);
    json_begin_object(&j);
    json_end_object(&j);
    rpc_end(&j);
    check_answer(&answer, str_text(&rpc.id), "result");
    return 0;
}
