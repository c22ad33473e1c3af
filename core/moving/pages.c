#include "moving/pages.h"

#include <string.h>

#include "base/error.h"
#include "moving/lua_text.h"

/* ---- Lua ---- */

static void add_field(struct str *out, const char *key, const char *text)
{
    if (text_empty(text))
        return;
    str_addf(out, "%s%s = ", out->p[out->len - 1] == '{' ? " " : ", ", key);
    lua_quote(text, out);
}

const char *page_component(struct moving *m, struct map *names, const struct page_component *component)
{
    struct str line = {0};
    const char *name = component->name;
    CLEANUP_FREE char *lower = text_lower(name);
    if (map_get(names, lower) && component->group) {
        name = keepf(m, "%s (%s)", name, component->group);
        unsaid(m, "another component has its name", "component '%s' is now '%s'", component->name, name);
    }
    CLEANUP_FREE char *key = text_lower(name);
    if (map_get(names, key)) {
        unsaid(m, "another component has its name: it is left out, and its posts are that one's",
               "component '%s'", name);
        return name;
    }
    map_put(names, key, m);
    str_add(&line, "component {");
    add_field(&line, "name", name);
    add_field(&line, "group", component->group);
    add_field(&line, "description", component->description);
    str_add(&line, component->only_if_degraded ? ", only_if_degraded = true }" : " }");
    *array_add(&m->helpers) = keep(m, str_take(&line));
    return name;
}

void page_declare(struct moving *m, const char *title, const char *url, const char *zone)
{
    struct str line = {0};
    str_add(&line, "status_page {");
    add_field(&line, "name", "main");
    add_field(&line, "title", title);
    add_field(&line, "url", url);
    add_field(&line, "zone", zone);
    str_add(&line, " }");
    *array_add(&m->helpers) = keep(m, str_take(&line));
}

/* ---- posts ---- */

cJSON *page_post(struct moving *m, const char *origin, const char *title, const char *impact)
{
    if (text_empty(title)) {
        unsaid(m, "it has no title", "post %s", origin);
        return NULL;
    }
    cJSON *post = cJSON_CreateObject();
    cJSON_AddStringToObject(post, "origin", origin);
    cJSON_AddStringToObject(post, "title", title);
    cJSON_AddStringToObject(post, "impact", impact);
    cJSON_AddArrayToObject(post, "components");
    cJSON_AddArrayToObject(post, "words");
    return post;
}

cJSON *page_word(cJSON *post, instant at, const char *status, const char *text)
{
    cJSON *word = cJSON_CreateObject();
    cJSON_AddNumberToObject(word, "at", (double)at);
    cJSON_AddStringToObject(word, "status", status);
    cJSON_AddStringToObject(word, "text", text);
    cJSON_AddArrayToObject(word, "changes");
    cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(post, "words"), word);
    return word;
}

void page_change(cJSON *word, const char *component, const char *before, const char *after)
{
    cJSON *change = cJSON_CreateObject();
    cJSON_AddStringToObject(change, "component", component);
    cJSON_AddStringToObject(change, "before", before);
    cJSON_AddStringToObject(change, "after", after);
    cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(word, "changes"), change);
}

void page_touch(cJSON *post, const char *component)
{
    cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(post, "components"), cJSON_CreateString(component));
}

void page_post_end(struct moving *m, cJSON *post)
{
    static const char *const over[] = {"resolved", "postmortem", "completed"};
    const cJSON *words = json_member(post, "words");
    int n = cJSON_GetArraySize(words);
    const char *status = n ? json_text_or(cJSON_GetArrayItem(words, n - 1), "status", "") : "";
    bool is_over = false;
    for (size_t i = 0; i < ARRAY_SIZE(over); i++)
        is_over |= text_equal(status, over[i]);
    if (is_over) {
        m->posts = m->posts ? m->posts : cJSON_CreateArray();
        cJSON_AddItemToArray(m->posts, post);
        return;
    }
    unsaid(m, n ? "it is not over: post it, or plan it, yourself" : "it has no words", "post '%s' (%s)",
           json_text_or(post, "title", ""), json_text_or(post, "origin", ""));
    cJSON_Delete(post);
}

instant page_time(struct moving *m, const cJSON *object, const char *member, const char *name)
{
    struct error err = {0};
    const struct moving_document nowhere = {.file = name, .json = (cJSON *)object};
    struct reading probe = {.m = m, .document = &nowhere, .err = &err};
    instant at = get_instant(&probe, object, member, "Etc/UTC");
    if (probe.rc)
        unsaid(m, keepf(m, "%s", err.text), "post %s", name);
    return probe.rc ? 0 : at;
}
