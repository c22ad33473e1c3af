#include "people/table.h"

#include <string.h>

#include "base/json.h"

struct people *people_of(const struct core *core)
{
    return part_state(core, "people");
}

/* ---- finding ---- */

static char *identity_key(const char *connector, const char *user)
{
    return xasprintf("%s\x1f%s", connector, user);
}

struct person_row *row_get(const struct people *people, const char *id)
{
    return id ? map_get(&people->rows, id) : NULL;
}

struct person_row *row_of_user(const struct people *people, const char *connector, const char *user)
{
    CLEANUP_FREE char *key = identity_key(connector, user);
    return map_get(&people->identities, key);
}

struct person_row *row_head(struct person_row *row)
{
    while (row->into)
        row = row->into;
    return row;
}

void rows_of(struct person_row *row, row_list *ret)
{
    *array_add(ret) = row_head(row);
    for (size_t i = 0; i < ret->n; i++) {
        for (size_t k = 0; k < ret->v[i]->linked.n; k++)
            *array_add(ret) = ret->v[i]->linked.v[k];
    }
}

/* Of several rows of one person, the one whose id comes first: whatever their order in memory. */
struct person_row *row_by(const struct people *people, enum row_index index, const char *typed)
{
    CLEANUP_FREE char *key = text_lower(typed);
    struct person_row *found = key ? map_get(&people->indexes[index], key) : NULL;
    for (struct person_row *at = found; at; at = at->next[index]) {
        if (row_head(at) != row_head(found))
            return NULL;
        found = strcmp(at->person.id, found->person.id) < 0 ? at : found;
    }
    return found;
}

/* ---- changing ---- */

static char **indexed(struct person_row *row, enum row_index index)
{
    return index == BY_NAME ? &row->person.name : &row->person.email;
}

static void index_row(struct people *people, struct person_row *row, enum row_index index)
{
    CLEANUP_FREE char *key = text_lower(*indexed(row, index));
    row->next[index] = key ? map_get(&people->indexes[index], key) : NULL;
    if (key)
        map_put(&people->indexes[index], key, row);
}

static void unindex_row(struct people *people, struct person_row *row, enum row_index index)
{
    CLEANUP_FREE char *key = text_lower(*indexed(row, index));
    struct person_row *first = key ? map_get(&people->indexes[index], key) : NULL, *at = first;
    if (first == row && row->next[index])
        map_put(&people->indexes[index], key, row->next[index]);
    else if (first == row)
        map_remove(&people->indexes[index], key);
    while (at && at->next[index] != row)
        at = at->next[index];
    if (at)
        at->next[index] = row->next[index];
    row->next[index] = NULL;
}

void row_rename(struct people *people, struct person_row *row, enum row_index index, const char *text)
{
    unindex_row(people, row, index);
    replace_text(indexed(row, index), text);
    index_row(people, row, index);
}

static size_t find_user(const struct person_row *row, const char *connector, const char *user)
{
    size_t i = 0;
    while (i < row->users.n &&
           !(text_equal(row->users.v[i].connector, connector) && text_equal(row->users.v[i].user, user)))
        i++;
    return i;
}

static void take_user(struct person_row *row, size_t i)
{
    free(row->users.v[i].connector);
    free(row->users.v[i].user);
    array_remove(&row->users, i);
}

void row_give(struct people *people, struct person_row *row, const char *connector, const char *user)
{
    CLEANUP_FREE char *key = identity_key(connector, user);
    struct person_row *before = map_get(&people->identities, key);
    if (before == row)
        return;
    if (before)
        take_user(before, find_user(before, connector, user));
    *array_add(&row->users) = (struct person_user){xstrdup(connector), xstrdup(user)};
    map_put(&people->identities, key, row);
}

static bool is_earlier(const struct person_row *a, const struct person_row *b)
{
    return a->linked_at != b->linked_at ? a->linked_at < b->linked_at : strcmp(a->person.id, b->person.id) < 0;
}

static void join_row(struct person_row *row, struct person_row *into)
{
    *array_add(&into->linked) = row;
    for (size_t i = into->linked.n - 1; i && is_earlier(row, into->linked.v[i - 1]); i--) {
        into->linked.v[i] = into->linked.v[i - 1];
        into->linked.v[i - 1] = row;
    }
    row->into = into;
}

static void leave_row(struct person_row *row)
{
    for (size_t i = 0; row->into && i < row->into->linked.n; i++) {
        if (row->into->linked.v[i] == row)
            array_remove(&row->into->linked, i);
    }
    row->into = NULL;
}

void row_link(struct person_row *row, struct person_row *into, instant at)
{
    leave_row(row);
    if (into && row_head(into) == row)
        into = NULL; /* a circle: no event of Tocsin says so */
    row->linked_at = into ? at : 0;
    replace_text(&row->linked_to, into ? into->person.id : NULL);
    if (into)
        join_row(row, into);
}

