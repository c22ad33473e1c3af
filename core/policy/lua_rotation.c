/* rotation{}. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "policy/bind.h"

#define LENGTH_MOST (26 * 7 * DAY)

static const char *const weekdays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                       "thursday", "friday", "saturday"};

static const char *weekday_name(int day)
{
    return day >= 0 && day < 7 ? weekdays[day] : "";
}

/* ---- words ---- */

/* "mon", "Monday"; three or more letters. -1: none. */
static int read_weekday(const char *word, size_t n)
{
    for (int i = 0; i < 7 && n >= 3; i++) {
        if (n <= strlen(weekdays[i]) && strncasecmp(word, weekdays[i], n) == 0)
            return i;
    }
    return -1;
}

/* "09:00" as a minute of the day; "24:00" is the end of the day. -1: it is none. */
static int read_clock(const char *text)
{
    int hour, minute, end = 0;
    if (sscanf(text, "%2d:%2d%n", &hour, &minute, &end) != 2 || text[end] ||
        strspn(text, "0123456789:") != strlen(text))
        return -1;
    bool valid = hour < 24 ? minute < 60 : hour == 24 && minute == 0;
    return valid ? hour * 60 + minute : -1;
}

static struct wall read_date(lua_State *L, const char *key, const char *text)
{
    struct wall wall = {0};
    int end = 0;
    bool shaped = sscanf(text, "%4d-%2d-%2d%n", &wall.year, &wall.month, &wall.day, &end) == 3 && !text[end];
    struct wall real = shaped ? zone_to_wall(zone_from_wall(&wall, NULL), NULL) : (struct wall){0};
    if (!shaped || real.year != wall.year || real.month != wall.month || real.day != wall.day ||
        real.year < 1970)
        luaL_error(L, "%s must be a date that exists, such as %s = \"2026-03-23\"; '%s' is not", key, key,
                   text);
    return real;
}

/* "mon-fri", "sat", "sat-mon" */
static unsigned read_days_word(lua_State *L, const char *word)
{
    const char *dash = strchr(word, '-');
    int first = read_weekday(word, dash ? (size_t)(dash - word) : strlen(word));
    int last = dash ? read_weekday(dash + 1, strlen(dash + 1)) : first;
    unsigned days = 0;
    if (first < 0 || last < 0) {
        luaL_error(
            L,
            "days must be days of the week, \"holidays\" or \"not holidays\", such as days = \"mon-fri\" or "
            "days = { \"sat\", \"sun\" }; '%s' is not",
            word);
        return 0; /* never: the error leaves */
    }
    for (int day = first; day != last; day = (day + 1) % 7)
        days |= 1u << day;
    return days | 1u << last;
}

/* ---- what a layer says ---- */

static void read_hours(lua_State *L, const char *hours, struct layer *layer)
{
    char opens[8] = "", closes[8] = "";
    int end = 0;
    layer->closes = DAY_MINUTES;
    if (!hours)
        return;
    if (sscanf(hours, "%5[0-9:]-%5[0-9:]%n", opens, closes, &end) == 2 && !hours[end]) {
        layer->opens = read_clock(opens);
        layer->closes = read_clock(closes);
    } else {
        layer->opens = -1;
    }
    if (layer->opens < 0 || layer->closes < 0 || layer->opens == layer->closes || layer->opens == DAY_MINUTES)
        luaL_error(L,
                   "hours must be two times of day, such as hours = \"09:00-17:00\", or \"22:00-06:00\" for a "
                   "night; '%s' is not",
                   hours);
}

