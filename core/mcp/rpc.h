/*
 * rpc - JSON-RPC 2.0 as the Model Context Protocol uses it: one message at a time, no batches; an id is a text or a whole number, and
 * parameters are an object. Pure, strict, fuzzed. Any thread.
 */
#ifndef TOCSIN_MCP_RPC_H
#define TOCSIN_MCP_RPC_H

#include "base/json.h"

#define RPC_BYTES   ((size_t)256 << 10) /* of a message */
#define RPC_ID_MOST 256                 /* bytes of an id that is a text */

enum rpc_code { /* of errors, by the standard; the last by the protocol */
                RPC_PARSE = -32700,
                RPC_INVALID = -32600,
                RPC_NO_METHOD = -32601,
                RPC_PARAMETERS = -32602,
                RPC_INTERNAL = -32603,
                RPC_NO_RESOURCE = -32002,
};

enum rpc_kind {
    RPC_REQUEST,      /* wants an answer */
    RPC_NOTIFICATION, /* wants none */
    RPC_RESPONSE,     /* answers something that we asked; we ask nothing */
};

struct rpc {
    cJSON *message;
    enum rpc_kind kind;
    struct str id;       /* as JSON: "null" where there is none, or it could not be read */
    const char *method;  /* of requests and notifications; the texts are the message's */
    const cJSON *params; /* an object; NULL: none */
};

/* Reads one message. *ret is always filled in; finish it. Returns 0, or an enum rpc_code, of which err says more. */
int rpc_read(const char *bytes, size_t n, struct rpc *ret, struct error *err);
void rpc_finish(struct rpc *rpc);
#define CLEANUP_RPC CLEANUP(rpc_finish)

/* Begins an answer; what is written next is the value of "result". */
void rpc_begin(const struct rpc *rpc, struct json_out *j);
void rpc_end(struct json_out *j);
/* Writes an answer that is an error. `id`: as JSON. */
void rpc_error(const char *id, int code, const char *text, struct str *out);

#endif
