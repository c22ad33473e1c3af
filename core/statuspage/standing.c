/* What stands on the status page, for whoever writes the next word. */
#include "public/names.h"
#include "statuspage/inside.h"

static const struct kept_post *newest_of(const struct core *core, uint64_t incident)
{
    char name[INCIDENT_NAME];
    return map_get(&statuspage_of(core)->of_incidents, incident_name(incident, name));
}

int64_t statuspage_open_post(const struct core *core, uint64_t incident)
{
    const struct kept_post *post = newest_of(core, incident);
    while (post && public_status_is_over(kept_status(post)))
        post = post->earlier;
    return post ? post->number : 0;
}

/* A postmortem comes later. */
static instant over_at(const struct kept_post *post)
{
    for (size_t i = 0; i < post->words.n; i++) {
        if (public_status_is_over(post->words.v[i].status))
            return post->words.v[i].at;
    }
    return 0;
}

static struct standing_post standing_of(const struct kept_post *post)
{
    return (struct standing_post){.number = post->number,
                                  .incident = post->incident,
                                  .title = post->title,
                                  .status = kept_status(post),
                                  .impact = post->impact,
                                  .from = post->from,
                                  .until = post->until,
                                  .began = post->words.v[0].at,
                                  .last = post->words.v[post->words.n - 1].at,
                                  .over = over_at(post),
                                  .next = post->next,
                                  .first = post->words.v[0].text};
}

bool statuspage_post(const struct core *core, int64_t number, struct standing_post *ret)
{
    const struct kept_post *post = kept_find(core, number);
    if (post)
        *ret = standing_of(post);
    return post != NULL;
}

void statuspage_each_open(const struct core *core, bool (*on)(void *ctx, const struct standing_post *post),
                          void *ctx)
{
    const struct statuspage *statuspage = statuspage_of(core);
    for (size_t i = statuspage->open.n; i-- > 0;) {
        struct standing_post post = standing_of(statuspage->open.v[i]);
        if (!on(ctx, &post))
            return;
    }
}

void statuspage_each_over(const struct core *core, int64_t before,
                          bool (*on)(void *ctx, const struct standing_post *post), void *ctx)
{
    const struct statuspage *statuspage = statuspage_of(core);
    for (size_t i = kept_below(statuspage, before); i-- > 0;) {
        struct standing_post post = standing_of(statuspage->posts.v[i]);
        if (public_status_is_over(post.status) && !on(ctx, &post))
            return;
    }
}

void statuspage_each_word(const struct core *core, int64_t number,
                          void (*on)(void *ctx, const struct standing_word *word), void *ctx)
{
    const struct kept_post *post = kept_find(core, number);
    for (size_t i = post ? post->words.n : 0; i-- > 0;) {
        const struct kept_word *word = &post->words.v[i];
        on(ctx, &(struct standing_word){word->at, word->status, word->text, word->quiet});
    }
}

void statuspage_each_of(const struct core *core, uint64_t incident,
                        bool (*on)(void *ctx, const struct standing_post *post), void *ctx)
{
    for (const struct kept_post *post = newest_of(core, incident); post; post = post->earlier) {
        struct standing_post standing = standing_of(post);
        if (!on(ctx, &standing))
            return;
    }
}

int64_t statuspage_published(const struct core *core, uint64_t incident, const char *text, instant at)
{
    for (const struct kept_post *post = newest_of(core, incident); post; post = post->earlier) {
        for (size_t i = 0; i < post->words.n; i++) {
            if (post->words.v[i].at == at && text_equal(post->words.v[i].text, text))
                return post->number;
        }
    }
    return 0;
}

void statuspage_each_maintenance(const struct core *core,
                                 void (*on)(void *ctx, const struct standing_post *post), void *ctx)
{
    const struct statuspage *statuspage = statuspage_of(core);
    for (size_t i = 0; i < statuspage->open.n; i++) {
        struct standing_post post = standing_of(statuspage->open.v[i]);
        if (public_status_is_maintenance(post.status))
            on(ctx, &post);
    }
}

const char *statuspage_component(const struct core *core, const char *name)
{
    const struct status_component *component = policy_status_component(core_policy(core), name);
    return component ? component->name : NULL;
}

enum public_state statuspage_state(const struct core *core, const char *component)
{
    return component_state(core, component);
}

instant statuspage_state_since(const struct core *core, const char *component)
{
    const struct kept_component *kept = component_find(core, component);
    return kept ? kept->past.v[kept->past.n - 1].at : 0;
}
