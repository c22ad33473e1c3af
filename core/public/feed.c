#include "public/feed.h"

#include <string.h>

#include "base/json.h"
#include "template/literal.h"
#include "public/names.h"
#include "public/post_view.h"
#include "public/stamp.h"
#include "template/words.h"

/* The address of the page in the language that is asked for, and below it. */
static char *address(const struct public_asked *asked, const char *path)
{
    bool own = text_equal(asked->language, asked->page->language);
    return xasprintf("%s/%s%s%s", asked->page->url, own ? "" : asked->language, own ? "" : "/", path);
}

static char *post_address(const struct public_asked *asked, const struct public_post *post)
{
    CLEANUP_FREE char *path = xasprintf("incidents/%s", post->id);
    return address(asked, path);
}

/* "status.acme.example" */
static char *host_of(const struct public_page *page)
{
    const char *host = strstr(page->url, "://");
    host = host ? host + 3 : page->url;
    return xstrndup(host, strcspn(host, "/:"));
}

static void add_tag(const struct public_asked *asked, const char *what, const char *id, struct str *out)
{
    CLEANUP_FREE char *host = host_of(asked->page);
    str_add(out, "tag:");
    literal_add(out, host);
    str_addf(out, ",2005:%s%s", what, id);
}

static void add_maintenance(const struct viewing *viewing, const struct public_post *post, struct str *html)
{
    if (!post->from)
        return;
    str_add(html, "<p><strong>");
    literal_add(html, labels_get(&viewing->labels, "planned"));
    str_add(html, ":</strong> ");
    labels_time(&viewing->labels, post->from, html);
    str_add(html, " – ");
    labels_time(&viewing->labels, post->until, html);
    str_add(html, "</p>\n");
}

/* The words of a post as HTML, newest first. */
static void add_words(const struct viewing *viewing, const struct public_post *post, struct str *html)
{
    add_maintenance(viewing, post, html);
    for (size_t i = 0; i < post->words.n; i++) {
        const struct public_word *word = &post->words.v[i];
        str_add(html, "<p><small>");
        labels_time(&viewing->labels, word->shown, html);
        str_add(html, "</small><br><strong>");
        literal_add(html, labels_get(&viewing->labels, public_status_name(word->status)));
        str_add(html, "</strong></p>\n");
        words_html(public_word_text(viewing->asked, word), html);
    }
}

static void add_element(struct str *out, const char *name, const char *text)
{
    str_addf(out, "<%s>", name);
    literal_add(out, text);
    str_addf(out, "</%s>\n", name);
}

static void add_link(struct str *out, const char *relation, const char *type, const char *url)
{
    str_addf(out, "<link rel=\"%s\" type=\"%s\" href=\"", relation, type);
    literal_add(out, url);
    str_add(out, "\"/>\n");
}

/* ---- Atom ---- */

static void add_entry(const struct viewing *viewing, const struct public_post *post, struct str *out)
{
    char stamp[STAMP_BYTES];
    const char *zone = viewing->asked->page->zone;
    CLEANUP_FREE char *link = post_address(viewing->asked, post);
    CLEANUP_STR struct str html = {0};
    add_words(viewing, post, &html);
    str_add(out, "<entry>\n<id>");
    add_tag(viewing->asked, "Incident/", post->id, out);
    str_addf(out, "</id>\n<published>%s</published>\n", stamp_iso(post->created, zone, stamp));
    str_addf(out, "<updated>%s</updated>\n", stamp_iso(post->updated, zone, stamp));
    add_link(out, "alternate", "text/html", link);
    add_element(out, "title", public_post_title(viewing->asked, post));
    str_add(out, "<content type=\"html\">");
    literal_add(out, str_text(&html));
    str_add(out, "</content>\n</entry>\n");
}

