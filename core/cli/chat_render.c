#include "cli/chat_render.h"

#include <string.h>

#include <tocsin/kit/commonmark.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/zone.h"

#define ROOM_MOST 20 /* bytes of a room's name in front of each message */
#define RESET     "\033[0m"
#define BOLD      "\033[1m"
#define DIM       "\033[2m"

#define TEXT_MOST ((size_t)256 << 10)

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

/* Names come from other people: their control characters must not reach the terminal. */
static void add_name(struct str *out, const char *name)
{
    char clean[256];
    kit_clean_name(name, clean, sizeof(clean));
    str_add(out, clean);
}

/* A room's name in front of a message is cut: "inc-1-checkout-is…". /join accepts this beginning. */
static void add_room(struct str *out, const char *name)
{
    CLEANUP_STR struct str clean = {0};
    add_name(&clean, name);
    size_t n = utf8_cut(str_text(&clean), clean.len, ROOM_MOST);
    str_addn(out, str_text(&clean), n);
    str_add(out, n < clean.len ? "…" : "");
}

static void add_lines(struct str *out, const char *text, const char *indent)
{
    for (const char *p = text; *p; p++) {
        str_addc(out, *p);
        if (*p == '\n')
            str_add(out, indent);
    }
    str_addc(out, '\n');
}

/* CommonMark as lines; all but the first begin with `indent`. */
static void add_text(struct str *out, const char *text, bool colour, const char *indent)
{
    struct kit_text rendered = {.most = TEXT_MOST};
    kit_commonmark(text, strlen(text), colour ? KIT_TERMINAL : KIT_PLAIN, &rendered);
    add_lines(out, kit_text_get(&rendered), indent);
    kit_text_finish(&rendered);
}

/* Plain text, as lines like those. */
static void add_literal(struct str *out, const char *text, const char *indent)
{
    struct kit_text shown = {.most = TEXT_MOST};
    kit_escape(text, strlen(text), KIT_PLAIN, &shown);
    add_lines(out, kit_text_get(&shown), indent);
    kit_text_finish(&shown);
}

static void render_buttons(const cJSON *message, const cJSON *card, bool colour, struct chat_keys *keys,
                           struct str *out)
{
    const cJSON *buttons = json_member(card, "buttons");
    if (!keys || !cJSON_GetArraySize(buttons))
        return;
    str_add(out, "  ");
    for (int i = 0; i < cJSON_GetArraySize(buttons); i++) {
        char letter = chat_keys_letter(card, i);
        style(out, colour, BOLD);
        str_addf(out, "[%d] ", chat_keys_number(keys, message, i));
        add_name(out, json_text_or(cJSON_GetArrayItem(buttons, i), "label", "?"));
        style(out, colour, RESET);
        if (letter)
            str_addf(out, " (%c)", letter);
        str_add(out, "   ");
    }
    str_addc(out, '\n');
}

static void render_fields(const cJSON *fields, bool colour, struct str *out)
{
    const cJSON *field;
    cJSON_ArrayForEach(field, fields)
    {
        CLEANUP_STR struct str name = {0};
        add_name(&name, json_text_or(field, "name", ""));
        style(out, colour, DIM);
        str_addf(out, "  %-10s ", str_text(&name));
        style(out, colour, RESET);
        add_literal(out, json_text_or(field, "value", ""), "             ");
    }
}

static void render_card(const cJSON *message, const cJSON *card, bool colour, struct chat_keys *keys,
                        struct str *out)
{
    const char *text = json_text_or(card, "text", NULL), *footer = json_text_or(card, "footer", NULL);
    style(out, colour, tone_colour(json_text_or(card, "tone", NULL)));
    add_name(out, json_text_or(card, "title", ""));
    style(out, colour, RESET);
    str_addc(out, '\n');
    render_fields(json_member(card, "fields"), colour, out);
    if (text) {
        str_add(out, "  ");
        add_text(out, text, colour, "  ");
    }
    render_buttons(message, card, colour, keys, out);
    if (json_member(card, "room")) {
        str_add(out, "  room: #");
        add_name(out, json_text_or(card, "room", ""));
        str_addc(out, '\n');
    }
    if (footer) {
        style(out, colour, DIM);
        str_add(out, "  ");
        add_literal(out, footer, "  ");
        style(out, colour, RESET);
    }
}

void chat_render(const cJSON *message, bool colour, const char *zone, struct chat_keys *keys, struct str *out)
{
    instant at = json_int_or(message, "at", 0);
    const cJSON *card = json_member(message, "card");
    struct wall wall = zone_to_wall(at, zone);
    style(out, colour, DIM);
    if (at)
        str_addf(out, "%02d:%02d ", wall.hour, wall.minute);
    str_addc(out, '#');
    add_room(out, json_text_or(message, "room", "?"));
    style(out, colour, RESET);
    style(out, colour, BOLD);
    str_addc(out, ' ');
    add_name(out, json_text_or(message, "from", "?"));
    str_add(out, json_text_or(message, "to", NULL) ? " (to you) " : " ");
    style(out, colour, RESET);
    if (text_equal(json_text_or(message, "event", NULL), "edited"))
        str_add(out, "(changed) ");
    if (card)
        render_card(message, card, colour, keys, out);
    else
        add_text(out, json_text_or(message, "text", ""), colour, "  ");
}

void chat_render_line(const cJSON *line, struct str *out)
{
    static const struct {
        const char *event, *before, *after;
    } lines[] = {{"error", "! ", ""},
                 {"joined", "-- #", ": "},
                 {"topic", "-- the topic of #", " is now: "},
                 {"removed", "-- you were removed from #", ": "},
                 {"invited", "-- you are invited to #", " (/join opens it): "}};
    const char *event = json_text_or(line, "event", "");
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        if (!text_equal(lines[i].event, event))
            continue;
        str_add(out, lines[i].before);
        add_name(out, json_text_or(line, i ? "room" : "text", ""));
        str_add(out, lines[i].after);
        add_name(out, i ? json_text_or(line, "topic", "") : "");
        str_addc(out, '\n');
    }
}

void chat_render_room(const cJSON *room, struct str *out)
{
    str_addc(out, '#');
    add_name(out, json_text_or(room, "name", ""));
    str_add(out, "  ");
    add_name(out, json_text_or(room, "topic", ""));
    str_addc(out, '\n');
}

void chat_render_text(const char *text, bool colour, struct str *out)
{
    add_text(out, text, colour, "");
}

void chat_render_card(const cJSON *card, bool colour, struct str *out)
{
    render_card(NULL, card, colour, NULL, out);
}

const char *chat_find_room(char *const *rooms, size_t n, const char *typed)
{
    typed += *typed == '#';
    size_t length = strlen(typed), words = 0, begun = 0;
    const char *word = typed, *begin = typed;
    for (size_t i = 0; i < n; i++) {
        if (text_equal(rooms[i], typed))
            return rooms[i];
        if (!text_starts(rooms[i], typed))
            continue;
        begin = rooms[i];
        begun++;
        if (rooms[i][length] == '-') {
            word = rooms[i];
            words++;
        }
    }
    return words == 1 ? word : begun == 1 ? begin : typed;
}
