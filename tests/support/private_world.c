#include "private_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/log.h"
#include "delivery/delivery.h"
#include "memory_store.h"

#define START ((instant)1764000000000)

/* Somewhere between a chat that can do everything and one that only has channels and lines. */
static const struct {
    const char *name;
    uint64_t can;
} platforms[PRIVATE_PLATFORMS] = {
    {"alpha", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE | TOCSIN_CAN_CHANNELS | TOCSIN_CAN_FORMS |
                  TOCSIN_CAN_PIN | TOCSIN_CAN_BOOKMARK | TOCSIN_CAN_EMAILS},
    {"beta", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE | TOCSIN_CAN_DESK},
    {"gamma", TOCSIN_CAN_POST | TOCSIN_CAN_CHANNELS},
    {"delta", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_DELETE | TOCSIN_CAN_THREAD | TOCSIN_CAN_CHANNELS},
};
const char *const private_people[] = {"ana", "ben", "cleo", "eve", "mal", "gus", "dot", NULL};

/* The first ones are on all platforms, by their address. gus and dot are on one each, and nobody knows who they are elsewhere. */
bool private_is_on(const char *person, int platform)
{
    return strcmp(person, "gus") == 0 ? platform == 2 : strcmp(person, "dot") == 0 ? platform == 3 : true;
}

int private_platform(struct private_world *world, const char *person)
{
    int platform = (int)private_below(world, PRIVATE_PLATFORMS);
    while (!private_is_on(person, platform))
        platform = (platform + 1) % PRIVATE_PLATFORMS;
    return platform;
}

uint64_t private_below(struct private_world *world, uint64_t bound)
{
    return rng_below(&world->rng, bound);
}

const char *private_connector(int platform)
{
    return platforms[platform].name;
}

char *private_words(struct private_world *world)
{
    static const char *const words[] = {"secret checkout", "secret ledger", "vault", "secret keys of checkout"};
    return xasprintf("%s canary-%zu", words[private_below(world, ARRAY_SIZE(words))],
                     secrets_canary(&world->secrets));
}

__attribute__((noreturn)) static void broken(void *ctx, const char *what)
{
    const struct private_world *world = ctx;
    log_sink(NULL, NULL);
    fprintf(stderr, "seed %" PRIu64 " step %zu: %s\n", world->seed, world->step, what);
    abort();
}

/* People who are not members read the log. */
static void on_log(void *ctx, const char *line, size_t n)
{
    struct private_world *world = ctx;
    CLEANUP_FREE char *text = xstrndup(line, n);
    struct audience audience = {.route = "the log", .asked = text}; /* numbers are not secret in the log */
    if (world->verbose)
        printf("%zu log %s", world->step, text);
    secrets_check(&world->secrets, &audience, text);
}

/* ---- what leaves ---- */

const struct room *private_room(const struct private_world *world, const char *connector, const char *id)
{
    for (size_t i = 0; i < world->rooms.n; i++) {
        if (text_equal(world->rooms.v[i].connector, connector) && text_equal(world->rooms.v[i].id, id))
            return &world->rooms.v[i];
    }
    return NULL;
}

/* The users of ana are U-ana on alpha, and ana@beta on beta. */
static const char *person_of(const char *user)
{
    for (size_t i = 0; user && private_people[i]; i++) {
        if (strstr(user, private_people[i]))
            return private_people[i];
    }
    return NULL;
}

static uint64_t private_room_of(const struct private_world *world, const char *connector, const char *channel)
{
    const struct room *room = private_room(world, connector, channel);
    uint64_t incident = room && room->private ? room->incident : 0;
    return secrets_is_private(&world->secrets, incident) ? incident : 0;
}

static struct audience audience_of(const struct private_world *world, const struct action *action,
                                   const cJSON *body)
{
    const char *channel = json_text_or(body, "channel", NULL);
    const char *to = json_text_or(body, "to", json_text_or(body, "user", json_text_or(body, "email", NULL)));
    struct audience audience = {.route = action->kind};
    if (strcmp(action->kind, "channel.open") == 0)
        audience.room = json_bool_or(body, "private", false) ? action->incident : 0;
    else if (to)
        audience.person = person_of(to);
    else if (channel && text_starts(channel, "D-"))
        audience.person = person_of(channel);
    else
        audience.room = private_room_of(world, action->connector, channel);
    if (audience.room && !secrets_is_private(&world->secrets, audience.room))
        audience.room = 0;
    for (size_t i = 0; audience.person && private_people[i]; i++) {
        if (strcmp(private_people[i], audience.person) == 0)
            audience.asked = str_text(&world->typed[i]);
    }
    return audience;
}

/* Nobody may be invited to a private channel who does not see its incident. */
static void check_guests(const struct private_world *world, const struct action *action,
                         const struct audience *audience, const cJSON *users)
{
    const cJSON *user;
    cJSON_ArrayForEach(user, users)
    {
        struct audience guest = {.person = person_of(user->valuestring)};
        if (audience->room && !secrets_sees(&world->secrets, audience->room, &guest)) {
            CLEANUP_FREE char *text = xasprintf("%s lets %s into the private room of INC-%" PRIu64,
                                                action->kind, guest.person, audience->room);
            broken((void *)(uintptr_t)world, text);
        }
    }
}

