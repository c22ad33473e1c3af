#include "public/html.h"

#include <sodium.h>
#include <string.h>

#include "public/assets.h"
#include "template/literal.h"
#include "public/names.h"
#include "public/post_view.h"
#include "public/rollup.h"
#include "public/stamp.h"
#include "template/words.h"

#define RECENT_DAYS 14
#define FOUND_MOST  100

instant public_post_at(const struct public_post *post)
{
    return post->from > 0 ? post->from : post->started > 0 ? post->started : post->created;
}

/* ---- the frame ---- */

static void add_logo(struct view *view, const struct public_look *look)
{
    if (!look->logo || !look->logo_n)
        return;
    size_t n = sodium_base64_ENCODED_LEN(look->logo_n, sodium_base64_VARIANT_ORIGINAL);
    CLEANUP_FREE char *base64 = xmalloc(n);
    sodium_bin2base64(base64, n, (const unsigned char *)look->logo, look->logo_n,
                      sodium_base64_VARIANT_ORIGINAL);
    const char *type = memcmp(look->logo, "\x89PNG", MIN(look->logo_n, (size_t)4)) == 0 ? "png" : "svg+xml";
    CLEANUP_FREE char *url = xasprintf("data:image/%s;base64,%s", type, base64);
    view_html(view, "logo", url);
}

static void add_languages(struct view *view, const struct public_asked *asked)
{
    const struct public_page *page = asked->page;
    view_flag(view, "translated", page->languages.n > 0);
    for (size_t i = 0; i <= page->languages.n; i++) {
        const char *language = i ? page->languages.v[i - 1] : page->language;
        CLEANUP_FREE char *href = xasprintf("%s%s%s", asked->root, i ? language : "", i ? "/" : "");
        struct view *item = view_item(view, "languages");
        view_text(item, "code", language);
        view_text(item, "language_href", href);
        view_flag(item, "is_this", text_equal(language, asked->language));
    }
}

static void put_page(const struct viewing *viewing, struct view *view)
{
    const struct public_asked *asked = viewing->asked;
    const struct public_page *page = asked->page;
    struct public_rollup rollup = public_rollup(page);
    CLEANUP_FREE char *key = text_lower(rollup.description);
    for (char *at = key; (at = strchr(at, ' '));)
        *at = '_';
    CLEANUP_STR struct str built = {0};
    labels_put(&viewing->labels, view);
    labels_time(&viewing->labels, page->built, &built);
    view_html(view, "built", str_text(&built));
    view_text(view, "language", asked->language);
    view_text(view, "title", page->title);
    view_text(view, "url", page->url);
    view_text(view, "root", asked->root);
    view_text(view, "home", asked->home);
    view_text(view, "indicator", public_impact_name(rollup.indicator));
    view_text(view, "state_of_all",
              labels_get(&viewing->labels, rollup.indicator == IMPACT_NONE ? "all_operational" : key));
    view_text(view, "contact", words_is_link(page->contact) ? page->contact : NULL);
    view_flag(view, "private", page->private_);
    view_flag(view, "subscribable", page->subscribable);
    add_logo(view, &page->look);
    add_languages(view, asked);
}

static void begin(struct viewing *viewing, const struct public_asked *asked)
{
    viewing->asked = asked;
    labels_init(&viewing->labels, asked);
}

/* `own`: a template in the place of the one that ships, or NULL. */
static int render(struct viewing *viewing, struct view *view, const char *own, struct str *out,
                  struct error *err)
{
    const struct view_part parts[] = {
        {"components", public_asset("components.mustache")},
        {"post", public_asset("post.mustache")},
        {"subscribe", public_asset("subscribe.mustache")},
    };
    int rc = view_render(view, own ? own : public_asset("page.mustache"), parts, ARRAY_SIZE(parts), out, err);
    labels_finish(&viewing->labels);
    return rc;
}

static int end(struct viewing *viewing, struct view *view, struct str *out, struct error *err)
{
    return render(viewing, view, viewing->asked->page->look.template_, out, err);
}

/* ---- now ---- */

typedef bool chooses(const struct public_post *post);

