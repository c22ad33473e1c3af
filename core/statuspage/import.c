#include "statuspage/import.h"

#include <string.h>

#include "public/names.h"
#include "public/rollup.h"
#include "statuspage/inside.h"

#define ORIGIN_MOST 200 /* bytes */
#define TITLE_MOST  500
#define TEXT_MOST   ((size_t)64 << 10)

struct importing {
    struct turn *turn;
    const char *by;
    struct map known; /* origin -> post */
    struct json_out *j;
    int64_t new, same, refused;
};

/* ---- one word ---- */

static int check_component(const struct core *core, const char *name, struct error *err)
{
    return statuspage_component(core, name)
               ? 0
               : error_set(
                     err, ERR_NOT_FOUND,
                     "no component is called '%.60s': put the component{}s of the import in the policy first",
                     name);
}

static int read_change(const struct core *core, const cJSON *json, struct kept_word *word, struct error *err)
{
    const char *name = json_text_or(json, "component", "");
    enum public_state before, after;
    int rc = check_component(core, name, err);
    if (rc)
        return rc;
    if (!public_state_parse(json_text_or(json, "before", ""), &before) ||
        !public_state_parse(json_text_or(json, "after", ""), &after))
        return error_set(err, ERR_INVALID, "%.60s has a state that there is not", name);
    *array_add(&word->changes) = (struct kept_change){xstrdup(statuspage_component(core, name)), before, after};
    return 0;
}

static int read_word(const struct importing *importing, const cJSON *json, struct kept_post *post,
                     struct error *err)
{
    const char *text = json_text_or(json, "text", ""), *status = json_text_or(json, "status", "");
    const cJSON *row;
    int rc = 0;
    instant before = post->words.n ? post->words.v[post->words.n - 1].at : 1;
    struct kept_word *word = array_add(&post->words);
    *word = (struct kept_word){.text = xstrdup(text), .at = json_int_or(json, "at", 0), .quiet = true};
    if (!public_status_parse(status, &word->status))
        return error_set(err, ERR_INVALID, "'%.40s' is no status of a post", status);
    if (text_empty(text) || strlen(text) > TEXT_MOST)
        return error_set(err, ERR_INVALID, "a word has no text, or too much");
    if (word->at < before || word->at > turn_now(importing->turn))
        return error_set(err, ERR_INVALID, "the words must be in the order of their times, and in the past");
    cJSON_ArrayForEach(row, json_member(json, "changes"))
    {
        rc = rc ? rc : read_change(turn_core(importing->turn), row, word, err);
    }
    return rc;
}

/* ---- one post ---- */

/* What it touches: it asks for nothing any more. */
static int read_touched(const struct core *core, const cJSON *json, struct kept_post *post, struct error *err)
{
    const cJSON *row;
    int rc = 0;
    for (size_t i = 0; i < post->words.n; i++) {
        for (size_t k = 0; k < post->words.v[i].changes.n; k++)
            kept_hold(post, post->words.v[i].changes.v[k].component, STATE_OPERATIONAL);
    }
    cJSON_ArrayForEach(row, json_member(json, "components"))
    {
        const char *name = cJSON_IsString(row) ? row->valuestring : "";
        rc = rc ? rc : check_component(core, name, err);
        if (!rc)
            kept_hold(post, statuspage_component(core, name), STATE_OPERATIONAL);
    }
    return rc;
}

static int check_whole(const struct kept_post *post, struct error *err)
{
    bool maintenance = post->words.n && public_status_is_maintenance(kept_status(post));
    if (text_empty(post->title) || strlen(post->title) > TITLE_MOST)
        return error_set(err, ERR_INVALID, "it has no title, or one of more than %d bytes", TITLE_MOST);
    if (!post->words.n || post->words.n > POST_WORDS)
        return error_set(err, ERR_INVALID, "it must have 1 to %d words", POST_WORDS);
    if (!public_status_is_over(kept_status(post)))
        return error_set(err, ERR_REFUSED, "it is not over: post it, or plan it, yourself");
    if (maintenance && (post->from <= 0 || post->until < post->from))
        return error_set(err, ERR_INVALID, "maintenance must begin before it ends");
    for (size_t i = 0; i < post->words.n; i++) {
        if (public_status_is_maintenance(post->words.v[i].status) != maintenance)
            return error_set(err, ERR_INVALID, "its words are partly of maintenance");
    }
    return 0;
}

