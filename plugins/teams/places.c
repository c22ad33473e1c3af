/* Where conversations are reached, which are incidents' rooms, and the talk with each person. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/signature.h>

#include "places.h"

#define THREAD     ";messageid="
#define KEY        200
#define VALUE_MOST 4096

/* ---- the store ---- */

/* An id that is too long for a key is hashed. */
static void make_key(const char *kind, const char *id, char key[KEY])
{
    char hash[KIT_HMAC_HEX] = "";
    struct kit_part part = {id, strlen(id)};
    if (strlen(kind) + strlen(id) + 2 > KEY && kit_hmac_hex("teams", &part, 1, hash))
        id = hash;
    snprintf(key, KEY, "%s/%s", kind, id);
}

/* The caller deletes. NULL: nothing is kept. */
static cJSON *load(struct teams *teams, const char *key)
{
    char value[VALUE_MOST];
    int64_t n = teams->host->get(teams->host->ctx, key, value, sizeof(value));
    return n > 0 && n <= (int64_t)sizeof(value) ? kit_json_parse(value, (size_t)n) : NULL;
}

typedef int32_t keeper(void *ctx, const char *key, const char *value, size_t length);

/* Stores an object unless it is there already. Takes it over. */
static void save(struct teams *teams, keeper *keep, const char *key, cJSON *object)
{
    struct kit_text text = {0};
    cJSON *before = load(teams, key);
    if (!cJSON_Compare(before, object, true) && kit_json_write(object, &text))
        keep(teams->host->ctx, key, kit_text_get(&text), text.n);
    kit_text_finish(&text);
    cJSON_Delete(before);
    cJSON_Delete(object);
}

/* ---- ids ---- */

bool teams_split(const char *conversation, char channel[TEAMS_ID], char root[TEAMS_ID])
{
    const char *thread = strstr(conversation, THREAD);
    size_t n = thread ? (size_t)(thread - conversation) : strlen(conversation);
    *root = '\0';
    *channel = '\0';
    if (strlen(conversation) >= TEAMS_ID)
        return false;
    snprintf(channel, TEAMS_ID, "%.*s", (int)n, conversation);
    if (thread)
        snprintf(root, TEAMS_ID, "%s", thread + strlen(THREAD));
    return n > 0;
}

bool teams_join_message(const char *root, const char *id, char message[TEAMS_ID])
{
    bool reply = *root && *id && strcmp(root, id) != 0;
    int n = snprintf(message, TEAMS_ID, "%s%s%s", reply ? root : "", reply ? "/" : "", id);
    return n < TEAMS_ID;
}

bool teams_split_message(const char *message, char root[TEAMS_ID], char id[TEAMS_ID])
{
    const char *slash = strchr(message, '/');
    *root = *id = '\0';
    if (strlen(message) >= TEAMS_ID)
        return false;
    snprintf(root, TEAMS_ID, "%.*s", slash ? (int)(slash - message) : 0, message);
    snprintf(id, TEAMS_ID, "%s", slash ? slash + 1 : message);
    return true;
}

bool teams_is_channel(const char *conversation)
{
    return strstr(conversation, "@thread.tacv2") || strstr(conversation, "@thread.skype");
}

const char *teams_tenant(const cJSON *activity)
{
    const char *tenant =
        kit_json_text(kit_json_member(kit_json_member(activity, "channelData"), "tenant"), "id");
    return *tenant ? tenant : kit_json_text(kit_json_member(activity, "conversation"), "tenantId");
}

/* ---- what activities tell ---- */

/* The id in a link to a team: "19%3A…%40thread.tacv2", percent-encoded or not. */
static void read_team(const char *given, char id[TEAMS_ID])
{
    size_t n = 0;
    const char *p = strstr(given, "19:");
    p = p ? p : strstr(given, "19%3");
    for (; p && *p && !strchr("/?", *p) && n + 1 < TEAMS_ID; p++) {
        unsigned code;
        bool encoded = *p == '%' && sscanf(p + 1, "%2x", &code) == 1;
        id[n++] = encoded ? (char)code : *p;
        p += encoded ? 2 : 0;
    }
    id[n] = '\0';
}

/* Without the slash at its end. */
static void copy_url(const char *url, char out[TEAMS_URL])
{
    size_t n = strlen(url);
    while (n && url[n - 1] == '/')
        n--;
    snprintf(out, TEAMS_URL, "%.*s", n < TEAMS_URL ? (int)n : 0, url);
}

