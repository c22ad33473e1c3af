/* The tickets of an incident as people and programs read them; and one that is taken off. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "comms/comms.h"
#include "customers/customers.h"
#include "delivery/link.h"
#include "tickets/inside.h"

#define LIST_MOST 30

/* ---- the command ---- */

struct listing {
    const struct core *core;
    struct str *out;
    size_t n;
};

static void add_whose(const struct core *core, const struct ticket *ticket, struct str *out)
{
    const struct customer *record = ticket->customer ? customers_get(core, ticket->customer) : NULL;
    const char *customer = record ? customer_name(record) : ticket->customer;
    if (customer)
        str_markup(out, ", %s", customer);
    else if (ticket->name && ticket->kind == TICKET_OF_CUSTOMER)
        str_markup(out, ", %s", ticket->name);
    if (ticket->kind == TICKET_PARENT)
        str_add(out, ", the tickets of customers join it");
    if (ticket->kind == TICKET_WORK)
        str_add(out, ", for the work");
    if (!link_served(core, ticket->connector))
        str_add(out, ", as it was when its connector was removed");
}

static bool list_one(void *ctx, const struct ticket *ticket)
{
    struct listing *listing = ctx;
    if (++listing->n > LIST_MOST)
        return false;
    str_add(listing->out, "\n- ");
    ticket_words(ticket, listing->out);
    str_markup(listing->out, ": %s", ticket->status ? ticket->status : ticket->done ? "done" : "open");
    add_whose(listing->core, ticket, listing->out);
    return true;
}

static void add_counts(const struct incident *incident, struct str *out)
{
    char name[INCIDENT_NAME];
    int64_t attached = incident->places.tickets.attached, open = attached - incident->places.tickets.done;
    str_markup(out, "%s has %" PRId64 " attached ticket%s, %" PRId64 " of them open",
               incident_name(incident->id, name), attached, attached == 1 ? "" : "s", open);
    if (incident->places.tickets.made.n)
        str_addf(out, ", and %zu that %s made for it", incident->places.tickets.made.n,
                 incident->places.tickets.made.n == 1 ? "was" : "were");
    str_add(out, ".");
}

static int64_t count(const struct incident *incident)
{
    return incident->places.tickets.attached + (int64_t)incident->places.tickets.made.n;
}

void tickets_write(const struct core *core, const struct incident *incident, struct str *out)
{
    struct listing listing = {core, out, 0};
    add_counts(incident, out);
    tickets_each(core, incident->id, NULL, LIST_MOST + 1, list_one, &listing);
    if (count(incident) > LIST_MOST)
        str_markup(out, "\n- and %" PRId64 " more", count(incident) - LIST_MOST);
}

int tickets_list(const struct call *call, struct error *err)
{
    const struct incident *incident = call->incident;
    char name[INCIDENT_NAME];
    (void)err;
    incident_name(incident->id, name);
    if (!count(incident)) {
        str_markup(call->answer,
                   "%s has no tickets. `%s attach https://…` adds one of a desk, and `%s ticket …` with a "
                   "title makes one "
                   "for the work.",
                   name, name, name);
        return 0;
    }
    tickets_write(turn_core(call->turn), incident, call->answer);
    return 0;
}

/* ---- detach ---- */

struct finding {
    const char *link;
    struct ticket found;
};

static bool is_it(void *ctx, const struct ticket *ticket)
{
    struct finding *finding = ctx;
    if (!ticket->link || !offers_same(ticket->link, finding->link))
        return true;
    ticket_copy(&finding->found, ticket);
    return false;
}

static int take_off(const struct call *call, struct ticket *ticket, struct error *err)
{
    char name[INCIDENT_NAME];
    struct command command = {.verb = "ticket_detached",
                              .by = call->by,
                              .name = ticket->connector,
                              .value = ticket->id,
                              .text = ticket->title,
                              .flag = ticket->done};
    int rc = turn_do(call->turn, call->incident->id, &command, NULL, err);
    if (rc)
        return rc;
    ticket->gone = true;
    ticket_put(call->turn, ticket);
    if (ticket->customer)
        comms_talks_elsewhere(call->turn, ticket->incident, ticket->customer, ticket->connector, ticket->id);
    str_add(call->answer, "Ticket ");
    ticket_words(ticket, call->answer);
    str_markup(call->answer, " is no longer attached to %s.", incident_name(call->incident->id, name));
    if (ticket->customer) {
        CLEANUP_FREE char *typed = text_typed(ticket->customer);
        str_markup(call->answer, " Customer %s still counts as affected: `unaffect %s` takes them away.",
                   ticket->customer, typed);
    }
    return 0;
}

int tickets_detach(const struct call *call, struct error *err)
{
    struct finding finding = {.link = call->arguments[0]};
    char name[INCIDENT_NAME];
    incident_name(call->incident->id, name);
    tickets_each(turn_core(call->turn), call->incident->id, NULL, 0, is_it, &finding);
    int rc;
    if (!finding.found.id)
        rc = error_markup(err, ERR_NOT_FOUND,
                          "%s has no ticket with that link. `%s tickets` lists those that it has.", name, name);
    else if (finding.found.kind != TICKET_OF_CUSTOMER)
        rc = error_markup(err, ERR_REFUSED, "That ticket was made for %s, so it stays with it.", name);
    else
        rc = take_off(call, &finding.found, err);
    ticket_finish(&finding.found);
    return rc;
}

/* ---- for programs ---- */

struct encoding {
    ticket_takes *takes;
    void *ctx;
    struct json_out *j;
};

static bool put_one(void *ctx, const struct ticket *ticket)
{
    const struct encoding *encoding = ctx;
    CLEANUP_FREE char *key = xasprintf("%s\x1f%s", ticket->connector, ticket->id);
    static const char *const kinds[] = {
        [TICKET_OF_CUSTOMER] = "attached", [TICKET_PARENT] = "parent", [TICKET_WORK] = "work"};
    struct json_out *j = encoding->j;
    if (!encoding->takes(encoding->ctx, key))
        return true;
    json_begin_object(j);
    json_put_text(j, "connector", ticket->connector);
    json_put_text(j, "ticket", ticket->id);
    json_put_text(j, "kind", kinds[ticket->kind]);
    json_put_text(j, "state", ticket->done ? "done" : "open");
    json_put_text_if(j, "status", ticket->status);
    json_put_text_if(j, "title", ticket->title);
    json_put_text_if(j, "link", ticket->link);
    json_put_text_if(j, "customer", ticket->customer);
    json_put_text_if(j, "name", ticket->name);
    json_put_text_if(j, "parent", ticket->parent);
    json_end_object(j);
    return true;
}

void tickets_encode(struct core *core, const struct incident *incident, ticket_takes *takes, void *ctx,
                    struct json_out *j)
{
    tickets_each(core, incident->id, NULL, 0, put_one, &(struct encoding){takes, ctx, j});
}
