#include "posts.h"

#include <inttypes.h>
#include <string.h>

#include "comms/alone.h"
#include "comms/comms.h"
#include "comms/posts.h"
#include "drafts.h"
#include "people.h"
#include "public/names.h"
#include "statuspage/statuspage.h"

static uint64_t luck(const struct drafting *a, uint64_t most)
{
    return rng_below(&a->world->rng, most);
}

/* ---- drafts ---- */

/* The number of a post that stands alone, or of maintenance; 0: there is none. */
static int64_t any_post(const struct drafting *a, struct standing_post *ret)
{
    int64_t number = 1 + (int64_t)luck(a, 20);
    return statuspage_post(a->world->core, number, ret) && !ret->incident ? number : 0;
}

static void plan(const struct drafting *a, struct post *post)
{
    post->status = POST_SCHEDULED;
    post->from = a->world->now + (instant)luck(a, 6 * HOUR);
    post->until = post->from + MINUTE + (instant)luck(a, 6 * HOUR);
    post->title = xstrdup("Maintenance");
}

static void describe(const struct drafting *a, struct post *post)
{
    static const enum public_status statuses[] = {POST_INVESTIGATING, POST_IDENTIFIED, POST_MONITORING,
                                                  POST_RESOLVED};
    struct standing_post before;
    uint64_t incident = a->incident->id;
    int64_t number = incident ? statuspage_open_post(a->world->core, incident) : any_post(a, &before);
    bool maintains = !incident && luck(a, 2);
    post->status = statuses[luck(a, ARRAY_SIZE(statuses))];
    if (maintains && !number)
        plan(a, post);
    else if (!incident && number && public_status_is_maintenance(before.status))
        post->status = luck(a, 2) ? POST_COMPLETED : POST_IN_PROGRESS;
    post->number = number;
    if (!number && !post->title)
        post->title = xstrdup("Something is slow");
    if (luck(a, 2))
        *array_add(&post->components) = (struct post_component){
            xstrdup(luck(a, 2) ? "Checkout" : "API"), STATE_OPERATIONAL,
            public_status_is_maintenance(post->status) ? STATE_MAINTENANCE : (enum public_state)luck(a, 4)};
}

static void draft(const struct drafting *a)
{
    struct post post = {0};
    describe(a, &post);
    CLEANUP_FREE char *text = xasprintf("post of step %zu", a->world->step), *json = post_encode(&post);
    drafts_do(a, &(struct command){
                     .verb = "tell", .by = a->person, .name = STATUS_PAGE, .text = text, .value = json});
    post_finish(&post);
}

/* By hand, in words that are always the same. */
static void move(const struct drafting *a)
{
    struct standing_post post;
    int64_t number = any_post(a, &post);
    if (!number || !public_status_is_maintenance(post.status))
        return;
    bool ends = luck(a, 2);
    const struct posting posting = {.post = number,
                                    .by = a->person,
                                    .text = ends ? MAINTENANCE_OVER : MAINTENANCE_BEGUN,
                                    .status = ends ? POST_COMPLETED : POST_IN_PROGRESS};
    if (!statuspage_publish(a->turn, &posting, NULL))
        a->world->refusals++;
}

static const struct {
    unsigned share; /* of 100 */
    void (*act)(const struct drafting *a);
} acts[] = {{35, draft}, {15, drafts_change}, {45, drafts_approve}, {5, move}};

void posts_act(struct world *world)
{
    if (!core_ready(world->core, NULL))
        return;
    struct drafting a = {.world = world, .turn = turn_begin(world->core, world->now), .posts = true};
    a.person = people_pick(world, a.turn);
    uint64_t id = rng_below(&world->rng, 2) ? people_pick_incident(world, a.person) : 0;
    a.incident = id ? turn_incident(a.turn, id) : comms_alone(world->core);
    uint64_t share = rng_below(&world->rng, 100);
    for (size_t i = 0; i < ARRAY_SIZE(acts); share -= acts[i++].share) {
        if (share < acts[i].share) {
            acts[i].act(&a);
            break;
        }
    }
    turn_commit(a.turn, NULL, NULL);
}

/* ---- what stands on the page ---- */

void posts_approved(struct world *world, const char *text)
{
    map_put(&world->posted, text, world);
}

static bool is_always_the_same(const char *text)
{
    return strcmp(text, MAINTENANCE_BEGUN) == 0 || strcmp(text, MAINTENANCE_OVER) == 0;
}

static void check_post(struct world *world, const struct public_post *post, struct map *stands)
{
    for (size_t i = 0; i < post->words.n; i++) {
        const char *text = post->words.v[i].text;
        if (is_always_the_same(text))
            continue;
        if (!map_get(&world->posted, text))
            world_broken(world, "nobody approved what stands on the status page: %s", text);
        if (map_put(stands, text, world))
            world_broken(world, "it stands on the status page twice: %s", text);
    }
}

void posts_check(struct world *world, bool settled)
{
    struct map stands = {0};
    struct public_page *page = statuspage_page(world->core, NULL);
    const struct incident *alone = comms_alone(world->core);
    for (size_t i = 0; page && i < page->posts.n; i++)
        check_post(world, &page->posts.v[i], &stands);
    for (size_t i = 0; settled && page && i < alone->comms.drafts.n; i++) {
        const struct state_draft *draft = &alone->comms.drafts.v[i];
        if (draft->state == DRAFT_APPROVED && !map_get(&stands, draft->text))
            world_broken(world, "it was approved, and is not on the status page: %s", draft->text);
    }
    map_finish(&stands);
    public_unref(page);
}
