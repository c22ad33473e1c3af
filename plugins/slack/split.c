/* Long mrkdwn -> parts within Slack's limits. Pure. */
#include <string.h>

#include "cards.h"
#include "slack.h"

#define FENCE "```"

/* The latest place where a text may be cut, of each kind; paragraphs are preferred to lines, and lines to words. */
struct cuts {
    size_t paragraph, line, word;
};

/* The scanner's position, and what it is inside of. */
struct scan {
    bool fence, code, angle;
    size_t i;
};

static bool at(const char *text, size_t i, const char *mark)
{
    return strncmp(text + i, mark, strlen(mark)) == 0;
}

/* The end of the character, entity or fence that begins at i; nothing is cut inside it. */
static size_t unit(const char *text, size_t i)
{
    if (at(text, i, FENCE))
        return i + 3;
    if (text[i] == '&') {
        size_t n = strspn(text + i + 1, "abcdefghijklmnopqrstuvwxyz");
        if (n && n < 5 && text[i + 1 + n] == ';')
            return i + n + 2;
    }
    size_t end = i + 4; /* bad UTF-8 may go on for any length */
    for (i++; i < end && ((unsigned char)text[i] & 0xC0) == 0x80;)
        i++;
    return i;
}

/* A link or mention that begins at i ends at its '>', on the same line. */
static bool opens_angle(const char *text, size_t i)
{
    size_t n = text[i] == '<' ? 1 + strcspn(text + i + 1, "<>\n") : 0;
    return n && text[i + n] == '>';
}

static bool opens_code(const char *text, size_t i)
{
    size_t n = text[i] == '`' ? 1 + strcspn(text + i + 1, "`\n") : 0;
    return n && text[i + n] == '`';
}

static void step(struct scan *s, const char *text)
{
    if (!s->code && !s->angle && at(text, s->i, FENCE))
        s->fence = !s->fence;
    else if (!s->fence && s->code && text[s->i] == '`')
        s->code = false;
    else if (!s->fence && !s->code && !s->angle && opens_code(text, s->i))
        s->code = true;
    else if (!s->fence && !s->code && !s->angle && opens_angle(text, s->i))
        s->angle = true;
    else if (s->angle && text[s->i] == '>')
        s->angle = false;
    s->i = unit(text, s->i);
}

static void note(struct cuts *cuts, const struct scan *s, const char *text, size_t from)
{
    char c = text[from];
    if (c == '\n' && text[from + 1] == '\n' && !s->fence)
        cuts->paragraph = from;
    if (c == '\n')
        cuts->line = from;
    if (c == ' ' && !s->code && !s->angle)
        cuts->word = from;
}

/* The length of the first part. `fence`: the text begins inside a code block; *ret_fence: so does the rest after the part. */
static size_t part_of(const char *text, size_t most, bool fence, bool *ret_fence)
{
    struct scan s = {.fence = fence};
    struct cuts cuts = {0};
    size_t whole = 0; /* the last place outside links and code */
    while (text[s.i]) {
        size_t from = s.i;
        struct scan before = s;
        note(&cuts, &s, text, from);
        step(&s, text);
        if (s.i > most) {
            s = before;
            break;
        }
        if (!s.code && !s.angle)
            whole = s.i;
    }
    if (!text[s.i]) {
        *ret_fence = s.fence;
        return s.i;
    }
    size_t cut = cuts.paragraph > most / 2 ? cuts.paragraph
                 : cuts.line > most / 4    ? cuts.line
                 : cuts.word > 0           ? cuts.word
                 : whole > 0               ? whole
                                           : s.i;
    struct scan again = {.fence = fence};
    while (again.i < cut)
        step(&again, text);
    *ret_fence = again.fence;
    return again.i;
}

/* Replaces a link that fits into no part by its label. */
static void put_short_links(const char *text, size_t most, struct kit_text *out)
{
    while (*text) {
        size_t n = strcspn(text, "<");
        kit_text_addn(out, text, n);
        text += n;
        n = opens_angle(text, 0) ? strcspn(text, ">") : 0;
        const char *bar = memchr(text, '|', n), *label = bar ? bar + 1 : text + 1;
        if (n > most)
            kit_text_addn(out, label, (size_t)(text + n - label));
        else if (n || *text)
            kit_text_addn(out, text, n + 1);
        text += n || *text ? n + 1 : 0;
    }
}

cJSON *slack_split(const char *whole, size_t most)
{
    cJSON *parts = cJSON_CreateArray();
    size_t room = most - 2 * sizeof(FENCE "\n"); /* leaves space to close and reopen a code block */
    bool fence = false;
    struct kit_text shorter = {0};
    put_short_links(whole, room, &shorter);
    const char *text = kit_text_get(&shorter);
    while (*text) {
        struct kit_text part = {0};
        bool opened = fence;
        size_t n = part_of(text, room, opened, &fence);
        kit_text_add(&part, opened ? FENCE "\n" : "");
        size_t shown = n;
        while (!fence && shown && strchr(" \n", text[shown - 1]))
            shown--;
        kit_text_addn(&part, text, shown);
        text += n;
        if (fence && *text)
            kit_text_add(&part, "\n" FENCE);
        fence = fence && *text;
        text += fence ? *text == '\n' : strspn(text, "\n ");
        if (part.n)
            cJSON_AddItemToArray(parts, cJSON_CreateString(kit_text_get(&part)));
        kit_text_finish(&part);
    }
    kit_text_finish(&shorter);
    return parts;
}
