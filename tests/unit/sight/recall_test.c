/*
 * Searches among past incidents find what people look for: 200 questions, each made from an incident that must be among the answers on top.
 * PAST says among how many; TIMES=1 prints how long a question took.
 */
#include "../../support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../support/file_core.h"

#include "base/clock.h"
#include "sight/query.h"
#include "turn/turn.h"

#define NOW       ((instant)1795446382123) /* Mon 23 Nov 2026 15:06 UTC */
#define QUESTIONS 100                      /* of each kind */
#define AT_ONCE   200

static const char *const services[] = {
    "checkout", "payments", "ledger",  "search", "login",    "invoices", "webhooks", "exports",
    "imports",  "billing",  "gateway", "mobile", "reports",  "uploads",  "sessions", "catalogue",
    "pricing",  "orders",   "stock",   "emails", "calendar", "identity", "metrics",  "dashboards"};
static const char *const faults[] = {"is slow",        "times out",         "answers with 503",
                                     "loses messages", "shows old prices",  "refuses cards",
                                     "is down",        "runs out of disk",  "leaks memory",
                                     "sends twice",    "rejects passwords", "returns empty pages"};
static const char *const causes[] = {"after the deploy",  "since the migration", "during the backup",
                                     "at every midnight", "for large customers", "behind the proxy",
                                     "with old browsers", "in the second region"};
static const char *const syllables[] = {"ka",  "mo", "ri", "ten", "vul", "sa", "pe",  "dro",
                                        "lin", "gu", "xa", "bor", "ne",  "fi", "tas", "wel"};

/* The name of a customer or a job: few incidents have it. */
static void add_name(uint64_t seed, struct str *out)
{
    for (int i = 0; i < 4; i++, seed /= ARRAY_SIZE(syllables))
        str_add(out, syllables[seed % ARRAY_SIZE(syllables)]);
}

#define PICK(list, rng) list[rng_below(rng, ARRAY_SIZE(list))]

static char *title_of(struct rng *rng)
{
    struct str title = {0};
    str_addf(&title, "%s %s %s: ", PICK(services, rng), PICK(faults, rng), PICK(causes, rng));
    add_name(rng_next(rng), &title);
    return str_take(&title);
}

static struct file_core file;
static ARRAY(char *) titles; /* of INC-1, INC-2, … */

static void do_one(struct turn *turn, uint64_t *id, const char *verb, const char *text)
{
    struct command command = {.verb = verb, .by = "ana", .text = text};
    assert_int_equal(turn_do(turn, *id, &command, id, NULL), 0);
}

/* What people say mentions other services, and their faults, all the time. */
static void declare(struct rng *rng, const char *title)
{
    struct turn *turn = turn_begin(file.core, NOW);
    CLEANUP_FREE char *note = xasprintf("is it the %s, which %s?", PICK(services, rng), PICK(faults, rng));
    uint64_t id = 0;
    do_one(turn, &id, "declare", title);
    do_one(turn, &id, "note", note);
    do_one(turn, &id, "resolve", "rolled back");
    do_one(turn, &id, "close", "nothing is left");
    turn_commit(turn, NULL, NULL);
    *array_add(&titles) = xstrdup(title);
}

static void fill(struct rng *rng, size_t past)
{
    file_core_open(&file, &file_core_alone, NOW);
    for (size_t i = 0; i < past; i++) {
        CLEANUP_FREE char *title = title_of(rng);
        declare(rng, title);
        if (i % AT_ONCE == 0) {
            journal_step(file.journal);
            core_tick(file.core, NOW);
        }
    }
    journal_step(file.journal);
    core_tick(file.core, NOW);
}

struct looking {
    uint64_t wanted;
    bool found;
};

static bool take_hit(void *ctx, const struct incident *incident, const struct event *event)
{
    struct looking *looking = ctx;
    (void)event;
    looking->found |= incident->id == looking->wanted;
    return true;
}

static bool take_similar(void *ctx, const struct incident *incident, const char *why)
{
    (void)why;
    return take_hit(ctx, incident, NULL);
}

/* "ledger times refuse kamori": some words of its title, as somebody remembers them, and the name. */
static char *words_of(struct rng *rng, const char *title)
{
    struct str words = {0};
    for (const char *p = title; *p; p += strspn(p, " :")) {
        size_t n = strcspn(p, " :");
        bool last = !p[n] || !p[n + strspn(p + n, " :")];
        if (last || (n >= 5 && rng_below(rng, 2)))
            str_addf(&words, "%s%.*s", words.len ? " " : "", (int)n, p);
        p += n;
    }
    return str_take(&words);
}

static bool searches(struct rng *rng, uint64_t wanted)
{
    struct looking looking = {.wanted = wanted};
    CLEANUP_FREE char *words = words_of(rng, titles.v[wanted - 1]);
    assert_int_equal(query_search(file.core, words, "ana", 0, 0, take_hit, &looking, NULL), 0);
    if (!looking.found)
        print_message("search %s: not INC-%u '%s'\n", words, (unsigned)wanted, titles.v[wanted - 1]);
    return looking.found;
}

/* Without its cause, which nobody knows yet. */
static size_t before_cause(const char *title)
{
    size_t n = strlen(title);
    for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
        const char *at = strstr(title, causes[i]);
        n = at ? MIN(n, (size_t)(at - title)) : n;
    }
    return n;
}

/* The same trouble again, in other words. */
static bool is_similar(struct rng *rng, uint64_t wanted)
{
    struct looking looking = {.wanted = wanted};
    const char *title = titles.v[wanted - 1], *name = strrchr(title, ' ') + 1;
    CLEANUP_FREE char *again = xasprintf("%.*sagain, now for %s", (int)before_cause(title), title, name);
    declare(rng, again);
    uint64_t id = titles.n;
    assert_int_equal(query_similar(file.core, id, "ana", 0, take_similar, &looking, NULL), 0);
    if (!looking.found)
        print_message("similar to '%s': not INC-%u '%s'\n", again, (unsigned)wanted, title);
    return looking.found;
}

static void what_people_look_for_is_on_top(void **state)
{
    size_t past = getenv("PAST") ? strtoul(getenv("PAST"), NULL, 10) : 2000;
    struct rng rng;
    int64_t spent[2] = {0};
    (void)state;
    rng_init(&rng, 18);
    fill(&rng, past);
    size_t found[2] = {0};
    for (int i = 0; i < QUESTIONS; i++) {
        uint64_t wanted = 1 + rng_below(&rng, past);
        int64_t began = clock_mono_ns();
        found[0] += searches(&rng, wanted);
        spent[0] += clock_mono_ns() - began;
    }
    for (int i = 0; i < QUESTIONS; i++) {
        int64_t began = clock_mono_ns();
        found[1] += is_similar(&rng, 1 + rng_below(&rng, past));
        spent[1] += clock_mono_ns() - began;
    }
    if (getenv("TIMES"))
        print_message("%zu past: search %lld us, similar %lld us\n", past,
                      (long long)spent[0] / QUESTIONS / 1000, (long long)spent[1] / QUESTIONS / 1000);
    assert_int_equal(found[0], QUESTIONS);
    assert_int_equal(found[1], QUESTIONS);
    for (size_t i = 0; i < titles.n; i++)
        free(titles.v[i]);
    array_free(&titles);
    file_core_close(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_people_look_for_is_on_top)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
