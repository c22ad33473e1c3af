/* Mutes: a pattern, who set it, why, and until when. A mute always ends. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "triage/inside.h"
#include "triage/triage.h"

#define MUTES_MOST   1000
#define MUTE_LONGEST (90 * DAY)

static void mute_finish(struct mute *mute)
{
    free(mute->pattern);
    free(mute->by);
    free(mute->reason);
}

void mutes_finish(struct triage *triage)
{
    for (size_t i = 0; i < triage->mutes.n; i++)
        mute_finish(&triage->mutes.v[i]);
    array_free(&triage->mutes);
}

static bool load_mute(void *ctx, const struct journal_doc *doc)
{
    struct triage *triage = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "mute", &json, NULL) == 0)
        *array_add(&triage->mutes) =
            (struct mute){xstrdup(doc->key), xstrdup(json_text_or(json, "by", "")),
                          xstrdup(json_text_or(json, "reason", "")), json_int_or(json, "until", 0)};
    return true;
}

int mutes_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_MUTE}, load_mute, triage_of(core),
                        err);
}

/* Ends the mute of this pattern, in any case. The pattern as it was kept, which the caller frees; NULL: there is none. */
static char *remove_mute(struct turn *turn, const char *pattern)
{
    struct triage *triage = triage_of(turn_core(turn));
    for (size_t i = 0; i < triage->mutes.n; i++) {
        if (!text_equal_nocase(triage->mutes.v[i].pattern, pattern))
            continue;
        char *kept = xstrdup(triage->mutes.v[i].pattern);
        batch_doc(turn_batch(turn), DOC_MUTE, kept, NULL);
        mute_finish(&triage->mutes.v[i]);
        array_remove(&triage->mutes, i);
        return kept;
    }
    return NULL;
}

static void forget_ended(struct turn *turn)
{
    struct triage *triage = triage_of(turn_core(turn));
    for (size_t i = triage->mutes.n; i-- > 0;) {
        if (triage->mutes.v[i].until > turn_now(turn))
            continue;
        batch_doc(turn_batch(turn), DOC_MUTE, triage->mutes.v[i].pattern, NULL);
        mute_finish(&triage->mutes.v[i]);
        array_remove(&triage->mutes, i);
    }
}

int mutes_add(struct turn *turn, const char *pattern, instant until, const char *by, const char *reason,
              struct error *err)
{
    struct triage *triage = triage_of(turn_core(turn));
    if (text_empty(pattern))
        return error_set(err, ERR_INVALID, "Say what to mute: `mute checkout* for 2h noisy deploy`.");
    int rc = mute_check(pattern, err);
    if (rc)
        return rc;
    if (text_empty(reason))
        return error_markup(err, ERR_INVALID, "Add a reason: `mute %.80s for 2h noisy deploy`.", pattern);
    if (until <= turn_now(turn) || until - turn_now(turn) > MUTE_LONGEST)
        return error_markup(err, ERR_INVALID,
                            "A mute must end within the next 90 days: `mute %.80s for 2h noisy deploy`.",
                            pattern);
    forget_ended(turn);
    free(remove_mute(turn, pattern));
    if (triage->mutes.n >= MUTES_MOST)
        return error_set(err, ERR_FULL,
                         "There are already %d mutes. Remove some with `unmute`, or write a rule that mutes.",
                         MUTES_MOST);
    *array_add(&triage->mutes) = (struct mute){xstrdup(pattern), xstrdup(by), xstrdup(reason), until};
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "by", by);
    json_put_text(&j, "reason", reason);
    json_put_int(&j, "until", until);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_MUTE, pattern, body.p)->at = until;
    struct event event = {.type = EVENT_MUTED,
                          .at = turn_now(turn),
                          .by = xstrdup(by),
                          .name = xstrdup(pattern),
                          .until = until,
                          .text = xstrdup(reason)};
    turn_tell(turn, &event);
    return 0;
}

int mutes_remove(struct turn *turn, const char *pattern, const char *by, struct error *err)
{
    CLEANUP_FREE char *kept = remove_mute(turn, pattern);
    if (!kept)
        return error_markup(err, ERR_NOT_FOUND, "No mute has the pattern '%.80s'. `rules` lists the mutes.",
                            pattern);
    struct event event = {
        .type = EVENT_UNMUTED, .at = turn_now(turn), .by = xstrdup(by), .name = xstrdup(kept)};
    turn_tell(turn, &event);
    return 0;
}

const struct mute *mute_of(const struct triage *triage, const char *fingerprint, const struct problem *about,
                           instant now)
{
    for (size_t i = 0; i < triage->mutes.n; i++) {
        const struct mute *mute = &triage->mutes.v[i];
        if (mute->until > now && mute_matches(mute->pattern, fingerprint, about))
            return mute;
    }
    return NULL;
}

void mutes_each(const struct core *core, instant now, bool (*on)(void *ctx, const struct mute_view *mute),
                void *ctx)
{
    const struct triage *triage = triage_of(core);
    for (size_t i = 0; i < triage->mutes.n; i++) {
        const struct mute *mute = &triage->mutes.v[i];
        if (mute->until > now &&
            !on(ctx, &(struct mute_view){mute->pattern, mute->by, mute->reason, mute->until}))
            return;
    }
}
