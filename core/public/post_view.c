#include "public/post_view.h"

#include "template/literal.h"
#include "public/names.h"
#include "public/rollup.h"
#include "public/uptime.h"
#include "template/words.h"

static void view_time(const struct viewing *viewing, struct view *view, const char *name, instant t)
{
    CLEANUP_STR struct str html = {0};
    labels_time(&viewing->labels, t, &html);
    view_html(view, name, str_text(&html));
}

/* ---- posts ---- */

/* The words in the language that is asked for; NULL: in the page's own alone. */
static const struct public_translation *translation_of(const struct public_asked *asked,
                                                       const struct public_word *word)
{
    for (size_t i = 0; i < word->translations.n; i++) {
        if (text_equal(word->translations.v[i].language, asked->language))
            return &word->translations.v[i];
    }
    return NULL;
}

const char *public_word_text(const struct public_asked *asked, const struct public_word *word)
{
    const struct public_translation *translated = translation_of(asked, word);
    return translated && translated->text ? translated->text : word->text;
}

const char *public_post_title(const struct public_asked *asked, const struct public_post *post)
{
    for (size_t i = 0; i < post->words.n; i++) {
        const struct public_translation *translated = translation_of(asked, &post->words.v[i]);
        if (translated && translated->title)
            return translated->title;
    }
    return post->title;
}

static void add_word(const struct viewing *viewing, struct view *post, const struct public_word *word)
{
    struct view *item = view_item(post, "words");
    const char *text = public_word_text(viewing->asked, word);
    bool own = text != word->text;
    CLEANUP_STR struct str html = {0};
    words_html(text, &html);
    view_html(item, "html", str_text(&html));
    view_text(item, "word_language", own ? viewing->asked->language : viewing->asked->page->language);
    view_text(item, "word_status", labels_get(&viewing->labels, public_status_name(word->status)));
    view_time(viewing, item, "at", word->shown);
}

static void add_affected(const struct viewing *viewing, struct view *item, const struct public_post *post)
{
    CLEANUP_STR struct str names = {0};
    for (size_t i = 0; i < post->components.n; i++)
        str_addf(&names, "%s%s", i ? ", " : "", viewing->asked->page->components.v[post->components.v[i]].name);
    view_text(item, "affects", str_text(&names));
}

void view_post(const struct viewing *viewing, struct view *view, const char *list,
               const struct public_post *post)
{
    struct view *item = view_item(view, list);
    view_text(item, "id", post->id);
    view_text(item, "post_title", public_post_title(viewing->asked, post));
    view_text(item, "impact", public_impact_name(post->impact));
    view_text(item, "post_status", labels_get(&viewing->labels, public_status_name(post->status)));
    view_time(viewing, item, "from", post->from);
    view_time(viewing, item, "until", post->until);
    view_time(viewing, item, "next", public_status_is_over(post->status) ? 0 : post->next);
    add_affected(viewing, item, post);
    for (size_t i = 0; i < post->words.n; i++)
        add_word(viewing, item, &post->words.v[i]);
}

/* ---- components ---- */

/* A path over the days that were so: four units for each. */
static void add_bars(struct str *svg, const struct uptime *uptime, bool known, enum public_state state)
{
    size_t begin = svg->len;
    for (size_t i = 0; i < UPTIME_DAYS; i++) {
        if (uptime->day[i].known != known || (known && uptime->day[i].worst != state))
            continue;
        if (svg->len == begin)
            str_addf(svg, "<path class=\"%s\" d=\"", known ? public_state_name(state) : "unknown");
        str_addf(svg, "M%zu 0v30", 4 * i + 2);
    }
    str_add(svg, svg->len > begin ? "\"/>" : "");
}

/* All days as operational ones, and the others over them. */
static void add_picture(struct view *item, const char *name, const struct uptime *uptime)
{
    CLEANUP_STR struct str svg = {0};
    str_add(
        &svg,
        "<svg class=\"days\" viewBox=\"0 0 360 30\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"");
    literal_add(&svg, name);
    str_add(&svg, "\"><path class=\"operational all\" d=\"M.5 15h360\"/>");
    add_bars(&svg, uptime, false, STATE_OPERATIONAL);
    for (int state = STATE_DEGRADED; state < PUBLIC_STATES; state++)
        add_bars(&svg, uptime, true, (enum public_state)state);
    str_add(&svg, "</svg>");
    view_html(item, "picture", str_text(&svg));
}

static void add_trouble(const struct viewing *viewing, struct view *item, const struct uptime_day *day,
                        instant at)
{
    struct view *trouble = view_item(item, "troubles");
    CLEANUP_STR struct str html = {0}, lasted = {0};
    labels_day(&viewing->labels, at, viewing->asked->page->zone, &html);
    duration_format(day->in[day->worst], &lasted);
    view_html(trouble, "day", str_text(&html));
    view_text(trouble, "trouble", labels_get(&viewing->labels, public_state_name(day->worst)));
    view_text(trouble, "lasted", str_text(&lasted));
}

static void add_uptime(const struct viewing *viewing, const struct uptime_days *days, struct view *item,
                       const struct public_component *component)
{
    struct uptime uptime;
    CLEANUP_STR struct str label = {0};
    uptime_of(component, days, &uptime);
    str_addf(&label, "%s: ", component->name);
    view_html(item, "percent", NULL);
    if (uptime.hundredths >= 0) {
        CLEANUP_FREE char *percent = xasprintf("%d.%02d", uptime.hundredths / 100, uptime.hundredths % 100);
        view_html(item, "percent", percent);
        str_addf(&label, "%s %% ", percent);
    }
    str_add(&label, labels_get(&viewing->labels, "uptime"));
    add_picture(item, str_text(&label), &uptime);
    bool any = false;
    for (size_t i = UPTIME_DAYS; i-- > 0;) {
        if (!uptime.day[i].known || uptime.day[i].worst == STATE_OPERATIONAL)
            continue;
        add_trouble(viewing, item, &uptime.day[i], days->edges[i]);
        any = true;
    }
    view_flag(item, "any_trouble", any);
}

/* Is it shown? */
static bool add_component(const struct viewing *viewing, const struct uptime_days *days, struct view *view,
                          const struct public_component *component)
{
    if (component->only_if_degraded && component->state == STATE_OPERATIONAL)
        return false;
    struct view *item = view_item(view, "components");
    view_text(item, "name", component->name);
    view_text(item, "description", component->description);
    view_text(item, "state", public_state_name(component->state));
    view_text(item, "state_title", labels_get(&viewing->labels, public_state_name(component->state)));
    add_uptime(viewing, days, item, component);
    return true;
}

void view_components(const struct viewing *viewing, struct view *view)
{
    const struct public_page *page = viewing->asked->page;
    struct uptime_days days;
    uptime_days(page->built, page->zone, &days);
    for (size_t group = 0; group <= page->groups.n; group++) { /* the last one: of those that stand alone */
        struct view *item = view_item(view, "groups");
        bool alone = group == page->groups.n;
        enum public_state state = alone ? STATE_OPERATIONAL : public_group_state(page, group);
        view_text(item, "group", alone ? NULL : page->groups.v[group].name);
        view_text(item, "group_state", public_state_name(state));
        view_text(item, "group_state_title", labels_get(&viewing->labels, public_state_name(state)));
        bool some = false;
        for (size_t i = 0; i < page->components.n; i++) {
            if (MIN(page->components.v[i].group, page->groups.n) == group)
                some = add_component(viewing, &days, item, &page->components.v[i]) || some;
        }
        view_flag(item, "some", some);
    }
}
