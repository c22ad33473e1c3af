/* What the template of a write-up is filled with: the timeline, sorted by what it means for those who read it later. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "followups/followups.h"
#include "people/people.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "writeups/inside.h"

#define EVENTS_MOST 1000  /* that are read, the latest */
#define LINES_BYTES 16000 /* of a section */
#define LINE_BYTES  500

enum section { HAPPENED, TOLD, HELPED, HINDERED, SECTIONS };

/* What somebody said in a room, and what only concerns calls and cards, is left to the timeline. */
static const unsigned char places[EVENT_TYPE_COUNT] = {
#define IN(section) (1u << (section))
    [EVENT_DECLARED] = IN(HAPPENED),       [EVENT_STATUS] = IN(HAPPENED),
    [EVENT_SEVERITY] = IN(HAPPENED),       [EVENT_RAISED] = IN(HAPPENED),
    [EVENT_ROLE] = IN(HAPPENED),           [EVENT_UPDATED] = IN(HAPPENED),
    [EVENT_NOTED] = IN(HAPPENED),          [EVENT_PINNED] = IN(HAPPENED) | IN(HELPED),
    [EVENT_ALERT_STATE] = IN(HAPPENED),    [EVENT_MERGED_IN] = IN(HAPPENED),
    [EVENT_APPROVED] = IN(TOLD),           [EVENT_REPLIED] = IN(TOLD),
    [EVENT_LESSON] = IN(HELPED),           [EVENT_MISSED] = IN(HINDERED),
    [EVENT_PAGE_FAILED] = IN(HINDERED),    [EVENT_PAGE_UNDELIVERED] = IN(HINDERED),
    [EVENT_PAGE_ESCALATED] = IN(HINDERED), [EVENT_UNTOLD] = IN(HINDERED),
    [EVENT_BOUNCED] = IN(HINDERED),        [EVENT_CONNECTOR] = IN(HINDERED),
    [EVENT_DISSENTED] = IN(HINDERED),
#undef IN
};

struct telling {
    struct core *core;
    const struct incident *incident; /* a copy */
    instant now;
    event_list events; /* newest first */
};

/* Whoever reads the incident reads the write-up, so it names no incident that one of them may not see. */
static bool take(void *ctx, const struct event *event)
{
    struct telling *telling = ctx;
    if (!places[event->type])
        return true;
    struct event *kept = array_add(&telling->events);
    event_copy(kept, event);
    if (kept->other && !sight_readers_see(telling->core, telling->incident, kept->other))
        kept->other = 0;
    return true;
}

static void add_line(const struct telling *telling, const struct event *event, struct str *out)
{
    CLEANUP_STR struct str line = {0};
    event_describe(event, telling->now, core_settings(telling->core)->zone, people_name, telling->core, &line);
    moments_off(line.p);
    size_t n = line.len > LINE_BYTES ? utf8_cut(line.p, line.len, LINE_BYTES) : line.len;
    str_add(out, "- ");
    when_format_plain(event->at, telling->now, core_settings(telling->core)->zone, out);
    str_addc(out, ' ');
    for (size_t i = 0; i < n; i++)
        str_addc(out, line.p[i] == '\n' ? ' ' : line.p[i]);
    str_add(out, n < line.len ? "…\n" : "\n");
}

static char *section_of(const struct telling *telling, enum section section)
{
    struct str out = {0};
    for (size_t i = telling->events.n; i-- > 0;) {
        const struct event *event = &telling->events.v[i];
        if (places[event->type] & (1u << section) && out.len < LINES_BYTES)
            add_line(telling, event, &out);
    }
    return str_take(&out);
}

/* ---- from the state ---- */

static void add_span(struct str *out, const char *before, duration span)
{
    if (span < 0)
        return;
    str_add(out, before);
    duration_format(span, out);
}

static char *course_of(const struct incident *incident, instant now)
{
    struct durations took = incident_durations(incident, now);
    struct str out = {0};
    add_span(&out, status_is_open(incident->status) ? "It has gone on for " : "It took ", took.open);
    add_span(&out, ", was accepted after ", took.to_accept);
    add_span(&out, ", fixed after ", took.to_fix);
    add_span(&out, ", resolved after ", took.to_resolve);
    if (took.paused > 0)
        add_span(&out, ", and was paused for ", took.paused);
    str_addc(&out, '.');
    return str_take(&out);
}

static char *contact_of(const struct incident *incident, instant now)
{
    struct durations took = incident_durations(incident, now);
    struct str out = {0};
    if (!incident_customers(incident))
        return NULL;
    str_add(&out, took.to_first_contact < 0 ? "No customer was told" : "The first customer was told after ");
    if (took.to_first_contact >= 0)
        duration_format(took.to_first_contact, &out);
    add_span(&out, "; the longest silence was ", took.silence);
    str_addc(&out, '.');
    return str_take(&out);
}

struct left {
    const struct telling *telling;
    struct str out;
};

static bool add_left(void *ctx, const struct followup *followup)
{
    static const char *const states[] = {"", " (done)", " (dropped)"};
    struct left *left = ctx;
    struct core *core = left->telling->core;
    const char *name = people_name(core, followup->owner);
    str_markup(&left->out, "- %s: %s, by ", followup->text, name ? name : followup->owner);
    when_format_plain(followup->due, left->telling->now, core_settings(core)->zone, &left->out);
    str_addf(&left->out, "%s\n", states[followup->state]);
    return true;
}

static char *followups_of_incident(const struct telling *telling)
{
    struct left left = {.telling = telling};
    followups_each_open(telling->core, telling->incident->id, add_left, &left);
    followups_each_over(telling->core, telling->incident->id, add_left, &left);
    return str_take(&left.out);
}

/* A public incident is read as the public; a private one as a member. */
void writeup_facts(struct core *core, const struct incident *incident, instant now, struct template_facts *ret)
{
    struct incident *about = incident_copy(incident);
    struct telling telling = {.core = core, .incident = about, .now = now};
    const char *viewer = about->private && about->people.members.n ? about->people.members.v[0] : NULL;
    query_timeline(core, about->id, viewer, 0, EVENTS_MOST, take, &telling, NULL);
    *ret = (struct template_facts){.happened = section_of(&telling, HAPPENED),
                                   .course = course_of(about, now),
                                   .told = section_of(&telling, TOLD),
                                   .contact = contact_of(about, now),
                                   .helped = section_of(&telling, HELPED),
                                   .hindered = section_of(&telling, HINDERED),
                                   .followups = followups_of_incident(&telling)};
    event_list_finish(&telling.events);
    incident_destroy(about);
}

void writeup_facts_finish(struct template_facts *facts)
{
    char *const texts[] = {facts->happened, facts->course,   facts->told,     facts->contact,
                           facts->helped,   facts->hindered, facts->followups};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
}
