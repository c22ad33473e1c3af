#include "conformance/conformance.h"

#include <inttypes.h>
#include <uv.h>

#include <tocsin/connector.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "conformance/place.h"
#include "conformance/suite.h"
#include "host/descriptor.h"
#include "host/show.h"

static const struct check_list *const lists[] = {&declare_checks, &say_checks,   &reach_checks, &ticket_checks,
                                                 &odd_checks,     &heard_checks, &again_checks, &fault_checks,
                                                 &life_checks,    &told_checks};

/* ---- one check ---- */

static void skip_undeclared(struct suite *suite, uint64_t missing)
{
    CLEANUP_STR struct str names = {0};
    CLEANUP_JSON cJSON *abilities = cJSON_CreateObject();
    cJSON_AddNumberToObject(abilities, "can", (double)missing);
    descriptor_abilities(abilities, &names);
    suite_skip(suite, "it does not declare: %s", str_text(&names));
}

static void skip_missing(struct suite *suite, unsigned needs)
{
    const struct conformance *wish = suite->wish;
    const struct {
        unsigned need;
        bool given;
        const char *option;
    } rows[] = {{NEEDS_CHANNEL, wish->channel, "--channel"},
                {NEEDS_USER, wish->user, "--user"},
                {NEEDS_EMAIL, wish->email, "--email"},
                {NEEDS_CUSTOMER, wish->customer || wish->address, "--customer or --address"},
                {NEEDS_SAYS, wish->says, "--says"}};
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (needs & rows[i].need && !rows[i].given)
            suite_skip(suite, "%s is not given", rows[i].option);
    }
    if (needs & NEEDS_LINK && !suite->link)
        suite_skip(suite, "%s", suite->no_link);
}

/* It is running, and nothing of an earlier check is left. */
static void prepare(struct suite *suite)
{
    if (suite->link)
        link_set(suite->link, LINK_OPEN, 0);
    suite->dead = !rig_is_up(suite->rig) && !rig_start(suite->rig);
    if (suite->dead)
        suite_fail(suite, "it does not start: %s", rig_trouble(suite->rig));
    rig_forget_log(suite->rig);
}

static void run_check(struct suite *suite, const struct check *check)
{
    suite->verdict = CHECK_OK;
    str_clear(&suite->why);
    if (check->can & ~suite->can)
        skip_undeclared(suite, check->can & ~suite->can);
    skip_missing(suite, check->needs);
    if (suite->dead && !(check->needs & NO_PROCESS))
        suite_skip(suite, "it does not start");
    if (suite->verdict == CHECK_SKIPPED)
        return;
    if (!(check->needs & NO_PROCESS))
        prepare(suite);
    int ends = rig_ends(suite->rig);
    if (!suite_failed(suite))
        check->run(suite);
    if (rig_ends(suite->rig) != ends && !(check->needs & MAY_END))
        suite_fail(suite, "expected the connector to keep running, but it ended: %s", rig_trouble(suite->rig));
}

static int run_all(struct suite *suite, conformance_line *line, void *ctx)
{
    int failed = 0;
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        for (const struct check *check = lists[i]->v; check < lists[i]->v + lists[i]->n; check++) {
            if (suite->wish->only && !text_equal(suite->wish->only, check->name))
                continue;
            run_check(suite, check);
            failed += suite_failed(suite);
            line(ctx, check->name, suite->verdict, suite->verdict == CHECK_OK ? NULL : str_text(&suite->why),
                 rig_log(suite->rig));
        }
    }
    return failed;
}

static bool is_check(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        for (size_t j = 0; j < lists[i]->n; j++) {
            if (text_equal(lists[i]->v[j].name, name))
                return true;
        }
    }
    return false;
}

/* ---- the beginning ---- */

static struct rig *rig_with(uv_loop_t *loop, const struct conformance *wish, const cJSON *settings)
{
    return rig_create(loop, &(struct rig_setup){.runner = wish->runner,
                                                .name = wish->name,
                                                .file = wish->file,
                                                .settings = settings,
                                                .limits = wish->limits});
}

