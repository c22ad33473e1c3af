#include "slack_blocks.h"

#include <stdbool.h>
#include <string.h>

#include "slack/cards.h"
#include "slack/slack.h"

/* Slack counts characters as JavaScript does: one outside the first plane counts as two. */
static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80 ? 1 + ((unsigned char)*text >= 0xF0) : 0;
    return n;
}

static bool begins(const char *text, const char *with)
{
    return strncasecmp(text, with, strlen(with)) == 0;
}

/* <!date^1732438800^{date_short_pretty} {time}|what clients show that cannot> */
static bool is_date(const char *p)
{
    size_t digits = begins(p, "<!date^") ? strspn(p + 7, "0123456789") : 0;
    const char *form = digits && p[7 + digits] == '^' ? p + 8 + digits : NULL;
    size_t n = form ? strcspn(form, "^|<>") : 0;
    return n && form[0] == '{' && form[n] == '|' && form[n + 1 + strcspn(form + n + 1, "<>|")] == '>' &&
           form[n + 1] != '>';
}

const char *slack_mrkdwn_fault(const char *text)
{
    int fences = 0;
    if (!kit_utf8_valid(text, strlen(text)))
        return "a character is cut";
    for (const char *p = text; *p; p++) {
        fences += begins(p, "```");
        p += begins(p, "```") ? 2 : 0;
        if (*p == '&' && !begins(p, "&amp;") && !begins(p, "&lt;") && !begins(p, "&gt;"))
            return "an entity is cut";
        size_t channel = begins(p, "<#") ? strspn(p + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") : 0;
        if (channel && p[2 + channel] == '>')
            p += 2 + channel;
        else if (is_date(p))
            p += strcspn(p, "|");
        else if (*p == '<' && !begins(p, "<http://") && !begins(p, "<https://") && !begins(p, "<mailto:"))
            return "an angle bracket is not a link's";
        if (*p == '<' && p[1 + strcspn(p + 1, "<>\n")] != '>')
            return "a link is cut";
    }
    return fences % 2 ? "a block of code is not closed" : NULL;
}

static const char *text_fault(const cJSON *object, size_t most)
{
    const char *text = kit_json_text(object, "text");
    size_t n = characters(text);
    if (!n || n > most)
        return n ? "a text is too long" : "a text is empty";
    if (strcmp(kit_json_text(object, "type"), "plain_text") == 0)
        return kit_utf8_valid(text, strlen(text)) ? NULL : "a character is cut";
    if (!kit_json_true(object, "verbatim"))
        return "Slack may find mentions in the text";
    const char *fault = slack_mrkdwn_fault(text);
    return fault && strcmp(fault, "a block of code is not closed") == 0 ? NULL
                                                                        : fault; /* the author left it open */
}

static const char *texts_fault(const cJSON *array, int count, size_t most)
{
    const cJSON *row;
    const char *fault = NULL;
    int n = cJSON_GetArraySize(array);
    cJSON_ArrayForEach(row, array)
    {
        fault = fault ? fault : text_fault(row, most);
    }
    return n < 1 || n > count ? "the number of texts is wrong" : fault;
}

static const char *actions_fault(const cJSON *elements)
{
    const cJSON *row;
    int n = cJSON_GetArraySize(elements);
    const char *fault = n < 1 || n > 25 ? "the number of buttons is wrong" : NULL;
    cJSON_ArrayForEach(row, elements)
    {
        size_t value = characters(kit_json_text(row, "value"));
        fault = fault          ? fault
                : !value       ? "a button does nothing"
                : value > 2000 ? "a button's value is too long"
                               : text_fault(kit_json_member(row, "text"), 75);
    }
    return fault;
}

static const char *image_fault(const cJSON *image)
{
    size_t n = characters(kit_json_text(image, "alt_text"));
    return !n || n > 2000                                               ? "a picture has no words, or too many"
           : *kit_json_text(kit_json_member(image, "slack_file"), "id") ? NULL
                                                                        : "a picture has no file";
}

static const char *block_fault(const cJSON *block)
{
    const char *type = kit_json_text(block, "type");
    if (strcmp(type, "header") == 0)
        return text_fault(kit_json_member(block, "text"), 150);
    if (strcmp(type, "section") == 0 && kit_json_member(block, "fields"))
        return texts_fault(kit_json_member(block, "fields"), 10, 2000);
    if (strcmp(type, "section") == 0)
        return text_fault(kit_json_member(block, "text"), 3000);
    if (strcmp(type, "context") == 0)
        return texts_fault(kit_json_member(block, "elements"), 10, 3000);
    if (strcmp(type, "actions") == 0)
        return actions_fault(kit_json_member(block, "elements"));
    if (strcmp(type, "image") == 0)
        return image_fault(block);
    return "a block of an unknown type";
}

/* Slack refuses a message with the same action_id twice. */
static const char *ids_fault(const cJSON *blocks)
{
    char seen[64][8] = {""};
    int n = 0;
    const cJSON *block, *element;
    cJSON_ArrayForEach(block, blocks)
    {
        cJSON_ArrayForEach(element, kit_json_member(block, "elements"))
        {
            const char *id = kit_json_text(element, "action_id");
            for (int i = 0; i < n && *id; i++) {
                if (strcmp(seen[i], id) == 0)
                    return "two buttons have the same id";
            }
            if (*id && n < 64)
                kit_clean_name(id, seen[n++], sizeof(seen[0]));
        }
    }
    return NULL;
}

static const char *message_fault(const cJSON *message)
{
    const cJSON *blocks = kit_json_member(message, "blocks"), *block;
    const char *text = kit_json_text(message, "text"), *fault = slack_mrkdwn_fault(text);
    if (!*text || characters(text) > 40000)
        return *text ? "the message is too long" : "there is nothing to show in a notification";
    if (fault && (!blocks || strcmp(fault, "a block of code is not closed") != 0))
        return blocks || strcmp(fault, "a block of code is not closed") != 0 ? fault : NULL;
    if (blocks && (!cJSON_IsArray(blocks) || cJSON_GetArraySize(blocks) > 50))
        return "there are too many blocks";
    fault = ids_fault(blocks);
    cJSON_ArrayForEach(block, blocks)
    {
        fault = fault ? fault : block_fault(block);
    }
    return fault;
}

const char *slack_messages_fault(const cJSON *messages)
{
    const cJSON *message;
    const char *fault = cJSON_GetArraySize(messages) < 1 ? "there is no message" : NULL;
    cJSON_ArrayForEach(message, messages)
    {
        fault = fault ? fault : message_fault(message);
    }
    return fault;
}

/* ---- views ---- */

static const char *options_fault(const cJSON *options)
{
    const cJSON *row;
    int n = cJSON_GetArraySize(options);
    const char *fault = n < 1 || n > 100 ? "the number of choices is wrong" : NULL;
    cJSON_ArrayForEach(row, options)
    {
        fault = fault                                          ? fault
                : characters(kit_json_text(row, "value")) > 75 ? "a choice is too long"
                                                               : text_fault(kit_json_member(row, "text"), 75);
    }
    return fault;
}

static const char *input_fault(const cJSON *input)
{
    const cJSON *element = kit_json_member(input, "element");
    size_t id = characters(kit_json_text(input, "block_id"));
    if (strcmp(kit_json_text(input, "type"), "input") != 0 || id > 255)
        return "a field is wrong";
    const char *fault = text_fault(kit_json_member(input, "label"), 2000);
    if (!fault && kit_json_member(input, "hint"))
        fault = text_fault(kit_json_member(input, "hint"), 2000);
    if (!fault && strcmp(kit_json_text(element, "type"), "static_select") == 0)
        fault = options_fault(kit_json_member(element, "options"));
    return fault                                                        ? fault
           : characters(kit_json_text(element, "initial_value")) > 3000 ? "a value is too long"
                                                                        : NULL;
}

const char *slack_view_fault(const cJSON *view)
{
    static const char *const titles[] = {"title", "submit", "close"};
    const cJSON *input;
    const char *fault = NULL;
    for (size_t i = 0; i < 3 && !fault; i++)
        fault = text_fault(kit_json_member(view, titles[i]), 24);
    if (characters(kit_json_text(view, "private_metadata")) > 3000)
        fault = "its private_metadata is too long";
    if (cJSON_GetArraySize(kit_json_member(view, "blocks")) > 100)
        fault = "it has too many fields";
    cJSON_ArrayForEach(input, kit_json_member(view, "blocks"))
    {
        bool error = strcmp(kit_json_text(input, "type"), "section") == 0; /* of the previous answers */
        fault = fault ? fault : error ? block_fault(input) : input_fault(input);
    }
    return fault;
}
