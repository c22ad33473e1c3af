/* The active rules: where each stands, how often it fired, and how often people took what it declared for an incident; and the mutes. */
#include <inttypes.h>
#include <string.h>

#include "app/page.h"
#include "base/month.h"
#include "review/review.h"
#include "triage/triage.h"

#define PAGE   200
#define MONTHS 3    /* that accepted and declined are of, the current one among them */
#define MOST   1000 /* incidents of it that are looked at */

/* ---- rules ---- */

struct listing {
    const struct insights *sums;
    struct view *view;
    const char *words; /* NULL: all */
    size_t from, n;    /* how many are passed over; how many fitted */
};

/* "9 of 12 accepted (75%)"; of few, without the percentage. */
static void add_precision(const struct listing *listing, const char *where, struct view *item)
{
    const struct insight *sum = insights_of(listing->sums, INSIGHT_RULE, where);
    int64_t all = sum ? sum->incidents + sum->declined : 0;
    if (!all)
        return;
    view_textf(item, "accepted", "%" PRId64, sum->incidents);
    view_textf(item, "declined", "%" PRId64, sum->declined);
    if (all >= INSIGHT_FEW)
        view_textf(item, "precision", "%" PRId64 "%%", (100 * sum->incidents + all / 2) / all);
}

static void add_rule(const struct listing *listing, const cJSON *rule)
{
    struct view *item = view_item(listing->view, "rules");
    const char *where = json_text_or(rule, "rule", "");
    view_text(item, "name", json_text_or(rule, "name", NULL));
    view_text(item, "where", where);
    view_text(item, "verdict", json_text_or(rule, "verdict", NULL));
    view_text(item, "summary", json_text_or(rule, "summary", NULL));
    view_textf(item, "fired", "%" PRId64, json_int_or(rule, "fired", 0));
    add_precision(listing, where, item);
}

static bool mentions(const cJSON *rule, const char *words)
{
    static const char *const members[] = {"name", "summary", "rule", "verdict"};
    bool does = !words;
    for (size_t i = 0; i < ARRAY_SIZE(members) && !does; i++)
        does = strcasestr(json_text_or(rule, members[i], ""), words) != NULL;
    return does;
}

static int add_rules(const struct visit *visit, struct listing *listing, struct error *err)
{
    CLEANUP_STR struct str json = {0};
    CLEANUP_JSON cJSON *rules = NULL;
    const cJSON *rule;
    policy_rules(core_policy(visit->core), &json);
    int rc = json_parse(str_text(&json), json.len, SIZE_MAX, JSON_DEPTH, "rules", &rules, err);
    cJSON_ArrayForEach(rule, rules)
    {
        bool here = mentions(rule, listing->words) && listing->n++ >= listing->from;
        if (here && listing->n <= listing->from + PAGE)
            add_rule(listing, rule);
    }
    return rc;
}

/* ---- mutes ---- */

struct muting {
    const struct visit *visit;
    struct view *view;
    size_t n;
};

static bool add_mute(void *ctx, const struct mute_view *mute)
{
    struct muting *muting = ctx;
    struct view *item = view_item(muting->view, "mutes");
    view_text(item, "pattern", mute->pattern);
    view_time(item, "until", mute->until, muting->visit);
    view_person(item, "by", mute->by, muting->visit);
    view_text(item, "reason", mute->reason);
    muting->n++;
    return true;
}

static void add_mutes(struct visit *visit, struct view *view)
{
    struct muting muting = {visit, view, 0};
    mutes_each(visit->core, visit->now, add_mute, &muting);
    view_flag(view, "any_mutes", muting.n > 0);
    if (!visit->refused)
        return;
    view_text(view, "typed_group", visit_field(visit, "group"));
    view_text(view, "typed_when", visit_field(visit, "when"));
    view_text(view, "typed_reason", visit_field(visit, "reason"));
}

/* ---- the page ---- */

static void add_pages(const struct listing *listing, struct view *view)
{
    view_text(view, "words", listing->words);
    view_query(view, "words_url", listing->words);
    view_flag(view, "nothing", listing->n <= listing->from);
    view_flag(view, "first", listing->from == 0);
    if (listing->n > listing->from + PAGE)
        view_textf(view, "next", "%zu", listing->from + PAGE);
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    const struct review_query query = {.from = month_begins(visit->now, 1 - MONTHS),
                                       .months = MONTHS,
                                       .kind = INSIGHT_RULE,
                                       .summed = true,
                                       .most = MOST,
                                       .viewer = visit->person};
    struct insights sums;
    struct listing listing = {.sums = &sums,
                              .view = view,
                              .words = visit_query(visit, "q"),
                              .from = visit_query_number(visit, "from")};
    char month[MONTH_TEXT];
    int rc = review_sum(visit->core, &query, &sums, err);
    rc = rc ? rc : add_rules(visit, &listing, err);
    insights_finish(&sums);
    month_name(query.from, month);
    view_text(view, "since", month);
    view_textf(view, "most", "%d", MOST);
    add_pages(&listing, view);
    add_mutes(visit, view);
    return rc;
}

static void act(struct visit *visit)
{
    visit_form(visit, text_equal(visit_field(visit, "do"), "unmute") ? "unmute" : "mute", NULL);
}

const struct app_page app_page_rules = {.name = "rules",
                                        .title = "Rules",
                                        .path = "/app/rules",
                                        .word = "Rules",
                                        .place = 25,
                                        .needs = ACCESS_SEE,
                                        .show = show,
                                        .act = act};
