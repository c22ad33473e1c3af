/*
 * spark - a sparkline: how often something happened in each of the last minutes, as a small SVG that needs no script and says the same in
 * words. Pure.
 *
 * Of an alert group it shows its alerts in the last hour, a bar for each minute, the current one last. A group keeps just that, in memory
 * and in its document (intake/group.h), so nothing else is read for it. The bars are as high as the busiest minute is.
 */
#ifndef TOCSIN_APP_SPARK_H
#define TOCSIN_APP_SPARK_H

#include "app/page.h"
#include "intake/group.h"

/* Adds the SVG, as HTML. `words` (plain text) says what it shows. */
void spark_add(struct str *html, const uint32_t *counts, size_t n, const char *words);
/* That of a group, with words such as "34 alerts in the last hour, at most 12 in a minute"; words alone where there was none. group NULL: nothing. */
void view_spark(struct view *view, const char *name, const struct group *group, instant now);

#endif
