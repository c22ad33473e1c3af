/*
 * mcp - the server of the Model Context Protocol at /mcp (Streamable HTTP), by which agents read and act for a person.
 *
 * Every message is a POST with a token, and is answered at once as JSON: there are no sessions and no streams, so nothing has to be kept
 * of an agent. Whoever comes here is an agent (access/agents.h), whatever their token is: it sees what the token's person may see, and
 * what it changes are command lines, whose events say which agent did it. Texts from outside come within marks that say so (frame.h).
 *
 *     mcp.c         the transport, and the table of methods
 *     tools.c       tools: each is a command; tool_table.c has them
 *     resources.c   resources: incidents, their timelines, services, rules, documents
 *     prompts.c     prompts
 *     complete.c    completion of their arguments
 *
 * Loop's thread only. It knows nothing of how a command works.
 */
#ifndef TOCSIN_MCP_MCP_H
#define TOCSIN_MCP_MCP_H

#include "turn/core.h"
#include "web/server.h"

struct mcp_parts { /* the caller owns them all */
    struct server *server;
    struct core *core;
    instant (*clock)(void);
    const char *public_url; /* NULL: none */
    const char *name;       /* of this installation */
};

struct mcp;
/* Adds its route to the server. */
struct mcp *mcp_create(const struct mcp_parts *parts);
void mcp_destroy(struct mcp *mcp); /* after server_destroy; NULL is fine */

#endif
