/*
 * Incidents that are like another one, or that a text may belong to, by the words that they share.
 *
 * A rare word says more than a common one, so each word has a weight by how many have it. Of a common word only the newest that have it
 * are looked at, or the work would grow with the years. An old one that has a rare word, too, is found by that; so the best few are
 * looked at whole, and get the weight of all words that their title has.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "sight/query.h"
#include "sight/said.h"
#include "sight/sight.h"

#define LIKE_WORDS    8 /* of a text that are searched for; words below LIKE_BYTES are skipped */
#define LIKE_BYTES    4
#define TITLE_ROWS    200 /* of a word, the newest in titles */
#define FIT_ROWS      100 /* of a word, the newest in anything that was said */
#define FIT_WORDS     2   /* of a text that an incident must have to fit it */
#define LOOKED_AT     20  /* candidates whose titles are read */
#define LESSON_BYTES  3   /* shorter words of a title say nothing of what happened */
#define OTHER_SERVICE 5   /* is taken off the weight of what happened to another service */
#define ALERTS_MOST   20  /* of an incident that are looked up */
#define ALERTED_MOST  50  /* incidents of each of them */

struct likeness {
    struct core *core;
    const char *viewer;
    bool (*on)(void *ctx, const struct incident *incident, const char *why);
    void *ctx;
    size_t left;
    uint64_t except;
    bool
        open; /* only incidents that are open, by anything that was said; else only ended ones, by their titles */
    ARRAY(uint64_t) given; /* to `on` */
};

static bool was_given(const struct likeness *likeness, uint64_t id)
{
    for (size_t i = 0; i < likeness->given.n; i++) {
        if (likeness->given.v[i] == id)
            return true;
    }
    return false;
}

/* NULL: it is no candidate, or the viewer may not see it. Borrowed until the next turn. */
static const struct incident *candidate(const struct likeness *likeness, uint64_t id)
{
    if (id == likeness->except || was_given(likeness, id))
        return NULL;
    const struct incident *incident = sight_incident(likeness->core, id, likeness->viewer);
    return incident && status_is_open(incident->status) == likeness->open ? incident : NULL;
}

static void give(struct likeness *likeness, const struct incident *incident, const char *why)
{
    *array_add(&likeness->given) = incident->id;
    likeness->left = likeness->on(likeness->ctx, incident, why) ? likeness->left - 1 : 0;
}

/* ---- the words of a text ---- */

struct words {
    struct word {
        const char *p;
        size_t n;
        unsigned weight;
    } v[LIKE_WORDS];
    size_t n;
};

/* Keeps the longest ones, which say most; those of one length in their order. */
static void keep_word(struct words *words, struct word word, size_t least)
{
    if (word.n < least || (words->n == LIKE_WORDS && words->v[LIKE_WORDS - 1].n >= word.n))
        return;
    size_t i = words->n == LIKE_WORDS ? LIKE_WORDS - 1 : words->n++;
    for (; i && words->v[i - 1].n < word.n; i--)
        words->v[i] = words->v[i - 1];
    words->v[i] = word;
}

static void pick_words(const char *text, struct words *ret)
{
    ret->n = 0;
    for (const char *p = text + strspn(text, " \t\n"); *p; p += strspn(p, " \t\n")) {
        struct word word = {p, strcspn(p, " \t\n"), 0};
        p += word.n;
        keep_word(ret, word, LIKE_BYTES);
    }
}

/* 1 for a word that as many have as are looked at, and one more each time that half as many have it. */
static unsigned weight_of(size_t found, size_t most)
{
    unsigned weight = 1;
    for (size_t n = found; n && 2 * n <= most; n *= 2)
        weight++;
    return weight;
}

/* ---- who has them ---- */

struct hit { /* an incident has a word */
    uint64_t id;
    unsigned word;
};
struct hits {
    const struct likeness *likeness;
    unsigned word;
    ARRAY(struct hit) list;
};

/* Words that are not deleted or edited since; titles never are. */
static bool is_said(const struct likeness *likeness, const struct journal_event *row)
{
    struct event event;
    if (!likeness->open)
        return true;
    if (turn_event_of_row(row, &event, NULL))
        return false;
    bool still = said_still(likeness->core, &event);
    event_finish(&event);
    return still;
}

static bool take_hit(void *ctx, const struct journal_event *row)
{
    struct hits *hits = ctx;
    uint64_t id = incident_name_parse(row->stream);
    if (id && id != hits->likeness->except && is_said(hits->likeness, row))
        *array_add(&hits->list) = (struct hit){id, hits->word};
    return true;
}

static int find_word(struct hits *hits, struct word *word, struct error *err)
{
    CLEANUP_FREE char *text = xstrndup(word->p, word->n);
    bool open = hits->likeness->open;
    const struct search_query query = {.words = text, .limit = open ? FIT_ROWS : TITLE_ROWS, .titles = !open};
    size_t before = hits->list.n;
    int rc = journal_search(core_journal(hits->likeness->core), &query, take_hit, hits, err);
    word->weight = weight_of(hits->list.n - before, query.limit);
    return rc == ERR_INVALID ? 0 : rc; /* only punctuation */
}

