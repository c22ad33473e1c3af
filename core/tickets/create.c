/* Tickets that are made for an incident: `ticket TITLE` asks for one, and what becomes of it. */
#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/markup.h"
#include "delivery/link.h"
#include "policy/ticketing.h"
#include "rooms/rooms.h"
#include "tickets/inside.h"

/* ---- work ---- */

/* The key of the next one, or of the one that is being made. The caller frees it. */
static char *work_key(const struct core *core, const struct incident *incident, bool *ret_under_way)
{
    for (int n = 0;; n++) {
        CLEANUP_FREE char *key = xasprintf(CREATE_KEY "INC-%" PRIu64 ":work:%d", incident->id, n);
        const struct action *action = outbox_get(core_outbox(core), key);
        *ret_under_way = action && (action_is_under_way(action) || action->state == ACTION_UNCERTAIN);
        if (!action || *ret_under_way)
            return steal(key);
    }
}

/* The names of connectors that have tickets: "github or rt". */
static void list_trackers(const struct core *core, struct str *out)
{
    for (size_t i = 0; i < links(core)->n; i++) {
        if (!(links(core)->v[i].can & TOCSIN_CAN_TICKETS))
            continue;
        str_add(out, out->len ? ", " : "");
        str_markup(out, "%s", links(core)->v[i].name);
    }
}

static int refuse_tracker(const struct core *core, const char *tracker, struct error *err)
{
    CLEANUP_STR struct str known = {0}, text = {0};
    list_trackers(core, &known);
    if (tracker)
        str_markup(&text, "The policy names %s as the tracker, and no connector of that name makes tickets.",
                   tracker);
    else
        str_add(&text, "The policy names no tracker.");
    if (known.len)
        str_addf(&text, " Put `tickets{ tracker = \"…\" }` into it, with one of: %s.", known.p);
    else
        str_add(&text, " Connect one (docs/tickets.md), and put `tickets{ tracker = \"…\" }` into the policy.");
    str_add(&text, " Or make the ticket yourself, and type `ticket https://…`.");
    return error_set(err, ERR_REFUSED, "%s", text.p);
}

static int check_move(const struct incident *incident, struct error *err)
{
    char name[INCIDENT_NAME];
    bool known;
    CLEANUP_STR struct str possible = {0};
    transitions_possible(incident->status, &possible);
    if (transition_find(incident->status, "ticket", &known))
        return 0;
    return error_markup(err, ERR_REFUSED, "%s is %s, so it cannot be moved to a ticket. %s",
                        incident_name(incident->id, name), status_phrase(incident->status), possible.p);
}

static int check(const struct core *core, const struct incident *incident, const char *tracker,
                 struct error *err)
{
    char name[INCIDENT_NAME];
    incident_name(incident->id, name);
    if (incident->private)
        return error_markup(err, ERR_REFUSED,
                            "%s is private, and everybody who reads the tracker would see its ticket. Make one "
                            "yourself where only its members look, and type `%s ticket https://…`.",
                            name, name);
    if (incident->places.tickets.made.n >= STATE_TICKETS)
        return error_markup(err, ERR_REFUSED, "%d tickets were made for %s, and no more fit.", STATE_TICKETS,
                            name);
    return tracker && link_can(core, tracker, TOCSIN_CAN_TICKETS) ? 0 : refuse_tracker(core, tracker, err);
}

