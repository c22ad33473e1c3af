#include "drills/debrief.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_MOST 1000

static const char *const kinds[DEBRIEF_KINDS] = {
    [DEBRIEF_DUTY] = "obligation",   [DEBRIEF_PAGE] = "page",       [DEBRIEF_HANDOVER] = "handover",
    [DEBRIEF_CUSTOMER] = "customer", [DEBRIEF_FAILURE] = "failure",
};

const char *debrief_kind_name(enum debrief_kind kind)
{
    return kinds[kind];
}

/* ---- rows ---- */

static struct debrief_row *find_row(struct debrief *d, enum debrief_kind kind, const char *name, int64_t number)
{
    for (size_t i = d->rows.n; i-- > 0;) {
        struct debrief_row *row = &d->rows.v[i];
        if (row->end == DEBRIEF_OPEN && row->kind == kind && row->number == number &&
            text_equal(row->name, name))
            return row;
    }
    return NULL;
}

static void add_row(struct debrief *d, const struct event *event, const struct debrief_row *row)
{
    if (d->rows.n >= ROWS_MOST)
        return;
    struct debrief_row *added = array_add(&d->rows);
    *added = *row;
    added->name = xstrdup(row->name);
    added->text = xstrdup(row->text);
    added->since = event->at;
}

static void end_row(struct debrief_row *row, enum debrief_end end, instant at, const char *by, const char *how)
{
    if (!row)
        return;
    row->end = end;
    row->until = at;
    replace_text(&row->by, by);
    replace_text(&row->how, how);
}

/* ---- who ---- */

/* Not what Tocsin, a customer or a program did. */
static bool is_of_person(const struct event *event)
{
    static const char *const others[] = {"rule", "clock", "system"};
    bool person = event->by && !strchr(event->by, '/');
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        person = person && strcmp(event->by, others[i]) != 0;
    return person;
}

/* The person who did what an event of the same turn follows from; NULL: none did. */
static const char *actor_of(const struct debrief *d, const struct event *event)
{
    return d->acted_at == event->at ? d->actor : NULL;
}

/* ---- obligations ---- */

static void duty_owed(struct debrief *d, const struct event *event)
{
    struct debrief_row *row = find_row(d, DEBRIEF_DUTY, event->name, 0);
    if (row && row->missed)
        return; /* only when to remind of it next */
    if (row && (event->at == d->severity_at || event->until <= row->due)) {
        row->due = event->until;
        return;
    }
    end_row(row, DEBRIEF_DONE, event->at, actor_of(d, event),
            NULL); /* its clock begins again, since it was done */
    add_row(d, event,
            &(struct debrief_row){
                .kind = DEBRIEF_DUTY, .name = event->name, .text = event->text, .due = event->until});
}

static void duty_missed(struct debrief *d, const struct event *event)
{
    struct debrief_row *row = find_row(d, DEBRIEF_DUTY, event->name, 0);
    if (row)
        row->missed++;
}

static void duty_met(struct debrief *d, const struct event *event)
{
    bool ended = d->closed_at == event->at;
    end_row(find_row(d, DEBRIEF_DUTY, event->name, 0), ended ? DEBRIEF_OVER : DEBRIEF_DONE, event->at,
            actor_of(d, event), ended ? "the incident ended" : NULL);
}

/* ---- pages ---- */

static void page_begun(struct debrief *d, const struct event *event)
{
    add_row(d, event,
            &(struct debrief_row){
                .kind = DEBRIEF_PAGE, .name = event->name, .text = event->text, .number = event->count});
}

static struct debrief_row *find_page(struct debrief *d, int64_t number)
{
    for (size_t i = d->rows.n; i-- > 0;) {
        struct debrief_row *row = &d->rows.v[i];
        if (row->kind == DEBRIEF_PAGE && row->number == number && row->end == DEBRIEF_OPEN)
            return row;
    }
    return NULL;
}

