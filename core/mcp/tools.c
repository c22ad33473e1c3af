/* Tools: what is said of each, and how one is called. A refusal is a result that says so, which the agent reads and can mend. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/markup.h"
#include "command/parse.h"
#include "mcp/frame.h"
#include "mcp/inside.h"
#include "mcp/tool_table.h"

static const struct command_row *row_of(const struct tool *tool)
{
    return tool->command ? command_find(tool->command, NULL) : NULL;
}

static bool reads_only(const struct tool *tool)
{
    const struct command_row *row = row_of(tool);
    return row && (!row->writes || row->agents == AGENT_LOOKS);
}

static bool is_of_use(const struct mcp_call *call, const struct tool *tool)
{
    return call->has >= (tool->command && reads_only(tool) ? ACCESS_SEE
                         : tool->command                   ? ACCESS_ACT
                                                           : ACCESS_SEE);
}

/* ---- the list ---- */

static void put_severities(const struct mcp_call *call, struct json_out *j)
{
    json_key(j, "enum");
    json_begin_array(j);
    for (const char *const *s = policy_rulebook(core_policy(call->core))->severities; *s; s++)
        json_text(j, *s);
    json_end_array(j);
}

static void put_property(const struct mcp_call *call, const struct tool_property *property, struct json_out *j)
{
    static const char *const types[] = {
        [PROPERTY_TEXT] = "string",    [PROPERTY_INCIDENT] = "string", [PROPERTY_SEVERITY] = "string",
        [PROPERTY_NUMBER] = "integer", [PROPERTY_SWITCH] = "boolean",  [PROPERTY_LINE] = "string"};
    json_key(j, property->name);
    json_begin_object(j);
    json_put_text(j, "type", types[property->kind]);
    json_put_text(j, "description", property->help);
    if (property->kind == PROPERTY_SEVERITY)
        put_severities(call, j);
    if (property->kind == PROPERTY_NUMBER)
        json_put_int(j, "minimum", 1);
    json_end_object(j);
}

static void put_schema(const struct mcp_call *call, const struct tool *tool, struct json_out *j)
{
    json_begin_object(j);
    json_put_text(j, "type", "object");
    json_key(j, "properties");
    json_begin_object(j);
    for (const struct tool_property *p = tool->properties; p->kind; p++)
        put_property(call, p, j);
    json_end_object(j);
    json_key(j, "required");
    json_begin_array(j);
    for (const struct tool_property *p = tool->properties; p->kind; p++) {
        if (p->required)
            json_text(j, p->name);
    }
    json_end_array(j);
    json_put_bool(j, "additionalProperties", false);
    json_end_object(j);
}

static void put_tool(const struct mcp_call *call, const struct tool *tool, struct json_out *j)
{
    json_begin_object(j);
    json_put_text(j, "name", tool->name);
    json_put_text(j, "title", tool->title);
    json_put_text(j, "description", tool->help);
    json_key(j, "inputSchema");
    put_schema(call, tool, j);
    json_key(j, "annotations");
    json_begin_object(j);
    json_put_bool(j, "readOnlyHint", reads_only(tool));
    json_put_bool(j, "destructiveHint", tool->overwrites);
    json_put_bool(j, "openWorldHint", false);
    json_end_object(j);
    json_end_object(j);
}

int tools_list(struct mcp_call *call, struct json_out *j, struct error *err)
{
    (void)err;
    json_begin_object(j);
    json_key(j, "tools");
    json_begin_array(j);
    for (size_t i = 0; i < mcp_tool_count; i++) {
        if (is_of_use(call, &mcp_tools[i]))
            put_tool(call, &mcp_tools[i], j);
    }
    json_end_array(j);
    json_end_object(j);
    return 0;
}

/* ---- a call ---- */

struct calling {
    const struct tool *tool;
    struct mcp_values values;
    char *line; /* the command line, without what `values` has */
};

static void calling_finish(struct calling *calling)
{
    mcp_values_finish(&calling->values);
    free(calling->line);
}

static int take_text(struct calling *calling, const struct tool_property *property, const char *text,
                     struct error *err)
{
    char name[INCIDENT_NAME];
    if (text_empty(text))
        return error_set(err, ERR_INVALID, "'%s' is empty.", property->name);
    if (strlen(text) > COMMAND_BYTES)
        return error_set(err, ERR_TOO_BIG, "'%s' is longer than 32 KB.", property->name);
    if (property->kind == PROPERTY_LINE) {
        const char *line = command_prefixed(text) ? command_prefixed(text) : text;
        free(calling->line);
        calling->line = utf8_sanitize(line, strlen(line), COMMAND_BYTES);
    } else if (property->kind == PROPERTY_INCIDENT) {
        uint64_t id = incident_name_parse(text);
        if (!id)
            return error_markup(err, ERR_INVALID, "'incident' is a number such as INC-42, not '%.40s'.", text);
        free(calling->line);
        calling->line = xasprintf("%s %s", incident_name(id, name), calling->tool->command);
    } else {
        mcp_values_add(&calling->values, property->argument, text);
    }
    return 0;
}

