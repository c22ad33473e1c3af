#include "people/people.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "base/markup.h"
#include "base/slug.h"
#include "base/zone.h"

#define PERSON_ID_BYTES 40
#define POLICY_WORD                                                                                            \
    "tocsin/policy"       /* stands in for a connector in what people{} says; none can have this name */
#define OWN_WORD "tocsin" /* stands in for a connector in what people say about themselves by command */

struct person_user {
    char *connector, *user;
};
struct person_row {
    struct person person; /* what other folders see */
    ARRAY(struct person_user) users;
    struct person_row *namesake; /* next person with the same name, ignoring case */
};

struct people {
    struct map rows;       /* person id -> struct person_row, owned */
    struct map identities; /* connector 0x1f user -> the same */
    struct map emails;     /* lower case -> the same */
    struct map names;      /* lower case -> the first person with that name */
};

static struct people *people_of(const struct core *core)
{
    return part_state(core, "people");
}

static char *identity_key(const char *connector, const char *user)
{
    return xasprintf("%s\x1f%s", connector, user);
}

/* Names are not unique. */
static void index_name(struct people *people, struct person_row *row)
{
    CLEANUP_FREE char *key = text_lower(row->person.name);
    row->namesake = key ? map_get(&people->names, key) : NULL;
    if (key)
        map_put(&people->names, key, row);
}

static void forget_name(struct people *people, struct person_row *row)
{
    CLEANUP_FREE char *key = text_lower(row->person.name);
    struct person_row *first = key ? map_get(&people->names, key) : NULL, *at = first;
    if (first == row && row->namesake)
        map_put(&people->names, key, row->namesake);
    else if (first == row)
        map_remove(&people->names, key);
    while (at && at->namesake != row)
        at = at->namesake;
    if (at)
        at->namesake = row->namesake;
    row->namesake = NULL;
}

static void index_person(struct people *people, struct person_row *row)
{
    for (size_t i = 0; i < row->users.n; i++) {
        CLEANUP_FREE char *key = identity_key(row->users.v[i].connector, row->users.v[i].user);
        map_put(&people->identities, key, row);
    }
    if (row->person.email) {
        CLEANUP_FREE char *email = text_lower(row->person.email);
        map_put(&people->emails, email, row);
    }
}

static void add_user(struct person_row *row, const char *connector, const char *user)
{
    for (size_t i = 0; i < row->users.n; i++) {
        if (text_equal(row->users.v[i].connector, connector) && text_equal(row->users.v[i].user, user))
            return;
    }
    *array_add(&row->users) = (struct person_user){xstrdup(connector), xstrdup(user)};
}

/* Did the person choose a time zone by command? Then connectors do not change it. */
static bool chose_zone(const struct person_row *row)
{
    for (size_t i = 0; i < row->users.n; i++) {
        if (strcmp(row->users.v[i].connector, OWN_WORD) == 0)
            return true;
    }
    return false;
}

/* A person's event: their user on one connector, and what that connector knows about them. */
static void fold_person(struct people *people, const struct event *event)
{
    struct person_row *row = map_get(&people->rows, event->subject);
    if (!row) {
        row = xcalloc(1, sizeof(*row));
        row->person.id = xstrdup(event->subject);
        map_put(&people->rows, row->person.id, row);
    }
    if (event->text) {
        forget_name(people, row);
        replace_text(&row->person.name, event->text);
        index_name(people, row);
    }
    CLEANUP_JSON cJSON *data = NULL;
    if (event->data &&
        json_parse(event->data, strlen(event->data), SIZE_MAX, JSON_DEPTH, "person", &data, NULL) == 0) {
        if (json_text_or(data, "email", NULL))
            replace_text(&row->person.email, json_text_or(data, "email", NULL));
        if (json_text_or(data, "zone", NULL) && (!chose_zone(row) || text_equal(event->name, OWN_WORD)))
            replace_text(&row->person.zone, json_text_or(data, "zone", NULL));
    }
    add_user(row, event->name, event->value);
    index_person(people, row);
}

static void people_folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    (void)incident;
    if (event->type == EVENT_PERSON)
        fold_person(people_of(turn_core(turn)), event);
}

static void person_encode(const struct person_row *row, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_text(&j, "id", row->person.id);
    json_put_text_if(&j, "name", row->person.name);
    json_put_text_if(&j, "email", row->person.email);
    json_put_text_if(&j, "zone", row->person.zone);
    json_key(&j, "users");
    json_begin_array(&j);
    for (size_t i = 0; i < row->users.n; i++) {
        json_begin_object(&j);
        json_put_text(&j, "connector", row->users.v[i].connector);
        json_put_text(&j, "user", row->users.v[i].user);
        json_end_object(&j);
    }
    json_end_array(&j);
    json_end_object(&j);
}