/* "not holidays" takes them from the other days, or else from all. */
static void read_days(lua_State *L, const struct layer_row *row, struct layer *layer)
{
    const text_list *days = &row->days;
    for (size_t i = 0; i < days->n; i++)
        layer->days |= strcasecmp(days->v[i], "holidays") == 0       ? HOLIDAYS_TOO
                       : strcasecmp(days->v[i], "not holidays") == 0 ? NO_HOLIDAYS
                                                                     : read_days_word(L, days->v[i]);
    unsigned about = layer->days & (HOLIDAYS_TOO | NO_HOLIDAYS);
    if (about && !row->holidays)
        luaL_error(L, "days names holidays, but not whose: holidays = \"england\", which holidays{} declares");
    if (about == (HOLIDAYS_TOO | NO_HOLIDAYS))
        luaL_error(L, "days says both holidays and not holidays; leave one out");
    layer->days |= !layer->days || layer->days == NO_HOLIDAYS ? EVERY_DAY : 0;
}

void field_hours(lua_State *L, int table, struct hours_row *ret)
{
    struct layer_row *row = &ret->row;
    field_text(L, table, "zone", false, &row->zone);
    field_text(L, table, "hours", false, &row->hours);
    field_texts(L, table, "days", &row->days);
    field_text(L, table, "holidays", false, &row->holidays);
    if (row->zone && !zone_exists(row->zone))
        luaL_error(L, "unknown time zone '%s'; use a name such as Europe/London", row->zone);
    ret->given = row->hours || row->days.n;
    ret->layer.zone = row->zone;
    read_hours(L, row->hours, &ret->layer);
    read_days(L, row, &ret->layer);
}

static void check_length(lua_State *L, duration length)
{
    bool part = length == 4 * HOUR || length == 6 * HOUR || length == 8 * HOUR || length == 12 * HOUR;
    if (!part && (length % DAY || length > LENGTH_MOST))
        luaL_error(
            L,
            "length must be whole days or weeks up to 26 weeks, or 4h, 6h, 8h or 12h, such as length = \"1w\"");
}

/* The date on or after the start that has the weekday of the handover. */
static void refuse_start(lua_State *L, const char *start, const struct wall *wall, int day)
{
    struct wall next = *wall;
    next.day += (day - wall->weekday + 7) % 7;
    next = zone_to_wall(zone_from_wall(&next, NULL), NULL);
    char date[16];
    snprintf(date, sizeof(date), "%04d-%02d-%02d", next.year, next.month, next.day);
    luaL_error(L, "start = \"%s\" is a %s, but the handover is on %s; write start = \"%s\"", start,
               weekday_name(wall->weekday), weekday_name(day), date);
}

/* "monday 09:00", "09:00" */
static void read_handover(lua_State *L, const struct layer_row *row, struct layer *layer)
{
    const char *text = row->handover ? row->handover : "09:00", *space = strchr(text, ' ');
    int day = space ? read_weekday(text, (size_t)(space - text)) : layer->start.weekday;
    int minute = read_clock(space ? space + 1 : text);
    if (day < 0 || minute < 0 || minute == DAY_MINUTES) {
        luaL_error(L,
                   "handover must be a time of day, such as handover = \"09:00\", or with its day, "
                   "\"monday 09:00\"; '%s' is not",
                   text);
        return; /* never: the error leaves */
    }
    if (space && layer->turn % WEEK_MINUTES)
        luaL_error(L,
                   "handover = \"%s\" names a day, but turns are not whole weeks; leave the day out, or write "
                   "length = \"1w\"",
                   text);
    if (day != layer->start.weekday)
        refuse_start(L, row->start, &layer->start, day);
    layer->start.minute = minute;
}

/* The handover of that date. */
static instant read_end(lua_State *L, const struct layer_row *row, const struct layer *layer)
{
    if (!row->ends)
        return 0;
    struct wall wall = read_date(L, "ends", row->ends);
    wall.minute = layer->start.minute;
    instant until = zone_from_wall(&wall, layer->zone);
    if (until <= layer->from)
        luaL_error(L, "ends = \"%s\" is not after start = \"%s\"", row->ends, row->start);
    return until;
}

