/* A neutral card, text or form -> Slack's messages and views, within its limits. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/commonmark.h>

#include "cards.h"
#include "slack.h"

#define HEADER_CHARACTERS 150
#define TITLE_MOST        2900 /* bytes of a title that is too long for a header */
#define SECTION_BYTES     2900 /* Slack's limit: 3,000 characters */
#define NAME_BYTES        150  /* of a field; Slack's limit for name and value: 2,000 characters */
#define FIELD_BYTES       1800
#define FIELDS            10   /* in one section */
#define ALT_BYTES         2000 /* of a picture */
#define FOOTER_BYTES      1500 /* before its URLs become links */
#define BUTTON_BYTES      75
#define VALUE_BYTES       2000
#define ROW               5 /* buttons */
#define BUTTONS           25
#define BLOCKS            45 /* in a message; Slack's limit: 50 */
#define MESSAGE_BYTES                                                                                          \
    12000 /* of all blocks; Slack's limit, measured and not documented: about 13,200 (msg_blocks_too_long) */
#define FALLBACK_BYTES 500 /* what a notification shows */
#define TITLE_BYTES    24  /* of a view and its buttons */
#define LABEL_BYTES    2000
#define OPTION_BYTES   75
#define OPTIONS        100
#define VALUE_MOST     3000
#define META_BYTES     3000

/* ---- texts ---- */

/* At most `most` bytes, ending with "…" where something was cut. */
static void put_cut(const char *text, size_t most, struct kit_text *out)
{
    size_t n = strlen(text);
    kit_text_addn(out, text, n > most ? kit_utf8_cut(text, n, most - 3) : n);
    if (n > most)
        kit_text_add(out, "…");
}

/* Escapes a name or another text that is not mrkdwn; at most `most` bytes after escaping. */
static void put_escaped(const char *text, size_t most, struct kit_text *out)
{
    struct kit_text escaped = {0};
    kit_escape(text, strlen(text), KIT_SLACK, &escaped);
    const char *p = kit_text_get(&escaped);
    size_t n = escaped.n > most ? kit_utf8_cut(p, escaped.n, most - 3) : escaped.n;
    if (n < escaped.n) {
        const char *entity = memrchr(p, '&', n);
        if (entity && !memchr(entity, ';', n - (size_t)(entity - p)))
            n = (size_t)(entity - p);
    }
    kit_text_addn(out, p, n);
    kit_text_add(out, n < escaped.n ? "…" : "");
    kit_text_finish(&escaped);
}

static cJSON *plain(const char *text, size_t most)
{
    struct kit_text cut = {0};
    size_t size = strlen(text) + 1;
    char *clean = malloc(size);
    kit_clean_name(text, clean, size);
    put_cut(*clean ? clean : " ", most, &cut);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "type", "plain_text");
    cJSON_AddStringToObject(object, "text", kit_text_get(&cut));
    cJSON_AddFalseToObject(object, "emoji"); /* ":fire:" is shown as it is */
    kit_text_finish(&cut);
    free(clean);
    return object;
}

static cJSON *mrkdwn(const char *text)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "type", "mrkdwn");
    cJSON_AddStringToObject(object, "text", text);
    cJSON_AddTrueToObject(object, "verbatim"); /* Slack must not turn names or URLs into mentions and links */
    return object;
}

static cJSON *block(const char *type)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "type", type);
    return object;
}

static cJSON *section(const char *text)
{
    cJSON *object = block("section");
    cJSON_AddItemToObject(object, "text", mrkdwn(text));
    return object;
}

/* ---- a card ---- */

static const char *tone_mark(const char *tone)
{
    static const struct {
        const char *tone, *mark;
    } marks[] = {{"alarm", "🔴 "}, {"warn", "🟠 "}, {"ok", "🟢 "}, {"info", "🔵 "}, {"quiet", "⚪ "}};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (strcmp(marks[i].tone, tone) == 0)
            return marks[i].mark;
    }
    return "";
}

/* Counted as JavaScript does, the strictest way: an emoji is two. */
static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += (*text & 0xc0) == 0x80 ? 0 : (unsigned char)*text >= 0xf0 ? 2 : 1;
    return n;
}

