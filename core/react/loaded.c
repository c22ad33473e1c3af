/* Tells people of a policy that was refused, and of the one that mends it. */
#include <stdlib.h>

#include <tocsin/connector.h>

#include "base/markup.h"
#include "delivery/link.h"
#include "react/inside.h"
#include "react/react.h"
#include "rooms/rooms.h"
#include "turn/live.h"
#include "turn/sweep.h"

#define EVENTS_SEARCHED 2000 /* newest events of the system */
#define NEWS_HOLDS      (10 * MINUTE)
#define LINKS_MOST      64

/* ---- the last one, before this start ---- */

static bool take_load(void *ctx, const struct journal_event *row)
{
    struct react *react = ctx;
    struct event event;
    if (event_type_parse(row->type) != EVENT_POLICY || turn_event_of_row(row, &event, NULL))
        return true;
    react->policy_broken = !event.flag;
    event_finish(&event);
    return false;
}

int loaded_load(struct core *core, struct error *err)
{
    react_of(core)->policy_broken = false;
    return journal_read_back(core_journal(core), "system", 0, EVENTS_SEARCHED, take_load, react_of(core), err);
}

static void drop_news(struct react *react)
{
    free(react->news.text);
    react->news = (struct start_news){0};
}

void loaded_finish(struct react *react)
{
    drop_news(react);
}

/* ---- telling ---- */

struct numbers {
    ARRAY(uint64_t) v;
};

static bool take_number(void *ctx, const struct incident *incident)
{
    struct numbers *numbers = ctx;
    *array_add(&numbers->v) = incident->id;
    return true;
}

/* A policy may want other things of what is open. */
static void judge_open(struct turn *turn)
{
    struct numbers open = {0};
    live_each_open(turn_core(turn), take_number, &open);
    sweep_begin(turn, "react", "{}", open.v.v, open.v.n);
    array_free(&open.v);
}

void loaded_swept(struct turn *turn, const struct incident *incident, const cJSON *about)
{
    (void)about;
    turn_incident(turn, incident->id);
}

/* What people read of it; NULL: it is not news. The caller frees. */
static char *words_of(struct react *react, bool ok, const char *refused, const char *text)
{
    const char *what = ok ? "The policy works again" : refused;
    bool news = !ok || react->policy_broken;
    react->policy_broken = !ok;
    return news ? markup(text ? "%s: %s" : "%s.", what, text) : NULL;
}

static void record(struct turn *turn, bool ok, const char *text)
{
    struct event event = {.type = EVENT_POLICY,
                          .at = turn_now(turn),
                          .by = xstrdup(BY_SYSTEM),
                          .flag = ok,
                          .text = ok ? NULL : xstrdup(text)};
    turn_tell(turn, &event);
    if (ok)
        judge_open(turn);
}

void react_policy_loaded(struct core *core, bool ok, const char *text, instant now)
{
    if (!core_ready(core, NULL))
        return;
    drop_news(react_of(core));
    struct turn *turn = turn_begin(core, now);
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_FREE char *said =
        words_of(react_of(core), ok, "The new policy has an error, so the previous one stays active", text);
    record(turn, ok, text);
    if (said)
        rooms_say_incident(turn, 0, key, NULL, said);
    turn_commit(turn, NULL, NULL);
}

void react_policy_renewed(struct core *core, instant now)
{
    struct turn *turn = turn_begin(core, now);
    judge_open(turn);
    turn_commit(turn, NULL, NULL);
}

void react_policy_started(struct core *core, bool ok, const char *text, instant now)
{
    struct react *react = react_of(core);
    if ((ok && !react->policy_broken) || !core_ready(core, NULL))
        return;
    struct turn *turn = turn_begin(core, now);
    record(turn, ok, text);
    turn_commit(turn, NULL, NULL);
    drop_news(react);
    react->news.text = words_of(
        react, ok, "The policy has an error, so the built-in defaults are active until it is fixed", text);
    react->news.until = now + NEWS_HOLDS;
}

/* No connector runs yet when the core starts. */
void loaded_tell(struct core *core, instant now)
{
    struct start_news *news = &react_of(core)->news;
    if (!news->text || !core_ready(core, NULL))
        return;
    for (size_t i = 0; i < links(core)->n && i < LINKS_MOST; i++) {
        const struct link *link = &links(core)->v[i];
        if (!link->up || !rooms_announces(core, link) || news->told & UINT64_C(1) << i)
            continue;
        struct turn *turn = turn_begin(core, now);
        CLEANUP_FREE char *key = turn_key(turn);
        struct place place = {.connector = link->name, .channel = core_settings(core)->announce};
        rooms_say(turn, &place, 0, key, NULL, news->text);
        turn_commit(turn, NULL, NULL);
        news->told |= UINT64_C(1) << i;
    }
    if (now >= news->until)
        drop_news(react_of(core));
}
