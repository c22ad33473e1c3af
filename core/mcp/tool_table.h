/*
 * tool_table - the tools of agents as data: each is a command, whose arguments are the tool's by other names. What a tool may change, and
 * who may use it, follows from the command's row.
 */
#ifndef TOCSIN_MCP_TOOL_TABLE_H
#define TOCSIN_MCP_TOOL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum property_kind {
    PROPERTY_NONE, /* ends a tool's properties */
    PROPERTY_TEXT,
    PROPERTY_INCIDENT, /* "INC-42", which goes before the command */
    PROPERTY_SEVERITY, /* a word of the policy */
    PROPERTY_NUMBER,
    PROPERTY_SWITCH,
    PROPERTY_LINE, /* a whole command line */
};

#define TOOL_PROPERTIES 6

struct tool {
    const char *name, *title, *help;
    const char *command; /* its name in the command table; NULL: the line says it */
    bool overwrites;     /* it can take away what was there before */
    struct tool_property {
        const char *name;
        enum property_kind kind;
        const char *argument; /* of the command, or an option of declare; NULL: none */
        bool required;
        const char *help;
    } properties[TOOL_PROPERTIES];
};

extern const struct tool mcp_tools[];
extern const size_t mcp_tool_count;

#endif
