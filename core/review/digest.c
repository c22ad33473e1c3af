/* Each Monday morning the channel of each team gets its month in words, with a picture of the months before and what it left to do: a team in
   each tick. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "delivery/link.h"
#include "followups/followups.h"
#include "people/people.h"
#include "review/charts.h"
#include "review/inside.h"
#include "rooms/rooms.h"
#include "sight/query.h"
#include "sight/sight.h"

#define SENT                                                                                                   \
    "digest sent" /* key of a DOC_META: when it began, in milliseconds, and the last team that got it */
#define HOUR_SENT  9
#define LATE_MOST  5
#define OWING_MOST 10
#define WIDTH      680 /* pixels of its picture */

int digest_load(struct core *core, struct error *err)
{
    struct review *review = review_of(core);
    struct journal_doc doc;
    char *team;
    int rc = journal_doc(core_journal(core), DOC_META, SENT, &doc, err);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    review->digest = strtoll(doc.body, &team, 10);
    replace_text(&review->digest_team, *team == ' ' ? team + 1 : NULL);
    journal_doc_finish(&doc);
    return 0;
}

/* `team` NULL: all have got it. */
static void keep(struct turn *turn, instant begun, const char *team)
{
    struct review *review = review_of(turn_core(turn));
    CLEANUP_FREE char *text = xasprintf("%" PRId64 "%s%s", begun, team ? " " : "", team ? team : "");
    review->digest = begun;
    replace_text(&review->digest_team, team);
    batch_doc(turn_batch(turn), DOC_META, SENT, text);
}

/* The first Monday morning after `t`. */
static instant next_monday(instant t, const char *zone)
{
    struct wall wall = zone_to_wall(t, zone),
                monday = {.year = wall.year, .month = wall.month, .hour = HOUR_SENT};
    monday.day = wall.day + (8 - wall.weekday) % 7;
    instant at = zone_from_wall(&monday, zone);
    monday.day += 7;
    return at > t ? at : zone_from_wall(&monday, zone);
}

/* ---- what it says ---- */

struct left {
    struct core *core;
    const char *team;
    instant now;
    size_t open, late;
    struct str lines;
};

static bool add_left(void *ctx, const struct followup *followup)
{
    struct left *left = ctx;
    const char *name = people_name(left->core, followup->owner);
    if (!text_equal_nocase(followup->team, left->team) || !sight_incident(left->core, followup->incident, NULL))
        return true;
    left->open++;
    if (followup->due > left->now || ++left->late > LATE_MOST)
        return true;
    str_markup(&left->lines, "- **%" PRId64 "** %s: %s, due ", followup->number, followup->text,
               name ? name : followup->owner);
    moment_format(followup->due, left->now, NULL, &left->lines);
    str_add(&left->lines, "\n");
    return true;
}

static void add_followups(struct left *left, struct str *out)
{
    followups_each_open(left->core, 0, add_left, left);
    if (left->open)
        str_addf(out, "\nFollow-ups: %zu open, %zu of them overdue\n%s", left->open, left->late,
                 str_text(&left->lines));
}

/* ---- what ended incidents owe ---- */

struct owing {
    const char *team;
    instant now;
    size_t n;
    struct str *out;
};

static bool add_owing(void *ctx, const struct incident *incident)
{
    struct owing *owing = ctx;
    char name[INCIDENT_NAME];
    for (size_t i = 0; text_equal_nocase(incident->team, owing->team) && i < incident->owed.n; i++) {
        const struct state_owed *owed = &incident->owed.v[i];
        if (owing->n++ >= OWING_MOST)
            continue;
        str_add(owing->out, owing->n == 1 ? "\nStill owed\n" : "");
        str_markup(owing->out, "- **%s** %s, by ", incident_name(incident->id, name),
                   owed->text ? owed->text : owed->name);
        moment_format(owed->due, owing->now, NULL, owing->out);
        str_add(owing->out, "\n");
    }
    return true;
}

/* Of the month that ended, in the first days of another. */
static instant month_of(instant now, bool *ret_over)
{
    struct wall wall = zone_to_wall(now, NULL);
    *ret_over = wall.day <= 7;
    return month_begins(now, *ret_over ? -1 : 0);
}

