/* Whom a message to customers is for, as somebody typed it: `acme`, `all`, `tier gold`, `to Acme GmbH`; and what follows. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/config.h"
#include "base/markup.h"
#include "command/audience.h"
#include "command/handlers.h"
#include "command/line.h"
#include "comms/comms.h"
#include "customers/customers.h"
#include "impact/impact.h"

#define SLIP_LETTERS 5 /* shorter keys are alike and mean others */

struct search {
    const struct core *core;
    const char *typed;
    const struct customer *record; /* whom the directory has under what was typed; NULL: nobody, or several */
};

/* By the name in the incident or in the directory, or by another key of theirs. */
static bool is_meant(const struct search *search, const struct state_customer *c)
{
    const struct customer *record = customers_get(search->core, c->key);
    return text_equal_nocase(c->name, search->typed) ||
           (record && (record == search->record || text_equal_nocase(record->name, search->typed)));
}

/* Their key in the incident. A key that means many, which an alert may bring, is none: the message would go to those. */
static int find_affected(const struct search *search, const struct incident *incident, const char **ret,
                         struct error *err)
{
    const struct state_customer *found = NULL;
    for (size_t i = 0; i < incident->affected.customers.n; i++) {
        const struct state_customer *c = &incident->affected.customers.v[i];
        if (text_equal_nocase(c->key, search->typed))
            return *ret = c->key, 0;
        if (audience_is_many(c->key) || !is_meant(search, c))
            continue;
        const struct customer *record = customers_get(search->core, c->key);
        if (found && (!record || record != customers_get(search->core, found->key)))
            return error_markup(err, ERR_REFUSED, "'%.60s' is more than one customer: %.60s, %.60s. Use a key.",
                                search->typed, found->key, c->key);
        found = found ? found : c;
    }
    *ret = found ? found->key : NULL;
    return 0;
}

int affected_key(const struct request *request, const char *typed, char **ret, struct error *err)
{
    struct search search = {.core = request->core, .typed = typed};
    struct error unknown;
    const char *named = NULL;
    customers_find(request->core, typed, &search.record, &unknown);
    int rc = find_affected(&search, request->incident, &named, err);
    if (!rc)
        *ret = named ? xstrdup(named)
                     : impact_key(request->core, request->incident, search.record ? search.record->key : typed);
    return rc;
}

/* Nobody knows them, and one letter off is somebody who is affected: the message must not miss those. Keys with digits are alike and
   mean others. */
static int refuse_slip(const struct request *request, const char *typed, struct error *err)
{
    ARRAY(const char *) known = {0};
    char name[INCIDENT_NAME];
    for (size_t i = 0; i < request->incident->affected.customers.n; i++) {
        *array_add(&known) = request->incident->affected.customers.v[i].key;
        if (request->incident->affected.customers.v[i].name)
            *array_add(&known) = request->incident->affected.customers.v[i].name;
    }
    const char *near = typed[strcspn(typed, "0123456789")] ? NULL : nearest_word(typed, known.v, known.n);
    array_free(&known);
    if (!near || strlen(typed) < SLIP_LETTERS)
        return 0;
    request_incident_name(request, name);
    CLEANUP_FREE char *meant = text_typed(near);
    return error_markup(
        err, ERR_NOT_FOUND,
        "No customer '%.60s' is known. Do you mean %.60s? `%s %s %.60s …`. If they are new: `%s customers "
        "add %.60s` first.",
        typed, near, name, request->row->name, meant, name, typed);
}

/* Whom nobody knows was not told by us: that is a slip. */
static int refuse_unknown(const struct request *request, const char *typed, struct error *err)
{
    char name[INCIDENT_NAME];
    request_incident_name(request, name);
    return error_markup(
        err, ERR_NOT_FOUND,
        "No customer '%.60s' is known. `%s customers` lists whom it affects. If they are new: `%s "
        "customers add %.60s` first.",
        typed, name, name, typed);
}

