#include "delivery/delivery.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/moment.h"
#include "delivery/drawing.h"
#include "delivery/picture.h"
#include "delivery/state.h"
#include "sight/sight.h"

/* ---- out ---- */

static const struct outbox_outcome orphaned = {
    .code = TOCSIN_REFUSED, .detail = "the message or channel that it depends on could not be created"};

static const struct outbox_outcome doubtful = {
    .code = TOCSIN_UNKNOWN, .detail = "tocsind or the connector stopped before there was an answer"};

/* The outbox offers the action again once this note is durable, and only then it is handed out. Consecutive notes share a turn. */
static void note(struct core *core, uint64_t id, struct turn **notes, instant now)
{
    if (!*notes)
        *notes = turn_begin(core, now);
    outbox_note(core_outbox(core), id, turn_batch(*notes));
}

static void end_notes(struct turn **notes)
{
    if (!*notes)
        return;
    turn_covers_actions(*notes);
    turn_commit(steal(*notes), NULL, NULL);
}

/* The action was queued before its incident became private. Parts may send a text instead, so that nobody waits in vain. */
static void withhold(struct core *core, const struct action *action, const char *instead, instant now)
{
    struct turn *turn = turn_begin(core, now);
    log_info("withheld %s %" PRIu64 ": its incident became private", action->kind, action->id);
    EACH_PART(core, part, delivery.withheld)
    part->delivery.withheld(turn, action, instead);
    outbox_withdraw(core_outbox(core), action->id, turn_batch(turn));
    turn_covers_actions(turn);
    turn_commit(turn, NULL, NULL);
}

/* The body without buttons that need a form, for a connector without forms; NULL: it has no such buttons. The caller frees. */
static char *without_asking_buttons(const char *text)
{
    CLEANUP_JSON cJSON *body = NULL;
    struct str out = {0};
    if (!strstr(text, "\"asks\":true") ||
        json_parse(text, strlen(text), SIZE_MAX, JSON_DEPTH, "action", &body, NULL))
        return NULL;
    cJSON *card = cJSON_GetObjectItemCaseSensitive(body, "card"),
          *buttons = cJSON_GetObjectItemCaseSensitive(card, "buttons");
    for (int i = cJSON_GetArraySize(buttons); i-- > 0;) {
        if (json_bool_or(cJSON_GetArrayItem(buttons, i), "asks", false))
            cJSON_DeleteItemFromArray(buttons, i);
    }
    json_tree(&(struct json_out){&out, false}, body);
    return str_take(&out);
}

/* The same of a card's picture, for a connector without pictures. */
static char *without_picture(const char *body)
{
    struct picture picture;
    if (!picture_of(body, &picture))
        return NULL;
    char *told = picture_told(&picture);
    picture_finish(&picture);
    return told;
}

static char *body_of_parts(struct core *core, const struct action *action)
{
    char *body = NULL;
    EACH_PART(core, part, delivery.body)
    body = body ? body : part->delivery.body(core, action);
    return body;
}

/* Hands the action out with a body that may be read now, and that this connector can show. */
static void perform(struct core *core, const struct action *action, instant now)
{
    (void)now;
    struct action shown = *action;
    CLEANUP_FREE char *whole = body_of_parts(core, action);
    shown.body = whole ? whole : action->body;
    CLEANUP_FREE char *body = sight_body_now(core, &shown);
    shown.body = body ? body : shown.body;
    CLEANUP_FREE char *plain =
        link_can(core, action->connector, TOCSIN_CAN_FORMS) ? NULL : without_asking_buttons(shown.body);
    shown.body = plain ? plain : shown.body;
    CLEANUP_FREE char *timeless =
        link_can(core, action->connector, TOCSIN_CAN_TIMES) ? NULL : moments_off_json(shown.body);
    shown.body = timeless ? timeless : shown.body;
    CLEANUP_FREE char *told =
        link_can(core, action->connector, TOCSIN_CAN_PICTURES) ? NULL : without_picture(shown.body);
    shown.body = told ? told : shown.body;
    if (!drawing_begin(core, &shown))
        core_ops(core)->perform(core_ops(core)->ctx, &shown);
}

