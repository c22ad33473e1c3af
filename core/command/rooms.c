/* The rooms of an incident: one more on another platform, and whether what is said in one is copied to the others. */
#include <string.h>

#include <tocsin/connector.h>

#include "base/markup.h"
#include "command/handlers.h"
#include "delivery/words.h"
#include "delivery/link.h"
#include "mirror/mirror.h"
#include "rooms/rooms.h"

#define NAME_MOST 32 /* a longer id of a room, such as that of a thread in Teams, tells people nothing */

/* ---- open ---- */

static bool has_room(const struct request *request, const char *connector)
{
    return place_own(request->incident, connector) ||
           rooms_opening(request->core, request->incident, connector);
}

/* "Choose slack or teams.": where it has no room yet. */
static void add_choices(const struct request *request, struct str *out)
{
    ARRAY(const char *) names = {0};
    for (size_t i = 0; i < links(request->core)->n; i++) {
        const struct link *link = &links(request->core)->v[i];
        if (link->can & TOCSIN_CAN_CHANNELS && !has_room(request, link->name))
            *array_add(&names) = link->name;
    }
    if (names.n) {
        *array_add(&names) = NULL;
        str_add(out, "Choose ");
        str_add_list(out, names.v, "or");
        str_addc(out, '.');
    } else {
        str_add(out, "It has a room on each platform that can have one.");
    }
    array_free(&names);
}

/* Its key is used up for a day. */
static bool had_room(const struct request *request, const char *connector)
{
    CLEANUP_FREE char *key = place_open_key(request->incident, connector);
    return outbox_remote_id(core_outbox(request->core), key);
}

static int check_platform(const struct request *request, const char *connector, struct error *err)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str choices = {0};
    add_choices(request, &choices);
    if (!status_is_open(request->incident->status))
        return error_markup(err, ERR_REFUSED, "%s has ended. `reopen` it first.",
                            request_incident_name(request, name));
    if (!connector)
        return error_markup(err, ERR_INVALID, "Say where, as in `open teams`. %s", choices.p);
    const struct link *link = link_find(request->core, connector);
    if (!link)
        return error_markup(err, ERR_NOT_FOUND, "There is no connector '%.40s'. %s", connector, choices.p);
    if (!(link->can & TOCSIN_CAN_CHANNELS))
        return error_markup(err, ERR_REFUSED, "'%s' cannot open rooms. %s", connector, choices.p);
    if (!place_own(request->incident, connector) && has_room(request, connector))
        return error_markup(err, ERR_CONFLICT, "A room on '%s' is being opened already.", connector);
    if (has_room(request, connector))
        return error_markup(err, ERR_CONFLICT, "%s has a room on '%s' already.",
                            request_incident_name(request, name), connector);
    if (had_room(request, connector))
        return error_markup(
            err, ERR_CONFLICT,
            "%s had a room on '%s', which is gone. Unarchive it there, or invite me to it again.",
            request_incident_name(request, name), connector);
    return 0;
}

int run_open(struct request *request, struct error *err)
{
    CLEANUP_FREE char *connector = text_lower(request_argument(request, ARGUMENT_WORD));
    CLEANUP_FREE char *key = turn_key(request->turn);
    CLEANUP_STR struct str platform = {0};
    struct answer catch_up = {0};
    int rc = check_platform(request, connector, err);
    if (rc)
        return rc;
    rooms_open_on(request->turn, request->incident, connector);
    command_catch_up_all(request->turn, request->incident, &catch_up);
    answer_say(request->turn, &(struct place){.connector = connector}, key, &catch_up);
    answer_finish(&catch_up);
    words_begin_with(connector, &platform);
    const char *trouble = link_trouble(link_find(request->core, connector));
    answer_line(request,
                trouble ? "A room on %s is opened as soon as it can be reached: %s."
                        : "A room on %s is being opened.",
                platform.p, trouble);
    return 0;
}

/* ---- mirror ---- */

static const char *how_copied(const struct request *request, const struct room *room)
{
    if (!link_served(request->core, room->connector))
        return "not copied, since the configuration has no such connector";
    return mirror_takes(request->core, request->incident, room) ? "copied" : "not copied";
}

static void add_rooms(const struct request *request, struct str *out)
{
    const struct incident *incident = request->incident;
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *channel = &incident->places.channels.v[i];
        struct room room = {channel->connector, channel->channel};
        const char *name = channel->name                          ? channel->name
                           : strlen(channel->channel) > NAME_MOST ? NULL
                                                                  : channel->channel;
        str_markup(out, "\n- %s", channel->connector);
        if (name)
            str_markup(out, ", %s", name);
        str_markup(out, ": %s", how_copied(request, &room));
    }
    if (!incident->places.channels.n)
        str_add(out, " It has no room yet.");
}

static int show_rooms(struct request *request)
{
    CLEANUP_STR struct str rooms = {0};
    char name[INCIDENT_NAME];
    str_markup(
        &rooms,
        "What people write in one room of %s is copied to its other rooms, where it is not switched off.",
        request_incident_name(request, name));
    add_rooms(request, &rooms);
    request->answer->alone = true;
    answer_text(request, rooms.p);
    return 0;
}

/* The room of the incident in which it was typed. False: in none. */
static bool find_here(const struct request *request, struct room *ret)
{
    const struct incident *incident = request->incident;
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *channel = &incident->places.channels.v[i];
        CLEANUP_FREE char *where = xasprintf("%s/%s", channel->connector, channel->channel);
        *ret = (struct room){channel->connector, channel->channel};
        if (text_equal(where, request->asker->where))
            return true;
    }
    return false;
}

int run_mirror(struct request *request, struct error *err)
{
    const char *typed = request_argument(request, ARGUMENT_SWITCH),
               *scope = request_argument(request, ARGUMENT_WORD);
    struct room here = {0};
    char name[INCIDENT_NAME];
    if (!typed)
        return show_rooms(request);
    if (scope && !text_equal_nocase(scope, "everywhere") && !text_equal_nocase(scope, "all"))
        return error_markup(err, ERR_INVALID,
                            "'%.40s' is not understood. Type `mirror %s` in a room, or `mirror %s everywhere`.",
                            scope, typed, typed);
    bool on = !request_is_off(typed), one = !scope && find_here(request, &here);
    struct command command = {
        .verb = "mirror", .flag = on, .name = one ? here.connector : NULL, .value = one ? here.channel : NULL};
    int rc = request_do(request, &command, err);
    if (!rc)
        answer_line(request, "%s turned copies of messages %s for %s of %s.",
                    request_person_name(request, request->by), on ? "on" : "off",
                    one ? "this room" : "all rooms", request_incident_name(request, name));
    return rc;
}
