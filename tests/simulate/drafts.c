#include "drafts.h"

#include <inttypes.h>

#include "comms/alone.h"
#include "comms/comms.h"
#include "posts.h"

void drafts_do(const struct drafting *d, const struct command *command)
{
    if (comms_draft_do(d->turn, d->incident->id, command, NULL))
        d->world->refusals++;
}

/* One that waits; NULL: none does. */
static const struct state_draft *any_waiting(const struct drafting *d)
{
    const struct state_draft *found = NULL;
    uint64_t n = 0;
    for (size_t i = 0; i < d->incident->comms.drafts.n; i++) {
        const struct state_draft *waiting = &d->incident->comms.drafts.v[i];
        if (waiting->state == DRAFT_WAITING && (waiting->post || !d->posts) &&
            rng_below(&d->world->rng, ++n) == 0)
            found = waiting;
    }
    return found;
}

void drafts_change(const struct drafting *d)
{
    static const char *const verbs[] = {"redraft", "redraft", "redraft", "reject", "discard"};
    const struct state_draft *waiting = any_waiting(d);
    CLEANUP_FREE char *text = xasprintf("changed in step %zu", d->world->step);
    if (waiting)
        drafts_do(d, &(struct command){.verb = verbs[rng_below(&d->world->rng, ARRAY_SIZE(verbs))],
                                       .by = d->person,
                                       .text = text,
                                       .count = waiting->number});
}

/* Whatever version they saw: it is that one which is sent, or none. */
void drafts_approve(const struct drafting *d)
{
    CLEANUP_STR struct str answer = {0};
    const struct state_draft *waiting = any_waiting(d);
    if (!waiting)
        return;
    int64_t current = waiting->version, number = waiting->number;
    CLEANUP_FREE char *post = waiting->post ? xstrdup(waiting->text) : NULL;
    int64_t seen = rng_below(&d->world->rng, 100) < 70 ? current : 1 + (int64_t)rng_below(&d->world->rng, 3);
    bool rejected = waiting->rejected;
    struct approve_request request = {.by = d->person, .number = number, .version = seen};
    if (comms_approve(d->turn, d->incident, &request, &answer, NULL))
        d->world->refusals++;
    else if (seen != current || rejected)
        world_broken(d->world,
                     "message %" PRId64 " was approved in a version that is not the one that was seen", number);
    else if (post)
        posts_approved(d->world, post);
}
