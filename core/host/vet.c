#include "host/vet.h"

#include "base/json.h"
#include "base/mem.h"
#include "host/descriptor.h"
#include "host/programs.h"
#include "host/show.h"

cJSON *vet_own_settings(const cJSON *row)
{
    cJSON *own = cJSON_IsObject(row) ? cJSON_Duplicate(row, true) : cJSON_CreateObject();
    cJSON_DeleteItemFromObjectCaseSensitive(own, "plugin");
    cJSON_DeleteItemFromObjectCaseSensitive(own, "memory_mb");
    cJSON_DeleteItemFromObjectCaseSensitive(own, "limits");
    return own;
}

int vet_connector(const struct configuration *c, const cJSON *row, struct error *err)
{
    CLEANUP_FREE char *runner = program_runner(c), *file = program_connector(c, row);
    CLEANUP_FREE char *where = xasprintf("%s: connectors.%s", c->path, row->string);
    CLEANUP_JSON cJSON *descriptor = NULL, *checked = NULL, *own = vet_own_settings(row);
    size_t n;
    int rc = show_connector(runner, file, &descriptor, err);
    if (rc)
        return error_prefix(err, "%s", where);
    CLEANUP_FREE struct setting *table = descriptor_settings(descriptor, &n);
    return config_check(table, n, own, where, &checked, err);
}
