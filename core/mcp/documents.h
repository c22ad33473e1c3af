/*
 * documents - pages of docs/ that agents can read, compiled in as bytes by the build.
 */
#ifndef TOCSIN_MCP_DOCUMENTS_H
#define TOCSIN_MCP_DOCUMENTS_H

struct mcp_document {
    const char *name, *text; /* "policy.md" */
};
extern const struct mcp_document mcp_documents[]; /* the last one has no name */

#endif
