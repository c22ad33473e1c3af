/* Reports in the affected incidents that a connector has trouble (those with a channel there, and those with actions that wait for
   it), or was removed. */
#include <stdlib.h>

#include "base/json.h"
#include "base/markup.h"
#include "delivery/words.h"
#include "rooms/fallback.h"
#include "rooms/inside.h"
#include "rooms/rooms.h"
#include "turn/live.h"
#include "turn/sweep.h"

struct troubled {
    const char *connector;
    ARRAY(uint64_t) waiting;  /* incidents with actions that wait for the connector; by number */
    ARRAY(uint64_t) affected; /* these, and those with a channel there; by number */
};

static bool take_waiting(void *ctx, const struct action *action)
{
    struct troubled *t = ctx;
    if (action_is_under_way(action) && action->incident && text_equal(action->connector, t->connector))
        *array_add(&t->waiting) = action->incident;
    return true;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static bool is_affected(const struct incident *incident, const struct troubled *t)
{
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        if (text_equal(incident->places.channels.v[i].connector, t->connector))
            return true;
    }
    return t->waiting.n &&
           bsearch(&incident->id, t->waiting.v, t->waiting.n, sizeof(*t->waiting.v), by_number) != NULL;
}

void trouble_tell(struct turn *turn, uint64_t id, const char *connector, const char *reason, bool up)
{
    struct command command = {
        .verb = "connector", .by = BY_SYSTEM, .automatic = true, .name = connector, .text = reason, .flag = up};
    turn_do(turn, id, &command, NULL, NULL);
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str text = {0};
    str_addf(&text, "The connection to %s %s", connector, up ? "is back" : "has trouble");
    words_add_reason(reason, NULL, &text);
    str_add(&text, up ? " Everything that waited is being sent, in order."
                      : " Everything waits, and will be sent in order.");
    rooms_say_incident(turn, id, key, NULL, text.p);
}

static bool take_affected(void *ctx, const struct incident *incident)
{
    struct troubled *t = ctx;
    if (is_affected(incident, t))
        *array_add(&t->affected) = incident->id;
    return true;
}

void trouble_swept(struct turn *turn, const struct incident *incident, const cJSON *about)
{
    trouble_tell(turn, incident->id, json_text_or(about, "connector", ""), json_text_or(about, "reason", NULL),
                 json_bool_or(about, "up", false));
}

void rooms_unannounced(struct turn *turn, const char *connector, const char *why)
{
    struct core *core = turn_core(turn);
    fallback_update(turn);
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str text = {0};
    words_begin_with(connector, &text);
    str_markup(&text, " cannot post announcements in %s", core_settings(core)->announce);
    words_add_reason(why, NULL, &text);
    str_markup(&text, " Until that is fixed, people on %s do not see new incidents there.", connector);
    rooms_say_elsewhere(turn, connector, key, text.p);
}

void rooms_dropped(struct turn *turn, const char *connector, uint64_t incident, size_t n, const char *what)
{
    struct command command = {.verb = "dropped",
                              .by = BY_SYSTEM,
                              .automatic = true,
                              .name = connector,
                              .text = what,
                              .count = (int64_t)n};
    if (!incident)
        return; /* the log says it */
    turn_do(turn, incident, &command, NULL, NULL);
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str text = {0};
    words_begin_with(connector, &text);
    str_markup(&text, " was removed from the configuration, so what waited for it was dropped: %s.", what);
    rooms_say_incident(turn, incident, key, NULL, text.p);
}

static char *about_of(const char *connector, bool up, const char *reason)
{
    struct str out = {0};
    struct json_out j = {.out = &out};
    json_begin_object(&j);
    json_put_text(&j, "connector", connector);
    json_put_bool(&j, "up", up);
    json_put_text_if(&j, "reason", reason);
    json_end_object(&j);
    return out.p;
}

void rooms_connector(struct turn *turn, const char *connector, bool up, const char *reason)
{
    fallback_update(turn);
    struct troubled troubled = {.connector = connector};
    CLEANUP_FREE char *about = about_of(connector, up, reason);
    outbox_each(core_outbox(turn_core(turn)), take_waiting, &troubled);
    if (troubled.waiting.n)
        qsort(troubled.waiting.v, troubled.waiting.n, sizeof(*troubled.waiting.v), by_number);
    live_each_open(turn_core(turn), take_affected, &troubled);
    sweep_begin(turn, "rooms", about, troubled.affected.v, troubled.affected.n);
    array_free(&troubled.waiting);
    array_free(&troubled.affected);
}
