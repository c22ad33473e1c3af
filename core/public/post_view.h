/*
 * post_view - components and posts as values of a template. Pure.
 */
#ifndef TOCSIN_PUBLIC_POST_VIEW_H
#define TOCSIN_PUBLIC_POST_VIEW_H

#include "public/labels.h"

struct viewing {
    const struct public_asked *asked;
    struct labels labels;
};

/* A post as the next item of the list. */
void view_post(const struct viewing *viewing, struct view *view, const char *list,
               const struct public_post *post);
/* Groups with their components as "groups"; the last one has no name, and those that stand alone. Those that are only shown in trouble are
   left out. */
void view_components(const struct viewing *viewing, struct view *view);
/* The text of a word, and the title of a post, in the language that is asked for, or else in the page's own. */
const char *public_word_text(const struct public_asked *asked, const struct public_word *word);
const char *public_post_title(const struct public_asked *asked, const struct public_post *post);

#endif
