/* Months that are over, summed up once nothing of them is left to be read: all that a question about years reads. */
#include <inttypes.h>
#include <string.h>

#include "insights/packed.h"
#include "people/people.h"
#include "review/inside.h"

#define SEPARATOR "\x1f"
#define QUIET     HOUR       /* so long nothing of past months changes before they are summed up again */
#define COMPLETE  "complete" /* tag of the document that says so; its key is the month */

/* ---- which are ---- */

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    map_put(&((struct review *)ctx)->summed, doc->key, ctx);
    return true;
}

static bool load_first(void *ctx, const struct journal_doc *doc)
{
    CLEANUP_FREE char *month = xstrndup(doc->key, strcspn(doc->key, SEPARATOR));
    month_parse(month, 0, &((struct review *)ctx)->first);
    return false;
}

int months_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_INSIGHT_MONTH, .tag = COMPLETE},
                        load_one, review_of(core), err);
}

bool months_have(const struct core *core, const char *month)
{
    return map_get(&review_of(core)->summed, month) != NULL;
}

void months_stale(struct turn *turn, const char *month)
{
    struct review *review = review_of(turn_core(turn));
    instant begin = 0;
    if (map_remove(&review->summed, month))
        batch_doc(turn_batch(turn), DOC_INSIGHT_MONTH, month, NULL);
    month_parse(month, turn_now(turn), &begin);
    review->first = instant_earlier(review->first, begin);
    review->look = MAX(review->look, turn_now(turn) + QUIET);
}

/* ---- summed up ---- */

static char *key_of(const char *month, enum insight_kind kind, const char *team)
{
    return xasprintf("%s" SEPARATOR "%s" SEPARATOR "%s", month, insight_kind_name(kind), team ? team : "");
}

static void put_sums(struct turn *turn, const struct insights *sums, const char *month, const char *team)
{
    for (size_t kind = 0; kind < INSIGHT_KINDS; kind++) {
        CLEANUP_FREE char *key = key_of(month, (enum insight_kind)kind, team);
        CLEANUP_STR struct str body = {0};
        insights_pack(sums, (enum insight_kind)kind, &body);
        batch_doc(turn_batch(turn), DOC_INSIGHT_MONTH, key, str_text(&body));
    }
}

struct month_sums {
    struct insights all;
    struct map
        teams; /* name -> struct insights, owned; also those that had something when it was last summed up */
};

static struct insights *team_of(struct month_sums *sums, const char *name)
{
    struct insights *team = map_get(&sums->teams, name);
    if (!team) {
        team = xcalloc(1, sizeof(*team));
        map_put(&sums->teams, name, team);
    }
    return team;
}

static void add_piece(void *ctx, const struct piece *piece, bool named)
{
    struct month_sums *sums = ctx;
    insights_add(&sums->all, piece, named);
    if (piece->names[NAME_TEAM])
        insights_add(team_of(sums, piece->names[NAME_TEAM]), piece, named);
}

static bool add_old_team(void *ctx, const struct journal_doc *doc)
{
    const char *team = strrchr(doc->key, *SEPARATOR);
    if (team && team[1])
        team_of(ctx, team + 1);
    return true;
}

static void put_all(struct turn *turn, struct month_sums *sums, const char *month)
{
    size_t position = 0;
    insights_settle(&sums->all);
    put_sums(turn, &sums->all, month, NULL);
    for (struct map_slot *slot; (slot = map_next(&sums->teams, &position));) {
        insights_settle(slot->value);
        put_sums(turn, slot->value, month, slot->key);
    }
    batch_doc(turn_batch(turn), DOC_INSIGHT_MONTH, month, "{}")->tag = xstrdup(COMPLETE);
    map_put(&review_of(turn_core(turn))->summed, month, turn_core(turn));
}

static void finish(struct month_sums *sums)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&sums->teams, &position));) {
        insights_finish(slot->value);
        free(slot->value);
    }
    map_finish(&sums->teams);
    insights_finish(&sums->all);
}

/* Nothing, if the journal cannot be read now. */
static void sum_up(struct turn *turn, instant begin)
{
    struct core *core = turn_core(turn);
    struct month_sums sums = {0};
    char month[MONTH_TEXT];
    month_name(begin, month);
    CLEANUP_FREE char *before = key_of(month, INSIGHT_ALL, "");
    struct doc_query old = {.kind = DOC_INSIGHT_MONTH, .prefix = before};
    int rc = journal_docs(core_journal(core), &old, add_old_team, &sums, NULL);
    rc = rc ? rc : review_pieces(core, &(struct review_reading){.month = month}, add_piece, &sums, NULL);
    if (!rc)
        put_all(turn, &sums, month);
    finish(&sums);
}

/* The earliest month that is over and is not summed up; 0: there is none. */
static instant next_month(const struct core *core, instant now)
{
    struct review *review = review_of(core);
    char month[MONTH_TEXT];
    if (!review->first)
        journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_INSIGHT, .limit = 1}, load_first,
                     review, NULL);
    for (instant begin = review->first; begin && month_begins(begin, 1) <= now;
         begin = month_begins(begin, 1)) {
        month_name(begin, month);
        if (!months_have(core, month))
            return begin;
    }
    return 0;
}

void months_tick(struct core *core, instant now)
{
    struct review *review = review_of(core);
    instant begin = now >= review->look ? next_month(core, now) : 0;
    if (begin) {
        struct turn *turn = turn_begin(core, now);
        sum_up(turn, begin);
        turn_commit(turn, NULL, NULL);
    } else if (now >= review->look) {
        review->look = now + HOUR;
    }
}

/* ---- read ---- */

static const char *person_now(void *core, const char *id)
{
    return people_now(core, id);
}

int months_add(struct core *core, const char *month, const struct review_query *query, struct insights *into,
               struct error *err)
{
    int rc = 0;
    for (size_t kind = 0; kind < INSIGHT_KINDS && !rc; kind++) {
        CLEANUP_FREE char *key = key_of(month, (enum insight_kind)kind, query->team);
        struct journal_doc doc;
        if (kind != INSIGHT_ALL && query->kind != INSIGHT_ALL && query->kind != (enum insight_kind)kind)
            continue;
        rc = journal_doc(core_journal(core), DOC_INSIGHT_MONTH, key, &doc, err);
        if (rc == ERR_NOT_FOUND) { /* that team had nothing in the month */
            rc = 0;
            continue;
        }
        if (rc)
            break;
        insights_unpack(into, (enum insight_kind)kind, doc.body, kind == INSIGHT_PERSON ? person_now : NULL,
                        core);
        journal_doc_finish(&doc);
    }
    return rc;
}
