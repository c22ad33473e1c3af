/* Drills: what makes one, and what keeps one that practises a script apart from all that is real. */
#include "base/markup.h"
#include "engine/decision.h"

/* A script is practised from the beginning, or not at all: so nothing real was in it before. */
int decide_drill(struct decision *d)
{
    const struct command *c = d->command;
    const struct incident *incident = d->incident;
    const char *script = c->flag && !text_empty(c->name) ? c->name : NULL;
    bool fresh = incident->entries.n == 1 && incident->entries.v[0].at == d->now && !incident->sort.script;
    if (script && !fresh)
        return error_set(d->err, ERR_REFUSED, "Only a new incident practises a script: `drills run …`.");
    if (incident->sort.drill == c->flag && !script)
        return 0;
    struct event *event = emit(d, EVENT_DRILL);
    event->flag = c->flag;
    event->name = xstrdup(script);
    return 0;
}

/* ---- apart ---- */

/* What is refused, and what to do instead. */
static const struct {
    const char *verb, *instead;
} refusals[] = {
    {"drill", "it stays a drill. `drills stop` ends it"},
    {"merge", "a drill and a real incident do not become one. `relate` links them"},
    {"alert", "a real alert is no part of it. `declare from …` opens an incident for one"},
    {"ticket_made", "nothing of it reaches a tracker. Write it down with `note …`"},
    {"ticket_attached", "nothing of it reaches a desk or a tracker. Write it down with `note …`"},
};

/* The drill that the command would join with something real; NULL: none. */
static const struct incident *drill_of(const struct decision *d)
{
    const struct command *c = d->command;
    if (d->incident && d->incident->sort.script)
        return text_equal(c->verb, "drill") && c->flag ? NULL : d->incident;
    return text_equal(c->verb, "merge") && c->other && c->other->sort.script ? c->other : NULL;
}

int decide_apart(const struct decision *d)
{
    const struct incident *drill =
        text_starts(d->command->by ? d->command->by : "", BY_DRILL) ? NULL : drill_of(d);
    char name[INCIDENT_NAME];
    for (size_t i = 0; drill && i < ARRAY_SIZE(refusals); i++) {
        if (text_equal(refusals[i].verb, d->command->verb))
            return error_markup(d->err, ERR_REFUSED, "%s practises %s: %s.", incident_name(drill->id, name),
                                drill->sort.script, refusals[i].instead);
    }
    return 0;
}
