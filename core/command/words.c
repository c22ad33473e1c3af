/* What is known about an incident: title, summary, notes, links, customers. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/zone.h"
#include "command/handlers.h"
#include "turn/turn.h"

static int write_text(struct asking *ask, struct error *err)
{
    return ask_do(ask, &(struct command){.verb = ask->row->name, .text = asked(ask, ARGUMENT_TEXT)}, err);
}

int run_title(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME];
    int rc = write_text(ask, err);
    if (!rc)
        answer_line(ask, "%s is now called: %s", asked_name(ask, name), ask->incident->title);
    return rc;
}

int run_summary(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME];
    const char *text = asked(ask, ARGUMENT_TEXT), *summary = ask->incident->summary;
    int rc = text ? write_text(ask, err) : 0;
    if (rc)
        return rc;
    ask->answer->alone = true;
    asked_name(ask, name);
    if (text)
        answer_line(ask, "Saved the summary of %s.", name);
    else if (summary)
        answer_line(ask, "%s: %s", name, summary);
    else
        answer_line(ask, "%s has no summary. Write one with `%s summary cards have been refused since 9:00`.",
                    name, name);
    return 0;
}

int run_note(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME];
    int rc = write_text(ask, err);
    ask->answer->alone = true;
    if (!rc)
        answer_line(ask, "Noted in %s.", asked_name(ask, name));
    return rc;
}

int run_pin(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME];
    int rc = write_text(ask, err);
    ask->answer->alone = true;
    if (!rc)
        answer_line(ask, "Pinned in %s.", asked_name(ask, name));
    return rc;
}

int run_update(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME];
    int rc = write_text(ask, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *title =
        xasprintf("Update on %s by %s", asked_name(ask, name), ask_name_of(ask, ask->by));
    answer_said(ask, title, ": ", asked(ask, ARGUMENT_TEXT));
    return 0;
}

int run_link(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME];
    struct command command = {
        .verb = "link", .value = asked(ask, ARGUMENT_LINK), .text = asked(ask, ARGUMENT_TEXT)};
    int rc = ask_do(ask, &command, err);
    ask->answer->alone = true;
    if (!rc)
        answer_line(ask, "Saved the link in %s.", asked_name(ask, name));
    return rc;
}

/* Both incidents record it. A private incident's number must not get into one that everybody sees. */
int run_relate(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME], other[INCIDENT_NAME];
    asked_name(ask, name);
    incident_name(ask->other->id, other);
    if (ask->other->private != ask->incident->private)
        return error_set(err, ERR_REFUSED, "A private incident cannot be related to one that everybody sees.");
    if (ask->other == ask->incident)
        return error_set(err, ERR_REFUSED, "%s cannot be related to itself.", name);
    int rc = ask_do(ask, &(struct command){.verb = "relate", .other = ask->other}, err);
    if (rc)
        return rc;
    struct command back = {
        .verb = "relate", .by = ask->by, .automatic = ask->asker->automatic, .other = ask->incident};
    rc = turn_do(ask->turn, ask->other->id, &back, NULL, err);
    if (!rc)
        answer_line(ask, "%s and %s are related.", name, other);
    return rc;
}

/* team, service */
int run_label(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME];
    const char *value = asked(ask, ARGUMENT_WORD);
    int rc = ask_do(ask, &(struct command){.verb = ask->row->name, .name = value}, err);
    if (!rc)
        answer_line(ask, "The %s of %s is %s.", ask->row->name, asked_name(ask, name), value);
    return rc;
}

/* ---- customers ---- */

static void list_customers(struct asking *ask)
{
    const struct incident *incident = ask->incident;
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    asked_name(ask, name);
    for (size_t i = 0; i < incident->affected.customers.n; i++) {
        const struct state_customer *c = &incident->affected.customers.v[i];
        str_addf(&text, "- %s, since ", c->name ? c->name : c->key);
        when_format(c->since, ask->now, ask->zone, &text);
        if (c->count)
            str_addf(&text, ", %" PRId64 " alert%s", c->count, c->count == 1 ? "" : "s");
        str_add(&text, "\n");
    }
    CLEANUP_FREE char *title = xasprintf("Customers affected by %s: %zu", name, incident->affected.customers.n);
    if (!text.len)
        str_addf(&text, "No affected customers are known. `%s customers add Acme` adds one.", name);
    ask->answer->alone = true;
    answer_titled(ask, title, "info", text.p);
}

static int add_customer(struct asking *ask, const char *begin, size_t n, struct error *err)
{
    while (n && *begin == ' ')
        begin++, n--;
    while (n && begin[n - 1] == ' ')
        n--;
    CLEANUP_FREE char *key = xstrndup(begin, n);
    if (!n)
        return 0;
    return ask_do(ask, &(struct command){.verb = "customer", .name = key, .text = key}, err);
}

int run_customers(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME];
    const char *text = asked(ask, ARGUMENT_TEXT);
    int rc = 0;
    if (!text) {
        list_customers(ask);
        return 0;
    }
    if (strncasecmp(text, "add ", 4) != 0)
        return error_set(err, ERR_INVALID,
                         "Say who is affected: `%s customers add Acme`. To open an incident with that title, "
                         "type `declare customers %.80s`.",
                         asked_name(ask, name), text);
    for (const char *p = text + 4; !rc && *p;) {
        size_t n = strcspn(p, ",\n");
        rc = add_customer(ask, p, n, err);
        p += n + (p[n] != '\0');
    }
    if (!rc)
        answer_line(ask, "%s affects %zu customer%s.", asked_name(ask, name),
                    ask->incident->affected.customers.n, ask->incident->affected.customers.n == 1 ? "" : "s");
    return rc;
}
