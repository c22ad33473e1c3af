/*
 * cState: a Hugo site. Its configuration names systems and categories; each file of content/issues is an issue: YAML before its text, in
 * which `{{< track "2026-11-30 09:00:00" >}}` ends each update, the newest one first.
 */
#include <string.h>

#include "moving/pages.h"
#include "moving/sources.h"

#define LAST_WORD "This is resolved."

struct site {
    struct moving *m;
    struct map names; /* of systems, in lower case -> as they are written */
};

/* ---- the configuration ---- */

static const cJSON *category_of(const cJSON *params, const char *name)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(params, "categories"))
    {
        if (text_equal(json_text_or(row, "name", NULL), name))
            return row;
    }
    return NULL;
}

static void take_configuration(struct site *site, const cJSON *json)
{
    const cJSON *row, *params = json_member(json, "params");
    page_declare(site->m, json_text_or(json, "title", "Status"), json_text_or(json, "baseURL", NULL),
                 json_text_or(json, "timeZone", NULL));
    cJSON_ArrayForEach(row, json_member(params, "systems"))
    {
        const char *group = json_text_or(row, "category", NULL), *name = json_text_or(row, "name", "");
        const struct page_component component = {
            .name = name,
            .group = get_bool(category_of(params, group), "untitled") ? NULL : group,
            .description = json_text_or(row, "description", NULL)};
        if (*name)
            page_component(site->m, &site->names, &component);
        else
            unsaid(site->m, "it has no name", "a system");
    }
}

/* ---- the updates of an issue ---- */

struct update {
    instant at;
    char *text;
};
typedef ARRAY(struct update) update_list;

/* Without blank space and rules (---) around it. */
static char *trimmed(const char *text, size_t n)
{
    static const char around[] = " \t\r\n-";
    while (n && strchr(" \t\r\n", *text))
        text++, n--;
    while (n >= 4 && memcmp(text, "---", 3) == 0 && strchr("\r\n", text[3])) {
        text += 3, n -= 3;
        while (n && strchr(" \t\r\n", *text))
            text++, n--;
    }
    while (n && strchr(around, text[n - 1]))
        n--;
    return xstrndup(text, n);
}

/* The next `{{< track "…" >}}`, its end and its time. NULL: there is none. */
static const char *find_track(struct site *site, const char *text, const char *origin, const char **ret_end,
                              instant *ret)
{
    const char *begin = strstr(text, "{{<");
    size_t n = begin ? strcspn(begin, "\n") : 0;
    const char *end = begin ? memmem(begin, n, ">}}", 3) : NULL;
    const char *quote = end ? memchr(begin, '"', (size_t)(end - begin)) : NULL;
    if (!quote || !memmem(begin, (size_t)(quote - begin), "track", 5))
        return NULL;
    CLEANUP_JSON cJSON *object = cJSON_CreateObject();
    CLEANUP_FREE char *time = xstrndup(quote + 1, strcspn(quote + 1, "\""));
    cJSON_AddStringToObject(object, "track", time);
    *ret = page_time(site->m, object, "track", origin);
    *ret_end = end + 3;
    return begin;
}

static void add_update(update_list *updates, instant at, char *text)
{
    size_t place = 0;
    if (!*text) {
        free(text);
        return;
    }
    while (place < updates->n && updates->v[place].at < at)
        place++;
    *array_add(updates) = (struct update){0};
    memmove(updates->v + place + 1, updates->v + place, (updates->n - 1 - place) * sizeof(*updates->v));
    updates->v[place] = (struct update){at, text};
}

/* What has no time of its own is as old as the issue. */
static void read_updates(struct site *site, const char *body, instant date, const char *origin,
                         update_list *ret)
{
    const char *end;
    instant at;
    for (const char *track; (track = find_track(site, body, origin, &end, &at)); body = end)
        add_update(ret, at ? at : date, trimmed(body, (size_t)(track - body)));
    add_update(ret, date, trimmed(body, strlen(body)));
}

/* "*Monitoring* - The fix is out": the status, and the text behind it. */
static const char *status_of(const char **text, const char *before)
{
    static const char *const rows[][2] = {
        {"investigating", "investigating"}, {"identified", "identified"}, {"monitoring", "monitoring"},
        {"resolved", "resolved"},           {"fixed", "resolved"},        {"post-mortem", "postmortem"}};
    const char *word = *text + strspn(*text, "*_");
    size_t n = strcspn(word, "*_\n");
    for (size_t i = 0; i < ARRAY_SIZE(rows) && word > *text; i++) {
        if (n != strlen(rows[i][0]) || strncasecmp(word, rows[i][0], n) != 0)
            continue;
        const char *rest = word + n + strspn(word + n, "*_ \t-:\r\n");
        *text = *rest ? rest : *text;
        return rows[i][1];
    }
    return before;
}

/* ---- an issue ---- */

struct issue {
    const char *origin, *severity;
    instant date, ended;
    bool maintenance, informational;
};