static int find_words(struct hits *hits, struct words *words, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < words->n; i++) {
        hits->word = (unsigned)i;
        rc = find_word(hits, &words->v[i], err);
    }
    return rc;
}

/* ---- the best of them ---- */

struct rated {
    uint64_t id;
    unsigned weight, words; /* of the words that it has; how many these are */
};
typedef ARRAY(struct rated) rated_list;

static int by_incident(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return (x->word > y->word) - (x->word < y->word);
}

/* Then the newest. */
static int heaviest_first(const void *a, const void *b)
{
    const struct rated *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->id > y->id ? -1 : x->id < y->id;
}

/* Those with at least so many of the words. */
static void rate(struct hits *hits, const struct words *words, unsigned least, rated_list *ret)
{
    size_t kept = 0;
    if (hits->list.n)
        qsort(hits->list.v, hits->list.n, sizeof(*hits->list.v), by_incident);
    for (size_t i = 0; i < hits->list.n; i++) {
        const struct hit *hit = &hits->list.v[i];
        if (i && hit->id == hits->list.v[i - 1].id && hit->word == hits->list.v[i - 1].word)
            continue;
        if (!ret->n || ret->v[ret->n - 1].id != hit->id)
            *array_add(ret) = (struct rated){.id = hit->id};
        ret->v[ret->n - 1].weight += words->v[hit->word].weight;
        ret->v[ret->n - 1].words++;
    }
    for (size_t i = 0; i < ret->n; i++) {
        if (ret->v[i].words >= least)
            ret->v[kept++] = ret->v[i];
    }
    ret->n = kept;
    if (kept)
        qsort(ret->v, kept, sizeof(*ret->v), heaviest_first);
}

static bool has_word(const char *title, const struct word *word)
{
    for (const char *p = title; *p; p++) {
        if (strncasecmp(p, word->p, word->n) == 0)
            return true;
    }
    return false;
}

static unsigned weight_in(const char *title, const struct words *words)
{
    unsigned weight = 0;
    for (size_t i = 0; i < words->n; i++)
        weight += has_word(title, &words->v[i]) ? words->v[i].weight : 0;
    return weight;
}

/* What was found by a few words may have others, too. The list keeps those that may be given. */
static void look_at(const struct likeness *likeness, const struct words *words, rated_list *rated)
{
    size_t kept = 0;
    for (size_t i = 0; i < rated->n && kept < LOOKED_AT; i++) {
        const struct incident *incident = candidate(likeness, rated->v[i].id);
        if (!incident)
            continue;
        unsigned whole = weight_in(incident->title, words);
        rated->v[kept] = rated->v[i];
        rated->v[kept].weight = MAX(rated->v[kept].weight, whole);
        kept++;
    }
    rated->n = kept;
    if (kept)
        qsort(rated->v, kept, sizeof(*rated->v), heaviest_first);
}

/* A search requires every word; what is like another shares some, at least `least`. */
static int like_by_words(struct likeness *likeness, const char *text, unsigned least, struct error *err)
{
    struct hits hits = {.likeness = likeness};
    rated_list rated = {0};
    struct words words;
    pick_words(text, &words);
    int rc = find_words(&hits, &words, err);
    rate(&hits, &words, least, &rated);
    look_at(likeness, &words, &rated);
    for (size_t i = 0; !rc && i < rated.n && likeness->left; i++)
        give(likeness, sight_incident(likeness->core, rated.v[i].id, likeness->viewer), "a similar title");
    array_free(&rated);
    array_free(&hits.list);
    return rc;
}

/* ---- the same alert ---- */

/* The key is: fingerprint, 0x1f, number of an incident that the alert was attached to. */
static bool take_alerted(void *ctx, const struct journal_doc *doc)
{
    struct likeness *likeness = ctx;
    const char *number = strchr(doc->key, '\x1f');
    const struct incident *other = candidate(likeness, number ? strtoull(number + 1, NULL, 10) : 0);
    if (other)
        give(likeness, other, "the same alert");
    return likeness->left > 0;
}

static int like_by_alerts(struct likeness *likeness, const struct incident *incident, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < MIN(incident->affected.alerts.n, ALERTS_MOST) && likeness->left; i++) {
        CLEANUP_FREE char *prefix = xasprintf("%s\x1f", incident->affected.alerts.v[i].fingerprint);
        const struct doc_query query = {
            .kind = DOC_ALERTED, .prefix = prefix, .descending = true, .limit = ALERTED_MOST};
        rc = journal_docs(core_journal(likeness->core), &query, take_alerted, likeness, err);
    }
    return rc;
}

/* ---- the lesson ---- */

static bool is_number(const struct word *word)
{
    return strspn(word->p, "0123456789") >= word->n;
}

