/* Any card, text or form as JSON; input that is not JSON is a text. Teams must accept the result, and no text in it may act as markup. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

#include "../support/teams_cards.h"
#include "teams/cards.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const char *fault, cJSON *built)
{
    if (fault) {
        fprintf(stderr, "%s\n", fault);
        abort();
    }
    cJSON_Delete(built);
}

static void check_card(const cJSON *json, const char *text)
{
    static const struct teams_form_origin origins[] = {{"19:x", "seal", false}, {"a:y", "seal", true}};
    for (int i = 0; i < 2; i++) {
        cJSON *card = teams_card(json, text, i);
        check(teams_card_fault(card), card);
    }
    for (int i = 0; i < 2; i++) {
        cJSON *form = teams_card_of_form(json, &origins[i]);
        check(teams_card_fault(form), form);
    }
    free(teams_summary(json));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *text = strndup((const char *)data, n);
    cJSON *json = kit_json_parse((const char *)data, n), *message = teams_message_of_text(text);
    check(teams_message_fault(message), message);
    if (cJSON_IsObject(json) && n < 8000) /* forms come from the core's table, and are short */
        check_card(json, NULL);
    cJSON_Delete(json);
    free(text);
    return 0;
}
