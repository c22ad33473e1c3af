#include "public/names.h"

#include <string.h>

#include "base/str.h"

struct name {
    const char *wire, *title, *short_; /* short: NULL, where there is no shorter word */
};

static const struct name states[PUBLIC_STATES] = {
    [STATE_OPERATIONAL] = {"operational", "Operational", "ok"},
    [STATE_DEGRADED] = {"degraded_performance", "Degraded performance", "degraded"},
    [STATE_PARTIAL] = {"partial_outage", "Partial outage", "partial"},
    [STATE_MAJOR] = {"major_outage", "Major outage", "major"},
    [STATE_MAINTENANCE] = {"under_maintenance", "Under maintenance", "maintenance"},
};

static const struct name statuses[PUBLIC_STATUSES] = {
    [POST_INVESTIGATING] = {"investigating", "Investigating", NULL},
    [POST_IDENTIFIED] = {"identified", "Identified", NULL},
    [POST_MONITORING] = {"monitoring", "Monitoring", NULL},
    [POST_RESOLVED] = {"resolved", "Resolved", NULL},
    [POST_POSTMORTEM] = {"postmortem", "Postmortem", NULL},
    [POST_SCHEDULED] = {"scheduled", "Scheduled", NULL},
    [POST_IN_PROGRESS] = {"in_progress", "In progress", NULL},
    [POST_VERIFYING] = {"verifying", "Verifying", NULL},
    [POST_COMPLETED] = {"completed", "Completed", NULL},
};

static const struct name impacts[PUBLIC_IMPACTS] = {
    [IMPACT_NONE] = {"none", "None", NULL},
    [IMPACT_MINOR] = {"minor", "Minor", NULL},
    [IMPACT_MAJOR] = {"major", "Major", NULL},
    [IMPACT_CRITICAL] = {"critical", "Critical", NULL},
    [IMPACT_MAINTENANCE] = {"maintenance", "Maintenance", NULL},
};

const char *public_state_name(enum public_state state)
{
    return states[state].wire;
}
const char *public_state_title(enum public_state state)
{
    return states[state].title;
}
const char *public_status_name(enum public_status status)
{
    return statuses[status].wire;
}
const char *public_status_title(enum public_status status)
{
    return statuses[status].title;
}
const char *public_impact_name(enum public_impact impact)
{
    return impacts[impact].wire;
}

/* The place in a table of the name that the text is; `n`: it is none. */
static size_t find(const struct name *names, size_t n, const char *text)
{
    CLEANUP_FREE char *word = xstrdup(text ? text : "");
    for (char *at = word; (at = strpbrk(at, " -"));)
        *at = '_';
    size_t i = 0;
    while (i < n && !text_equal_nocase(names[i].wire, word) &&
           !(names[i].short_ && text_equal_nocase(names[i].short_, word)))
        i++;
    return i;
}

bool public_state_parse(const char *name, enum public_state *ret)
{
    size_t at = find(states, PUBLIC_STATES, name);
    *ret = (enum public_state)(at < PUBLIC_STATES ? at : 0);
    return at < PUBLIC_STATES;
}

bool public_status_parse(const char *name, enum public_status *ret)
{
    size_t at = find(statuses, PUBLIC_STATUSES, name);
    *ret = (enum public_status)(at < PUBLIC_STATUSES ? at : 0);
    return at < PUBLIC_STATUSES;
}

bool public_impact_parse(const char *name, enum public_impact *ret)
{
    size_t at = find(impacts, PUBLIC_IMPACTS, name);
    *ret = (enum public_impact)(at < PUBLIC_IMPACTS ? at : 0);
    return at < PUBLIC_IMPACTS;
}

bool public_status_is_maintenance(enum public_status status)
{
    return status >= POST_SCHEDULED;
}

bool public_status_is_over(enum public_status status)
{
    return status == POST_RESOLVED || status == POST_POSTMORTEM || status == POST_COMPLETED;
}

enum public_impact public_impact_of(enum public_state worst)
{
    static const enum public_impact of[PUBLIC_STATES] = {[STATE_OPERATIONAL] = IMPACT_NONE,
                                                         [STATE_DEGRADED] = IMPACT_MINOR,
                                                         [STATE_PARTIAL] = IMPACT_MAJOR,
                                                         [STATE_MAJOR] = IMPACT_CRITICAL,
                                                         [STATE_MAINTENANCE] = IMPACT_MAINTENANCE};
    return of[worst];
}