int public_atom(const struct public_asked *asked, struct str *out, struct error *err)
{
    const struct public_page *page = asked->page;
    char stamp[STAMP_BYTES];
    struct viewing viewing = {.asked = asked};
    CLEANUP_FREE char *home = address(asked, ""), *self = address(asked, "history.atom"),
                      *title = xasprintf("%s Status - Incident History", page->title);
    (void)err;
    labels_init(&viewing.labels, asked);
    str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xml:lang=\"");
    literal_add(out, asked->language);
    str_add(out, "\" xmlns=\"http://www.w3.org/2005/Atom\">\n<id>");
    add_tag(asked, "/history", "", out);
    str_add(out, "</id>\n");
    add_link(out, "alternate", "text/html", home);
    add_link(out, "self", "application/atom+xml", self);
    add_element(out, "title", title);
    str_addf(out, "<updated>%s</updated>\n<author>", stamp_iso(page->updated, page->zone, stamp));
    add_element(out, "name", page->title);
    str_add(out, "</author>\n");
    for (size_t i = 0; i < page->posts.n && i < FEED_MOST; i++)
        add_entry(&viewing, &page->posts.v[i], out);
    str_add(out, "</feed>\n");
    labels_finish(&viewing.labels);
    return 0;
}

/* ---- RSS ---- */

static void add_item(const struct viewing *viewing, const struct public_post *post, struct str *out)
{
    char stamp[STAMP_BYTES];
    CLEANUP_FREE char *link = post_address(viewing->asked, post);
    CLEANUP_STR struct str html = {0};
    add_words(viewing, post, &html);
    str_add(out, "<item>\n");
    add_element(out, "title", public_post_title(viewing->asked, post));
    add_element(out, "description", str_text(&html));
    add_element(out, "pubDate", stamp_rfc822(post->created, viewing->asked->page->zone, stamp));
    add_element(out, "link", link);
    add_element(out, "guid", link);
    str_add(out, "</item>\n");
}

int public_rss(const struct public_asked *asked, struct str *out, struct error *err)
{
    const struct public_page *page = asked->page;
    char stamp[STAMP_BYTES];
    struct viewing viewing = {.asked = asked};
    CLEANUP_FREE char *home = address(asked, ""),
                      *title = xasprintf("%s Status - Incident History", page->title);
    (void)err;
    labels_init(&viewing.labels, asked);
    str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" "
                 "xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n");
    add_element(out, "title", title);
    add_element(out, "link", home);
    add_element(out, "description", "Statuspage");
    add_element(out, "pubDate", stamp_rfc822(page->updated, page->zone, stamp));
    for (size_t i = 0; i < page->posts.n && i < FEED_MOST; i++)
        add_item(&viewing, &page->posts.v[i], out);
    str_add(out, "</channel>\n</rss>\n");
    labels_finish(&viewing.labels);
    return 0;
}

/* ---- JSON Feed ---- */

static void put_item(const struct viewing *viewing, const struct public_post *post, struct json_out *j)
{
    char stamp[STAMP_BYTES];
    const char *zone = viewing->asked->page->zone;
    CLEANUP_FREE char *link = post_address(viewing->asked, post),
                      *title = literal_tame(public_post_title(viewing->asked, post));
    CLEANUP_STR struct str html = {0};
    add_words(viewing, post, &html);
    json_begin_object(j);
    json_put_text(j, "id", link);
    json_put_text(j, "url", link);
    json_put_text(j, "title", title);
    json_put_text(j, "content_html", str_text(&html));
    json_put_text(j, "date_published", stamp_iso(post->created, zone, stamp));
    json_put_text(j, "date_modified", stamp_iso(post->updated, zone, stamp));
    json_end_object(j);
}

int public_json_feed(const struct public_asked *asked, struct str *out, struct error *err)
{
    const struct public_page *page = asked->page;
    struct viewing viewing = {.asked = asked};
    struct json_out j = {.out = out};
    CLEANUP_FREE char *home = address(asked, ""), *self = address(asked, "feed.json"),
                      *title = literal_tame(page->title);
    (void)err;
    labels_init(&viewing.labels, asked);
    json_begin_object(&j);
    json_put_text(&j, "version", "https://jsonfeed.org/version/1.1");
    json_put_text(&j, "title", title);
    json_put_text(&j, "home_page_url", home);
    json_put_text(&j, "feed_url", self);
    json_put_text(&j, "language", asked->language);
    json_key(&j, "items");
    json_begin_array(&j);
    for (size_t i = 0; i < page->posts.n && i < FEED_MOST; i++)
        put_item(&viewing, &page->posts.v[i], &j);
    json_end_array(&j);
    json_end_object(&j);
    labels_finish(&viewing.labels);
    return 0;
}
