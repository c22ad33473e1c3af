/* Looks from time to time which heartbeats are missed, or heard again, and says so by an alert. */
#include <stdio.h>
#include <string.h>

#include "base/zone.h"
#include "heartbeats/inside.h"

#define LOOK_EVERY (5 * SECOND) /* so soon is a heartbeat of a new policy expected */
#define SOURCE     "heartbeat"

/* ---- the alert ---- */

/* Why it may be a false alarm: while this process did not run, nobody could report. */
static void add_own_gap(const struct heartbeats *heartbeats, const struct pulse *pulse, struct str *out)
{
    char at[INSTANT_TEXT];
    if (heartbeats->started > MAX(pulse->heard, pulse->since))
        str_addf(out, " Tocsin itself was started at %s, so it may have missed it.",
                 instant_format(heartbeats->started, at));
}

static void describe(const struct heartbeats *heartbeats, const struct pulse *pulse,
                     const struct heartbeat *heartbeat, struct str *out)
{
    char at[INSTANT_TEXT];
    if (pulse->heard)
        str_addf(out, "It was last heard at %s", instant_format(pulse->heard, at));
    else
        str_addf(out, "It was never heard since %s", instant_format(pulse->since, at));
    str_add(out, ", and should report every ");
    duration_format(heartbeat->every, out);
    str_add(out, ".");
    if (!*pulse->hash)
        str_addf(out, " It has no address yet: `heartbeat %s address` makes one.", pulse->name);
    add_own_gap(heartbeats, pulse, out);
}

/* The alert first: should this process die in between, it is given again, and counts in the same group. */
static void tell(struct core *core, struct pulse *pulse, const struct heartbeat *heartbeat, bool missed,
                 const char *message, instant now)
{
    CLEANUP_FREE char *title = xasprintf("%s has not reported", heartbeat->name);
    notice_give(core,
                &(struct notice){.source = SOURCE,
                                 .about = pulse->name,
                                 .title = title,
                                 .message = message,
                                 .service = heartbeat->service,
                                 .environment = heartbeat->environment,
                                 .level = heartbeat->level,
                                 .status = missed ? ALERT_FIRING : ALERT_RESOLVED},
                now);
    struct turn *turn = turn_begin(core, now);
    pulse->told = missed;
    pulse_write(turn, pulse);
    turn_commit(turn, NULL, NULL);
}

/* ---- looking ---- */

static struct pulse *meet(struct core *core, const struct heartbeat *heartbeat, instant now)
{
    struct pulse *pulse = pulse_find(core, heartbeat->name);
    if (pulse && !pulse->away)
        return pulse;
    struct turn *turn = turn_begin(core, now);
    pulse = pulse_need(turn, heartbeat->name);
    pulse->since = now; /* nobody expected it while the policy did not name it */
    pulse->away = false;
    pulse_write(turn, pulse);
    turn_commit(turn, NULL, NULL);
    return pulse;
}

static void look_at(struct core *core, const struct heartbeat *heartbeat, instant now)
{
    struct heartbeats *heartbeats = heartbeats_of(core);
    struct pulse *pulse = meet(core, heartbeat, now);
    instant due = pulse_due(pulse, heartbeat);
    bool missed = now >= due;
    if (!missed)
        heartbeats->next = instant_earlier(heartbeats->next, due);
    if (missed == pulse->told)
        return;
    CLEANUP_STR struct str message = {0};
    describe(heartbeats, pulse, heartbeat, &message);
    tell(core, pulse, heartbeat, missed, missed ? message.p : "It reports again.", now);
}

/* An alert about what the policy does not name any more is over. */
static void mark_away(struct core *core, instant now)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&heartbeats_of(core)->pulses, &i));) {
        struct pulse *pulse = slot->value;
        pulse->away = !policy_heartbeat(core_policy(core), pulse->name);
        const struct heartbeat gone = {
            .name = pulse->name, .service = "", .environment = "", .level = LEVEL_ERROR};
        if (pulse->away && pulse->told)
            tell(core, pulse, &gone, false, "The policy does not name it any more.", now);
    }
}

static instant pulses_tick(struct core *core, instant now)
{
    struct heartbeats *heartbeats = heartbeats_of(core);
    const struct policy *policy = core_policy(core);
    const struct heartbeat *heartbeat;
    heartbeats->started = heartbeats->started ? heartbeats->started : now;
    if (now < heartbeats->next || core_trouble(core))
        return heartbeats->next;
    heartbeats->next = now + LOOK_EVERY;
    for (size_t i = 0; (heartbeat = policy_heartbeat_at(policy, i)); i++)
        look_at(core, heartbeat, now);
    mark_away(core, now);
    return policy_heartbeat_at(policy, 0) ? heartbeats->next : 0;
}

static instant tick(struct core *core, instant now)
{
    instant pulses = pulses_tick(core, now), duties = reach_tick(core, now);
    return pulses && duties ? instant_earlier(pulses, duties) : MAX(pulses, duties);
}

/* ---- heard ---- */

const struct heartbeat *heartbeats_find(const struct core *core, const char *secret)
{
    char hash[SECRET_HASH_TEXT];
    struct map_slot *slot;
    secret_hash(secret, hash);
    for (size_t i = 0; (slot = map_next(&heartbeats_of(core)->pulses, &i));) {
        const struct pulse *pulse = slot->value;
        if (strcmp(pulse->hash, hash) == 0)
            return policy_heartbeat(core_policy(core), pulse->name);
    }
    return NULL;
}

void heartbeats_hear(struct turn *turn, const struct heartbeat *heartbeat)
{
    struct heartbeats *heartbeats = heartbeats_of(turn_core(turn));
    struct pulse *pulse = pulse_need(turn, heartbeat->name);
    pulse->heard = turn_now(turn);
    pulse_write(turn, pulse);
    if (pulse->told) {
        heartbeats->next = 0;
        core_due(turn_core(turn), turn_now(turn));
    }
}

void heartbeats_state(const struct core *core, const struct heartbeat *heartbeat, struct heartbeat_state *ret)
{
    const struct pulse *pulse = pulse_find(core, heartbeat->name);
    *ret = (struct heartbeat_state){0};
    if (pulse)
        *ret = (struct heartbeat_state){pulse->heard, pulse_due(pulse, heartbeat), pulse->told, *pulse->hash};
}

/* ---- the part ---- */

static int load(struct core *core, struct error *err)
{
    int rc = pulses_load(core, err);
    return rc ? rc : reach_load(core, err);
}

static void unload(struct core *core)
{
    pulses_finish(heartbeats_of(core));
    reach_finish(heartbeats_of(core));
}

const struct part heartbeats_part = {.name = "heartbeats",
                                     .state_size = sizeof(struct heartbeats),
                                     .load = load,
                                     .unload = unload,
                                     .tick = tick};
