/* What was posted about incidents like this one: shown to whoever drafts a post. */
#include "base/markup.h"
#include "command/line.h"
#include "command/posting.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "statuspage/statuspage.h"

#define SIMILAR_MOST 20 /* incidents that are looked at */
#define SHOWN_MOST   2
#define FIRST_BYTES  120 /* of a first word that are shown */

struct past {
    const struct request *request;
    struct str *out;
    size_t n;
};

/* "“Payments are slow”: We look into it (2h 5m)" */
static bool add_post(void *ctx, const struct standing_post *post)
{
    struct past *past = ctx;
    CLEANUP_FREE char *first = line_short(post->first, FIRST_BYTES);
    str_add(past->out, past->n++ ? "\n- " : "\n\nPosted about similar incidents:\n- ");
    str_markup(past->out, "“%s”: %s (", post->title, first);
    if (post->over)
        duration_format(post->over - post->began, past->out);
    str_add(past->out, post->over ? ")" : "still open)");
    return false;
}

/* The draft is shown to all who see the incident, so only what all of them may know of is shown beside it. */
static bool take_similar(void *ctx, const struct incident *incident, const char *why)
{
    struct past *past = ctx;
    uint64_t id = incident->id; /* reading others may free it */
    (void)why;
    if (sight_readers_see(past->request->core, past->request->incident, id))
        statuspage_each_of(past->request->core, id, add_post, past);
    return past->n < SHOWN_MOST;
}

void add_past_posts(const struct request *request, struct str *out)
{
    struct past past = {request, out, 0};
    if (request->incident->id)
        query_similar(request->core, request->incident->id, request->asker->person, SIMILAR_MOST, take_similar,
                      &past, NULL);
}
