#include "customers/edit.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/markup.h"

struct edit {
    const struct field *field;
    struct customer *record;
    const char *value; /* never NULL */
};
typedef int edit_function(const struct edit *edit, struct error *err);

struct field {
    const char *name, *sample;
    edit_function *set, *remove;
    size_t at; /* of a text or of words, in the record */
};

static void *place(const struct edit *edit)
{
    return (char *)edit->record + edit->field->at;
}

static int lacks(const struct edit *edit, struct error *err)
{
    CLEANUP_FREE char *key = text_typed(edit->record->key);
    return error_markup(err, ERR_INVALID, "Say which %s: `customer %s %s %s`.", edit->field->name, key,
                        edit->field->name, edit->field->sample);
}

static int has_none(const struct edit *edit, struct error *err)
{
    return error_markup(err, ERR_NOT_FOUND, "%s has no %s '%.100s'.", customer_name(edit->record),
                        edit->field->name, edit->value);
}

/* An error of the record's checks is plain text. */
static int literal(int rc, struct error *err)
{
    return rc && err ? error_markup(err, rc, "%s", err->text) : rc;
}

/* ---- one text ---- */

static int set_text(const struct edit *edit, struct error *err)
{
    if (!*edit->value)
        return lacks(edit, err);
    replace_text(place(edit), edit->value);
    return 0;
}

/* `no tier silver` takes away only that tier. */
static int remove_text(const struct edit *edit, struct error *err)
{
    char *const *text = place(edit);
    if (*edit->value && !text_equal_nocase(*text, edit->value))
        return has_none(edit, err);
    replace_text(place(edit), NULL);
    return 0;
}

/* ---- several words ---- */

static size_t find_word(const customer_words *words, const char *value)
{
    size_t i = 0;
    while (i < words->n && !text_equal_nocase(words->v[i], value))
        i++;
    return i;
}

static int add_word(const struct edit *edit, struct error *err)
{
    customer_words *words = place(edit);
    if (!*edit->value)
        return lacks(edit, err);
    if (find_word(words, edit->value) == words->n)
        *array_add(words) = xstrdup(edit->value);
    return 0;
}

static int remove_word(const struct edit *edit, struct error *err)
{
    customer_words *words = place(edit);
    size_t i = find_word(words, edit->value);
    if (i == words->n)
        return has_none(edit, err);
    free(words->v[i]);
    array_remove(words, i);
    return 0;
}

/* ---- choices ---- */

static int set_cares(const struct edit *edit, struct error *err)
{
    CLEANUP_FREE char *key = text_typed(edit->record->key);
    bool yes = !*edit->value || strcasecmp(edit->value, "yes") == 0;
    if (!yes && strcasecmp(edit->value, "no") != 0)
        return error_markup(err, ERR_INVALID, "'%.40s' is neither yes nor no. Write `customer %s cares yes`.",
                            edit->value, key);
    edit->record->cares = yes;
    return 0;
}

static int remove_cares(const struct edit *edit, struct error *err)
{
    CLEANUP_FREE char *key = text_typed(edit->record->key);
    if (*edit->value)
        return error_markup(err, ERR_INVALID, "`customer %s no cares` takes nothing more.", key);
    edit->record->cares = false;
    return 0;
}

static int set_wish(const struct edit *edit, struct error *err)
{
    return *edit->value ? literal(wish_parse(edit->value, &edit->record->wish, err), err) : lacks(edit, err);
}

static int remove_wish(const struct edit *edit, struct error *err)
{
    if (*edit->value && !text_equal_nocase(wish_name(edit->record->wish), edit->value))
        return has_none(edit, err);
    edit->record->wish = WISH_NONE;
    return 0;
}

/* ---- contacts ---- */

static char *trimmed(const char *from, const char *to)
{
    while (from < to && strchr(" <>,", *from))
        from++;
    while (to > from && strchr(" <>,", to[-1]))
        to--;
    return from < to ? xstrndup(from, (size_t)(to - from)) : NULL;
}

/* "Jo Doe <jo@acme.example> billing": the word with the @ is the address, what is before it the name, what follows the role. */
struct contact contact_read(const char *text)
{
    const char *at = strchr(text, '@'), *begin = at, *end = strchr(text, '\0');
    if (!at)
        return (struct contact){.name = trimmed(text, end)};
    while (begin > text && !strchr(" <", begin[-1]))
        begin--;
    const char *after = at + strcspn(at, " >");
    return (struct contact){trimmed(text, begin), trimmed(begin, after), trimmed(after, end)};
}

static size_t find_contact(const struct customer *c, const char *typed)
{
    size_t i = 0;
    while (i < c->contacts.n && !text_equal_nocase(c->contacts.v[i].email, typed) &&
           !text_equal_nocase(c->contacts.v[i].name, typed))
        i++;
    return i;
}