void teams_note(struct teams *teams, const cJSON *activity)
{
    char key[KEY], channel[TEAMS_ID], root[TEAMS_ID], url[TEAMS_URL];
    const cJSON *conversation = kit_json_member(activity, "conversation");
    copy_url(kit_json_text(activity, "serviceUrl"), url);
    if (!teams_split(kit_json_text(conversation, "id"), channel, root) || !*url)
        return;
    make_key("at", channel, key);
    save(teams, teams->host->keep, key, kit_json_texts("url", url, "tenant", teams_tenant(activity), NULL));
    const char *user = kit_json_text(kit_json_member(activity, "from"), "id");
    if (strcmp(kit_json_text(conversation, "conversationType"), "personal") != 0 || !*user)
        return;
    make_key("talk", user, key);
    save(teams, teams->host->keep, key, kit_json_texts("id", channel, NULL));
}

/* What only some activities say stays as it was. */
static void put_known(cJSON *object, const cJSON *before, const char *name, const char *text)
{
    cJSON_AddStringToObject(object, name, *text ? text : kit_json_text(before, name));
}

void teams_note_team(struct teams *teams, const cJSON *activity, bool gone)
{
    const cJSON *team = kit_json_member(kit_json_member(activity, "channelData"), "team");
    const char *id = kit_json_text(team, "id");
    char url[TEAMS_URL], given[TEAMS_ID];
    cJSON *before = load(teams, "team");
    bool ours = !before || strcmp(kit_json_text(before, "id"), id) == 0;
    read_team(teams->set.team, given);
    bool wanted = *given ? strcmp(given, id) == 0 : ours;
    copy_url(kit_json_text(activity, "serviceUrl"), url);
    if (*id && gone && before && ours) {
        teams->host->put(teams->host->ctx, "team", NULL, 0);
    } else if (*id && !gone && wanted) {
        cJSON *object = kit_json_texts("id", id, "url", url, "tenant", teams_tenant(activity), NULL);
        put_known(object, ours ? before : NULL, "group", kit_json_text(team, "aadGroupId"));
        put_known(object, ours ? before : NULL, "name", kit_json_text(team, "name"));
        save(teams, teams->host->put, "team", object);
    }
    cJSON_Delete(before);
}

/* ---- where to send ---- */

static void take_place(struct teams *teams, const cJSON *known, struct teams_place *place)
{
    const char *tenant = kit_json_text(known, "tenant"), *url = kit_json_text(known, "url");
    copy_url(*url ? url : teams->set.service_url, place->url);
    kit_clean_name(*tenant ? tenant : teams_own_tenant(&teams->set), place->tenant, sizeof(place->tenant));
}

const char *teams_own_tenant(const struct teams_settings *set)
{
    const char *first = cJSON_GetStringValue(cJSON_GetArrayItem(set->tenants, 0));
    return *set->tenant || !first ? set->tenant : first;
}

/* A conversation that has said nothing yet is reached where the team is. */
void teams_find(struct teams *teams, const char *channel, const char *thread, struct teams_place *ret_place)
{
    char key[KEY], bare[TEAMS_ID], root[TEAMS_ID], begin[TEAMS_ID], id[TEAMS_ID];
    bool split = teams_split(channel, bare, root);
    thread = teams_split_message(thread, begin, id) && *begin ? begin : thread;
    bool under = split && *thread && !*root && teams_is_channel(channel);
    make_key("at", bare, key);
    cJSON *known = load(teams, key);
    known = known ? known : load(teams, "team");
    take_place(teams, known, ret_place);
    snprintf(ret_place->conversation, TEAMS_ID, "%s%s%.60s", split ? channel : "", under ? THREAD : "",
             under ? thread : "");
    cJSON_Delete(known);
}

