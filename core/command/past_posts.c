#include "command/past_posts.h"

#include "base/markup.h"
#include "command/line.h"
#include "command/posting.h"
#include "public/names.h"
#include "sight/query.h"
#include "sight/sight.h"

#define SIMILAR_MOST 20 /* incidents that are looked at */
#define SHOWN_MOST   2
#define FIRST_BYTES  120 /* of a first word that are shown */

struct past {
    struct core *core;
    uint64_t incident;
    const char *viewer;
    void (*on)(void *ctx, const struct standing_post *post);
    void *ctx;
    size_t n;
};

static bool take(void *ctx, const struct standing_post *post)
{
    struct past *past = ctx;
    past->n++;
    past->on(past->ctx, post);
    return past->n < SHOWN_MOST;
}

static bool take_newest(void *ctx, const struct standing_post *post)
{
    take(ctx, post);
    return false;
}

static bool take_similar(void *ctx, const struct incident *incident, const char *why)
{
    struct past *past = ctx;
    uint64_t id = incident->id; /* reading others may free it */
    const struct incident *about = sight_incident(past->core, past->incident, past->viewer);
    (void)why;
    if (about && sight_readers_see(past->core, about, id))
        statuspage_each_of(past->core, id, take_newest, past);
    return past->n < SHOWN_MOST;
}

void past_posts(struct core *core, uint64_t incident, const char *viewer,
                void (*on)(void *ctx, const struct standing_post *post), void *ctx)
{
    struct past past = {core, incident, viewer, on, ctx, 0};
    if (incident)
        query_similar(core, incident, viewer, SIMILAR_MOST, take_similar, &past, NULL);
}

/* What stands on the status page may be shown to everybody. */
static void past_posts_like(struct core *core, const struct post *post,
                            void (*on)(void *ctx, const struct standing_post *post), void *ctx)
{
    struct past past = {.core = core, .on = on, .ctx = ctx};
    ARRAY(struct posting_component) components = {0};
    for (size_t i = 0; i < post->components.n; i++)
        *array_add(&components) =
            (struct posting_component){post->components.v[i].name, post->components.v[i].after};
    const struct posting like = {
        .post = post->number, .title = post->title, .components = components.v, .n = components.n};
    statuspage_each_like(core, &like, take, &past);
    array_free(&components);
}

/* ---- in an answer, and in a form ---- */

struct listing {
    struct str *out;
    const char *heading; /* NULL: it is there */
};

/* "“Payments are slow”: We look into it (2h 5m)" */
static void add_post(void *ctx, const struct standing_post *post)
{
    struct listing *listing = ctx;
    struct str *out = listing->out;
    CLEANUP_FREE char *first = line_short(post->first, FIRST_BYTES);
    const char *heading = steal(listing->heading);
    if (heading)
        str_addf(out, "%s%s:", out->len ? "\n\n" : "", heading);
    str_markup(out, "\n- “%s”: %s (", post->title, first);
    if (post->over)
        duration_format(post->over - post->began, out);
    str_add(out, post->over ? ")" : "still open)");
}

void add_past_posts(const struct request *request, uint64_t incident, const struct post *post, struct str *out)
{
    struct listing listing = {out, incident ? "Posted about similar incidents" : "Posted before"};
    if (incident)
        past_posts(request->core, incident, request->asker->person, add_post, &listing);
    else if (!public_status_is_maintenance(post->status))
        past_posts_like(request->core, post, add_post, &listing);
}