static void check_people(lua_State *L, const text_list *people, int at_once)
{
    if (people->n < (size_t)at_once)
        luaL_error(L, at_once == 1 ? "people is missing: people = { \"ana\", \"bo\" }"
                                   : "at_once = 2 needs at least two people: people = { \"ana\", \"bo\" }");
    for (size_t i = 0; i < people->n; i++) {
        if (text_empty(people->v[i]) || strpbrk(people->v[i], " \t\n"))
            luaL_error(L, "a person of a rotation must be one word, such as ana; '%s' is not", people->v[i]);
        for (size_t k = 0; k < i; k++) {
            if (text_equal_nocase(people->v[i], people->v[k]))
                luaL_error(L, "people lists %s twice", people->v[i]);
        }
    }
}

static void check_zone(lua_State *L, const char *zone)
{
    if (!zone)
        luaL_error(L, "zone is missing: zone = \"Europe/London\"");
    if (!zone_exists(zone))
        luaL_error(L, "unknown time zone '%s'; use a name such as Europe/London", zone);
}

static struct layer layer_of(lua_State *L, const struct layer_row *row, int at_once)
{
    struct layer layer = {.people = (const char *const *)row->people.v, .n = row->people.n, .zone = row->zone};
    check_people(L, &row->people, at_once);
    check_zone(L, row->zone);
    if (!row->start) {
        luaL_error(L, "start is missing, the date of the first handover: start = \"2026-03-23\"");
        return layer; /* never: the error leaves */
    }
    layer.start = read_date(L, "start", row->start);
    check_length(L, row->length);
    layer.turn = (int)(row->length / MINUTE);
    read_handover(L, row, &layer);
    layer.from = zone_from_wall(&layer.start, layer.zone);
    layer.until = read_end(L, row, &layer);
    read_hours(L, row->hours, &layer);
    read_days(L, row, &layer);
    layer.skips = row->skip;
    if (layer.skips && layer.turn % DAY_MINUTES)
        luaL_error(L, "skip = true needs turns of whole days, such as length = \"1d\"");
    return layer;
}

/* ---- reading ---- */

static void copy_unless(char **slot, const char *text)
{
    if (!*slot)
        *slot = xstrdup(text);
}

/* What the layer leaves out is as in the rotation itself (`base`, NULL: it is the rotation itself). */
static void read_layer(lua_State *L, int table, const struct layer_row *base, struct layer_row *row)
{
    field_texts(L, table, "people", &row->people);
    field_text(L, table, "zone", false, &row->zone);
    field_text(L, table, "start", false, &row->start);
    field_text(L, table, "ends", false, &row->ends);
    field_text(L, table, "handover", false, &row->handover);
    field_text(L, table, "hours", false, &row->hours);
    field_texts(L, table, "days", &row->days);
    field_text(L, table, "holidays", false, &row->holidays);
    row->length = field_duration(L, table, "length", base ? base->length : 7 * DAY);
    row->skip = field_bool(L, table, "skip", false);
    if (!base)
        return;
    copy_unless(&row->zone, base->zone);
    copy_unless(&row->start, base->start);
    copy_unless(&row->ends, base->ends);
    copy_unless(&row->holidays, base->holidays);
    const char *clock = base->handover ? strchr(base->handover, ' ') : NULL;
    copy_unless(&row->handover, clock && row->length % (7 * DAY) ? clock + 1 : base->handover);
}

static void read_layers(lua_State *L, struct rotation_row *row)
{
    static const char *const known[] = {"people", "length", "handover", "zone",     "start", "ends",
                                        "hours",  "days",   "skip",     "holidays", NULL};
    int type = lua_getfield(L, 1, "layers"), list = lua_gettop(L);
    if (type != LUA_TNIL && type != LUA_TTABLE)
        luaL_error(L, "layers must be a list: layers = { { people = { … }, days = \"sat-sun\" } }");
    lua_Integer n = type == LUA_TTABLE ? (lua_Integer)lua_rawlen(L, list) : 0;
    if (n >= LAYERS_MOST)
        luaL_error(L, "layers has more than %d members", LAYERS_MOST - 1);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, list, i);
        check_fields(L, lua_gettop(L), "a layer", known);
        struct layer_row *layer = array_add(&row->rows);
        read_layer(L, lua_gettop(L), &row->rows.v[0], layer);
        *array_add(&row->layers) = layer_of(L, layer, row->rotation.at_once);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void add_group(lua_State *L, struct rotation_row *row, bool named)
{
    struct roster_user *group = array_add(&row->groups);
    *group = (struct roster_user){0};
    if (named)
        take_text(L, -2, "group: the name of a connector", &group->connector);
    take_text(L, -1, "group", &group->user);
    if (group->user && *group->user == '@') /* a handle, with or without */
        memmove(group->user, group->user + 1, strlen(group->user));
    if (text_empty(group->user))
        luaL_error(L,
                   "group is empty; it is the id or the handle of a user group: group = { slack = \"S0123\" }");
}

