#include "intake/customer.h"

#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "intake/text.h"

#define PATHS       16
#define PATH_LENGTH 96
#define PATH_DEPTH  8

enum where { IN_TAGS, IN_FIELD, IN_DOMAIN, IN_DOCUMENT };

struct customer_path {
    enum where where;
    size_t offset;              /* IN_FIELD: of the text in struct alert */
    char path[PATH_LENGTH + 1]; /* IN_TAGS: the key of the tag; IN_DOCUMENT: the whole path */
};

struct path_list {
    size_t n;
    struct customer_path v[PATHS];
};

struct customer_mapping {
    struct path_list keys, names;
};

static const struct {
    const char *path;
    size_t offset;
} fields[] = {
    {"user.id", offsetof(struct alert, who.user)},
    {"user.email", offsetof(struct alert, who.user_email)},
    {"service", offsetof(struct alert, about.service)},
    {"environment", offsetof(struct alert, about.environment)},
    {"host", offsetof(struct alert, host)},
    {"stream", offsetof(struct alert, about.stream)},
};

/* A bit for the beginning of a key: most alerts have none of the wanted tags, and this finds that out quickly. */
static uint64_t bit_of(const char *key)
{
    return UINT64_C(1) << (((unsigned char)key[0] * 31 + (key[0] ? (unsigned char)key[1] : 0)) & 63);
}

static int check_path(const char *path, struct error *err)
{
    size_t n = strlen(path), dots = 0;
    for (size_t i = 0; i < n; i++)
        dots += path[i] == '.';
    if (n == 0 || n > PATH_LENGTH || dots >= PATH_DEPTH)
        return error_set(err, ERR_INVALID, "customer path '%.60s' must have at most %d bytes and %d parts",
                         path, PATH_LENGTH, PATH_DEPTH);
    if (path[0] == '.' || path[n - 1] == '.' || strstr(path, ".."))
        return error_set(err, ERR_INVALID, "customer path '%.60s' has an empty part between its dots", path);
    return 0;
}

static const char *after(const char *path, const char *prefix)
{
    return text_starts(path, prefix) ? path + strlen(prefix) : NULL;
}

static void compile(const char *path, struct path_list *list)
{
    struct customer_path *p = &list->v[list->n++];
    const char *rest = after(path, "tags.");
    rest = rest ? rest : after(path, "labels.");
    rest = rest ? rest : after(path, "annotations.");
    p->where = rest ? IN_TAGS : strcmp(path, "user.domain") == 0 ? IN_DOMAIN : IN_DOCUMENT;
    memcpy(p->path, rest ? rest : path, strlen(rest ? rest : path) + 1);
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        if (strcmp(fields[i].path, path) != 0)
            continue;
        p->where = IN_FIELD;
        p->offset = fields[i].offset;
    }
}

static int compile_all(const char *const *paths, size_t n, struct path_list *list, struct error *err)
{
    if (n > PATHS)
        return error_set(err, ERR_TOO_BIG, "%zu customer paths, but at most %d are allowed", n, PATHS);
    for (size_t i = 0; i < n; i++) {
        int r = check_path(paths[i], err);
        if (r < 0)
            return r;
        compile(paths[i], list);
        if (list->v[i].where == IN_DOCUMENT && !strchr(paths[i], '.'))
            return error_set(err, ERR_INVALID,
                             "unknown customer path '%.60s'; try tags.%.60s, user.id or contexts.NAME.KEY",
                             paths[i], paths[i]);
    }
    return 0;
}

int customer_mapping_create(const char *const *keys, size_t n_keys, const char *const *names, size_t n_names,
                            struct customer_mapping **ret, struct error *err)
{
    CLEANUP_FREE struct customer_mapping *mapping = xcalloc(1, sizeof(*mapping));
    int r = compile_all(keys, n_keys, &mapping->keys, err);
    if (r == 0)
        r = compile_all(names, n_names, &mapping->names, err);
    if (r == 0)
        *ret = steal(mapping);
    return r;
}

void customer_mapping_destroy(struct customer_mapping *mapping)
{
    free(mapping);
}

const struct customer_mapping *customer_mapping_default(void)
{
    static const char *const keys[] = {
        "tags.customer", "tags.customer_id", "tags.tenant", "tags.organization", "tags.account", "user.id",
    };
    static const char *const names[] = {"tags.customer_name", "tags.tenant_name", "tags.organization_name"};
    static struct customer_mapping mapping;
    if (mapping.keys.n == 0) {
        compile_all(keys, ARRAY_SIZE(keys), &mapping.keys, NULL);
        compile_all(names, ARRAY_SIZE(names), &mapping.names, NULL);
    }
    return &mapping;
}

/* ---- looking up ---- */

static const char *in_document(const char *path, const cJSON *doc, struct arena *arena)
{
    while (doc) {
        char part[PATH_LENGTH + 1];
        size_t n = strcspn(path, ".");
        memcpy(part, path, n);
        part[n] = '\0';
        doc = json_member(doc, part);
        if (path[n] == '\0')
            return text_scalar(arena, doc, ALERT_CUSTOMER);
        path += n + 1;
    }
    return "";
}

static const char *domain_of(const char *email)
{
    const char *at = strrchr(email, '@');
    return at ? at + 1 : "";
}

static const char *look(const struct customer_path *p, const struct alert *alert, const cJSON *doc,
                        struct arena *arena)
{
    const char *tag;
    switch (p->where) {
    case IN_TAGS:
        tag = alert_tag(alert, p->path);
        return tag ? tag : "";
    case IN_FIELD:
        return *(const char *const *)((const char *)alert + p->offset);
    case IN_DOMAIN:
        return domain_of(alert->who.user_email);
    case IN_DOCUMENT:
        return in_document(p->path, doc, arena);
    }
    return "";
}

static const char *look_all(const struct path_list *list, const struct alert *alert, const cJSON *doc,
                            struct arena *arena)
{
    uint64_t has = 0;
    for (size_t i = 0; i < alert->n_tags; i++)
        has |= bit_of(alert->tags[i].key);
    for (size_t i = 0; i < list->n; i++) {
        const struct customer_path *p = &list->v[i];
        if (p->where == IN_TAGS && !(has & bit_of(p->path)))
            continue;
        const char *found = look(p, alert, doc, arena);
        if (*found)
            return text_line(arena, found, ALERT_CUSTOMER);
    }
    return "";
}

void customer_apply(const struct customer_mapping *mapping, struct alert *alert, const cJSON *doc,
                    struct arena *arena)
{
    if (!mapping)
        mapping = customer_mapping_default();
    if (!*alert->who.customer)
        alert->who.customer = look_all(&mapping->keys, alert, doc, arena);
    if (*alert->who.customer && !*alert->who.customer_name)
        alert->who.customer_name = look_all(&mapping->names, alert, doc, arena);
}
