/* Looks from time to time whether pages would reach whoever is on call, and says so by an alert of each rotation where they would not. */
#include "heartbeats/inside.h"
#include "oncall/oncall.h"
#include "paging/paging.h"

#define LOOK_EVERY (5 * SECOND)
#define PATIENCE   (2 * MINUTE) /* a connector that starts, or starts again, is back by then */
#define SOURCE     "tocsin"

struct duty {
    char *rotation; /* in lower case */
    instant since;  /* somebody on call has been out of reach; 0: all can be reached */
    bool told;      /* an alert says so, and a document that it does */
};

/* ---- kept ---- */

static struct duty *duty_need(struct heartbeats *heartbeats, const char *rotation)
{
    CLEANUP_FREE char *key = text_lower(rotation);
    struct duty *duty = map_get(&heartbeats->duties, key);
    if (duty)
        return duty;
    duty = xcalloc(1, sizeof(*duty));
    duty->rotation = steal(key);
    map_put(&heartbeats->duties, duty->rotation, duty);
    return duty;
}

static bool load_duty(void *ctx, const struct journal_doc *doc)
{
    duty_need(ctx, doc->key)->told = true;
    return true;
}

int reach_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_UNREACHED}, load_duty,
                        heartbeats_of(core), err);
}

void reach_finish(struct heartbeats *heartbeats)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&heartbeats->duties, &i));) {
        free(((struct duty *)slot->value)->rotation);
        free(slot->value);
    }
    map_finish(&heartbeats->duties);
    heartbeats->next_duty = 0;
}

/* ---- the alert ---- */

/* The alert first: should this process die in between, it is given again, and counts in the same group. */
static void tell(struct core *core, struct duty *duty, bool unreached, const char *message, instant now)
{
    CLEANUP_FREE char *title = xasprintf("Pages do not reach whoever is on call for %s", duty->rotation);
    notice_give(core,
                &(struct notice){.source = SOURCE,
                                 .about = duty->rotation,
                                 .title = title,
                                 .message = message,
                                 .service = "",
                                 .environment = "",
                                 .level = LEVEL_ERROR,
                                 .status = unreached ? ALERT_FIRING : ALERT_RESOLVED},
                now);
    struct turn *turn = turn_begin(core, now);
    duty->told = unreached;
    batch_doc(turn_batch(turn), DOC_UNREACHED, duty->rotation, unreached ? "{}" : NULL);
    turn_commit(turn, NULL, NULL);
}

/* ---- looking ---- */

/* Adds who is out of reach, and why. False: nobody is. */
static bool out_of_reach(const struct core *core, const struct rotation *rotation, instant now, struct str *out)
{
    struct on_call on;
    oncall_at(core, rotation, now, &on);
    for (size_t i = 0; i < on.n; i++) {
        const char *why = paging_unreached(core, on.people[i]);
        if (why)
            str_addf(out, "%s%s: %s.", out->len ? " " : "", oncall_name(core, on.people[i]), why);
    }
    return out->len > 0;
}

static void look_at(struct core *core, const struct rotation *rotation, instant now)
{
    CLEANUP_STR struct str who = {0};
    struct duty *duty = duty_need(heartbeats_of(core), rotation->name);
    bool out = out_of_reach(core, rotation, now, &who);
    duty->since = !out ? 0 : duty->since ? duty->since : now;
    if (!duty->told && out && now - duty->since >= PATIENCE)
        tell(core, duty, true, who.p, now);
    else if (duty->told && !out)
        tell(core, duty, false, "They can be reached again.", now);
}

static void end_gone(struct core *core, instant now)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&heartbeats_of(core)->duties, &i));) {
        struct duty *duty = slot->value;
        if (policy_rotation_named(core_policy(core), duty->rotation))
            continue;
        duty->since = 0;
        if (duty->told)
            tell(core, duty, false, "The policy has no such rotation any more.", now);
    }
}

instant reach_tick(struct core *core, instant now)
{
    struct heartbeats *heartbeats = heartbeats_of(core);
    const struct policy *policy = core_policy(core);
    const struct rotation *rotation;
    if (now < heartbeats->next_duty || core_trouble(core))
        return heartbeats->next_duty;
    for (size_t i = 0; (rotation = policy_rotation_at(policy, i)); i++)
        look_at(core, rotation, now);
    end_gone(core, now);
    heartbeats->next_duty = now + LOOK_EVERY;
    return policy_rotation_at(policy, 0) ? heartbeats->next_duty : 0;
}
