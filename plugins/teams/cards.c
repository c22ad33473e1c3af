/* A neutral card, text or form -> Teams' messages and Adaptive Cards, within their limits. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/commonmark.h>
#include <tocsin/kit/picture.h>

#include "cards.h"
#include "teams.h"

#define TITLE_MOST   400 /* bytes, before escaping */
#define NAME_MOST    100
#define VALUE_MOST   1000
#define FOOTER_MOST  500
#define ALT_MOST     2000 /* of a picture */
#define LABEL_MOST   80
#define SUMMARY_MOST 200
#define TEXT_MOST    20000 /* of a message, before escaping */
#define COMMAND_MOST 2000
#define FIELDS       40
#define PICTURE_SIDE 1024 /* pixels: Teams' limit */
#define ROW          5    /* buttons */
#define BUTTONS      20   /* in all */
#define CHOICES      100
#define IMAGE        "Image"

/* ---- texts ---- */

/* At most `most` bytes, with "…" where something was cut. */
static void put_cut(const char *text, size_t most, struct kit_text *out)
{
    size_t n = strlen(text);
    kit_text_addn(out, text, n > most ? kit_utf8_cut(text, n, most) : n);
    kit_text_add(out, n > most ? "…" : "");
}

static void put_literal(const char *text, size_t most, struct kit_text *out)
{
    struct kit_text cut = {0};
    put_cut(text, most, &cut);
    kit_escape(kit_text_get(&cut), cut.n, KIT_TEAMS, out);
    kit_text_finish(&cut);
}

static cJSON *text_block(const char *markdown)
{
    cJSON *block = kit_json_texts("type", "TextBlock", "text", markdown, NULL);
    cJSON_AddTrueToObject(block, "wrap");
    return block;
}

/* NULL: there is no text. */
static cJSON *literal_block(const char *text, size_t most)
{
    struct kit_text marked = {0};
    put_literal(text, most, &marked);
    cJSON *block = marked.n ? text_block(kit_text_get(&marked)) : NULL;
    kit_text_finish(&marked);
    return block;
}

/* The first `most` bytes of a CommonMark; what is left out is said. NULL: there is no text. */
static cJSON *marked_block(const char *commonmark, size_t most)
{
    struct kit_text marked = {0};
    size_t n = strlen(commonmark), cut = n > most ? kit_utf8_cut(commonmark, n, most) : n;
    kit_commonmark(commonmark, cut, KIT_TEAMS, &marked);
    if (cut < n)
        kit_text_addf(&marked, "\n\n_… %zu more characters do not fit into a message of Teams._", n - cut);
    cJSON *block = marked.n ? text_block(kit_text_get(&marked)) : NULL;
    kit_text_finish(&marked);
    return block;
}

static void add(cJSON *array, cJSON *item)
{
    if (item)
        cJSON_AddItemToArray(array, item);
}

/* A label as plain text: on buttons and inputs nothing is markup. */
static void put_label(cJSON *object, const char *name, const char *text, size_t most)
{
    struct kit_text label = {0};
    size_t size = strlen(text) + 1;
    char *clean = malloc(size);
    kit_clean_name(text, clean, size);
    put_cut(*clean ? clean : "…", most, &label);
    cJSON_AddStringToObject(object, name, kit_text_get(&label));
    kit_text_finish(&label);
    free(clean);
}

/* ---- a card ---- */

static const char *color_of(const char *tone)
{
    static const char *const colors[][2] = {
        {"alarm", "Attention"}, {"warn", "Warning"}, {"ok", "Good"}, {"info", "Accent"}};
    for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++) {
        if (strcmp(colors[i][0], tone) == 0)
            return colors[i][1];
    }
    return "Default";
}

static cJSON *header(const cJSON *card)
{
    const char *title = kit_json_text(card, "title"), *tone = kit_json_text(card, "tone");
    cJSON *block = literal_block(title, TITLE_MOST);
    if (!block)
        return NULL;
    cJSON_AddStringToObject(block, "size", "Large");
    cJSON_AddStringToObject(block, "weight", "Bolder");
    cJSON_AddStringToObject(block, "color", color_of(tone));
    if (strcmp(tone, "quiet") == 0)
        cJSON_AddTrueToObject(block, "isSubtle");
    return block;
}

