/* Whatever RT answers: {"transaction", "ticket", "attachments", "kept"} becomes a well-formed event or none. */
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

#include "rt/said.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    cJSON *answers = kit_json_parse((const char *)data, n);
    struct said said = {.transaction = kit_json_member(answers, "transaction"),
                        .ticket = kit_json_member(answers, "ticket"),
                        .attachments = kit_json_member(answers, "attachments"),
                        .kept = kit_json_member(answers, "kept"),
                        .web = "https://rt.example.com",
                        .by = (enum said_by)(n % 3)};
    said_by_requester(said.ticket, kit_json_text(said.transaction, "id"));
    cJSON *event = said_event(&said);
    const char *text = kit_json_text(event, "text");
    if (event && (!*kit_json_text(kit_json_member(event, "user"), "id") || !*kit_json_text(event, "address") ||
                  (!*text && !kit_json_member(event, "files")) || strlen(text) > 40000))
        abort();
    cJSON_Delete(event);
    cJSON_Delete(answers);
    return 0;
}