/* A link that the connector takes as its proxy for https. */
static int join_as_proxy(struct suite *suite, uv_loop_t *loop, struct error *err)
{
    if (getenv("https_proxy") || getenv("HTTPS_PROXY"))
        return error_set(err, ERR_REFUSED, "https_proxy is set, so nothing else can be put between");
    int rc = link_create(loop, NULL, NULL, &suite->link, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *url = xasprintf("http://127.0.0.1:%d", link_port(suite->link));
    setenv("https_proxy", url, 1);
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
    return 0;
}

/* Puts the link between the connector and its platform, where its settings name one. *ret: the settings to start it with. */
static void join(struct suite *suite, uv_loop_t *loop, cJSON **ret, char **why)
{
    struct place place;
    struct error err;
    *ret = cJSON_Duplicate(suite->wish->settings, true);
    int rc = place_find(suite->descriptor, *ret, suite->wish->peer, &place, &err);
    if (!rc)
        rc = place.https ? join_as_proxy(suite, loop, &err)
                         : link_create(loop, place.host, place.port, &suite->link, &err);
    if (rc)
        *why = xstrdup(err.text);
    else if (!place.https)
        place_replace(*ret, &place, link_port(suite->link));
    place_finish(&place);
}

static void leave(struct suite *suite)
{
    link_destroy(suite->link);
    suite->link = NULL;
    unsetenv("https_proxy");
}

/* A platform whose certificate does not hold for the link's address can only be tried without it. */
static void start_again(struct suite *suite, uv_loop_t *loop, char **why)
{
    CLEANUP_FREE char *trouble = xstrdup(rig_trouble(suite->rig));
    rig_destroy(suite->rig);
    leave(suite);
    suite->rig = rig_with(loop, suite->wish, suite->wish->settings);
    *why = rig_start(suite->rig)
               ? xasprintf("it does not start with a relay between it and its platform: %s", trouble)
               : xstrdup("it does not start");
}

static void start_first(struct suite *suite, uv_loop_t *loop, const cJSON *joined, char **why)
{
    suite->rig = rig_with(loop, suite->wish, joined);
    bool up = rig_start(suite->rig);
    if (!up && suite->link)
        start_again(suite, loop, why);
    else if (up && suite->link && !link_connections(suite->link)) {
        leave(suite);
        *why = xstrdup("it did not connect to its platform through the relay when it started and was checked, "
                       "so nothing can be "
                       "put between");
    }
}

static int run_suite(struct suite *suite, conformance_line *line, void *ctx)
{
    uv_loop_t loop;
    CLEANUP_JSON cJSON *joined = NULL;
    CLEANUP_FREE char *why = NULL;
    uv_loop_init(&loop);
    join(suite, &loop, &joined, &why);
    start_first(suite, &loop, joined, &why);
    suite->no_link = why;
    int failed = run_all(suite, line, ctx);
    rig_destroy(suite->rig);
    link_destroy(suite->link);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    return failed;
}

int conformance_run(const struct conformance *wish, conformance_line *line, void *ctx, struct error *err)
{
    CLEANUP_JSON cJSON *descriptor = NULL;
    if (wish->only && !is_check(wish->only))
        return error_set(err, ERR_NOT_FOUND, "there is no check '%.60s'; without --only, all of them run",
                         wish->only);
    int rc = show_connector(wish->runner, wish->file, &descriptor, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *base = xasprintf("%" PRId64, clock_now());
    struct suite suite = {.wish = wish,
                          .descriptor = descriptor,
                          .can = (uint64_t)json_int_or(descriptor, "can", 0),
                          .parallel = (int)json_int_or(descriptor, "parallel", 1),
                          .key_base = base};
    int failed = run_suite(&suite, line, ctx);
    str_finish(&suite.why);
    return failed;
}
