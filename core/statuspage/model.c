/* The model of a page for the public, from components, posts and the policy. Nothing of an incident gets in. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "delivery/link.h"
#include "statuspage/inside.h"

struct making {
    const struct core *core;
    const struct status_page *from;
    struct public_page *page;
};

/* ---- components ---- */

static bool is_on(const struct status_page *page, const char *component)
{
    for (size_t i = 0; i < page->components.n; i++) {
        if (text_equal_nocase(page->components.v[i], component))
            return true;
    }
    return page->components.n == 0;
}

static size_t group_of(const struct making *making, const char *name)
{
    struct public_page *page = making->page;
    size_t i = 0;
    if (!name)
        return PUBLIC_ALONE;
    while (i < page->groups.n && !text_equal(page->groups.v[i].name, name))
        i++;
    if (i == page->groups.n) {
        struct public_group *group = array_add(&page->groups);
        group->name = xstrdup(name);
        public_id("group", name, group->id);
    }
    return i;
}

static void fill_past(const struct making *making, struct public_component *component)
{
    const struct kept_component *kept = component_find(making->core, component->name);
    if (!kept)
        return;
    component->created = kept->created;
    for (size_t i = 0; i < kept->past.n; i++)
        *array_add(&component->past) = kept->past.v[i];
    component->updated = kept->past.v[kept->past.n - 1].at;
    component->state = kept->past.v[kept->past.n - 1].state;
}

static void date_group(struct public_group *group, const struct public_component *component)
{
    group->created = instant_earlier(group->created, component->created);
    group->updated = MAX(group->updated, component->updated);
}

static void add_component(const struct making *making, const struct status_component *from)
{
    struct public_page *page = making->page;
    struct public_component *component = array_add(&page->components);
    public_component_id(from->name, component->id);
    component->name = xstrdup(from->name);
    component->description = xstrdup(from->description);
    component->only_if_degraded = from->only_if_degraded;
    component->group = group_of(making, from->group);
    fill_past(making, component);
    if (component->group != PUBLIC_ALONE)
        date_group(&page->groups.v[component->group], component);
    page->updated = MAX(page->updated, component->updated);
}

static void add_components(const struct making *making)
{
    const struct policy *policy = core_policy(making->core);
    const struct status_component *from;
    for (size_t i = 0; (from = policy_status_component_at(policy, i)); i++) {
        if (is_on(making->from, from->name))
            add_component(making, from);
    }
}

static bool index_of(const struct public_page *page, const char *component, size_t *ret)
{
    const struct public_component *found = public_component(page, component);
    *ret = found ? (size_t)(found - page->components.v) : 0;
    return found != NULL;
}

/* ---- posts ---- */

static struct public_translation *translation_of(struct public_word *word, const char *language)
{
    for (size_t i = 0; i < word->translations.n; i++) {
        if (text_equal(word->translations.v[i].language, language))
            return &word->translations.v[i];
    }
    struct public_translation *translation = array_add(&word->translations);
    translation->language = xstrdup(language);
    return translation;
}

/* `languages`: {"de": text} as JSON, or the same of titles; NULL: there is none. */
static void add_translations(const char *languages, bool titles, struct public_word *word)
{
    CLEANUP_JSON cJSON *json = NULL;
    const cJSON *row;
    if (!languages || json_parse(languages, strlen(languages), SIZE_MAX, JSON_DEPTH, "languages", &json, NULL))
        return;
    cJSON_ArrayForEach(row, json)
    {
        if (!cJSON_IsString(row))
            continue;
        struct public_translation *translation = translation_of(word, row->string);
        replace_text(titles ? &translation->title : &translation->text, row->valuestring);
    }
}

static void add_word(const struct making *making, const struct kept_post *post, size_t at,
                     struct public_post *ret)
{
    const struct kept_word *from = &post->words.v[at];
    struct public_word *word = array_add(&ret->words);
    kept_word_id(post, at, word->id);
    word->text = xstrdup(from->text);
    word->status = from->status;
    word->created = word->updated = word->shown = from->at;
    word->notifies = !from->quiet;
    add_translations(from->languages, false, word);
    for (size_t i = 0; i < from->changes.n; i++) {
        const struct kept_change *change = &from->changes.v[i];
        size_t component;
        if (index_of(making->page, change->component, &component))
            *array_add(&word->affected) = (struct public_affected){component, change->before, change->after};
    }
}