/* `followup` 0: the incident continues in it. */
static int create(const struct call *call, const char *title, int64_t followup, struct error *err)
{
    const struct core *core = turn_core(call->turn);
    const char *tracker = policy_tracker(core_policy(core), call->incident);
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *connector = NULL;
    bool under_way;
    int rc = check(core, call->incident, tracker, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *key = work_key(core, call->incident, &under_way);
    if (under_way)
        return error_markup(err, ERR_CONFLICT,
                            "A ticket for %s is being made already. `actions` shows how far it is.",
                            incident_name(call->incident->id, name));
    struct asked asked = asked_by(call, &connector);
    asked.followup = followup;
    CLEANUP_FREE char *body = create_body(core, call->incident, title, false, &asked);
    ticket_send(call->turn, call->incident, tracker, "ticket.create", "", key, body);
    str_markup(call->answer, "I am making a ticket in %s: %s.", tracker, title);
    return 0;
}

int tickets_create(const struct call *call, const char *title, struct error *err)
{
    char name[INCIDENT_NAME];
    int rc = check_move(call->incident, err);
    rc = rc ? rc : create(call, title, 0, err);
    if (!rc)
        str_addf(call->answer, " When it is made, %s continues there.",
                 incident_name(call->incident->id, name));
    return rc;
}

int tickets_create_for(const struct call *call, int64_t followup, const char *title, struct error *err)
{
    int rc = create(call, title, followup, err);
    if (!rc)
        str_addf(call->answer, " When it is done, so is follow-up %" PRId64 ".", followup);
    return rc;
}

/* ---- the outcome ---- */

/* The ticket as the connector answers or, from one that does not, as far as it is known. */
static bool read_made(const struct action *action, const struct outbox_outcome *reported, const cJSON *body,
                      struct ticket *ret)
{
    CLEANUP_JSON cJSON *members = NULL;
    const char *id = action->outcome.remote_id;
    if (reported->answer)
        json_parse(reported->answer, strlen(reported->answer), TICKET_BYTES, JSON_DEPTH, "answer", &members,
                   NULL);
    if (!ticket_read(members, action->connector, ret) && !text_empty(id))
        replace_text(&ret->id, id);
    if (!ret->title)
        ret->title = xstrdup(json_text_or(body, "title", NULL));
    ret->kind = json_bool_or(body, "parent", false) ? TICKET_PARENT : TICKET_WORK;
    ret->incident = action->incident;
    ret->followup = json_int_or(body, "followup", 0);
    ret->notes.greeted = true;
    ret->followed = true;
    return !text_empty(ret->id);
}

static void go_on(struct turn *turn, const struct action *action, const cJSON *body,
                  const struct ticket *ticket)
{
    struct asked asked = asked_of(body);
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *key = xasprintf("%s:answer", action->key);
    CLEANUP_FREE char *where = xasprintf("%s %s", ticket->connector, ticket->id);
    str_add(&text, "Ticket ");
    ticket_words(ticket, &text);
    if (ticket->followup) {
        str_addf(&text, " is made for follow-up %" PRId64 ".", ticket->followup);
        asked_say(turn, &asked, action->incident, key, text.p);
        return;
    }
    struct command command = {.verb = "ticket", .by = asked.by, .value = ticket->link ? ticket->link : where};
    bool moved = turn_do(turn, action->incident, &command, NULL, NULL) == 0;
    str_markup(&text,
               moved ? " is made, and %s continues there."
                     : " is made. %s has moved on meanwhile, and stays as it is.",
               incident_name(action->incident, name));
    asked_say(turn, &asked, action->incident, key, text.p);
}

void create_outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                    const cJSON *body)
{
    struct ticket ticket = {0};
    struct attaching how = {.by = json_text_or(body, "by", BY_SYSTEM)};
    if (!text_starts(action->key, CREATE_KEY) || action->state != ACTION_DONE ||
        !turn_incident(turn, action->incident))
        return;
    if (read_made(action, reported, body, &ticket)) {
        turn_set_agent(turn, json_text_or(body, "agent", NULL), how.by);
        attach(turn, action->incident, &ticket, &how);
        if (ticket.kind == TICKET_WORK)
            go_on(turn, action, body, &ticket);
        else
            round_begin(turn, action->incident);
        turn_set_agent(turn, NULL, NULL);
    }
    ticket_finish(&ticket);
}

void create_withheld(struct turn *turn, const struct action *action)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *key = xasprintf("%s:withheld", action->key);
    if (!text_starts(action->key, CREATE_KEY) || !action->incident)
        return;
    str_markup(&text, "No ticket was made on %s: %s is private now.", action->connector,
               incident_name(action->incident, name));
    rooms_say_incident(turn, action->incident, key, NULL, text.p);
}
