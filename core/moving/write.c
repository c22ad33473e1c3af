/* The model as Lua: each declaration under a comment that says where it came from. */
#include <string.h>

#include "moving/fit.h"
#include "moving/lua_text.h"
#include "moving/reading.h"

static void add_origin(const char *what, const char *name, const char *place, struct str *out)
{
    str_addf(out, "\n-- %s '", what);
    lua_comment(name, out);
    str_add(out, "' (");
    lua_comment(place ? place : "named by others", out);
    str_add(out, ")\n");
}

static void add_field(const char *name, const char *text, struct str *out)
{
    if (!text)
        return;
    str_addf(out, ", %s = ", name);
    lua_quote(text, out);
}

static void add_span(duration span, struct str *out)
{
    str_addf(out, "\"%lld%s\"", (long long)(span % MINUTE ? span / SECOND : span / MINUTE),
             span % MINUTE ? "s" : "m");
}

/* ---- people and teams ---- */

/* { "sms", { "call", after = "3m" } } */
static void add_ways(const struct moving_person *person, struct str *out)
{
    for (size_t i = 0; i < person->notices.n; i++) {
        const struct moving_notice *notice = &person->notices.v[i];
        str_add(out, i ? ", " : ", ways = { ");
        str_add(out, notice->after ? "{ " : "");
        lua_quote(notice->connector, out);
        if (!notice->after)
            continue;
        str_add(out, ", after = ");
        add_span(notice->after, out);
        str_add(out, " }");
    }
    str_add(out, person->notices.n ? " }" : "");
}

static void add_person(const struct moving_person *person, struct str *out)
{
    str_add(out, "  ");
    lua_key(person->word, out);
    str_add(out, " = { name = ");
    lua_quote(person->name ? person->name : person->word, out);
    add_field("email", person->mail, out);
    for (size_t i = 0; i < person->ways.n; i++)
        add_field(person->ways.v[i].connector, person->ways.v[i].address, out);
    add_ways(person, out);
    str_add(out, " },");
    for (size_t i = 0; i < person->notes.n; i++) {
        str_add(out, i ? "; " : " -- ");
        lua_comment(person->notes.v[i], out);
    }
    str_addc(out, '\n');
}

static void add_people(const struct moving *m, struct str *out)
{
    bool any = false;
    for (size_t i = 0; i < m->people.n; i++) {
        if (!m->people.v[i].missing && !any)
            str_add(out, "\npeople {\n");
        any = any || !m->people.v[i].missing;
        if (!m->people.v[i].missing)
            add_person(&m->people.v[i], out);
    }
    str_add(out, any ? "}\n" : "");
}

static size_t place_of(const struct moving *m, const char *key)
{
    return (size_t)(uintptr_t)map_get(&m->persons, key);
}

static const char *word_of(const struct moving *m, const char *key)
{
    size_t place = place_of(m, key);
    return place ? m->people.v[place - 1].word : "nobody";
}

static void add_team(const struct moving *m, const struct moving_team *team, struct str *out)
{
    moving_texts words = {0};
    for (size_t i = 0; i < team->people.n; i++)
        *array_add(&words) = word_of(m, team->people.v[i]);
    add_origin("team", team->name, team->place, out);
    str_add(out, "team { name = ");
    lua_quote(team->word, out);
    str_add(out, ", people = ");
    lua_list(words.v, words.n, out);
    str_add(out, " }\n");
    array_free(&words);
}

/* ---- rotations ---- */

static const char *const weekdays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                       "thursday", "friday", "saturday"};

static void add_length(int minutes, struct str *out)
{
    if (minutes % WEEK_MINUTES == 0)
        str_addf(out, "%dw", minutes / WEEK_MINUTES);
    else if (minutes % DAY_MINUTES == 0)
        str_addf(out, "%dd", minutes / DAY_MINUTES);
    else
        str_addf(out, "%dh", minutes / 60);
}