/* A header block if the title fits, else the whole title as a line in bold. */
static cJSON *header(const cJSON *card)
{
    struct kit_text title = {0}, bold = {0};
    kit_text_addf(&title, "%s%s", tone_mark(kit_json_text(card, "tone")), kit_json_text(card, "title"));
    const char *text = kit_text_get(&title);
    cJSON *object = NULL;
    if (characters(text) <= HEADER_CHARACTERS) {
        object = block("header");
        cJSON_AddItemToObject(object, "text", plain(text, title.n));
    } else {
        char *line = malloc(title.n + 1);
        kit_clean_name(text, line, title.n + 1);
        kit_text_add(&bold, "*");
        put_escaped(line, TITLE_MOST, &bold);
        kit_text_add(&bold, "*");
        object = section(kit_text_get(&bold));
        free(line);
    }
    kit_text_finish(&title);
    kit_text_finish(&bold);
    return object;
}

/* False: there is none, or it is too long, so that only the plain text can be cut. */
static bool put_marked(const char *commonmark, size_t most, struct kit_text *out)
{
    struct kit_text marked = {0};
    kit_commonmark(commonmark, strlen(commonmark), KIT_SLACK, &marked);
    bool fits = marked.n && marked.n <= most;
    if (fits)
        kit_text_add(out, kit_text_get(&marked));
    kit_text_finish(&marked);
    return fits;
}

static cJSON *field(const cJSON *given)
{
    struct kit_text text = {0};
    kit_text_add(&text, "*");
    put_escaped(kit_json_text(given, "name"), NAME_BYTES, &text);
    kit_text_add(&text, "*\n");
    if (!put_marked(kit_json_text(given, "text"), FIELD_BYTES, &text))
        put_escaped(kit_json_text(given, "value"), FIELD_BYTES, &text);
    cJSON *object = mrkdwn(kit_text_get(&text));
    kit_text_finish(&text);
    return object;
}

static void add_fields(const cJSON *card, cJSON *blocks)
{
    const cJSON *given;
    cJSON *fields = NULL;
    cJSON_ArrayForEach(given, kit_json_member(card, "fields"))
    {
        if (!fields || cJSON_GetArraySize(fields) == FIELDS) {
            cJSON *object = block("section");
            fields = cJSON_AddArrayToObject(object, "fields");
            cJSON_AddItemToArray(blocks, object);
        }
        cJSON_AddItemToArray(fields, field(given));
    }
}

static void add_picture(const cJSON *card, const char *file, cJSON *blocks)
{
    const char *alt = kit_json_text(kit_json_member(card, "picture"), "alt");
    struct kit_text words = {0};
    if (!*alt)
        return;
    if (*file) {
        cJSON *object = block("image"), *clean = plain(alt, ALT_BYTES);
        cJSON_AddItemToObject(object, "slack_file", kit_json_texts("id", file, NULL));
        cJSON_AddStringToObject(object, "alt_text", kit_json_text(clean, "text"));
        cJSON_AddItemToArray(blocks, object);
        cJSON_Delete(clean);
    } else {
        put_escaped(alt, SECTION_BYTES, &words);
        cJSON_AddItemToArray(blocks, section(kit_text_get(&words)));
    }
    kit_text_finish(&words);
}

static void add_text(const char *commonmark, cJSON *blocks)
{
    struct kit_text text = {0};
    const cJSON *part;
    kit_commonmark(commonmark, strlen(commonmark), KIT_SLACK, &text);
    cJSON *parts = slack_split(kit_text_get(&text), SECTION_BYTES);
    cJSON_ArrayForEach(part, parts)
    {
        if (*part->valuestring)
            cJSON_AddItemToArray(blocks, section(part->valuestring));
    }
    cJSON_Delete(parts);
    kit_text_finish(&text);
}

static cJSON *button(const cJSON *given, int index)
{
    struct kit_text id = {0};
    const char *style = kit_json_text(given, "style");
    cJSON *object = block("button");
    kit_text_addf(&id, "b%d", index);
    cJSON_AddStringToObject(object, "action_id", kit_text_get(&id));
    cJSON_AddItemToObject(object, "text", plain(kit_json_text(given, "label"), BUTTON_BYTES));
    cJSON_AddStringToObject(object, "value", kit_json_text(given, "command"));
    if (strcmp(style, "primary") == 0 || strcmp(style, "danger") == 0)
        cJSON_AddStringToObject(object, "style", style);
    kit_text_finish(&id);
    return object;
}

