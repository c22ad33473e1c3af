#include "customers/import.h"

#include <string.h>

#include "base/json.h"
#include "customers/columns.h"
#include "customers/index.h"
#include "delivery/link.h"
#include "people/people.h"

struct reading {
    const struct core *core;
    struct import *import;
    struct customer_index index; /* the directory as it would be by now */
    struct map lines;            /* key in lower case -> its line in the file */
};

static bool copy_record(void *ctx, const struct customer *record)
{
    struct customer copy;
    customer_copy(&copy, record);
    index_put(ctx, &copy);
    return true;
}

static void begin(struct reading *reading, const struct core *core, struct import *import)
{
    *reading = (struct reading){.core = core, .import = import};
    *import = (struct import){0};
    customers_each(core, copy_record, &reading->index);
}

/* ---- the difference ---- */

static void add_member(const cJSON *record, const char *name, struct str *out)
{
    CLEANUP_STR struct str text = {0};
    const cJSON *member = json_member(record, name);
    if (cJSON_IsString(member))
        str_add(&text, member->valuestring);
    else if (member)
        json_tree(&(struct json_out){&text, false}, member);
    str_addf(out, "%s", text.len ? text.p : "nothing");
}

static cJSON *tree_of(const struct customer *record)
{
    CLEANUP_STR struct str text = {0};
    cJSON *tree = NULL;
    customer_encode(record, &text);
    json_parse(text.p, text.len, SIZE_MAX, JSON_DEPTH, "the customer", &tree, NULL);
    return tree;
}

/* "tier: silver -> gold"; of a new one ("old" NULL), "tier: gold". */
static char *difference(const struct customer *old, const struct customer *record)
{
    static const char *const names[] = {"name",     "tier",   "cares", "owner",   "language",
                                        "contacts", "routes", "wish",  "aliases", "domains"};
    struct str out = {0};
    CLEANUP_JSON cJSON *before = old ? tree_of(old) : NULL, *after = tree_of(record);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (cJSON_Compare(json_member(before, names[i]), json_member(after, names[i]), true) ||
            (!json_member(before, names[i]) && !json_member(after, names[i])))
            continue;
        str_addf(&out, "%s%s: ", out.len ? "; " : "", names[i]);
        if (old)
            add_member(before, names[i], &out);
        str_add(&out, old ? " -> " : "");
        add_member(after, names[i], &out);
    }
    return out.len ? str_take(&out) : NULL;
}

/* ---- rows ---- */

static void note_connectors(struct reading *reading, const struct customer *record)
{
    for (size_t i = 0; i < record->routes.n; i++) {
        if (!link_known(reading->core, record->routes.v[i].connector))
            customer_add_word(&reading->import->unknown, record->routes.v[i].connector);
    }
}

/* Takes over the record, or refuses the row with `err`. */
static void add_row(struct reading *reading, size_t line, struct customer *record, const struct error *err)
{
    struct import_row *row = array_add(&reading->import->rows);
    row->line = line;
    row->record = *record;
    *record = (struct customer){0};
    if (err) {
        row->what = IMPORT_REFUSED;
        row->detail = xstrdup(err->text);
        return;
    }
    CLEANUP_FREE char *key = text_lower(row->record.key);
    const struct customer *old = index_row(&reading->index, key);
    row->detail = difference(old, &row->record);
    row->what = !old ? IMPORT_NEW : row->detail ? IMPORT_CHANGED : IMPORT_SAME;
    map_put(&reading->lines, key, (void *)(uintptr_t)line);
    copy_record(&reading->index, &row->record);
    note_connectors(reading, &row->record);
}

static int check(struct reading *reading, struct customer *record, struct error *err)
{
    CLEANUP_FREE char *key = text_lower(record->key);
    const void *line = map_get(&reading->lines, key);
    if (line)
        return error_set(err, ERR_INVALID, "%s stands in line %zu already.", record->key,
                         (size_t)(uintptr_t)line);
    if (record->owner) {
        const struct person *person = people_find(reading->core, record->owner);
        if (!person)
            return error_set(err, ERR_INVALID, "The owner '%.60s' matches nobody, or more than one person.",
                             record->owner);
        replace_text(&record->owner, person->id);
    }
    return index_check(&reading->index, record, err);
}

/* What the directory says, with the members of the row in the place of its own. */
static int overlay(const struct reading *reading, const cJSON *row, struct customer *ret, struct error *err)
{
    const char *key = json_text_or(row, "key", "");
    CLEANUP_FREE char *folded = text_lower(key);
    const struct customer *old = index_row(&reading->index, folded);
    CLEANUP_JSON cJSON *tree = old ? tree_of(old) : cJSON_CreateObject();
    const cJSON *member;
    cJSON_ArrayForEach(member, row)
    {
        cJSON_DeleteItemFromObjectCaseSensitive(tree, member->string);
        if (!cJSON_IsNull(member))
            cJSON_AddItemToObject(tree, member->string, cJSON_Duplicate(member, true));
    }
    return customer_decode(tree, ret, err);
}

