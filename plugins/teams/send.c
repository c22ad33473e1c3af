/* One message: sent, replaced or deleted by the Bot Connector. */
#include <stdio.h>
#include <string.h>

#include "send.h"

/* Begins a thread in a channel. Takes the activity over. */
static cJSON *new_thread(const struct teams *teams, const struct teams_place *place, cJSON *activity)
{
    struct kit_text bot = {0};
    cJSON *json = cJSON_CreateObject(), *data = cJSON_AddObjectToObject(json, "channelData");
    kit_text_addf(&bot, "28:%s", teams->set.app_id);
    cJSON_AddTrueToObject(json, "isGroup");
    cJSON_AddItemToObject(json, "bot", kit_json_texts("id", kit_text_get(&bot), NULL));
    cJSON_AddItemToObject(data, "channel", kit_json_texts("id", place->conversation, NULL));
    if (*place->tenant) {
        cJSON_AddStringToObject(json, "tenantId", place->tenant);
        cJSON_AddItemToObject(data, "tenant", kit_json_texts("id", place->tenant, NULL));
    }
    cJSON_AddItemToObject(json, "activity", activity);
    kit_text_finish(&bot);
    return json;
}

static void take_ids(const struct teams_place *place, const cJSON *body, bool begins, char message[TEAMS_ID],
                     char conversation[TEAMS_ID])
{
    const char *id = kit_json_text(body, "id"), *activity = kit_json_text(body, "activityId");
    char channel[TEAMS_ID], root[TEAMS_ID] = "";
    bool split = begins && teams_split(id, channel, root);
    const char *shown = !begins ? id : *activity ? activity : root;
    snprintf(message, TEAMS_ID, "%s", strlen(shown) < TEAMS_ID ? shown : "");
    if (conversation)
        snprintf(conversation, TEAMS_ID, "%s", split ? id : place->conversation);
}

bool teams_send(struct teams *teams, const struct teams_place *place, cJSON *activity, char message[TEAMS_ID],
                char conversation[TEAMS_ID], struct teams_reply *reply)
{
    struct kit_text path = {0};
    bool begins = teams_is_channel(place->conversation) && !strstr(place->conversation, ";messageid=");
    if (begins)
        kit_text_add(&path, "/v3/conversations");
    else
        teams_path(&path, "/v3/conversations/%/activities", place->conversation, "");
    struct teams_call call = {FOR_CONNECTOR,
                              "POST",
                              place->url,
                              kit_text_get(&path),
                              begins ? new_thread(teams, place, activity) : activity,
                              true};
    teams_call(teams, &call, reply);
    if (reply->ok)
        take_ids(place, reply->body, begins, message, conversation);
    kit_text_finish(&path);
    return reply->ok;
}

void teams_replace(struct teams *teams, const struct teams_place *place, const char *message, cJSON *activity,
                   struct teams_reply *reply)
{
    struct kit_text path = {0};
    struct teams_place at = *place;
    char root[TEAMS_ID], id[TEAMS_ID];
    bool channel = teams_is_channel(place->conversation) && teams_split_message(message, root, id);
    if (channel)
        teams_find(teams, place->conversation, *root ? root : id, &at);
    teams_path(&path, "/v3/conversations/%/activities/%", at.conversation, channel ? id : message);
    struct teams_call call = {
        FOR_CONNECTOR, activity ? "PUT" : "DELETE", place->url, kit_text_get(&path), activity, false};
    teams_call(teams, &call, reply);
    kit_text_finish(&path);
}
