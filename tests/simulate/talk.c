#include "talk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "command/chat.h"
#include "rooms/rooms.h"
#include "rooms.h"
#include "turn/turn.h"

#define LATEST 12 /* rooms in which people talk, and words that they change */
#define DOINGS 8  /* at once, in one incident */
#define BURST  26 /* words at once: more than a platform that was down gets one by one */

static const char *const names[] = {"ana", "bob", "cem", "dee"};

/* ---- passing it in ---- */

static void tell(struct world *world, const struct platform *platform, char *json)
{
    struct told *told = xcalloc(1, sizeof(*told));
    told->platform = platform;
    told->json = json;
    *array_add(&world->rooms->told) = told;
}

void talk_tell(struct world *world, const char *connector, char *json)
{
    for (size_t i = 0; i < world->platform_count; i++) {
        if (strcmp(world->platforms[i].name, connector) == 0)
            tell(world, &world->platforms[i], json);
    }
}

static void passed(void *ctx, int code, const char *why)
{
    struct told *told = ctx;
    (void)why;
    told->flying = false;
    told->over = code != TOCSIN_EMIT_RETRY;
}

static void pass(struct world *world, struct told *told)
{
    CLEANUP_JSON cJSON *event = NULL;
    json_parse(told->json, strlen(told->json), SIZE_MAX, JSON_DEPTH, "event", &event, NULL);
    told->flying = true;
    chat_event(world->chat, told->platform->name, event, NULL, world->now, passed, told);
}

void talk_pass(struct world *world)
{
    struct rooms *rooms = world->rooms;
    for (size_t i = 0; i < rooms->told.n; i++) {
        struct told *told = rooms->told.v[i];
        if (!told->over && !told->flying && told->platform->up)
            pass(world, told);
    }
    while (rooms->told.n && rooms->told.v[0]->over) {
        free(rooms->told.v[0]->json);
        free(rooms->told.v[0]);
        array_remove(&rooms->told, 0);
    }
}

/* ---- what people do ---- */

static uint64_t incident_of(struct world *world, const struct room *room)
{
    return rooms_incident(world->core, room->platform->name, room->channel);
}

/* A room of that incident; 0: of any. */
static struct room *pick_room(struct world *world, uint64_t incident)
{
    struct rooms *rooms = world->rooms;
    struct room *picked = NULL;
    for (size_t i = rooms->all.n, seen = 0; i-- > 0 && seen < LATEST;) {
        if ((!incident || incident_of(world, rooms->all.v[i]) == incident) &&
            rng_below(&world->rng, ++seen) == 0)
            picked = rooms->all.v[i];
    }
    return picked;
}

static const char *pick_name(struct world *world)
{
    return names[rng_below(&world->rng, ARRAY_SIZE(names))];
}

/* A message of that room that other words can stand under; not one that tells of a deletion. */
static const struct message *pick_root(struct world *world, const struct room *room)
{
    size_t n = room->messages.n;
    const struct message *root = n ? &room->messages.v[n - 1 - rng_below(&world->rng, MIN(n, LATEST))] : NULL;
    return root && root->word && !root->thread && !root->gone ? root : NULL;
}

static void say_under(struct world *world, struct room *room, const struct message *root)
{
    struct rooms *rooms = world->rooms;
    size_t number = rooms->words.n + 1;
    CLEANUP_FREE char *text = word_text(number, 0), *id = xasprintf("p%zu", number),
                      *thread = root ? xasprintf(",\"thread\":\"%s\"", root->id) : NULL;
    bool copy = root && (!root->key || text_starts(root->key, "copy:"));
    *array_add(&rooms->words) =
        (struct word){.number = number, .room = room, .message = xstrdup(id), .answers = copy ? root->word : 0};
    tell(world, room->platform,
         xasprintf("{\"type\":\"message\",\"id\":\"%s\",\"message\":\"%s\",\"channel\":\"%s\",\"user\":{\"id\":"
                   "\"%s\"},\"text\":\"%s\"%s}",
                   id, id, room->channel, pick_name(world), text, thread ? thread : ""));
    char *under = root ? xstrdup(root->id) : NULL;
    *array_add(&room->messages) =
        (struct message){.id = xstrdup(id), .text = xstrdup(text), .thread = under, .word = number};
}

static void say(struct world *world, struct room *room)
{
    say_under(world, room, NULL);
}

static void say_much(struct world *world, struct room *room)
{
    for (int i = 0; i < BURST; i++)
        say_under(world, room, NULL);
}

static void reply(struct world *world, struct room *room)
{
    if (room->platform->can & TOCSIN_CAN_THREAD)
        say_under(world, room, pick_root(world, room));
}