static cJSON *fact(const cJSON *field)
{
    struct kit_text name = {0}, value = {0};
    const char *text = kit_json_text(field, "text");
    put_literal(kit_json_text(field, "name"), NAME_MOST, &name);
    if (*text && strlen(text) <= VALUE_MOST)
        kit_commonmark(text, strlen(text), KIT_TEAMS, &value);
    else
        put_literal(kit_json_text(field, "value"), VALUE_MOST, &value);
    cJSON *object = kit_json_texts("title", kit_text_get(&name), "value", kit_text_get(&value), NULL);
    kit_text_finish(&name);
    kit_text_finish(&value);
    return object;
}

/* The first `most` fields; how many are left out is said. */
static cJSON *facts_of(const cJSON *card, int most)
{
    const cJSON *field, *fields = kit_json_member(card, "fields");
    int n = cJSON_GetArraySize(fields);
    if (!n)
        return NULL;
    cJSON *set = kit_json_texts("type", "FactSet", NULL), *facts = cJSON_AddArrayToObject(set, "facts");
    cJSON_ArrayForEach(field, fields)
    {
        if (cJSON_GetArraySize(facts) < most)
            cJSON_AddItemToArray(facts, fact(field));
    }
    if (n > most) {
        struct kit_text rest = {0};
        kit_text_addf(&rest, "%d more, which do not fit", n - most);
        cJSON_AddItemToArray(facts, kit_json_texts("title", "…", "value", kit_text_get(&rest), NULL));
        kit_text_finish(&rest);
    }
    return set;
}

static bool fits(const cJSON *card)
{
    struct kit_picture picture;
    bool sound = kit_picture(card, &picture);
    bool small = picture.width <= PICTURE_SIDE && picture.height <= PICTURE_SIDE;
    kit_picture_finish(&picture);
    return sound && small;
}

/* Its bytes come last, see show_picture. Without them its words stand there. */
static cJSON *picture_block(const cJSON *card, bool pictured)
{
    const char *alt = kit_json_text(kit_json_member(card, "picture"), "alt");
    if (!pictured || !fits(card))
        return literal_block(alt, ALT_MOST);
    cJSON *block = kit_json_texts("type", IMAGE, "size", "Stretch", NULL);
    put_label(block, "altText", alt, ALT_MOST);
    return block;
}

/* Teams does not count a picture's bytes as part of a message. */
static void show_picture(const cJSON *card, cJSON *built)
{
    struct kit_text url = {0};
    cJSON *block;
    kit_text_addf(&url, "data:image/png;base64,%s", kit_json_text(kit_json_member(card, "picture"), "png"));
    cJSON_ArrayForEach(block, kit_json_member(built, "body"))
    {
        if (strcmp(kit_json_text(block, "type"), IMAGE) == 0)
            cJSON_AddStringToObject(block, "url", kit_text_get(&url));
    }
    kit_text_finish(&url);
}

static cJSON *action(const char *type, const char *title, cJSON *data)
{
    cJSON *object = kit_json_texts("type", type, NULL);
    put_label(object, "title", title, LABEL_MOST);
    cJSON_AddItemToObject(object, "data", data);
    return object;
}

/* A client that knows no Action.Execute sends the same data as a message. */
static cJSON *button(const cJSON *given)
{
    const char *style = kit_json_text(given, "style"), *label = kit_json_text(given, "label");
    cJSON *data = kit_json_texts("tocsin", "press", "command", kit_json_text(given, "command"), NULL);
    if (kit_json_true(given, "asks"))
        cJSON_AddTrueToObject(data, "asks");
    cJSON *fallback = action("Action.Submit", label, cJSON_Duplicate(data, true));
    cJSON *object = action("Action.Execute", label, data);
    cJSON_AddStringToObject(object, "verb", "press");
    if (strcmp(style, "primary") == 0 || strcmp(style, "danger") == 0)
        cJSON_AddStringToObject(object, "style", *style == 'p' ? "positive" : "destructive");
    cJSON_AddItemToObject(object, "fallback", fallback);
    return object;
}

static void add_buttons(const cJSON *card, cJSON *body)
{
    const cJSON *given;
    cJSON *row = NULL;
    int n = 0;
    cJSON_ArrayForEach(given, kit_json_member(card, "buttons"))
    {
        const char *command = kit_json_text(given, "command");
        if (n == BUTTONS || !*command || strlen(command) > COMMAND_MOST)
            continue;
        if (n++ % ROW == 0) {
            cJSON *set = kit_json_texts("type", "ActionSet", NULL);
            row = cJSON_AddArrayToObject(set, "actions");
            cJSON_AddItemToArray(body, set);
        }
        cJSON_AddItemToArray(row, button(given));
    }
}

