/* Whatever a webhook or the API says of a conversation or a ticket: each part, the first message and the tag become well-formed events or
   none, and what we wrote none. */
#include <stdlib.h>
#include <string.h>

#include "../support/answers.h"
#include "intercom/intercom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

extern const struct tocsin_connector tocsin_connector_entry;

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    static const char kept[] = "{\"customer\":\"acme\"}";
    (void)ctx;
    if (strlen(key) % 2)
        return -1;
    memcpy(value, kept, sizeof(kept) < capacity ? sizeof(kept) : capacity);
    return (int64_t)strlen(kept);
}

static void check(const cJSON *record, const cJSON *part, cJSON *event)
{
    const char *type = kit_json_text(event, "type"), *text = kit_json_text(event, "text");
    const cJSON *author = kit_json_member(part ? part : kit_json_member(record, "source"), "author");
    bool command = strcmp(type, "message") == 0;
    bool place = *kit_json_text(event, command ? "channel" : "ticket") && *kit_json_text(event, "id");
    if (event && (!place || !*kit_json_text(kit_json_member(event, "user"), "id") || strlen(text) > 40000))
        abort();
    if (part && event && strcmp(kit_json_text(author, "type"), "admin") == 0 &&
        strcmp(kit_json_text(author, "id"), "7") == 0)
        abort();
    if (command && kit_json_true(kit_json_member(event, "user"), "outside"))
        abort();
    cJSON_Delete(event);
}

static const char of_connector[] =
    "{\"token\":\"x\",\"admin\":\"7\",\"inbox\":\"https://app.intercom.com/a/inbox/"
    "abc123\",\"secret\":\"\",\"interval\":10000,\"tag\":\"incident\",\"tracker\":\"8\",\"work\":\"9\","
    "\"requester\":\"bot@acme.example\",\"attribute\":\"\",\"url\":\"\"}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (answers_fuzz(&tocsin_connector_entry, of_connector, data, n))
        return 0;
    const struct tocsin_host host = {.size = sizeof(host), .get = get};
    cJSON *sent = kit_json_parse((const char *)data, n), *settings = kit_json_texts("tag", "incident", NULL);
    const struct intercom intercom = {.kit = {.host = &host, .settings = settings},
                                      .admin = "7",
                                      .inbox = "https://app.intercom.com/a/inbox/abc123"};
    const cJSON *record = kit_json_member(kit_json_member(sent, "data"), "item"), *part;
    struct said_ticket at;
    check(record, NULL, said_event(&intercom, record, NULL));
    cJSON_ArrayForEach(part, said_parts(record))
    {
        check(record, part, said_event(&intercom, record, part));
    }
    check(record, NULL, said_tagged(&intercom, record, 0));
    said_ticket(&intercom, record, &at);
    cJSON *members = kit_ticket_json(&at.ticket);
    if (strlen(at.id) >= KIT_ID_BYTES || !members)
        abort();
    cJSON_Delete(members);
    cJSON_Delete(settings);
    cJSON_Delete(sent);
    return 0;
}
