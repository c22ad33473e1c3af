/* Open incidents that a message of somebody who is not known to be affected may be about: by their organisation, and by words. */
#include <string.h>

#include "comms/inside.h"
#include "comms/touched.h"
#include "customers/customers.h"
#include "sight/query.h"
#include "sight/sight.h"

/* The customer of the directory whom the desk names as the writer's organisation; NULL: none, or the writer is known as theirs. */
static const struct customer *organisation_of(const struct core *core, const struct reply *reply)
{
    const struct customer *record = NULL;
    if (reply->organisation)
        customers_find(core, reply->organisation, &record, NULL);
    return record && !text_equal_nocase(record->key, reply->customer) ? record : NULL;
}

static bool take(struct fitting *fitting, const struct incident *incident)
{
    char name[INCIDENT_NAME];
    for (size_t i = 0; i < fitting->n; i++) {
        if (fitting->ids[i] == incident->id)
            return true;
    }
    if (incident->sort.drill || fitting->n == FITTING_MOST)
        return fitting->n < FITTING_MOST;
    str_addf(&fitting->names, "%s%s %s", fitting->n ? "; " : "", incident_name(incident->id, name),
             incident->title);
    fitting->ids[fitting->n++] = incident->id;
    return fitting->n < FITTING_MOST;
}

struct affecting {
    struct core *core;
    struct fitting *fitting;
};

/* It is announced to everybody. */
static bool take_affecting(void *ctx, const struct incident *incident)
{
    const struct affecting *a = ctx;
    return !sight_incident(a->core, incident->id, NULL) || take(a->fitting, incident);
}

static bool take_wording(void *ctx, const struct incident *incident, const char *why)
{
    (void)why;
    return take(ctx, incident);
}

void fitting_find(struct core *core, const struct reply *reply, struct fitting *ret)
{
    const char *title = reply->title;
    const struct customer *organisation = organisation_of(core, reply);
    CLEANUP_FREE char *words = xasprintf("%s%s%s", title ? title : "", title ? "\n" : "", reply->text);
    *ret = (struct fitting){0};
    if (strpbrk(reply->customer, ",\n"))
        return; /* what adds a customer separates them with commas */
    if (organisation)
        comms_affecting(core, organisation->key, take_affecting, &(struct affecting){core, ret});
    query_fitting(core, words, NULL, FITTING_MOST, take_wording, ret, NULL);
}

/* Where the desk knows the organisation, the ticket is asked for: then it is the organisation's, and no customer of its own. */
char *fitting_line(const struct core *core, const struct reply *reply, uint64_t incident)
{
    char name[INCIDENT_NAME];
    incident_name(incident, name);
    if (reply->ticket && reply->link && organisation_of(core, reply))
        return xasprintf("%s attach %s", name, reply->link);
    return xasprintf("%s customers add %s", name, reply->customer);
}
