#include "daemon/connectors.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "daemon/chat.h"
#include "daemon/component.h"
#include "daemon/core.h"
#include "delivery/delivery.h"
#include "host/bridge.h"
#include "host/process.h"
#include "host/programs.h"
#include "host/vet.h"

#define MEMORY_MB 512 /* of each, unless the configuration says otherwise */

static struct bridge *bridge;

struct supervisor *daemon_connectors(void)
{
    return bridge_supervisor(bridge);
}

/* ---- what the core asks of them ---- */

static void perform(const struct action *action)
{
    supervisor_perform(daemon_connectors(), action);
}

static bool can_take(const char *connector, uint64_t *ret_can)
{
    return supervisor_can_take(daemon_connectors(), connector, ret_can);
}

static void checked(void *ctx, const struct check_result *result)
{
    CLEANUP_FREE char *connector = ctx;
    struct delivery_check check = {result->code, result->text, result->channel};
    if (daemon_core())
        delivery_checked(daemon_core(), connector, &check, clock_now());
}

/* One that cannot be asked now is asked the next time. */
static void check_credentials(const char *connector)
{
    char *name = xstrdup(connector);
    if (supervisor_check(daemon_connectors(), connector, core_settings(daemon_core())->announce, checked, name,
                         NULL))
        free(name);
}

static const struct daemon_delivery delivery = {perform, can_take, check_credentials};

/* ---- one of them ---- */

/* Paths are relative to the configuration. */
static void make_absolute(const struct configuration *configuration, cJSON *settings, const char *name)
{
    const char *given = json_text_or(settings, name, NULL);
    if (!given)
        return;
    CLEANUP_FREE char *path = configuration_path(configuration, given);
    cJSON_ReplaceItemInObjectCaseSensitive(settings, name, cJSON_CreateString(path));
}

/* Starts it, or restarts it where it is not as it was. */
static void set_connector(const struct configuration *configuration, const cJSON *row)
{
    struct error err;
    CLEANUP_FREE char *file = program_connector(configuration, row);
    CLEANUP_JSON cJSON *settings = vet_own_settings(row);
    struct connector_config config = {.name = row->string,
                                      .file = file,
                                      .settings = settings,
                                      .memory = json_int_or(row, "memory_mb", MEMORY_MB) << 20};
    make_absolute(configuration, settings, "socket");
    make_absolute(configuration, settings, "attachments");
    bridge_limits(bridge, row->string, json_member(row, "limits"));
    delivery_add(daemon_core(), row->string);
    if (supervisor_configure(daemon_connectors(), &config, &err))
        log_error("%s", err.text);
}

static void end_connector(const char *name)
{
    struct error err;
    if (supervisor_remove(daemon_connectors(), name, &err))
        log_error("%s", err.text);
    delivery_remove(daemon_core(), name);
}

/* ---- a changed configuration ---- */

/* NULL: nothing. */
static const char *what_changed(const cJSON *old, const cJSON *row)
{
    if (!old)
        return "started";
    if (cJSON_Compare(old, row, true))
        return NULL;
    CLEANUP_JSON cJSON *a = cJSON_Duplicate(old, true), *b = cJSON_Duplicate(row, true);
    cJSON_DeleteItemFromObjectCaseSensitive(a, "limits");
    cJSON_DeleteItemFromObjectCaseSensitive(b, "limits");
    bool same = cJSON_Compare(a, b, true) || (!a->child && !b->child);
    return same ? "has new limits" : "restarted";
}

/* What a connector would refuse is said before the old one is ended. */
static int check(const struct configuration *running, const struct configuration *fresh, struct error *err)
{
    const cJSON *row;
    int rc = 0;
    cJSON_ArrayForEach(row, fresh->connectors)
    {
        if (!rc && what_changed(json_member(running->connectors, row->string), row))
            rc = vet_connector(fresh, row, err);
    }
    return rc;
}

static void reload(const struct configuration *running, const struct configuration *fresh, struct str *said)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, running->connectors)
    {
        if (json_member(fresh->connectors, row->string))
            continue;
        end_connector(row->string);
        str_addf(said, "; %s stopped", row->string);
    }
    cJSON_ArrayForEach(row, fresh->connectors)
    {
        const char *what = what_changed(json_member(running->connectors, row->string), row);
        if (!what)
            continue;
        set_connector(fresh, row);
        str_addf(said, "; %s %s", row->string, what);
    }
    delivery_configured(daemon_core(), clock_now());
}

/* ---- the component ---- */

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    CLEANUP_FREE char *runner = program_runner(configuration);
    const cJSON *row;
    bridge = bridge_create(daemon_loop(daemon), runner, daemon_core(), daemon_chat(), clock_now);
    struct program program = {0};
    int rc = program_user(configuration, &program, err);
    if (rc)
        return rc;
    if (program.other_user)
        supervisor_set_user(daemon_connectors(), program.uid, program.gid);
    daemon_core_delivers(&delivery);
    cJSON_ArrayForEach(row, configuration->connectors)
    {
        set_connector(configuration, row); /* one that is broken is listed as such */
    }
    delivery_configured(daemon_core(), clock_now());
    return 0;
}

static void all_ended(void *ctx)
{
    daemon_drained(ctx);
}

static bool drain(struct daemon *daemon)
{
    supervisor_stop(daemon_connectors(), all_ended, daemon);
    return false;
}

static void stop(void)
{
    bridge_cut(bridge);
}

static void destroy(void)
{
    daemon_core_delivers(NULL);
    bridge_destroy(bridge);
}

const struct component connectors_component = {.name = "connectors",
                                               .start = start,
                                               .check = check,
                                               .reload = reload,
                                               .drain = drain,
                                               .stop = stop,
                                               .destroy = destroy};