static void page_accepted(struct debrief *d, const struct event *event)
{
    end_row(find_page(d, event->count), DEBRIEF_DONE, event->at, event->by, event->text);
}

static void page_escalated(struct debrief *d, const struct event *event)
{
    struct debrief_row *row = find_page(d, event->count);
    if (row)
        row->missed++;
}

static void page_expired(struct debrief *d, const struct event *event)
{
    struct debrief_row *row = find_page(d, event->count);
    if (row)
        row->due = event->at; /* nobody answered, so it stays owed */
}

static void page_cancelled(struct debrief *d, const struct event *event)
{
    end_row(find_page(d, event->count), DEBRIEF_OVER, event->at, event->by, event->text);
}

/* ---- roles ---- */

static void role_offered(struct debrief *d, const struct event *event)
{
    end_row(find_row(d, DEBRIEF_HANDOVER, event->name, 0), DEBRIEF_OVER, event->at, event->by,
            "somebody else was asked");
    add_row(d, event,
            &(struct debrief_row){
                .kind = DEBRIEF_HANDOVER, .name = event->name, .text = event->value, .due = event->until});
}

static void role_taken(struct debrief *d, const struct event *event)
{
    struct debrief_row *row = find_row(d, DEBRIEF_HANDOVER, event->name, 0);
    bool asked = row && text_equal(row->text, event->value);
    end_row(row, asked ? DEBRIEF_DONE : DEBRIEF_OVER, event->at, event->value,
            asked ? NULL : "somebody else has it");
}

static void offer_ended(struct debrief *d, const struct event *event)
{
    end_row(find_row(d, DEBRIEF_HANDOVER, event->name, 0), DEBRIEF_OVER, event->at, NULL, event->text);
}

/* ---- customers ---- */

static void customer_wrote(struct debrief *d, const struct event *event)
{
    if (!find_row(d, DEBRIEF_CUSTOMER, event->name, 0))
        add_row(d, event,
                &(struct debrief_row){.kind = DEBRIEF_CUSTOMER, .name = event->name, .text = event->text});
}

static void customer_told(struct debrief *d, const struct event *event)
{
    end_row(find_row(d, DEBRIEF_CUSTOMER, event->name, 0), DEBRIEF_DONE, event->at, actor_of(d, event),
            event->value);
}

/* ---- connectors ---- */

static void connector_changed(struct debrief *d, const struct event *event)
{
    struct debrief_row *row = find_row(d, DEBRIEF_FAILURE, event->name, 0);
    if (!event->flag && !row)
        add_row(d, event,
                &(struct debrief_row){.kind = DEBRIEF_FAILURE, .name = event->name, .text = event->text});
    if (!event->flag || !row)
        return;
    row->end = row->how ? DEBRIEF_DONE : DEBRIEF_OVER;
    row->until = event->at;
}

/* "sms call" is a way of sms. NULL: the event went by none. */
static const char *way_of(const struct event *event)
{
    static const bool ways[EVENT_TYPE_COUNT] = {
        [EVENT_SAID] = true, [EVENT_PAGE_DELIVERED] = true, [EVENT_PAGE_SEEN] = true};
    return ways[event->type] ? event->name : NULL;
}

static bool fails_now(const struct debrief *d, const char *way)
{
    for (size_t i = 0; i < d->rows.n; i++) {
        const struct debrief_row *row = &d->rows.v[i];
        size_t n = strlen(row->name);
        if (row->kind == DEBRIEF_FAILURE && row->end == DEBRIEF_OPEN && strncmp(way, row->name, n) == 0 &&
            (way[n] == '\0' || way[n] == ' '))
            return true;
    }
    return false;
}

