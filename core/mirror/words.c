/* How copied words look in another room. */
#include <string.h>

#include "base/markup.h"
#include "base/zone.h"
#include "delivery/words.h"
#include "mirror/inside.h"
#include "people/people.h"

#define LINE_BYTES 300 /* of a message in a digest */

/* Would it not be read as it was written behind other words: a list, a quote, code? */
static bool is_block(const char *text)
{
    return strchr(text, '\n') || strchr(">-*+#`~|= \t", *text) || (*text >= '0' && *text <= '9');
}

static void add_writer(const struct core *core, const struct event *event, bool in_thread, struct str *out)
{
    CLEANUP_STR struct str platform = {0};
    const char *name = people_name((void *)(uintptr_t)core, event->by);
    words_begin_with(event->name, &platform);
    str_add(out, "**");
    text_literal(name ? name : event->by, out);
    str_add(out, "** (");
    text_literal(platform.p, out);
    str_add(out, in_thread ? ", in a thread)" : ")");
}

void words_copied(const struct core *core, const struct event *event, bool in_thread, struct str *out)
{
    add_writer(core, event, in_thread, out);
    if (event->type == EVENT_SAID_DELETED) {
        str_add(out, " deleted a message.");
        return;
    }
    str_add(out, event->type == EVENT_SAID_EDITED ? " corrected:" : ":");
    str_addc(out, is_block(event->text) ? '\n' : ' ');
    str_add(out, event->text);
}

void words_line(const struct core *core, const struct event *event, struct str *out)
{
    struct wall at = zone_to_wall(event->at, core_settings(core)->zone);
    size_t n = strlen(event->text), cut = utf8_cut(event->text, n, LINE_BYTES);
    str_addf(out, "\n- %02d:%02d ", at.hour, at.minute);
    add_writer(core, event, false, out);
    str_add(out, ": ");
    for (size_t i = 0; i < cut; i++)
        str_addc(out, strchr("\r\n", event->text[i]) ? ' ' : event->text[i]);
    str_add(out, cut < n ? "…" : "");
}