/* It only completes the message or channel that it depends on, and is made again with that one. */
static bool is_part_of_another(const struct action *action)
{
    static const char *const kinds[] = {"edit", "pin", "channel.topic", "channel.bookmark", "channel.archive"};
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (strcmp(kinds[i], action->kind) == 0)
            return true;
    }
    return false;
}

static void withdraw(struct core *core, uint64_t id, instant now)
{
    struct turn *turn = turn_begin(core, now);
    outbox_withdraw(core_outbox(core), id, turn_batch(turn));
    turn_covers_actions(turn);
    turn_commit(turn, NULL, NULL);
}

static void refuse_orphan(struct core *core, const struct action *action, instant now)
{
    if (is_part_of_another(action))
        withdraw(core, action->id, now);
    else
        delivery_outcome(core, action->id, &orphaned, now);
}

static void tell_outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *outcome)
{
    CLEANUP_JSON cJSON *body = NULL;
    struct action copy = {0};
    action_copy(&copy, action); /* the parts may cause it to move */
    json_parse(copy.body, strlen(copy.body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL);
    EACH_PART(turn_core(turn), part, delivery.outcome)
    part->delivery.outcome(turn, &copy, outcome, body);
    action_finish(&copy);
}

/* It says nothing about the connector. */
static void pretend_failure(struct core *core, uint64_t id, instant now)
{
    const struct outbox_outcome failed = {.code = TOCSIN_RETRY, .detail = "it fails as the drill has it"};
    struct turn *turn = turn_begin(core, now);
    const struct action *action = outbox_outcome(core_outbox(core), id, &failed, now, turn_batch(turn));
    turn_covers_actions(turn);
    if (action)
        tell_outcome(turn, action, &failed);
    turn_commit(turn, NULL, NULL);
}

static void leave_in_doubt(struct core *core, const struct action *action, instant now)
{
    delivery_outcome(core, action->id, &doubtful, now);
}

static void (*const steps[])(struct core *core, const struct action *action, instant now) = {
    [STEP_PERFORM] = perform,
    [STEP_ORPHAN] = refuse_orphan,
    [STEP_DOUBT] = leave_in_doubt,
};

static bool is_pointless(struct core *core, const struct action *action)
{
    EACH_PART(core, part, delivery.pointless)
    {
        if (part->delivery.pointless(core, action))
            return true;
    }
    return false;
}

static bool must_fail(struct core *core, const struct action *action)
{
    EACH_PART(core, part, delivery.fails)
    {
        if (part->delivery.fails(core, action))
            return true;
    }
    return false;
}

static void step(struct core *core, const struct action *action, struct turn **notes, instant now)
{
    const char *instead;
    bool leaves = sight_may_leave(core, action, &instead);
    enum outbox_step next = outbox_step(core_outbox(core), action);
    if (leaves && next == STEP_NOTE) {
        note(core, action->id, notes, now);
        return;
    }
    end_notes(notes); /* what is written now comes after them */
    if (leaves && next == STEP_PERFORM && is_pointless(core, action))
        withdraw(core, action->id, now);
    else if (leaves && next == STEP_PERFORM && must_fail(core, action))
        pretend_failure(core, action->id, now);
    else if (leaves)
        steps[next](core, action, now);
    else
        withhold(core, action, instead, now);
}

static instant pump(struct core *core, instant now)
{
    instant wake = 0;
    struct turn *notes = NULL;
    if (sight_must_wait(core))
        return 0; /* the end of that turn wakes the core */
    drawing_hand_out(core);
    for (const struct action *action; (action = outbox_next(core_outbox(core), now, &wake));)
        step(core, action, &notes, now);
    end_notes(&notes);
    return wake;
}

static bool can_take(struct core *core, const char *connector, uint64_t *ret_can)
{
    const struct link *link = link_find(core, connector);
    *ret_can = link ? link->can : 0;
    return link && link->up;
}

/* ---- back ---- */

static void keep_for_later(struct core *core, uint64_t id, const struct outbox_outcome *outcome)
{
    struct late late = {id,
                        outcome->code,
                        outcome->retry_after,
                        xstrdup(outcome->remote_id),
                        xstrdup(outcome->detail),
                        xstrdup(outcome->answer),
                        batch_create()};
    batch_add_docs(late.kept, outcome->kept);
    *array_add(&delivery_of(core)->late) = late;
}

void delivery_outcome(struct core *core, uint64_t id, const struct outbox_outcome *outcome, instant now)
{
    if (!core_ready(core, NULL)) {
        keep_for_later(core, id, outcome);
        return;
    }
    struct turn *turn = turn_begin(core, now);
    batch_add_docs(turn_batch(turn), outcome->kept);
    const struct action *action = outbox_outcome(core_outbox(core), id, outcome, now, turn_batch(turn));
    bool judged = action && !lanes[action->lane].apart;
    CLEANUP_FREE char *connector = action ? xstrdup(action->connector) : NULL;
    turn_covers_actions(turn); /* actions behind it go once this is durable */
    if (action && (action->state == ACTION_DONE || action->state == ACTION_WAITING))
        metric_add(action->state == ACTION_DONE ? METRIC_ACTIONS_DONE : METRIC_ACTIONS_RETRIED, 1);
    if (action)
        tell_outcome(turn, action, outcome);
    turn_commit(turn, NULL, NULL);
    if (connector && outcome->code == TOCSIN_AUTH)
        delivery_hold(core, connector, outcome->detail, now);
    if (connector && judged && core_ready(core, NULL))
        health_outcome(core, connector, outcome, now);
    delivery_wake(core); /* the connector can take its next action, which may not have to wait for the disk */
}

static void late_finish(struct late *late)
{
    free(late->remote_id);
    free(late->detail);
    free(late->answer);
    batch_destroy(late->kept);
}

/* Handles the outcomes that arrived while the journal could not be written. */
static void take_late_outcomes(struct core *core, instant now)
{
    struct delivery *delivery = delivery_of(core);
    while (delivery->late.n && core_ready(core, NULL)) {
        struct late late = delivery->late.v[0];
        array_remove(&delivery->late, 0);
        delivery_outcome(core, late.action,
                         &(struct outbox_outcome){late.code, late.retry_after, late.remote_id, late.detail,
                                                  late.kept, late.answer},
                         now);
        late_finish(&late);
    }
}

int delivery_again(struct turn *turn, uint64_t id, struct error *err)
{
    int rc = outbox_again(core_outbox(turn_core(turn)), id, turn_now(turn), turn_batch(turn), err);
    if (rc == 0)
        turn_covers_actions(turn);
    return rc;
}

int delivery_drop(struct turn *turn, uint64_t id, struct error *err)
{
    int rc = outbox_drop(core_outbox(turn_core(turn)), id, turn_batch(turn), err);
    if (rc == 0)
        turn_covers_actions(turn);
    return rc;
}

/* ---- the part ---- */

static bool serves(struct core *core, const char *connector)
{
    return link_served(core, connector);
}

static void finish(void *state)
{
    struct delivery *delivery = state;
    links_finish(delivery);
    drawings_finish(delivery);
    for (size_t i = 0; i < delivery->late.n; i++)
        late_finish(&delivery->late.v[i]);
    array_free(&delivery->late);
}

static int load(struct core *core, struct error *err)
{
    (void)err;
    link_apply_limits(core);
    return 0;
}

static instant tick(struct core *core, instant now)
{
    take_late_outcomes(core, now);
    instant next = pump(core, now);
    return instant_earlier(next, health_ask(core, now));
}

const struct part delivery_part = {
    .name = "delivery",
    .state_size = sizeof(struct delivery),
    .finish = finish,
    .load = load,
    .delivery.can_take = can_take,
    .delivery.serves = serves,
    .tick = tick,
};