static void add_buttons(const cJSON *card, cJSON *blocks)
{
    const cJSON *given;
    cJSON *row = NULL;
    int n = 0;
    cJSON_ArrayForEach(given, kit_json_member(card, "buttons"))
    {
        if (n == BUTTONS || !*kit_json_text(given, "command") ||
            strlen(kit_json_text(given, "command")) > VALUE_BYTES)
            continue;
        if (n % ROW == 0) {
            cJSON *object = block("actions");
            row = cJSON_AddArrayToObject(object, "elements");
            cJSON_AddItemToArray(blocks, object);
        }
        cJSON_AddItemToArray(row, button(given, n++));
    }
}

/* An address has no formatting to be kept from. */
static void put_address(const char *text, size_t n, struct kit_text *out)
{
    for (size_t joiner = strlen(KIT_JOINER); n;) {
        bool skip = n >= joiner && memcmp(text, KIT_JOINER, joiner) == 0;
        kit_text_addn(out, text, skip ? 0 : 1);
        text += skip ? joiner : 1;
        n -= skip ? joiner : 1;
    }
}

/* Makes URLs clickable. Slack could find them itself, but would then also find an "@here" in somebody's name. */
static void put_linked(const char *text, struct kit_text *out)
{
    while (*text) {
        size_t n = strcspn(text, " \n");
        bool link = kit_is_link(text) && !memchr(text, '|', n);
        kit_text_add(out, link ? "<" : "");
        if (link)
            put_address(text, n, out);
        else
            kit_text_addn(out, text, n);
        kit_text_add(out, link ? ">" : "");
        text += n;
        n = strspn(text, " \n");
        kit_text_addn(out, text, n);
        text += n;
    }
}

static void add_footer(const cJSON *card, cJSON *blocks)
{
    struct kit_text text = {0}, linked = {0};
    const char *room = kit_json_text(card, "room");
    if (!put_marked(kit_json_text(card, "footer_text"), FOOTER_BYTES, &linked)) {
        put_escaped(kit_json_text(card, "footer"), FOOTER_BYTES, &text);
        put_linked(kit_text_get(&text), &linked);
    }
    if (slack_is_id(room))
        kit_text_addf(&linked, "%s<#%s>", linked.n ? " · " : "", room);
    if (linked.n) {
        cJSON *object = block("context"), *elements = cJSON_AddArrayToObject(object, "elements");
        cJSON_AddItemToArray(elements, mrkdwn(kit_text_get(&linked)));
        cJSON_AddItemToArray(blocks, object);
    }
    kit_text_finish(&text);
    kit_text_finish(&linked);
}

/* ---- messages ---- */

static size_t weight(const cJSON *object)
{
    char *text = cJSON_PrintUnformatted(object);
    size_t n = text ? strlen(text) : 0;
    cJSON_free(text);
    return n;
}

/* Adds a message of these blocks; `notification` is what its notification shows. Takes the blocks over. */
static void add_message(cJSON *messages, cJSON *blocks, const char *notification)
{
    struct kit_text cut = {0}, text = {0};
    put_cut(notification, FALLBACK_BYTES, &cut);
    kit_escape(kit_text_get(&cut), cut.n, KIT_SLACK, &text);
    cJSON *message = cJSON_CreateObject();
    cJSON_AddStringToObject(message, "text", text.n ? kit_text_get(&text) : " ");
    if (blocks)
        cJSON_AddItemToObject(message, "blocks", blocks);
    cJSON_AddItemToArray(messages, message);
    kit_text_finish(&cut);
    kit_text_finish(&text);
}

static void move_all(cJSON *from, cJSON *to)
{
    while (cJSON_GetArraySize(from))
        cJSON_AddItemToArray(to, cJSON_DetachItemFromArray(from, 0));
    cJSON_Delete(from);
}

/* Packs blocks into as many messages as they need. The first one, which is the one that gets edited, ends with
   `last`. Takes both over. */
