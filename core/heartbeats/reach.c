/* Looks from time to time whether pages would reach whoever is on call, and says so by an alert of each rotation where they would not. */
#include "heartbeats/inside.h"
#include "intake/fingerprint.h"
#include "oncall/oncall.h"
#include "paging/paging.h"
#include "triage/triage.h"

#define LOOK_EVERY (5 * SECOND)
#define PATIENCE   (2 * MINUTE) /* a connector that starts, or starts again, is back by then */
#define SOURCE     "tocsin"

struct duty {      /* a rotation's */
    instant since; /* somebody on call has been out of reach; 0: all can be reached */
    bool told;     /* an alert says so */
};

/* ---- the alert ---- */

static void tell(struct core *core, const char *rotation, enum alert_status status, const char *message,
                 instant now)
{
    CLEANUP_FREE char *title = xasprintf("Pages do not reach whoever is on call for %s", rotation);
    notice_give(core,
                &(struct notice){.source = SOURCE,
                                 .about = rotation,
                                 .title = title,
                                 .message = message,
                                 .service = "",
                                 .environment = "",
                                 .level = LEVEL_ERROR,
                                 .status = status},
                now);
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

/* What an alert said before this process began is known from its group. */
static struct duty *duty_of(struct core *core, const char *rotation, instant now)
{
    struct map *duties = &heartbeats_of(core)->duties;
    struct duty *duty = map_get(duties, rotation);
    const struct notice notice = {.source = SOURCE, .about = rotation};
    char fingerprint[FINGERPRINT_TEXT];
    if (duty)
        return duty;
    const struct group *group =
        triage_group(core, fingerprint_format(notice_fingerprint(&notice), fingerprint), now);
    duty = xcalloc(1, sizeof(*duty));
    duty->told = group && group->state == GROUP_OPEN;
    map_put(duties, rotation, duty);
    return duty;
}

static void look_at(struct core *core, const struct rotation *rotation, instant now)
{
    CLEANUP_STR struct str who = {0};
    struct duty *duty = duty_of(core, rotation->name, now);
    bool out = out_of_reach(core, rotation, now, &who);
    duty->since = !out ? 0 : duty->since ? duty->since : now;
    if (!duty->told && out && now - duty->since >= PATIENCE) {
        duty->told = true;
        tell(core, rotation->name, ALERT_FIRING, who.p, now);
    } else if (duty->told && !out) {
        duty->told = false;
        tell(core, rotation->name, ALERT_RESOLVED, "They can be reached again.", now);
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
    heartbeats->next_duty = now + LOOK_EVERY;
    return policy_rotation_at(policy, 0) ? heartbeats->next_duty : 0;
}

void reach_finish(struct heartbeats *heartbeats)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&heartbeats->duties, &i));)
        free(slot->value);
    map_finish(&heartbeats->duties);
    heartbeats->next_duty = 0;
}
