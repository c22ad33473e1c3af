/* How its pages are, on the incident's card: "Paging Ana · sms call delivered 01:12 · next Cy at 01:15". */
#include <string.h>

#include "base/moment.h"
#include "oncall/oncall.h"
#include "paging/inside.h"
#include "rooms/card.h"

#define SHOWN 3 /* pages, the latest ones */
#define NAMES 3 /* of those who are next */

struct showing {
    const struct core *core;
    const struct incident *incident;
    const struct state_page *page;
    const struct card_context *context;
    struct str *out;
};

/* "15:06 UTC", with the day where it is another one. */
static void add_time(const struct showing *s, const char *before, instant at)
{
    CLEANUP_STR struct str text = {0};
    instant now = s->context->now;
    when_format_plain(at, now, s->context->zone, &text);
    const char *clock = strchr(text.p, ':');
    bool near = at < now + 12 * HOUR && at > now - 12 * HOUR && clock && clock - text.p >= 2;
    str_addf(s->out, "%s%s", before, near ? clock - 2 : text.p);
}

/* The call of that person that got furthest, the latest of these. */
static const struct state_call *furthest(const struct state_page *page, const char *person)
{
    const struct state_call *found = NULL;
    for (size_t i = 0; i < page->calls.n; i++) {
        const struct state_call *call = &page->calls.v[i];
        bool better = !found || (call->state != CALL_FAILED &&
                                 (found->state == CALL_FAILED || call->state >= found->state));
        if (call->way && text_equal(call->person, person) && better)
            found = call;
    }
    return found;
}

static void add_call(const struct showing *s, const char *person)
{
    const struct state_call *call = furthest(s->page, person);
    str_addf(s->out, "Paging %s", oncall_name(s->core, person));
    if (!call)
        return;
    str_addf(s->out, " · %s %s", call->way, call_state_name(call->state));
    add_time(s, " ", call->at);
}

static void add_names(const struct showing *s, const struct plan *plan)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->people.n && n <= NAMES; i++) {
        const struct somebody *somebody = &plan->people.v[i];
        if (!somebody->n)
            continue;
        if (n < NAMES)
            str_addf(s->out, "%s%s", n ? ", " : "", oncall_name(s->core, somebody->id));
        n++;
    }
    str_add(s->out, n > NAMES ? " and others" : n ? "" : "the level after");
}

/* Is nobody called but the one who is called now? */
static bool is_same(const struct plan *plan, const char *person)
{
    size_t n = 0;
    bool same = false;
    for (size_t i = 0; i < plan->people.n; i++) {
        n += plan->people.v[i].n != 0;
        same |= plan->people.v[i].n && text_equal(plan->people.v[i].id, person);
    }
    return n == 1 && same;
}

static void add_next(const struct showing *s)
{
    struct plan plan;
    int level = s->page->going.level < 0 ? 0 : s->page->going.level;
    plan_begin(&plan, s->core, s->incident, s->page, s->context->now);
    struct step next = plan_after(&plan);
    if (next.level >= (int)plan.escalation.n) {
        str_add(s->out, " · next the channel");
    } else {
        plan_look(&plan, next.level);
        bool same = is_same(&plan, page_person(s->page));
        str_add(s->out, same ? " · again" : " · next ");
        if (!same)
            add_names(s, &plan);
    }
    add_time(s, " at ", s->page->going.since + plan.escalation.levels[level].after);
    plan_finish(&plan);
}

static void add_open(const struct showing *s)
{
    const char *person = page_person(s->page);
    struct plan plan;
    plan_begin(&plan, s->core, s->incident, s->page, s->context->now);
    bool channel = escalation_in_channel(&plan.escalation, s->page);
    plan_finish(&plan);
    if (s->page->going.held) {
        add_time(s, "Waits until ", s->page->going.since);
        str_add(s->out, ": quiet hours");
    } else if (channel) {
        str_addf(s->out, "Nobody of %s has acknowledged", s->page->target);
    } else if (person) {
        add_call(s, person);
        add_next(s);
    }
}

static void add_page(const struct showing *s)
{
    if (!s->page->accepted_by) {
        add_open(s);
        return;
    }
    CLEANUP_FREE char *outcome = message_outcome(s->core, s->page);
    str_add(s->out, outcome);
    if (s->page->accepted_via)
        str_addf(s->out, " by %s", s->page->accepted_via);
    if (s->page->going.accepted_at)
        add_time(s, ", ", s->page->going.accepted_at);
}

void pages_card(struct core *core, const struct incident *incident, const struct card_context *context,
                struct json_out *fields)
{
    size_t n = incident->people.pages.all.n;
    for (size_t i = n > SHOWN ? n - SHOWN : 0; i < n && status_is_open(incident->status) && !context->of_page;
         i++) {
        const struct state_page *page = &incident->people.pages.all.v[i];
        CLEANUP_STR struct str text = {0};
        if (!page->escalates || page->going.over)
            continue;
        add_page(&(struct showing){core, incident, page, context, &text});
        card_field(fields, "page", text.p);
    }
}
