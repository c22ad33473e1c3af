/* Posts and their words: in memory, and as documents. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "comms/posts.h"
#include "public/names.h"
#include "statuspage/inside.h"

size_t kept_below(const struct statuspage *statuspage, int64_t number)
{
    size_t from = 0, to = statuspage->posts.n;
    while (number && from < to) {
        size_t middle = from + (to - from) / 2;
        if (statuspage->posts.v[middle]->number < number)
            from = middle + 1;
        else
            to = middle;
    }
    return to;
}

struct kept_post *kept_find(const struct core *core, int64_t number)
{
    const struct statuspage *statuspage = statuspage_of(core);
    size_t at = kept_below(statuspage, number);
    bool found = at < statuspage->posts.n && statuspage->posts.v[at]->number == number;
    return found ? statuspage->posts.v[at] : NULL;
}

bool statuspage_newest_word(const struct core *core, int64_t post, char ret_post[PUBLIC_ID],
                            char ret_word[PUBLIC_ID])
{
    const struct kept_post *kept = kept_find(core, post);
    if (!kept || !kept->words.n)
        return false;
    kept_post_id(kept, ret_post);
    kept_word_id(kept, kept->words.n - 1, ret_word);
    return true;
}

void kept_post_id(const struct kept_post *post, char ret[PUBLIC_ID])
{
    CLEANUP_FREE char *number = xasprintf("%" PRId64, post->number);
    public_id("post", number, ret);
}

void kept_word_id(const struct kept_post *post, size_t at, char ret[PUBLIC_ID])
{
    CLEANUP_FREE char *name = xasprintf("%" PRId64 ".%zu", post->number, at);
    public_id("word", name, ret);
}

void kept_number(struct statuspage *statuspage, struct kept_post *post)
{
    size_t n = statuspage->posts.n;
    post->number = n ? statuspage->posts.v[n - 1]->number + 1 : 1;
    *array_add(&statuspage->posts) = post;
}

struct kept_post *kept_add(struct statuspage *statuspage)
{
    struct kept_post *post = xcalloc(1, sizeof(*post));
    kept_number(statuspage, post);
    return post;
}

void kept_belong(struct statuspage *statuspage, struct kept_post *post, uint64_t incident)
{
    char name[INCIDENT_NAME];
    post->incident = incident;
    if (incident)
        post->earlier = map_put(&statuspage->of_incidents, incident_name(incident, name), post);
}

enum public_status kept_status(const struct kept_post *post)
{
    return post->words.v[post->words.n - 1].status;
}

void kept_sort(struct statuspage *statuspage, struct kept_post *post)
{
    size_t at = 0;
    while (at < statuspage->open.n && statuspage->open.v[at] != post)
        at++;
    bool over = public_status_is_over(kept_status(post));
    if (over && at < statuspage->open.n)
        array_remove(&statuspage->open, at);
    else if (!over && at == statuspage->open.n)
        *array_add(&statuspage->open) = post;
}

/* ---- written ---- */

