/* What answers mean. GitHub says by a 403 that somebody may not, that they ask too often, and that the issue is locked. */
#include "github.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/clock.h>

#define PAUSE_MS      60000   /* after a secondary limit without a delay: GitHub asks for a minute at least */
#define PAUSE_MOST_MS 3600000 /* a limit of an hour begins anew after one */

static const struct kit_meaning meanings[] = {
    {301, TOCSIN_REFUSED, "the repository has another name now: set `repository` to it"},
    {307, TOCSIN_REFUSED, "the repository has another name now: set `repository` to it"},
    {401, TOCSIN_AUTH, "GitHub refuses the token: it is wrong, has expired, or was revoked"},
    {403, TOCSIN_AUTH, "the token may not do that; `tocsin connector check` says what it needs"},
    {404, TOCSIN_REFUSED, "there is no such repository or issue that the token can see"},
    {410, TOCSIN_REFUSED, "the issue was deleted, or the repository has no issues"},
    {422, TOCSIN_REFUSED, "GitHub does not accept it"},
    {429, TOCSIN_RETRY, "GitHub asks to wait"},
    {0, 0, NULL},
};

static void add_words(const cJSON *body, struct kit_text *words)
{
    const cJSON *error = cJSON_GetArrayItem(kit_json_member(body, "errors"), 0);
    const char *field = kit_json_text(error, "field"), *message = kit_json_text(error, "message");
    kit_text_add(words, kit_json_text(body, "message"));
    if (*message || *field)
        kit_text_addf(words, ": %s%s%s", field, *field && *message ? " " : "", message);
}

static bool is_used_up(const struct kit_answer *answer)
{
    const char *left = kit_answer_header(answer, "x-ratelimit-remaining");
    return left && strcmp(left, "0") == 0;
}

static bool is_limit(const struct kit_answer *answer, const char *said)
{
    return answer->retry_after_ms || is_used_up(answer) || strcasestr(said, "rate limit");
}

static void judge(const struct kit_answer *answer, const cJSON *body, struct tocsin_result *result)
{
    const char *said = kit_json_text(body, "message");
    if (answer->status != 403 && answer->status != 429)
        return;
    if (is_limit(answer, said)) {
        int64_t pause = is_used_up(answer) ? kit_reset_after(kit_answer_header(answer, "x-ratelimit-reset"),
                                                             kit_wall_ms(), PAUSE_MOST_MS)
                                           : 0;
        kit_result(result, TOCSIN_RETRY, "GitHub asks to wait: %s", said);
        result->retry_after_ms = answer->retry_after_ms ? answer->retry_after_ms : pause ? pause : PAUSE_MS;
    } else if (strcasestr(said, "locked") || strcasestr(said, "read-only") || strcasestr(said, "archived")) {
        kit_result(result, TOCSIN_REFUSED, "GitHub does not accept it: %s", said);
    }
}

const struct kit_api github_api = {.name = "GitHub", .meanings = meanings, .said = add_words, .judge = judge};

char *github_login(struct kit_task *task)
{
    cJSON *user = kit_api_get(task, "user");
    char *login = user ? strdup(kit_json_text(user, "login")) : NULL;
    cJSON_Delete(user);
    return login;
}

/* ---- reading ---- */

cJSON *github_get(struct kit_task *task, const char *path)
{
    cJSON *found = kit_api_get(task, path);
    size_t n = strlen(task->api->base);
    if (found || task->status < 301 || task->status > 308 || strncmp(task->location, task->api->base, n) != 0 ||
        task->location[n] != '/')
        return found;
    char *to = strdup(task->location + n + 1);
    kit_result(task->result, TOCSIN_DONE, "%s", "");
    found = kit_api_get(task, to);
    free(to);
    return found;
}

cJSON *github_issue(struct kit_task *task, const char *id)
{
    struct kit_text path = {0};
    github_path(id, &path);
    cJSON *issue = github_get(task, kit_text_get(&path));
    kit_text_finish(&path);
    return issue;
}
