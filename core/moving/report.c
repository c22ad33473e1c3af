/* What people must look at: what cannot be said, and where who is on call differs. */
#include <stdio.h>

#include "moving/fit.h"
#include "moving/lua_text.h"

#define DIFFERENCES_SHOWN 20 /* of one schedule */

static void add_local(instant t, const char *zone, struct str *out)
{
    struct wall w = zone_to_wall(t, zone);
    str_addf(out, "%04d-%02d-%02d %02d:%02d", w.year, w.month, w.day, w.hour, w.minute);
}

static void report_schedule(const struct moving_schedule *schedule, const char *before, struct str *out)
{
    str_add(out, before);
    lua_comment(schedule->name, out);
    if (!schedule->compared_from) {
        str_addf(out, ": not compared, as the export does not say who is on call\n");
        return;
    }
    str_add(out, ", ");
    add_local(schedule->compared_from, schedule->zone, out);
    str_add(out, " to ");
    add_local(schedule->compared_until, schedule->zone, out);
    str_addf(out, " (%s): %s\n", schedule->zone, schedule->differences.n ? "it differs" : "the same");
    for (size_t i = 0; i < schedule->differences.n && i < DIFFERENCES_SHOWN; i++) {
        const struct moving_difference *difference = &schedule->differences.v[i];
        str_addf(out, "%s  ", before);
        add_local(difference->from, schedule->zone, out);
        str_add(out, " to ");
        add_local(difference->until, schedule->zone, out);
        str_addf(out, ": %s there, %s here\n", difference->theirs, difference->ours);
    }
    if (schedule->differences.n > DIFFERENCES_SHOWN)
        str_addf(out, "%s  and %zu more\n", before, schedule->differences.n - DIFFERENCES_SHOWN);
}

void moving_report(const struct moving *m, const char *before, struct str *out)
{
    str_addf(out, "%sWhat the policy cannot say: %zu\n", before, m->unsaid.n);
    for (size_t i = 0; i < m->unsaid.n; i++) {
        str_addf(out, "%s  ", before);
        lua_comment(m->unsaid.v[i].name, out);
        str_add(out, ": ");
        lua_comment(m->unsaid.v[i].why, out);
        str_addc(out, '\n');
    }
    if (m->schedules.n)
        str_addf(out, "%sWho is on call, compared with what %s says:\n", before, m->source->title);
    CLEANUP_FREE char *deeper = xasprintf("%s  ", before);
    for (size_t i = 0; i < m->schedules.n; i++)
        report_schedule(&m->schedules.v[i], deeper, out);
}

/* ---- JSON ---- */

static void put_time(struct json_out *j, const char *key, instant t)
{
    char text[INSTANT_TEXT];
    json_put_text(j, key, t ? instant_format(t, text) : NULL);
}

static void put_schedule(const struct moving_schedule *schedule, struct json_out *j)
{
    json_begin_object(j);
    json_put_text(j, "key", schedule->key);
    json_put_text(j, "name", schedule->name);
    json_key(j, "rotations");
    json_begin_array(j);
    for (size_t i = 0; i < schedule->n_lanes; i++)
        json_text(j, schedule->lanes[i].word);
    json_end_array(j);
    put_time(j, "compared_from", schedule->compared_from);
    put_time(j, "compared_until", schedule->compared_until);
    json_key(j, "differences");
    json_begin_array(j);
    for (size_t i = 0; i < schedule->differences.n; i++) {
        json_begin_object(j);
        put_time(j, "from", schedule->differences.v[i].from);
        put_time(j, "until", schedule->differences.v[i].until);
        json_put_text(j, "theirs", schedule->differences.v[i].theirs);
        json_put_text(j, "ours", schedule->differences.v[i].ours);
        json_end_object(j);
    }
    json_end_array(j);
    json_end_object(j);
}

void moving_report_json(const struct moving *m, struct json_out *j)
{
    json_key(j, "unsaid");
    json_begin_array(j);
    for (size_t i = 0; i < m->unsaid.n; i++) {
        json_begin_object(j);
        json_put_text(j, "name", m->unsaid.v[i].name);
        json_put_text(j, "why", m->unsaid.v[i].why);
        json_end_object(j);
    }
    json_end_array(j);
    json_key(j, "people");
    json_begin_array(j);
    for (size_t i = 0; i < m->people.n; i++) {
        json_begin_object(j);
        json_put_text(j, "key", m->people.v[i].key);
        json_put_text(j, "word", m->people.v[i].word);
        json_put_bool(j, "missing", m->people.v[i].missing);
        json_end_object(j);
    }
    json_end_array(j);
    json_key(j, "schedules");
    json_begin_array(j);
    for (size_t i = 0; i < m->schedules.n; i++)
        put_schedule(&m->schedules.v[i], j);
    json_end_array(j);
}