static void add_words(cJSON *post, const struct issue *issue, const update_list *updates)
{
    const char *status = issue->maintenance ? "in_progress" : "investigating",
               *last = issue->maintenance ? "completed" : "resolved";
    instant at = issue->date;
    for (size_t i = 0; i < updates->n; i++) {
        const char *text = updates->v[i].text, *said = status_of(&text, status);
        bool is_last = i + 1 == updates->n;
        status = issue->maintenance ? status : said;
        at = updates->v[i].at;
        if (issue->informational || (is_last && issue->ended <= at))
            status = last;
        page_word(post, at, status, text);
    }
    if (!issue->informational && updates->n && issue->ended > at)
        page_word(post, issue->ended, last, LAST_WORD);
}

/* How a severity reads here: of the whole, and of a system. */
static const struct severity {
    const char *name, *impact, *state;
} severities[] = {{"down", "critical", "major_outage"}, {"disrupted", "minor", "degraded_performance"}},
  notice = {"notice", "maintenance", "under_maintenance"}, none = {"", "none", "operational"};

static const struct severity *severity_of(const struct issue *issue)
{
    if (issue->maintenance)
        return &notice;
    for (size_t i = 0; i < ARRAY_SIZE(severities); i++) {
        if (!issue->informational && text_equal(severities[i].name, issue->severity))
            return &severities[i];
    }
    return &none;
}

/* cState shows a system as its open issues are, from the first word to the last. */
static void add_states(cJSON *post, const char *name, const char *state)
{
    cJSON *words = cJSON_GetObjectItemCaseSensitive(post, "words");
    int n = cJSON_GetArraySize(words);
    if (n < 2 || text_equal(state, none.state))
        return;
    page_change(cJSON_GetArrayItem(words, 0), name, none.state, state);
    page_change(cJSON_GetArrayItem(words, n - 1), name, state, none.state);
}

static void touch_systems(struct site *site, const struct issue *issue, cJSON *post, const cJSON *json)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(json, "affected"))
    {
        const char *name = cJSON_IsString(row) ? row->valuestring : "";
        CLEANUP_FREE char *key = text_lower(name);
        if (!map_get(&site->names, key)) {
            unsaid(site->m, "the configuration has no such system: the post does not name it",
                   "post %s, system '%s'", issue->origin, name);
            continue;
        }
        page_touch(post, name);
        add_states(post, name, severity_of(issue)->state);
    }
}

static void make_post(struct site *site, const struct issue *issue, const cJSON *json)
{
    update_list updates = {0};
    cJSON *post =
        page_post(site->m, issue->origin, json_text_or(json, "title", NULL), severity_of(issue)->impact);
    if (!post)
        return;
    read_updates(site, json_text_or(json, "content", ""), issue->date, issue->origin, &updates);
    add_words(post, issue, &updates);
    if (issue->maintenance) {
        cJSON_AddNumberToObject(post, "from", (double)issue->date);
        cJSON_AddNumberToObject(post, "until", (double)MAX(issue->ended, issue->date));
    }
    touch_systems(site, issue, post, json);
    for (size_t i = 0; i < updates.n; i++)
        free(updates.v[i].text);
    array_free(&updates);
    page_post_end(site->m, post);
}

/* Its file within the site's content, the same wherever the site is. */
static const char *origin_of(struct moving *m, const char *file)
{
    const char *content = strstr(file, "content/"), *slash = strrchr(file, '/');
    return keepf(m, "cstate/%s", content ? content + strlen("content/") : slash ? slash + 1 : file);
}

static void take_issue(struct site *site, const char *file, const cJSON *json)
{
    struct issue issue = {.origin = origin_of(site->m, file), .severity = json_text_or(json, "severity", "")};
    issue.informational = get_bool(json, "informational");
    issue.maintenance = !issue.informational && text_equal(issue.severity, "notice");
    if (!text_equal(json_text_or(json, "section", "issue"), "issue") || !json_member(json, "date")) {
        unsaid(site->m, "it is no issue", "%s", file);
        return;
    }
    if (!issue.informational && !get_bool(json, "resolved")) {
        unsaid(site->m, "it is not over: post it, or plan it, yourself", "post %s", issue.origin);
        return;
    }
    issue.date = page_time(site->m, json, "date", issue.origin);
    issue.ended =
        json_member(json, "resolvedWhen") ? page_time(site->m, json, "resolvedWhen", issue.origin) : 0;
    if (issue.date)
        make_post(site, &issue, json);
}

static int read(struct moving *m, struct error *err)
{
    struct site site = {.m = m};
    (void)err;
    for (size_t i = 0; i < m->documents.n; i++) {
        const cJSON *json = m->documents.v[i].json;
        if (json_member(json_member(json, "params"), "systems"))
            take_configuration(&site, json);
    }
    for (size_t i = 0; i < m->documents.n; i++) {
        const struct moving_document *document = &m->documents.v[i];
        if (json_member(document->json, "content"))
            take_issue(&site, document->file, document->json);
        else if (!json_member(json_member(document->json, "params"), "systems"))
            unsaid(m, "it has no systems and is no issue", "%s", document->file);
    }
    map_finish(&site.names);
    return 0;
}

static const struct moving_marks marks[] = {{{0}}};

const struct moving_source moving_cstate = {"cstate", "cState", true, read, marks, true};
