#include "people/people.h"

#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/slug.h"
#include "base/zone.h"
#include "people/table.h"
#include "policy/access.h"

#define PERSON_ID_BYTES 40

static void people_folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    (void)incident;
    if (event_kind(event->type)->subject == OF_PERSON)
        fold_person(people_of(turn_core(turn)), event);
}

/* Nobody joins an incident by one id who is a member of it by another. */
static bool people_known(struct core *core, const struct event *event, const struct incident *incident)
{
    return event->type == EVENT_MEMBER && event->flag && people_member(core, incident, event->value);
}

const struct part people_part = {
    .name = "people",
    .state_size = sizeof(struct people),
    .load = table_load,
    .unload = table_unload,
    .folded = people_folded,
    .known = people_known,
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

/* Does the policy say that the id is theirs? */
static bool is_declared_as(const struct core *core, const char *id, const struct identity *identity)
{
    struct roster_person declared;
    if (!policy_person(core_policy(core), id, &declared))
        return false;
    for (size_t i = 0; i < declared.n; i++) {
        if (text_equal(declared.users[i].connector, identity->connector) &&
            text_equal(declared.users[i].user, identity->user))
            return true;
    }
    return declared.email && text_equal_nocase(declared.email, identity->email);
}

/* People choose how they are called: that alone makes nobody whom access{} or the readers of a page name. */
static bool may_be_called(const struct core *core, const char *id, const struct identity *identity)
{
    const struct policy *policy = core_policy(core);
    return !policy || !policy_names_person(policy, id) || is_declared_as(core, id, identity);
}

char *people_new_id(const struct core *core, const struct identity *identity)
{
    struct people *people = people_of(core);
    CLEANUP_FREE char *by_user = text_slug(identity->user, PERSON_ID_BYTES);
    CLEANUP_FREE char *by_name = text_slug(identity->name, PERSON_ID_BYTES);
    bool named =
        identity->name && *by_name && (strcmp(by_name, by_user) == 0 || may_be_called(core, by_name, identity));
    const char *base = named ? by_name : by_user;
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

/* ---- what connectors say ---- */

#define BY_HAND "console" /* where people are called as an operator typed it */

/* A person is called as on the platform where they were known first. */
static bool is_first(const struct person_row *row, const struct identity *identity)
{
    const struct person_user *first = NULL;
    for (size_t i = 0; i < row->users.n; i++) {
        const struct person_user *user = &row->users.v[i];
        if (user_is_real(user) && (!first || strcmp(first->connector, BY_HAND) == 0))
            first = user;
    }
    return first && text_equal(first->connector, identity->connector) &&
           text_equal(first->user, identity->user);
}

/* What another platform says only fills gaps. */
static struct identity news_of(const struct person_row *row, const struct identity *identity)
{
    struct identity news = *identity;
    bool first = is_first(row, identity);
    if (text_equal_nocase(identity->email, row->not_email) || (!first && row->person.email))
        news.email = NULL;
    if (row_chose_zone(row) || (!first && row->person.zone))
        news.zone = NULL;
    if (!first && row->person.name)
        news.name = NULL;
    return news;
}

static bool is_current(const struct person_row *row, const struct identity *news)
{
    return (!news->name || text_equal(row->person.name, news->name)) &&
           (!news->email || text_equal_nocase(row->person.email, news->email)) &&
           (!news->zone || text_equal(row->person.zone, news->zone));
}

/* Journals what an identity says of a person. `id` is owned: the person's, which may be new. */
static struct person_row *tell_identity(struct turn *turn, const struct identity *identity, char *id,
                                        const char *name)
{
    struct str data = {0};
    struct json_out j = {&data, false};
    json_begin_object(&j);
    json_put_text_if(&j, "email", identity->email);
    json_put_text_if(&j, "zone", identity->zone);
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
    struct person_row *row = row_of_user(people_of(turn_core(turn)), identity->connector, identity->user);
    row_write(turn, row);
    return row;
}

const struct person *people_identify(struct turn *turn, const struct identity *identity)
{
    struct people *people = people_of(turn_core(turn));
    struct person_row *row = row_of_user(people, identity->connector, identity->user);
    bool known = row;
    struct identity news = *identity;
    news.zone = news.zone && zone_exists(news.zone) ? news.zone : NULL;
    if (!row && identity->email)
        row = row_by(people, BY_EMAIL, identity->email);
    if (row)
        news = news_of(row, &news);
    if (!known || !is_current(row, &news))
        row =
            tell_identity(turn, &news, row ? xstrdup(row->person.id) : people_new_id(turn_core(turn), identity),
                          row              ? news.name
                          : identity->name ? identity->name
                                           : identity->user);
    return &row_head(row)->person;
}

/* ---- declared by the policy ---- */

static struct person_row *row_of_declared(const struct people *people, const struct roster_person *declared)
{
    struct person_row *row = NULL;
    for (size_t i = 0; !row && i < declared->n; i++)
        row = row_of_user(people, declared->users[i].connector, declared->users[i].user);
    row = row || !declared->email ? row : row_by(people, BY_EMAIL, declared->email);
    CLEANUP_FREE char *id = text_lower(declared->id);
    return row ? row : row_get(people, id);
}

const struct person *people_of_declared(const struct core *core, const struct roster_person *declared)
{
    struct person_row *row = row_of_declared(people_of(core), declared);
    return row ? &row_head(row)->person : NULL;
}

/* Adds one identity to the person, unless it is known already, and perhaps as somebody else. */
static struct person_row *declare_user(struct turn *turn, const struct roster_person *declared,
                                       struct person_row *row, const char *connector, const char *user)
{
    struct people *people = people_of(turn_core(turn));
    struct identity identity = {connector, user, declared->id, declared->email, NULL};
    if (row_of_user(people, connector, user))
        return row;
    return tell_identity(turn, &identity,
                         row ? xstrdup(row->person.id) : people_new_id(turn_core(turn), &identity),
                         declared->name ? declared->name
                         : row          ? row->person.name
                                        : declared->id);
}

const struct person *people_declared(struct turn *turn, const struct roster_person *declared)
{
    struct person_row *row = row_of_declared(people_of(turn_core(turn)), declared);
    for (size_t i = 0; i < declared->n; i++)
        row = declare_user(turn, declared, row, declared->users[i].connector, declared->users[i].user);
    if (!row || (declared->email && !text_equal_nocase(row->person.email, declared->email)))
        row = declare_user(turn, declared, row, POLICY_WORD, declared->email ? declared->email : declared->id);
    return &row_head(row)->person;
}

const struct person *people_named(struct turn *turn, const char *typed)
{
    const struct person *person = people_find(turn_core(turn), typed);
    typed += *typed == '@';
    struct identity identity = {.connector = BY_HAND, .user = typed, .name = typed};
    return person ? person : people_identify(turn, &identity);
}

int people_choose_zone(struct turn *turn, const char *id, const char *zone, struct error *err)
{
    struct person_row *known = row_get(people_of(turn_core(turn)), id), *row = known ? row_head(known) : NULL;
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
        .subject = xstrdup(row->person.id),
        .by = xstrdup(id),
        .name = xstrdup(OWN_WORD),
        .value = xstrdup(row->person.id),
        .data = str_take(&data),
    };
    turn_tell(turn, &event);
    row_write(turn, row);
    return 0;
}

/* ---- reading ---- */

static struct person_row *head_of(const struct core *core, const char *id)
{
    struct person_row *row = row_get(people_of(core), id);
    return row ? row_head(row) : NULL;
}

const struct person *people_get(const struct core *core, const char *id)
{
    const struct person_row *row = head_of(core, id);
    return row ? &row->person : NULL;
}

const struct person *people_find(const struct core *core, const char *typed)
{
    const struct people *people = people_of(core);
    typed += *typed == '@';
    CLEANUP_FREE char *key = text_lower(typed);
    CLEANUP_FREE char *id = text_slug(typed, PERSON_ID_BYTES); /* José, typed as it is written, is jose */
    struct person_row *row = row_get(people, key);
    row = row ? row : row_by(people, BY_EMAIL, key);
    if (!row && map_get(&people->indexes[BY_NAME], key))
        row = row_by(people, BY_NAME, key);
    else if (!row && !strchr(typed, ' '))
        row = row_get(people, id);
    return row ? &row_head(row)->person : NULL;
}

/* Is that who was typed? known NULL: nobody known was. */
static bool is_declared(const struct core *core, const struct roster_person *declared,
                        const struct person *known, const char *typed)
{
    return known ? people_of_declared(core, declared) == known
                 : text_equal_nocase(declared->name, typed) || text_equal_nocase(declared->email, typed);
}

bool people_find_declared(const struct core *core, const char *typed, struct roster_person *ret)
{
    const struct policy *policy = core_policy(core);
    const struct person *known = people_find(core, typed);
    struct roster_person declared;
    size_t n = 0;
    if (policy_person(policy, typed, ret))
        return true;
    typed += *typed == '@';
    for (size_t i = 0; policy_person_at(policy, i, &declared); i++) {
        if (is_declared(core, &declared, known, typed) && n++ == 0)
            *ret = declared;
    }
    return n == 1;
}

const char *people_name(void *core, const char *id)
{
    const struct person_row *row = row_get(people_of(core), id);
    return row ? row->person.name : NULL;
}

/* Of a person who has none, that of one who acts as them. */
static const char *text_of(const struct core *core, const char *id, bool email)
{
    struct person_row *row = row_get(people_of(core), id);
    const char *text = NULL;
    row_list rows = {0};
    if (row)
        rows_of(row, &rows);
    for (size_t i = 0; i < rows.n && !text; i++)
        text = email ? rows.v[i]->person.email : rows.v[i]->person.zone;
    array_free(&rows);
    return text;
}

const char *people_zone(const struct core *core, const char *id)
{
    const char *zone = text_of(core, id, false);
    return zone ? zone : core_settings(core)->zone;
}

const char *people_email(const struct core *core, const char *id)
{
    return text_of(core, id, true);
}

const char *people_of_user(const struct core *core, const char *connector, const char *user)
{
    struct person_row *row = row_of_user(people_of(core), connector, user);
    return row ? row_head(row)->person.id : NULL;
}

static const char *user_on(const struct person_row *row, const char *connector)
{
    for (size_t i = 0; i < row->users.n; i++) {
        if (text_equal(row->users.v[i].connector, connector))
            return row->users.v[i].user;
    }
    return NULL;
}

const char *people_user(const struct core *core, const char *id, const char *connector)
{
    struct person_row *row = row_get(people_of(core), id);
    const char *user = row ? user_on(row, connector) : NULL;
    row_list rows = {0};
    if (row && !user)
        rows_of(row, &rows);
    for (size_t i = 0; i < rows.n && !user; i++)
        user = user_on(rows.v[i], connector);
    array_free(&rows);
    return user;
}

/* ---- one person, several ids ---- */

const char *people_now(const struct core *core, const char *id)
{
    const struct person_row *row = head_of(core, id);
    return row ? row->person.id : id;
}

bool people_same(const struct core *core, const char *a, const char *b)
{
    return text_equal(a, b) || (a && b && text_equal(people_now(core, a), people_now(core, b)));
}

bool people_any(const struct core *core, const char *id, bool (*on)(void *ctx, const char *id), void *ctx)
{
    struct person_row *row = row_get(people_of(core), id);
    bool found = id && on(ctx, id);
    row_list rows = {0};
    if (row && !found && (row->into || row->linked.n))
        rows_of(row, &rows);
    for (size_t i = 0; i < rows.n && !found; i++)
        found = rows.v[i] != row && on(ctx, rows.v[i]->person.id);
    array_free(&rows);
    return found;
}

static bool is_member(void *ctx, const char *id)
{
    return incident_has_member(ctx, id);
}

bool people_member(const struct core *core, const struct incident *incident, const char *id)
{
    return people_any(core, id, is_member, (void *)(uintptr_t)incident);
}

bool people_alone(const struct core *core, const struct incident *incident, const char *id)
{
    for (size_t i = 0; i < incident->people.members.n; i++) {
        if (!people_same(core, incident->people.members.v[i], id))
            return false;
    }
    return true;
}

void people_each_user(const struct core *core, const char *id,
                      void (*on)(void *ctx, const char *connector, const char *user), void *ctx)
{
    struct person_row *row = row_get(people_of(core), id);
    row_list rows = {0};
    if (row)
        rows_of(row, &rows);
    for (size_t i = 0; i < rows.n; i++) {
        for (size_t k = 0; k < rows.v[i]->users.n; k++) {
            const struct person_user *user = &rows.v[i]->users.v[k];
            if (user_is_real(user))
                on(ctx, user->connector, user->user);
        }
    }
    array_free(&rows);
}

typedef ARRAY(const char *) word_list;

static void add_platform(void *ctx, const char *connector, const char *user)
{
    word_list *words = ctx;
    (void)user;
    for (size_t i = 0; i < words->n; i++) {
        if (text_equal(words->v[i], connector))
            return;
    }
    *array_add(words) = connector;
}

void people_platforms(const struct core *core, const char *id, struct str *out)
{
    word_list words = {0};
    people_each_user(core, id, add_platform, &words);
    *array_add(&words) = NULL;
    str_add_list(out, words.v, "and");
    array_free(&words);
}
