/* The debrief of an incident, read from its events; and as the API has it. */
#include "base/json.h"
#include "drills/inside.h"

#define EVENTS_MOST 20000 /* that are read, the first ones */

static bool take_event(void *ctx, const struct journal_event *row)
{
    struct event event;
    if (turn_event_of_row(row, &event, NULL))
        return true;
    debrief_add(ctx, &event);
    event_finish(&event);
    return true;
}

int drills_read(struct core *core, uint64_t incident, instant now, struct debrief *ret, struct error *err)
{
    char stream[INCIDENT_NAME];
    debrief_begin(ret);
    int rc = journal_read_stream(core_journal(core), incident_name(incident, stream), 0, EVENTS_MOST,
                                 take_event, ret, err);
    if (rc)
        debrief_finish(ret);
    else
        debrief_end(ret, now);
    return rc;
}

/* ---- as JSON ---- */

static void put_time(struct json_out *j, const char *key, instant t)
{
    char text[INSTANT_TEXT];
    if (t)
        json_put_text(j, key, instant_format(t, text));
}

static void put_row(const struct debrief *debrief, const struct debrief_row *row, struct json_out *j)
{
    static const char *const ends[] = {
        [DEBRIEF_OPEN] = "open", [DEBRIEF_DONE] = "done", [DEBRIEF_OVER] = "over"};
    json_begin_object(j);
    json_put_text(j, "kind", debrief_kind_name(row->kind));
    json_put_text(j, "name", row->name);
    json_put_text_if(j, "text", row->text);
    json_put_text(j, "state", ends[row->end]);
    json_put_bool(j, "missed", debrief_is_missed(debrief, row));
    put_time(j, "since", row->since);
    put_time(j, "due", row->due);
    put_time(j, "until", row->until);
    put_time(j, "noticed", row->noticed);
    json_put_int(j, "took_seconds", debrief_took(debrief, row) / SECOND);
    json_put_int(j, "reminded", row->missed);
    json_put_text_if(j, "by", row->by);
    json_put_text_if(j, "how", row->how);
    json_end_object(j);
}

void drills_put(const struct debrief *debrief, const struct incident *incident, struct json_out *j)
{
    char name[INCIDENT_NAME];
    json_begin_object(j);
    json_put_text(j, "incident", incident_name(incident->id, name));
    json_put_text(j, "title", incident->title);
    json_put_bool(j, "drill", incident->sort.drill);
    json_put_text_if(j, "script", debrief->script);
    put_time(j, "began", debrief->began);
    put_time(j, "ended", debrief->ended);
    json_key(j, "owed");
    json_begin_array(j);
    for (size_t i = 0; i < debrief->rows.n; i++)
        put_row(debrief, &debrief->rows.v[i], j);
    json_end_array(j);
    json_end_object(j);
}
