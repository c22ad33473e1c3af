/* Channels by Microsoft Graph. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"
#include "jwt.h"
#include "text.h"

#define TRIES      5    /* names tried for a new channel */
#define TOPIC_MOST 1000 /* bytes of a description; Graph's limit: 1,024 characters */

void teams_graph_call(struct teams *teams, const char *method, const char *pattern, const char *first,
                      const char *second, cJSON *json, struct teams_reply *reply)
{
    struct kit_text path = {0};
    struct teams_home home;
    if (!teams_home(teams, &home)) {
        *reply =
            (struct teams_reply){.outcome = KIT_ANSWERED, .status = 404, .text = "the app is in no team yet"};
        cJSON_Delete(json);
        return;
    }
    if (!teams_group(teams, &home, reply)) {
        cJSON_Delete(json);
        return;
    }
    teams_reply_finish(reply);
    teams_path(&path, "/teams/%", home.group, "");
    teams_path(&path, pattern, first, second);
    struct teams_call request = {FOR_GRAPH,           method, teams->set.graph_url,
                                 kit_text_get(&path), json,   strcmp(method, "POST") == 0};
    teams_call(teams, &request, reply);
    kit_text_finish(&path);
}

/* ---- making one ---- */

static cJSON *member_of(const struct teams *teams, const cJSON *person, const char *role)
{
    struct kit_text bind = {0};
    cJSON *roles = cJSON_CreateArray(),
          *member = kit_json_texts("@odata.type", "#microsoft.graph.aadUserConversationMember", NULL);
    kit_text_addf(&bind, "%s/users('%s')", teams->set.graph_url, kit_json_text(person, "aad"));
    cJSON_AddStringToObject(member, "user@odata.bind", kit_text_get(&bind));
    if (*role)
        cJSON_AddItemToArray(roles, cJSON_CreateString(role));
    cJSON_AddItemToObject(member, "roles", roles);
    kit_text_finish(&bind);
    return member;
}

/* The first one becomes the owner that a private channel must have. */
static cJSON *members_of(const struct teams *teams, const cJSON *people)
{
    const cJSON *person;
    cJSON *members = cJSON_CreateArray();
    cJSON_ArrayForEach(person, people)
    {
        if (*kit_json_text(person, "aad") && !strchr(kit_json_text(person, "aad"), '\''))
            cJSON_AddItemToArray(members, member_of(teams, person, members->child ? "" : "owner"));
    }
    return members;
}

static cJSON *channel_of(const char *name, const char *topic, bool private, const cJSON *members)
{
    struct kit_text cut = {0};
    kit_text_addn(&cut, topic, kit_utf8_cut(topic, strlen(topic), TOPIC_MOST));
    cJSON *json = kit_json_texts("displayName", name, "description", kit_text_get(&cut), "membershipType",
                                 private ? "private" : "standard", NULL);
    if (private)
        cJSON_AddItemToObject(json, "members", cJSON_Duplicate(members, true));
    kit_text_finish(&cut);
    return json;
}

/* Names of deleted channels stay taken for 30 days. */
static bool is_taken(const struct teams_reply *reply)
{
    return (reply->status == 400 || reply->status == 409) &&
           (strcasestr(reply->code, "exist") || strcasestr(reply->text, "exist"));
}

bool teams_graph_create(struct teams *teams, const char *name, const char *topic, bool private,
                        const cJSON *people, char id[TEAMS_ID], struct teams_reply *reply)
{
    cJSON *members = members_of(teams, people);
    *reply = (struct teams_reply){.outcome = KIT_ANSWERED, .status = 400};
    snprintf(reply->text, sizeof(reply->text),
             "a private channel needs an owner, and Teams knows none of the incident's members");
    for (int try = 1; try <= TRIES && (!private || members->child); try++) {
        struct kit_text shown = {0};
        teams_reply_finish(reply);
        teams_channel_name(name, try, &shown);
        teams_graph_call(teams, "POST", "/channels", "", "",
                         channel_of(kit_text_get(&shown), topic, private, members), reply);
        kit_text_finish(&shown);
        if (!is_taken(reply))
            break;
    }
    cJSON_Delete(members);
    const char *made = kit_json_text(reply->body, "id");
    snprintf(id, TEAMS_ID, "%s", strlen(made) < TEAMS_ID ? made : "");
    return reply->ok && *id;
}

