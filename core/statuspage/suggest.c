/*
 * What people should think of about the status page: that the policy says to post, that a post wants another word, or its last one. Each is said in
 * the incident's channel with what to press.
 */
#include <inttypes.h>

#include "base/json.h"
#include "base/markup.h"
#include "policy/posting.h"
#include "rooms/buttons.h"
#include "rooms/rooms.h"
#include "statuspage/drafts.h"
#include "statuspage/statuspage.h"
#include "turn/live.h"

static void say(struct turn *turn, const struct incident *incident, const char *title, const char *text,
                const char *label, const char *line)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str card = {0};
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_FREE char *first = xasprintf("%s %s", incident_name(incident->id, name), line),
                      *other = xasprintf("%s post", name);
    struct json_out j = {&card, false};
    json_begin_object(&j);
    json_put_text(&j, "title", title);
    json_put_text(&j, "tone", "warn");
    json_put_text(&j, "text", text);
    json_key(&j, "buttons");
    json_begin_array(&j);
    button_put(&j, label, first, "primary");
    button_put_asking(&j, "Write it", other);
    json_end_array(&j);
    json_end_object(&j);
    rooms_say_incident(turn, incident->id, key, card.p, NULL);
}

static bool may_change(const struct event *event)
{
    return event->type == EVENT_DECLARED || event->type == EVENT_SEVERITY || event->type == EVENT_SERVICE ||
           event->type == EVENT_KIND || event->type == EVENT_PRIVATE || event->type == EVENT_DRILL ||
           event->type == EVENT_CUSTOMER || event->type == EVENT_CUSTOMERS || event->type == EVENT_CROWDED ||
           (event->type == EVENT_STATUS && status_is_open(event->status));
}

static bool has_post(const struct incident *incident)
{
    bool any = false;
    for (size_t i = 0; i < incident->comms.drafts.n; i++)
        any |= incident->comms.drafts.v[i].post && incident->comms.drafts.v[i].state != DRAFT_DISCARDED;
    return any;
}

bool statuspage_wants(const struct core *core, const struct incident *incident, struct str *why)
{
    CLEANUP_STR struct str reason = {0};
    bool wants = status_is_open(incident->status) && !has_post(incident) &&
                 policy_posting(core_policy(core), incident, &reason) == POSTING_YES;
    if (wants)
        str_add(why, str_text(&reason));
    return wants;
}

/* Once: whoever decides against it is not asked again. Many conversations suggest it, too, where the policy leaves it to people. */
static void suggest(struct turn *turn, const struct event *event, const struct incident *incident)
{
    CLEANUP_STR struct str why = {0};
    const struct core *core = turn_core(turn);
    bool crowd = event->type == EVENT_CROWDED && event->flag && !incident->private && !incident->sort.drill &&
                 statuspage_is_public(core);
    enum post_verdict says = policy_posting(core_policy(core), incident, &why);
    if (says == POSTING_NO || (says == POSTING_ASK && !crowd))
        return;
    CLEANUP_FREE char *text = says == POSTING_YES ? xasprintf("the policy says so, since %s", str_text(&why))
                                                  : xstrdup("many conversations with customers are open");
    struct command command = {.verb = "suggest_post", .by = BY_RULE, .automatic = true, .text = text};
    turn_do(turn, incident->id, &command, NULL, NULL);
}

static void say_suggested(struct turn *turn, const struct event *event, const struct incident *incident)
{
    CLEANUP_FREE char *text = markup("Consider a post about this incident: %s.", event->text);
    say(turn, incident, "Post on the status page", text, "We are looking into it", "post early");
}

/* ---- the clock of silence ---- */

void promise_deadlines(struct core *core, const struct incident *incident)
{
    if (incident->comms.next_word)
        live_due(core, "statuspage", incident->id, "word", incident->comms.next_word);
}

void promise_passed(struct turn *turn, uint64_t id, const char *name, instant due)
{
    (void)name;
    struct command overdue = {.verb = "overdue_post", .by = BY_CLOCK, .automatic = true, .until = due};
    turn_do(turn, id, &overdue, NULL, NULL);
}

void suggest_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    bool ended = event->type == EVENT_STATUS && !status_is_open(event->status);
    if (event->type == EVENT_POST_SUGGESTED)
        say_suggested(turn, event, incident);
    if (event->type == EVENT_POST_OVERDUE)
        say(turn, incident, "The status page has promised another word",
            "The time is over that its last post named.", "We are still working on it",
            "post We are still working on it.");
    if (may_change(event) && !incident->comms.suggested && status_is_open(incident->status) &&
        !has_post(incident))
        suggest(turn, event, incident);
    if (ended && statuspage_open_post(turn_core(turn), incident->id))
        say(turn, incident, "The status page wants a last word",
            "The incident has ended, and its post on the status page is still open.", "It is resolved",
            "post resolved");
}
