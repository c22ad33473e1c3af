#include "command/past_posts.h"

#include "base/markup.h"
#include "command/line.h"
#include "command/posting.h"
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

static bool take_newest(void *ctx, const struct standing_post *post)
{
    struct past *past = ctx;
    past->n++;
    past->on(past->ctx, post);
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

/* ---- in an answer ---- */

/* "“Payments are slow”: We look into it (2h 5m)" */
static void add_post(void *ctx, const struct standing_post *post)
{
    struct str *out = ctx;
    CLEANUP_FREE char *first = line_short(post->first, FIRST_BYTES);
    str_add(out, out->len ? "\n- " : "\n\nPosted about similar incidents:\n- ");
    str_markup(out, "“%s”: %s (", post->title, first);
    if (post->over)
        duration_format(post->over - post->began, out);
    str_add(out, post->over ? ")" : "still open)");
}

void add_past_posts(const struct request *request, struct str *out)
{
    CLEANUP_STR struct str text = {0};
    past_posts(request->core, request->incident->id, request->asker->person, add_post, &text);
    str_add(out, str_text(&text));
}
