/* What a ticket says that is made for an incident; and the desk's own, which the tickets of customers join. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "comms/comms.h"
#include "people/people.h"
#include "policy/ticketing.h"
#include "tickets/inside.h"

/* ---- what it says ---- */

void ticket_add_page(const struct core *core, const struct incident *incident, struct str *out)
{
    char name[INCIDENT_NAME];
    const char *base = core_settings(core)->public_url;
    if (base)
        str_addf(out, "\n\n%s/incidents/%s", base, incident_name(incident->id, name));
}

/* The desk's people read it: nothing of it is internal but the title. */
static void add_text_of_parent(const struct core *core, const struct incident *incident, struct str *out)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str words = {0};
    str_markup(out, "The tickets of customers about %s join this one.", incident_name(incident->id, name));
    if (comms_public_words(incident, &words))
        str_addf(out, " What customers were told last:\n\n%s", words.p);
    ticket_add_page(core, incident, out);
}

/* For engineers. */
static void add_text(const struct core *core, const struct incident *incident, struct str *out)
{
    char name[INCIDENT_NAME];
    const char *lead = incident_role(incident, "lead"),
               *known = lead ? people_name((void *)(uintptr_t)core, lead) : NULL;
    str_markup(out, "From incident %s: %s.", incident_name(incident->id, name), incident->title);
    if (incident->summary)
        str_addf(out, "\n\n%s", incident->summary);
    if (incident->severity)
        str_markup(out, "\n\nSeverity: %s.", incident->severity);
    if (lead)
        str_markup(out, " Owner: %s.", known ? known : lead);
    ticket_add_page(core, incident, out);
}

char *create_body(const struct core *core, const struct incident *incident, const char *title, bool parent,
                  const struct asked *asked)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0}, page = {0};
    struct str body = {0};
    struct json_out j = {&body, false};
    (parent ? add_text_of_parent : add_text)(core, incident, &text);
    ticket_add_page(core, incident, &page);
    json_begin_object(&j);
    json_put_text(&j, "title", title);
    json_put_text(&j, "text", str_text(&text));
    json_put_text(&j, "incident", incident_name(incident->id, name));
    json_put_text_if(&j, "link", page.len ? page.p + strspn(page.p, "\n") : NULL);
    if (parent)
        json_put_bool(&j, "parent", true);
    asked_put(asked, &j);
    json_end_object(&j);
    return str_take(&body);
}

/* ---- the parent of a desk's tickets ---- */

void create_parent(struct turn *turn, const struct incident *incident, const char *connector)
{
    const struct core *core = turn_core(turn);
    CLEANUP_FREE char *key = xasprintf(CREATE_KEY "INC-%" PRIu64 ":parent:%s", incident->id, connector);
    bool wanted = policy_has_parent(core_policy(core), incident, connector) && status_is_open(incident->status);
    if (!wanted || incident->private || incident_ticket(incident, connector, NULL) ||
        incident->places.tickets.made.n >= STATE_TICKETS || outbox_knows(core_outbox(core), key))
        return;
    CLEANUP_FREE char *body =
        create_body(core, incident, incident->title, true, &(struct asked){.by = BY_RULE});
    ticket_send(turn, incident, connector, "ticket.create", "", key, body);
}
