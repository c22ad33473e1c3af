/* Completion of the arguments of prompts and of the parts of resources: incidents and services. */
#include <string.h>
#include <strings.h>

#include "mcp/inside.h"
#include "policy/services.h"
#include "sight/query.h"

#define VALUES_MOST 100 /* by the protocol */
#define LOOKED_AT   500 /* newest incidents */

struct completing {
    struct json_out *j;
    const char *begun;
    size_t n;
};

static bool put_value(struct completing *completing, const char *value)
{
    if (strncasecmp(value, completing->begun, strlen(completing->begun)) == 0) {
        json_text(completing->j, value);
        completing->n++;
    }
    return completing->n < VALUES_MOST;
}

static bool put_incident(void *ctx, const struct incident *incident)
{
    char name[INCIDENT_NAME];
    return put_value(ctx, incident_name(incident->id, name));
}

static void put_incidents(struct mcp_call *call, struct completing *completing)
{
    const struct query query = {.viewer = call->person, .limit = LOOKED_AT};
    query_list(call->core, &query, put_incident, completing, NULL);
}

static void put_services(struct mcp_call *call, struct completing *completing)
{
    const struct service *service;
    for (size_t i = 0; (service = policy_service_at(core_policy(call->core), i)); i++) {
        if (!put_value(completing, service->name))
            return;
    }
}

int complete(struct mcp_call *call, struct json_out *j, struct error *err)
{
    const cJSON *argument = json_member(call->params, "argument");
    const char *name = json_text_or(argument, "name", NULL);
    struct completing completing = {.j = j, .begun = json_text_or(argument, "value", "")};
    if (!name) {
        error_set(err, ERR_INVALID, "'argument' has a name and a value.");
        return RPC_PARAMETERS;
    }
    json_begin_object(j);
    json_key(j, "completion");
    json_begin_object(j);
    json_key(j, "values");
    json_begin_array(j);
    if (strcmp(name, "incident") == 0)
        put_incidents(call, &completing);
    if (strcmp(name, "service") == 0)
        put_services(call, &completing);
    json_end_array(j);
    json_put_bool(j, "hasMore", completing.n == VALUES_MOST);
    json_end_object(j);
    json_end_object(j);
    return 0;
}
