/* Senders whose requests were refused: the last ones, counted in memory and written with the next flush, since anybody can cause them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "triage/inside.h"

#define LINES_A_MINUTE 10 /* in the log, for all senders */
#define TEXT_MOST      200

static void row_finish(struct refused *row)
{
    free(row->from);
    free(row->path);
    free(row->reason);
    *row = (struct refused){0};
}

void refused_finish(struct triage *triage)
{
    for (size_t i = 0; i < INCOMING_REFUSED; i++)
        row_finish(&triage->refusals.rows[i]);
}

/* ---- counting ---- */

static bool is_of(const struct refused *row, const char *from, const char *path, const char *reason)
{
    return text_equal(row->from, from) && text_equal(row->path, path) && text_equal(row->reason, reason);
}

/* The row of the same refusals, else the one whose last is longest ago. */
static size_t slot_for(const struct refusals *refusals, const char *from, const char *path, const char *reason)
{
    size_t oldest = 0;
    for (size_t i = 0; i < INCOMING_REFUSED; i++) {
        if (is_of(&refusals->rows[i], from, path, reason))
            return i;
        if (refusals->rows[i].last < refusals->rows[oldest].last)
            oldest = i;
    }
    return oldest;
}

/* The first one, then whenever their number has doubled. */
static bool is_worth_a_line(struct refusals *refusals, const struct refused *row, instant now)
{
    if (row->count & (row->count - 1))
        return false;
    if (now - refusals->logged_since >= MINUTE) {
        refusals->logged_since = now;
        refusals->logged = 0;
    }
    return refusals->logged++ < LINES_A_MINUTE;
}

void incoming_refused(struct core *core, const char *from, const char *path, const char *reason, instant now)
{
    struct refusals *refusals = &triage_of(core)->refusals;
    CLEANUP_FREE char *why = utf8_sanitize(reason, strlen(reason), TEXT_MOST);
    size_t slot = slot_for(refusals, from, path, why);
    struct refused *row = &refusals->rows[slot];
    if (!is_of(row, from, path, why)) {
        row_finish(row);
        *row =
            (struct refused){.from = xstrdup(from), .path = xstrdup(path), .reason = steal(why), .first = now};
    }
    row->count++;
    row->last = now;
    refusals->dirty |= UINT64_C(1) << slot;
    if (is_worth_a_line(refusals, row, now))
        log_warn("refused a request from %s to %s: %s (%lld so far)", from, path, row->reason,
                 (long long)row->count);
}

/* ---- the journal ---- */

static void write_row(struct journal_batch *batch, size_t slot, const struct refused *row)
{
    char key[8];
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    snprintf(key, sizeof(key), "%02zu", slot);
    json_begin_object(&j);
    json_put_text(&j, "from", row->from);
    json_put_text(&j, "path", row->path);
    json_put_text(&j, "reason", row->reason);
    json_put_int(&j, "count", row->count);
    json_put_int(&j, "first", row->first);
    json_end_object(&j);
    batch_doc(batch, DOC_REFUSED, key, body.p)->at = row->last;
}

void refused_flush(struct core *core, instant now)
{
    struct refusals *refusals = &triage_of(core)->refusals;
    if (!refusals->dirty || !core_ready(core, NULL))
        return;
    struct turn *turn = turn_begin(core, now);
    for (size_t i = 0; i < INCOMING_REFUSED; i++) {
        if (refusals->dirty & UINT64_C(1) << i)
            write_row(turn_batch(turn), i, &refusals->rows[i]);
    }
    refusals->dirty = 0;
    turn_commit(turn, NULL, NULL);
}

/* After a failed commit, memory is newer. */
static bool load_row(void *ctx, const struct journal_doc *doc)
{
    struct refusals *refusals = ctx;
    size_t slot = strtoul(doc->key, NULL, 10);
    CLEANUP_JSON cJSON *json = NULL;
    if (slot >= INCOMING_REFUSED || refusals->rows[slot].from ||
        json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "refused", &json, NULL))
        return true;
    refusals->rows[slot] = (struct refused){.from = xstrdup(json_text_or(json, "from", "")),
                                            .path = xstrdup(json_text_or(json, "path", "")),
                                            .reason = xstrdup(json_text_or(json, "reason", "")),
                                            .count = json_int_or(json, "count", 1),
                                            .first = json_int_or(json, "first", doc->at),
                                            .last = doc->at};
    return true;
}

int refused_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_REFUSED, .limit = INCOMING_REFUSED},
                        load_row, &triage_of(core)->refusals, err);
}

/* ---- the list ---- */

static int newest_first(const void *a, const void *b)
{
    const struct refused *x = *(const struct refused *const *)a, *y = *(const struct refused *const *)b;
    return x->last > y->last ? -1 : x->last < y->last;
}

void refused_each(const struct core *core, refused_on *on, void *ctx)
{
    const struct refusals *refusals = &triage_of(core)->refusals;
    const struct refused *rows[INCOMING_REFUSED];
    size_t n = 0;
    for (size_t i = 0; i < INCOMING_REFUSED; i++) {
        if (refusals->rows[i].from)
            rows[n++] = &refusals->rows[i];
    }
    qsort(rows, n, sizeof(rows[0]), newest_first);
    for (size_t i = 0; i < n && on(ctx, rows[i]); i++)
        continue;
}
