/* Every renderer: the output is UTF-8, has no control characters of its author's, and as HTML is exactly what kit/commonmark.h
   promises: no tag, no attribute and no link but ours, all else escaped. The same text escaped as a name is text alone, and as a
   value (base/markup.h) shows as it is. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <tocsin/kit/commonmark.h>

#include "../support/kit_html.h"
#include "../support/literal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What a target's own formatting is made of. */
static bool is_own(unsigned char c, enum kit_target target)
{
    return (c == 0x1b && target == KIT_TERMINAL) ||
           (target == KIT_IRC && (c == 0x02 || c == 0x11 || c == 0x1d || c == 0x1e));
}

static void check_text(const struct kit_text *out, enum kit_target target)
{
    size_t switches = 0;
    if (!kit_utf8_valid(kit_text_get(out), out->n))
        __builtin_trap();
    for (size_t i = 0; i < out->n; i++) {
        unsigned char c = (unsigned char)out->p[i];
        if (c < 0x20 && c != '\n' && c != '\t' && !is_own(c, target))
            __builtin_trap();
        switches += target == KIT_IRC && is_own(c, target);
    }
    if (switches % 2) /* a style was left on */
        __builtin_trap();
    const char *text = kit_text_get(out);
    if (target == KIT_HTML && kit_html_fault(text))
        __builtin_trap();
    if (target == KIT_SLACK && (strstr(text, "<!") || strstr(text, "<@") || strstr(text, "<#")))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    for (int target = 0; target < KIT_TARGETS; target++) {
        struct kit_text out = {.most = 4 << 20};
        if (kit_commonmark((const char *)data, n, (enum kit_target)target, &out))
            check_text(&out, (enum kit_target)target);
        kit_text_finish(&out);
    }
    struct kit_text name = {.most = 4 << 20};
    if (kit_escape((const char *)data, n, KIT_HTML, &name)) {
        check_text(&name, KIT_HTML);
        if (strpbrk(kit_text_get(&name), "<>\"'"))
            __builtin_trap();
    }
    kit_text_finish(&name);
    if (literal_fault((const char *)data, n))
        __builtin_trap();
    return 0;
}