static bool is_maintenance_ahead(const struct public_post *post)
{
    return public_is_active(post) || public_is_upcoming(post);
}

static void add_posts(const struct viewing *viewing, struct view *view, const char *list, chooses *is_chosen)
{
    const struct public_page *page = viewing->asked->page;
    CLEANUP_FREE char *any = xasprintf("any_%s", list);
    bool some = false;
    for (size_t i = 0; i < page->posts.n; i++) {
        if (!is_chosen(&page->posts.v[i]))
            continue;
        view_post(viewing, view, list, &page->posts.v[i]);
        some = true;
    }
    view_flag(view, any, some);
}

static void add_day(const struct viewing *viewing, struct view *view, instant from, instant until)
{
    const struct public_page *page = viewing->asked->page;
    struct view *item = view_item(view, "days");
    CLEANUP_STR struct str html = {0};
    bool some = false;
    labels_day(&viewing->labels, from, page->zone, &html);
    view_html(item, "day", str_text(&html));
    for (size_t i = 0; i < page->posts.n; i++) {
        const struct public_post *post = &page->posts.v[i];
        if (!public_status_is_over(post->status) || public_post_at(post) < from ||
            public_post_at(post) >= until)
            continue;
        view_post(viewing, item, "posts", post);
        some = true;
    }
    view_flag(item, "quiet", !some);
}

int public_html_now(const struct public_asked *asked, struct str *out, struct error *err)
{
    const struct public_page *page = asked->page;
    CLEANUP_VIEW struct view *view = view_create();
    struct viewing viewing;
    begin(&viewing, asked);
    put_page(&viewing, view);
    view_flag(view, "is_now", true);
    view_components(&viewing, view);
    add_posts(&viewing, view, "open", public_is_unresolved);
    add_posts(&viewing, view, "planned", is_maintenance_ahead);
    for (int i = 0; i < RECENT_DAYS; i++)
        add_day(&viewing, view, stamp_midnight(page->built, -i, page->zone),
                stamp_midnight(page->built, 1 - i, page->zone));
    return end(&viewing, view, out, err);
}

/* ---- the history ---- */

struct month {
    char name[STAMP_BYTES];
    instant at;
};

static int newest_first(const void *a, const void *b)
{
    return strcmp(((const struct month *)b)->name, ((const struct month *)a)->name);
}

void public_months(const struct public_page *page, void (*on)(void *ctx, const char *month, instant at),
                   void *ctx)
{
    ARRAY(struct month) months = {0};
    for (size_t i = 0; i < page->posts.n; i++) {
        struct month month = {.at = public_post_at(&page->posts.v[i])};
        stamp_month(month.at, page->zone, month.name);
        if (*month.name && (!months.n || !text_equal(months.v[months.n - 1].name, month.name)))
            *array_add(&months) = month;
    }
    if (months.n)
        qsort(months.v, months.n, sizeof(*months.v), newest_first);
    for (size_t i = 0; i < months.n; i++) {
        if (!i || !text_equal(months.v[i].name, months.v[i - 1].name))
            on(ctx, months.v[i].name, months.v[i].at);
    }
    array_free(&months);
}

struct listing {
    const struct viewing *viewing;
    struct view *view;
    const char *wanted;      /* a month; NULL: the first one */
    char shown[STAMP_BYTES]; /* "": none yet */
};

static void list_month(void *ctx, const char *month, instant at)
{
    struct listing *listing = ctx;
    struct view *item = view_item(listing->view, "months");
    CLEANUP_STR struct str title = {0};
    bool shown = listing->wanted ? text_equal(listing->wanted, month) : !*listing->shown;
    labels_month(&listing->viewing->labels, at, listing->viewing->asked->page->zone, &title);
    view_html(item, "month", month);
    view_html(item, "month_title", str_text(&title));
    view_flag(item, "is_this", shown);
    if (!shown)
        return;
    memcpy(listing->shown, month, strlen(month) + 1);
    view_html(listing->view, "heading", str_text(&title));
}

static bool is_in_month(const struct public_asked *asked, const struct public_post *post, const char *month)
{
    char name[STAMP_BYTES];
    return text_equal(stamp_month(public_post_at(post), asked->page->zone, name), month);
}