void row_pair(struct people *people, struct person_row *row, const char *hash, instant until)
{
    if (row->pairing)
        map_remove(&people->pairings, row->pairing);
    replace_text(&row->pairing, hash);
    row->pairing_until = hash ? until : 0;
    if (hash)
        map_put(&people->pairings, hash, row);
}

struct person_row *row_create(struct people *people, const char *id)
{
    struct person_row *row = xcalloc(1, sizeof(*row));
    row->person.id = xstrdup(id);
    map_put(&people->rows, id, row);
    return row;
}

static void row_destroy(struct person_row *row)
{
    while (row->users.n)
        take_user(row, row->users.n - 1);
    array_free(&row->users);
    array_free(&row->linked);
    free(row->person.id);
    free(row->person.name);
    free(row->person.email);
    free(row->person.zone);
    free(row->not_email);
    free(row->linked_to);
    free(row->pairing);
    free(row);
}

bool user_is_real(const struct person_user *user)
{
    return strcmp(user->connector, OWN_WORD) != 0 && strcmp(user->connector, POLICY_WORD) != 0 &&
           strcmp(user->connector, SIGNIN_WORD) != 0;
}

bool row_chose_zone(const struct person_row *row)
{
    for (size_t i = 0; i < row->users.n; i++) {
        if (strcmp(row->users.v[i].connector, OWN_WORD) == 0)
            return true;
    }
    return false;
}

/* ---- documents ---- */

static void put_users(const struct person_row *row, struct json_out *j)
{
    json_key(j, "users");
    json_begin_array(j);
    for (size_t i = 0; i < row->users.n; i++) {
        json_begin_object(j);
        json_put_text(j, "connector", row->users.v[i].connector);
        json_put_text(j, "user", row->users.v[i].user);
        json_end_object(j);
    }
    json_end_array(j);
}

void row_write(struct turn *turn, const struct person_row *row)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "id", row->person.id);
    json_put_text_if(&j, "name", row->person.name);
    json_put_text_if(&j, "email", row->person.email);
    json_put_text_if(&j, "zone", row->person.zone);
    put_users(row, &j);
    json_put_text_if(&j, "not_email", row->not_email);
    json_put_text_if(&j, "linked_to", row->linked_to);
    if (row->linked_to)
        json_put_int(&j, "linked_at", row->linked_at);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_PERSON, row->person.id, body.p);
}

void row_write_pairing(struct turn *turn, const struct person_row *row)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    bool any = row->pairing || row->wrong;
    json_begin_object(&j);
    json_put_text_if(&j, "hash", row->pairing);
    json_put_int(&j, "until", row->pairing_until);
    json_put_int(&j, "wrong", row->wrong);
    json_put_int(&j, "wrong_since", row->wrong_since);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_PAIRING, row->person.id, any ? body.p : NULL)->at = turn_now(turn);
}

static bool load_person(void *ctx, const struct journal_doc *doc)
{
    struct people *people = ctx;
    const cJSON *user;
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "person", &json, NULL))
        return true;
    struct person_row *row = row_create(people, doc->key);
    row_rename(people, row, BY_NAME, json_text_or(json, "name", NULL));
    row_rename(people, row, BY_EMAIL, json_text_or(json, "email", NULL));
    row->person.zone = xstrdup(json_text_or(json, "zone", NULL));
    row->not_email = xstrdup(json_text_or(json, "not_email", NULL));
    row->linked_to = xstrdup(json_text_or(json, "linked_to", NULL));
    row->linked_at = json_int_or(json, "linked_at", 0);
    cJSON_ArrayForEach(user, json_member(json, "users"))
    {
        row_give(people, row, json_text_or(user, "connector", ""), json_text_or(user, "user", ""));
    }
    return true;
}

static bool load_pairing(void *ctx, const struct journal_doc *doc)
{
    struct people *people = ctx;
    struct person_row *row = row_get(people, doc->key);
    CLEANUP_JSON cJSON *json = NULL;
    if (!row || json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "pairing", &json, NULL))
        return true;
    row_pair(people, row, json_text_or(json, "hash", NULL), json_int_or(json, "until", 0));
    row->wrong = json_int_or(json, "wrong", 0);
    row->wrong_since = json_int_or(json, "wrong_since", 0);
    return true;
}

int table_load(struct core *core, struct error *err)
{
    struct people *people = people_of(core);
    struct map_slot *slot;
    int rc =
        journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_PERSON}, load_person, people, err);
    for (size_t i = 0; (slot = map_next(&people->rows, &i));) {
        struct person_row *row = slot->value, *into = row_get(people, row->linked_to);
        if (row->linked_to)
            row_link(row, into, row->linked_at);
    }
    return rc ? rc
              : journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_PAIRING}, load_pairing, people,
                             err);
}

void table_unload(struct core *core)
{
    struct people *people = people_of(core);
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&people->rows, &position));)
        row_destroy(slot->value);
    map_finish(&people->rows);
    map_finish(&people->identities);
    map_finish(&people->pairings);
    for (size_t i = 0; i < ROW_INDEXES; i++)
        map_finish(&people->indexes[i]);
    *people = (struct people){0};
}