static void drop_contact(struct customer *c, size_t i)
{
    free(c->contacts.v[i].name);
    free(c->contacts.v[i].email);
    free(c->contacts.v[i].role);
    array_remove(&c->contacts, i);
}

static int add_contact(const struct edit *edit, struct error *err)
{
    struct contact contact = contact_read(edit->value);
    if (!contact.email && !contact.name)
        return lacks(edit, err);
    size_t i = find_contact(edit->record, contact.email ? contact.email : contact.name);
    if (i < edit->record->contacts.n)
        drop_contact(edit->record, i);
    *array_add(&edit->record->contacts) = contact;
    return 0;
}

static int remove_contact(const struct edit *edit, struct error *err)
{
    size_t i = find_contact(edit->record, edit->value);
    if (i == edit->record->contacts.n)
        return has_none(edit, err);
    drop_contact(edit->record, i);
    return 0;
}

/* ---- routes ---- */

static void drop_route(struct customer *c, size_t i)
{
    free(c->routes.v[i].connector);
    free(c->routes.v[i].address);
    array_remove(&c->routes, i);
}

/* "email ops@acme.example": the connector, then the address there. Takes away the route that says the same. */
static int take_route(const struct edit *edit, struct customer_route *ret, bool *ret_had, struct error *err)
{
    size_t n = strcspn(edit->value, " "), i = 0;
    char *address = trimmed(edit->value + n, strchr(edit->value, '\0'));
    if (!n || !address)
        return free(address), lacks(edit, err);
    *ret = (struct customer_route){xstrndup(edit->value, n), address};
    while (i < edit->record->routes.n && (!text_equal(edit->record->routes.v[i].connector, ret->connector) ||
                                          !text_equal_nocase(edit->record->routes.v[i].address, address)))
        i++;
    *ret_had = i < edit->record->routes.n;
    if (*ret_had)
        drop_route(edit->record, i);
    return 0;
}

static int add_route(const struct edit *edit, struct error *err)
{
    struct customer_route route = {0};
    bool had = false;
    int rc = take_route(edit, &route, &had, err);
    if (!rc)
        *array_add(&edit->record->routes) = route;
    return rc;
}

static int prefer_route(const struct edit *edit, struct error *err)
{
    int rc = add_route(edit, err);
    if (rc)
        return rc;
    struct customer_route *v = edit->record->routes.v, first = v[edit->record->routes.n - 1];
    memmove(v + 1, v, (edit->record->routes.n - 1) * sizeof(*v));
    v[0] = first;
    return 0;
}

static int remove_route(const struct edit *edit, struct error *err)
{
    struct customer_route route = {0};
    bool had = false;
    int rc = take_route(edit, &route, &had, err);
    if (rc)
        return rc;
    free(route.connector);
    free(route.address);
    return had ? 0 : has_none(edit, err);
}

/* ---- the table ---- */

static const struct field fields[] = {
    {"name", "Acme GmbH", set_text, remove_text, offsetof(struct customer, name)},
    {"tier", "gold", set_text, remove_text, offsetof(struct customer, tier)},
    {"owner", "@ana", set_text, remove_text, offsetof(struct customer, owner)},
    {"language", "de", set_text, remove_text, offsetof(struct customer, language)},
    {"cares", "yes", set_cares, remove_cares, 0},
    {"wish", "no-contact", set_wish, remove_wish, 0},
    {"contact", "Jo Doe <jo@acme.example> billing", add_contact, remove_contact, 0},
    {"route", "email ops@acme.example", add_route, remove_route, 0},
    {"prefer", "email ops@acme.example", prefer_route, remove_route, 0},
    {"alias", "acme-inc", add_word, remove_word, offsetof(struct customer, aliases)},
    {"domain", "acme.example", add_word, remove_word, offsetof(struct customer, domains)},
};

void customer_fields(struct str *out)
{
    const char *names[ARRAY_SIZE(fields) + 1] = {0};
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        names[i] = fields[i].name;
    str_add_list(out, names, "or");
}

/* Its own checks, as for a record from outside. */
static int check(struct customer *record, struct error *err)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_JSON cJSON *json = NULL;
    struct customer checked;
    customer_encode(record, &text);
    int rc = json_parse(text.p, text.len, SIZE_MAX, JSON_DEPTH, "the customer", &json, err);
    if (!rc)
        rc = customer_decode(json, &checked, err);
    if (rc)
        return literal(rc, err);
    customer_finish(record);
    *record = checked;
    return 0;
}

int customer_edit(struct customer *record, const char *field, const char *value, bool remove, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        if (strcasecmp(field, fields[i].name) != 0)
            continue;
        struct edit edit = {&fields[i], record, value ? value : ""};
        int rc = (remove ? fields[i].remove : fields[i].set)(&edit, err);
        return rc ? rc : check(record, err);
    }
    CLEANUP_STR struct str names = {0};
    customer_fields(&names);
    return error_markup(err, ERR_INVALID, "'%.40s' is not a field of a customer. Choose %s.", field,
                        str_text(&names));
}
