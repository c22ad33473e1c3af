#include "tags.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "graph.h"

#define PAGES_MOST 10
#define NONE_LEFT                                                                                              \
    "nobody who is on call is known in the team, and Teams ends tags that have no members, so the tag stays "  \
    "as it was"

/* ---- reading ---- */

static void take_page(struct teams_reply *reply, cJSON *all)
{
    cJSON *page = cJSON_GetObjectItemCaseSensitive(reply->body, "value");
    while (page && page->child)
        cJSON_AddItemToArray(all, cJSON_DetachItemViaPointer(page, page->child));
}

/* The next page, whose address Graph gives; one that is not below Graph's is not followed. False: there is none. */
static bool call_next(struct teams *teams, struct teams_reply *reply)
{
    struct kit_text path = {0};
    size_t n = strlen(teams->set.graph_url);
    const char *next = kit_json_text(reply->body, "@odata.nextLink");
    if (strncmp(next, teams->set.graph_url, n) != 0 || next[n] != '/')
        return false;
    kit_text_add(&path, next + n);
    teams_reply_finish(reply);
    struct teams_call call = {FOR_GRAPH, "GET", teams->set.graph_url, kit_text_get(&path), NULL, false};
    teams_call(teams, &call, reply);
    kit_text_finish(&path);
    return reply->ok;
}

/* All rows of a list below the team. NULL: Teams could not say, and *result says why. The caller deletes. */
static cJSON *read_all(struct teams *teams, const char *pattern, const char *id, struct tocsin_result *result)
{
    struct teams_reply reply;
    cJSON *all = cJSON_CreateArray();
    teams_graph_call(teams, "GET", pattern, id, "", NULL, &reply);
    take_page(&reply, all);
    for (int page = 1; page < PAGES_MOST && call_next(teams, &reply); page++)
        take_page(&reply, all);
    teams_result(&reply, result);
    if (!reply.ok) {
        cJSON_Delete(all);
        all = NULL;
    }
    teams_reply_finish(&reply);
    return all;
}

/* By id, or by the name that people type. */
static bool find_tag(struct teams *teams, const char *group, char id[TEAMS_ID], struct tocsin_result *result)
{
    const cJSON *tag, *found = NULL;
    cJSON *tags = read_all(teams, "/tags", "", result);
    cJSON_ArrayForEach(tag, tags)
    {
        if (strcmp(kit_json_text(tag, "id"), group) == 0 ||
            strcasecmp(kit_json_text(tag, "displayName"), group) == 0)
            found = tag;
    }
    bool shifts = strcmp(kit_json_text(found, "tagType"), "scheduled") == 0;
    snprintf(id, TEAMS_ID, "%s", shifts ? "" : kit_json_text(found, "id"));
    if (tags && shifts)
        kit_result(result, TOCSIN_REFUSED,
                   "the app Shifts keeps the members of the tag '%.60s'; use another one", group);
    else if (tags && !found)
        kit_result(result, TOCSIN_REFUSED,
                   "the team has no tag '%.60s'; make it in Teams (Manage tags), with anybody in it", group);
    cJSON_Delete(tags);
    return *id;
}

/* ---- changing ---- */

/* A change of one member. False: no other one is tried now. */
static bool changed(struct teams_reply *reply, struct tocsin_result *result)
{
    struct tocsin_result one = {.size = sizeof(one)};
    teams_result(reply, &one);
    teams_reply_finish(reply);
    if (one.code != TOCSIN_DONE)
        *result = one;
    return one.code == TOCSIN_DONE || one.code == TOCSIN_REFUSED;
}

/* *ret_there: how many of those on call are in it then. Whom Teams refuses does not keep out the others. */
static bool add_all(struct teams *teams, const char *tag, const cJSON *members, const cJSON *people,
                    int *ret_there, struct tocsin_result *result)
{
    const cJSON *person;
    *ret_there = 0;
    cJSON_ArrayForEach(person, people)
    {
        struct teams_reply reply = {.ok = true};
        const char *user = kit_json_text(person, "aad");
        if (!*user)
            continue;
        if (!kit_json_with(members, "userId", user)) {
            teams_graph_call(teams, "POST", "/tags/%/members", tag, "", kit_json_texts("userId", user, NULL),
                             &reply);
            bool is_in = reply.ok;
            if (!changed(&reply, result))
                return false;
            *ret_there += is_in;
        } else {
            ++*ret_there;
        }
    }
    return true;
}

/* A membership has an id of its own. One that is gone was removed by somebody else. */
static void remove_others(struct teams *teams, const char *tag, const cJSON *members, const cJSON *people,
                          struct tocsin_result *result)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, members)
    {
        struct teams_reply reply;
        if (kit_json_with(people, "aad", kit_json_text(member, "userId")))
            continue;
        teams_graph_call(teams, "DELETE", "/tags/%/members/%", tag, kit_json_text(member, "id"), NULL, &reply);
        reply.ok |= teams_is_gone(&reply);
        reply.status = reply.ok ? 204 : reply.status;
        if (!changed(&reply, result))
            return;
    }
}

static void set_members(struct teams *teams, const char *tag, const cJSON *people, struct tocsin_result *result)
{
    int there;
    cJSON *members = read_all(teams, "/tags/%/members", tag, result);
    if (members && add_all(teams, tag, members, people, &there, result)) {
        if (there)
            remove_others(teams, tag, members, people, result);
        else if (result->code == TOCSIN_DONE)
            kit_result(result, TOCSIN_DONE, NONE_LEFT);
    }
    cJSON_Delete(members);
}

void teams_group_members(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                         struct tocsin_result *result)
{
    (void)action;
    char tag[TEAMS_ID];
    cJSON *people = teams_named(teams, body, "users", result);
    if (people && find_tag(teams, kit_json_text(body, "group"), tag, result))
        set_members(teams, tag, people, result);
    if (result->code == TOCSIN_UNKNOWN)
        result->code = TOCSIN_RETRY; /* to set the same members again does no harm */
    cJSON_Delete(people);
}
