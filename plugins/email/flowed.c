#include "flowed.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/text.h>

struct line {
    const char *text; /* without the quote marks and the stuffed space */
    size_t n, depth;  /* depth: of quoting */
};

static struct line read_line(const char *p)
{
    struct line line = {.depth = strspn(p, ">")};
    line.text = p + line.depth;
    if (*line.text == ' ' && line.text[1] != '>') /* " >" would become a quote that it is not */
        line.text++;
    line.n = strcspn(line.text, "\n");
    return line;
}

/* Does the next line belong to this one? The separator of a signature ends in a space, but stands alone. */
static bool flows(const struct line *line)
{
    bool signature = line->n == 3 && strncmp(line->text, "-- ", 3) == 0;
    return line->n && line->text[line->n - 1] == ' ' && !signature;
}

static void begin(struct kit_text *out, size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        kit_text_addc(out, '>');
    if (depth)
        kit_text_addc(out, ' ');
}

char *flowed_undo(const char *text, bool joined)
{
    struct kit_text out = {0};
    bool open = false;
    size_t depth = 0;
    for (const char *p = text; *p;) {
        struct line line = read_line(p);
        p = line.text + line.n + (line.text[line.n] == '\n');
        if (open && line.depth != depth)
            kit_text_addc(&out, '\n');
        if (!open || line.depth != depth)
            begin(&out, line.depth);
        depth = line.depth;
        open = flows(&line);
        kit_text_addn(&out, line.text, line.n - (open && joined));
        if (!open)
            kit_text_addc(&out, '\n');
    }
    char *done = strdup(kit_text_get(&out));
    kit_text_finish(&out);
    return done;
}
