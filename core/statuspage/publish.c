/* A word is published: it opens a post or goes on one, and moves the states of components. */
#include <inttypes.h>

#include "public/names.h"
#include "public/rollup.h"
#include "statuspage/inside.h"

/* ---- whether it may ---- */

static int check_components(const struct core *core, const struct posting *posting, struct error *err)
{
    for (size_t i = 0; i < posting->n; i++) {
        if (!statuspage_component(core, posting->components[i].name))
            return component_refuse(posting->components[i].name, err);
    }
    return 0;
}

static int check_new(const struct posting *posting, struct error *err)
{
    if (text_empty(posting->title))
        return error_set(err, ERR_INVALID, "A new post needs a title.");
    if (public_status_is_maintenance(posting->status) && (!posting->from || !posting->until))
        return error_set(err, ERR_INVALID, "Maintenance needs a begin and an end.");
    return 0;
}

/* `post`: NULL, for a new one. What has been approved late may be over by now. */
static int check_times(const struct kept_post *post, const struct posting *posting, instant now,
                       struct error *err)
{
    instant from = posting->from || !post ? posting->from : post->from;
    if (posting->until && posting->until <= from)
        return error_set(err, ERR_INVALID, "Maintenance must begin before it ends.");
    if (posting->until && posting->until <= now)
        return error_set(err, ERR_REFUSED, "The maintenance would be over by now. Plan it anew.");
    return 0;
}

static int check_old(const struct kept_post *post, const struct posting *posting, struct error *err)
{
    bool last = posting->status == POST_POSTMORTEM && kept_status(post) == POST_RESOLVED;
    if (public_status_is_over(kept_status(post)) && !last)
        return error_set(err, ERR_REFUSED, "Post %" PRId64 " is over (%s). Write a new one.", post->number,
                         public_status_name(kept_status(post)));
    if (public_status_is_maintenance(kept_status(post)) != public_status_is_maintenance(posting->status))
        return error_set(err, ERR_INVALID, "Post %" PRId64 " is %s: it can't be %s.", post->number,
                         public_status_is_maintenance(kept_status(post)) ? "maintenance" : "no maintenance",
                         public_status_name(posting->status));
    if (post->words.n >= POST_WORDS && posting->status == kept_status(post))
        return error_set(err, ERR_REFUSED, "Post %" PRId64 " has %d words already. Write a new one.",
                         post->number, POST_WORDS);
    return 0;
}

int statuspage_check(struct turn *turn, const struct posting *posting, struct error *err)
{
    const struct core *core = turn_core(turn);
    const struct kept_post *post = posting->post ? kept_find(core, posting->post) : NULL;
    if (text_empty(posting->text))
        return error_set(err, ERR_INVALID, "A post needs words.");
    if (posting->post && !post)
        return error_set(err, ERR_NOT_FOUND, "There is no post %" PRId64 ". `posts` lists them.",
                         posting->post);
    int rc = check_components(core, posting, err);
    rc = rc ? rc : check_times(post, posting, turn_now(turn), err);
    return rc ? rc : post ? check_old(post, posting, err) : check_new(posting, err);
}

/* ---- states ---- */

static struct kept_change *held(const struct kept_post *post, const char *component)
{
    for (size_t i = 0; i < post->holds.n; i++) {
        if (text_equal_nocase(post->holds.v[i].component, component))
            return &post->holds.v[i];
    }
    return NULL;
}

/* Maintenance that has not begun asks for nothing yet. */
static bool counts(const struct kept_post *post)
{
    return kept_status(post) != POST_SCHEDULED;
}

/* What the open posts but this one ask for, the worst of it. */
static enum public_state asked_by_others(const struct core *core, const struct kept_post *but,
                                         const char *component)
{
    const struct statuspage *statuspage = statuspage_of(core);
    enum public_state worst = STATE_OPERATIONAL;
    for (size_t i = 0; i < statuspage->open.n; i++) {
        const struct kept_post *post = statuspage->open.v[i];
        const struct kept_change *change = post != but && counts(post) ? held(post, component) : NULL;
        if (change && public_is_worse(change->after, worst))
            worst = change->after;
    }
    return worst;
}

void kept_hold(struct kept_post *post, const char *component, enum public_state state)
{
    struct kept_change *change = held(post, component);
    if (!change) {
        change = array_add(&post->holds);
        change->component = xstrdup(component);
    }
    change->after = state;
}

static void take_components(const struct core *core, struct kept_post *post, const struct posting *posting)
{
    for (size_t i = 0; i < posting->n; i++)
        kept_hold(post, statuspage_component(core, posting->components[i].name), posting->components[i].state);
}