/* ---- one that exists ---- */

void teams_graph_describe(struct teams *teams, const char *channel, const char *topic,
                          struct teams_reply *reply)
{
    struct kit_text cut = {0};
    kit_text_addn(&cut, topic, kit_utf8_cut(topic, strlen(topic), TOPIC_MOST));
    teams_graph_call(teams, "PATCH", "/channels/%", channel, "",
                     kit_json_texts("description", kit_text_get(&cut), NULL), reply);
    kit_text_finish(&cut);
}

void teams_graph_archive(struct teams *teams, const char *channel, struct teams_reply *reply)
{
    teams_graph_call(teams, "POST", "/channels/%/archive", channel, "", cJSON_CreateObject(), reply);
}

void teams_graph_add(struct teams *teams, const char *channel, const cJSON *person, struct teams_reply *reply)
{
    teams_graph_call(teams, "POST", "/channels/%/members", channel, "", member_of(teams, person, ""), reply);
}

/* A membership has an id of its own. */
void teams_graph_remove(struct teams *teams, const char *channel, const cJSON *person,
                        struct teams_reply *reply)
{
    teams_graph_call(teams, "GET", "/channels/%/members", channel, "", NULL, reply);
    const cJSON *found =
        kit_json_with(kit_json_member(reply->body, "value"), "userId", kit_json_text(person, "aad"));
    if (!found)
        return; /* they are not in it */
    struct teams_reply removed;
    teams_graph_call(teams, "DELETE", "/channels/%/members/%", channel, kit_json_text(found, "id"), NULL,
                     &removed);
    teams_reply_finish(reply);
    *reply = removed;
}

/* ---- permissions ---- */

static bool has_role(const cJSON *claims, const char *role)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, kit_json_member(claims, "roles"))
    {
        if (cJSON_IsString(row) && strcmp(row->valuestring, role) == 0)
            return true;
    }
    return false;
}

/* The permissions, and what does not work without each. A team may give the first one to the app itself, which no token shows. */
static const struct {
    const char *role, *other, *without;
} roles[] = {
    {"Channel.Create", "Group.ReadWrite.All",
     "incidents get channels only if the team has allowed it when it added the app"},
    {"ChannelSettings.ReadWrite.All", "Group.ReadWrite.All",
     "channels keep their first description and are not archived"},
    {"ChannelMember.ReadWrite.All", "Group.ReadWrite.All", "nobody can be added to private channels"},
};

int32_t teams_graph_check(struct teams *teams, struct tocsin_error *error)
{
    char *token = NULL;
    struct jwt jwt = {0};
    struct kit_text text = {0};
    int32_t rc = teams_tokens_renew(teams->tokens, FOR_GRAPH, &token, error);
    if (rc)
        return rc;
    bool readable = !jwt_read(token, &jwt);
    for (size_t i = 0; readable && i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (!has_role(jwt.claims, roles[i].role) && !has_role(jwt.claims, roles[i].other))
            kit_text_addf(&text, "%s%s (without it, %s)", text.n ? "; " : "", roles[i].role, roles[i].without);
    }
    if (text.n)
        kit_fail(
            error, 0,
            "the app lacks permissions of Microsoft Graph; add them in Azure as application permissions, and "
            "grant an administrator's consent: %s",
            kit_text_get(&text));
    jwt_finish(&jwt);
    kit_text_finish(&text);
    free(token);
    return 0;
}
