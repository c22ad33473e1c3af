/* A page as a message: what happened, where people work on it, and a button to acknowledge it; once somebody has, who. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/markup.h"
#include "paging/inside.h"
#include "rooms/buttons.h"
#include "rooms/rooms.h"
#include "sight/sight.h"

#define CODE_LETTERS "abcdefghjkmnpqrstuvwxyz23456789" /* none that is read as another */
#define CODE_LENGTH  4

/* ---- its key: "page:INC-42:3/2:sms call:ana" ---- */

static char *call_key(uint64_t incident, const struct page_call *call)
{
    char name[INCIDENT_NAME];
    return xasprintf(PAGE_KEY "%s:%" PRId64 "/%d:%s:%s", incident_name(incident, name), call->number,
                     call->round, call->way, call->person);
}

bool call_key_read(const char *key, struct call_key *ret)
{
    int at = 0;
    *ret = (struct call_key){0};
    if (!text_starts(key, PAGE_KEY) ||
        sscanf(key + strlen(PAGE_KEY), "INC-%*[0-9]:%" SCNd64 "/%d:%n", &ret->number, &ret->round, &at) != 2 ||
        !at)
        return false;
    const char *way = key + strlen(PAGE_KEY) + at, *person = strchr(way, ':');
    if (!person)
        return false;
    ret->way = xstrndup(way, (size_t)(person - way));
    ret->person = xstrdup(person + 1);
    return true;
}

void call_key_finish(struct call_key *key)
{
    free(key->way);
    free(key->person);
}

/* ---- its content ---- */

char *message_outcome(const struct core *core, const struct state_page *page)
{
    if (!page->accepted_by)
        return page->going.over ? xstrdup("This page is over") : NULL;
    const char *known = verb_past(page->accepted_how), *past = known ? known : "accepted";
    const char *name = people_name((struct core *)(uintptr_t)core, page->accepted_by);
    return xasprintf("%c%s by %s", toupper((unsigned char)*past), past + 1, name ? name : page->accepted_by);
}

/* How to answer where there are no buttons. */
static void add_how(const struct incident *incident, const struct link *link, struct str *text)
{
    char name[INCIDENT_NAME];
    if (!(link->can & (TOCSIN_CAN_BUTTONS | TOCSIN_CAN_RECEIPTS)))
        str_markup(text, "Acknowledge it with `%s ack`.", incident_name(incident->id, name));
}

static void put_text(struct json_out *j, const struct core *core, const struct incident *incident,
                     const struct state_page *page, const struct link *link)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *outcome = message_outcome(core, page);
    if (outcome)
        str_markup(&text, "**%s.**", outcome);
    else
        add_how(incident, link, &text);
    if (page->text) {
        str_add(&text, text.len ? "\n" : "");
        text_literal(page->text, &text);
    }
    json_put_text_if(j, "text", text.len ? text.p : NULL);
}

/* The lines as people type them: they hold whatever becomes of the incident. */
static void put_buttons(struct json_out *j, const struct incident *incident, const struct state_page *page)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *ack = xasprintf("%s ack", incident_name(incident->id, name));
    CLEANUP_FREE char *accept = xasprintf("%s accept", name);
    json_key(j, "buttons");
    json_begin_array(j);
    if (page_is_open(page)) {
        button_put(j, "Acknowledge", ack, "primary");
        if (incident->status == STATUS_TRIAGE)
            button_put(j, "Accept", accept, "");
    }
    json_end_array(j);
}

static void put_footer(struct json_out *j, const struct core *core, const struct incident *incident,
                       const struct state_page *page)
{
    CLEANUP_STR struct str footer = {0};
    char name[INCIDENT_NAME];
    const char *base = core_settings(core)->public_url;
    str_addf(&footer, "a page for %s", page->target);
    if (base)
        str_addf(&footer, " · %s/incidents/%s", base, incident_name(incident->id, name));
    json_put_text(j, "footer", footer.p);
}

static void put_fields(struct json_out *j, struct turn *turn, const struct incident *incident)
{
    struct card_context context = rooms_card_context(turn_core(turn), turn_now(turn), NULL);
    context.of_page = true;
    json_key(j, "fields");
    json_begin_array(j);
    card_field(j, "severity", incident->severity);
    card_field(j, "service", incident->service);
    context.more(context.ctx, incident, &context, j);
    json_end_array(j);
}

static void put_card(struct json_out *j, struct turn *turn, const struct incident *incident,
                     const struct state_page *page, const struct link *link)
{
    const struct core *core = turn_core(turn);
    const struct state_channel *room = place_own(incident, link->name);
    CLEANUP_FREE char *title = card_title(incident);
    json_key(j, "card");
    json_begin_object(j);
    json_put_text(j, "title", title);
    json_put_text(j, "tone", page->accepted_by ? "ok" : page->going.over ? "quiet" : "alarm");
    put_fields(j, turn, incident);
    put_text(j, core, incident, page, link);
    put_buttons(j, incident, page);
    put_footer(j, core, incident, page);
    json_put_text_if(j, "room", room ? room->channel : NULL);
    json_end_object(j);
}

