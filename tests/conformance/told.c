/* What it told Tocsin all the while: events, and no secret. */
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "conformance/suite.h"

/* What each type of event must have, besides type and id. */
static const struct {
    const char *type;
    bool user; /* with an id */
    const char *members[3];
} types[] = {
    {"message", true, {"channel", "text"}},
    {"command", true, {"channel", "text"}},
    {"press", true, {"channel", "command"}},
    {"form", true, {"channel", "command"}},
    {"reaction", true, {"channel", "message", "emoji"}},
    {"edited", true, {"channel", "message", "text"}},
    {"deleted", true, {"channel", "message"}},
    {"join", true, {"channel"}},
    {"leave", true, {"channel"}},
    {"channel", false, {"channel", "change"}},
    {"reply", true, {"text"}},
    {"bounce", false, {"address"}},
    {"unsubscribe", false, {"address"}},
    {"ticket", false, {"ticket", "state", "status"}},
    {"page", false, {"message", "state"}},
};

static void check_event(struct suite *suite, const cJSON *event)
{
    const char *type = json_text_or(event, "type", "");
    CLEANUP_FREE char *text = cJSON_PrintUnformatted(event);
    size_t row = 0;
    while (row < ARRAY_SIZE(types) && !text_equal(types[row].type, type))
        row++;
    if (row == ARRAY_SIZE(types))
        suite_fail(suite, "expected a known type of event, but %.300s came", text);
    else if (!json_text_or(event, "id", NULL))
        suite_fail(suite, "expected an id, but the event has none: %.300s", text);
    else if (types[row].user && !json_text_or(json_member(event, "user"), "id", NULL))
        suite_fail(suite, "expected a user with an id, but the event has none: %.300s", text);
    for (size_t i = 0; row < ARRAY_SIZE(types) && i < 3 && types[row].members[i]; i++) {
        if (!json_text_or(event, types[row].members[i], NULL))
            suite_fail(suite, "expected `%s` as text, but the event has none: %.300s", types[row].members[i],
                       text);
    }
}

static void events(struct suite *suite)
{
    const cJSON *event;
    if (!cJSON_GetArraySize(rig_events(suite->rig)))
        suite_skip(suite, "nothing came in from the platform meanwhile");
    cJSON_ArrayForEach(event, rig_events(suite->rig))
    {
        check_event(suite, event);
    }
}

static void secrets(struct suite *suite)
{
    if (rig_told_secret(suite->rig))
        suite_fail(suite, "expected no secret in what it logs, prints and answers, but Tocsin had to hide one");
}

static const struct check checks[] = {{"events", 0, NO_PROCESS, events},
                                      {"no secret is told", 0, NO_PROCESS, secrets}};
const struct check_list told_checks = {checks, ARRAY_SIZE(checks)};