static cJSON *pack(cJSON *blocks, cJSON *last, const char *notification)
{
    cJSON *messages = cJSON_CreateArray(), *current = cJSON_CreateArray();
    size_t bytes = weight(last);
    int room = BLOCKS - cJSON_GetArraySize(last);
    while (cJSON_GetArraySize(blocks)) {
        cJSON *next = cJSON_DetachItemFromArray(blocks, 0);
        size_t size = weight(next);
        if (cJSON_GetArraySize(current) &&
            (cJSON_GetArraySize(current) == room || bytes + size > MESSAGE_BYTES)) {
            move_all(last, current);
            add_message(messages, current, notification);
            current = cJSON_CreateArray();
            last = cJSON_CreateArray();
            room = BLOCKS;
            bytes = 0;
        }
        cJSON_AddItemToArray(current, next);
        bytes += size;
    }
    move_all(last, current);
    add_message(messages, current, notification);
    cJSON_Delete(blocks);
    return messages;
}

/* What notifications show and screen readers read: the title, and how the text begins. */
static void put_notification(const cJSON *card, struct kit_text *out)
{
    const char *title = kit_json_text(card, "title"), *text = kit_json_text(card, "text");
    struct kit_text plain = {0};
    kit_commonmark(text, strlen(text), KIT_PLAIN, &plain);
    for (size_t i = 0; i < plain.n; i++)
        plain.p[i] = plain.p[i] == '\n' ? ' ' : plain.p[i];
    kit_text_addf(out, "%s%s", title, *title && plain.n ? ": " : "");
    kit_text_add(out, kit_text_get(&plain));
    kit_text_finish(&plain);
}

cJSON *slack_messages_of_card(const cJSON *card, const char *file)
{
    struct kit_text notification = {0};
    cJSON *blocks = cJSON_CreateArray(), *last = cJSON_CreateArray();
    if (*kit_json_text(card, "title"))
        cJSON_AddItemToArray(blocks, header(card));
    add_fields(card, blocks);
    add_picture(card, file, blocks);
    add_text(kit_json_text(card, "text"), blocks);
    add_buttons(card, last);
    add_footer(card, last);
    put_notification(card, &notification);
    cJSON *messages = pack(blocks, last, kit_text_get(&notification));
    kit_text_finish(&notification);
    return messages;
}

/* A short text becomes a plain message, like one that a person wrote. */
cJSON *slack_messages_of_text(const char *commonmark)
{
    struct kit_text text = {0};
    kit_commonmark(commonmark, strlen(commonmark), KIT_SLACK, &text);
    cJSON *messages, *blocks = cJSON_CreateArray();
    if (text.n <= SECTION_BYTES) {
        messages = cJSON_CreateArray();
        cJSON *message = cJSON_CreateObject();
        cJSON_AddStringToObject(message, "text", text.n ? kit_text_get(&text) : " ");
        cJSON_AddItemToArray(messages, message);
        cJSON_Delete(blocks);
    } else {
        struct kit_text plain = {0};
        kit_commonmark(commonmark, strlen(commonmark), KIT_PLAIN, &plain);
        add_text(commonmark, blocks);
        messages = pack(blocks, cJSON_CreateArray(), kit_text_get(&plain));
        kit_text_finish(&plain);
    }
    kit_text_finish(&text);
    return messages;
}

/* ---- forms ---- */

static void add_choices(const cJSON *field, cJSON *element)
{
    const cJSON *choice;
    const char *value = kit_json_text(field, "value");
    cJSON *options = cJSON_AddArrayToObject(element, "options");
    cJSON_ArrayForEach(choice, kit_json_member(field, "choices"))
    {
        const char *text = cJSON_GetStringValue(choice);
        cJSON *option = cJSON_CreateObject();
        cJSON_AddItemToObject(option, "text", plain(text, OPTION_BYTES));
        cJSON_AddStringToObject(option, "value", text);
        if (strcmp(text, value) == 0)
            cJSON_AddItemToObject(element, "initial_option", cJSON_Duplicate(option, true));
        cJSON_AddItemToArray(options, option);
    }
}

/* Slack refuses a list that is empty, too long or has long rows; the field then becomes a text input. */
static bool can_choose(const cJSON *field)
{
    const cJSON *choice, *choices = kit_json_member(field, "choices");
    cJSON_ArrayForEach(choice, choices)
    {
        const char *text = cJSON_GetStringValue(choice);
        if (!text || !*text || strlen(text) > OPTION_BYTES)
            return false;
    }
    return cJSON_GetArraySize(choices) > 0 && cJSON_GetArraySize(choices) <= OPTIONS;
}