/* The code that somebody is shown, for whoever types it. */
static void note_code(struct private_world *world, const char *text)
{
    static const char before[] = "Your code is `";
    const char *at = strstr(text, before);
    if (at)
        snprintf(world->code, sizeof(world->code), "%.9s", at + strlen(before));
}

static void perform(void *ctx, const struct action *action)
{
    struct private_world *world = ctx;
    CLEANUP_JSON cJSON *body = cJSON_Parse(action->body);
    struct audience audience = audience_of(world, action, body);
    if (world->verbose)
        printf("%zu %s %s %s\n", world->step, action->connector, action->kind, action->body);
    note_code(world, json_text_or(body, "text", ""));
    world->deliveries++;
    world->copies += text_starts(action->key, "copy:") && audience.room;
    world->in_private_rooms += audience.room != 0;
    world->to_members_alone += audience.person && secrets_is_private(&world->secrets, action->incident);
    if (strcmp(action->kind, "desk.tell") != 0) /* messages to customers were approved by somebody */
        secrets_check_json(&world->secrets, &audience, body);
    check_guests(world, action, &audience, json_member(body, "users"));
    check_guests(world, action, &audience, json_member(body, "members"));
    check_guests(world, action, &audience, json_member(body, "emails"));
    *array_add(&world->hands) = (struct hand){action->id,
                                              action->incident,
                                              xstrdup(action->kind),
                                              xstrdup(action->connector),
                                              xstrdup(action->body),
                                              world->now + (instant)private_below(world, 2 * MINUTE)};
}

int private_platform_of(const char *connector)
{
    int i = 0;
    while (strcmp(platforms[i].name, connector) != 0)
        i++;
    return i;
}

static bool can_take(void *ctx, const char *connector, uint64_t *ret_can)
{
    struct private_world *world = ctx;
    int platform = private_platform_of(connector);
    *ret_can = platforms[platform].can;
    return world->up[platform];
}

static void wake(void *ctx)
{
    (void)ctx;
}

/* A room is of the incident that has it: a merge takes along what the core knows by then. */
static void room_moves(struct private_world *world, const struct event *event)
{
    for (size_t i = 0; event->type == EVENT_CHANNEL && event->flag && i < world->rooms.n; i++) {
        struct room *room = &world->rooms.v[i];
        if (strcmp(room->connector, event->name) == 0 && strcmp(room->id, event->value) == 0)
            room->incident = event->incident;
    }
}

static void published(void *ctx, const struct event *event)
{
    struct private_world *world = ctx;
    world->events++;
    room_moves(world, event);
    if (world->verbose) {
        CLEANUP_STR struct str text = {0};
        event_encode(event, &text);
        printf("%zu INC-%" PRIu64 " %s by %s %s\n", world->step, event->incident, event_kind(event->type)->name,
               event->by, text.p);
    }
    secrets_event(&world->secrets, event);
}

/* ---- the core ---- */

static duration keep(void *ctx, const char *setting)
{
    (void)ctx, (void)setting;
    return DAY;
}

static void open_core(struct private_world *world)
{
    struct error err;
    struct core_ops ops = {.ctx = world,
                           .perform = perform,
                           .can_take = can_take,
                           .wake = wake,
                           .published = published,
                           .keep = keep};
    struct core_settings settings = {.parts = core_parts,
                                     .zone = "Europe/London",
                                     .announce = "incidents",
                                     .announce_fallback = platforms[2].name,
                                     .public_url = "https://tocsin.example"};
    if (journal_open_store(world->store, NULL, &world->journal, &err) ||
        core_create(&settings, &ops, world->journal, world->policy, &world->core_rng, world->now, &world->core,
                    &err))
        broken(world, err.text);
    world->chat = chat_create(world->core, NULL, 0);
    for (int i = 0; i < PRIVATE_PLATFORMS; i++)
        delivery_connector(world->core, platforms[i].name, platforms[i].can, world->up[i], NULL, world->now);
}

static void close_core(struct private_world *world)
{
    journal_close(world->journal);
    chat_destroy(world->chat);
    core_destroy(world->core);
    world->core = NULL;
}

static void hand_finish(struct hand *hand)
{
    free(hand->kind);
    free(hand->connector);
    free(hand->body);
}

static void drop_hands(struct private_world *world)
{
    for (size_t i = 0; i < world->hands.n; i++)
        hand_finish(&world->hands.v[i]);
    array_free(&world->hands);
}

void private_world_restart(struct private_world *world)
{
    private_world_settle(world);
    close_core(world);
    drop_hands(world);
    open_core(world);
    private_world_settle(world);
}

void private_world_connect(struct private_world *world, int platform, bool up)
{
    world->up[platform] = up;
    delivery_connector(world->core, platforms[platform].name, platforms[platform].can, up, up ? NULL : "away",
                       world->now);
}

