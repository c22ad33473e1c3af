/* What is said of pages in the incident's rooms and, where it must not be overlooked, in the announcements. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "delivery/words.h"
#include "paging/inside.h"
#include "policy/roster.h"
#include "rooms/rooms.h"

/* The announcements are told once, and again when it was different in between; reminders page over and over. */
static void say_unpaged(struct turn *turn, uint64_t id, const char *who, bool nobody, const char *text)
{
    CLEANUP_FREE char *key = turn_key_as(turn, PAGE_KEY);
    const struct incident *incident = turn_incident(turn, id);
    if (incident->private || incident_unpaged(incident, who, nobody)) {
        rooms_say_incident(turn, id, key, NULL, text);
        return;
    }
    paging_record(turn, id, (struct command){.verb = "page_announced", .name = who, .flag = nobody});
    rooms_say_loudly(turn, id, key, text);
}

void tell_one_way_failed(struct turn *turn, const struct action *action, const char *person)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *who = xasprintf("%s on %s", person, action->connector);
    words_begin_with(action->connector, &text);
    str_markup(&text, " could not page %s", paging_name(turn, person));
    words_add_reason(action->outcome.detail, "it gave no reason", &text);
    str_add(&text, " The page went out on another platform too.");
    say_unpaged(turn, action->incident, who, false, text.p);
}

static void say_exhausted(struct turn *turn, const struct event *event, const struct incident *incident)
{
    CLEANUP_STR struct str text = {0};
    char name[INCIDENT_NAME];
    str_markup(&text, "**Nobody was paged** for %s", incident->title);
    words_add_reason(event->text, NULL, &text);
    str_markup(&text, " Somebody please look at it: `%s accept`.", incident_name(incident->id, name));
    say_unpaged(turn, incident->id, event->name, true, text.p);
}

/* Who was spared is called after all where nobody else is left. */
static bool is_called_since(const struct state_page *page, const char *person, instant at)
{
    for (size_t i = 0; i < page->calls.n; i++) {
        const struct state_call *call = &page->calls.v[i];
        if (call->way && call->at >= at && text_equal(call->person, person))
            return true;
    }
    return false;
}

/* Once nobody is left, that is said instead, with the reasons. */
static void say_unreached(struct turn *turn, const struct event *event, const struct incident *incident)
{
    const struct state_page *page = incident_page(incident, event->count);
    const char *next = page ? page_person(page) : NULL;
    CLEANUP_STR struct str text = {0};
    if (!page || page->exhausted)
        return;
    bool after_all = page->going.insists && is_called_since(page, event->value, event->at);
    str_markup(&text, after_all ? "%s is paged, as nobody else is left" : "%s was not paged",
               paging_name(turn, event->value));
    words_add_reason(event->text, NULL, &text);
    if (!after_all && next && !people_same(turn_core(turn), next, event->value))
        str_markup(&text, " Paging %s instead.", paging_name(turn, next));
    say_unpaged(turn, incident->id, event->value, false, text.p);
}

void tell_unreached(struct turn *turn, const struct event *event, const struct incident *incident)
{
    (event->flag ? say_exhausted : say_unreached)(turn, event, incident);
}

void tell_gap(struct turn *turn, const struct incident *incident, const struct state_page *page,
              const char *why)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *who = xasprintf("on call for %s", page->target);
    str_markup(&text, "The page for %s goes on: %s.", page->target, why);
    say_unpaged(turn, incident->id, who, false, text.p);
}

/* ---- the channel, when nobody has acknowledged ---- */

/* The team's channel; where there is none, whoever follows the announcements is told once, and the incident's rooms each time. */
void tell_channel(struct turn *turn, const struct incident *incident, const struct state_page *page)
{
    CLEANUP_FREE char *key = turn_key_as(turn, PAGE_KEY);
    CLEANUP_STR struct str text = {0};
    char name[INCIDENT_NAME];
    struct roster_team team = {0};
    CLEANUP_FREE char *who = xasprintf("anybody of %s", page->target);
    policy_find_team(core_policy(turn_core(turn)), page->target, &team);
    str_markup(&text, "**Nobody has acknowledged** the page for %s: %s. Please look at it: `%s ack`.",
               page->target, incident->title, incident_name(incident->id, name));
    if (team.channel && !incident->private)
        rooms_say_channel(turn, team.channel, incident->id, key, NULL, text.p);
    if (!team.channel || incident->private || page->going.since == page->at)
        say_unpaged(turn, incident->id, who, false, text.p);
}

void tell_expired(struct turn *turn, const struct event *event, const struct incident *incident)
{
    CLEANUP_FREE char *key = turn_key_as(turn, PAGE_KEY);
    CLEANUP_STR struct str text = {0};
    char name[INCIDENT_NAME];
    str_markup(
        &text,
        "Nobody has acknowledged the page for %s within a day, so it ends. `%s page %s` begins another one.",
        event->name, incident_name(incident->id, name), event->name);
    rooms_say_loudly(turn, incident->id, key, text.p);
}

void tell_held(struct turn *turn, const struct event *event, const struct incident *incident)
{
    CLEANUP_FREE char *key = turn_key_as(turn, PAGE_KEY);
    CLEANUP_STR struct str text = {0};
    char name[INCIDENT_NAME];
    if (!event->until)
        return;
    str_markup(&text, "The page for %s waits until ", event->name);
    moment_format_plain(event->until, turn_now(turn), core_settings(turn_core(turn))->zone, &text);
    str_markup(&text, ", for it would wake people in their quiet hours. `%s escalate` calls at once.",
               incident_name(incident->id, name));
    rooms_say_incident(turn, incident->id, key, NULL, text.p);
}