static bool has(const char *text, const char *query)
{
    return text && strcasestr(text, query);
}

static bool is_found(const struct public_asked *asked, const struct public_post *post, const char *query)
{
    bool found = has(post->title, query) || has(public_post_title(asked, post), query);
    for (size_t i = 0; i < post->words.n && !found; i++)
        found = has(post->words.v[i].text, query) || has(public_word_text(asked, &post->words.v[i]), query);
    return found;
}

typedef bool matches(const struct public_asked *asked, const struct public_post *post, const char *what);

static void list_posts(const struct viewing *viewing, struct view *view, matches *is_listed, const char *what)
{
    const struct public_page *page = viewing->asked->page;
    size_t n = 0;
    for (size_t i = 0; i < page->posts.n && n < FOUND_MOST; i++) {
        if (is_listed(viewing->asked, &page->posts.v[i], what) && ++n)
            view_post(viewing, view, "posts", &page->posts.v[i]);
    }
    view_flag(view, "quiet", !n);
}

/* month: NULL, the newest one. */
static int put_history(const struct public_asked *asked, const char *month, struct str *out, struct error *err)
{
    CLEANUP_VIEW struct view *view = view_create();
    struct viewing viewing;
    struct listing listing = {.viewing = &viewing, .view = view, .wanted = month};
    begin(&viewing, asked);
    put_page(&viewing, view);
    view_flag(view, "is_history", true);
    view_text(view, "query", asked->query);
    public_months(asked->page, list_month, &listing);
    if (month && !*listing.shown) {
        labels_finish(&viewing.labels);
        return error_set(err, ERR_NOT_FOUND, "The history has no posts of that month.");
    }
    if (!month && !text_empty(asked->query))
        list_posts(&viewing, view, is_found, asked->query);
    else
        list_posts(&viewing, view, is_in_month, listing.shown);
    return end(&viewing, view, out, err);
}

int public_html_history(const struct public_asked *asked, struct str *out, struct error *err)
{
    return put_history(asked, NULL, out, err);
}

int public_html_month(const struct public_asked *asked, struct str *out, struct error *err)
{
    return put_history(asked, asked->rest, out, err);
}

/* ---- one post ---- */

int public_html_post(const struct public_asked *asked, struct str *out, struct error *err)
{
    const struct public_page *page = asked->page;
    size_t i = 0;
    while (i < page->posts.n && !text_equal(page->posts.v[i].id, asked->rest))
        i++;
    if (i == page->posts.n)
        return error_set(err, ERR_NOT_FOUND, "The status page has no such post.");
    CLEANUP_VIEW struct view *view = view_create();
    struct viewing viewing;
    begin(&viewing, asked);
    put_page(&viewing, view);
    view_flag(view, "is_post", true);
    view_text(view, "heading", public_post_title(asked, &page->posts.v[i]));
    view_post(&viewing, view, "posts", &page->posts.v[i]);
    return end(&viewing, view, out, err);
}

/* It is shown under any address, so its links are whole. */
int public_html_missing(const struct public_asked *asked, struct str *out, struct error *err)
{
    CLEANUP_VIEW struct view *view = view_create();
    CLEANUP_FREE char *root = xasprintf("%s/", asked->page->url);
    struct public_asked anywhere = *asked;
    struct viewing viewing;
    anywhere.root = anywhere.home = root;
    begin(&viewing, &anywhere);
    put_page(&viewing, view);
    view_flag(view, "is_missing", true);
    view_text(view, "heading", labels_get(&viewing.labels, "missing"));
    return end(&viewing, view, out, err);
}

/* A template that knows of no such page has it in the frame that ships. */
int public_html_framed(const struct public_asked *asked, public_fill *fill, void *ctx, struct str *out,
                       struct error *err)
{
    CLEANUP_VIEW struct view *view = view_create();
    const char *own = asked->page->look.template_;
    struct viewing viewing;
    begin(&viewing, asked);
    put_page(&viewing, view);
    fill(ctx, &viewing, view);
    return render(&viewing, view, own && strstr(own, "is_subscribe") ? own : NULL, out, err);
}
