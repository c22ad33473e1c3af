#include <tocsin/kit/lines.h>

#include <stdbool.h>
#include <string.h>

#include <tocsin/kit/text.h>

#define STYLES "\x02\x11\x1d\x1e" /* of KIT_IRC: on from one to the next of its kind */

static void follow_styles(char on[8], const char *text, size_t n)
{
    for (char *at; n--; text++) {
        if ((at = strchr(on, *text)))
            memmove(at, at + 1, strlen(at));
        else if (strchr(STYLES, *text))
            strncat(on, text, 1);
    }
}

/* How much of n bytes goes on a line: all, or up to the last space of the second half, or what fits. */
static size_t line_length(const char *text, size_t n, size_t most)
{
    size_t fits = kit_utf8_cut(text, n, most), space = fits;
    while (fits < n && space > fits / 2 && text[space] != ' ')
        space--;
    return fits < n && text[space] == ' ' && space ? space : fits ? fits : most;
}

cJSON *kit_lines(const char *text, size_t most, int lines)
{
    cJSON *all = cJSON_CreateArray();
    char on[8] = "";
    bool more = false;
    while (text += strspn(text, "\n"), *text) {
        struct kit_text line = {0};
        size_t n = line_length(text, strcspn(text, "\n"), most - strlen(on));
        kit_text_add(&line, on);
        kit_text_addn(&line, text, n);
        follow_styles(on, text, n);
        bool empty = line.n == strspn(kit_text_get(&line), " \t" STYLES);
        more = more || (!empty && cJSON_GetArraySize(all) == lines);
        if (!empty && !more)
            cJSON_AddItemToArray(all, cJSON_CreateString(kit_text_get(&line)));
        kit_text_finish(&line);
        text += n + (text[n] == ' ');
    }
    if (more)
        cJSON_ReplaceItemInArray(all, lines - 1, cJSON_CreateString("… (the rest is too long for here)"));
    return all;
}
