/* The part: what is loaded, and the models, which are made anew once a change is durable. */
#include "policy/rotations.h"
#include "public/stamp.h"
#include "statuspage/drafts.h"
#include "statuspage/inside.h"

/* ---- models ---- */

struct making { /* models that wait for their memory to be durable */
    struct core *core;
    instant now;
    kept_pages pages;
};

static void finish_pages(kept_pages *pages)
{
    for (size_t i = 0; i < pages->n; i++) {
        free(pages->v[i].name);
        public_unref(pages->v[i].page);
    }
    array_free(pages);
}

static void made(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct making *making = ctx;
    struct statuspage *statuspage = statuspage_of(making->core);
    (void)err;
    (void)last_seq;
    if (!rc) {
        const kept_pages before = statuspage->pages;
        statuspage->pages = making->pages;
        making->pages = before;
        core_due(making->core, making->now); /* for those who wait for them */
        if (statuspage->on)
            statuspage->on(statuspage->ctx);
    }
    finish_pages(&making->pages);
    free(making);
}

/* A component that has no past yet begins one. */
static void meet_components(struct turn *turn)
{
    const struct policy *policy = core_policy(turn_core(turn));
    const struct status_component *component;
    for (size_t i = 0; (component = policy_status_component_at(policy, i)); i++)
        component_need(turn, component->name);
}

/* What the models follow from, besides documents. */
static void remember(struct core *core)
{
    struct statuspage *statuspage = statuspage_of(core);
    statuspage->dirty = false;
    statuspage->generation = policy_generation(core_policy(core));
    statuspage->subscribable = model_subscribable(core);
    statuspage->stale_at = 0;
}

/* All of them, as they are now. What begins a past is written in the turn. */
static kept_pages models(struct turn *turn)
{
    const struct core *core = turn_core(turn);
    const instant now = turn_now(turn);
    const struct status_page *page;
    kept_pages pages = {0};
    remember(turn_core(turn));
    meet_components(turn);
    for (size_t i = 0; (page = policy_status_page_at(core_policy(core), i)); i++) {
        struct kept_page *kept = array_add(&pages);
        kept->name = xstrdup(page->name);
        kept->page = model_make(core, page, now);
        statuspage_of(core)->stale_at =
            instant_earlier(statuspage_of(core)->stale_at, stamp_midnight(now, 1, page->zone));
    }
    return pages;
}

void statuspage_begin(struct core *core, instant now)
{
    if (core_trouble(core))
        return;
    struct turn *turn = turn_begin(core, now);
    statuspage_of(core)->pages = models(turn);
    turn_commit(turn, NULL, NULL);
}

static void make(struct core *core, instant now)
{
    struct making *making = xcalloc(1, sizeof(*making));
    struct turn *turn = turn_begin(core, now);
    making->core = core;
    making->now = now;
    making->pages = models(turn);
    turn_commit(turn, made, making);
}

static instant tick(struct core *core, instant now)
{
    struct statuspage *statuspage = statuspage_of(core);
    if (core_trouble(core))
        return 0;
    instant next = posts_tick(core, now);
    if (statuspage->dirty)
        drafts_tick(core, now);
    if (statuspage->dirty || statuspage->subscribable != model_subscribable(core) ||
        statuspage->generation != policy_generation(core_policy(core)) ||
        (statuspage->stale_at && statuspage->stale_at <= now))
        make(core, now);
    return instant_earlier(next, statuspage->stale_at);
}

/* ---- the part ---- */

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    drafts_approved(turn, event, incident);
    suggest_follow(turn, event, incident);
}

static int load(struct core *core, struct error *err)
{
    int rc = components_load(core, err);
    comms_publish_with(core, &drafts_publisher);
    statuspage_of(core)->dirty = true;
    return rc ? rc : posts_load(core, err);
}

/* The models stay: they are of what is durable. */
static void unload(struct core *core)
{
    components_finish(statuspage_of(core));
    posts_finish(statuspage_of(core));
}

static void finish(void *state)
{
    finish_pages(&((struct statuspage *)state)->pages);
}

const struct part statuspage_part = {.name = "statuspage",
                                     .state_size = sizeof(struct statuspage),
                                     .finish = finish,
                                     .load = load,
                                     .unload = unload,
                                     .follow = follow,
                                     .deadlines = promise_deadlines,
                                     .passed = promise_passed,
                                     .tick = tick};
