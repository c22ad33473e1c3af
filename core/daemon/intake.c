#include "daemon/intake.h"

#include "base/json.h"
#include "base/mem.h"
#include "daemon/component.h"
#include "policy/sources.h"

#define PATHS_MOST 16

/* A request that is not through holds those that it began with, whatever is reloaded. */
struct senders {
    struct intake_config config;
    struct sources *sources;
    struct customer_mapping *customers; /* NULL: none configured, so the intake's own paths */
};

static struct senders *senders;

struct intake_config *daemon_intake(void)
{
    return &senders->config;
}

const struct sources *daemon_sources(void)
{
    return senders->sources;
}

static size_t texts_of(const cJSON *list, const char *texts[PATHS_MOST])
{
    const cJSON *item;
    size_t n = 0;
    cJSON_ArrayForEach(item, list)
    {
        if (cJSON_IsString(item) && n < PATHS_MOST)
            texts[n++] = item->valuestring;
    }
    return n;
}

static int map_customers(const cJSON *settings, struct customer_mapping **ret, struct error *err)
{
    const char *keys[PATHS_MOST], *names[PATHS_MOST];
    size_t n_keys = texts_of(json_member(settings, "customers"), keys);
    size_t n_names = texts_of(json_member(settings, "customer_names"), names);
    return n_keys ? customer_mapping_create(keys, n_keys, names, n_names, ret, err) : 0;
}

static void senders_free(struct intake_config *config)
{
    struct senders *old = container_of(config, struct senders, config);
    sources_destroy(old->sources);
    customer_mapping_destroy(old->customers);
    free(old);
}

/* Held once, by the caller. */
static int senders_create(const cJSON *settings, struct senders **ret, struct error *err)
{
    struct senders *made = xcalloc(1, sizeof(*made));
    int rc = sources_create(json_member(settings, "sources"), &made->sources, err);
    rc = rc ? rc : map_customers(settings, &made->customers, err);
    made->config =
        (struct intake_config){.held = 1,
                               .free = senders_free,
                               .ctx = made->sources,
                               .find = sources_find,
                               .customers = made->customers ? made->customers : customer_mapping_default()};
    if (rc)
        senders_free(&made->config);
    else
        *ret = made;
    return rc;
}

/* ---- a changed configuration ---- */

static int check(const struct configuration *running, const struct configuration *fresh, struct error *err)
{
    struct senders *made;
    (void)running;
    int rc = senders_create(fresh->core, &made, err);
    if (!rc)
        intake_config_release(&made->config);
    return rc;
}

static void tell_sources(const cJSON *before, const cJSON *now, struct str *said)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, before)
    {
        if (!json_member(now, row->string))
            str_addf(said, "; source %s removed", row->string);
    }
    cJSON_ArrayForEach(row, now)
    {
        const cJSON *old = json_member(before, row->string);
        if (!old || !cJSON_Compare(old, row, true))
            str_addf(said, "; source %s %s", row->string, old ? "changed" : "added");
    }
}

static bool differs(const cJSON *a, const cJSON *b, const char *name)
{
    return !cJSON_Compare(cJSON_GetObjectItemCaseSensitive(a, name), cJSON_GetObjectItemCaseSensitive(b, name),
                          true);
}

static void reload(const struct configuration *running, const struct configuration *fresh, struct str *said)
{
    struct senders *old = senders;
    require(senders_create(fresh->core, &senders, NULL) == 0); /* as check found */
    intake_config_release(&old->config);
    tell_sources(json_member(running->core, "sources"), json_member(fresh->core, "sources"), said);
    if (differs(running->core, fresh->core, "customers") ||
        differs(running->core, fresh->core, "customer_names"))
        str_add(said, "; customers are found by the new paths");
}

/* ---- the component ---- */

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    (void)daemon;
    return senders_create(configuration->core, &senders, err);
}

static void destroy(void)
{
    if (senders)
        intake_config_release(&senders->config);
    senders = NULL;
}

const struct component intake_component = {
    .name = "intake", .start = start, .check = check, .reload = reload, .destroy = destroy};
