/* What leaves, as it may be read then; and what became of it. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "access/audit.h"
#include "base/id.h"
#include "base/log.h"
#include "base/markup.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "webhooks/inside.h"

#define ID_BYTES 16

/* ---- out ---- */

/* The event, which the caller finishes. ERR_NOT_FOUND: there is none, or the endpoint may not see it now; another error: it cannot be read now. */
static int find(struct core *core, const struct endpoint *endpoint, uint64_t seq, struct event *ret)
{
    int rc = endpoint_event(core, seq, ret);
    if (rc || endpoint_wants(core, endpoint, ret))
        return rc;
    event_finish(ret);
    return ERR_NOT_FOUND;
}

bool webhooks_pointless(struct core *core, const struct action *action)
{
    struct endpoint *endpoint;
    struct event event;
    uint64_t seq;
    if (!text_starts(action->key, WEBHOOK_KEY))
        return false;
    if (!feed_parse(core, action, &endpoint, &seq) || endpoint->disabled_at)
        return true;
    int rc = find(core, endpoint, seq, &event);
    if (!rc)
        event_finish(&event);
    return rc == ERR_NOT_FOUND;
}

/* The same at every attempt, and of no other event, even after a journal was restored. */
static void put_id(const struct endpoint *endpoint, const struct event *event, struct json_out *j)
{
    CLEANUP_FREE char *text = xasprintf("%s/%" PRIu64 "/%" PRId64 "/%" PRIu64, endpoint_name(endpoint),
                                        event->seq, event->at, event->version);
    uint8_t hash[ID_BYTES];
    char digits[2 * ID_BYTES + 1];
    crypto_generichash(hash, sizeof(hash), (const uint8_t *)text, strlen(text), NULL, 0);
    hex_encode(hash, sizeof(hash), digits);
    CLEANUP_FREE char *id = xasprintf("msg_%s", digits);
    json_put_text(j, "id", id);
}

static void put_payload(struct core *core, const struct endpoint *endpoint, const struct event *event,
                        struct json_out *j)
{
    char at[INSTANT_TEXT];
    json_key(j, "payload");
    json_begin_object(j);
    json_put_text(j, "type", event_kind(event->type)->name);
    json_put_text(j, "timestamp", instant_format(event->at, at));
    json_key(j, "data");
    sight_event_encode(core, event, endpoint_viewer(endpoint), event->at, NULL, j);
    json_end_object(j);
}

/* NULL: it cannot be read now. The connector then has nothing to send, and it is tried again later. */
char *webhooks_body(struct core *core, const struct action *action)
{
    static const char *const texts[] = {"url", "secret", "old_secret"};
    struct endpoint *endpoint;
    struct event event;
    uint64_t seq;
    struct str body = {0};
    struct json_out j = {&body, false};
    if (!feed_parse(core, action, &endpoint, &seq) || find(core, endpoint, seq, &event))
        return NULL;
    json_begin_object(&j);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        json_put_text_if(&j, texts[i], json_text_or(endpoint->settings, texts[i], NULL));
    json_put_bool(&j, "anywhere", json_bool_or(endpoint->settings, "private_network", false));
    json_put_bool(&j, "insist", true);
    put_id(endpoint, &event, &j);
    put_payload(core, endpoint, &event, &j);
    json_end_object(&j);
    event_finish(&event);
    return str_take(&body);
}

/* ---- back ---- */

#define ALONE_MOST HOUR /* for so long an event may fail while others are taken */

static void withdraw(struct turn *turn, const struct endpoint *endpoint,
                     const struct webhook_delivery *delivery)
{
    struct outbox *outbox = core_outbox(turn_core(turn));
    CLEANUP_FREE char *key = feed_key(endpoint, delivery);
    const struct action *action = outbox_get(outbox, key);
    if (action)
        outbox_withdraw(outbox, action->id, turn_batch(turn));
}

