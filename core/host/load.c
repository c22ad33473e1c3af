#include "host/load.h"

#include <dlfcn.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

#define OLDEST_SIZE offsetof(struct tocsin_connector, open)

static int check(const char *file, const struct tocsin_connector *c, struct error *err)
{
    if (c->abi != TOCSIN_ABI)
        return error_set(err, ERR_INVALID,
                         "%s: " TOCSIN_SYMBOL
                         " has ABI %u, this tocsin needs %d; build it against this version's header",
                         file, c->abi, TOCSIN_ABI);
    if (!c->name || !*c->name || !c->open || !c->perform || !c->close)
        return error_set(err, ERR_INVALID, "%s: " TOCSIN_SYMBOL " lacks its name, open, perform or close",
                         file);
    if (c->run && !c->stop)
        return error_set(err, ERR_INVALID, "%s: a connector with run needs stop, to end it", file);
    if (c->settings && c->setting_size < offsetof(struct tocsin_setting, help))
        return error_set(err, ERR_INVALID, "%s: its settings have rows of %u bytes, at least %zu are needed",
                         file, c->setting_size, offsetof(struct tocsin_setting, help));
    return 0;
}

int load_connector(const char *file, struct loaded *ret, struct error *err)
{
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return error_set(err, ERR_INVALID, "%s cannot be loaded: %s", file, dlerror());
    const struct tocsin_connector *found = dlsym(handle, TOCSIN_SYMBOL);
    int rc;
    if (!found)
        rc = error_set(err, ERR_INVALID,
                       "%s: there is no symbol " TOCSIN_SYMBOL
                       ": is it a connector? (TOCSIN_CONNECTOR(...) makes it)",
                       file);
    else if (found->size < OLDEST_SIZE || found->size > 65536)
        rc = error_set(err, ERR_INVALID,
                       "%s: " TOCSIN_SYMBOL " says that it has %u bytes, between %zu and 65536 are possible",
                       file, found->size, OLDEST_SIZE);
    else {
        struct loaded loaded = {.handle = handle};
        memcpy(&loaded.connector, found, MIN(found->size, sizeof(loaded.connector)));
        loaded.setting_stride = loaded.connector.setting_size;
        rc = check(file, &loaded.connector, err);
        if (!rc)
            *ret = loaded;
    }
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

void describe_connector(const struct loaded *loaded, struct json_out *j)
{
    const struct tocsin_connector *c = &loaded->connector;
    json_put_text(j, "name", c->name);
    json_put_text_if(j, "version", c->version);
    json_put_text_if(j, "summary", c->summary);
    json_put_int(j, "abi", c->abi);
    json_put_int(j, "size", c->size);
    json_put_int(j, "can", (int64_t)c->can);
    json_put_int(j, "parallel", c->parallel < 1 ? 1 : MIN(c->parallel, 16));
    json_put_bool(j, "serves", c->serve != NULL);
    json_key(j, "settings");
    json_begin_array(j);
    for (const char *p = (const char *)c->settings; p; p += loaded->setting_stride) {
        struct tocsin_setting row = {0};
        memcpy(&row, p, MIN(loaded->setting_stride, sizeof(row)));
        if (!row.name)
            break;
        describe_setting(&row, j);
    }
    json_end_array(j);
}
