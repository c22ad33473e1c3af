#include "statuspage/drafts.h"

#include <inttypes.h>

#include "base/markup.h"
#include "comms/posts.h"
#include "public/names.h"
#include "rooms/rooms.h"
#include "statuspage/statuspage.h"

/* They believe that it is on the page. */
static void say_failed(struct turn *turn, const struct event *approved, const struct incident *incident,
                       const struct error *err)
{
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str text = {0};
    str_markup(&text, "Message %" PRId64 " is NOT on the status page: ", approved->count);
    str_add(&text, err->text);
    str_add(&text, " `post …` drafts it again.");
    rooms_say_incident(turn, incident->id, key, NULL, text.p);
}

static int publish(struct turn *turn, const struct event *approved, const struct incident *incident,
                   const struct post *post, struct error *err)
{
    const struct state_draft *draft = incident_draft(incident, approved->count);
    ARRAY(struct posting_component) components = {0};
    for (size_t i = 0; i < post->components.n; i++)
        *array_add(&components) =
            (struct posting_component){post->components.v[i].name, post->components.v[i].after};
    struct posting posting = {
        .post = post->number,
        .incident = incident->id,
        .by = approved->by,
        .title = post->title,
        .text = approved->text,
        .languages = draft ? draft->languages : NULL,
        .status = post->status,
        .components = components.v,
        .n = components.n,
        .next = post->next && !public_status_is_over(post->status) ? turn_now(turn) + post->next : 0,
        .quiet = post->quiet};
    int64_t number = statuspage_publish(turn, &posting, err);
    array_free(&components);
    if (!number)
        return ERR_REFUSED;
    struct command promise = {
        .verb = "promise_post", .by = BY_SYSTEM, .automatic = true, .until = posting.next};
    turn_do(turn, incident->id, &promise, NULL, NULL);
    return 0;
}

/* The words are those of the event: of the version that was approved. */
void drafts_approved(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct error err = {0};
    struct post post = {0};
    if (event->type != EVENT_APPROVED || !is_status_page(event->name) || !event->value)
        return;
    int rc = post_read(event->value, &post, &err);
    rc = rc ? rc : publish(turn, event, incident, &post, &err);
    if (rc)
        say_failed(turn, event, incident, &err);
    post_finish(&post);
}
