/* A long text is several messages. The core knows the ts of the first one; those of the others are kept here, so that an edit or a
   deletion reaches all of them. */
#include <stdio.h>
#include <time.h>

#include <tocsin/kit/store.h>

#include "out.h"

#define KEY (2 * SLACK_ID + 16)

static const char *key_of(const char *channel, const char *first, char key[KEY])
{
    snprintf(key, KEY, "parts:%s:%s", channel, first);
    return key;
}

void slack_parts_keep(struct slack *slack, const char *channel, const char *first, const cJSON *further)
{
    char key[KEY];
    kit_keep(slack->host, key_of(channel, first, key), further);
}

void slack_pace(const struct slack *slack)
{
    nanosleep(&(struct timespec){.tv_sec = slack->pace_ms / 1000, .tv_nsec = slack->pace_ms % 1000 * 1000000L},
              NULL);
}

bool slack_is_gone(const struct slack_reply *reply)
{
    return slack_said(reply, "message_not_found") || slack_said(reply, "channel_not_found") ||
           slack_said(reply, "is_archived");
}

void slack_change(struct slack *slack, const char *channel, const char *ts, const cJSON *message,
                  struct slack_reply *reply)
{
    cJSON *arguments = message ? cJSON_Duplicate(message, true) : cJSON_CreateObject();
    cJSON_AddStringToObject(arguments, "channel", channel);
    cJSON_AddStringToObject(arguments, "ts", ts);
    if (message)
        cJSON_AddStringToObject(arguments, "parse", "none"); /* chat.postMessage's default */
    if (message && !kit_json_member(arguments, "blocks"))
        cJSON_AddArrayToObject(arguments, "blocks"); /* or the old blocks would stay */
    slack_call(slack, message ? "chat.update" : "chat.delete", arguments, NULL, false, reply);
}

bool slack_parts_change(struct slack *slack, const char *channel, const char *first, const cJSON *messages,
                        struct slack_reply *reply)
{
    char key[KEY];
    cJSON *further = kit_get(slack->host, key_of(channel, first, key));
    const cJSON *ts, *message = messages ? messages->child : NULL;
    *reply = (struct slack_reply){.ok = true};
    cJSON_ArrayForEach(ts, further)
    {
        message = message ? message->next : NULL;
        slack_reply_finish(reply);
        slack_change(slack, channel, ts->valuestring, message, reply);
        if (!reply->ok && !slack_is_gone(reply))
            break;
        reply->ok = true;
        slack_pace(slack);
    }
    cJSON_Delete(further);
    return reply->ok;
}