/* The word by which a reply names this page. Nobody else can guess it, for senders can be forged. */
static void put_code(struct json_out *j, const struct core *core)
{
    uint8_t random[CODE_LENGTH];
    char code[CODE_LENGTH + 1] = {0};
    core_random(core, random, sizeof(random));
    for (size_t i = 0; i < CODE_LENGTH; i++)
        code[i] = CODE_LETTERS[random[i] % strlen(CODE_LETTERS)];
    json_put_text(j, "code", code);
}

/* ---- sent, edited and ended ---- */

static void put_address(struct json_out *j, const struct address *at)
{
    json_put_text(j, at->user ? "user" : "email", at->user ? at->user : at->email);
}

static char *order_of(const struct address *at)
{
    return xasprintf(PAGE_KEY "%s", at->user ? at->user : at->email);
}

static struct place place_of(const struct core *core, const struct address *at)
{
    const char *connector = at->link->name;
    const struct person *person = at->email ? people_find(core, at->email) : NULL;
    return (struct place){.connector = connector,
                          .to = at->user,
                          .person = at->user ? people_of_user(core, connector, at->user)
                                    : person ? person->id
                                             : NULL};
}

void message_send(struct turn *turn, const struct incident *incident, const struct state_page *page,
                  const struct page_call *call)
{
    CLEANUP_STR struct str body = {0};
    CLEANUP_FREE char *order = order_of(&call->at), *key = call_key(incident->id, call);
    struct place place = place_of(turn_core(turn), &call->at);
    struct json_out j = {&body, false};
    size_t n = strlen(call->way), rings = strlen(RINGS);
    json_begin_object(&j);
    put_address(&j, &call->at);
    if (call->at.link->can & TOCSIN_CAN_RECEIPTS)
        put_code(&j, turn_core(turn));
    if (n > rings && strcmp(call->way + n - rings, RINGS) == 0)
        json_put_bool(&j, "call", true);
    put_card(&j, turn, incident, page, call->at.link);
    json_end_object(&j);
    struct action action = {.key = key, .kind = "page", .channel = order, .body = body.p, .lane = LANE_PAGE};
    sight_send(turn, &action, incident, &place);
}

struct updating {
    struct turn *turn;
    const struct incident *incident;
    const struct state_page *page;
    const struct state_page_message *message;
    struct address at;
};

static void send(const struct updating *u, const char *kind, const char *body, int lane)
{
    CLEANUP_FREE char *order = order_of(&u->at), *key = turn_key(u->turn);
    CLEANUP_FREE char *coalesce =
        xasprintf("%s:%s:%s:%s", kind, u->message->connector, order, u->message->message);
    struct place place = place_of(turn_core(u->turn), &u->at);
    struct action action = {.key = key,
                            .kind = (char *)(uintptr_t)kind,
                            .channel = order,
                            .body = (char *)(uintptr_t)body,
                            .coalesce = coalesce,
                            .lane = lane};
    sight_send(u->turn, &action, u->incident, &place);
}

static void edit(const struct updating *u)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    put_address(&j, &u->at);
    json_put_text(&j, "message", u->message->message);
    put_card(&j, u->turn, u->incident, u->page, u->at.link);
    json_end_object(&j);
    send(u, "edit", body.p, LANE_HOUSEKEEPING);
}

/* It stops ringing before anything else leaves. */
static void end(const struct updating *u)
{
    CLEANUP_STR struct str body = {0};
    CLEANUP_FREE char *outcome = message_outcome(turn_core(u->turn), u->page);
    struct json_out j = {&body, false};
    json_begin_object(&j);
    put_address(&j, &u->at);
    json_put_text(&j, "message", u->message->message);
    json_put_text(&j, "text", outcome ? outcome : "");
    json_end_object(&j);
    send(u, "page.end", body.p, LANE_PAGE);
}

static void update(struct turn *turn, const struct incident *incident, const struct state_page *page,
                   const struct state_page_message *message)
{
    const struct link *link = link_find(turn_core(turn), message->connector);
    bool email = strchr(message->user, '@') != NULL;
    struct updating u = {
        turn, incident, page, message, {link, email ? NULL : message->user, email ? message->user : NULL}};
    if (link && link->can & TOCSIN_CAN_EDIT_PAGE)
        edit(&u);
    if (link && link->can & TOCSIN_CAN_RECEIPTS && !page_is_open(page))
        end(&u);
}

void message_update(struct turn *turn, const struct incident *incident, int64_t number, const char *connector)
{
    for (size_t i = 0; i < incident->people.pages.messages.n; i++) {
        const struct state_page_message *message = &incident->people.pages.messages.v[i];
        const struct state_page *page = incident_page(incident, message->page);
        bool wanted = number ? message->page == number : page && page_is_open(page);
        if (page && wanted && (!connector || text_equal(message->connector, connector)))
            update(turn, incident, page, message);
    }
}