/* `rc`: the row could not be read, and *err says why. */
static void read_row(struct reading *reading, const cJSON *row, size_t line, int rc, struct error *err)
{
    struct customer record = {0};
    if (!rc)
        rc = cJSON_IsObject(row) ? overlay(reading, row, &record, err)
                                 : error_set(err, ERR_INVALID, "A customer must be a JSON object.");
    if (!rc)
        rc = check(reading, &record, err);
    if (rc && !record.key)
        record.key = xstrdup(json_text_or(row, "key", NULL));
    add_row(reading, line, &record, rc ? err : NULL);
}

static void end(struct reading *reading)
{
    index_finish(&reading->index);
    map_finish(&reading->lines);
}

int import_json(const struct core *core, const cJSON *list, struct import *ret, struct error *err)
{
    struct reading reading;
    struct error wrong;
    const cJSON *row;
    size_t line = 0;
    *ret = (struct import){0};
    if (!cJSON_IsArray(list))
        return error_set(err, ERR_INVALID, "customers must be a list.");
    if (cJSON_GetArraySize(list) > IMPORT_ROWS)
        return error_set(err, ERR_TOO_BIG, "More than %d customers at once; import them in parts.",
                         IMPORT_ROWS);
    begin(&reading, core, ret);
    cJSON_ArrayForEach(row, list)
    {
        read_row(&reading, row, ++line, 0, &wrong);
    }
    end(&reading);
    return 0;
}

int import_csv(const struct core *core, const char *text, size_t n, struct import *ret, struct error *err)
{
    csv_rows rows;
    struct reading reading;
    const struct column *columns[CSV_CELLS];
    *ret = (struct import){0};
    int rc = csv_parse(text, n, &rows, err);
    if (!rc && (rows.n < 2 || rows.n > IMPORT_ROWS))
        rc = rows.n < 2 ? error_set(err, ERR_INVALID,
                                    "The file needs a line of column names, and at least one customer.")
                        : error_set(err, ERR_TOO_BIG, "More than %d customers at once; import them in parts.",
                                    IMPORT_ROWS);
    if (!rc)
        rc = columns_read(&rows.v[0], columns, err);
    if (!rc) {
        begin(&reading, core, ret);
        for (size_t i = 1; i < rows.n; i++) {
            CLEANUP_JSON cJSON *row = NULL;
            struct error wrong;
            int bad = columns_tree(columns, rows.v[0].cells.n, &rows.v[i], &row, &wrong);
            read_row(&reading, row, rows.v[i].line, bad, &wrong);
        }
        end(&reading);
    }
    csv_finish(&rows);
    return rc;
}

/* ---- the result ---- */

void import_finish(struct import *import)
{
    for (size_t i = 0; i < import->rows.n; i++) {
        customer_finish(&import->rows.v[i].record);
        free(import->rows.v[i].detail);
    }
    array_free(&import->rows);
    for (size_t i = 0; i < import->unknown.n; i++)
        free(import->unknown.v[i]);
    array_free(&import->unknown);
}

int import_store(struct turn *turn, const char *by, const struct import *import, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; i < import->rows.n && !rc; i++) {
        const struct import_row *row = &import->rows.v[i];
        if (row->what == IMPORT_NEW || row->what == IMPORT_CHANGED)
            rc = customers_set(turn, by, &row->record, err);
    }
    return rc;
}

void import_encode(const struct import *import, struct str *out)
{
    static const char *const names[] = {"new", "changed", "same", "refused"};
    struct json_out j = {out, false};
    int64_t counts[ARRAY_SIZE(names)] = {0};
    for (size_t i = 0; i < import->rows.n; i++)
        counts[import->rows.v[i].what]++;
    json_begin_object(&j);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        json_put_int(&j, names[i], counts[i]);
    json_key(&j, "rows");
    json_begin_array(&j);
    for (size_t i = 0; i < import->rows.n; i++) {
        const struct import_row *row = &import->rows.v[i];
        if (row->what == IMPORT_SAME)
            continue;
        json_begin_object(&j);
        json_put_int(&j, "line", (int64_t)row->line);
        json_put_text_if(&j, "key", row->record.key);
        json_put_text(&j, "what", names[row->what]);
        json_put_text_if(&j, "detail", row->detail);
        json_end_object(&j);
    }
    json_end_array(&j);
    json_put_texts(&j, "unknown_connectors", import->unknown.v, import->unknown.n);
    json_end_object(&j);
}
