/*
 * Finds what an earlier attempt posted. Each message carries a mark made from its action's key, which Slack returns as metadata.
 * Reading a public channel, unlike posting to it, requires the bot to be a member, so it joins first.
 */
#include <stdio.h>
#include <string.h>

#include "channels.h"
#include "out.h"

#define PAGES_MOST 50
#define PAGE       "200"
#define EARLIER_MS 60000 /* allowance for clocks that differ */

void slack_mark(const struct slack *slack, const char *key, char mark[SLACK_MARK])
{
    struct kit_part part = {key, strlen(key)};
    if (!kit_hmac_hex(slack->bot_user, &part, 1, mark))
        *mark = '\0';
}

static bool is_ours(const cJSON *message, const char *mark, int part)
{
    const cJSON *metadata = kit_json_member(message, "metadata"),
                *payload = kit_json_member(metadata, "event_payload");
    return strcmp(kit_json_text(metadata, "event_type"), "tocsin") == 0 &&
           strcmp(kit_json_text(payload, "key"), mark) == 0 &&
           (int)cJSON_GetNumberValue(kit_json_member(payload, "part")) == part;
}

static bool look(const cJSON *body, const char *mark, int part, char ts[SLACK_ID])
{
    const cJSON *message;
    cJSON_ArrayForEach(message, kit_json_member(body, "messages"))
    {
        if (!is_ours(message, mark, part))
            continue;
        kit_clean_name(kit_json_text(message, "ts"), ts, SLACK_ID);
        return true;
    }
    return false;
}

bool slack_find_message(struct slack *slack, const struct tocsin_action *action, const char *channel,
                        const char *thread, int part, char ts[SLACK_ID], struct slack_reply *reply)
{
    char oldest[SLACK_ID], cursor[200] = "", mark[SLACK_MARK];
    slack_mark(slack, action->key, mark);
    int64_t from = action->made_ms > EARLIER_MS ? action->made_ms - EARLIER_MS : 0;
    snprintf(oldest, sizeof(oldest), "%lld.%03d000", (long long)(from / 1000), (int)(from % 1000));
    for (int page = 0; page < PAGES_MOST; page++) {
        if (page)
            slack_reply_finish(reply);
        cJSON *arguments =
            kit_json_texts("channel", channel, "oldest", oldest, "limit", PAGE, "include_all_metadata", "true",
                           "ts", *thread ? thread : NULL, "cursor", *cursor ? cursor : NULL, NULL);
        slack_call_in(slack, channel, *thread ? "conversations.replies" : "conversations.history", arguments,
                      false, reply);
        if (!reply->ok || look(reply->body, mark, part, ts))
            return reply->ok;
        kit_clean_name(kit_json_text(kit_json_member(reply->body, "response_metadata"), "next_cursor"), cursor,
                       sizeof(cursor));
        if (!*cursor)
            return false;
    }
    return false;
}
