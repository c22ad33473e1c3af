/* The documents: one for each person and incident, and what is left of the day. */
#include <inttypes.h>

#include "assist/inside.h"
#include "people/people.h"

#define BUDGET "assist" /* key of a DOC_META */

static char *key_of(const struct core *core, uint64_t incident, const char *person)
{
    return xasprintf("%010" PRIu64 "\x1f%s", incident, people_now(core, person));
}

void assist_keep(struct turn *turn, uint64_t incident, const char *person, const struct assist_record *record)
{
    struct core *core = turn_core(turn);
    CLEANUP_FREE char *key = key_of(core, incident, person);
    CLEANUP_STR struct str body = {0};
    assist_record_encode(record, &body);
    written_put(&assist_of(core)->written, turn, DOC_ASSIST, key, body.p)->at = record->at;
}

bool assist_last(const struct core *core, uint64_t incident, const char *person, struct assist_record *ret)
{
    CLEANUP_FREE char *key = key_of(core, incident, person);
    CLEANUP_FREE char *body = written_get(&assist_of(core)->written, core, DOC_ASSIST, key);
    return body && assist_record_decode(body, ret, NULL) == 0;
}

static bool take_newer(void *ctx, const struct journal_doc *doc)
{
    struct assist_record *newest = ctx, record;
    if (assist_record_decode(doc->body, &record, NULL))
        return true;
    if (newest->kind && newest->at >= record.at) {
        assist_record_finish(&record);
        return true;
    }
    assist_record_finish(newest);
    *newest = record;
    return true;
}

bool assist_last_of_all(const struct core *core, uint64_t incident, const char *person,
                        struct assist_record *ret)
{
    CLEANUP_FREE char *prefix = xasprintf("%010" PRIu64 "\x1f", incident);
    *ret = (struct assist_record){0};
    assist_last(core, incident, person, ret);
    journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_ASSIST, .prefix = prefix}, take_newer, ret,
                 NULL);
    return ret->kind;
}

void assist_keep_budget(struct turn *turn)
{
    CLEANUP_STR struct str body = {0};
    assist_budget_encode(&assist_of(turn_core(turn))->budget, &body);
    batch_doc(turn_batch(turn), DOC_META, BUDGET, body.p);
}

int assist_load(struct core *core, struct error *err)
{
    struct journal_doc doc;
    int rc = journal_doc(core_journal(core), DOC_META, BUDGET, &doc, err);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    assist_budget_decode(doc.body, &assist_of(core)->budget);
    journal_doc_finish(&doc);
    return 0;
}

void assist_unload(struct core *core)
{
    struct assist *assist = assist_of(core);
    written_finish(&assist->written);
    assist->budget = (struct assist_budget){0};
}

bool assist_is_asked(const struct core *core, uint64_t incident, const char *person)
{
    const struct assist *assist = assist_of(core);
    for (size_t i = 0; i < assist->requests.n; i++) {
        const struct assist_request *asked = &assist->requests.v[i];
        if (text_equal(asked->person, person))
            return asked->incident == incident;
    }
    return false;
}