/* Preselects "<@U1>" or "U1". */
static void choose_person(const char *value, cJSON *element)
{
    char id[SLACK_ID];
    size_t marked = strncmp(value, "<@", 2) == 0 ? 2 : 0, n = strcspn(value + marked, "|>");
    snprintf(id, sizeof(id), "%.*s", n < sizeof(id) ? (int)n : 0, value + marked);
    if (slack_is_id(id))
        cJSON_AddStringToObject(element, "initial_user", id);
}

static cJSON *element_of(const cJSON *field)
{
    static const struct {
        const char *kind, *element;
    } kinds[] = {{"choice", "static_select"}, {"person", "users_select"}, {"line", "plain_text_input"}};
    const char *kind = kit_json_text(field, "kind"), *type = "plain_text_input",
               *value = kit_json_text(field, "value");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        type = strcmp(kinds[i].kind, kind) == 0 ? kinds[i].element : type;
    if (strcmp(type, "static_select") == 0 && !can_choose(field))
        type = "plain_text_input";
    cJSON *element = block(type);
    cJSON_AddStringToObject(element, "action_id", "value");
    if (strcmp(type, "static_select") == 0)
        add_choices(field, element);
    if (strcmp(type, "users_select") == 0)
        choose_person(value, element);
    if (strcmp(type, "plain_text_input") != 0)
        return element;
    cJSON_AddBoolToObject(element, "multiline", strcmp(kind, "text") == 0);
    cJSON_AddNumberToObject(element, "max_length", VALUE_MOST);
    if (*value && strlen(value) <= VALUE_MOST)
        cJSON_AddStringToObject(element, "initial_value", value);
    return element;
}

static cJSON *input(const cJSON *field)
{
    cJSON *object = block("input");
    const char *hint = kit_json_text(field, "hint");
    char name[256]; /* Slack's limit too */
    kit_clean_name(kit_json_text(field, "name"), name, sizeof(name));
    cJSON_AddStringToObject(object, "block_id", name);
    cJSON_AddItemToObject(object, "label", plain(kit_json_text(field, "label"), LABEL_BYTES));
    cJSON_AddItemToObject(object, "element", element_of(field));
    if (*hint)
        cJSON_AddItemToObject(object, "hint", plain(hint, LABEL_BYTES));
    cJSON_AddBoolToObject(object, "optional", kit_json_true(field, "optional"));
    return object;
}

/* What was wrong with the previous answers: CommonMark, above the fields. */
static void add_error(const char *error, cJSON *blocks)
{
    struct kit_text marked = {0};
    if (!*error)
        return;
    kit_text_addf(&marked, "⚠️ %s", error);
    add_text(kit_text_get(&marked), blocks);
    kit_text_finish(&marked);
}

cJSON *slack_view_of_form(const cJSON *form, const char *channel)
{
    const cJSON *field;
    cJSON *view = block("modal"), *blocks = cJSON_CreateArray();
    cJSON *kept = kit_json_texts("command", kit_json_text(form, "command"), "channel", channel, NULL);
    char *meta = cJSON_PrintUnformatted(kept);
    cJSON_AddStringToObject(view, "callback_id", "form");
    cJSON_AddItemToObject(view, "title", plain(kit_json_text(form, "title"), TITLE_BYTES));
    cJSON_AddItemToObject(view, "submit", plain(kit_json_text(form, "submit"), TITLE_BYTES));
    cJSON_AddItemToObject(view, "close", plain("Cancel", TITLE_BYTES));
    cJSON_AddStringToObject(view, "private_metadata", meta && strlen(meta) <= META_BYTES ? meta : "{}");
    add_error(kit_json_text(form, "error"), blocks);
    add_text(kit_json_text(form, "note"), blocks);
    cJSON_ArrayForEach(field, kit_json_member(form, "fields"))
    {
        if (cJSON_GetArraySize(blocks) < BLOCKS)
            cJSON_AddItemToArray(blocks, input(field));
    }
    cJSON_AddItemToObject(view, "blocks", blocks);
    cJSON_free(meta);
    cJSON_Delete(kept);
    return view;
}
