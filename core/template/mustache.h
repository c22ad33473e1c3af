/*
 * mustache - templates in mustache, by the library of Kevin Wojniak. Pure; any thread.
 *
 * A value is HTML before it is put into a view: text is escaped there (literal.h). So a template cannot show anything unescaped,
 * and {{x}} and {{{x}}} are the same.
 */
#ifndef TOCSIN_TEMPLATE_MUSTACHE_H
#define TOCSIN_TEMPLATE_MUSTACHE_H

#include "base/error.h"
#include "base/str.h"

struct view; /* what the tags of a template stand for */

struct view *view_create(void);
void view_destroy(struct view *view); /* with its items; NULL is allowed. Only for one of view_create */
void cleanup_view(struct view **view);
#define CLEANUP_VIEW CLEANUP(cleanup_view)
/* HTML under a name, copied. NULL or "": none, so a section of that name is left out. */
void view_html(struct view *view, const char *name, const char *html);
/* Text under a name, escaped. NULL or "": none. */
void view_text(struct view *view, const char *name, const char *text);
void view_flag(struct view *view, const char *name, bool set);
/* A new last item of the list with that name, owned by the view. */
struct view *view_item(struct view *view, const char *list);

struct view_part { /* what {{> name}} stands for; a name without a part stands for nothing */
    const char *name, *text;
};
/* A template that was read, to be rendered any number of times: by one thread at a time. */
struct view_template;
/* ERR_INVALID: a template is wrong; the text says in which line. */
int view_template_create(const char *text, const struct view_part *parts, size_t n, struct view_template **ret,
                         struct error *err);
void view_template_destroy(struct view_template *template_); /* NULL is allowed */
/* Appends to `out`. The view's items are used up. */
void view_template_render(struct view_template *template_, struct view *view, struct str *out);
/* Reads a template and renders it once. */
int view_render(struct view *view, const char *text, const struct view_part *parts, size_t n, struct str *out,
                struct error *err);
/* Is the template right? Else ERR_INVALID as above. */
int view_check(const char *text, struct error *err);

#endif