static void put_changes(struct json_out *j, const char *key, const kept_changes *changes)
{
    json_key(j, key);
    json_begin_array(j);
    for (size_t i = 0; i < changes->n; i++) {
        json_begin_object(j);
        json_put_text(j, "component", changes->v[i].component);
        json_put_text(j, "before", public_state_name(changes->v[i].before));
        json_put_text(j, "after", public_state_name(changes->v[i].after));
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_word(struct json_out *j, const struct kept_word *word)
{
    json_begin_object(j);
    json_put_int(j, "at", word->at);
    json_put_text(j, "status", public_status_name(word->status));
    json_put_text(j, "text", word->text);
    json_put_raw_if(j, "languages", word->languages);
    json_put_bool(j, "quiet", word->quiet);
    put_changes(j, "changes", &word->changes);
    json_end_object(j);
}

void kept_write(struct turn *turn, const struct kept_post *post)
{
    CLEANUP_STR struct str body = {0};
    CLEANUP_FREE char *key = xasprintf("%010" PRId64, post->number);
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_int(&j, "incident", (int64_t)post->incident);
    json_put_text_if(&j, "origin", post->origin);
    json_put_text(&j, "title", post->title);
    json_put_raw_if(&j, "titles", post->titles);
    json_put_text(&j, "impact", public_impact_name(post->impact));
    json_put_int(&j, "from", post->from);
    json_put_int(&j, "until", post->until);
    json_put_int(&j, "next", post->next);
    if (post->reminded)
        json_put_int(&j, "reminded", post->reminded);
    put_changes(&j, "holds", &post->holds);
    json_key(&j, "words");
    json_begin_array(&j);
    for (size_t i = 0; i < post->words.n; i++)
        put_word(&j, &post->words.v[i]);
    json_end_array(&j);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_POST, key, str_text(&body));
}

/* ---- loading ---- */

static void load_changes(const cJSON *json, const char *key, kept_changes *changes)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(json, key))
    {
        struct kept_change *change = array_add(changes);
        change->component = xstrdup(json_text_or(row, "component", ""));
        public_state_parse(json_text_or(row, "before", ""), &change->before);
        public_state_parse(json_text_or(row, "after", ""), &change->after);
    }
}

static void load_word(const cJSON *json, struct kept_post *post)
{
    struct kept_word *word = array_add(&post->words);
    word->at = json_int_or(json, "at", 0);
    word->text = xstrdup(json_text_or(json, "text", ""));
    word->languages = post_member(json, "languages");
    word->quiet = json_bool_or(json, "quiet", false);
    public_status_parse(json_text_or(json, "status", ""), &word->status);
    load_changes(json, "changes", &word->changes);
}

static bool load_post(void *ctx, const struct journal_doc *doc)
{
    struct statuspage *statuspage = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    const cJSON *row;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "post", &json, NULL) ||
        !cJSON_GetArraySize(json_member(json, "words")))
        return true;
    struct kept_post *post = kept_add(statuspage);
    post->number = strtoll(doc->key, NULL, 10);
    kept_belong(statuspage, post, (uint64_t)json_int_or(json, "incident", 0));
    post->origin = xstrdup(json_text_or(json, "origin", NULL));
    post->title = xstrdup(json_text_or(json, "title", ""));
    post->titles = post_member(json, "titles");
    public_impact_parse(json_text_or(json, "impact", ""), &post->impact);
    post->from = json_int_or(json, "from", 0);
    post->until = json_int_or(json, "until", 0);
    post->next = json_int_or(json, "next", 0);
    post->reminded = json_int_or(json, "reminded", 0);
    load_changes(json, "holds", &post->holds);
    cJSON_ArrayForEach(row, json_member(json, "words")) load_word(row, post);
    kept_sort(statuspage, post);
    return true;
}

int posts_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_POST}, load_post,
                        statuspage_of(core), err);
}

/* ---- freed ---- */

static void finish_changes(kept_changes *changes)
{
    for (size_t i = 0; i < changes->n; i++)
        free(changes->v[i].component);
    array_free(changes);
}

void kept_free(struct kept_post *post)
{
    if (!post)
        return;
    for (size_t i = 0; i < post->words.n; i++) {
        free(post->words.v[i].text);
        free(post->words.v[i].languages);
        finish_changes(&post->words.v[i].changes);
    }
    array_free(&post->words);
    finish_changes(&post->holds);
    free(post->origin);
    free(post->title);
    free(post->titles);
    free(post);
}

void posts_finish(struct statuspage *statuspage)
{
    for (size_t i = 0; i < statuspage->posts.n; i++)
        kept_free(statuspage->posts.v[i]);
    array_free(&statuspage->posts);
    array_free(&statuspage->open);
    map_finish(&statuspage->of_incidents);
}
