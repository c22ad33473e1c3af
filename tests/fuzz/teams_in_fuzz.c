/* Whatever the Bot Service sends: any body as an activity. Emitted events must be well formed, and each request has an answer. */
#include <stdlib.h>
#include <string.h>

#include "../support/teams.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static cJSON *quiet(const char *method, const char *path, const cJSON *json)
{
    (void)method, (void)path, (void)json;
    return NULL;
}

static void check(const cJSON *event)
{
    bool nobody = strcmp(kit_json_text(event, "type"), "channel") == 0; /* Teams does not always say who */
    const char *id = kit_json_text(event, "id");
    if (!*kit_json_text(event, "type") || !*id || strlen(id) > 240 ||
        (!nobody && !*kit_json_text(kit_json_member(event, "user"), "id")) ||
        cJSON_GetArraySize(kit_json_member(event, "people")) > 20)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct teams_fake fake;
    const cJSON *event;
    char *body = malloc(n + 1);
    memcpy(body, data, n);
    body[n] = '\0';
    teams_fake_init(&fake, quiet);
    cJSON_AddStringToObject(fake.store, "room/19:inc@thread.tacv2;messageid=42", "{\"kind\":\"thread\"}");
    fake.emit = TOCSIN_EMIT_RETRY; /* nobody waits for an answer to a press */
    int status = teams_fake_serve(&fake, body, NULL);
    if (status != 200 && status != 400 && status != 501 && status != 503)
        abort();
    cJSON_ArrayForEach(event, fake.emitted)
    {
        check(event);
    }
    teams_fake_finish(&fake);
    free(body);
    return 0;
}