bool teams_home(struct teams *teams, struct teams_home *ret_home)
{
    char given[TEAMS_ID];
    cJSON *known = load(teams, "team");
    *ret_home = (struct teams_home){0};
    read_team(teams->set.team, given);
    if (*given && strcmp(given, kit_json_text(known, "id")) != 0) {
        cJSON_Delete(known);
        known = kit_json_texts("id", given, NULL);
    }
    kit_clean_name(kit_json_text(known, "id"), ret_home->id, TEAMS_ID);
    kit_clean_name(kit_json_text(known, "group"), ret_home->group, sizeof(ret_home->group));
    kit_clean_name(kit_json_text(known, "name"), ret_home->name, sizeof(ret_home->name));
    take_place(teams, known, &ret_home->place);
    snprintf(ret_home->place.conversation, TEAMS_ID, "%s", ret_home->id);
    cJSON_Delete(known);
    return *ret_home->id;
}

bool teams_group(struct teams *teams, struct teams_home *home, struct teams_reply *reply)
{
    struct kit_text path = {0};
    *reply = (struct teams_reply){.outcome = KIT_ANSWERED, .ok = true};
    if (*home->group)
        return true;
    teams_path(&path, "/v3/teams/%", home->id, "");
    struct teams_call call = {FOR_CONNECTOR, "GET", home->place.url, kit_text_get(&path), NULL, false};
    teams_call(teams, &call, reply);
    kit_clean_name(kit_json_text(reply->body, "aadGroupId"), home->group, sizeof(home->group));
    kit_clean_name(kit_json_text(reply->body, "name"), home->name, sizeof(home->name));
    if (*home->group)
        save(teams, teams->host->put, "team",
             kit_json_texts("id", home->id, "name", home->name, "group", home->group, "url", home->place.url,
                            "tenant", home->place.tenant, NULL));
    kit_text_finish(&path);
    return reply->ok && *home->group;
}

/* ---- rooms ---- */

cJSON *teams_room(struct teams *teams, const char *conversation)
{
    char key[KEY];
    make_key("room", conversation, key);
    return load(teams, key);
}

bool teams_is_room(struct teams *teams, const char *conversation)
{
    cJSON *room = teams_room(teams, conversation);
    cJSON_Delete(room);
    return room != NULL;
}

void teams_keep_room(struct teams *teams, const char *conversation, cJSON *room)
{
    char key[KEY];
    make_key("room", conversation, key);
    save(teams, teams->host->keep, key, room);
}

/* ---- talks ---- */

static void create_talk(struct teams *teams, const char *user, const struct teams_place *home,
                        struct teams_reply *reply)
{
    struct kit_text bot = {0};
    cJSON *json = cJSON_CreateObject(), *members = cJSON_CreateArray();
    kit_text_addf(&bot, "28:%s", teams->set.app_id);
    cJSON_AddFalseToObject(json, "isGroup");
    cJSON_AddItemToObject(json, "bot", kit_json_texts("id", kit_text_get(&bot), NULL));
    cJSON_AddItemToArray(members, kit_json_texts("id", user, NULL));
    cJSON_AddItemToObject(json, "members", members);
    if (*home->tenant) {
        cJSON *data = cJSON_AddObjectToObject(json, "channelData");
        cJSON_AddStringToObject(json, "tenantId", home->tenant);
        cJSON_AddItemToObject(data, "tenant", kit_json_texts("id", home->tenant, NULL));
    }
    struct teams_call call = {FOR_CONNECTOR, "POST", home->url, "/v3/conversations", json, false};
    teams_call(teams, &call, reply);
    kit_text_finish(&bot);
}

bool teams_talk(struct teams *teams, const char *user, struct teams_place *ret_place, struct teams_reply *reply)
{
    char key[KEY];
    make_key("talk", user, key);
    cJSON *known = load(teams, key);
    const char *id = kit_json_text(known, "id");
    ret_place->conversation[0] = '\0';
    *reply = (struct teams_reply){.outcome = KIT_ANSWERED, .ok = true};
    teams_find(teams, *id ? id : "", "", ret_place);
    if (!*id) {
        create_talk(teams, user, ret_place, reply);
        id = kit_json_text(reply->body, "id");
        snprintf(ret_place->conversation, TEAMS_ID, "%s", strlen(id) < TEAMS_ID ? id : "");
        reply->ok = reply->ok && *ret_place->conversation;
        if (reply->ok)
            save(teams, teams->host->put, key, kit_json_texts("id", id, NULL));
    }
    cJSON_Delete(known);
    return reply->ok;
}

void teams_forget_talk(struct teams *teams, const char *user)
{
    char key[KEY];
    make_key("talk", user, key);
    teams->host->put(teams->host->ctx, key, NULL, 0);
}
