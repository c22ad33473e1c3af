/*
 * rooms_bench - what 200 incidents cost that have three rooms each, against 200 with one: on a journal in a file, with the policy that
 * ships. Each connector does at once what it is asked. Memory is what malloc gave; processor time is that of this process, the writes
 * of the journal included. Lines are: name, ours, peer, ratio, goal, unit.
 */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "../support/file_core.h"
#include "../support/stopwatch.h"
#include "base/json.h"
#include "base/mem.h"
#include "command/chat.h"
#include "delivery/delivery.h"
#include "turn/live.h"

#define NOW       INT64_C(1800000000000)
#define INCIDENTS 200
#define ROUNDS    10
#define CAN                                                                                                    \
    (TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_BUTTONS | TOCSIN_CAN_CHANNELS | TOCSIN_CAN_PAGE |          \
     TOCSIN_CAN_FIND | TOCSIN_CAN_EDIT_PAGE)

static const char *const connectors[] = {"console", "slack", "teams"};

struct bench {
    struct file_core file;
    struct chat *chat;
    ARRAY(uint64_t) handed; /* actions whose outcome is not reported yet */
    instant now;
    int events;
};

struct cost {         /* of one incident's part */
    double turn, all; /* microseconds: until it is durable; with all that follows from it */
};

struct costs {
    double memory; /* KB an incident */
    struct cost message, command;
};

static void perform(void *ctx, const struct action *action)
{
    struct bench *b = ctx;
    *array_add(&b->handed) = action->id;
}

static bool can_take(void *ctx, const char *connector, uint64_t *ret_can)
{
    (void)ctx, (void)connector;
    *ret_can = CAN;
    return true;
}

static void wake(void *ctx)
{
    (void)ctx;
}

static void report_outcomes(struct bench *b)
{
    for (size_t i = 0; i < b->handed.n; i++) {
        char id[24];
        snprintf(id, sizeof(id), "m%llu", (unsigned long long)b->handed.v[i]);
        struct outbox_outcome outcome = {.code = TOCSIN_DONE, .remote_id = id};
        delivery_outcome(b->file.core, b->handed.v[i], &outcome, b->now);
    }
    b->handed.n = 0;
}

/* Until nothing waits. */
static void settle(struct bench *b)
{
    do {
        report_outcomes(b);
        journal_step(b->file.journal);
        core_tick(b->file.core, b->now);
    } while (b->handed.n);
}

static void emitted(void *ctx, int code, const char *why)
{
    (void)ctx, (void)why;
    require(code == TOCSIN_EMITTED);
}

static void say(struct bench *b, const char *channel, const char *text)
{
    CLEANUP_JSON cJSON *event = NULL;
    CLEANUP_FREE char *json =
        xasprintf("{\"type\":\"message\",\"id\":\"e%d\",\"message\":\"e%d\",\"channel\":\"%s\","
                  "\"user\":{\"id\":\"ana\",\"name\":\"Ana\"},\"text\":\"%s\"}",
                  b->events, b->events, channel, text);
    b->events++;
    require(json_parse(json, strlen(json), SIZE_MAX, JSON_DEPTH, "event", &event, NULL) == 0);
    chat_event(b->chat, connectors[0], event, NULL, b->now, emitted, b);
}

/* The room of an incident where people talk. */
static const char *room_of(const struct bench *b, uint64_t id)
{
    const struct incident *incident = live_incident(b->file.core, id);
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        if (strcmp(incident->places.channels.v[i].connector, connectors[0]) == 0)
            return incident->places.channels.v[i].channel;
    }
    require(false);
    return NULL;
}

static void begin(struct bench *b, size_t rooms)
{
    struct core_ops ops = {.ctx = b, .perform = perform, .can_take = can_take, .wake = wake};
    *b = (struct bench){.now = NOW};
    file_core_open(&b->file, &ops, NOW);
    b->chat = chat_create(b->file.core, NULL, 0);
    for (size_t i = 0; i < rooms; i++) {
        delivery_add(b->file.core, connectors[i]);
        delivery_connector(b->file.core, connectors[i], CAN, true, NULL, NOW);
    }
    delivery_configured(b->file.core, NOW);
    settle(b);
}

static void end(struct bench *b)
{
    chat_destroy(b->chat);
    file_core_close(&b->file);
    array_free(&b->handed);
}

static void declare(struct bench *b, size_t rooms)
{
    for (int i = 0; i < INCIDENTS; i++) {
        b->now += SECOND;
        say(b, "incidents", "/inc declare the checkout is slow for some customers");
        settle(b);
    }
    for (uint64_t id = 1; id <= INCIDENTS; id++)
        require(live_incident(b->file.core, id)->places.channels.n == rooms);
}

/* The same words in a room of each incident, again and again; the median, since the machine is noisy. */
static struct cost talk(struct bench *b, const char *text)
{
    double turns[ROUNDS], all[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        b->now += MINUTE;
        double start = stopwatch_cpu_micros();
        for (uint64_t id = 1; id <= INCIDENTS; id++)
            say(b, room_of(b, id), text);
        journal_step(b->file.journal);
        turns[i] = (stopwatch_cpu_micros() - start) / INCIDENTS;
        settle(b);
        all[i] = (stopwatch_cpu_micros() - start) / INCIDENTS;
    }
    return (struct cost){stopwatch_percentile(turns, ROUNDS, 50), stopwatch_percentile(all, ROUNDS, 50)};
}

static struct costs measure(size_t rooms)
{
    struct bench b;
    struct costs costs;
    begin(&b, rooms);
    size_t before = mallinfo2().uordblks;
    declare(&b, rooms);
    costs.message = talk(&b, "the card gateway answers with 503; looking at the queue");
    costs.command = talk(&b, "/inc update the card gateway answers with 503");
    costs.memory = (double)(mallinfo2().uordblks - before) / INCIDENTS / 1024;
    end(&b);
    return costs;
}

static void print(const char *what, double three, double one, const char *goal, const char *unit)
{
    printf("%s, three rooms against one\t%.1f\t%.1f\t%.2f\t%s\t%s\n", what, three, one, three / one, goal,
           unit);
}

int main(void)
{
    struct costs one = measure(1), three = measure(3);
    print("memory of an incident", three.memory, one.memory, "at most 2.5", "KB");
    print("a message said, its turn", three.message.turn, one.message.turn, "at most 2.5",
          "us of the processor");
    print("... and its copies, until all are known to be there", three.message.all, one.message.all, "-",
          "us of the processor");
    print("an update, its turn", three.command.turn, one.command.turn, "at most 2.5", "us of the processor");
    print("... and all that follows", three.command.all, one.command.all, "-", "us of the processor");
    return 0;
}
