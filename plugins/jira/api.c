/* What answers mean, and how issues are searched. */
#include "jira.h"

static const struct kit_meaning meanings[] = {
    {400, TOCSIN_REFUSED, "Jira does not accept it"},
    {401, TOCSIN_AUTH, "Jira refuses the login: check `email` and `token`"},
    {403, TOCSIN_AUTH, "the account may not do that in Jira; `tocsin connector check` says what it needs"},
    {404, TOCSIN_REFUSED, "there is no such issue that the account can see"},
    {409, TOCSIN_RETRY, "somebody changed the issue at the same time"},
    {0, 0, NULL},
};

/* {"errorMessages": [text], "errors": {field: text}} */
static void said(const cJSON *body, struct kit_text *words)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, kit_json_member(body, "errorMessages"))
    {
        if (cJSON_IsString(row))
            kit_text_addf(words, "%s%s", words->n ? "; " : "", row->valuestring);
    }
    cJSON_ArrayForEach(row, kit_json_member(body, "errors"))
    {
        if (cJSON_IsString(row) && row->string)
            kit_text_addf(words, "%s%s: %s", words->n ? "; " : "", row->string, row->valuestring);
    }
}

const struct kit_api jira_api = {.name = "Jira", .meanings = meanings, .said = said};

/* The Cloud gives a token for the next page, Data Center counts rows. */
cJSON *jira_search(struct kit_task *task, const char *jql, const char *fields, int most, const char *at,
                   struct kit_text *next)
{
    bool cloud = jira_of(task)->cloud;
    struct kit_text path = {0};
    kit_text_add(&path, cloud ? "search/jql?" : "search?");
    kit_api_parameter(&path, "jql", jql);
    kit_api_parameter(&path, "fields", fields);
    if (*at)
        kit_api_parameter(&path, cloud ? "nextPageToken" : "startAt", at);
    kit_text_addf(&path, "maxResults=%d", most);
    cJSON *page = kit_api_get(task, kit_text_get(&path));
    int64_t end = kit_json_int(page, "startAt", 0) + cJSON_GetArraySize(kit_json_member(page, "issues"));
    if (cloud)
        kit_text_add(next, kit_json_text(page, "nextPageToken"));
    else if (end < kit_json_int(page, "total", 0))
        kit_text_addf(next, "%lld", (long long)end);
    kit_text_finish(&path);
    return page;
}
