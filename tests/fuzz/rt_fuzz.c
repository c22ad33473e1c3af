/* Whatever RT answers: {"transaction", "ticket", "attachments", "kept"} becomes well-formed events and a ticket, or none. */
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

#include "../support/answers.h"
#include "rt/said.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

extern const struct tocsin_connector tocsin_connector_entry;

/* What is kept of the ticket is fuzzed, too. */
static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    const char *kept = kit_json_text(*(cJSON **)ctx, "kept");
    size_t n = strlen(kept);
    memcpy(value, kept, n < capacity ? n : capacity);
    return key && n ? (int64_t)n : -1;
}

static void expect_event(cJSON *event, bool command)
{
    const char *text = kit_json_text(event, "text");
    if (event && (!*kit_json_text(kit_json_member(event, "user"), "id") || strlen(text) > 40000))
        abort();
    if (event && !command &&
        (!*kit_json_text(event, "address") || (!*text && !kit_json_member(event, "files"))))
        abort();
    cJSON_Delete(event);
}

static void expect_ticket(const cJSON *row)
{
    char number[KIT_ID_BYTES];
    struct kit_ticket ticket = said_ticket(row, "https://rt.example.com/1", kit_json_true(row, "done"));
    cJSON *members = kit_ticket_json(&ticket);
    if (!*kit_json_text(members, "state") || strlen(kit_json_text(members, "title")) > 500)
        abort();
    if (said_linked("https://rt.example.com", kit_json_text(row, "Subject"), number) && !kit_is_number(number))
        abort();
    cJSON_Delete(members);
}

static const char settings[] = "{\"url\":\"https://"
                               "rt.example.com\",\"user\":\"tocsin\",\"password\":\"\",\"token\":\"1-14-x\","
                               "\"queue\":\"Support\",\"interval\":10000,\"web_url\":\"\",\"customers\":{}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (answers_fuzz(&tocsin_connector_entry, settings, data, n))
        return 0;
    cJSON *answers = kit_json_parse((const char *)data, n);
    const struct tocsin_host host = {.size = sizeof(host), .ctx = (void *)&answers, .get = get};
    struct said said = {.transaction = kit_json_member(answers, "transaction"),
                        .ticket = kit_json_member(answers, "ticket"),
                        .attachments = kit_json_member(answers, "attachments"),
                        .web = "https://rt.example.com",
                        .by = (enum kit_by)(n % 3)};
    bool command = strcmp(kit_json_text(said.transaction, "Type"), "Comment") == 0;
    said_by_requester(said.ticket, kit_json_text(said.transaction, "id"));
    said_is_command(said.attachments);
    expect_event(said_event(&said, &host), command);
    expect_ticket(said.ticket);
    cJSON_Delete(answers);
    return 0;
}