static int take_number(struct calling *calling, const struct tool_property *property, double number,
                       struct error *err)
{
    if (trunc(number) != number || number < 1 || number > 1e9)
        return error_set(err, ERR_INVALID, "'%s' is a whole number of at least 1.", property->name);
    CLEANUP_FREE char *text = xasprintf("%" PRId64, (int64_t)number);
    mcp_values_add(&calling->values, property->argument, text);
    return 0;
}

static int take_argument(struct calling *calling, const cJSON *argument, struct error *err)
{
    const struct tool_property *p = calling->tool->properties;
    while (p->kind && strcmp(p->name, argument->string) != 0)
        p++;
    if (!p->kind)
        return error_markup(err, ERR_INVALID, "%s takes no '%.40s'.", calling->tool->name, argument->string);
    if (cJSON_IsNull(argument))
        return 0;
    if (p->kind == PROPERTY_SWITCH && cJSON_IsBool(argument)) {
        mcp_values_add(&calling->values, p->argument, cJSON_IsTrue(argument) ? "on" : "off");
        return 0;
    }
    if (p->kind == PROPERTY_NUMBER && cJSON_IsNumber(argument))
        return take_number(calling, p, argument->valuedouble, err);
    if (p->kind != PROPERTY_SWITCH && p->kind != PROPERTY_NUMBER && cJSON_IsString(argument))
        return take_text(calling, p, argument->valuestring, err);
    return error_set(err, ERR_INVALID, "'%s' is of another type than its schema says.", p->name);
}

static int take_arguments(struct calling *calling, const cJSON *arguments, struct error *err)
{
    const cJSON *argument;
    int rc = 0;
    cJSON_ArrayForEach(argument, arguments)
    {
        rc = rc ? rc : take_argument(calling, argument, err);
    }
    for (const struct tool_property *p = calling->tool->properties; !rc && p->kind; p++) {
        if (p->required && !json_member(arguments, p->name))
            rc = error_set(err, ERR_INVALID, "'%s' is missing: %s", p->name, p->help);
    }
    if (!calling->line)
        calling->line = xstrdup(calling->tool->command ? calling->tool->command : "");
    return rc;
}

static void put_result(const char *text, bool failed, uint64_t incident, struct json_out *j)
{
    char name[INCIDENT_NAME];
    json_begin_object(j);
    json_key(j, "content");
    json_begin_array(j);
    json_begin_object(j);
    json_put_text(j, "type", "text");
    json_put_text(j, "text", text);
    json_end_object(j);
    json_end_array(j);
    if (incident && !failed) {
        json_key(j, "structuredContent");
        json_begin_object(j);
        json_put_text(j, "incident", incident_name(incident, name));
        json_end_object(j);
    }
    json_put_bool(j, "isError", failed);
    json_end_object(j);
}

static void call_tool(struct mcp_call *call, const struct tool *tool, const cJSON *arguments,
                      struct json_out *j)
{
    struct error err = {0};
    struct calling calling = {.tool = tool};
    CLEANUP_STR struct str text = {0}, framed = {0};
    uint64_t incident = 0;
    int rc = take_arguments(&calling, arguments, &err);
    if (rc) {
        str_add(&framed, err.text);
    } else {
        rc = mcp_run(call, calling.line, &calling.values, &text, &incident);
        frame_data(call->core, str_text(&text), &framed); /* a refusal quotes, too */
    }
    put_result(str_text(&framed), rc != 0, incident, j);
    calling_finish(&calling);
}

int tools_call(struct mcp_call *call, struct json_out *j, struct error *err)
{
    const char *name = json_text_or(call->params, "name", NULL);
    const cJSON *arguments = json_member(call->params, "arguments");
    size_t i = 0;
    while (i < mcp_tool_count && !text_equal(mcp_tools[i].name, name))
        i++;
    if (i == mcp_tool_count) {
        error_set(err, ERR_NOT_FOUND, "There is no tool '%.40s'.", name ? name : "");
        return RPC_PARAMETERS;
    }
    if (arguments && !cJSON_IsObject(arguments)) {
        error_set(err, ERR_INVALID, "'arguments' is a JSON object.");
        return RPC_PARAMETERS;
    }
    call_tool(call, &mcp_tools[i], arguments, j);
    return 0;
}
