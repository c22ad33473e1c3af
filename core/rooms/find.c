/* Somebody whom only their e-mail address names: a platform looks them up, and then they join the incident. */
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/markup.h"
#include "delivery/link.h"
#include "delivery/words.h"
#include "people/people.h"
#include "rooms/inside.h"
#include "rooms/rooms.h"
#include "sight/sight.h"

/* What is needed when the answer comes. The connector reads the address only. */
static char *body_of(const struct incident *incident, const char *email, const char *by,
                     const struct place *here)
{
    struct str body = {0};
    struct json_out j = {&body, false};
    char name[INCIDENT_NAME];
    json_begin_object(&j);
    json_put_text(&j, "email", email);
    json_put_text(&j, "joins", incident_name(incident->id, name));
    json_put_text(&j, "by", by);
    json_put_text_if(&j, "connector", here->connector);
    json_put_text_if(&j, "place", here->channel);
    json_put_text_if(&j, "asker", here->asker);
    json_end_object(&j);
    return str_take(&body);
}

size_t rooms_find(struct turn *turn, const struct incident *incident, const char *email, const char *by,
                  const struct place *here)
{
    struct core *core = turn_core(turn);
    CLEANUP_FREE char *body = body_of(incident, email, by, here);
    size_t n = 0;
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        struct place place = {.connector = link->name};
        CLEANUP_FREE char *key = turn_key_as(turn, FIND_KEY);
        struct action action = {
            .key = key, .kind = "person.find", .channel = "", .body = body, .lane = LANE_ROOM};
        if (!(link->can & TOCSIN_CAN_LOOKUP))
            continue;
        sight_send(turn, &action, NULL, &place);
        n++;
    }
    return n;
}

static struct place place_of(const cJSON *body)
{
    return (struct place){.connector = json_text_or(body, "connector", NULL),
                          .channel = json_text_or(body, "place", NULL),
                          .asker = json_text_or(body, "asker", NULL)};
}

/* The incident, if whoever asked may still see it. */
static const struct incident *incident_of(struct turn *turn, const cJSON *body)
{
    uint64_t id = incident_name_parse(json_text_or(body, "joins", ""));
    return sight_incident(turn_core(turn), id, json_text_or(body, "by", NULL));
}

static void say(struct turn *turn, const struct action *action, const struct incident *incident,
                const cJSON *body, bool alone, const char *text)
{
    CLEANUP_FREE char *here = xasprintf("%s:answer", action->key), *there = xasprintf("%s:room", action->key);
    struct place place = place_of(body);
    place.to = alone ? place.asker : NULL;
    if (place.connector && place.channel)
        rooms_say(turn, &place, incident->id, here, NULL, text);
    if (!alone || !place.channel)
        rooms_say_inside(turn, incident->id, place.channel ? &place : NULL, there, NULL, text);
}

void find_done(struct turn *turn, const struct action *action, const cJSON *body)
{
    const struct incident *incident = incident_of(turn, body);
    const char *email = json_text_or(body, "email", ""), *name = action->outcome.detail;
    char inc[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    if (!incident || text_empty(action->outcome.remote_id))
        return;
    struct identity identity = {.connector = action->connector,
                                .user = action->outcome.remote_id,
                                .name = text_empty(name) ? NULL : name,
                                .email = email};
    const struct person *person = people_identify(turn, &identity);
    bool member = people_member(turn_core(turn), incident, person->id);
    struct command join = {
        .verb = "member", .by = json_text_or(body, "by", NULL), .value = person->id, .flag = true};
    str_markup(&text, "%s is %s a member of %s.", person->name ? person->name : person->id,
               member ? "already" : "now", incident_name(incident->id, inc));
    if (!member && turn_do(turn, incident->id, &join, NULL, NULL))
        return;
    say(turn, action, incident, body, member, text.p);
}

void find_failed(struct turn *turn, const struct action *action, const cJSON *body)
{
    const struct incident *incident = incident_of(turn, body);
    CLEANUP_STR struct str text = {0};
    words_begin_with(action->connector, &text);
    str_markup(&text, " found nobody with the address %s", json_text_or(body, "email", ""));
    words_add_reason(action->outcome.detail, NULL, &text);
    if (incident)
        say(turn, action, incident, body, true, text.p);
    outbox_drop(core_outbox(turn_core(turn)), action->id, turn_batch(turn), NULL);
}
