#include "status_page.h"

#include <stdio.h>

static void name_id(const char *kind, size_t i, char ret[PUBLIC_ID])
{
    CLEANUP_FREE char *name = xasprintf("%zu", i);
    public_id(kind, name, ret);
}

struct public_page *status_page_empty(const char *title, const char *zone)
{
    struct public_page *page = public_create();
    snprintf(page->id, sizeof(page->id), "4g2my7tbhjsq");
    page->name = xstrdup("public");
    page->title = xstrdup(title);
    page->url = xstrdup("https://status.acme.example");
    page->zone = xstrdup(zone);
    page->language = xstrdup("en");
    page->updated = page->built = STATUS_NOW;
    return page;
}

struct public_group *status_page_group(struct public_page *page, const char *name)
{
    struct public_group *group = array_add(&page->groups);
    name_id("group", page->groups.n, group->id);
    group->name = xstrdup(name);
    group->created = group->updated = STATUS_NOW - 400 * DAY;
    return group;
}

struct public_component *status_page_component(struct public_page *page, const char *name, size_t group,
                                               enum public_state state)
{
    struct public_component *component = array_add(&page->components);
    name_id("component", page->components.n, component->id);
    component->name = xstrdup(name);
    component->group = group;
    component->state = state;
    component->created = component->updated = STATUS_NOW - 400 * DAY;
    *array_add(&component->past) = (struct public_change){component->created, STATE_OPERATIONAL};
    if (state != STATE_OPERATIONAL)
        *array_add(&component->past) = (struct public_change){STATUS_NOW - HOUR, state};
    return component;
}

struct public_post *status_page_post(struct public_page *page, const char *title, enum public_status status,
                                     instant at)
{
    struct public_post *post = array_add(&page->posts);
    name_id("post", page->posts.n, post->id);
    post->title = xstrdup(title);
    post->status = status;
    post->impact = status >= POST_SCHEDULED ? IMPACT_MAINTENANCE : IMPACT_MINOR;
    post->created = post->updated = post->started = at;
    return post;
}

struct public_word *status_page_word(struct public_post *post, const char *text, enum public_status status,
                                     instant at)
{
    struct public_word *word = array_add(&post->words);
    name_id(post->id, post->words.n, word->id);
    word->text = xstrdup(text);
    word->status = status;
    word->created = word->updated = word->shown = at;
    word->notifies = true;
    return word;
}

static void add_open_post(struct public_page *page)
{
    struct public_post *post = status_page_post(page, "Payments are slow", POST_MONITORING, STATUS_NOW - HOUR);
    post->monitoring = post->updated = STATUS_NOW - 10 * MINUTE;
    post->next = STATUS_NOW + 20 * MINUTE;
    *array_add(&post->components) = 1;
    status_page_word(post, "A fix is **in place**. See [the notes](https://acme.example/notes).",
                     POST_MONITORING, STATUS_NOW - 10 * MINUTE);
    struct public_word *first =
        status_page_word(post, "We are looking into it.", POST_INVESTIGATING, STATUS_NOW - HOUR);
    *array_add(&first->affected) = (struct public_affected){1, STATE_OPERATIONAL, STATE_DEGRADED};
}

struct public_page *status_page_sample(void)
{
    struct public_page *page = status_page_empty("Acme", "Europe/Berlin");
    status_page_group(page, "Shop");
    status_page_component(page, "Catalogue", 0, STATE_OPERATIONAL);
    status_page_component(page, "Payments", 0, STATE_DEGRADED)->description = xstrdup("Cards and invoices");
    status_page_component(page, "Website", PUBLIC_ALONE, STATE_OPERATIONAL);
    struct public_post *planned = status_page_post(page, "Database upgrade", POST_SCHEDULED, STATUS_NOW - DAY);
    planned->from = STATUS_NOW + DAY;
    planned->until = STATUS_NOW + DAY + 2 * HOUR;
    status_page_word(planned, "Orders wait for some minutes.", POST_SCHEDULED, STATUS_NOW - DAY);
    add_open_post(page);
    struct public_post *over = status_page_post(page, "Search was down", POST_RESOLVED, STATUS_NOW - 3 * DAY);
    over->resolved = over->updated = STATUS_NOW - 3 * DAY + HOUR;
    over->impact = IMPACT_CRITICAL;
    status_page_word(over, "All is well again.", POST_RESOLVED, over->resolved);
    return page;
}

struct public_page *status_page_large(size_t components, size_t days, const char *text)
{
    struct public_page *page = status_page_empty("Large", "America/New_York");
    for (size_t i = 0; i < components; i++) {
        CLEANUP_FREE char *name = xasprintf("Component %zu", i);
        if (i % 20 == 0)
            status_page_group(page, name);
        struct public_component *component =
            status_page_component(page, name, i / 20, i % 5 ? STATE_OPERATIONAL : STATE_DEGRADED);
        component->past.n = 0;
        for (size_t day = days; day > 0; day -= MIN(day, (size_t)30)) {
            instant at = STATUS_NOW - (instant)day * DAY;
            *array_add(&component->past) = (struct public_change){at, STATE_PARTIAL};
            *array_add(&component->past) = (struct public_change){at + HOUR, STATE_OPERATIONAL};
        }
    }
    for (size_t day = 0; day < days; day++) {
        instant at = STATUS_NOW - (instant)day * DAY;
        struct public_post *post =
            status_page_post(page, "Something was slow", day ? POST_RESOLVED : POST_MONITORING, at);
        post->resolved = day ? at + HOUR : 0;
        *array_add(&post->components) = day % components;
        status_page_word(post, text, post->status, at + HOUR);
        status_page_word(post, text, POST_INVESTIGATING, at);
    }
    return page;
}

char *status_page_file(const struct public_page *page, const char *path)
{
    struct public_file file;
    return public_render(page, path, "", &file, NULL) == 0 ? str_take(&file.body) : NULL;
}
