/* What became of the incident that a problem belonged to before. */
#include <stdlib.h>

#include "base/zone.h"
#include "people/people.h"
#include "triage/firing.h"
#include "triage/inside.h"

#define EVENTS_SEARCHED 50 /* newest events of an incident, for who ended it */

static bool take_ending(void *ctx, const struct journal_event *row)
{
    struct ending *ending = ctx;
    struct event event = {0};
    if (event_type_parse(row->type) != EVENT_STATUS || turn_event_of_row(row, &event, NULL))
        return true;
    ending->by = xstrdup(event.by);
    ending->reason = xstrdup(event.text);
    ending->at = event.at;
    event_finish(&event);
    return false;
}

struct ending before_ending(struct core *core, uint64_t incident)
{
    struct ending ending = {0};
    char name[INCIDENT_NAME];
    journal_read_back(core_journal(core), incident_name(incident, name), 0, EVENTS_SEARCHED, take_ending,
                      &ending, NULL);
    return ending;
}

void ending_finish(struct ending *ending)
{
    free(ending->by);
    free(ending->reason);
}

/* Without its number or the reason, which are secret should it become private. */
void before_describe(struct turn *turn, uint64_t id, struct str *out)
{
    struct core *core = turn_core(turn);
    const struct incident *incident = turn_incident(turn, id);
    if (!incident || incident->private || status_is_open(incident->status))
        return;
    struct ending ending = before_ending(core, id);
    const char *who = ending.by ? people_name(core, ending.by) : NULL;
    str_addf(out, "its last incident was %s", status_phrase(incident->status));
    if (ending.by)
        str_addf(out, " by %s, ", who ? who : ending.by);
    if (ending.by)
        when_format_plain(ending.at, turn_now(turn), core_settings(core)->zone, out);
    ending_finish(&ending);
}