/* False: there is nothing to say. */
static bool write_digest(struct core *core, const char *team, instant now, struct str *title, struct str *out)
{
    bool over, older;
    struct review_query query = {.from = month_of(now, &over), .months = 1, .team = team};
    struct insights sums;
    struct left left = {.core = core, .team = team, .now = now};
    struct owing owing = {.team = team, .now = now, .out = out};
    char month[MONTH_TEXT];
    int rc = review_sum(core, &query, &sums, NULL);
    bool any = sums.all.incidents || sums.all.declined;
    month_name(query.from, month);
    str_addf(title, "%s in %s%s", team, month, over ? "" : " so far");
    if (!rc && any)
        rc = review_words(core, &query, &sums, now, out, NULL);
    add_followups(&left, out);
    query_owing(core, NULL, add_owing, &owing, &older, NULL);
    str_finish(&left.lines);
    insights_finish(&sums);
    return !rc && (any || left.open || owing.n);
}

/* ---- its picture ---- */

/* Of months before there was anything, nothing is said. */
static void drop_unknown(struct chart *chart)
{
    while (chart->rows.n && !chart->rows.v[0].value) {
        free(chart->rows.v[0].label);
        free(chart->rows.v[0].below);
        array_remove(&chart->rows, 0);
    }
}

/* The team's time, month by month; nothing, if there are not two months to compare. */
static void draw_months(struct core *core, const char *team, instant now, struct str *svg, struct str *alt)
{
    bool over;
    struct review_query query = {.from = month_of(now, &over), .months = 1, .team = team};
    struct review_figures figures;
    struct review_table table;
    if (review_figures_read(core, &query, REVIEW_TIME, now, &figures, NULL) == 0) {
        review_chart(&figures, REVIEW_TIME, &table);
        drop_unknown(&table.chart);
        if (table.chart.rows.n > 1) {
            chart_draw(&table.chart, CHART_PAPER, svg);
            chart_words(&table.chart, alt);
        }
        review_table_finish(&table);
    }
    review_figures_finish(&figures);
}

/* ---- sent ---- */

static void send(struct turn *turn, const struct roster_team *team)
{
    CLEANUP_STR struct str title = {0}, text = {0}, card = {0}, svg = {0}, alt = {0};
    CLEANUP_FREE char *key = turn_key_as(turn, DIGEST_KEY);
    if (!write_digest(turn_core(turn), team->name, turn_now(turn), &title, &text))
        return;
    draw_months(turn_core(turn), team->name, turn_now(turn), &svg, &alt);
    struct card_picture picture = {svg.p, alt.p, WIDTH};
    card_pictured(title.p, "info", text.p, svg.len ? &picture : NULL, &card);
    rooms_say_channel(turn, team->channel, 0, key, card.p, text.p);
}

/* It was sent by a clock that was wrong: the next one must not wait until then. */
static bool is_ahead(const struct review *review, instant now)
{
    return review->digest > now + DAY;
}

/* The first that gets it, by name, behind `after`. By name: what a new policy changes in between gives nobody two, and nobody none. */
static bool next_team(const struct core *core, const char *after, struct roster_team *ret)
{
    struct roster_team team;
    bool found = false;
    for (size_t i = 0; policy_team_at(core_policy(core), i, &team); i++) {
        bool gets = team.channel && team.digest && strcmp(team.name, after) > 0;
        if (gets && (!found || strcmp(team.name, ret->name) < 0)) {
            *ret = team;
            found = true;
        }
    }
    return found;
}

/* Not while a connector starts, so that nobody knows whether people talk there, or while pieces are not durable yet. */
static bool is_ready(const struct core *core)
{
    return !link_starting(core) && turn_is_reported(core, review_of(core)->written);
}

instant digest_tick(struct core *core, instant now)
{
    const struct review *review = review_of(core);
    const char *zone = core_settings(core)->zone;
    bool known = review->digest && !is_ahead(review, now);
    instant due = known ? next_monday(review->digest, zone) : now;
    bool begins = now >= due;
    struct roster_team team;
    if (!begins && !review->digest_team)
        return due;
    if (known && !is_ready(core))
        return now + REVIEW_GO_ON;
    struct turn *turn = turn_begin(core, now);
    bool more = known && next_team(core, begins ? "" : review->digest_team, &team);
    if (more)
        send(turn, &team);
    keep(turn, begins ? now : review->digest, more ? team.name : NULL);
    turn_commit(turn, NULL, NULL);
    return more ? now + REVIEW_GO_ON : next_monday(now, zone);
}
