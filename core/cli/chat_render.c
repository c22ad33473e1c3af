#include "cli/chat_render.h"

#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/zone.h"

#define RESET "\033[0m"
#define BOLD  "\033[1m"
#define DIM   "\033[2m"
#define CODE  "\033[36m"

static const struct {
    const char *tone, *colour;
} tones[] = {
    {"alarm", "\033[1;31m"}, {"warn", "\033[1;33m"}, {"ok", "\033[1;32m"}, {"quiet", DIM}, {"info", BOLD}};

static const char *tone_colour(const char *tone)
{
    for (size_t i = 0; i < ARRAY_SIZE(tones); i++) {
        if (text_equal(tones[i].tone, tone))
            return tones[i].colour;
    }
    return BOLD;
}

static void style(struct str *out, bool colour, const char *code)
{
    if (colour)
        str_add(out, code);
}

/* CommonMark for a terminal: emphasis and code in colour, the rest as it is. Control characters do not pass. */
static void render_text(const char *text, bool colour, const char *indent, struct str *out)
{
    bool bold = false, code = false;
    str_add(out, indent);
    for (const char *p = text; *p; p++) {
        if (p[0] == '*' && p[1] == '*' && !code) {
            bold = !bold;
            style(out, colour, bold ? BOLD : RESET);
            p++;
        } else if (*p == '`') {
            code = !code;
            style(out, colour, code ? CODE : RESET);
            if (!colour)
                str_addc(out, '`');
        } else if (*p == '\n') {
            str_addc(out, '\n');
            if (p[1])
                str_add(out, indent);
        } else if ((unsigned char)*p >= 0x20) {
            str_addc(out, *p);
        }
    }
    style(out, colour && (bold || code), RESET);
    str_addc(out, '\n');
}

/* The letter that presses a button: the first of its label that no earlier button has. */
static char letter_of(const cJSON *buttons, int index)
{
    char taken[32] = "", letter = '\0';
    size_t n = 0;
    for (int i = 0; i <= index && n < sizeof(taken) - 1; i++) {
        letter = '\0';
        for (const char *p = json_text_or(cJSON_GetArrayItem(buttons, i), "label", ""); *p && !letter; p++) {
            char c = (char)tolower((unsigned char)*p);
            if (isalpha((unsigned char)c) && !memchr(taken, c, n))
                letter = c;
        }
        taken[n++] = letter;
    }
    return letter;
}

const char *chat_button(const cJSON *message, const char *typed)
{
    const cJSON *buttons = json_member(json_member(message, "card"), "buttons");
    if (!typed[0] || typed[1])
        return NULL;
    for (int i = 0; i < cJSON_GetArraySize(buttons) && i < 9; i++) {
        if (typed[0] == '1' + i || tolower((unsigned char)typed[0]) == letter_of(buttons, i))
            return json_text_or(cJSON_GetArrayItem(buttons, i), "command", NULL);
    }
    return NULL;
}

static void render_buttons(const cJSON *buttons, bool colour, struct str *out)
{
    if (!cJSON_GetArraySize(buttons))
        return;
    str_add(out, "  ");
    for (int i = 0; i < cJSON_GetArraySize(buttons) && i < 9; i++) {
        char letter = letter_of(buttons, i);
        style(out, colour, BOLD);
        str_addf(out, "[%d] %s", i + 1, json_text_or(cJSON_GetArrayItem(buttons, i), "label", "?"));
        style(out, colour, RESET);
        if (letter)
            str_addf(out, " (%c)", letter);
        str_add(out, "   ");
    }
    str_addc(out, '\n');
}

static void render_card(const cJSON *card, bool colour, struct str *out)
{
    const char *text = json_text_or(card, "text", NULL), *footer = json_text_or(card, "footer", NULL);
    style(out, colour, tone_colour(json_text_or(card, "tone", NULL)));
    CLEANUP_STR struct str title = {0};
    render_text(json_text_or(card, "title", ""), false, "", &title);
    str_addn(out, title.p, title.len - 1);
    style(out, colour, RESET);
    str_addc(out, '\n');
    const cJSON *field;
    cJSON_ArrayForEach(field, json_member(card, "fields"))
    {
        CLEANUP_STR struct str value = {0};
        render_text(json_text_or(field, "value", ""), colour, "", &value);
        style(out, colour, DIM);
        str_addf(out, "  %-10s ", json_text_or(field, "name", ""));
        style(out, colour, RESET);
        str_addn(out, value.p, value.len);
    }
    if (text)
        render_text(text, colour, "  ", out);
    render_buttons(json_member(card, "buttons"), colour, out);
    if (footer) {
        style(out, colour, DIM);
        render_text(footer, false, "  ", out);
        style(out, colour, RESET);
    }
}

void chat_render(const cJSON *message, bool colour, const char *zone, struct str *out)
{
    instant at = json_int_or(message, "at", 0);
    const cJSON *card = json_member(message, "card");
    struct wall wall = zone_to_wall(at, zone);
    style(out, colour, DIM);
    if (at)
        str_addf(out, "%02d:%02d ", wall.hour, wall.minute);
    str_addf(out, "#%s ", json_text_or(message, "room", "?"));
    style(out, colour, RESET);
    style(out, colour, BOLD);
    str_addf(out, "%s%s ", json_text_or(message, "from", "?"),
             json_text_or(message, "to", NULL) ? " (to you)" : "");
    style(out, colour, RESET);
    if (text_equal(json_text_or(message, "event", NULL), "edited"))
        str_add(out, "(changed) ");
    if (card)
        render_card(card, colour, out);
    else
        render_text(json_text_or(message, "text", ""), colour, "", out);
}
