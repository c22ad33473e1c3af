#include "policy/posting.h"

#include <inttypes.h>
#include <string.h>

#include "policy/set.h"

static bool is_any(const text_list *list, const char *value, bool globs)
{
    return list->n && text_list_takes(list, value, globs);
}

/* A component is found by the name of the incident's service. */
static bool is_never(const struct post_row *row, const struct incident *incident, struct str *why)
{
    const struct post_never *never = &row->never;
    bool severity = is_any(&never->severities, incident->severity, false),
         kind = is_any(&never->kinds, incident->sort.kind, false),
         component = is_any(&never->components, incident->service, true);
    if (!severity && !kind && !component)
        return false;
    str_addf(why, "never about %s (%s)",
             kind        ? incident->sort.kind
             : severity  ? incident->severity
             : component ? incident->service
                         : "",
             row->named.where);
    return true;
}

static bool fits(const struct post_row *row, const struct incident *incident)
{
    return text_list_takes(&row->severities, incident->severity, false) &&
           text_list_takes(&row->kinds, incident->sort.kind, false) &&
           text_list_takes(&row->components, incident->service, true) &&
           incident_customers(incident) >= row->customers;
}

static void add_reason(const struct post_row *row, const struct incident *incident, struct str *why)
{
    str_add(why, "it ");
    if (row->severities.n)
        str_addf(why, "is %s, ", incident->severity);
    if (row->components.n)
        str_addf(why, "is about %s, ", incident->service);
    if (row->kinds.n)
        str_addf(why, "is of the kind %s, ", incident->sort.kind);
    if (row->customers)
        str_addf(why, "affects %" PRId64 " customers, ", incident_customers(incident));
    if (why->len == strlen("it "))
        str_add(why, "is an incident, ");
    str_addf(why, "as %s has it", row->named.where);
}

static const struct post_row *find(const struct policy *policy, const struct incident *incident)
{
    for (size_t i = 0; i < policy->set->comms.posts.n; i++) {
        if (fits(&policy->set->comms.posts.v[i], incident))
            return &policy->set->comms.posts.v[i];
    }
    return NULL;
}

enum post_verdict policy_posting(const struct policy *policy, const struct incident *incident, struct str *why)
{
    for (size_t i = 0; i < policy->set->comms.posts.n; i++) {
        if (is_never(&policy->set->comms.posts.v[i], incident, why))
            return POSTING_NO;
    }
    const struct post_row *row = find(policy, incident);
    if (incident->private || incident->sort.drill || !row) {
        str_add(why, incident->private      ? "it is private"
                     : incident->sort.drill ? "it is a drill"
                                            : "no post{} of the policy fits");
        return POSTING_ASK;
    }
    add_reason(row, incident, why);
    return POSTING_YES;
}

const char *policy_posting_title(const struct policy *policy, const struct incident *incident)
{
    const char *title = NULL;
    for (size_t i = 0; i < policy->set->comms.posts.n && !title; i++) {
        const struct post_row *row = &policy->set->comms.posts.v[i];
        title = fits(row, incident) ? row->title : NULL;
    }
    return title;
}
