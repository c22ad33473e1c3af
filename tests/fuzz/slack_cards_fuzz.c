/* Any card, text or form as JSON; input that is not JSON is a text. Slack must accept the result, and no text in it may act as markup. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/slack_blocks.h"
#include "slack/cards.h"
#include "slack/slack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const char *fault)
{
    if (fault) {
        fprintf(stderr, "%s\n", fault);
        abort();
    }
}

static void check_messages(cJSON *messages)
{
    check(slack_messages_fault(messages));
    cJSON_Delete(messages);
}

static void check_split(const char *text)
{
    const cJSON *part;
    cJSON *parts = slack_split(text, 120);
    cJSON_ArrayForEach(part, parts)
    {
        check(strlen(part->valuestring) > 120 ? "a part is too long" : NULL);
    }
    cJSON_Delete(parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *text = strndup((const char *)data, n);
    cJSON *json = cJSON_ParseWithLength((const char *)data, n);
    check_messages(slack_messages_of_text(text));
    check_split(text);
    if (cJSON_IsObject(json) && kit_utf8_valid((const char *)data, n)) { /* like everything from the core */
        cJSON *view = slack_view_of_form(json, "C0123ABCD");
        check_messages(slack_messages_of_card(json, "F1"));
        check(slack_view_fault(view));
        cJSON_Delete(view);
    }
    cJSON_Delete(json);
    free(text);
    return 0;
}