/* A link that opens a channel or a thread in Teams. */
static void put_room(const char *room, struct kit_text *out)
{
    const char *thread = strstr(room, ";messageid=");
    char *whole = strdup(room);
    if (thread)
        whole[thread - room] = '\0';
    char *channel = kit_url_encode(whole),
         *root = thread ? kit_url_encode(thread + strlen(";messageid=")) : NULL;
    kit_text_add(out, out->n ? " · " : "");
    if (channel && root)
        kit_text_addf(out, "[its thread](https://teams.microsoft.com/l/message/%s/%s?parentMessageId=%s)",
                      channel, root, root);
    else if (channel)
        kit_text_addf(out, "[its channel](https://teams.microsoft.com/l/channel/%s/incident)", channel);
    free(whole);
    free(channel);
    free(root);
}

static cJSON *footer(const cJSON *card)
{
    struct kit_text text = {0};
    const char *marked = kit_json_text(card, "footer_text"), *room = kit_json_text(card, "room");
    if (*marked && strlen(marked) <= FOOTER_MOST)
        kit_commonmark(marked, strlen(marked), KIT_TEAMS, &text);
    else
        put_literal(kit_json_text(card, "footer"), FOOTER_MOST, &text);
    if (strncmp(room, "19:", 3) == 0)
        put_room(room, &text);
    cJSON *block = text.n ? text_block(kit_text_get(&text)) : NULL;
    if (block) {
        cJSON_AddTrueToObject(block, "isSubtle");
        cJSON_AddStringToObject(block, "size", "Small");
    }
    kit_text_finish(&text);
    return block;
}

/* ---- within the limit ---- */

static cJSON *adaptive(cJSON *body)
{
    cJSON *card = kit_json_texts("type", "AdaptiveCard", "$schema",
                                 "http://adaptivecards.io/schemas/adaptive-card.json", "version", "1.5", NULL);
    cJSON_AddItemToObject(card, "body", body);
    return card;
}

static size_t weight(const cJSON *object)
{
    char *text = cJSON_PrintUnformatted(object);
    size_t n = text ? strlen(text) : 0;
    cJSON_free(text);
    return n;
}

struct limits {
    size_t text, intro;
    int fields;
    bool pictured;
};

static cJSON *build(const cJSON *card, const char *intro, const struct limits *limits)
{
    cJSON *body = cJSON_CreateArray();
    add(body, intro ? marked_block(intro, limits->intro) : NULL);
    add(body, header(card));
    add(body, facts_of(card, limits->fields));
    add(body, picture_block(card, limits->pictured));
    add(body, marked_block(kit_json_text(card, "text"), limits->text));
    add_buttons(card, body);
    add(body, footer(card));
    return adaptive(body);
}

/* The text is cut first, then the fields; title, buttons and footer stay. */
cJSON *teams_card(const cJSON *card, const char *intro, bool pictured)
{
    struct limits limits = {strlen(kit_json_text(card, "text")), intro ? strlen(intro) : 0, FIELDS, pictured};
    cJSON *built = build(card, intro, &limits);
    while (weight(built) > TEAMS_CARD_BYTES && (limits.text || limits.intro || limits.fields)) {
        bool texts = limits.text > 500 || limits.intro > 500;
        limits.text = texts || !limits.fields ? limits.text / 4 * 3 : limits.text;
        limits.intro = texts || !limits.fields ? limits.intro / 4 * 3 : limits.intro;
        limits.fields -= texts ? 0 : 1;
        cJSON_Delete(built);
        built = build(card, intro, &limits);
    }
    if (pictured)
        show_picture(card, built);
    return built;
}

/* ---- forms ---- */

static cJSON *choices_of(const cJSON *field)
{
    const cJSON *choice;
    cJSON *choices = cJSON_CreateArray();
    cJSON_ArrayForEach(choice, kit_json_member(field, "choices"))
    {
        if (cJSON_IsString(choice) && *choice->valuestring && cJSON_GetArraySize(choices) < CHOICES)
            cJSON_AddItemToArray(
                choices, kit_json_texts("title", choice->valuestring, "value", choice->valuestring, NULL));
    }
    return choices;
}

