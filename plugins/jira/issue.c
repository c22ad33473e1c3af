#include "jira.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/kit/clock.h>

#define PROJECT_MOST 40
#define DIGITS_MOST  12

/* ---- keys ---- */

static size_t project_length(const char *text)
{
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_')
        n++;
    return isalpha((unsigned char)*text) && n >= 2 && n <= PROJECT_MOST ? n : 0;
}

bool jira_is_project(const char *key)
{
    size_t n = project_length(key);
    bool small = strpbrk(key, "abcdefghijklmnopqrstuvwxyz") != NULL;
    return n && !key[n] && !small;
}

/* "PAY-7": its length, or 0. */
static size_t key_length(const char *text)
{
    size_t n = project_length(text);
    size_t digits = n && text[n] == '-' && text[n + 1] != '0' ? strspn(text + n + 1, "0123456789") : 0;
    return digits && digits <= DIGITS_MOST ? n + 1 + digits : 0;
}

/* The key that follows `before` in a link, up to what ends it there. */
static size_t key_after(const char *link, const char *before, const char **ret_key)
{
    const char *at = strstr(link, before);
    size_t n = at ? key_length(at + strlen(before)) : 0;
    *ret_key = at ? at + strlen(before) : link;
    return n && (!(*ret_key)[n] || strchr("/?#&", (*ret_key)[n])) ? n : 0;
}

/* …/browse/PAY-7, …/projects/PAY/issues/PAY-7, or a board that shows it: …?selectedIssue=PAY-7 */
bool jira_key(const char *text, const char *web, char key[JIRA_KEY_BYTES])
{
    static const char *const before[] = {"/browse/", "/issues/", "selectedIssue="};
    size_t root = strlen(web), n = key_length(text);
    const char *at = text;
    n = n && !text[n] ? n : 0;
    bool link = strncmp(text, web, root) == 0 && text[root] == '/';
    for (size_t i = 0; link && !n && i < sizeof(before) / sizeof(before[0]); i++)
        n = key_after(text + root, before[i], &at);
    snprintf(key, JIRA_KEY_BYTES, "%.*s", (int)n, at);
    for (char *p = key; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return n > 0;
}

/* ---- an issue ---- */

bool jira_is_done(const cJSON *status)
{
    return strcmp(kit_json_text(kit_json_member(status, "statusCategory"), "key"), "done") == 0;
}

struct kit_ticket jira_ticket(const struct jira *jira, const cJSON *issue, const char *id,
                              struct kit_text *link)
{
    const cJSON *fields = kit_json_member(issue, "fields"), *status = kit_json_member(fields, "status");
    kit_text_addf(link, "%s/browse/%s", jira->web, kit_json_text(issue, "key"));
    return (struct kit_ticket){.id = id,
                               .link = kit_text_get(link),
                               .title = kit_json_text(fields, "summary"),
                               .status = kit_json_text(status, "name"),
                               .done = jira_is_done(status)};
}

int64_t jira_updated_ms(const cJSON *issue)
{
    return kit_time_ms(kit_json_text(kit_json_member(issue, "fields"), "updated"));
}
