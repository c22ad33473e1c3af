#include "base/mem.h"
#include "template/literal.h"
#include "template/mustache.h"

void view_text(struct view *view, const char *name, const char *text)
{
    CLEANUP_STR struct str html = {0};
    literal_add(&html, text);
    view_html(view, name, str_text(&html));
}
