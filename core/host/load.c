#include "host/load.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

#define OLDEST_SIZE   (offsetof(struct tocsin_connector, close) + sizeof(void *))
#define SIZE_MOST     65536
#define SETTINGS_MOST 200
#define LIMITS_MOST   50
#define PARALLEL_MOST 16

#define LACKS(field)   (offsetof(struct tocsin_connector, field))
#define WITHOUT_REASON SIZE_MAX
static const struct need { /* `what` is required: always, or where `because` is set */
    size_t what, because;
    const char *text;
} needs[] = {
    {LACKS(name), WITHOUT_REASON, "has no name"},
    {LACKS(open), WITHOUT_REASON, "has no open()"},
    {LACKS(perform), WITHOUT_REASON, "has no perform()"},
    {LACKS(close), WITHOUT_REASON, "has no close()"},
    {LACKS(stop), LACKS(run), "has run() but no stop() to end it"},
};

static bool is_there(const struct tocsin_connector *c, size_t offset)
{
    void *pointer;
    memcpy(&pointer, (const char *)c + offset, sizeof(pointer));
    return pointer != NULL;
}

static int check_needs(const char *file, const struct tocsin_connector *c, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(needs); i++) {
        if (!is_there(c, needs[i].what) &&
            (needs[i].because == WITHOUT_REASON || is_there(c, needs[i].because)))
            return error_set(err, ERR_INVALID, "%s: " TOCSIN_SYMBOL " %s", file, needs[i].text);
    }
    if (c->settings && (c->setting_size < offsetof(struct tocsin_setting, help) || c->setting_size > SIZE_MOST))
        return error_set(err, ERR_INVALID,
                         "%s: each row of its settings has %u bytes, but at least %zu are needed", file,
                         c->setting_size, offsetof(struct tocsin_setting, help));
    return 0;
}

/* The size of the symbol according to the shared object; 0: not recorded. */
static size_t held_size(const void *symbol)
{
    Dl_info info;
    ElfW(Sym) *entry = NULL;
    return dladdr1(symbol, &info, (void **)&entry, RTLD_DL_SYMENT) && entry ? entry->st_size : 0;
}

/* ABI before size, since another ABI may mean something else by size. */
static int check_found(const char *file, const struct tocsin_connector *found, struct error *err)
{
    size_t held = held_size(found);
    if (held && held < 2 * sizeof(uint32_t))
        return error_set(err, ERR_INVALID, "%s: " TOCSIN_SYMBOL " is %zu bytes, which cannot be a connector",
                         file, held);
    if (found->abi != TOCSIN_ABI)
        return error_set(err, ERR_INVALID,
                         "%s: " TOCSIN_SYMBOL
                         " has ABI %u, but this version of Tocsin needs ABI %d; rebuild it with this "
                         "version's tocsin/connector.h",
                         file, found->abi, TOCSIN_ABI);
    if (found->size < OLDEST_SIZE || found->size > SIZE_MOST)
        return error_set(err, ERR_INVALID,
                         "%s: " TOCSIN_SYMBOL
                         " claims to have %u bytes, but a connector of ABI %d has at least %zu",
                         file, found->size, TOCSIN_ABI, OLDEST_SIZE);
    if (held && found->size > held)
        return error_set(err, ERR_INVALID,
                         "%s: " TOCSIN_SYMBOL " claims to have %u bytes, but the file holds %zu", file,
                         found->size, held);
    return 0;
}

static int check(const char *file, void *handle, struct loaded *ret, struct error *err)
{
    struct loaded loaded = {.handle = handle};
    const struct tocsin_connector *found = dlsym(handle, TOCSIN_SYMBOL);
    if (!found)
        return error_set(err, ERR_INVALID,
                         "%s: it has no symbol " TOCSIN_SYMBOL
                         ", so it is not a connector; TOCSIN_CONNECTOR(...) defines the symbol",
                         file);
    int rc = check_found(file, found, err);
    if (rc)
        return rc;
    memcpy(&loaded.connector, found, MIN(found->size, sizeof(loaded.connector)));
    loaded.setting_stride = loaded.connector.setting_size;
    rc = check_needs(file, &loaded.connector, err);
    if (rc)
        return rc;
    *ret = loaded;
    return 0;
}

int load_connector(const char *file, struct loaded *ret, struct error *err)
{
    CLEANUP_FREE char *path =
        strchr(file, '/') ? xstrdup(file) : xasprintf("./%s", file); /* no search of the library path */
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return error_set(err, ERR_INVALID, "%s cannot be loaded: %s", file, dlerror());
    int rc = check(file, handle, ret, err);
    if (rc)
        dlclose(handle);
    return rc;
}

void unload_connector(struct loaded *loaded)
{
    if (loaded->handle)
        dlclose(loaded->handle);
    loaded->handle = NULL;
}

static void describe_setting(const struct tocsin_setting *row, struct json_out *j)
{
    json_begin_object(j);
    json_put_text(j, "name", row->name);
    json_put_int(j, "type", row->type);
    json_put_int(j, "flags", row->flags);
    json_put_text_if(j, "fallback", row->fallback);
    json_put_int(j, "least", row->least);
    json_put_int(j, "most", row->most);
    json_put_text_if(j, "help", row->help);
    json_end_object(j);
}

static void describe_limits(const struct tocsin_connector *c, struct json_out *j)
{
    const char *p = c->limit_size >= offsetof(struct tocsin_limit, refill_ms) ? (const char *)c->limits : NULL;
    json_key(j, "limits");
    json_begin_array(j);
    for (int i = 0; p && i < LIMITS_MOST; i++, p += c->limit_size) {
        struct tocsin_limit row = {0};
        memcpy(&row, p, MIN(c->limit_size, sizeof(row)));
        if (!row.kind)
            break;
        json_begin_object(j);
        json_put_text(j, "kind", row.kind);
        json_put_bool(j, "per_channel", row.per_channel != 0);
        json_put_int(j, "burst", row.burst);
        json_put_int(j, "refill", row.refill_ms);
        json_end_object(j);
    }
    json_end_array(j);
}

void describe_connector(const struct loaded *loaded, struct json_out *j)
{
    const struct tocsin_connector *c = &loaded->connector;
    json_put_text(j, "name", c->name);
    json_put_text_if(j, "version", c->version);
    json_put_text_if(j, "summary", c->summary);
    json_put_int(j, "abi", c->abi);
    json_put_int(j, "size", c->size);
    json_put_int(j, "can", (int64_t)c->can);
    json_put_int(j, "parallel", c->parallel < 1 ? 1 : MIN(c->parallel, PARALLEL_MOST));
    json_put_bool(j, "serves", c->serve != NULL);
    json_put_bool(j, "checks_channels", c->check_channel != NULL);
    json_key(j, "settings");
    json_begin_array(j);
    const char *p = (const char *)c->settings;
    for (int i = 0; p && i < SETTINGS_MOST; i++, p += loaded->setting_stride) {
        struct tocsin_setting row = {0};
        memcpy(&row, p, MIN(loaded->setting_stride, sizeof(row)));
        if (!row.name)
            break;
        describe_setting(&row, j);
    }
    json_end_array(j);
    describe_limits(c, j);
}