static bool load_person(void *ctx, const struct journal_doc *doc)
{
    struct people *people = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "person", &json, NULL))
        return true;
    struct person_row *row = xcalloc(1, sizeof(*row));
    row->person.id = xstrdup(doc->key);
    row->person.name = xstrdup(json_text_or(json, "name", NULL));
    row->person.email = xstrdup(json_text_or(json, "email", NULL));
    row->person.zone = xstrdup(json_text_or(json, "zone", NULL));
    const cJSON *user;
    cJSON_ArrayForEach(user, json_member(json, "users"))
    {
        add_user(row, json_text_or(user, "connector", ""), json_text_or(user, "user", ""));
    }
    map_put(&people->rows, row->person.id, row);
    index_name(people, row);
    index_person(people, row);
    return true;
}

static int people_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_PERSON}, load_person,
                        people_of(core), err);
}

static void row_destroy(struct person_row *row)
{
    for (size_t i = 0; i < row->users.n; i++) {
        free(row->users.v[i].connector);
        free(row->users.v[i].user);
    }
    array_free(&row->users);
    free(row->person.id);
    free(row->person.name);
    free(row->person.email);
    free(row->person.zone);
    free(row);
}

static void people_unload(struct core *core)
{
    struct people *people = people_of(core);
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&people->rows, &position));)
        row_destroy(slot->value);
    map_finish(&people->rows);
    map_finish(&people->identities);
    map_finish(&people->emails);
    map_finish(&people->names);
    *people = (struct people){0};
}

const struct part people_part = {
    .name = "people",
    .state_size = sizeof(struct people),
    .load = people_load,
    .unload = people_unload,
    .folded = people_folded,
};

/* Ids that mean something else where an actor is named are never given to a person. */
static bool is_reserved(const char *id)
{
    static const char *const reserved[] = {"", BY_RULE, BY_CLOCK, "connector", "api", "system", "nobody", "me"};
    for (size_t i = 0; i < ARRAY_SIZE(reserved); i++) {
        if (strcmp(reserved[i], id) == 0)
            return true;
    }
    return false;
}

static char *new_person_id(struct people *people, const struct identity *identity)
{
    CLEANUP_FREE char *by_user = text_slug(identity->user, PERSON_ID_BYTES);
    CLEANUP_FREE char *by_name = text_slug(identity->name, PERSON_ID_BYTES);
    const char *base = identity->name && *by_name ? by_name : by_user;
    if (!is_reserved(base) && !map_get(&people->rows, base))
        return xstrdup(base);
    if (!is_reserved(by_user) && !map_get(&people->rows, by_user))
        return xstrdup(by_user);
    for (int i = 2;; i++) {
        char *id = xasprintf("%s-%d", is_reserved(base) ? "person" : base, i);
        if (!map_get(&people->rows, id))
            return id;
        free(id);
    }
}

static bool is_current(const struct person_row *row, const struct identity *identity)
{
    return (!identity->name || text_equal(row->person.name, identity->name)) &&
           (!identity->email || text_equal_nocase(row->person.email, identity->email)) &&
           (!identity->zone || chose_zone(row) || text_equal(row->person.zone, identity->zone));
}

static struct person_row *by_email(struct people *people, const char *email)
{
    CLEANUP_FREE char *key = text_lower(email);
    return key ? map_get(&people->emails, key) : NULL;
}

static void write_person(struct turn *turn, const struct person_row *row)
{
    CLEANUP_STR struct str body = {0};
    person_encode(row, &body);
    batch_doc(turn_batch(turn), DOC_PERSON, row->person.id, body.p);
}

/* Journals what an identity says of a person. `id` is owned: the person's, which may be new. */
static const struct person *tell_identity(struct turn *turn, const struct identity *identity, char *id,
                                          const char *name)
{
    struct person_row *row;
    struct str data = {0};
    struct json_out j = {&data, false};
    json_begin_object(&j);
    json_put_text_if(&j, "email", identity->email);
    if (identity->zone && zone_exists(identity->zone))
        json_put_text(&j, "zone", identity->zone);
    json_end_object(&j);
    struct event event = {
        .type = EVENT_PERSON,
        .at = turn_now(turn),
        .subject = id,
        .by = xasprintf("connector/%s", identity->connector),
        .text = xstrdup(name),
        .name = xstrdup(identity->connector),
        .value = xstrdup(identity->user),
        .data = str_take(&data),
    };
    turn_tell(turn, &event);
    CLEANUP_FREE char *key = identity_key(identity->connector, identity->user);
    row = map_get(&people_of(turn_core(turn))->identities, key);
    write_person(turn, row);
    return &row->person;
}

const struct person *people_identify(struct turn *turn, const struct identity *identity)
{
    struct people *people = people_of(turn_core(turn));
    CLEANUP_FREE char *key = identity_key(identity->connector, identity->user);
    struct person_row *row = map_get(&people->identities, key);
    if (row && is_current(row, identity))
        return &row->person;
    if (!row && identity->email)
        row = by_email(people, identity->email);
    return tell_identity(turn, identity, row ? xstrdup(row->person.id) : new_person_id(people, identity),
                         identity->name ? identity->name
                         : row          ? row->person.name
                                        : identity->user);
}

