#include "app/groups/outcome.h"

#include "sight/sight.h"
#include "triage/incoming.h"

/* What was noted before it got an incident says nothing any more. */
static bool is_news(const struct outcome *outcome, enum incoming_why why)
{
    return !outcome->incident || why == INCOMING_STORM || why == INCOMING_ENDED || why == INCOMING_HELD;
}

static bool take_reason(void *ctx, const struct incoming *row)
{
    struct outcome *outcome = ctx;
    outcome->can_open = row->can_open;
    if (!is_news(outcome, row->why))
        return false;
    replace_text(&outcome->rule, row->rule);
    outcome->reason = xstrdup(row->reason);
    return false;
}

void outcome_of(const struct visit *visit, const struct group *group, struct outcome *ret)
{
    const struct incoming_reading reading = {
        .viewer = visit->person, .zone = visit_zone(visit), .now = visit->now};
    uint64_t id = group->care.incident;
    *ret = (struct outcome){.incident = id ? sight_incident(visit->core, id, visit->person) : NULL};
    ret->rule = ret->incident ? xstrdup(ret->incident->declared.rule) : NULL;
    incoming_one(visit->core, &reading, group, take_reason, ret);
}

void outcome_finish(struct outcome *outcome)
{
    free(outcome->rule);
    free(outcome->reason);
}

void outcome_add(const struct outcome *outcome, struct view *view)
{
    const struct incident *incident = outcome->incident;
    char name[INCIDENT_NAME];
    view_text(view, "rule", outcome->rule);
    view_query(view, "rule_url", outcome->rule);
    view_markup(view, "reason", outcome->reason);
    view_text(view, "incident", incident ? incident_name(incident->id, name) : NULL);
    view_text(view, "incident_title", incident ? incident->title : NULL);
    view_text(view, "incident_status", incident ? status_name(incident->status) : NULL);
    view_flag(view, "declined", incident && incident->status == STATUS_DECLINED);
}