static int read_post(const struct importing *importing, const cJSON *json, struct kept_post *post,
                     struct error *err)
{
    const cJSON *row;
    int rc = 0;
    post->origin = xstrdup(json_text_or(json, "origin", ""));
    post->title = xstrdup(json_text_or(json, "title", ""));
    post->from = json_int_or(json, "from", 0);
    post->until = json_int_or(json, "until", 0);
    public_impact_parse(json_text_or(json, "impact", ""), &post->impact);
    if (!*post->origin || strlen(post->origin) > ORIGIN_MOST)
        return error_set(err, ERR_INVALID, "it must have an origin of at most %d bytes", ORIGIN_MOST);
    cJSON_ArrayForEach(row, json_member(json, "words"))
    {
        rc = rc ? rc : read_word(importing, row, post, err);
    }
    rc = rc ? rc : check_whole(post, err);
    return rc ? rc : read_touched(turn_core(importing->turn), json, post, err);
}

/* ---- states ---- */

/* What its words left a component in. */
static enum public_state left_in(const struct kept_post *post, const char *component)
{
    enum public_state state = STATE_OPERATIONAL;
    for (size_t i = 0; i < post->words.n; i++) {
        const struct kept_word *word = &post->words.v[i];
        for (size_t k = 0; k < word->changes.n; k++)
            state =
                text_equal_nocase(word->changes.v[k].component, component) ? word->changes.v[k].after : state;
    }
    return state;
}

/* The states that it says its components were in fill their past; with its end they are operational, as with that of any post. */
static void bring_states(struct turn *turn, const struct kept_post *post)
{
    instant over = 0;
    for (size_t i = 0; i < post->words.n; i++) {
        const struct kept_word *word = &post->words.v[i];
        over = over || !public_status_is_over(word->status) ? over : word->at;
        for (size_t k = 0; k < word->changes.n; k++)
            component_bring(turn, word->changes.v[k].component, word->at, word->changes.v[k].after);
    }
    for (size_t i = 0; i < post->holds.n; i++) {
        if (left_in(post, post->holds.v[i].component) != STATE_OPERATIONAL)
            component_bring(turn, post->holds.v[i].component, over, STATE_OPERATIONAL);
    }
}

/* ---- both ---- */

static void store(struct importing *importing, struct kept_post *post)
{
    bring_states(importing->turn, post);
    kept_number(statuspage_of(turn_core(importing->turn)), post);
    struct event event = {.type = EVENT_POST_BROUGHT,
                          .at = turn_now(importing->turn),
                          .by = xstrdup(importing->by),
                          .count = post->number,
                          .name = xstrdup(post->origin),
                          .text = xstrdup(post->title)};
    turn_tell(importing->turn, &event);
    kept_write(importing->turn, post);
    map_put(&importing->known, post->origin, post);
    importing->new ++;
}

static void add_row(const struct importing *importing, const char *origin, const char *what, const char *detail)
{
    CLEANUP_FREE char *shown = utf8_sanitize(origin, strlen(origin), ORIGIN_MOST);
    json_begin_object(importing->j);
    json_put_text(importing->j, "origin", shown);
    json_put_text(importing->j, "what", what);
    json_put_text_if(importing->j, "detail", detail);
    json_end_object(importing->j);
}

static void import_one(struct importing *importing, const cJSON *json)
{
    struct error err = {0};
    struct kept_post *post = xcalloc(1, sizeof(*post));
    const char *origin = json_text_or(json, "origin", "");
    if (map_get(&importing->known, origin)) {
        importing->same++;
        add_row(importing, origin, "same", NULL);
    } else if (read_post(importing, json, post, &err)) {
        importing->refused++;
        add_row(importing, origin, "refused", err.text);
    } else {
        add_row(importing, origin, "new", NULL);
        store(importing, steal(post));
    }
    kept_free(post);
}

void statuspage_import(struct turn *turn, const char *by, const cJSON *posts, struct json_out *j)
{
    struct statuspage *statuspage = statuspage_of(turn_core(turn));
    struct importing importing = {.turn = turn, .by = by, .j = j};
    const cJSON *json;
    for (size_t i = 0; i < statuspage->posts.n; i++) {
        if (statuspage->posts.v[i]->origin)
            map_put(&importing.known, statuspage->posts.v[i]->origin, statuspage->posts.v[i]);
    }
    json_begin_object(j);
    json_key(j, "rows");
    json_begin_array(j);
    cJSON_ArrayForEach(json, posts) import_one(&importing, json);
    json_end_array(j);
    json_put_int(j, "new", importing.new);
    json_put_int(j, "same", importing.same);
    json_put_int(j, "refused", importing.refused);
    json_end_object(j);
    if (importing.new)
        statuspage_changed(turn);
    map_finish(&importing.known);
}