/* ---- declared by the policy ---- */

static struct person_row *row_of_declared(struct people *people, const struct roster_person *declared)
{
    struct person_row *row = NULL;
    for (size_t i = 0; !row && i < declared->n; i++) {
        CLEANUP_FREE char *key = identity_key(declared->users[i].connector, declared->users[i].user);
        row = map_get(&people->identities, key);
    }
    row = row || !declared->email ? row : by_email(people, declared->email);
    CLEANUP_FREE char *id = text_lower(declared->id);
    return row ? row : map_get(&people->rows, id);
}

/* Adds one identity to the person, unless it is known already, and perhaps as somebody else. */
static const struct person *declare_user(struct turn *turn, const struct roster_person *declared,
                                         const struct person *person, const char *connector, const char *user)
{
    struct people *people = people_of(turn_core(turn));
    CLEANUP_FREE char *key = identity_key(connector, user);
    struct identity identity = {connector, user, declared->id, declared->email, NULL};
    if (map_get(&people->identities, key))
        return person;
    return tell_identity(turn, &identity, person ? xstrdup(person->id) : new_person_id(people, &identity),
                         declared->name ? declared->name
                         : person       ? person->name
                                        : declared->id);
}

const struct person *people_declared(struct turn *turn, const struct roster_person *declared)
{
    struct person_row *row = row_of_declared(people_of(turn_core(turn)), declared);
    const struct person *person = row ? &row->person : NULL;
    for (size_t i = 0; i < declared->n; i++)
        person = declare_user(turn, declared, person, declared->users[i].connector, declared->users[i].user);
    if (!person || (declared->email && !text_equal_nocase(person->email, declared->email)))
        person =
            declare_user(turn, declared, person, POLICY_WORD, declared->email ? declared->email : declared->id);
    return person;
}

const struct person *people_named(struct turn *turn, const char *typed)
{
    const struct person *person = people_find(turn_core(turn), typed);
    typed += *typed == '@';
    struct identity identity = {.connector = "console", .user = typed, .name = typed};
    return person ? person : people_identify(turn, &identity);
}

int people_choose_zone(struct turn *turn, const char *id, const char *zone, struct error *err)
{
    struct person_row *row = id ? map_get(&people_of(turn_core(turn))->rows, id) : NULL;
    if (!row)
        return error_set(err, ERR_NOT_FOUND, "I don't know who you are here, so I can't save your time zone.");
    if (!zone_exists(zone))
        return error_markup(err, ERR_NOT_FOUND, "Unknown time zone '%.60s'. Use a name such as Europe/London.",
                            zone);
    struct str data = {0};
    struct json_out j = {&data, false};
    json_begin_object(&j);
    json_put_text(&j, "zone", zone);
    json_end_object(&j);
    struct event event = {
        .type = EVENT_PERSON,
        .at = turn_now(turn),
        .subject = xstrdup(id),
        .by = xstrdup(id),
        .name = xstrdup(OWN_WORD),
        .value = xstrdup(id),
        .data = str_take(&data),
    };
    turn_tell(turn, &event);
    write_person(turn, row);
    return 0;
}

const struct person *people_get(const struct core *core, const char *id)
{
    struct person_row *row = id ? map_get(&people_of(core)->rows, id) : NULL;
    return row ? &row->person : NULL;
}

const struct person *people_find(const struct core *core, const char *typed)
{
    const struct people *people = people_of(core);
    typed += *typed == '@';
    CLEANUP_FREE char *key = text_lower(typed);
    struct person_row *row = map_get(&people->rows, key);
    if (!row)
        row = map_get(&people->emails, key);
    struct person_row *named = row ? NULL : map_get(&people->names, key);
    if (named)
        return named->namesake ? NULL : &named->person;
    CLEANUP_FREE char *id = text_slug(typed, PERSON_ID_BYTES); /* José, typed as it is written, is jose */
    if (!row && !strchr(typed, ' '))
        row = map_get(&people->rows, id);
    return row ? &row->person : NULL;
}

const char *people_name(void *core, const char *id)
{
    const struct person *person = people_get(core, id);
    return person ? person->name : NULL;
}

const char *people_zone(const struct core *core, const char *id)
{
    const struct person *person = people_get(core, id);
    return person && person->zone ? person->zone : core_settings(core)->zone;
}

const char *people_of_user(const struct core *core, const char *connector, const char *user)
{
    CLEANUP_FREE char *key = identity_key(connector, user);
    const struct person_row *row = map_get(&people_of(core)->identities, key);
    return row ? row->person.id : NULL;
}

const char *people_user(const struct core *core, const char *id, const char *connector)
{
    struct person_row *row = id ? map_get(&people_of(core)->rows, id) : NULL;
    for (size_t i = 0; row && i < row->users.n; i++) {
        if (text_equal(row->users.v[i].connector, connector))
            return row->users.v[i].user;
    }
    return NULL;
}
