#include "paging/pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "delivery/words.h"
#include "paging/page_card.h"
#include "paging/paging.h"
#include "rooms/rooms.h"
#include "turn/live.h"

#define PATIENCE MINUTE /* then the next person is called, while the connector goes on trying */
#define DUE      "page:"

static const char *shown(struct turn *turn, const char *person)
{
    const char *name = people_name(turn_core(turn), person);
    return name ? name : person;
}

static int record(struct turn *turn, uint64_t incident, struct command command)
{
    command.by = command.by ? command.by : BY_SYSTEM;
    command.automatic = true;
    return turn_do(turn, incident, &command, NULL, NULL);
}

/* ---- calling ---- */

struct calling { /* all borrowed */
    struct turn *turn;
    uint64_t incident;
    int64_t number;
    const char *target, *text, *rule;
    struct str *unreached; /* sentences of those whom it did not reach in this turn, as plain text */
};

/* "ana was not paged: Slack has no such person." */
static void add_unreached(const struct calling *c, const char *person, const char *why)
{
    bool ended = *why && strchr(".!?", why[strlen(why) - 1]);
    str_addf(c->unreached, " %s was not paged: %s%s", shown(c->turn, person), why, ended ? "" : ".");
}

/* It is said by pages_follow, when the incident's channels are being opened. */
static void tell_unreached(const struct calling *c, const char *person, const char *why)
{
    record(c->turn, c->incident,
           (struct command){
               .verb = "page_failed", .count = c->number, .name = c->target, .value = person, .text = why});
    add_unreached(c, person, why);
}

/* Only members see a private incident, so whoever is called becomes one. */
static void let_in(const struct calling *c, const struct callee *callee)
{
    const struct incident *incident = turn_incident(c->turn, c->incident);
    if (incident->private && callee->person)
        record(c->turn, c->incident,
               (struct command){.verb = "member", .by = BY_RULE, .value = callee->id, .flag = true});
}

/* Sends it to every address. False: no connector can deliver it now; *ret_why says why. It is sent all the same when one can. */
static bool send(const struct calling *c, const char *name, const struct callee *callee, const char **ret_why)
{
    address_list addresses = {0};
    const struct incident *incident = turn_incident(c->turn, c->incident);
    bool works = false;
    *ret_why = "no connector can page them";
    whom_addresses(c->turn, incident, name, callee, &addresses);
    for (size_t i = 0; i < addresses.n; i++) {
        page_send(c->turn, incident, incident_page(incident, c->number), &addresses.v[i]);
        const char *trouble = link_trouble(addresses.v[i].link);
        works |= !trouble;
        *ret_why = trouble ? trouble : *ret_why;
    }
    array_free(&addresses);
    return works;
}

/* False: they could not be reached. */
static bool call(struct calling *c, const char *name, const struct callee *callee)
{
    const char *why;
    CLEANUP_FREE char *id = xstrdup(callee->id);
    let_in(c, callee);
    record(c->turn, c->incident,
           (struct command){.verb = "page_sent",
                            .by = BY_RULE,
                            .count = c->number,
                            .name = c->target,
                            .value = id,
                            .text = c->text,
                            .rule = c->rule});
    bool works = send(c, name, callee, &why);
    if (!works)
        tell_unreached(c, id, why);
    return works;
}

static bool was_called(void *ctx, const char *id)
{
    return page_called(ctx, id);
}

/* Calls the next person of the target, the first time the first. False: nobody is left. */
static bool call_next(struct calling *c)
{
    name_list names = {0};
    bool called = false;
    whom_names(c->turn, c->target, &names);
    for (size_t i = 0; i < names.n && !called; i++) {
        struct callee callee = whom_callee(c->turn, names.v[i]);
        const struct incident *incident = turn_incident(c->turn, c->incident);
        if (!callee.id)
            tell_unreached(c, names.v[i], "nobody has that name");
        else if (!people_any(turn_core(c->turn), callee.id, was_called,
                             (void *)(uintptr_t)incident_page(incident, c->number)))
            called = call(c, names.v[i], &callee);
    }
    array_free(&names);
    return called;
}

static void exhaust(const struct calling *c, const char *why)
{
    record(c->turn, c->incident,
           (struct command){
               .verb = "page_failed", .count = c->number, .name = c->target, .text = why, .flag = true});
}

static void go_on(struct calling *c)
{
    if (call_next(c))
        return;
    CLEANUP_FREE char *why = xasprintf("nobody is left to call for %s.%s", c->target, str_text(c->unreached));
    exhaust(c, why);
}