/* Something that was written a while ago, wherever. */
static struct word *pick_word(struct world *world)
{
    struct rooms *rooms = world->rooms;
    size_t n = MIN(rooms->words.n, LATEST);
    struct word *word = n ? &rooms->words.v[rooms->words.n - 1 - rng_below(&world->rng, n)] : NULL;
    return word && !word->deleted ? word : NULL;
}

static void tell_edit(struct world *world, const struct word *word, int edits)
{
    CLEANUP_FREE char *text = word_text(word->number, edits);
    tell(world, word->room->platform,
         xasprintf("{\"type\":\"edited\",\"id\":\"e%zu\",\"message\":\"%s\",\"channel\":\"%s\",\"user\":{"
                   "\"id\":\"ana\"},\"text\":\"%s\",\"order\":%d}",
                   ++world->rooms->events, word->message, word->room->channel, text, edits));
}

/* Once, or twice; then the platform may tell of the second first. */
static void correct(struct world *world, struct room *room)
{
    struct word *word = pick_word(world);
    (void)room;
    if (!word)
        return;
    bool swapped = rng_below(&world->rng, 4) == 0;
    if (swapped)
        tell_edit(world, word, word->edits + 2);
    tell_edit(world, word, word->edits + 1);
    word->edits += swapped ? 2 : 1;
}

static void take_back(struct world *world, struct room *room)
{
    struct word *word = pick_word(world);
    (void)room;
    if (!word)
        return;
    word->deleted = true;
    room_message(word->room, word->message)->gone = true;
    tell(world, word->room->platform,
         xasprintf("{\"type\":\"deleted\",\"id\":\"d%zu\",\"message\":\"%s\",\"channel\":\"%s\",\"user\":{"
                   "\"id\":\"ana\"}}",
                   ++world->rooms->events, word->message, word->room->channel));
}

static void type_line(struct world *world, const struct room *room, const char *line)
{
    size_t event = ++world->rooms->events;
    tell(world, room->platform,
         xasprintf("{\"type\":\"message\",\"id\":\"c%zu\",\"message\":\"c%zu\",\"channel\":\"%s\",\"user\":{"
                   "\"id\":\"%s\"},\"text\":\"!inc %s\"}",
                   event, event, room->channel, pick_name(world), line));
}

static void turn_copies(struct world *world, struct room *room)
{
    static const char *const lines[] = {
        "mirror off", "mirror on", "mirror on", "mirror on", "mirror on everywhere", "mirror off everywhere"};
    type_line(world, room, lines[rng_below(&world->rng, ARRAY_SIZE(lines))]);
}

static void open_one(struct world *world, struct room *room)
{
    const struct platform *platform = &world->platforms[rng_below(&world->rng, world->platform_count)];
    CLEANUP_FREE char *line = xasprintf("open %s", platform->name);
    type_line(world, room, line);
}

/* A second room on a platform. */
static void add_one(struct world *world, struct room *room)
{
    if (!core_ready(world->core, NULL))
        return;
    uint64_t incident = incident_of(world, room);
    struct turn *turn = turn_begin(world->core, world->now);
    CLEANUP_FREE char *channel = xasprintf("more-%zu", ++world->rooms->events);
    struct command command = {.verb = "channel",
                              .by = BY_SYSTEM,
                              .automatic = true,
                              .name = room->platform->name,
                              .value = channel,
                              .flag = true};
    if (incident && turn_do(turn, incident, &command, NULL, NULL) == 0)
        room_add(world->rooms, room->platform, channel);
    turn_commit(turn, NULL, NULL);
}

/* The platform tells the connector of what the connector did itself. */
static void echo(struct world *world, struct room *room)
{
    const struct message *message = pick_root(world, room);
    size_t event = ++world->rooms->events;
    if (message && message->key)
        tell(world, room->platform,
             xasprintf("{\"type\":\"%s\",\"id\":\"b%zu\",\"message\":\"%s\",\"channel\":\"%s\",\"user\":{"
                       "\"id\":\"bot\",\"name\":\"Tocsin\",\"bot\":true},\"text\":\"echo\"}",
                       event % 2 ? "message" : "edited", event, message->id, room->channel));
}

static const struct doing {
    unsigned share; /* of 100 */
    void (*act)(struct world *world, struct room *room);
} doings[] = {{44, say}, {13, reply},   {16, correct}, {8, take_back}, {5, turn_copies},
              {4, echo}, {4, open_one}, {3, add_one},  {3, say_much}};

static void do_one(struct world *world, struct room *room)
{
    uint64_t luck = rng_below(&world->rng, 100);
    const struct doing *what = doings;
    for (; luck >= what->share; what++)
        luck -= what->share;
    what->act(world, room);
}

void talk(struct world *world)
{
    const struct room *room = pick_room(world, 0);
    uint64_t incident = room ? incident_of(world, room) : 0;
    for (size_t n = rng_below(&world->rng, DOINGS); incident && n > 0; n--)
        do_one(world, pick_room(world, incident));
}