/* "mon-fri", or each of them. */
static void add_days(unsigned days, struct str *out)
{
    int first = 0, n = 0;
    for (int i = 0; i < 7; i++) {
        int day = (i + 1) % 7;
        n += (days >> day) & 1;
        if (days & 1u << day && !(days & 1u << (day + 6) % 7))
            first = day;
    }
    bool run = true;
    for (int i = 0; i < n; i++)
        run = run && days & 1u << (first + i) % 7;
    str_add(out, ", days = ");
    if (run && n > 1)
        str_addf(out, "\"%.3s-%.3s\"", weekdays[first], weekdays[(first + n - 1) % 7]);
    const char *before = "{ ";
    for (int i = 1; i <= 7 && !(run && n > 1); i++) {
        if (days & 1u << i % 7) {
            str_addf(out, "%s\"%.3s\"", before, weekdays[i % 7]);
            before = ", ";
        }
    }
    str_add(out, run && n > 1 ? "" : " }");
}

static void add_layer(const struct layer *layer, const char *zone, struct str *out)
{
    const struct wall *start = &layer->start;
    str_add(out, "people = ");
    lua_list(layer->people, layer->n, out);
    if (!text_equal(layer->zone, zone))
        add_field("zone", layer->zone, out);
    str_addf(out, ", start = \"%04d-%02d-%02d\", handover = \"", start->year, start->month, start->day);
    if (layer->n > 1 && layer->turn % WEEK_MINUTES == 0)
        str_addf(out, "%s ", weekdays[start->weekday]);
    str_addf(out, "%02d:%02d\", length = \"", start->minute / 60, start->minute % 60);
    add_length(layer->turn, out);
    str_addc(out, '"');
    if (layer->until) {
        struct wall last = zone_to_wall(layer->until, layer->zone);
        str_addf(out, ", ends = \"%04d-%02d-%02d\"", last.year, last.month, last.day);
    }
    if (layer->opens || layer->closes != DAY_MINUTES)
        str_addf(out, ", hours = \"%02d:%02d-%02d:%02d\"", layer->opens / 60, layer->opens % 60,
                 layer->closes / 60, layer->closes % 60);
    if (layer->days != EVERY_DAY)
        add_days(layer->days, out);
    str_add(out, layer->skips ? ", skip = true" : "");
}

static void add_rotation(const struct moving_lane *lane, struct str *out)
{
    struct shift gap;
    const struct rotation *rotation = &lane->rotation;
    str_add(out, "rotation {\n  name = ");
    lua_quote(lane->word, out);
    add_field("zone", rotation->zone, out);
    str_add(out, rotation_gap(rotation, &gap) ? ", gaps = true,\n" : ",\n");
    if (rotation->n > 1)
        str_add(out, "  layers = {\n");
    for (size_t i = 0; i < rotation->n; i++) {
        str_add(out, rotation->n > 1 ? "    { " : "  ");
        add_layer(&rotation->layers[i], rotation->zone, out);
        str_add(out, rotation->n > 1 ? " }, -- " : ", -- ");
        lua_comment(lane->strand.notes.v[i], out);
        str_addc(out, '\n');
    }
    str_add(out, rotation->n > 1 ? "  },\n}\n" : "}\n");
}

static void add_schedule(const struct moving_schedule *schedule, struct str *out)
{
    add_origin("schedule", schedule->name, schedule->place, out);
    for (size_t i = 0; i < schedule->n_lanes; i++)
        add_rotation(&schedule->lanes[i], out);
    if (!schedule->n_lanes)
        str_add(out, "-- Nobody is left in it: see above.\n");
}

/* ---- escalations ---- */

static void add_escalation(const struct moving_escalation *escalation, struct str *out)
{
    static const char *const kinds[] = {"person", "rotation", "team"};
    add_origin("escalation", escalation->name, escalation->place, out);
    if (!escalation->calls.n) {
        str_add(out, "-- Nobody is left in it: see above.\n");
        return;
    }
    str_add(out, "escalation {\n  name = ");
    lua_quote(escalation->word, out);
    str_addf(out, ", rounds = %d,\n  levels = {\n", escalation->rounds);
    for (size_t i = 0; i < escalation->calls.n; i++) {
        const struct moving_call *call = &escalation->calls.v[i];
        str_addf(out, "    { %s = ", kinds[call->kind]);
        lua_quote(call->word, out);
        str_add(out, ", after = ");
        add_span(call->after, out);
        str_add(out, " },\n");
    }
    str_add(out, "  },\n}\n");
}