/* It goes on later with the first event that it did not take; none of them is left in the outbox. */
static void rewind_to(struct turn *turn, struct endpoint *endpoint, uint64_t seq)
{
    endpoint->after = MIN(endpoint->after, seq - 1);
    for (size_t i = 0; i < endpoint->log.n; i++) {
        struct webhook_delivery *delivery = &endpoint->log.v[i];
        if (delivery->state != WEBHOOK_WAITING)
            continue;
        endpoint->after = MIN(endpoint->after, delivery->seq - 1);
        withdraw(turn, endpoint, delivery);
        delivery->state = WEBHOOK_FAILED;
        endpoint_log_write(turn, endpoint, delivery);
    }
    turn_covers_actions(turn);
}

static void disable(struct turn *turn, struct endpoint *endpoint, const char *why)
{
    const char *name = endpoint_name(endpoint);
    CLEANUP_FREE char *
        key = turn_key_as(turn, "webhook"),
       *said = markup(
           "The webhook %s is disabled: it takes nothing (%s). Its events wait. When it takes them again, type "
           "`webhooks enable %s`.",
           name, why, name),
       *set = xasprintf("the webhook %s was disabled: it takes nothing", name);
    endpoint->disabled_at = turn_now(turn);
    replace_text(&endpoint->why, why);
    log_error("the webhook %s is disabled: it takes nothing (%s)", name, why);
    audit_setting(turn, BY_SYSTEM, set);
    rooms_say_incident(turn, 0, key, NULL, said);
}

static bool is_gone(const struct webhook_delivery *delivery)
{
    return text_starts(delivery->result, "410 ");
}

/* Nobody has to look at an action that was given up: the log of deliveries shows it, and it is sent again from there. */
static void give_up(struct turn *turn, struct endpoint *endpoint, const struct webhook_delivery *delivery,
                    const struct action *action)
{
    log_warn("the webhook %s did not take the event %" PRIu64 ": %s", endpoint_name(endpoint), delivery->seq,
             delivery->result ? delivery->result : "no answer");
    outbox_withdraw(core_outbox(turn_core(turn)), action->id, turn_batch(turn));
    turn_covers_actions(turn);
    if (endpoint->disabled_at || (endpoint->taken_at >= action->made_at && !is_gone(delivery)))
        return;
    rewind_to(turn, endpoint, delivery->seq);
    disable(turn, endpoint, delivery->result ? delivery->result : "no answer");
}

/* Others were taken since its attempt before this one (0: there was none): not the endpoint is at fault, but the event. */
static void fail(struct turn *turn, const struct endpoint *endpoint, struct webhook_delivery *delivery,
                 instant tried_before)
{
    instant now = turn_now(turn);
    delivery->failing_since = delivery->failing_since ? delivery->failing_since : now;
    if (delivery->state != WEBHOOK_WAITING || now - delivery->failing_since < ALONE_MOST ||
        endpoint->taken_at <= tried_before)
        return;
    CLEANUP_FREE char *why = xasprintf("given up after an hour, since others were taken meanwhile: %s",
                                       delivery->result ? delivery->result : "no answer");
    delivery->state = WEBHOOK_FAILED;
    replace_text(&delivery->result, why);
}

void webhooks_outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                      const cJSON *body)
{
    static const enum webhook_state states[] = {[ACTION_WAITING] = WEBHOOK_WAITING,
                                                [ACTION_SENDING] = WEBHOOK_WAITING,
                                                [ACTION_DONE] = WEBHOOK_DELIVERED,
                                                [ACTION_DEAD] = WEBHOOK_FAILED,
                                                [ACTION_UNCERTAIN] = WEBHOOK_FAILED};
    struct endpoint *endpoint;
    uint64_t seq;
    (void)body;
    struct webhook_delivery *delivery =
        feed_parse(turn_core(turn), action, &endpoint, &seq) ? endpoint_log_find(endpoint, seq) : NULL;
    if (!delivery)
        return;
    instant tried_before = delivery->tried_at;
    delivery->state = states[action->state];
    delivery->attempts = action->attempts;
    delivery->tried_at = turn_now(turn);
    replace_text(&delivery->result, reported->detail);
    if (delivery->state == WEBHOOK_DELIVERED)
        endpoint->taken_at = turn_now(turn);
    else
        fail(turn, endpoint, delivery, tried_before);
    if (delivery->state == WEBHOOK_FAILED)
        give_up(turn, endpoint, delivery, action);
    endpoint_log_write(turn, endpoint, delivery);
    endpoint_write(turn, endpoint);
}