/* When it first had that status; 0: not yet. */
static instant first_at(const struct kept_post *post, enum public_status status)
{
    for (size_t i = 0; i < post->words.n; i++) {
        if (post->words.v[i].status == status)
            return post->words.v[i].at;
    }
    return 0;
}

static bool touches(const struct making *making, const struct kept_post *post)
{
    size_t component;
    for (size_t i = 0; i < post->holds.n; i++) {
        if (index_of(making->page, post->holds.v[i].component, &component))
            return true;
    }
    return post->holds.n == 0 || making->from->components.n == 0;
}

static void add_post(const struct making *making, const struct kept_post *from)
{
    struct public_post *post = array_add(&making->page->posts);
    size_t component;
    kept_post_id(from, post->id);
    post->title = xstrdup(from->title);
    post->impact = from->impact;
    post->status = kept_status(from);
    post->created = from->words.v[0].at;
    post->updated = from->words.v[from->words.n - 1].at;
    post->started = from->from ? from->from : post->created;
    post->monitoring = first_at(from, POST_MONITORING);
    post->resolved = MAX(first_at(from, POST_RESOLVED), first_at(from, POST_COMPLETED));
    post->from = from->from;
    post->until = from->until;
    post->next = from->next;
    for (size_t i = from->words.n; i-- > 0;)
        add_word(making, from, i, post);
    add_translations(from->titles, true,
                     &post->words.v[post->words.n - 1]); /* they stand with its first word */
    for (size_t i = 0; i < from->holds.n; i++) {
        if (index_of(making->page, from->holds.v[i].component, &component))
            *array_add(&post->components) = component;
    }
    making->page->updated = MAX(making->page->updated, post->updated);
}

/* ---- the page ---- */

bool model_subscribable(const struct core *core)
{
    for (size_t i = 0; core_settings(core)->status_secret && i < links(core)->n; i++) {
        if (links(core)->v[i].can & (TOCSIN_CAN_MAILS | TOCSIN_CAN_HOOKS))
            return true;
    }
    return false;
}

static void describe_page(const struct making *making)
{
    const struct status_page *from = making->from;
    struct public_page *page = making->page;
    public_id("page", from->name, page->id);
    page->name = xstrdup(from->name);
    page->title = xstrdup(from->title);
    const char *elsewhere = from->private_ ? NULL : core_settings(making->core)->status_url;
    page->url = xstrdup(*from->url || !elsewhere ? from->url : elsewhere);
    page->zone = xstrdup(from->zone);
    page->language = xstrdup(from->language);
    page->contact = xstrdup(from->contact);
    page->private_ = from->private_;
    page->subscribable = *from->url && model_subscribable(making->core);
    page->look.logo = xstrdup(from->logo);
    page->look.logo_n = from->logo ? strlen(from->logo) : 0;
    page->look.accent = xstrdup(from->accent);
    page->look.template_ = xstrdup(from->template_);
    page->look.words = xstrdup(from->words);
    page->key = from->readers ? 0 : from->key;
    for (size_t i = 0; i < from->languages.n; i++)
        *array_add(&page->languages) = xstrdup(from->languages.v[i]);
}

static int newest_first(const void *a, const void *b)
{
    const struct public_post *one = a, *other = b;
    return (one->created < other->created) - (one->created > other->created);
}

/* Posts have the order of their numbers, but for those that were brought from another page. */
static void sort_posts(struct public_page *page)
{
    for (size_t i = 1; i < page->posts.n; i++) {
        if (page->posts.v[i - 1].created < page->posts.v[i].created) {
            qsort(page->posts.v, page->posts.n, sizeof(*page->posts.v), newest_first);
            return;
        }
    }
}

struct public_page *model_make(const struct core *core, const struct status_page *page, instant now)
{
    const struct statuspage *statuspage = statuspage_of(core);
    const struct making making = {core, page, public_create()};
    describe_page(&making);
    making.page->built = now;
    add_components(&making);
    for (size_t i = statuspage->posts.n; i-- > 0;) {
        if (touches(&making, statuspage->posts.v[i]))
            add_post(&making, statuspage->posts.v[i]);
    }
    sort_posts(making.page);
    return making.page;
}