/* "@oncall", or { slack = "S0123", … } */
static void read_groups(lua_State *L, struct rotation_row *row)
{
    int type = lua_getfield(L, 1, "group"), table = lua_gettop(L);
    if (type == LUA_TTABLE) {
        for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1))
            add_group(L, row, true);
    } else if (type != LUA_TNIL) {
        add_group(L, row, false);
    }
    lua_pop(L, 1);
}

static void format_wall(instant t, const char *zone, char out[24])
{
    struct wall w = zone_to_wall(t, zone);
    snprintf(out, 24, "%.3s %04d-%02d-%02d %02d:%02d", weekday_name(w.weekday), w.year, w.month, w.day, w.hour,
             w.minute);
}

static void check_gaps(lua_State *L, const struct rotation_row *row)
{
    struct shift gap;
    char from[24], until[24];
    if (field_bool(L, 1, "gaps", false) || !rotation_gap(&row->rotation, &gap))
        return;
    format_wall(gap.from, row->rotation.zone, from);
    format_wall(gap.until, row->rotation.zone, until);
    luaL_error(
        L,
        "rotation '%s': nobody is on call from %s to %s (%s); give the rotation itself people without hours "
        "and days, or say that this is meant: gaps = true",
        row->named.name, from, until, row->rotation.zone);
}

/*
 * @function rotation{ name = string, people = { "ana", "bo" }, at_once = 1, start = "2026-03-23", length = "1w", handover = "monday 09:00",
 * zone = "Europe/London", ends = string, hours = "09:00-17:00", days = "mon-fri", skip = true,
 * holidays = string, layers = { { people = …, hours = …, days = …,
 * … }, … }, gaps = true, group = { slack = "S0123" }, off = true }: Declares who takes turns at being on call, which page and incident:page() can name. `start`,
 * `zone` and people are required, for the rotation itself or in `layers`. See "Who is on call".
 */
static int lua_rotation(lua_State *L)
{
    static const char *const known[] = {"name", "people", "at_once",  "start", "length", "handover",
                                        "zone", "ends",   "hours",    "days",  "skip",   "layers",
                                        "gaps", "off",    "holidays", "group", NULL};
    struct policy_set *set = open_set(L, "rotation");
    check_fields(L, 1, "rotation", known);
    struct rotation_row *row = array_add(&set->roster.rotations);
    if (!declare_named(L, &row->named))
        return 0;
    if (strpbrk(row->named.name, " \t\n"))
        luaL_error(L, "the name of a rotation must be one word");
    row->rotation.at_once = (int)field_int(L, 1, "at_once", 1, 1, AT_ONCE_MOST);
    struct layer_row *base = array_add(&row->rows);
    read_layer(L, 1, NULL, base);
    check_zone(L, base->zone);
    row->rotation.zone = base->zone;
    read_layers(L, row);
    read_groups(L, row);
    if (row->rows.v[0].people.n || !row->layers.n)
        *array_add(&row->layers) = layer_of(L, &row->rows.v[0], row->rotation.at_once);
    row->rotation.name = row->named.name;
    row->rotation.layers = row->layers.v;
    row->rotation.n = row->layers.n;
    check_gaps(L, row);
    row->named.complete = true;
    return 0;
}

void bind_rotation(lua_State *L)
{
    static const luaL_Reg functions[] = {{"rotation", lua_rotation}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
