#include "public/embed.h"

#include <string.h>

#include "public/assets.h"
#include "template/literal.h"
#include "public/names.h"
#include "public/rollup.h"

/* How many of the badge's units a text takes, roughly; textLength makes it exact. */
static size_t width_of(const char *text)
{
    size_t characters = 0;
    for (const char *at = text; *at; at++)
        characters += ((unsigned char)*at & 0xc0) != 0x80;
    return characters * 7;
}

static void add_label(struct str *out, size_t x, size_t width, const char *text)
{
    str_addf(out, "<text x=\"%zu\" y=\"14\" textLength=\"%zu\">", x, width);
    literal_add(out, text);
    str_add(out, "</text>");
}

int public_badge(const struct public_asked *asked, struct str *out, struct error *err)
{
    static const char *const colours[PUBLIC_IMPACTS] = {"#1a7f37", "#8a5a00", "#a8430a", "#c5221f", "#1f5fbf"};
    struct public_rollup rollup = public_rollup(asked->page);
    CLEANUP_FREE char *name = utf8_sanitize(asked->page->title, strlen(asked->page->title), 60);
    size_t left = width_of(name) + 12, right = width_of(rollup.description) + 12;
    (void)err;
    str_addf(out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"20\" role=\"img\" aria-label=\"",
             left + right);
    literal_add(out, name);
    str_addf(out,
             ": %s\"><rect width=\"%zu\" height=\"20\" fill=\"#444\"/><rect x=\"%zu\" width=\"%zu\" "
             "height=\"20\" fill=\"%s\"/>",
             rollup.description, left, left, right, colours[rollup.indicator]);
    str_add(out, "<g fill=\"#fff\" font-family=\"Verdana,sans-serif\" font-size=\"11\" "
                 "lengthAdjust=\"spacingAndGlyphs\">");
    add_label(out, 6, left - 12, name);
    add_label(out, left + 6, right - 12, rollup.description);
    str_add(out, "</g></svg>\n");
    return 0;
}

int public_widget_page(const struct public_asked *asked, struct str *out, struct error *err)
{
    struct public_rollup rollup = public_rollup(asked->page);
    (void)err;
    str_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    literal_add(out, asked->page->title);
    str_add(out, " Status</title>\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" "
                 "href=\"./style.css\">\n</head>\n<body>\n");
    str_addf(out, "<main><h1 class=\"banner %s\"><a href=\"./\" target=\"_top\"><bdi>",
             public_impact_name(rollup.indicator));
    literal_add(out, asked->page->title);
    str_addf(out, "</bdi></a> <strong>%s</strong></h1></main>\n</body>\n</html>\n", rollup.description);
    return 0;
}

int public_widget_script(const struct public_asked *asked, struct str *out, struct error *err)
{
    (void)asked;
    (void)err;
    str_add(out, public_asset("widget.js"));
    return 0;
}