int audience_resolve(struct request *request, struct audience *audience, bool known_only, struct error *err)
{
    const char *typed = audience->whom, *key = customer_is_everybody(typed) ? EVERY_CUSTOMER : typed;
    struct search search = {.core = request->core, .typed = typed};
    if (audience_is_many(key))
        return audience->key = xstrdup(key), 0;
    int known = customers_find(request->core, typed, &search.record, err);
    int rc = find_affected(&search, request->incident, &key, err);
    if (rc || key)
        return audience->key = xstrdup(key), rc;
    if (known == ERR_REFUSED)
        return known; /* several have that name */
    key = search.record ? search.record->key : typed;
    CLEANUP_FREE char *unnamed = impact_key(request->core, request->incident, key);
    audience->is_new = !unnamed;
    rc = unnamed || search.record ? 0 : refuse_slip(request, typed, err);
    if (!rc && known_only && !unnamed && !search.record)
        rc = refuse_unknown(request, typed, err);
    audience->key = xstrdup(key);
    return rc ? rc : request_do(request, &(struct command){.verb = "customer", .name = audience->key}, err);
}

/* ---- as typed ---- */

/* By the directory, or those whom the state names: no crowd is searched for each word of a message. */
static bool is_known(const struct request *request, const char *name, const struct customer **ret)
{
    struct error unknown;
    struct search search = {.core = request->core, .typed = name};
    const char *key = NULL;
    bool found = customers_find(request->core, name, &search.record, &unknown) != ERR_NOT_FOUND;
    *ret = search.record;
    return found || find_affected(&search, request->incident, &key, &unknown) || key;
}

/* "Acme", followed by "GmbH We see it.": a name of several words needs no quotes, unless its first word is somebody else. */
static void take_name(const struct request *request, struct audience *audience)
{
    const struct customer *one, *whole;
    bool known = is_known(request, audience->whom, &one);
    CLEANUP_STR struct str name = {0};
    str_add(&name, audience->whom);
    for (const char *p = audience->text; p && *p && name.len < CUSTOMER_TEXT;) {
        size_t n = strcspn(p, " \n");
        str_addf(&name, " %.*s", (int)MIN(n, (size_t)CUSTOMER_TEXT), p);
        p = skip_space(p + n);
        if (!is_known(request, name.p, &whole) || (known && (!one || whole != one)))
            continue;
        replace_text(&audience->whom, name.p);
        audience->text = *p ? p : NULL;
    }
}

/* An alert may bring a customer of that name, and whoever answers them means nobody else. */
static bool is_affected(const struct request *request, const char *name)
{
    struct error unknown;
    CLEANUP_FREE char *key = NULL;
    return affected_key(request, name, &key, &unknown) || key;
}

/* "to acme …", "tier gold …", "to tier gold …" */
static void take_prefix(const struct request *request, struct audience *audience)
{
    const char *rest;
    bool tier = text_equal_nocase(audience->whom, "tier");
    if ((!tier && !text_equal_nocase(audience->whom, "to")) || !audience->text ||
        is_affected(request, audience->whom))
        return;
    CLEANUP_FREE char *next = read_token(audience->text, &rest);
    if (!tier && text_equal_nocase(next, "tier") && *skip_space(rest)) {
        tier = true;
        free(next);
        next = read_token(skip_space(rest), &rest);
    }
    free(audience->whom);
    audience->whom = tier ? xasprintf(CUSTOMERS_OF_TIER "%s", next) : xstrdup(next);
    audience->text = *skip_space(rest) ? skip_space(rest) : NULL;
}

void audience_read(const struct request *request, struct audience *ret)
{
    *ret = (struct audience){xstrdup(request_argument(request, ARGUMENT_WORD)),
                             request_argument(request, ARGUMENT_TEXT), NULL, false};
    take_prefix(request, ret);
    if (!audience_is_many(ret->whom) && !customer_is_everybody(ret->whom))
        take_name(request, ret);
}

void audience_finish(struct audience *audience)
{
    free(audience->whom);
    free(audience->key);
}
