#include "daemon/chat.h"

#include "base/json.h"
#include "daemon/component.h"
#include "daemon/core.h"

static struct chat *chat;

struct chat *daemon_chat(void)
{
    return chat;
}

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    ARRAY(struct chat_emoji) emoji = {0};
    const cJSON *row;
    (void)daemon, (void)err;
    cJSON_ArrayForEach(row, json_member(configuration->core, "reactions"))
    {
        if (cJSON_IsString(row))
            *array_add(&emoji) = (struct chat_emoji){row->string, row->valuestring};
    }
    chat = chat_create(daemon_core(), emoji.v, emoji.n);
    array_free(&emoji);
    return 0;
}

static void destroy(void)
{
    chat_destroy(chat);
}

const struct component chat_component = {.name = "chat", .start = start, .destroy = destroy};