static cJSON *input(const cJSON *field)
{
    struct kit_text id = {0};
    const char *kind = kit_json_text(field, "kind"), *value = kit_json_text(field, "value"),
               *hint = kit_json_text(field, "hint");
    bool choice = strcmp(kind, "choice") == 0;
    kit_text_addf(&id, "f_%s", kit_json_text(field, "name"));
    cJSON *object = kit_json_texts("type", choice ? "Input.ChoiceSet" : "Input.Text", "id", kit_text_get(&id),
                                   "value", *value ? value : NULL, NULL);
    put_label(object, "label", kit_json_text(field, "label"), 4 * LABEL_MOST);
    if (choice)
        cJSON_AddItemToObject(object, "choices", choices_of(field));
    if (strcmp(kind, "text") == 0)
        cJSON_AddTrueToObject(object, "isMultiline");
    if (strcmp(kind, "person") == 0 && !*hint)
        hint = "their name or e-mail address";
    if (*hint)
        put_label(object, "placeholder", hint, 4 * LABEL_MOST);
    if (!kit_json_true(field, "optional")) {
        cJSON_AddTrueToObject(object, "isRequired");
        cJSON_AddStringToObject(object, "errorMessage", "This is needed.");
    }
    kit_text_finish(&id);
    return object;
}

static cJSON *form_actions(const cJSON *form, const struct teams_form_origin *origin)
{
    const char *submit = kit_json_text_or(form, "submit", "Send");
    cJSON *set = kit_json_texts("type", "ActionSet", NULL), *actions = cJSON_AddArrayToObject(set, "actions");
    cJSON *data = kit_json_texts("tocsin", "form", "command", kit_json_text(form, "command"), "channel",
                                 origin->channel, "seal", origin->seal, NULL);
    cJSON_AddBoolToObject(data, origin->own ? "own" : "asks", true);
    cJSON *fallback = action("Action.Submit", submit, cJSON_Duplicate(data, true));
    cJSON *send = action("Action.Execute", submit, data);
    cJSON_AddStringToObject(send, "verb", "form");
    cJSON_AddStringToObject(send, "style", "positive");
    cJSON_AddItemToObject(send, "fallback", fallback);
    cJSON_AddItemToArray(actions, send);
    if (!origin->own) {
        cJSON *back = action("Action.Execute", "Cancel", kit_json_texts("tocsin", "refresh", NULL));
        cJSON_AddStringToObject(back, "verb", "refresh");
        cJSON_AddStringToObject(back, "associatedInputs", "none");
        cJSON_AddItemToArray(actions, back);
    }
    return set;
}

cJSON *teams_card_of_form(const cJSON *form, const struct teams_form_origin *origin)
{
    const cJSON *field;
    cJSON *body = cJSON_CreateArray(), *error = marked_block(kit_json_text(form, "error"), VALUE_MOST);
    add(body, header(form));
    if (error)
        cJSON_AddStringToObject(error, "color", "Attention");
    add(body, error);
    add(body, marked_block(kit_json_text(form, "note"), VALUE_MOST));
    cJSON_ArrayForEach(field, kit_json_member(form, "fields"))
    {
        if (cJSON_GetArraySize(body) < FIELDS)
            cJSON_AddItemToArray(body, input(field));
    }
    cJSON_AddItemToArray(body, form_actions(form, origin));
    return adaptive(body);
}

/* ---- messages ---- */

char *teams_summary(const cJSON *card)
{
    struct kit_text plain = {0}, summary = {0};
    const char *title = kit_json_text(card, "title"), *text = kit_json_text(card, "text");
    kit_text_add(&plain, title);
    kit_text_add(&plain, *title && *text ? ": " : "");
    kit_commonmark(text, strlen(text), KIT_PLAIN, &plain);
    for (size_t i = 0; i < plain.n; i++)
        plain.p[i] = plain.p[i] == '\n' ? ' ' : plain.p[i];
    put_cut(kit_text_get(&plain), SUMMARY_MOST, &summary);
    char *copy = strdup(kit_text_get(&summary));
    kit_text_finish(&plain);
    kit_text_finish(&summary);
    return copy;
}

cJSON *teams_message_of_card(cJSON *card, const char *summary)
{
    cJSON *message = kit_json_texts("type", "message", "summary", *summary ? summary : NULL, NULL);
    cJSON *attachments = cJSON_AddArrayToObject(message, "attachments");
    cJSON *attachment = kit_json_texts("contentType", "application/vnd.microsoft.card.adaptive", NULL);
    cJSON_AddItemToObject(attachment, "content", card);
    cJSON_AddItemToArray(attachments, attachment);
    return message;
}

cJSON *teams_message_of_text(const char *commonmark)
{
    cJSON *block = NULL;
    for (size_t most = TEXT_MOST; !block || weight(block) > TEAMS_CARD_BYTES; most = most / 4 * 3) {
        cJSON_Delete(block);
        block = marked_block(commonmark, most);
        block = block ? block : text_block("…");
    }
    cJSON *message =
        kit_json_texts("type", "message", "textFormat", "markdown", "text", kit_json_text(block, "text"), NULL);
    cJSON_Delete(block);
    return message;
}
