/* The command `customer`: `customer acme`, `customer acme tier gold`, `customer acme no contact jo@acme.example`. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include <tocsin/connector.h>

#include "base/markup.h"
#include "customers/customers.h"
#include "customers/edit.h"
#include "customers/seek.h"
#include "delivery/link.h"
#include "people/people.h"
#include "sight/sight.h"
#include "turn/live.h"

#define LIST_MOST 50

/* ---- shown ---- */

static void add_contacts(const struct customer *c, struct str *out)
{
    for (size_t i = 0; i < c->contacts.n; i++) {
        const struct contact *contact = &c->contacts.v[i];
        str_add(out, i ? "; " : "\n\nContacts: ");
        if (contact->name)
            str_markup(out, "%s", contact->name);
        if (contact->email)
            str_markup(out, contact->name ? " (%s)" : "%s", contact->email);
        if (contact->role)
            str_markup(out, ", %s", contact->role);
    }
}

static void add_routes(const struct customer *c, struct str *out)
{
    for (size_t i = 0; i < c->routes.n; i++) {
        str_add(out, i ? ", then " : "\n\nReached at: ");
        str_markup(out, "%s on %s", c->routes.v[i].address, c->routes.v[i].connector);
    }
    CLEANUP_FREE char *key = text_typed(c->key);
    if (!c->routes.n)
        str_markup(out, "\n\nNo route is set. Add one with `customer %s route email ops@acme.example`.", key);
    if (c->wish == WISH_NO_CONTACT)
        str_add(out, "\n\nThey wish no contact: nothing is sent to them.");
    if (c->wish == WISH_SECURITY_ONLY)
        str_add(out, "\n\nThey wish to hear about security only.");
}

static void add_words(const char *name, const customer_words *words, struct str *out)
{
    if (words->n)
        str_addf(out, "\n\n%s: ", name);
    for (size_t i = 0; i < words->n; i++)
        str_markup(out, i ? ", %s" : "%s", words->v[i]);
}

static void show(const struct core *core, const struct customer *c, struct str *out)
{
    const char *owner = c->owner ? people_name((void *)(uintptr_t)core, c->owner) : NULL;
    str_markup(out, "**%s** (key %s)", customer_name(c), c->key);
    if (c->tier)
        str_markup(out, ", %s", c->tier);
    if (c->cares)
        str_add(out, ", watched over");
    if (owner)
        str_markup(out, "\n\nOwner: %s", owner);
    if (c->language)
        str_markup(out, "\n\nLanguage: %s", c->language);
    add_contacts(c, out);
    add_routes(c, out);
    add_words("Aliases", &c->aliases, out);
    add_words("Domains", &c->domains, out);
}

struct listing {
    const struct call *call;
    size_t n;
};

static bool list_one(void *ctx, const struct customer *c)
{
    struct listing *listing = ctx;
    struct str *out = listing->call->answer;
    if (listing->n++ == LIST_MOST) {
        str_add(out, "\n- …");
        return false;
    }
    str_markup(out, "\n- %s (key %s)", customer_name(c), c->key);
    if (c->tier)
        str_markup(out, ", %s", c->tier);
    if (c->cares)
        str_add(out, ", watched over");
    return true;
}

static bool list_stranger(void *ctx, const struct stranger *stranger)
{
    struct listing *listing = ctx;
    struct str *out = listing->call->answer;
    char name[INCIDENT_NAME];
    const struct incident *incident = live_incident(turn_core(listing->call->turn), stranger->incident);
    if (!incident || !sight_sees(turn_core(listing->call->turn), incident, listing->call->person))
        return true;
    if (!listing->n++)
        str_add(out, "\n\nSeen in incidents, but not in the directory:");
    str_markup(out, "\n- %s", stranger->key);
    if (stranger->name && strcmp(stranger->name, stranger->key) != 0)
        str_markup(out, " (%s)", stranger->name);
    str_markup(out, ", in %s", incident_name(stranger->incident, name));
    return listing->n < LIST_MOST;
}

static void list(const struct call *call)
{
    const struct core *core = turn_core(call->turn);
    size_t n = customers_count(core);
    struct listing listing = {call, 0}, strangers = {call, 0};
    *call->alone = true; /* some of it may be from private incidents */
    str_addf(call->answer, n == 1 ? "1 customer is in the directory." : "%zu customers are in the directory.",
             n);
    customers_each(core, list_one, &listing);
    customers_each_stranger(core, list_stranger, &strangers);
    if (strangers.n)
        str_add(call->answer,
                "\n\nName one with `customer KEY name …`, or say whose it is with `customer acme alias KEY`.");
    else if (!n)
        str_add(call->answer,
                " Add one with `customer acme name Acme GmbH`, or many with `tocsin customers import FILE`.");
}

/* ---- changed ---- */

/* A route may be set before its connector is: it is only said. */
static void warn_of_routes(const struct call *call, const struct customer *c)
{
    const struct core *core = turn_core(call->turn);
    CLEANUP_STR struct str names = {0};
    for (size_t i = 0; i < links(core)->n; i++) {
        if (links(core)->v[i].can & TOCSIN_CAN_DESK)
            str_markup(&names, names.len ? " and %s" : "%s", links(core)->v[i].name);
    }
    for (size_t i = 0; i < c->routes.n; i++) {
        if (link_known(core, c->routes.v[i].connector))
            continue;
        str_markup(call->answer, "\n\nNo connector is called %s here, so nothing goes that way.",
                   c->routes.v[i].connector);
        if (names.len)
            str_addf(call->answer, " Customers are reached on %s.", names.p);
    }
}

