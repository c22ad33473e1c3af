#include "public/rollup.h"

#include "public/names.h"

static const struct public_rollup operational = {IMPACT_NONE, "All Systems Operational"};
static const struct public_rollup maintained = {IMPACT_MAINTENANCE, "Service Under Maintenance"};

/* From worst to best: what is said when all components are in a state, and when some are. */
static const struct {
    enum public_state state;
    struct public_rollup all, some;
} rows[] = {
    {STATE_MAJOR, {IMPACT_CRITICAL, "Major System Outage"}, {IMPACT_MAJOR, "Partial System Outage"}},
    {STATE_PARTIAL, {IMPACT_MAJOR, "Partial System Outage"}, {IMPACT_MINOR, "Minor Service Outage"}},
    {STATE_DEGRADED, {IMPACT_MINOR, "Degraded System Service"}, {IMPACT_MINOR, "Partially Degraded Service"}},
    {STATE_MAINTENANCE,
     {IMPACT_MAINTENANCE, "Service Under Maintenance"},
     {IMPACT_MAINTENANCE, "Service Under Maintenance"}},
};

bool public_is_unresolved(const struct public_post *post)
{
    return !public_status_is_maintenance(post->status) && !public_status_is_over(post->status);
}

bool public_is_active(const struct public_post *post)
{
    return post->status == POST_IN_PROGRESS || post->status == POST_VERIFYING;
}

bool public_is_upcoming(const struct public_post *post)
{
    return post->status == POST_SCHEDULED;
}

/* The worst impact of what is open. */
static struct public_rollup from_posts(const struct public_page *page)
{
    static const struct public_rollup of[PUBLIC_IMPACTS] = {
        [IMPACT_NONE] = {IMPACT_NONE, "All Systems Operational"},
        [IMPACT_MINOR] = {IMPACT_MINOR, "Minor Service Outage"},
        [IMPACT_MAJOR] = {IMPACT_MAJOR, "Partial System Outage"},
        [IMPACT_CRITICAL] = {IMPACT_CRITICAL, "Major System Outage"},
        [IMPACT_MAINTENANCE] = {IMPACT_MAINTENANCE, "Service Under Maintenance"},
    };
    enum public_impact worst = IMPACT_NONE;
    bool active = false;
    for (size_t i = 0; i < page->posts.n; i++) {
        const struct public_post *post = &page->posts.v[i];
        active = active || public_is_active(post);
        if (public_is_unresolved(post) && post->impact != IMPACT_MAINTENANCE)
            worst = MAX(worst, post->impact);
    }
    return worst == IMPACT_NONE && active ? maintained : of[worst];
}

struct public_rollup public_rollup(const struct public_page *page)
{
    size_t in[PUBLIC_STATES] = {0}, n = page->components.n;
    if (!n)
        return from_posts(page);
    for (size_t i = 0; i < n; i++)
        in[page->components.v[i].state]++;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (in[rows[i].state])
            return in[rows[i].state] == n ? rows[i].all : rows[i].some;
    }
    return operational;
}

bool public_is_worse(enum public_state a, enum public_state b)
{
    static const int rank[PUBLIC_STATES] = {[STATE_OPERATIONAL] = 0,
                                            [STATE_MAINTENANCE] = 1,
                                            [STATE_DEGRADED] = 2,
                                            [STATE_PARTIAL] = 3,
                                            [STATE_MAJOR] = 4};
    return rank[a] > rank[b];
}

enum public_state public_group_state(const struct public_page *page, size_t group)
{
    enum public_state worst = STATE_OPERATIONAL;
    for (size_t i = 0; i < page->components.n; i++) {
        const struct public_component *component = &page->components.v[i];
        if (component->group == group && public_is_worse(component->state, worst))
            worst = component->state;
    }
    return worst;
}
