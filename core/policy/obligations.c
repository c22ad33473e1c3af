/* Which obligations a state has, and when they are due. */
#include <string.h>

#include "policy/messages.h"
#include "policy/set.h"

void obligation_list_finish(obligation_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free(list->v[i].name);
        free(list->v[i].text);
        free(list->v[i].rule);
    }
    array_free(list);
}

int64_t by_severity(const struct by_severity *values, const char *severity)
{
    for (size_t i = 0; i < values->rows.n; i++) {
        if (text_equal(values->rows.v[i].severity, severity))
            return values->rows.v[i].value;
    }
    return values->others;
}

bool text_list_takes(const text_list *list, const char *value, bool globs)
{
    for (size_t i = 0; i < list->n; i++) {
        if (globs ? text_matches(list->v[i], value ? value : "") : text_equal(list->v[i], value))
            return true;
    }
    return list->n == 0;
}

static bool has_link(const struct incident *incident, const char *pattern)
{
    for (size_t i = 0; i < incident->places.links.n; i++) {
        const struct state_link *link = &incident->places.links.v[i];
        const char *label = link->label ? link->label : "";
        if (text_matches_nocase(pattern, link->url) || text_matches_nocase(pattern, label))
            return true;
    }
    return false;
}

static bool has_draft(const struct incident *incident)
{
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        if (incident->comms.drafts.v[i].state == DRAFT_WAITING)
            return true;
    }
    return false;
}

/* Of those whom the obligation is about. Without a host that knows them one by one, they are told together. */
static struct policy_silence silence_of(const struct policy *policy, const struct duty *duty,
                                        const struct incident *incident)
{
    const struct policy_host *host = &policy->host;
    bool any = incident->affected.customers.n;
    if (!duty->customers && !duty->with_conversation && duty->told < 0)
        return (struct policy_silence){0};
    if (host->silence)
        return host->silence(host->ctx, incident, duty->tier, duty->cares);
    instant told_at = incident->activity.told_at;
    return (struct policy_silence){any && !told_at ? incident->affected.customers.v[0].since : 0, told_at,
                                   told_at != 0};
}

static bool is_silent(const struct duty *duty, const struct policy_silence *silence)
{
    return (!duty->with_conversation || silence->open) &&
           (!duty->customers || silence->untold_since || silence->told_at) &&
           (duty->told < 0 || (duty->told ? silence->told_at : silence->untold_since));
}

static bool applies(const struct duty *duty, const struct incident *incident)
{
    return duty->statuses & (1u << incident->status) &&
           text_list_takes(&duty->severities, incident->severity, false) &&
           text_list_takes(&duty->kinds, incident->sort.kind, false) &&
           text_list_takes(&duty->services, incident->service, true) &&
           text_list_takes(&duty->teams, incident->team, true) &&
           !(duty->without.role && incident_role(incident, duty->without.role)) &&
           (!duty->with_draft || has_draft(incident)) &&
           !(duty->without.link && has_link(incident, duty->without.link)) &&
           !(duty->without.writeup && incident->activity.written_at);
}

/* When the incident entered the obligation's statuses; moving between them does not count. */
static instant entered(const struct duty *duty, const struct incident *incident)
{
    instant at = 0;
    for (size_t i = incident->entries.n; i-- > 0;) {
        if (!(duty->statuses & (1u << incident->entries.v[i].status)))
            break;
        at = incident->entries.v[i].at;
    }
    return at;
}

/* The customers' silence: it does not pause with the incident. */
static instant silent_since(const struct duty *duty, const struct policy_silence *silence, instant otherwise)
{
    instant untold = duty->told == 1 ? 0 : silence->untold_since, told = duty->told == 0 ? 0 : silence->told_at;
    if (untold && told)
        return MIN(untold, told);
    return untold || told ? untold + told : otherwise;
}

static instant begins(const struct duty *duty, const struct incident *incident,
                      const struct policy_silence *silence)
{
    instant since = entered(duty, incident);
    switch ((enum obligation_after)by_severity(&duty->after, incident->severity)) {
    case AFTER_DECLARED:
        return incident->entries.n ? incident->entries.v[0].at : since;
    case AFTER_UPDATE:
        return MAX(incident->activity.updated_at, since);
    case AFTER_SPOKEN:
        return MAX(MAX(incident->activity.spoke_at, incident->activity.updated_at), since);
    case AFTER_TOLD:
        return silent_since(duty, silence, since);
    case AFTER_ENTERED:
    default:
        return since;
    }
}

/*
 * When it is due. Normally it is `within` after its start: if that time is in the future, or was missed already, it stays. But
 * an obligation may also begin after its time has passed: a severity was raised, a role was given up, a policy changed. Then
 * people get the whole span from now; while it is owed, that time is kept, or shortened to the span.
 */
static instant due(const struct duty *duty, const struct incident *incident,
                   const struct policy_silence *silence, instant now)
{
    duration within = by_severity(&duty->within, incident->severity);
    instant plain = begins(duty, incident, silence) + within;
    const struct state_owed *owed = incident_owes(incident, duty->named.name);
    if (plain > now || (owed && owed->missed))
        return plain;
    return owed ? MIN(owed->due, now + within) : now + within;
}

void policy_obligations(struct policy *policy, const struct incident *incident, instant now,
                        obligation_list *ret)
{
    for (size_t i = 0; i < policy->set->duties.n; i++) {
        const struct duty *duty = &policy->set->duties.v[i];
        if (!applies(duty, incident))
            continue;
        struct policy_silence silence = silence_of(policy, duty, incident);
        if (!is_silent(duty, &silence))
            continue;
        struct obligation *o = array_add(ret);
        o->name = xstrdup(duty->named.name);
        o->text = xstrdup(duty->text);
        o->rule = xstrdup(duty->named.where);
        o->due = due(duty, incident, &silence, now);
        o->every = by_severity(&duty->every, incident->severity);
        o->times = by_severity(&duty->times, incident->severity);
    }
}

duration policy_update_within(const struct policy *policy, const struct incident *incident)
{
    duration least = 0;
    for (size_t i = 0; i < policy->set->duties.n; i++) {
        const struct duty *duty = &policy->set->duties.v[i];
        duration within = by_severity(&duty->within, incident->severity);
        bool after_told = duty->told == 1 && by_severity(&duty->after, incident->severity) == AFTER_TOLD;
        if (after_told && !duty->tier && duty->cares != 1 && applies(duty, incident))
            least = least ? MIN(least, within) : within;
    }
    return least;
}

instant policy_writeup_due(const struct policy *policy, const struct incident *incident)
{
    for (size_t i = 0; i < incident->owed.n; i++) {
        const struct state_owed *owed = &incident->owed.v[i];
        for (size_t k = 0; k < policy->set->duties.n; k++) {
            const struct duty *duty = &policy->set->duties.v[k];
            if (duty->without.writeup && text_equal(duty->named.name, owed->name))
                return owed->due;
        }
    }
    return 0;
}
