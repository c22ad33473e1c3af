/* What was posted before about the like, above the fields of a form for a post. */
#include <string.h>

#include "command/posting.h"

static void add_for_line(const struct request *request, const char *line, const struct typed_post *given,
                         struct str *out)
{
    const char *rest;
    struct post post = {.number = post_number(line, &rest), .title = xstrdup(given->title)};
    post_components(request, given, STATE_OPERATIONAL, &post, NULL); /* as far as they can be read */
    add_past_posts(request, 0, &post, out);
    post_finish(&post);
}

void past_posts_given(const struct request *request, const struct parsed *parsed,
                      const struct typed_post *given, struct str *out)
{
    const char *command = parsed->row ? parsed->row->name : "";
    if (strcmp(command, "post") == 0 && parsed->incident)
        add_past_posts(request, parsed->incident, NULL, out);
    else if (strcmp(command, "posts") == 0)
        add_for_line(request, parsed->arguments[0] ? parsed->arguments[0] : "", given, out);
}