static void meet_people(struct private_world *world)
{
    for (int platform = 0; platform < PRIVATE_PLATFORMS; platform++) {
        for (size_t i = 0; private_people[i]; i++) {
            if (!private_is_on(private_people[i], platform))
                continue;
            cJSON *hello = cJSON_CreateObject();
            cJSON_AddStringToObject(hello, "type", "command");
            cJSON_AddStringToObject(hello, "text", "whoami");
            cJSON_AddStringToObject(hello, "channel", "general");
            private_world_chat(world, private_people[i], platform, hello);
        }
    }
}

void private_world_init(struct private_world *world, uint64_t seed, struct policy *policy, bool verbose)
{
    *world = (struct private_world){
        .seed = seed, .now = START, .policy = policy, .up = {true, true, true, true}, .verbose = verbose};
    world->secrets.fail = broken;
    world->secrets.ctx = world;
    rng_init(&world->rng, seed);
    rng_init(&world->core_rng, seed ^ 0x5eed);
    world->store = memory_store_create();
    log_sink(on_log, world);
    open_core(world);
    meet_people(world);
}

void private_world_finish(struct private_world *world)
{
    close_core(world);
    log_sink(NULL, NULL);
    memory_store_destroy(world->store);
    drop_hands(world);
    for (size_t i = 0; i < world->rooms.n; i++)
        free(world->rooms.v[i].id);
    array_free(&world->rooms);
    for (size_t i = 0; i < PRIVATE_PEOPLE; i++)
        str_finish(&world->typed[i]);
    secrets_finish(&world->secrets);
}

/* ---- platforms answer ---- */

static void note_room(struct private_world *world, const struct hand *hand, const char *id)
{
    CLEANUP_JSON cJSON *body = cJSON_Parse(hand->body);
    if (strcmp(hand->kind, "channel.open") == 0)
        *array_add(&world->rooms) =
            (struct room){platforms[private_platform_of(hand->connector)].name, xstrdup(id), hand->incident,
                          json_bool_or(body, "private", false)};
}

static void answer(struct private_world *world, size_t index)
{
    struct hand hand = world->hands.v[index];
    uint64_t luck = private_below(world, 100);
    CLEANUP_FREE char *id =
        xasprintf("%s-%" PRIu64, strcmp(hand.kind, "channel.open") == 0 ? "room" : "m", hand.id);
    struct outbox_outcome outcome = {.code = TOCSIN_DONE, .remote_id = id};
    array_remove(&world->hands, index);
    if (luck < 80)
        note_room(world, &hand, id);
    else
        outcome = (struct outbox_outcome){.code = luck < 96 ? TOCSIN_RETRY : TOCSIN_REFUSED,
                                          .retry_after = (duration)private_below(world, MINUTE),
                                          .detail = "no such channel"};
    delivery_outcome(world->core, hand.id, &outcome, world->now);
    hand_finish(&hand);
}

static void commit(struct private_world *world)
{
    journal_step(world->journal);
    secrets_settle(&world->secrets);
}

void private_world_settle(struct private_world *world)
{
    for (int i = 0; i < 6; i++) {
        commit(world);
        for (size_t k = world->hands.n; k-- > 0;) {
            if (world->hands.v[k].answer_at <= world->now)
                answer(world, k);
        }
        commit(world);
        core_tick(world->core, world->now);
    }
    while (journal_waiting(world->journal))
        commit(world);
}

/* ---- people ---- */

static void emitted(void *ctx, int code, const char *why)
{
    if (code == TOCSIN_EMIT_REFUSED)
        broken(ctx, why);
}

void private_world_chat(struct private_world *world, const char *person, int platform, cJSON *members)
{
    static size_t n;
    CLEANUP_JSON cJSON *event = members;
    CLEANUP_FREE char *id = xasprintf("e%zu", ++n);
    for (size_t i = 0; private_people[i]; i++) {
        if (strcmp(private_people[i], person) == 0)
            str_addf(&world->typed[i], " %s", json_text_or(event, "text", ""));
    }
    CLEANUP_FREE char *user =
        platform ? xasprintf("%s@%s", person, platforms[platform].name) : xasprintf("U-%s", person);
    CLEANUP_FREE char *email = xasprintf("%s@example.com", person);
    cJSON_AddStringToObject(event, "id", id);
    cJSON *from = cJSON_AddObjectToObject(event, "user");
    cJSON_AddStringToObject(from, "id", user);
    cJSON_AddStringToObject(from, "name", person);
    if (private_is_on(person, 0))
        cJSON_AddStringToObject(from, "email", email);
    if (world->verbose) {
        CLEANUP_FREE char *text = cJSON_PrintUnformatted(event);
        printf("%zu %s %s\n", world->step, platforms[platform].name, text);
    }
    chat_event(world->chat, platforms[platform].name, event, NULL, world->now, emitted, world);
    private_world_settle(world);
}
