/* The covers in memory. Each has a document; those that ended long ago are forgotten. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "oncall/inside.h"

#define FORGOTTEN (60 * DAY) /* after they ended: calendars show what was */
#define KEY_BYTES 24

struct oncall *oncall_of(const struct core *core)
{
    return part_state(core, "oncall");
}

static const char *key_of(uint64_t number, char key[KEY_BYTES])
{
    snprintf(key, KEY_BYTES, "%010" PRIu64, number);
    return key;
}

char *from_data(instant from)
{
    struct str data = {0};
    struct json_out j = {&data, false};
    char text[INSTANT_TEXT];
    json_begin_object(&j);
    json_put_text(&j, "from", instant_format(from, text));
    json_end_object(&j);
    return str_take(&data);
}

static void cover_finish(struct oncall_cover *cover)
{
    free(cover->rotation);
    free(cover->out);
    free(cover->in);
    free(cover->by);
}

void covers_finish(struct oncall *oncall)
{
    for (size_t i = 0; i < oncall->covers.n; i++)
        cover_finish(&oncall->covers.v[i]);
    array_free(&oncall->covers);
    oncall->last = 0;
}

/* ---- kept ---- */

static void write(struct turn *turn, const struct oncall_cover *cover)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    char key[KEY_BYTES];
    json_begin_object(&j);
    json_put_text(&j, "rotation", cover->rotation);
    json_put_text(&j, "out", cover->out);
    json_put_text(&j, "in", cover->in);
    json_put_text(&j, "by", cover->by);
    json_put_int(&j, "from", cover->from);
    json_put_int(&j, "until", cover->until);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_COVER, key_of(cover->number, key), body.p)->at = cover->until;
}

static bool load_cover(void *ctx, const struct journal_doc *doc)
{
    struct oncall *oncall = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "cover", &json, NULL))
        return true;
    *array_add(&oncall->covers) = (struct oncall_cover){.number = strtoull(doc->key, NULL, 10),
                                                        .rotation = xstrdup(json_text_or(json, "rotation", "")),
                                                        .out = xstrdup(json_text_or(json, "out", "")),
                                                        .in = xstrdup(json_text_or(json, "in", "")),
                                                        .by = xstrdup(json_text_or(json, "by", "")),
                                                        .from = json_int_or(json, "from", 0),
                                                        .until = json_int_or(json, "until", 0)};
    oncall->last = oncall->covers.v[oncall->covers.n - 1].number;
    return true;
}

int covers_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_COVER}, load_cover, oncall_of(core),
                        err);
}

void covers_add(struct turn *turn, const struct oncall_cover *cover)
{
    struct oncall *oncall = oncall_of(turn_core(turn));
    write(turn, cover);
    *array_add(&oncall->covers) = *cover;
    oncall->last = cover->number;
}

void covers_drop(struct turn *turn, size_t i)
{
    struct oncall *oncall = oncall_of(turn_core(turn));
    char key[KEY_BYTES];
    batch_doc(turn_batch(turn), DOC_COVER, key_of(oncall->covers.v[i].number, key), NULL);
    cover_finish(&oncall->covers.v[i]);
    array_remove(&oncall->covers, i);
}

void covers_forget_old(struct turn *turn)
{
    struct oncall *oncall = oncall_of(turn_core(turn));
    for (size_t i = oncall->covers.n; i-- > 0;) {
        if (oncall->covers.v[i].until + FORGOTTEN < turn_now(turn))
            covers_drop(turn, i);
    }
}

/* ---- read ---- */

void oncall_each_cover(const struct core *core, bool (*on)(void *ctx, const struct oncall_cover *cover),
                       void *ctx)
{
    const struct oncall *oncall = oncall_of(core);
    for (size_t i = 0; i < oncall->covers.n; i++) {
        if (!on(ctx, &oncall->covers.v[i]))
            return;
    }
}

const struct oncall_cover *oncall_find_cover(const struct core *core, uint64_t number)
{
    const struct oncall *oncall = oncall_of(core);
    for (size_t i = 0; i < oncall->covers.n; i++) {
        if (oncall->covers.v[i].number == number)
            return &oncall->covers.v[i];
    }
    return NULL;
}