void paging_begin(struct turn *turn, uint64_t id, const char *whom, const char *text, const char *rule)
{
    CLEANUP_STR struct str unreached = {0};
    const struct incident *incident = turn_incident(turn, id);
    name_list names = {0};
    struct calling calling = {turn, id,        incident->people.pages.last + 1, whom + (*whom == '@'), text,
                              rule, &unreached};
    whom_names(turn, whom, &names);
    if (names.n) {
        go_on(&calling);
    } else {
        CLEANUP_FREE char *why = whom_nobody(turn, whom);
        exhaust(&calling, why);
    }
    array_free(&names);
}

/* ---- what becomes of it ---- */

/* Whoever is being called was not reached. */
static void fail(struct turn *turn, uint64_t id, int64_t number, const char *why)
{
    const struct state_page *page = incident_page(turn_incident(turn, id), number);
    CLEANUP_STR struct str unreached = {0};
    if (!page || !page_waits(page))
        return;
    CLEANUP_FREE char *target = xstrdup(page->target), *text = xstrdup(page->text), *rule = xstrdup(page->rule),
                      *person = xstrdup(page_person(page));
    struct calling calling = {turn, id, number, target, text, rule, &unreached};
    tell_unreached(&calling, person, why);
    const char *before = turn_set_rule(turn, rule);
    go_on(&calling);
    turn_set_rule(turn, before);
}

/* May a connector still deliver it to whoever is being called? */
static bool is_under_way(const struct core *core, const struct incident *incident,
                         const struct state_page *page)
{
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        CLEANUP_FREE char *key = page_key(incident->id, page->number, page_person(page), link->name);
        if (!link_stuck(link) && outbox_knows(core_outbox(core), key))
            return true;
    }
    return false;
}

/* "page:INC-42:3:ana:slack" -> 3; *ret_person: "ana", which the caller frees. */
static int64_t number_of(const struct action *action, char **ret_person)
{
    char *end;
    const char *number = strchr(action->key + strlen(PAGE_KEY), ':');
    int64_t n = number ? strtoll(number + 1, &end, 10) : 0;
    const char *last = strrchr(action->key, ':');
    bool whole = n && *end == ':' && last > end;
    *ret_person = whole ? xstrndup(end + 1, (size_t)(last - end - 1)) : NULL;
    return whole ? n : 0;
}

static void reached(struct turn *turn, const struct action *action, int64_t number, const char *remote_id,
                    const cJSON *body)
{
    const char *user = json_text_or(body, "user", json_text_or(body, "email", ""));
    const char *then = json_text_or(json_member(body, "card"), "room", NULL);
    record(turn, action->incident,
           (struct command){.verb = "page_reached",
                            .count = number,
                            .name = action->connector,
                            .value = user,
                            .text = remote_id});
    const struct incident *incident = turn_incident(turn, action->incident);
    const struct state_page *page = incident_page(incident, number);
    const struct state_channel *room = place_own(incident, action->connector);
    if (page && (page->accepted_by || (room && !then)))
        page_edit(turn, incident, number, action->connector);
}

/* The announcements are told once, and again when it was different in between; reminders page over and over. */
static void say_unpaged(struct turn *turn, uint64_t id, const char *who, bool nobody, const char *text)
{
    CLEANUP_FREE char *key = turn_key_as(turn, PAGE_KEY);
    const struct incident *incident = turn_incident(turn, id);
    if (incident->private || incident_unpaged(incident, who, nobody)) {
        rooms_say_incident(turn, id, key, NULL, text);
        return;
    }
    record(turn, id, (struct command){.verb = "page_announced", .name = who, .flag = nobody});
    rooms_say_loudly(turn, id, key, text);
}

static void tell_one_way_failed(struct turn *turn, const struct action *action, const char *person)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *who = xasprintf("%s on %s", person, action->connector);
    words_begin_with(action->connector, &text);
    str_markup(&text, " could not page %s", shown(turn, person));
    words_add_reason(action->outcome.detail, "it gave no reason", &text);
    str_add(&text, " The page went out on another platform too.");
    say_unpaged(turn, action->incident, who, false, text.p);
}

static void refused(struct turn *turn, const struct action *action, int64_t number, const char *person)
{
    const struct incident *incident = turn_incident(turn, action->incident);
    const struct state_page *page = incident_page(incident, number);
    if (!page || page->accepted_by || page->exhausted || !text_equal(page_person(page), person))
        return;
    if (page->reached || is_under_way(turn_core(turn), incident, page)) {
        tell_one_way_failed(turn, action, person);
        return;
    }
    CLEANUP_FREE char *why = xstrdup(action->outcome.detail ? action->outcome.detail : "no reason was given");
    fail(turn, action->incident, number, why);
}

void pages_outcome(struct turn *turn, const struct action *action, const char *remote_id, const cJSON *body)
{
    CLEANUP_FREE char *person = NULL;
    int64_t number = number_of(action, &person);
    if (!number || !turn_incident(turn, action->incident))
        return;
    if (action->state == ACTION_DONE)
        reached(turn, action, number, remote_id, body);
    else if (action->state == ACTION_DEAD)
        refused(turn, action, number, person);
}

