/* `attach` asks the ticket's connector what it is; the answer attaches it. */
#include <string.h>

#include <tocsin/connector.h>

#include "base/markup.h"
#include "delivery/words.h"
#include "people/people.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "tickets/inside.h"

#define FOLLOW_KEY "follow:" /* prefix of the key of an action that looks a ticket up, to attach it */

/* ---- which connector ---- */

/* "https://acme.example/ (zendesk), …": what links of tickets begin with. */
static void list_pages(const struct core *core, struct str *out)
{
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        for (size_t k = 0; link->can & TOCSIN_CAN_TICKETS && k < link->pages.n; k++) {
            str_add(out, out->len ? ", " : "");
            str_markup(out, "%s (%s)", link->pages.v[k], link->name);
        }
    }
}

/* NULL: the error says what a link begins with. */
static const struct link *link_of(const struct core *core, const char *address, struct error *err)
{
    const struct link *link = link_of_page(core, address);
    CLEANUP_STR struct str pages = {0};
    if (link && link->can & TOCSIN_CAN_TICKETS)
        return link;
    list_pages(core, &pages);
    if (link)
        error_markup(err, ERR_REFUSED, "%s cannot follow tickets.", link->name);
    else if (!pages.len)
        error_set(
            err, ERR_REFUSED,
            "No desk and no tracker is connected here. Set one up (docs/tickets.md), or use `link https://…`.");
    else
        error_set(
            err, ERR_INVALID,
            "That is no link to a ticket that I know. Type `attach` and a link that begins with one of: %s.",
            pages.p);
    return NULL;
}

/* ---- asking ---- */

static char *body_of(const struct call *call, const char *address, const char *customer)
{
    CLEANUP_FREE char *connector = NULL;
    struct asked asked = asked_by(call, &connector);
    struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "link", address);
    json_put_text_if(&j, "customer", customer);
    asked_put(&asked, &j);
    json_end_object(&j);
    return str_take(&body);
}

int tickets_attach(const struct call *call, struct error *err)
{
    const struct core *core = turn_core(call->turn);
    const char *address = call->arguments[0], *customer = call->arguments[1];
    char name[INCIDENT_NAME];
    const struct link *link = link_of(core, address, err);
    if (!link)
        return err->code;
    if (offers_attached(core, call->incident, address))
        return error_markup(err, ERR_CONFLICT, "That ticket is attached to %s already. `%s tickets` lists all.",
                            incident_name(call->incident->id, name), name);
    CLEANUP_FREE char *body = body_of(call, address, customer), *key = turn_key_as(call->turn, FOLLOW_KEY);
    ticket_send(call->turn, call->incident, link->name, "ticket.follow", "", key, body);
    str_markup(call->answer, "I am asking %s for that ticket.", link->name);
    return 0;
}

void tickets_follow(struct turn *turn, const struct incident *incident, const char *link, const char *by)
{
    const struct link *of = link_of_page(turn_core(turn), link);
    CLEANUP_FREE char *key = turn_key_as(turn, FOLLOW_KEY);
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    if (!of || !(of->can & TOCSIN_CAN_TICKETS))
        return;
    json_begin_object(&j);
    json_put_text(&j, "link", link);
    json_put_text(&j, "by", by);
    json_put_bool(&j, "work", true);
    json_end_object(&j);
    ticket_send(turn, incident, of->name, "ticket.follow", "", key, body.p);
}

void follow_declared(struct turn *turn, const struct event *event, const struct incident *incident)
{
    const char *slash = event->value ? strchr(event->value, '/') : NULL;
    CLEANUP_FREE char *connector = slash ? xstrndup(event->value, (size_t)(slash - event->value)) : NULL;
    CLEANUP_FREE char *key = turn_key_as(turn, FOLLOW_KEY);
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    if (!slash || !link_can(turn_core(turn), connector, TOCSIN_CAN_TICKETS | TOCSIN_CAN_POST))
        return;
    json_begin_object(&j);
    json_put_text(&j, "ticket", slash + 1);
    json_put_text(&j, "by", event->by);
    json_end_object(&j);
    ticket_send(turn, incident, connector, "ticket.follow", "", key, body.p);
}

