/* A core on a journal in memory, with a connector that writes down what it is asked to do. */
#ifndef TOCSIN_TESTS_COMMAND_RIG_H
#define TOCSIN_TESTS_COMMAND_RIG_H

#include "../../support/check.h"
#include "../../support/memory_store.h"

#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/moment.h"
#include "command/chat.h"
#include "command/run.h"
#include "delivery/delivery.h"
#include "people/people.h"
#include "sight/sight.h"
#ifndef RIG_POLICY /* a test of the real one defines it */
#include "fake_policy.h"
#define RIG_POLICY NULL
#endif

#ifndef RIG_DRAW /* a test that draws defines it */
#define RIG_DRAW NULL
#endif

#define NOW ((instant)1795446382123) /* Mon 23 Nov 2026 15:06 UTC */

struct rig {
    struct store *memory; /* NULL: the journal is a file's */
    struct journal *journal;
    struct core *core;
    struct chat *chat;
    struct rng rng;
    instant now;
    ARRAY(char *) sent; /* "console post: body" */
    ARRAY(uint64_t) handed;
    bool down;            /* the connector takes nothing */
    int checks;           /* how often it was asked whether its credentials are well */
    int outcome;          /* of what the connector is asked */
    duration retry_after; /* with it */
    const char *only;     /* the outcome is of what has this in it, all else is done; NULL: of everything */
    const char *answer;   /* of actions about tickets, as JSON with ' for "; NULL: none */
    const char *made;     /* the same of ticket.create */
    const char *unknown;  /* what has this in a desk.tell is done without an id; NULL: nothing */
    int emitted;          /* the last outcome of an event; 1: none yet */
};

static const cJSON *rig_webhooks; /* the setting; NULL: there are none */

static void rig_perform(void *ctx, const struct action *action)
{
    struct rig *rig = ctx;
    *array_add(&rig->sent) = xasprintf("%s %s: %s", action->connector, action->kind, action->body);
    *array_add(&rig->handed) = action->id;
}

static bool rig_can_take(void *ctx, const char *connector, uint64_t *ret_can)
{
    (void)connector;
    if (((struct rig *)ctx)->down)
        return false;
    *ret_can = TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE;
    return true;
}

static void rig_check(void *ctx, const char *connector)
{
    (void)connector;
    ((struct rig *)ctx)->checks++;
}

static void rig_wake(void *ctx)
{
    (void)ctx;
}

static duration rig_keep(void *ctx, const char *setting)
{
    (void)ctx;
    return strcmp(setting, "keep_copies") == 0 ? 30 * DAY : DAY;
}

/* With " for each '; NULL of NULL. The caller frees it. */
static char *rig_json(const char *text)
{
    char *json = xstrdup(text);
    for (char *p = json; p && *p; p++)
        *p = *p == '\'' ? '"' : *p;
    return json;
}

static const char *rig_answer(const struct rig *rig, const char *sent)
{
    return strstr(sent, " ticket.create") ? rig->made : rig->answer;
}

/* Lets everything happen that waits, without time passing. */
static void rig_settle(struct rig *rig)
{
    for (int i = 0; i < 50; i++) {
        journal_step(rig->journal);
        core_tick(rig->core, rig->now);
        for (size_t k = 0; k < rig->handed.n; k++) {
            size_t at = rig->sent.n - rig->handed.n + k;
            CLEANUP_FREE char *id = xasprintf("m%zu", at + 1);
            bool odd = !rig->only || strstr(rig->sent.v[at], rig->only);
            struct outbox_outcome outcome = {.code = odd ? rig->outcome : TOCSIN_DONE,
                                             .retry_after = odd ? rig->retry_after : 0,
                                             .remote_id = id,
                                             .detail = "no such channel"};
            CLEANUP_FREE char *answer =
                strstr(rig->sent.v[at], " ticket.") ? rig_json(rig_answer(rig, rig->sent.v[at])) : NULL;
            outcome.answer = answer;
            if (rig->unknown && strstr(rig->sent.v[at], "desk.tell") && strstr(rig->sent.v[at], rig->unknown))
                outcome.remote_id = NULL, outcome.detail = NULL;
            delivery_outcome(rig->core, rig->handed.v[k], &outcome, rig->now);
        }
        rig->handed.n = 0;
    }
}

static void rig_person(struct rig *rig, const char *user, const char *name, const char *zone)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct identity identity = {"console", user, name, NULL, zone};
    people_identify(turn, &identity);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

