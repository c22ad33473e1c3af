#include "rooms.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "sight/place.h"
#include "turn/live.h"

char *word_text(size_t number, int edits)
{
    return xasprintf("w%zue%dw", number, edits);
}

char *word_mark(size_t number)
{
    return xasprintf("w%zue", number);
}

struct room *room_find(const struct rooms *rooms, const char *connector, const char *channel)
{
    for (size_t i = 0; channel && i < rooms->all.n; i++) {
        if (strcmp(rooms->all.v[i]->platform->name, connector) == 0 &&
            strcmp(rooms->all.v[i]->channel, channel) == 0)
            return rooms->all.v[i];
    }
    return NULL;
}

struct room *room_add(struct rooms *rooms, const struct platform *platform, const char *channel)
{
    struct room *room = room_find(rooms, platform->name, channel);
    if (room)
        return room;
    room = xcalloc(1, sizeof(*room));
    room->platform = platform;
    room->channel = xstrdup(channel);
    *array_add(&rooms->all) = room;
    return room;
}

struct message *room_message(const struct room *room, const char *id)
{
    for (size_t i = 0; id && i < room->messages.n; i++) {
        if (strcmp(room->messages.v[i].id, id) == 0)
            return &room->messages.v[i];
    }
    return NULL;
}

static void room_destroy(struct room *room)
{
    for (size_t i = 0; i < room->messages.n; i++) {
        free(room->messages.v[i].id);
        free(room->messages.v[i].text);
        free(room->messages.v[i].thread);
        free(room->messages.v[i].key);
    }
    array_free(&room->messages);
    free(room->channel);
    free(room);
}

struct rooms *rooms_create(void)
{
    return xcalloc(1, sizeof(struct rooms));
}

void rooms_destroy(struct rooms *rooms)
{
    for (size_t i = 0; i < rooms->all.n; i++)
        room_destroy(rooms->all.v[i]);
    for (size_t i = 0; i < rooms->words.n; i++)
        free(rooms->words.v[i].message);
    for (size_t i = 0; i < rooms->told.n; i++) {
        free(rooms->told.v[i]->json);
        free(rooms->told.v[i]);
    }
    array_free(&rooms->all);
    array_free(&rooms->words);
    array_free(&rooms->told);
    map_finish(&rooms->lost);
    free(rooms);
}

/* ---- what the core does there ---- */

static bool copies(const char *key)
{
    return text_starts(key, "copy:") || text_starts(key, "digest:");
}

static size_t first_word(const char *text)
{
    size_t number = 0;
    for (const char *p = strchr(text, 'w'); p && !number; p = strchr(p + 1, 'w')) {
        int end = 0;
        if (sscanf(p, "w%zue%*d%n", &number, &end) < 1 || !end)
            number = 0;
    }
    return number;
}

/* A digest shows the latest words alone. */
static bool leaves_out(const char *text)
{
    return strstr(text, "are left out");
}

static void happen_post(struct room *room, const struct sent *sent, const cJSON *body, const char *remote)
{
    const char *text = json_text_or(body, "text", "");
    room->lossy |= leaves_out(text);
    *array_add(&room->messages) = (struct message){.id = xstrdup(remote),
                                                   .text = xstrdup(text),
                                                   .thread = xstrdup(json_text_or(body, "thread", NULL)),
                                                   .key = xstrdup(sent->key),
                                                   .word = first_word(text),
                                                   .corrects = strstr(text, " corrected:")};
}

static void happen_change(const struct world *world, const struct room *room, const struct sent *sent,
                          const cJSON *body)
{
    struct message *message = room_message(room, json_text_or(body, "message", NULL));
    if (!message || !message->key)
        world_broken(world, "%s of %s/%s is for a message that is not there: %s", sent->key,
                     room->platform->name, room->channel, sent->body);
    if (strcmp(sent->kind, "delete") == 0)
        message->gone = true;
    else
        replace_text(&message->text, json_text_or(body, "text", ""));
}

void rooms_happen(struct world *world, const struct platform *platform, const struct sent *sent,
                  const char *remote)
{
    CLEANUP_JSON cJSON *body = NULL;
    if (strcmp(sent->kind, "channel.open") == 0)
        room_add(world->rooms, platform, remote);
    if (!copies(sent->key))
        return;
    json_parse(sent->body, strlen(sent->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL);
    struct room *room = room_find(world->rooms, platform->name, json_text_or(body, "channel", NULL));
    if (world->verbose)
        printf("%zu %s: %s %s\n", world->step, platform->name, sent->key, sent->body);
    if (!room)
        world_broken(world, "%s goes to a room that is not there: %s", sent->key, sent->body);
    if (strcmp(sent->kind, "post") == 0)
        happen_post(room, sent, body, remote);
    else
        happen_change(world, room, sent, body);
}

void rooms_lost(struct world *world, const char *connector, const char *key, const char *text)
{
    CLEANUP_JSON cJSON *body = NULL;
    if (!copies(key))
        return;
    json_parse(text, strlen(text), SIZE_MAX, JSON_DEPTH, "action", &body, NULL);
    struct room *room = room_find(world->rooms, connector, json_text_or(body, "channel", NULL));
    if (room && text_starts(key, "digest:"))
        room->lossy = true;
    map_put(&world->rooms->lost, key, world);
}

void rooms_leaves(const struct world *world, const struct action *action)
{
    const struct incident *incident = action->incident ? live_incident(world->core, action->incident) : NULL;
    CLEANUP_JSON cJSON *body = NULL;
    if (!copies(action->key) || !incident || !incident->private)
        return;
    json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL);
    const char *channel = json_text_or(body, "channel", "");
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *it = &incident->places.channels.v[i];
        if (text_equal(it->connector, action->connector) && text_equal(it->channel, channel) &&
            place_is_own(incident, it))
            return;
    }
    world_broken(world, "%s brings a private incident's words to %s/%s", action->key, action->connector,
                 channel);
}
