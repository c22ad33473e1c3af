/* Maintenance begins and ends by its clock. */
#include "statuspage/inside.h"

/* When its state changes by the clock the next time; 0: never. */
static instant due_of(const struct kept_post *post)
{
    enum public_status status = kept_status(post);
    return status == POST_SCHEDULED                                 ? post->from
           : status == POST_IN_PROGRESS || status == POST_VERIFYING ? post->until
                                                                    : 0;
}

static void move_on(struct core *core, const struct kept_post *post, instant now)
{
    bool begins = kept_status(post) == POST_SCHEDULED;
    struct turn *turn = turn_begin(core, now);
    const struct posting posting = {.post = post->number,
                                    .by = BY_CLOCK,
                                    .text = begins ? "The maintenance has begun." : "The maintenance is over.",
                                    .status = begins ? POST_IN_PROGRESS : POST_COMPLETED};
    statuspage_publish(turn, &posting, NULL);
    turn_commit(turn, NULL, NULL);
}

instant maintenance_tick(struct core *core, instant now)
{
    const struct statuspage *statuspage = statuspage_of(core);
    instant next = 0;
    for (size_t i = statuspage->open.n; i-- > 0;) { /* one that ends leaves the list */
        const struct kept_post *post = statuspage->open.v[i];
        instant due = due_of(post);
        if (due && due <= now)
            move_on(core, post, now);
        else if (due)
            next = instant_earlier(next, due);
    }
    return next;
}