/* Over a store that the rig closes. */
static struct rig *rig_over(struct store *store)
{
    struct rig *rig = xcalloc(1, sizeof(*rig));
    struct core_settings settings = {
        .parts = core_parts, .zone = "UTC", .announce = "general", .webhooks = rig_webhooks};
    struct core_ops ops = {.ctx = rig,
                           .perform = rig_perform,
                           .can_take = rig_can_take,
                           .wake = rig_wake,
                           .check = rig_check,
                           .keep = rig_keep,
                           .draw = RIG_DRAW};
    struct error err = {0};
    rig->now = NOW;
    rig->emitted = 1;
    rng_init(&rig->rng, 7);
    assert_int_equal(journal_open_store(store, NULL, &rig->journal, &err), 0);
    assert_int_equal(core_create(&settings, &ops, rig->journal, RIG_POLICY, &rig->rng, NOW, &rig->core, &err),
                     0);
    rig->chat = chat_create(rig->core, NULL, 0);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE, true, NULL,
                       NOW);
    rig_person(rig, "ana", "Ana María", "Europe/Madrid");
    rig_person(rig, "ben", "Ben", NULL);
    return rig;
}

static inline struct rig *rig_create(void)
{
    struct store *memory = memory_store_create();
    struct rig *rig = rig_over(memory);
    rig->memory = memory;
    return rig;
}

static void rig_destroy(struct rig *rig)
{
    rig_settle(rig);
    chat_destroy(rig->chat);
    core_destroy(rig->core);
    journal_close(rig->journal);
    if (rig->memory)
        memory_store_destroy(rig->memory);
    for (size_t i = 0; i < rig->sent.n; i++)
        free(rig->sent.v[i]);
    array_free(&rig->sent);
    array_free(&rig->handed);
    free(rig);
}

/* Runs a line as somebody; the answer's text, for the caller to free; "! …" for a refusal. */
static inline char *rig_line(struct rig *rig, const char *person, uint64_t here, const char *text)
{
    struct asker asker = {.person = person, .here = here};
    struct answer answer = {0};
    struct turn *turn = turn_begin(rig->core, rig->now);
    int rc = command_run(turn, &asker, text, &answer);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    assert_int_equal(rc, answer.code);
    assert_true(answer.text.len > 0);
    CLEANUP_JSON cJSON *card = NULL;
    struct error err;
    if (answer.card.len)
        assert_int_equal(json_parse(answer.card.p, answer.card.len, SIZE_MAX, 64, "card", &card, &err), 0);
    char *said = xasprintf("%s%s", rc ? "! " : "", answer.text.p);
    moments_off(said);
    answer_finish(&answer);
    return said;
}

/* Runs a line and demands that its answer holds a text. */
static inline void rig_expect(struct rig *rig, const char *person, uint64_t here, const char *text,
                              const char *wanted)
{
    CLEANUP_FREE char *said = rig_line(rig, person, here, text);
    if (!strstr(said, wanted))
        fail_msg("%s\n  wanted %s\n  got    %s", text, wanted, said);
}

/* Gives an incident a channel of the connector. */
static inline void rig_room(struct rig *rig, uint64_t id, const char *room)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command channel = {
        .verb = "channel", .by = "system", .name = "console", .value = room, .text = "inc-1", .flag = true};
    assert_int_equal(turn_do(turn, id, &channel, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

/* With an incident that has the channel "room". */
static inline struct rig *rig_with_room(void)
{
    struct rig *rig = rig_create();
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig_room(rig, 1, "room");
    return rig;
}

static inline const struct incident *rig_incident(struct rig *rig, uint64_t id)
{
    const struct incident *incident = sight_incident(rig->core, id, "ana");
    assert_non_null(incident);
    return incident;
}

static inline void rig_emitted(void *ctx, int code, const char *why)
{
    (void)why;
    ((struct rig *)ctx)->emitted = code;
}

/* Passes an event of a connector in, as JSON with ' for "; its outcome. */
static inline int rig_event_of(struct rig *rig, const char *connector, const char *event)
{
    CLEANUP_FREE char *text = rig_json(event);
    CLEANUP_JSON cJSON *json = NULL;
    struct error err;
    assert_int_equal(json_parse(text, strlen(text), SIZE_MAX, 64, "event", &json, &err), 0);
    rig->emitted = 1;
    chat_event(rig->chat, connector, json, NULL, rig->now, rig_emitted, rig);
    rig_settle(rig);
    return rig->emitted;
}

static inline int rig_event(struct rig *rig, const char *event)
{
    return rig_event_of(rig, "console", event);
}

/* How many things sent hold both texts. */
static inline size_t rig_sent(const struct rig *rig, const char *a, const char *b)
{
    size_t n = 0;
    for (size_t i = 0; i < rig->sent.n; i++)
        n += strstr(rig->sent.v[i], a) && strstr(rig->sent.v[i], b);
    return n;
}

#endif
