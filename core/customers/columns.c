#include "customers/columns.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "customers/edit.h"

struct column {
    const char *name; /* in the first line, and in JSON */
    /* What a cell, or one of several values in it, is in JSON. */
    cJSON *(*read)(const char *value);
    bool many; /* several values, separated by semicolons */
};

static cJSON *read_text(const char *value)
{
    return cJSON_CreateString(value);
}

/* Any other word stays text, which the record refuses. */
static cJSON *read_bool(const char *value)
{
    static const char *const yes[] = {"yes", "true", "1", "x"}, *const no[] = {"no", "false", "0"};
    for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
        if (strcasecmp(value, yes[i]) == 0)
            return cJSON_CreateTrue();
    }
    for (size_t i = 0; i < ARRAY_SIZE(no); i++) {
        if (strcasecmp(value, no[i]) == 0)
            return cJSON_CreateFalse();
    }
    return cJSON_CreateString(value);
}

static void move_text(cJSON *object, const char *name, char *text)
{
    if (text)
        cJSON_AddStringToObject(object, name, text);
    free(text);
}

static cJSON *read_contact(const char *value)
{
    struct contact contact = contact_read(value);
    cJSON *object = cJSON_CreateObject();
    move_text(object, "name", contact.name);
    move_text(object, "email", contact.email);
    move_text(object, "role", contact.role);
    return object;
}

static cJSON *read_route(const char *value)
{
    size_t n = strcspn(value, " :"), space = strspn(value + n, " :");
    cJSON *object = cJSON_CreateObject();
    move_text(object, "connector", xstrndup(value, n));
    cJSON_AddStringToObject(object, "address", value + n + space);
    return object;
}

static const struct column columns[] = {
    {"key", read_text, false},        {"name", read_text, false},   {"tier", read_text, false},
    {"cares", read_bool, false},      {"owner", read_text, false},  {"language", read_text, false},
    {"contacts", read_contact, true}, {"routes", read_route, true}, {"wish", read_text, false},
    {"aliases", read_text, true},     {"domains", read_text, true},
};

static const struct column *find(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        if (strcasecmp(columns[i].name, name) == 0)
            return &columns[i];
    }
    return NULL;
}

static char *trimmed(const char *text, size_t n)
{
    while (n && *text == ' ')
        text++, n--;
    while (n && text[n - 1] == ' ')
        n--;
    return xstrndup(text, n);
}

int columns_read(const struct csv_row *head, const struct column **ret, struct error *err)
{
    bool has_key = false;
    for (size_t i = 0; i < head->cells.n; i++) {
        CLEANUP_FREE char *name = trimmed(head->cells.v[i], strlen(head->cells.v[i]));
        ret[i] = find(name);
        if (!ret[i])
            return error_set(
                err, ERR_INVALID,
                "Line 1: unknown column '%.40s'. Columns are key, name, tier, cares, owner, language, "
                "contacts, routes, wish, aliases and domains.",
                name);
        for (size_t k = 0; k < i; k++) {
            if (ret[k] == ret[i])
                return error_set(err, ERR_INVALID, "Line 1: the column %s is there twice.", ret[i]->name);
        }
        has_key |= ret[i] == &columns[0];
    }
    return has_key ? 0 : error_set(err, ERR_INVALID, "Line 1: there is no column named key.");
}

static cJSON *read_many(const struct column *column, const char *cell)
{
    cJSON *list = cJSON_CreateArray();
    for (const char *p = cell; *p;) {
        size_t n = strcspn(p, ";");
        CLEANUP_FREE char *value = trimmed(p, n);
        if (*value)
            cJSON_AddItemToArray(list, column->read(value));
        p += n + (p[n] == ';');
    }
    return list;
}

int columns_tree(const struct column *const *names, size_t n, const struct csv_row *row, cJSON **ret,
                 struct error *err)
{
    cJSON *tree = *ret = cJSON_CreateObject();
    for (size_t i = 0; i < MIN(n, row->cells.n); i++) {
        CLEANUP_FREE char *cell = trimmed(row->cells.v[i], strlen(row->cells.v[i]));
        cJSON_AddItemToObject(tree, names[i]->name,
                              !*cell           ? cJSON_CreateNull()
                              : names[i]->many ? read_many(names[i], cell)
                                               : names[i]->read(cell));
    }
    return row->cells.n <= n ? 0
                             : error_set(err, ERR_INVALID,
                                         "The row has more cells than the first line: '%.60s'. Put a text with "
                                         "a separator in quotes.",
                                         row->cells.v[n]);
}