static void raise_impact(struct kept_post *post)
{
    if (public_status_is_maintenance(kept_status(post))) {
        post->impact = IMPACT_MAINTENANCE;
        return;
    }
    for (size_t i = 0; i < post->holds.n; i++) {
        enum public_state state = post->holds.v[i].after;
        if (state != STATE_MAINTENANCE)
            post->impact = MAX(post->impact, public_impact_of(state));
    }
}

/* The state that a component has after a word of its post. What is given back, or maintained, is as other posts have it where that is
   worse. */
static enum public_state state_after(const struct core *core, const struct kept_post *post,
                                     const struct kept_change *change)
{
    enum public_state asked = public_status_is_over(kept_status(post)) ? STATE_OPERATIONAL : change->after,
                      others = asked_by_others(core, post, change->component);
    bool yields = asked == STATE_OPERATIONAL || asked == STATE_MAINTENANCE;
    return yields && public_is_worse(others, asked) ? others : asked;
}

/* Only what this word names, but at the begin of maintenance and at the end all that the post touches. */
static bool moves(const struct posting *posting, enum public_status before, const char *component)
{
    bool over = public_status_is_over(posting->status), begun = before != POST_SCHEDULED;
    if (posting->status == POST_SCHEDULED || posting->status == POST_POSTMORTEM || (over && !begun))
        return false;
    if (over || !begun)
        return true;
    for (size_t i = 0; i < posting->n; i++) {
        if (text_equal_nocase(posting->components[i].name, component))
            return true;
    }
    return false;
}

static void move_components(struct turn *turn, struct kept_post *post, const struct posting *posting,
                            enum public_status before)
{
    struct core *core = turn_core(turn);
    struct kept_word *word = &post->words.v[post->words.n - 1];
    for (size_t i = 0; i < post->holds.n; i++) {
        struct kept_change *change = &post->holds.v[i];
        if (!moves(posting, before, change->component))
            continue;
        enum public_state now = component_state(core, change->component);
        enum public_state after = state_after(core, post, change);
        *array_add(&word->changes) = (struct kept_change){xstrdup(change->component), now, after};
        component_set(turn, change->component, after, post->number, posting->by);
    }
}

/* ---- the word ---- */

static struct kept_post *open_post(struct turn *turn, const struct posting *posting)
{
    struct kept_post *post = kept_add(statuspage_of(turn_core(turn)));
    kept_belong(statuspage_of(turn_core(turn)), post, posting->incident);
    post->title = xstrdup(posting->title);
    struct event event = {.type = EVENT_POST_OPENED,
                          .at = turn_now(turn),
                          .by = xstrdup(posting->by),
                          .count = post->number,
                          .text = xstrdup(posting->title)};
    turn_tell(turn, &event);
    return post;
}

static void add_word(struct turn *turn, struct kept_post *post, const struct posting *posting)
{
    *array_add(&post->words) = (struct kept_word){.text = xstrdup(posting->text),
                                                  .languages = xstrdup(posting->languages),
                                                  .status = posting->status,
                                                  .at = turn_now(turn),
                                                  .quiet = posting->quiet};
    struct event event = {.type = EVENT_POST_WORD,
                          .at = turn_now(turn),
                          .by = xstrdup(posting->by),
                          .count = post->number,
                          .name = xstrdup(public_status_name(posting->status)),
                          .text = xstrdup(posting->text),
                          .data = xstrdup(posting->languages)};
    turn_tell(turn, &event);
}

int64_t statuspage_publish(struct turn *turn, const struct posting *posting, struct error *err)
{
    struct core *core = turn_core(turn);
    if (statuspage_check(turn, posting, err))
        return 0;
    struct kept_post *post = posting->post ? kept_find(core, posting->post) : open_post(turn, posting);
    enum public_status before = post->words.n ? kept_status(post) : posting->status;
    if (posting->title) {
        replace_text(&post->title, posting->title);
        replace_text(&post->titles, posting->titles);
    }
    post->from = posting->from ? posting->from : post->from;
    post->until = posting->until ? posting->until : post->until;
    post->next = public_status_is_over(posting->status) ? 0 : posting->next;
    add_word(turn, post, posting);
    take_components(core, post, posting);
    raise_impact(post);
    move_components(turn, post, posting, before);
    kept_sort(statuspage_of(core), post);
    kept_write(turn, post);
    statuspage_changed(turn);
    return post->number;
}

void statuspage_each_held(const struct core *core, int64_t number,
                          void (*on)(void *ctx, const struct held_component *held), void *ctx)
{
    const struct kept_post *post = kept_find(core, number);
    for (size_t i = 0; post && i < post->holds.n; i++) {
        const char *name = post->holds.v[i].component;
        if (statuspage_component(core, name))
            on(ctx,
               &(struct held_component){name, component_state(core, name), asked_by_others(core, post, name)});
    }
}
