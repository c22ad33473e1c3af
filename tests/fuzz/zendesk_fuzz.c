/* Whatever Zendesk sends or answers: {"ticket", "users", "organizations", "others", "audit"} becomes well-formed events; a webhook's body names a ticket or none. */
#include <stdlib.h>
#include <string.h>

#include "../support/answers.h"
#include "zendesk/zendesk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

extern const struct tocsin_connector tocsin_connector_entry;

/* Every ticket is followed. */
static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    (void)ctx, (void)key;
    if (capacity < 2)
        return -1;
    value[0] = '{';
    value[1] = '}';
    return 2;
}

static const struct tocsin_host host = {.size = sizeof(host), .get = get};
static const struct zendesk zd = {.kit = {.host = &host}, .web = "https://acme.zendesk.com"};

static void check(const cJSON *event)
{
    const char *type = kit_json_text(event, "type");
    bool ticket = strcmp(type, "ticket") == 0, message = strcmp(type, "message") == 0;
    const cJSON *user = kit_json_member(event, "user");
    if (!*kit_json_text(event, "id") || (!ticket && !*kit_json_text(user, "id")) ||
        (message && kit_json_true(user, "outside")) || strlen(kit_json_text(event, "text")) > 40000)
        abort();
}

static const char settings[] = "{\"url\":\"https://"
                               "acme.zendesk.com\",\"email\":\"bot@acme.example\",\"token\":\"x\",\"webhook_"
                               "secret\":\"\",\"interval\":10000,\"customers\":{}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (answers_fuzz(&tocsin_connector_entry, settings, data, n))
        return 0;
    char ticket[KIT_ID_BYTES];
    const cJSON *event;
    cJSON *answers = kit_json_parse((const char *)data, n);
    struct said said = {.zd = &zd, .answer = answers, .others = kit_json_member(answers, "others")};
    cJSON *events = said_events(&said, kit_json_member(answers, "audit"));
    cJSON_ArrayForEach(event, events)
    {
        check(event);
    }
    record_hooked(answers, ticket);
    if (ticket[strspn(ticket, "0123456789")])
        abort();
    cJSON_Delete(events);
    cJSON_Delete(answers);
    return 0;
}