void pages_connector(struct turn *turn, uint64_t id, const char *reason)
{
    struct core *core = turn_core(turn);
    for (size_t i = 0; i < turn_incident(turn, id)->people.pages.all.n; i++) {
        const struct incident *incident = turn_incident(turn, id);
        const struct state_page *page = &incident->people.pages.all.v[i];
        if (page_waits(page) && !is_under_way(core, incident, page))
            fail(turn, id, page->number, reason);
    }
}

/* Their user was unlinked since: it is somebody else's. */
static bool is_for_another(const struct core *core, const struct action *action, const char *person)
{
    CLEANUP_JSON cJSON *body = cJSON_Parse(action->body);
    const char *user = json_text_or(body, "user", NULL);
    const char *owner = user ? people_of_user(core, action->connector, user) : NULL;
    return owner && people_get(core, person) && !people_same(core, owner, person);
}

bool pages_pointless(struct core *core, const struct action *action)
{
    CLEANUP_FREE char *person = NULL;
    if (strcmp(action->kind, "page") != 0)
        return false;
    const struct incident *incident = live_incident(core, action->incident);
    const struct state_page *page = incident ? incident_page(incident, number_of(action, &person)) : NULL;
    return page && (page->accepted_by || is_for_another(core, action, person));
}

/* ---- its deadline ---- */

void pages_deadlines(struct core *core, const struct incident *incident)
{
    for (size_t i = 0; i < incident->people.pages.all.n; i++) {
        const struct state_page *page = &incident->people.pages.all.v[i];
        CLEANUP_FREE char *name = xasprintf(DUE "%" PRId64, page->number);
        if (page_waits(page))
            live_due(core, "paging", incident->id, name, page->at + PATIENCE);
    }
}

void pages_passed(struct turn *turn, uint64_t incident, const char *name, instant due)
{
    (void)due;
    fail(turn, incident, strtoll(name + strlen(DUE), NULL, 10), "nothing was delivered within a minute");
}

/* ---- answers ---- */

static bool is_person(const char *by)
{
    return !text_equal(by, BY_RULE) && !text_equal(by, BY_CLOCK) && !text_equal(by, BY_SYSTEM);
}

static void answer(struct turn *turn, uint64_t id, const char *by, const char *verb)
{
    for (size_t i = 0; i < turn_incident(turn, id)->people.pages.all.n; i++) {
        const struct state_page *page = &turn_incident(turn, id)->people.pages.all.v[i];
        if (!page->accepted_by)
            record(turn, id,
                   (struct command){.verb = "page_accepted", .by = by, .count = page->number, .name = verb});
    }
}

/* ---- following ---- */

static void say_exhausted(struct turn *turn, const struct event *event, const struct incident *incident)
{
    CLEANUP_STR struct str text = {0};
    char name[INCIDENT_NAME];
    str_markup(&text, "**Nobody was paged** for %s", incident->title);
    words_add_reason(event->text, NULL, &text);
    str_markup(&text, " Somebody please look at it: `%s accept`.", incident_name(incident->id, name));
    say_unpaged(turn, incident->id, event->name, true, text.p);
}

/* Once nobody is left, that is said instead, with the reasons. */
static void say_unreached(struct turn *turn, const struct event *event, const struct incident *incident)
{
    const struct state_page *page = incident_page(incident, event->count);
    CLEANUP_STR struct str text = {0};
    if (!page || page->exhausted)
        return;
    str_markup(&text, "%s was not paged", shown(turn, event->value));
    words_add_reason(event->text, NULL, &text);
    str_markup(&text, " Paging %s instead.", shown(turn, page_person(page)));
    say_unpaged(turn, incident->id, event->value, false, text.p);
}

/* Whoever moves the incident on, or takes a role in it, has answered its pages. Once it has ended they are over. */
void pages_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    uint64_t id = incident->id;
    if (event->type == EVENT_PAGE_FAILED)
        (event->flag ? say_exhausted : say_unreached)(turn, event, incident);
    if (!incident->people.pages.all.n)
        return;
    if (event->type == EVENT_STATUS && (is_person(event->by) || !status_is_open(event->status)))
        answer(turn, id, event->by, event->name);
    else if (event->type == EVENT_ROLE && event->value && is_person(event->by))
        answer(turn, id, event->by, "accept");
    else if (event->type == EVENT_PAGE_ACCEPTED)
        page_edit(turn, incident, event->count, NULL);
    else if (event->type == EVENT_CHANNEL && event->flag)
        page_edit(turn, incident, 0, event->name);
}