/* While a connector fails: did a person do something, and what went by another way? */
static void look_at_failures(struct debrief *d, const struct event *event)
{
    bool person = is_of_person(event);
    const char *way = way_of(event);
    bool other = way && !fails_now(d, way);
    for (size_t i = 0; i < d->rows.n; i++) {
        struct debrief_row *row = &d->rows.v[i];
        if (row->kind != DEBRIEF_FAILURE || row->end != DEBRIEF_OPEN)
            continue;
        if (person && !row->noticed) {
            row->noticed = event->at;
            row->by = xstrdup(event->by);
        }
        if (other && !row->how)
            row->how = xstrdup(way);
    }
}

/* ---- the incident ---- */

static void drill_marked(struct debrief *d, const struct event *event)
{
    if (event->name)
        replace_text(&d->script, event->name);
}

static void drill_over(struct debrief *d, const struct event *event)
{
    d->ended = event->at;
}

static void status_changed(struct debrief *d, const struct event *event)
{
    d->frozen = event->by && text_starts(event->by, BY_DRILL);
    d->closed_at = status_is_open(event->status) ? 0 : event->at;
    if (!d->script)
        d->ended = d->closed_at;
}

static void severity_changed(struct debrief *d, const struct event *event)
{
    d->severity_at = event->at;
}

static void (*const takers[EVENT_TYPE_COUNT])(struct debrief *d, const struct event *event) = {
    [EVENT_DRILL] = drill_marked,
    [EVENT_DRILL_OVER] = drill_over,
    [EVENT_STATUS] = status_changed,
    [EVENT_SEVERITY] = severity_changed,
    [EVENT_OWED] = duty_owed,
    [EVENT_MISSED] = duty_missed,
    [EVENT_MET] = duty_met,
    [EVENT_PAGE_BEGUN] = page_begun,
    [EVENT_PAGE_ACCEPTED] = page_accepted,
    [EVENT_PAGE_ESCALATED] = page_escalated,
    [EVENT_PAGE_EXPIRED] = page_expired,
    [EVENT_PAGE_CANCELLED] = page_cancelled,
    [EVENT_OFFERED] = role_offered,
    [EVENT_ROLE] = role_taken,
    [EVENT_OFFER_ENDED] = offer_ended,
    [EVENT_REPLIED] = customer_wrote,
    [EVENT_TOLD] = customer_told,
    [EVENT_CONNECTOR] = connector_changed,
};

void debrief_begin(struct debrief *debrief)
{
    *debrief = (struct debrief){0};
}

void debrief_add(struct debrief *debrief, const struct event *event)
{
    debrief->now = event->at;
    debrief->began = debrief->began ? debrief->began : event->at;
    if (debrief->frozen)
        return;
    if (is_of_person(event)) {
        replace_text(&debrief->actor, event->by);
        debrief->acted_at = event->at;
    }
    look_at_failures(debrief, event);
    if (takers[event->type])
        takers[event->type](debrief, event);
}

void debrief_end(struct debrief *debrief, instant now)
{
    debrief->now = debrief->frozen ? debrief->ended : MAX(now, debrief->now);
}

void debrief_finish(struct debrief *debrief)
{
    for (size_t i = 0; i < debrief->rows.n; i++) {
        struct debrief_row *row = &debrief->rows.v[i];
        char *texts[] = {row->name, row->text, row->by, row->how};
        for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
            free(texts[k]);
    }
    array_free(&debrief->rows);
    free(debrief->script);
    free(debrief->actor);
    *debrief = (struct debrief){0};
}

bool debrief_is_missed(const struct debrief *debrief, const struct debrief_row *row)
{
    instant until = row->until ? row->until : debrief->now;
    if (row->kind == DEBRIEF_DUTY)
        return until > row->due;
    if (row->kind == DEBRIEF_FAILURE)
        return !row->noticed && !row->how;
    return row->end == DEBRIEF_OPEN || (row->end == DEBRIEF_DONE && row->due && until > row->due);
}

duration debrief_took(const struct debrief *debrief, const struct debrief_row *row)
{
    return (row->until ? row->until : debrief->now) - row->since;
}