/* ---- the answer ---- */

static void add_whose(const struct ticket *ticket, struct turn *turn, struct str *out)
{
    struct ticket kept = {0};
    if (ticket_get(turn_core(turn), ticket->connector, ticket->id, ticket->incident, &kept) && kept.customer)
        str_markup(out, " It affects customer %s.", kept.customer);
    ticket_finish(&kept);
}

static void say(struct turn *turn, const struct action *action, const struct asked *asked, const char *text)
{
    CLEANUP_FREE char *key = xasprintf("%s:answer", action->key);
    asked_say(turn, asked, action->incident, key, text);
}

static void followed(struct turn *turn, const struct action *action, const cJSON *body, struct ticket *ticket)
{
    struct asked asked = asked_of(body);
    char name[INCIDENT_NAME];
    bool work = json_bool_or(body, "work", false);
    struct attaching how = {
        .by = asked.by, .customer = json_text_or(body, "customer", NULL), .asks = !work, .greeted = work};
    CLEANUP_STR struct str text = {0};
    ticket->kind = work ? TICKET_WORK : ticket->kind;
    ticket->continues = work;
    turn_set_agent(turn, asked.agent, asked.by);
    enum attached done = attach(turn, action->incident, ticket, &how);
    turn_set_agent(turn, NULL, NULL);
    if (work)
        return;
    str_add(&text, "Ticket ");
    ticket_words(ticket, &text);
    str_markup(&text, done == ATTACHED_NEW ? " is attached to %s now." : " was attached to %s already.",
               incident_name(action->incident, name));
    if (done == ATTACHED_NEW)
        add_whose(ticket, turn, &text);
    say(turn, action, &asked, text.p);
}

static void not_followed(struct turn *turn, const struct action *action, const cJSON *body,
                         const char *fallback)
{
    struct asked asked = asked_of(body);
    CLEANUP_STR struct str text = {0};
    words_begin_with(action->connector, &text);
    str_markup(&text, " does not give me the ticket %s",
               json_text_or(body, "link", json_text_or(body, "ticket", "")));
    words_add_reason(action->outcome.detail, fallback, &text);
    say(turn, action, &asked, text.p);
    if (action->state == ACTION_DEAD)
        outbox_drop(core_outbox(turn_core(turn)), action->id, turn_batch(turn), NULL);
}

/* The answer to a follow that nobody waits for: the ticket as it is now. */
static void learn(struct turn *turn, const struct action *action, const struct outbox_outcome *reported)
{
    CLEANUP_JSON cJSON *members = NULL;
    struct ticket ticket = {0};
    if (reported->answer)
        json_parse(reported->answer, strlen(reported->answer), TICKET_BYTES, JSON_DEPTH, "answer", &members,
                   NULL);
    if (ticket_read(members, action->connector, &ticket))
        change_take(turn, action->incident, &ticket);
    ticket_finish(&ticket);
}

bool follow_outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                    const cJSON *body)
{
    CLEANUP_JSON cJSON *members = NULL;
    struct ticket ticket = {0};
    if (text_starts(action->key, JOIN_KEY) && action->state == ACTION_DONE)
        learn(turn, action, reported);
    if (!text_starts(action->key, FOLLOW_KEY) || !turn_incident(turn, action->incident))
        return false;
    if (action->state == ACTION_DEAD) {
        not_followed(turn, action, body, "it gave no reason");
    } else if (action->state == ACTION_DONE) {
        if (reported->answer)
            json_parse(reported->answer, strlen(reported->answer), TICKET_BYTES, JSON_DEPTH, "answer", &members,
                       NULL);
        if (ticket_read(members, action->connector, &ticket)) {
            ticket.incident = action->incident;
            ticket.followed = true;
            if (!ticket.link)
                ticket.link = xstrdup(json_text_or(body, "link", NULL));
            followed(turn, action, body, &ticket);
        } else {
            not_followed(turn, action, body, "it gave no answer that I understand");
        }
        ticket_finish(&ticket);
    }
    return true;
}
