/*
 * inside - one call of a method, as the files of this folder see it. Only they include it. Loop's thread only.
 */
#ifndef TOCSIN_MCP_INSIDE_H
#define TOCSIN_MCP_INSIDE_H

#include "command/run.h"
#include "mcp/mcp.h"
#include "mcp/rpc.h"
#include "web/token.h"

#define MCP_VERSION "2025-11-25" /* what we speak, unless the client asks for another that we know */

struct mcp {
    struct mcp_parts parts;
};

struct mcp_call { /* everything is borrowed for the call */
    const struct mcp *mcp;
    struct core *core;
    const struct token *token;
    const char *person; /* as whom it reads and acts; NULL: a tool's, which sees nothing private */
    enum access has;
    instant now;
    struct turn *turn;   /* NULL: the method needs none */
    const cJSON *params; /* NULL: none */
    int code;            /* of the last command line, as those below: what it came to */
    bool secret;
    uint64_t incident;
};

/* Writes the result, an object. 0, or an enum rpc_code, of which err says more; what was written is then dropped. */
typedef int mcp_method(struct mcp_call *call, struct json_out *j, struct error *err);

/* tools.c */
mcp_method tools_list, tools_call;
/* resources.c */
mcp_method resources_list, resources_templates, resources_read;
/* Writes the contents of one resource: an object with uri, mimeType and text. RPC_NO_RESOURCE: there is none, or not for this caller. */
int resource_put(struct mcp_call *call, const char *uri, struct json_out *j, struct error *err);
/* prompts.c */
mcp_method prompts_list, prompts_get;
/* complete.c */
mcp_method complete;

/* run.c */
struct mcp_values { /* of a command's arguments, by their names */
    ARRAY(const char *) names;
    ARRAY(char *) texts; /* owned */
};
void mcp_values_add(struct mcp_values *values, const char *name, const char *text);
void mcp_values_finish(struct mcp_values *values);
/* Runs a command line as the agent of the caller. `values`: arguments that are taken as they are, and are no part of the line; NULL: none.
   Adds what people would read as Markdown, and returns the answer's code. *ret_incident (may be NULL): the incident that it is about. */
int mcp_run(struct mcp_call *call, const char *line, const struct mcp_values *values, struct str *text,
            uint64_t *ret_incident);

#endif
