#include "paging/page_card.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/markup.h"
#include "paging/paging.h"
#include "rooms/buttons.h"
#include "sight/sight.h"
#include "rooms/rooms.h"

char *page_key(uint64_t incident, int64_t number, const char *person, const char *connector)
{
    char name[INCIDENT_NAME];
    return xasprintf(PAGE_KEY "%s:%" PRId64 ":%s:%s", incident_name(incident, name), number, person, connector);
}

/* ---- its content ---- */

static const char *past_of(const char *verb)
{
    unsigned n;
    const struct transition *table = transition_table(&n);
    for (unsigned i = 0; i < n; i++) {
        if (text_equal(table[i].verb, verb))
            return table[i].past;
    }
    return "accepted";
}

/* "Accepted by Bo." Somebody whom the policy or a clock stands for is not named. */
static void add_answer(const struct core *core, const struct state_page *page, struct str *text)
{
    const char *past = past_of(page->accepted_how);
    const char *name = people_name((struct core *)(uintptr_t)core, page->accepted_by);
    str_markup(text, "**%c%s by %s.**", toupper((unsigned char)*past), past + 1,
               name ? name : page->accepted_by);
}

static void put_text(struct json_out *j, const struct core *core, const struct incident *incident,
                     const struct state_page *page, const struct link *link)
{
    CLEANUP_STR struct str text = {0};
    char name[INCIDENT_NAME];
    if (page->accepted_by)
        add_answer(core, page, &text);
    else if (!(link->can & TOCSIN_CAN_BUTTONS))
        str_markup(&text, "Accept it with `%s accept`.", incident_name(incident->id, name));
    if (page->text) {
        str_add(&text, text.len ? "\n" : "");
        text_literal(page->text, &text);
    }
    json_put_text_if(j, "text", text.len ? text.p : NULL);
}

/* The line as people type it: it also answers a page of an incident that is past triage. */
static void put_button(struct json_out *j, const struct incident *incident, const struct state_page *page)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *command = xasprintf("%s accept", incident_name(incident->id, name));
    json_key(j, "buttons");
    json_begin_array(j);
    if (!page->accepted_by)
        button_put(j, "Accept", command, "primary");
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
    json_put_text(j, "tone", page->accepted_by ? "ok" : "alarm");
    put_fields(j, turn, incident);
    put_text(j, core, incident, page, link);
    put_button(j, incident, page);
    put_footer(j, core, incident, page);
    json_put_text_if(j, "room", room ? room->channel : NULL);
    json_end_object(j);
}

/* ---- sent and edited ---- */

/* The body of a page or, with `message`, of its edit. */
static char *body_of(struct turn *turn, const struct incident *incident, const struct state_page *page,
                     const struct address *address, const char *message)
{
    struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, address->user ? "user" : "email", address->user ? address->user : address->email);
    json_put_text_if(&j, "message", message);
    put_card(&j, turn, incident, page, address->link);
    json_end_object(&j);
    return str_take(&body);
}

static char *order_of(const struct address *address)
{
    return xasprintf(PAGE_KEY "%s", address->user ? address->user : address->email);
}

static struct place place_of(const struct core *core, const struct address *address)
{
    const char *connector = address->link->name;
    const struct person *person = address->email ? people_find(core, address->email) : NULL;
    return (struct place){.connector = connector,
                          .to = address->user,
                          .person = address->user ? people_of_user(core, connector, address->user)
                                    : person      ? person->id
                                                  : NULL};
}

void page_send(struct turn *turn, const struct incident *incident, const struct state_page *page,
               const struct address *address)
{
    CLEANUP_FREE char *body = body_of(turn, incident, page, address, NULL), *order = order_of(address);
    CLEANUP_FREE char *key = page_key(incident->id, page->number, page_person(page), address->link->name);
    struct place place = place_of(turn_core(turn), address);
    struct action action = {.key = key, .kind = "page", .channel = order, .body = body, .lane = LANE_PAGE};
    sight_send(turn, &action, incident, &place);
}

static void edit_one(struct turn *turn, const struct incident *incident, const struct state_page *page,
                     const struct state_page_message *at)
{
    const struct link *link = link_find(turn_core(turn), at->connector);
    bool email = strchr(at->user, '@') != NULL;
    struct address address = {link, email ? NULL : at->user, email ? at->user : NULL};
    if (!link || !(link->can & TOCSIN_CAN_EDIT_PAGE))
        return;
    CLEANUP_FREE char *body = body_of(turn, incident, page, &address, at->message), *order = order_of(&address);
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_FREE char *coalesce = xasprintf("edit:%s:%s:%s", at->connector, order, at->message);
    struct place place = place_of(turn_core(turn), &address);
    struct action action = {.key = key,
                            .kind = "edit",
                            .channel = order,
                            .body = body,
                            .coalesce = coalesce,
                            .lane = LANE_HOUSEKEEPING};
    sight_send(turn, &action, incident, &place);
}

void page_edit(struct turn *turn, const struct incident *incident, int64_t number, const char *connector)
{
    for (size_t i = 0; i < incident->people.pages.messages.n; i++) {
        const struct state_page_message *at = &incident->people.pages.messages.v[i];
        const struct state_page *page = incident_page(incident, at->page);
        bool wanted = number ? at->page == number : page && !page->accepted_by;
        if (page && wanted && (!connector || text_equal(at->connector, connector)))
            edit_one(turn, incident, page, at);
    }
}
