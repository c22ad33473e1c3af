/* Follow-ups in memory, and as documents. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "followups/inside.h"

#define KEY_BYTES 24
#define OPEN_TAG  "open"

static const struct {
    const char *name;
    size_t offset;
} texts[] =
    {
        {"owner", offsetof(struct followup, owner)},   {"text", offsetof(struct followup, text)},
        {"team", offsetof(struct followup, team)},     {"by", offsetof(struct followup, by)},
        {"why", offsetof(struct followup, why)},       {"connector", offsetof(struct followup, connector)},
        {"ticket", offsetof(struct followup, ticket)},
},
  numbers[] = {
      {"made", offsetof(struct followup, made)},
      {"due", offsetof(struct followup, due)},
      {"looks", offsetof(struct followup, looks)},
      {"reminded", offsetof(struct followup, reminded)},
};
static const char *const states[] = {"open", "done", "dropped"};

static char **text_at(const struct followup *followup, size_t i)
{
    return (char **)(uintptr_t)((const char *)followup + texts[i].offset);
}

static int64_t *number_at(const struct followup *followup, size_t i)
{
    return (int64_t *)(uintptr_t)((const char *)followup + numbers[i].offset);
}

void followup_finish(struct followup *followup)
{
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(*text_at(followup, i));
    *followup = (struct followup){0};
}

static struct followup copy_of(const struct followup *from)
{
    struct followup copy = *from;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        *text_at(&copy, i) = xstrdup(*text_at(from, i));
    return copy;
}

static const char *key_of(uint64_t number, char key[KEY_BYTES])
{
    snprintf(key, KEY_BYTES, "%010" PRIu64, number);
    return key;
}

/* ---- the document ---- */

static void encode(const struct followup *followup, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_int(&j, "incident", (int64_t)followup->incident);
    json_put_text(&j, "state", states[followup->state]);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        json_put_text_if(&j, texts[i].name, *text_at(followup, i));
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        json_put_int(&j, numbers[i].name, *number_at(followup, i));
    json_end_object(&j);
}

static bool decode(const char *key, const char *body, struct followup *ret)
{
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(body, strlen(body), SIZE_MAX, JSON_DEPTH, "followup", &json, NULL))
        return false;
    const char *state = json_text_or(json, "state", "");
    *ret = (struct followup){.number = strtoll(key, NULL, 10),
                             .incident = (uint64_t)json_int_or(json, "incident", 0)};
    for (size_t i = 0; i < ARRAY_SIZE(states); i++)
        ret->state = text_equal(state, states[i]) ? (enum followup_state)i : ret->state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        *text_at(ret, i) = xstrdup(json_text_or(json, texts[i].name, NULL));
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        *number_at(ret, i) = json_int_or(json, numbers[i].name, 0);
    return true;
}

/* ---- in memory ---- */

static void forget(struct followups *followups, const char *key)
{
    struct followup *open = map_remove(&followups->open, key);
    if (!open)
        return;
    deadline_set(followups->clocks, (uint64_t)open->number, "", 0);
    followup_finish(open);
    free(open);
}

static void hold(struct followups *followups, const char *key, const struct followup *followup)
{
    struct followup *open = xmalloc(sizeof(*open));
    *open = copy_of(followup);
    map_put(&followups->open, key, open);
    deadline_set(followups->clocks, (uint64_t)open->number, "", open->looks);
}

void followup_keep(struct turn *turn, const struct followup *followup)
{
    struct followups *followups = followups_of(turn_core(turn));
    CLEANUP_STR struct str body = {0};
    CLEANUP_FREE char *incident = xasprintf("%010" PRIu64, followup->incident);
    char key[KEY_BYTES];
    bool open = followup->state == FOLLOWUP_OPEN;
    key_of((uint64_t)followup->number, key);
    encode(followup, &body);
    struct journal_doc *doc = written_put(&followups->written, turn, DOC_FOLLOWUP, key, body.p);
    free(doc->tag);
    doc->tag = xstrdup(open ? OPEN_TAG : incident);
    forget(followups, key);
    followups->last = MAX(followups->last, followup->number);
    if (open) {
        hold(followups, key, followup);
        core_due(turn_core(turn), followup->looks);
    }
}

static bool load_open(void *ctx, const struct journal_doc *doc)
{
    struct followup followup;
    if (!decode(doc->key, doc->body, &followup))
        return true;
    hold(ctx, doc->key, &followup);
    followup_finish(&followup);
    return true;
}

static bool load_last(void *ctx, const struct journal_doc *doc)
{
    ((struct followups *)ctx)->last = strtoll(doc->key, NULL, 10);
    return false;
}

int followups_load(struct core *core, struct error *err)
{
    struct followups *followups = followups_of(core);
    followups->clocks = deadlines_create();
    int rc = journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_FOLLOWUP, .tag = OPEN_TAG},
                          load_open, followups, err);
    return rc ? rc
              : journal_docs(core_journal(core),
                             &(struct doc_query){.kind = DOC_FOLLOWUP, .descending = true, .limit = 1},
                             load_last, followups, err);
}

void followups_unload(struct core *core)
{
    struct followups *followups = followups_of(core);
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&followups->open, &position));) {
        followup_finish(slot->value);
        free(slot->value);
    }
    map_finish(&followups->open);
    deadlines_destroy(followups->clocks);
    written_finish(&followups->written);
    *followups = (struct followups){0};
}

/* ---- read ---- */

bool followup_get(const struct core *core, int64_t number, struct followup *ret)
{
    struct followups *followups = followups_of(core);
    char key[KEY_BYTES];
    const struct followup *open = map_get(&followups->open, key_of((uint64_t)number, key));
    if (open) {
        *ret = copy_of(open);
        return true;
    }
    CLEANUP_FREE char *body = written_get(&followups->written, core, DOC_FOLLOWUP, key);
    return body && decode(key, body, ret);
}

static int by_due(const void *a, const void *b)
{
    const struct followup *x = *(struct followup *const *)a, *y = *(struct followup *const *)b;
    return x->due != y->due ? (x->due > y->due) - (x->due < y->due)
                            : (x->number > y->number) - (x->number < y->number);
}

void followups_each_open(const struct core *core, uint64_t incident, followup_on *on, void *ctx)
{
    ARRAY(const struct followup *) all = {0};
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&followups_of(core)->open, &position));) {
        const struct followup *open = slot->value;
        if (!incident || open->incident == incident)
            *array_add(&all) = open;
    }
    if (all.n)
        qsort(all.v, all.n, sizeof(*all.v), by_due);
    for (size_t i = 0; i < all.n && on(ctx, all.v[i]); i++) {
    }
    array_free(&all);
}

struct reading {
    followup_on *on;
    void *ctx;
};

static bool read_over(void *ctx, const struct journal_doc *doc)
{
    const struct reading *reading = ctx;
    struct followup followup;
    if (!decode(doc->key, doc->body, &followup))
        return true;
    bool more = reading->on(reading->ctx, &followup);
    followup_finish(&followup);
    return more;
}

void followups_each_over(const struct core *core, uint64_t incident, followup_on *on, void *ctx)
{
    CLEANUP_FREE char *tag = xasprintf("%010" PRIu64, incident);
    struct reading reading = {on, ctx};
    journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_FOLLOWUP, .tag = tag}, read_over, &reading,
                 NULL);
}
