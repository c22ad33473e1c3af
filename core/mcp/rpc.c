#include "mcp/rpc.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define ID_LARGEST 9007199254740991.0 /* beyond it, numbers are no longer exact */

static bool is_id(const cJSON *id)
{
    if (cJSON_IsString(id))
        return strlen(id->valuestring) <= RPC_ID_MOST;
    return cJSON_IsNumber(id) && trunc(id->valuedouble) == id->valuedouble &&
           fabs(id->valuedouble) <= ID_LARGEST;
}

static void keep_id(struct rpc *rpc, const cJSON *id)
{
    struct json_out j = {&rpc->id, false};
    str_clear(&rpc->id);
    if (is_id(id) && cJSON_IsNumber(id))
        json_int(&j, (int64_t)id->valuedouble);
    else if (is_id(id))
        json_text(&j, id->valuestring);
    else
        json_null(&j);
}

static int invalid(struct error *err, const char *why)
{
    error_set(err, ERR_INVALID, "%s", why);
    return RPC_INVALID;
}

static int check(struct rpc *rpc, struct error *err)
{
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(rpc->message, "id");
    const cJSON *params = cJSON_GetObjectItemCaseSensitive(rpc->message, "params");
    keep_id(rpc, id);
    if (cJSON_IsArray(rpc->message))
        return invalid(err, "Batches are no longer part of the protocol: send one message at a time.");
    if (!cJSON_IsObject(rpc->message))
        return invalid(err, "A message is a JSON object.");
    if (!text_equal(json_text_or(rpc->message, "jsonrpc", NULL), "2.0"))
        return invalid(err, "A message has \"jsonrpc\": \"2.0\".");
    if (id && !is_id(id))
        return invalid(err, "An id is a text of at most 256 bytes or a whole number.");
    rpc->method = json_text_or(rpc->message, "method", NULL);
    rpc->kind = !rpc->method ? RPC_RESPONSE : id ? RPC_REQUEST : RPC_NOTIFICATION;
    if (!rpc->method && !(id && (json_member(rpc->message, "result") || json_member(rpc->message, "error"))))
        return invalid(err, "A message has a method, which is a text.");
    if (params && !cJSON_IsObject(params))
        return invalid(err, "Parameters are a JSON object.");
    rpc->params = params;
    return 0;
}

int rpc_read(const char *bytes, size_t n, struct rpc *ret, struct error *err)
{
    *ret = (struct rpc){0};
    str_add(&ret->id, "null");
    if (json_parse(bytes, n, RPC_BYTES, JSON_DEPTH, "the message", &ret->message, err))
        return RPC_PARSE;
    return check(ret, err);
}

void rpc_finish(struct rpc *rpc)
{
    cJSON_Delete(rpc->message);
    str_finish(&rpc->id);
    *rpc = (struct rpc){0};
}

static void begin(const char *id, struct json_out *j)
{
    json_begin_object(j);
    json_put_text(j, "jsonrpc", "2.0");
    json_key(j, "id");
    json_raw(j, id);
}

void rpc_begin(const struct rpc *rpc, struct json_out *j)
{
    begin(str_text(&rpc->id), j);
    json_key(j, "result");
}

void rpc_end(struct json_out *j)
{
    json_end_object(j);
}

void rpc_error(const char *id, int code, const char *text, struct str *out)
{
    struct json_out j = {out, false};
    begin(id, &j);
    json_key(&j, "error");
    json_begin_object(&j);
    json_put_int(&j, "code", code);
    json_put_text(&j, "message", text);
    json_end_object(&j);
    json_end_object(&j);
}