static bool names(const struct word *word, const char *service)
{
    return service && strlen(service) == word->n && strncasecmp(service, word->p, word->n) == 0;
}

static bool is_same(const struct word *a, const struct word *b)
{
    return a->n == b->n && strncasecmp(a->p, b->p, a->n) == 0;
}

/* What a title says of what happened: each word once, without numbers and without the name of the service. */
static void pick_telling(const struct incident *incident, struct words *ret)
{
    const char *p = incident->title;
    ret->n = 0;
    for (size_t n; (n = text_word(&p)); p += n) {
        const struct word word = {p, n, 0};
        bool again = false;
        for (size_t i = 0; i < ret->n; i++)
            again |= is_same(&ret->v[i], &word);
        if (!again && !is_number(&word) && !names(&word, incident->service))
            keep_word(ret, word, LESSON_BYTES);
    }
}

/* Of the words that both have. */
static unsigned weight_shared(const struct words *words, const struct incident *past)
{
    const char *p = past->title;
    bool has[LIKE_WORDS] = {false};
    unsigned weight = 0;
    for (size_t n; (n = text_word(&p)); p += n) {
        const struct word word = {p, n, 0};
        for (size_t i = 0; i < words->n; i++)
            has[i] |= is_same(&words->v[i], &word) && !names(&word, past->service);
    }
    for (size_t i = 0; i < words->n; i++)
        weight += has[i] ? words->v[i].weight : 0;
    return weight;
}

/* Is it over, and did somebody say what fixed it? */
static bool teaches(const struct incident *past)
{
    bool fixed = past->status == STATUS_RESOLVED || past->status == STATUS_CLOSED;
    return fixed && !past->sort.drill && !text_empty(past->end.reason);
}

static void weigh(const struct likeness *likeness, const struct words *words, const char *service,
                  const rated_list *rated, struct lesson *ret)
{
    size_t looked = 0;
    for (size_t i = 0; i < rated->n && looked < LOOKED_AT; i++) {
        const struct incident *past = candidate(likeness, rated->v[i].id);
        if (!past || !teaches(past))
            continue;
        looked++;
        bool other = service && past->service && !text_equal_nocase(service, past->service);
        int weight = (int)weight_shared(words, past) - (other ? OTHER_SERVICE : 0);
        if (weight > ret->weight)
            *ret = (struct lesson){past->id, weight};
    }
}

static int teach_by_words(struct likeness *likeness, const struct incident *incident, struct lesson *ret,
                          struct error *err)
{
    struct hits hits = {.likeness = likeness};
    rated_list rated = {0};
    struct words words;
    pick_telling(incident, &words);
    int rc = find_words(&hits, &words, err);
    rate(&hits, &words, 1, &rated);
    if (!rc)
        weigh(likeness, &words, incident->service, &rated, ret);
    array_free(&rated);
    array_free(&hits.list);
    return rc;
}

static bool take_teacher(void *ctx, const struct incident *past, const char *why)
{
    (void)why;
    if (!teaches(past))
        return true;
    *(struct lesson *)ctx = (struct lesson){past->id, LESSON_SAME_ALERT};
    return false;
}

/* ---- asked ---- */

int query_fitting(struct core *core, const char *text, const char *viewer, size_t limit,
                  bool (*on)(void *ctx, const struct incident *incident, const char *why), void *ctx,
                  struct error *err)
{
    struct likeness likeness = {core, viewer, on, ctx, .left = limit, .open = true};
    int rc = like_by_words(&likeness, text, FIT_WORDS, err);
    array_free(&likeness.given);
    return rc;
}

int query_similar(struct core *core, uint64_t id, const char *viewer, size_t limit,
                  bool (*on)(void *ctx, const struct incident *incident, const char *why), void *ctx,
                  struct error *err)
{
    const struct incident *incident = sight_incident(core, id, viewer);
    char name[INCIDENT_NAME];
    if (!incident)
        return error_markup(err, ERR_NOT_FOUND, "No incident %s. `list` shows the open ones.",
                            incident_name(id, name));
    struct likeness likeness = {core, viewer, on, ctx, .left = limit ? limit : 5, .except = id};
    CLEANUP_FREE char *title = xstrdup(incident->title);
    int rc = like_by_alerts(&likeness, incident, err);
    if (!rc && likeness.left)
        rc = like_by_words(&likeness, title, 1, err);
    array_free(&likeness.given);
    return rc;
}

int query_lesson(struct core *core, const struct incident *incident, struct lesson *ret, struct error *err)
{
    struct likeness likeness = {
        .core = core, .on = take_teacher, .ctx = ret, .left = ALERTED_MOST, .except = incident->id};
    struct incident *about = incident_copy(incident); /* others are read meanwhile */
    *ret = (struct lesson){0};
    int rc = like_by_alerts(&likeness, about, err);
    if (!rc && !ret->past)
        rc = teach_by_words(&likeness, about, ret, err);
    incident_destroy(about);
    array_free(&likeness.given);
    return rc;
}