/* ---- rules ---- */

static void add_match(const struct moving_match *match, struct str *out)
{
    lua_key(match->field, out);
    str_add(out, " = ");
    if (match->patterns.n == 1)
        lua_quote(match->patterns.v[0], out);
    else
        lua_list(match->patterns.v, match->patterns.n, out);
}

static void add_matches(const struct moving_rule *rule, struct str *out)
{
    const char *before = "  match = { ";
    bool tags = false;
    for (size_t i = 0; i < rule->matches.n; i++) {
        if (rule->matches.v[i].tag)
            continue;
        str_add(out, before);
        add_match(&rule->matches.v[i], out);
        before = ", ";
    }
    for (size_t i = 0; i < rule->matches.n; i++) {
        if (!rule->matches.v[i].tag)
            continue;
        str_addf(out, "%s%s", tags ? ", " : before, tags ? "" : "tags = { ");
        add_match(&rule->matches.v[i], out);
        tags = true;
    }
    str_add(out, rule->matches.n ? tags ? " } },\n" : " },\n" : "");
}

static const char *page_of(const struct moving *m, const char *key)
{
    for (size_t i = 0; i < m->escalations.n; i++) {
        if (text_equal(m->escalations.v[i].key, key))
            return m->escalations.v[i].word;
    }
    return key;
}

static void add_rule(const struct moving *m, const struct moving_rule *rule, struct str *out)
{
    add_origin(rule->page ? "route" : "silence", rule->name, rule->place, out);
    if (rule->comment) {
        str_add(out, "-- ");
        lua_comment(rule->comment, out);
        str_addc(out, '\n');
    }
    str_add(out, "rule {\n  name = ");
    CLEANUP_FREE char *name = xasprintf("%s: %s", m->source->name, rule->name);
    lua_quote(name, out);
    str_add(out, ",\n");
    add_matches(rule, out);
    if (rule->when)
        str_addf(out, "  when = function(group) return %s end,\n", rule->when);
    if (rule->priority)
        str_addf(out, "  priority = %d,\n", rule->priority);
    if (rule->page) {
        str_add(out, "  declare = { page = ");
        lua_quote(page_of(m, rule->page), out);
        str_add(out, " },\n}\n");
    } else {
        str_add(out, "  quiet = true,\n}\n");
    }
}

/* ---- the whole ---- */

static void add_head(const struct moving *m, struct str *out)
{
    str_addf(out, "-- From %s, by `tocsin import %s`: for people to review before it is used.\n-- Files:",
             m->source->title, m->source->name);
    for (size_t i = 0; i < m->documents.n; i++) {
        if (i && text_equal(m->documents.v[i].file, m->documents.v[i - 1].file))
            continue;
        str_addc(out, ' ');
        lua_comment(m->documents.v[i].file, out);
    }
    str_add(out, "\n--\n");
    moving_report(m, "-- ", out);
}

void moving_write(const struct moving *m, struct str *out)
{
    add_head(m, out);
    add_people(m, out);
    for (size_t i = 0; i < m->teams.n; i++)
        add_team(m, &m->teams.v[i], out);
    for (size_t i = 0; i < m->schedules.n; i++)
        add_schedule(&m->schedules.v[i], out);
    for (size_t i = 0; i < m->escalations.n; i++)
        add_escalation(&m->escalations.v[i], out);
    for (size_t i = 0; i < m->helpers.n; i++)
        str_addf(out, "%s%s\n", i ? "" : "\n", m->helpers.v[i]);
    for (size_t i = 0; i < m->rules.n; i++)
        add_rule(m, &m->rules.v[i], out);
}
