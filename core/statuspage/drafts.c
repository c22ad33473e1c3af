#include "statuspage/drafts.h"

#include <inttypes.h>

#include "base/markup.h"
#include "comms/posts.h"
#include "delivery/link.h"
#include "people/people.h"
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

typedef ARRAY(struct posting_component) posting_components;

/* `components`: to be freed once *ret is not needed any more. */
static struct posting posting_of(struct turn *turn, const struct post *post, posting_components *components)
{
    for (size_t i = 0; i < post->components.n; i++)
        *array_add(components) =
            (struct posting_component){post->components.v[i].name, post->components.v[i].after};
    return (struct posting){
        .post = post->number,
        .title = post->title,
        .titles = post->titles,
        .status = post->status,
        .components = components->v,
        .n = components->n,
        .from = post->from,
        .until = post->until,
        .next = post->next && !public_status_is_over(post->status) ? turn_now(turn) + post->next : 0,
        .quiet = post->quiet};
}

static int publish(struct turn *turn, const struct event *approved, const struct incident *incident,
                   const struct post *post, struct error *err)
{
    const struct state_draft *draft = incident_draft(incident, approved->count);
    posting_components components = {0};
    struct posting posting = posting_of(turn, post, &components);
    posting.incident = incident->id;
    posting.by = approved->by;
    posting.text = approved->text;
    posting.languages = draft ? draft->languages : NULL;
    int64_t number = statuspage_publish(turn, &posting, err);
    array_free(&components);
    if (!number)
        return ERR_REFUSED;
    struct command promise = {
        .verb = "promise_post", .by = BY_SYSTEM, .automatic = true, .until = posting.next};
    if (incident->id)
        turn_do(turn, incident->id, &promise, NULL, NULL);
    return 0;
}

static int check(struct turn *turn, const struct state_draft *draft, struct error *err)
{
    struct post post = {0};
    posting_components components = {0};
    int rc = post_read(draft->post, &post, err);
    struct posting posting = posting_of(turn, &post, &components);
    posting.text = draft->text;
    rc = rc ? rc : statuspage_check(turn, &posting, err);
    array_free(&components);
    post_finish(&post);
    return rc;
}

/* The words are those of the event: of the version that was approved. */
void drafts_approved(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct error err = {0};
    struct post post = {0};
    if (event->type != EVENT_APPROVED || !is_status_page(event->name) || !event->value)
        return;
    int rc = incident->sort.script ? error_set(&err, ERR_REFUSED,
                                               "it is a drill, and the page is real. **Not published: drill.**")
                                   : post_read(event->value, &post, &err);
    rc = rc ? rc : publish(turn, event, incident, &post, &err);
    if (rc)
        say_failed(turn, event, incident, &err);
    post_finish(&post);
}

/* ---- drafts of a post that has ended ---- */

/* Directly, and where everybody reads if they are known from no chat. */
static void tell_author(struct turn *turn, const char *author, const char *text)
{
    CLEANUP_FREE char *key = turn_key(turn);
    if (!rooms_tell_person(turn, author, NULL, key, text))
        rooms_say_incident(turn, 0, key, NULL, text);
}

static void withdraw(struct turn *turn, const struct state_draft *draft, const struct error *why)
{
    const struct command discard = {
        .verb = "discard", .by = BY_SYSTEM, .automatic = true, .count = draft->number};
    CLEANUP_FREE char *author = xstrdup(draft->edited_by ? draft->edited_by : draft->by);
    CLEANUP_STR struct str text = {0};
    str_markup(&text, "Your message %" PRId64 " to the status page is withdrawn: ", draft->number);
    str_add(&text, why->text);
    if (comms_draft_do(turn, 0, &discard, NULL) == 0)
        tell_author(turn, author, text.p);
}

/* A postmortem comes after the end. *why says that it cannot be published. */
static bool comes_too_late(struct turn *turn, const struct state_draft *draft, struct error *why)
{
    struct post post = {0};
    struct standing_post standing;
    bool late = draft->state == DRAFT_WAITING && post_read(draft->post, &post, NULL) == 0 && post.number &&
                statuspage_post(turn_core(turn), post.number, &standing) && standing.over &&
                check(turn, draft, why);
    post_finish(&post);
    return late;
}

/* Those of an incident wait one at a time, and nothing else ends its post. */
void drafts_tick(struct core *core, instant now)
{
    const struct incident *alone = comms_alone(core);
    struct turn *turn = turn_begin(core, now);
    for (size_t i = 0; i < alone->comms.drafts.n; i++) {
        struct error why = {0};
        if (comes_too_late(turn, &alone->comms.drafts.v[i], &why))
            withdraw(turn, &alone->comms.drafts.v[i], &why);
    }
    turn_commit(turn, NULL, NULL);
}

const struct comms_publisher drafts_publisher = {check, drafts_approved};
