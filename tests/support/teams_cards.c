#include "teams_cards.h"

#include <stdbool.h>
#include <string.h>

#include <tocsin/kit/commonmark.h>
#include <tocsin/kit/json.h>

#include "teams/cards.h"

const char *teams_markdown_fault(const char *text, int literal)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\\' && p[1]) {
            p++;
            continue;
        }
        if (*p == '<' || *p == '>')
            return (p == text || p[-1] == '\n' || p[-1] == ' ') && *p == '>' && !literal ? NULL : "a tag";
        if (literal && strchr("*_[]`~#{", *p))
            return "a mark in literal text";
        if (p[0] == ']' && p[1] == '(' && !kit_is_link(p + 2))
            return "a link to nowhere";
    }
    return NULL;
}

static const char *block_fault(const cJSON *block)
{
    const cJSON *fact;
    bool title = strcmp(kit_json_text(block, "weight"), "Bolder") == 0;
    const char *fault = teams_markdown_fault(kit_json_text(block, "text"), title);
    cJSON_ArrayForEach(fact, kit_json_member(block, "facts"))
    {
        fault = fault ? fault : teams_markdown_fault(kit_json_text(fact, "title"), 1);
        fault = fault ? fault : teams_markdown_fault(kit_json_text(fact, "value"), 0);
    }
    return fault;
}

static const char *action_fault(const cJSON *action)
{
    const char *type = kit_json_text(action, "type");
    if (strcmp(type, "Action.Execute") != 0 && strcmp(type, "Action.Submit") != 0)
        return "an unknown action";
    if (!*kit_json_text(action, "title") || strchr(kit_json_text(action, "title"), '\n'))
        return "a button without a title";
    return *kit_json_text(kit_json_member(action, "data"), "tocsin") ? NULL : "a button without data";
}

static const char *item_fault(const cJSON *item)
{
    static const char *const types[] = {"TextBlock",  "FactSet",         "ActionSet",
                                        "Input.Text", "Input.ChoiceSet", "Image"};
    const cJSON *action, *actions = kit_json_member(item, "actions");
    const char *fault = "an unknown element";
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        fault = strcmp(types[i], kit_json_text(item, "type")) == 0 ? NULL : fault;
    if (strcmp(kit_json_text(item, "type"), "TextBlock") == 0 && !*kit_json_text(item, "text"))
        fault = "an empty text";
    if (cJSON_GetArraySize(actions) > 6)
        fault = "too many buttons in a row";
    cJSON_ArrayForEach(action, actions)
    {
        fault = fault ? fault : action_fault(action);
    }
    return fault ? fault : block_fault(item);
}

static const char *size_fault(const cJSON *value)
{
    cJSON *counted = cJSON_Duplicate(value, true), *item;
    cJSON_ArrayForEach(item, kit_json_member(counted, "body"))
    {
        cJSON_DeleteItemFromObject(item, "url"); /* of a picture, whose bytes Teams does not count */
    }
    char *text = cJSON_PrintUnformatted(counted);
    cJSON_Delete(counted);
    bool good = kit_utf8_valid(text, strlen(text)), fits = strlen(text) <= TEAMS_CARD_BYTES + 1000;
    cJSON_free(text);
    return !good ? "bad UTF-8" : fits ? NULL : "too large";
}

const char *teams_card_fault(const cJSON *card)
{
    const cJSON *item;
    const char *fault = size_fault(card);
    if (strcmp(kit_json_text(card, "type"), "AdaptiveCard") != 0 ||
        strcmp(kit_json_text(card, "version"), "1.5") != 0)
        return "no card";
    cJSON_ArrayForEach(item, kit_json_member(card, "body"))
    {
        fault = fault ? fault : item_fault(item);
    }
    return fault;
}

const char *teams_message_fault(const cJSON *message)
{
    const cJSON *attachments = kit_json_member(message, "attachments");
    const char *text = kit_json_text(message, "text");
    if ((*text != '\0') == (attachments != NULL))
        return "neither one text nor one card";
    return attachments ? teams_card_fault(kit_json_member(cJSON_GetArrayItem(attachments, 0), "content"))
           : size_fault(message) ? size_fault(message)
                                 : teams_markdown_fault(text, 0);
}
