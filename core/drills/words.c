/* A debrief as people read it: a line for each thing that was owed, those of one obligation together. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "comms/comms.h"
#include "drills/inside.h"
#include "oncall/oncall.h"

#define LINES_MOST 30

struct words {
    struct core *core;
    const struct debrief *debrief;
    const struct incident *incident;
    struct str *out;
    size_t lines;
};

/* An obligation that was owed several times: how often, and the slowest of them. */
struct sum {
    size_t times, missed;
    const struct debrief_row *worst;
};

static bool is_worse(const struct debrief *d, const struct debrief_row *a, const struct debrief_row *b)
{
    bool missed = debrief_is_missed(d, a), other = debrief_is_missed(d, b);
    return missed != other ? missed : debrief_took(d, a) > debrief_took(d, b);
}

static struct sum sum_of(const struct debrief *d, const struct debrief_row *first)
{
    struct sum sum = {.worst = first};
    for (size_t i = 0; i < d->rows.n; i++) {
        const struct debrief_row *row = &d->rows.v[i];
        if (row->kind != DEBRIEF_DUTY || !text_equal(row->name, first->name))
            continue;
        sum.times++;
        sum.missed += debrief_is_missed(d, row);
        if (is_worse(d, row, sum.worst))
            sum.worst = row;
    }
    return sum;
}

/* Is it the first row of its obligation? The others are told with it. */
static bool is_first(const struct debrief *d, const struct debrief_row *row)
{
    for (const struct debrief_row *other = d->rows.v; other < row; other++) {
        if (other->kind == row->kind && text_equal(other->name, row->name))
            return false;
    }
    return true;
}

static void add_took(const struct words *w, const struct debrief_row *row)
{
    duration took = debrief_took(w->debrief, row);
    if (took < SECOND)
        str_add(w->out, "at once");
    else
        duration_format(took, w->out);
}

static void add_by(const struct words *w, const struct debrief_row *row)
{
    if (row->by)
        str_markup(w->out, " by %s", oncall_name(w->core, row->by));
}

static void begin_line(const struct words *w, const struct debrief_row *row)
{
    str_add(w->out, debrief_is_missed(w->debrief, row) ? "- **missed**: " : "- ");
}

/* "accept or decline it: after 2m by Ana, of 15m" */
static void tell_duty(const struct words *w, const struct debrief_row *row)
{
    const struct sum sum = sum_of(w->debrief, row);
    const struct debrief_row *worst = sum.worst;
    begin_line(w, worst);
    str_markup(w->out, "%s: ", worst->text ? worst->text : worst->name);
    if (worst->end == DEBRIEF_OPEN)
        str_add(w->out, debrief_is_missed(w->debrief, worst) ? "not done in " : "not done yet, after ");
    else if (worst->end == DEBRIEF_OVER)
        str_add(w->out, "owed to the end, after ");
    else
        str_add(w->out, sum.times > 1 ? "at the longest " : "");
    add_took(w, worst);
    if (worst->end == DEBRIEF_DONE)
        add_by(w, worst);
    str_add(w->out, ", of ");
    duration_format(MAX(worst->due - worst->since, SECOND), w->out);
    if (sum.times > 1)
        str_addf(w->out, "; owed %zu times, %zu missed", sum.times, sum.missed);
    if (worst->missed)
        str_addf(w->out, "; reminded %d time%s", worst->missed, worst->missed == 1 ? "" : "s");
}

static void tell_page(const struct words *w, const struct debrief_row *row)
{
    begin_line(w, row);
    str_markup(w->out, "the page for %s: ", row->name);
    if (row->end == DEBRIEF_OVER)
        str_add(w->out, "cancelled after ");
    else
        str_add(w->out, row->end == DEBRIEF_DONE ? "acknowledged after " : "acknowledged by nobody in ");
    add_took(w, row);
    add_by(w, row);
    if (row->missed)
        str_addf(w->out, "; it went on %d time%s", row->missed, row->missed == 1 ? "" : "s");
}

static void tell_handover(const struct words *w, const struct debrief_row *row)
{
    begin_line(w, row);
    str_markup(w->out, "handover of %s to %s: ", row->name, oncall_name(w->core, row->text));
    if (row->end == DEBRIEF_DONE)
        str_add(w->out, "taken after ");
    else
        str_add(w->out, row->end == DEBRIEF_OPEN ? "not answered in " : "not taken, after ");
    add_took(w, row);
    if (row->how)
        str_markup(w->out, " (%s)", row->how);
}

static void tell_customer(const struct words *w, const struct debrief_row *row)
{
    begin_line(w, row);
    str_markup(w->out, "%s wrote: ", comms_customer_name(w->incident, row->name));
    str_add(w->out, row->end == DEBRIEF_DONE ? "told after " : "not answered in ");
    add_took(w, row);
    add_by(w, row);
}

static void tell_failure(const struct words *w, const struct debrief_row *row)
{
    begin_line(w, row);
    str_markup(w->out, "%s failed for ", row->name);
    add_took(w, row);
    if (row->noticed) {
        str_markup(w->out, ": %s went on after ", row->by ? oncall_name(w->core, row->by) : "somebody");
        duration_format(MAX(row->noticed - row->since, SECOND), w->out);
    } else {
        str_add(w->out, ": nobody did anything meanwhile");
    }
    if (row->how)
        str_markup(w->out, "; %s was used instead", row->how);
    else
        str_add(w->out, "; no other way was used");
}

static void tell_row(struct words *w, const struct debrief_row *row)
{
    static void (*const tellers[DEBRIEF_KINDS])(const struct words *w, const struct debrief_row *row) = {
        [DEBRIEF_DUTY] = tell_duty,         [DEBRIEF_PAGE] = tell_page,
        [DEBRIEF_HANDOVER] = tell_handover, [DEBRIEF_CUSTOMER] = tell_customer,
        [DEBRIEF_FAILURE] = tell_failure,
    };
    if ((row->kind == DEBRIEF_DUTY && !is_first(w->debrief, row)) || w->lines++ >= LINES_MOST)
        return;
    tellers[row->kind](w, row);
    str_add(w->out, "\n");
}

static void tell_whole(const struct words *w)
{
    const struct debrief *d = w->debrief;
    size_t missed = 0;
    for (size_t i = 0; i < d->rows.n; i++)
        missed += debrief_is_missed(d, &d->rows.v[i]);
    str_add(w->out, d->ended ? "It took " : "It has gone on for ");
    duration_format(MAX((d->ended ? d->ended : d->now) - d->began, SECOND), w->out);
    if (!d->rows.n)
        str_add(w->out, ", and nothing was owed in it.\n");
    else
        str_addf(w->out, ", and %zu of the %zu things that were owed %s missed.\n", missed, d->rows.n,
                 missed == 1 ? "was" : "were");
}

void debrief_words(struct core *core, const struct debrief *debrief, const struct incident *incident,
                   struct str *out)
{
    struct words w = {core, debrief, incident, out, 0};
    tell_whole(&w);
    for (int kind = 0; kind < DEBRIEF_KINDS; kind++) {
        for (size_t i = 0; i < debrief->rows.n; i++) {
            if (debrief->rows.v[i].kind == (enum debrief_kind)kind)
                tell_row(&w, &debrief->rows.v[i]);
        }
    }
    if (w.lines > LINES_MOST)
        str_addf(out, "- and %zu more\n", w.lines - LINES_MOST);
}
