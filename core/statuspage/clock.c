/* What the clock does by itself: maintenance begins and ends, and a post that stands alone wants the word that it has promised. */
#include <inttypes.h>

#include "base/json.h"
#include "base/markup.h"
#include "public/names.h"
#include "rooms/buttons.h"
#include "rooms/rooms.h"
#include "statuspage/inside.h"

/* ---- maintenance ---- */

/* Its next step: what is said then, here and on the page. Over: there is none. */
static const struct step {
    enum public_status from, to;
    const char *word, *told;
} steps[] = {{POST_SCHEDULED, POST_IN_PROGRESS, MAINTENANCE_BEGUN, "has begun"},
             {POST_IN_PROGRESS, POST_COMPLETED, MAINTENANCE_OVER, "is over"},
             {POST_VERIFYING, POST_COMPLETED, MAINTENANCE_OVER, "is over"}};

static const struct step *step_of(const struct kept_post *post)
{
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        if (steps[i].from == kept_status(post))
            return &steps[i];
    }
    return NULL;
}

/* Those who work on it learn that it was done. */
static void say_moved(struct turn *turn, const struct kept_post *post, const struct step *step)
{
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str text = {0};
    str_markup(&text, "Maintenance %" PRId64 " (%s) %s.", post->number, post->title, step->told);
    if (step->to == POST_IN_PROGRESS)
        str_addf(&text,
                 " `maintenance %" PRId64 " extend 30m` makes it longer, and `maintenance %" PRId64
                 " end` ends it.",
                 post->number, post->number);
    rooms_say_incident(turn, 0, key, NULL, text.p);
}

static void move_on(struct turn *turn, const struct kept_post *post)
{
    const struct step *step = step_of(post);
    const struct posting posting = {
        .post = post->number, .by = BY_CLOCK, .text = step->word, .status = step->to};
    if (statuspage_publish(turn, &posting, NULL))
        say_moved(turn, post, step);
}

/* ---- a promised word ---- */

static void remind(struct turn *turn, struct kept_post *post)
{
    CLEANUP_STR struct str card = {0}, text = {0};
    CLEANUP_FREE char *key = turn_key(turn), *line = xasprintf("posts %" PRId64, post->number);
    struct json_out j = {&card, false};
    str_markup(&text, "The time is over that the last word of post %" PRId64 " (%s) named. `%s …` writes it.",
               post->number, post->title, line);
    json_begin_object(&j);
    json_put_text(&j, "title", "The status page has promised another word");
    json_put_text(&j, "tone", "warn");
    json_put_text(&j, "text", text.p);
    json_key(&j, "buttons");
    json_begin_array(&j);
    button_put_asking(&j, "Write it", line);
    json_end_array(&j);
    json_end_object(&j);
    rooms_say_incident(turn, 0, key, card.p, NULL);
    post->reminded = post->next;
    kept_write(turn, post);
}

/* Of a post of an incident, its incident reminds (suggest.c). */
static instant promised(const struct kept_post *post)
{
    return !post->incident && post->reminded != post->next ? post->next : 0;
}

/* ---- both ---- */

/* When the clock does something with it the next time; 0: never. */
static instant due_of(const struct kept_post *post)
{
    const struct step *step = step_of(post);
    instant moves = !step ? 0 : step->from == POST_SCHEDULED ? post->from : post->until;
    return instant_earlier(moves, promised(post));
}

static void act(struct core *core, struct kept_post *post, instant now)
{
    struct turn *turn = turn_begin(core, now);
    if (promised(post) && promised(post) <= now)
        remind(turn, post);
    else
        move_on(turn, post);
    turn_commit(turn, NULL, NULL);
}

instant posts_tick(struct core *core, instant now)
{
    const struct statuspage *statuspage = statuspage_of(core);
    instant next = 0;
    for (size_t i = statuspage->open.n; i-- > 0;) { /* one that ends leaves the list */
        struct kept_post *post = statuspage->open.v[i];
        if (due_of(post) && due_of(post) <= now)
            act(core, post, now);
        next = instant_earlier(next, due_of(post));
    }
    return next;
}