/* The id of the person who is meant, where the field is the owner. */
static int resolve_owner(const struct call *call, const char *field, const char **value, struct error *err)
{
    const struct core *core = turn_core(call->turn);
    if (strcasecmp(field, "owner") != 0 || !*value)
        return 0;
    const struct person *person = call->person && strcasecmp(*value, "me") == 0 ? people_get(core, call->person)
                                                                                : people_find(core, *value);
    if (!person)
        return error_markup(
            err, ERR_NOT_FOUND,
            "'%.60s' matches nobody, or more than one person. Mention them, as in `customer acme owner "
            "@ana`, or ask them to type `customer acme owner me`.",
            *value);
    *value = person->id;
    return 0;
}

static int change(const struct call *call, struct customer *record, struct error *err)
{
    const char *field = call->arguments[1], *value = call->arguments[2];
    CLEANUP_FREE char *removed = NULL, *key = text_typed(record->key);
    bool remove = strcasecmp(field, "no") == 0;
    if (remove && !value)
        return error_markup(err, ERR_INVALID, "Say what to take away: `customer %s no tier`.", key);
    if (remove) {
        size_t n = strcspn(value, " ");
        removed = xstrndup(value, n);
        field = removed;
        value = value[n] ? value + n + 1 : NULL;
    }
    int rc = resolve_owner(call, field, &value, err);
    if (!rc)
        rc = customer_edit(record, field, value, remove, err);
    if (rc)
        return rc;
    rc = customers_set(call->turn, call->by, record, err);
    return rc && err ? error_markup(err, rc, "%s", err->text)
                     : rc; /* the directory's own words are plain text */
}

static int forget(const struct call *call, const char *key, struct error *err)
{
    CLEANUP_FREE char *typed = text_typed(key);
    if (call->arguments[2])
        return error_markup(
            err, ERR_INVALID,
            "`customer %s forget` takes nothing more: it removes the whole record. `customer %s no "
            "contact …` takes away one thing.",
            typed, typed);
    int rc = customers_forget(call->turn, call->by, key, err);
    if (rc && err)
        error_markup(err, rc, "%s", err->text);
    if (!rc)
        str_markup(call->answer, "%s is no longer in the directory.", key);
    return rc;
}

/* Refuses what was meant for `customers add Acme`. */
static int check_key(const struct call *call, struct error *err)
{
    const char *key = call->arguments[0], *field = call->arguments[1];
    CLEANUP_FREE char *typed = text_typed(field ? field : "Acme");
    if (strcasecmp(key, "find") == 0)
        return error_markup(err, ERR_INVALID,
                            "Say for which customer I should look: `customer acme find %s`. A key that nobody "
                            "has begins a record.",
                            field ? field : "acme.example");
    if (strcasecmp(key, "add") == 0)
        return error_markup(err, ERR_INVALID,
                            "To say who is affected, type `customers add %s`. To describe a customer, type "
                            "`customer %s name …`.",
                            field ? field : "Acme", typed);
    return 0;
}

/* Whoever changes a record names it: an address may be meant for the one person who has it. */
static int check_named(const struct call *call, const struct customer *found, struct error *err)
{
    const char *typed = call->arguments[0];
    CLEANUP_FREE char *key = text_typed(found->key);
    if (!call->arguments[1] || text_equal_nocase(found->name, typed) ||
        customers_get(turn_core(call->turn), typed) == found)
        return 0;
    return error_markup(err, ERR_REFUSED, "'%.60s' is an address of %s. Use their key: `customer %s …`.", typed,
                        customer_name(found), key);
}

/* A key that nobody has begins a record with the first change that adds something. */
static int find_or_begin(const struct call *call, struct customer *record, struct error *err)
{
    const struct customer *found = NULL;
    const char *field = call->arguments[1];
    int rc = customers_find(turn_core(call->turn), call->arguments[0], &found, err);
    if (found)
        rc = check_named(call, found, err);
    if (found && rc)
        return rc;
    if (found)
        customer_copy(record, found);
    else if (field && strcasecmp(field, "no") != 0 && rc == ERR_NOT_FOUND)
        *record = (struct customer){.key = xstrdup(call->arguments[0])};
    else
        return rc;
    return 0;
}

int customers_command(const struct call *call, struct error *err)
{
    struct customer record = {0};
    const char *field = call->arguments[1];
    if (!call->arguments[0])
        return list(call), 0;
    int rc = check_key(call, err);
    if (!rc)
        rc = find_or_begin(call, &record, err);
    if (!rc && field && strcasecmp(field, "forget") == 0)
        rc = forget(call, record.key, err);
    else if (!rc && field && strcasecmp(field, "find") == 0)
        rc = customers_seek(call, &record, call->arguments[2], err);
    else if (!rc && field)
        rc = change(call, &record, err);
    if (!rc && !call->answer->len) {
        show(turn_core(call->turn), &record, call->answer);
        if (field)
            warn_of_routes(call, &record);
    }
    customer_finish(&record);
    return rc;
}
