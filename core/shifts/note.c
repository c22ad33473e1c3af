/* The note for whoever comes on call: what is open, paused, owed and muted, what paged, covers to come, holidays that cannot be read. */
#include "base/markup.h"
#include "base/moment.h"
#include "people/people.h"
#include "shifts/inside.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "triage/triage.h"

#define LINES_MOST 10 /* of each section */
#define AHEAD      (14 * DAY)

struct section {
    struct turn *turn;
    const struct note *note;
    enum { OPEN, PAUSED, OWED } what; /* of incidents */
    size_t n;
    struct str lines;
};

static void add_time(const struct section *section, instant t, struct str *out)
{
    moment_format(t, turn_now(section->turn), section->note->zone, out);
}

/* NULL: there are enough lines. */
static struct str *next_line(struct section *section)
{
    if (++section->n > LINES_MOST)
        return NULL;
    str_add(&section->lines, "\n- ");
    return &section->lines;
}

static void end_section(struct section *section, const char *title, struct str *out)
{
    if (section->n)
        str_addf(out, "\n\n**%s: %zu**%s%s", title, section->n, section->lines.p,
                 section->n > LINES_MOST ? "\n- …" : "");
    str_finish(&section->lines);
}

/* ---- incidents ---- */

/* Those of a team with another rotation are not theirs. */
static bool concerns(const struct section *section, const struct incident *incident)
{
    const struct policy *policy = core_policy(turn_core(section->turn));
    const struct rotation *its = incident->team ? policy_rotation(policy, incident->team) : NULL;
    return !its || its == section->note->rotation;
}

/* "**INC-42** checkout is slow: fixing, major, Ana leads" */
static void add_incident(const struct section *section, const struct incident *incident, struct str *out)
{
    const struct core *core = turn_core(section->turn);
    const char *lead = incident_role(incident, "lead");
    char name[INCIDENT_NAME];
    str_markup(out, "**%s** %s: %s", incident_name(incident->id, name), incident->title,
               status_name(incident->status));
    if (incident->status == STATUS_PAUSED) {
        str_add(out, " until ");
        add_time(section, incident->pause.until, out);
    }
    if (incident->severity)
        str_markup(out, ", %s", incident->severity);
    if (lead)
        str_markup(out, ", %s leads", oncall_name(core, lead));
}

static void add_owed(struct section *section, const struct incident *incident)
{
    char name[INCIDENT_NAME];
    for (size_t i = 0; i < incident->owed.n; i++) {
        const struct state_owed *owed = &incident->owed.v[i];
        struct str *out = next_line(section);
        if (!out)
            continue;
        str_markup(out, "**%s** %s, by ", incident_name(incident->id, name),
                   owed->text ? owed->text : owed->name);
        add_time(section, owed->due, out);
    }
}

static bool take_incident(void *ctx, const struct incident *incident)
{
    struct section *section = ctx;
    bool paused = incident->status == STATUS_PAUSED;
    if (!concerns(section, incident))
        return true;
    if (section->what == OWED) {
        add_owed(section, incident);
    } else if (paused == (section->what == PAUSED)) {
        struct str *out = next_line(section);
        if (out)
            add_incident(section, incident, out);
    }
    return true;
}

static void add_incidents(struct turn *turn, const struct note *note, struct str *out)
{
    static const char *const titles[] = {[OPEN] = "Open", [PAUSED] = "Paused", [OWED] = "Owed"};
    const struct query query = {.viewer = note->reader, .limit = 1000};
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) {
        struct section section = {.turn = turn, .note = note, .what = (int)i};
        query_list(turn_core(turn), &query, take_incident, &section, NULL);
        end_section(&section, titles[i], out);
    }
}

/* ---- pages, mutes, covers ---- */

static void add_pages(struct turn *turn, const struct note *note, struct str *out)
{
    struct section section = {.turn = turn, .note = note};
    for (size_t i = note->shift ? note->shift->pages.n : 0; i-- > 0;) {
        const struct shift_page *page = &note->shift->pages.v[i];
        const struct incident *incident = sight_incident(turn_core(turn), page->incident, note->reader);
        struct str *line = incident ? next_line(&section) : NULL;
        if (!line)
            continue;
        add_time(&section, page->at, line);
        str_add(line, ": ");
        add_incident(&section, incident, line);
    }
    end_section(&section, note->ended ? "Paged in the last shift" : "Paged in this shift", out);
}

static bool take_mute(void *ctx, const struct mute_view *mute)
{
    struct section *section = ctx;
    struct str *out = next_line(section);
    if (!out)
        return true;
    str_markup(out, "%s until ", mute->pattern);
    add_time(section, mute->until, out);
    str_markup(out, ": %s", mute->reason);
    return true;
}

static bool take_cover(void *ctx, const struct oncall_cover *cover)
{
    struct section *section = ctx;
    const struct core *core = turn_core(section->turn);
    instant now = turn_now(section->turn);
    bool ahead = cover->until > now && cover->from < now + AHEAD;
    struct str *out =
        ahead && text_equal_nocase(cover->rotation, section->note->rotation->name) ? next_line(section) : NULL;
    if (!out)
        return true;
    str_markup(out, "%s covers %s from ", oncall_name(core, cover->in), oncall_name(core, cover->out));
    add_time(section, cover->from, out);
    str_add(out, " until ");
    add_time(section, cover->until, out);
    return true;
}

/* ---- the whole ---- */

/* "**payments**: Bo is on call until Mon 7 Dec 09:00, after Ana." */
static void add_who(const struct section *section, struct str *out)
{
    const struct note *note = section->note;
    const struct core *core = turn_core(section->turn);
    struct shift stint;
    oncall_stint(core, note->rotation, turn_now(section->turn), &stint);
    str_markup(out, "**%s**: ", note->rotation->name);
    oncall_names(core, &stint.on, out);
    str_add(out, stint.on.n == 1 ? " is on call" : stint.on.n ? " are on call" : " is");
    if (stint.until) {
        str_add(out, " until ");
        add_time(section, stint.until, out);
    }
    if (note->before.n) {
        str_add(out, ", after ");
        oncall_names(core, &note->before, out);
    }
    str_addc(out, '.');
}

void note_add(struct turn *turn, const struct note *note, struct str *out)
{
    struct core *core = turn_core(turn);
    struct section mutes = {.turn = turn, .note = note}, covers = mutes;
    add_who(&mutes, out);
    size_t first = out->len;
    add_incidents(turn, note, out);
    add_pages(turn, note, out);
    mutes_each(core, turn_now(turn), take_mute, &mutes);
    end_section(&mutes, "Muted", out);
    oncall_each_cover(core, take_cover, &covers);
    end_section(&covers, "Covers", out);
    if (out->len == first)
        str_add(out, " Nothing is open, owed or muted, and nothing paged.");
    oncall_feeds(core, note->rotation, note->zone, turn_now(turn), out);
}
