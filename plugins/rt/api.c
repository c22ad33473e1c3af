/* REST 2: what its answers mean, and how it is searched. */
#include "rt.h"

static const struct kit_meaning meanings[] = {
    {400, TOCSIN_REFUSED, "RT did not accept the request"},
    {401, TOCSIN_AUTH, "RT refuses the login: check `user`, and `password` or `token`"},
    {403, TOCSIN_AUTH, "the account lacks a right in RT; `tocsin connector check` says which"},
    {404, TOCSIN_REFUSED, "it is not there; is `url` the address of RT 5 or later?"},
    {412, TOCSIN_RETRY, "somebody changed it at the same time"},
    {0, 0, NULL},
};

static void said(const cJSON *body, struct kit_text *words)
{
    kit_text_add(words, kit_json_text(body, "message"));
}

const struct kit_api rt_api = {.name = "RT", .meanings = meanings, .said = said};

void rt_equals(struct kit_text *sql, const char *field, const char *value)
{
    kit_text_addf(sql, "%s = '", field);
    for (const char *p = value; *p; p++) {
        if (*p == '\'' || *p == '\\')
            kit_text_addc(sql, '\\');
        kit_text_addc(sql, *p);
    }
    kit_text_addc(sql, '\'');
}

cJSON *rt_search(struct kit_task *task, const char *list, struct kit_text *query, const char *more)
{
    struct kit_text path = {0};
    kit_text_addf(&path, "%s?%s&", list, more);
    kit_api_parameter(&path, "query", kit_text_get(query));
    cJSON *page = kit_api_get(task, kit_text_get(&path));
    cJSON *items = cJSON_DetachItemFromObject(page, "items");
    cJSON_Delete(page);
    kit_text_finish(&path);
    kit_text_finish(query);
    return items;
}
