#include "people/links.h"

#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "people/table.h"

/* ---- events ---- */

static void tell(struct turn *turn, enum event_type type, struct person_row *row,
                 const struct person_row *other, const char *connector, const char *by)
{
    struct event event = {
        .type = type,
        .at = turn_now(turn),
        .subject = xstrdup(row->person.id),
        .by = xstrdup(by),
        .value = xstrdup(other->person.id),
        .name = xstrdup(connector),
    };
    turn_tell(turn, &event);
    row_write(turn, row);
}

void people_link(struct turn *turn, const char *id, const char *into, const char *connector)
{
    const struct people *people = people_of(turn_core(turn));
    struct person_row *one = row_get(people, id), *other = row_get(people, into);
    if (one && other && row_head(one) != row_head(other))
        tell(turn, EVENT_PERSON_LINKED, row_head(one), row_head(other), connector, id);
}

static struct people_two cut(struct turn *turn, struct person_row *row, const char *by)
{
    struct person_row *from = row->into;
    tell(turn, EVENT_PERSON_UNLINKED, row, from, NULL, by);
    return (struct people_two){row->person.id, row_head(from)->person.id};
}

/* The others stay one person: the one that was linked first. */
static struct people_two leave(struct turn *turn, struct person_row *row, const char *by)
{
    struct person_row *first = row->linked.v[0];
    cut(turn, first, by);
    while (row->linked.n)
        tell(turn, EVENT_PERSON_LINKED, row->linked.v[0], first, NULL, by);
    return (struct people_two){row->person.id, first->person.id};
}

/* One of several users of a row becomes a new person, to whom that person's address does not lead. */
static struct people_two split(struct turn *turn, struct person_row *row, const struct person_user *user,
                               const char *by)
{
    struct str data = {0};
    struct json_out j = {&data, false};
    struct identity identity = {user->connector, user->user, row->person.name, NULL, NULL};
    struct event event = {
        .type = EVENT_PERSON,
        .at = turn_now(turn),
        .subject = people_new_id(turn_core(turn), &identity),
        .by = xstrdup(by),
        .text = xstrdup(row->person.name),
        .name = xstrdup(user->connector),
        .value = xstrdup(user->user),
    };
    json_begin_object(&j);
    json_put_text_if(&j, "zone", row->person.zone);
    json_put_text_if(&j, "not_email", row->person.email);
    json_end_object(&j);
    event.data = str_take(&data);
    CLEANUP_FREE char *id = xstrdup(event.subject);
    turn_tell(turn, &event);
    struct person_row *part = row_get(people_of(turn_core(turn)), id);
    tell(turn, EVENT_PERSON_UNLINKED, part, row, NULL, by);
    row_write(turn, row);
    return (struct people_two){part->person.id, row->person.id};
}

/* ---- which ---- */

static size_t count_real(const struct person_row *row)
{
    size_t n = 0;
    for (size_t i = 0; i < row->users.n; i++)
        n += user_is_real(&row->users.v[i]);
    return n;
}

static const struct person_user *find_user(const struct person_row *row, const char *connector,
                                           const char *user)
{
    for (size_t i = 0; i < row->users.n; i++) {
        if (user_is_real(&row->users.v[i]) && text_equal_nocase(row->users.v[i].connector, connector) &&
            (!user || text_equal(row->users.v[i].user, user)))
            return &row->users.v[i];
    }
    return NULL;
}

/* The row that was linked last has it first. */
static struct person_row *find_row(struct person_row *row, const char *connector, const char *user,
                                   const struct person_user **ret)
{
    row_list rows = {0};
    struct person_row *found = NULL;
    rows_of(row, &rows);
    for (size_t i = rows.n; i-- > 0 && !found;) {
        *ret = find_user(rows.v[i], connector, user);
        found = *ret ? rows.v[i] : NULL;
    }
    array_free(&rows);
    return found;
}

static struct person_row *last_linked(struct person_row *row)
{
    row_list rows = {0};
    struct person_row *last = NULL;
    rows_of(row, &rows);
    for (size_t i = 1; i < rows.n; i++) {
        if (!last || rows.v[i]->linked_at >= last->linked_at)
            last = rows.v[i];
    }
    array_free(&rows);
    return last;
}

static int refuse_user(const struct core *core, const struct person_row *row, const char *connector,
                       struct error *err)
{
    CLEANUP_STR struct str where = {0};
    people_platforms(core, row->person.id, &where);
    return error_markup(err, ERR_NOT_FOUND, "No user on '%.40s' is %.60s's, who is on %.200s.", connector,
                        row->person.name, where.len ? where.p : "no platform");
}

static int refuse_unknown(struct error *err)
{
    return error_set(err, ERR_AUTH, "I don't know who that is.");
}

int people_unlink(struct turn *turn, const char *id, const char *connector, const char *user, const char *by,
                  struct people_two *ret, struct error *err)
{
    struct person_row *known = row_get(people_of(turn_core(turn)), id);
    const struct person_user *which = NULL;
    struct person_row *row = known ? find_row(known, connector, user, &which) : NULL;
    if (!known)
        return refuse_unknown(err);
    if (!row)
        return refuse_user(turn_core(turn), known, connector, err);
    if (row->into)
        *ret = cut(turn, row, by);
    else if (count_real(row) > 1)
        *ret = split(turn, row, which, by);
    else if (row->linked.n)
        *ret = leave(turn, row, by);
    else
        return error_markup(err, ERR_REFUSED, "There is nothing to unlink: %.60s is known on %s only.",
                            row->person.name, which->connector);
    return 0;
}

int people_undo(struct turn *turn, const char *id, const char *by, struct people_two *ret, struct error *err)
{
    struct person_row *known = row_get(people_of(turn_core(turn)), id);
    struct person_row *row = known ? last_linked(known) : NULL;
    CLEANUP_STR struct str where = {0};
    if (!known)
        return refuse_unknown(err);
    people_platforms(turn_core(turn), id, &where);
    if (!row)
        return error_markup(
            err, ERR_REFUSED,
            "No code has linked you to anybody. You are known on %.200s; `unlink` and a platform "
            "takes that one off.",
            where.len ? where.p : "no platform");
    *ret = cut(turn, row, by);
    return 0;
}
