/* Each connector that misbehaves, in a real process of its own. */
#include "../../support/check.h"
#include "../../support/small_core.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tocsin/connector.h>

#include "base/mem.h"
#include "host/confine.h"

static void post(const char *connector, uint64_t id, const char *text)
{
    CLEANUP_FREE char *body = xasprintf("{\"text\":\"%s\"}", text);
    small_core_perform(connector, id, "post", "k", body);
}

/* The process of the only connector: a child of this one. */
static pid_t runner_pid(void)
{
    char path[64], line[64] = "";
    snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file));
    fclose(file);
    return atoi(line);
}

static void a_crash_gives_the_action_back_and_restarts(void **state)
{
    (void)state;
    small_core_add("crash", "{\"at\":2}");
    wait_for(core.ups == 1);
    post("crash", 1, "x");
    wait_for(core.results == 1);
    assert_int_equal(core.last_code, TOCSIN_DONE);
    post("crash", 2, "x");
    wait_for(core.results == 2);
    assert_int_equal(core.last_code, TOCSIN_UNKNOWN);
    assert_int_equal(core.last_action, 2);
    assert_int_equal(core.downs, 1);
    assert_non_null(strstr(core.reason, "signal 6"));
    assert_non_null(strstr(core.detail, "signal 6"));
    wait_for(core.ups == 2);
    assert_int_equal(small_core_info("crash")->restarts, 1);
}

static void a_hang_is_noticed_and_ended(void **state)
{
    (void)state;
    small_core_add("hang", "{}");
    wait_for(core.ups == 1);
    post("hang", 1, "x");
    wait_for(core.results == 1);
    assert_int_equal(core.last_code, TOCSIN_UNKNOWN);
    assert_non_null(strstr(core.reason, "hung"));
    wait_for(core.ups == 2);
} /* tear_down proves that one that does not stop is ended */

static void a_leak_ends_at_its_limit(void **state)
{
    (void)state;
    small_core_add_limited("leak", "{}", 48 << 20);
    wait_for(core.ups == 1);
    for (uint64_t i = 1; i < 100 && core.downs == 0; i++) {
        post("leak", i, "x");
        wait_for(core.results == (int)i);
    }
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    assert_int_equal(core.downs, 0); /* no limit with sanitizers */
#else
    assert_int_equal(core.downs, 1);
    assert_int_equal(core.last_code, TOCSIN_UNKNOWN);
    assert_in_range(core.last_action, 10, 48);
    wait_for(core.ups == 2);
#endif
}

static void a_malformed_result_is_made_safe(void **state)
{
    (void)state;
    small_core_add("liar", "{}");
    wait_for(core.ups == 1);
    post("liar", 1, "loose");
    wait_for(core.results == 1);
    assert_int_equal(core.last_code, TOCSIN_UNKNOWN);
    assert_int_equal(core.retry_after, 0);
    assert_int_equal(strlen(core.remote_id), 255);
    assert_non_null(strstr(core.detail, "\xef\xbf\xbd")); /* invalid UTF-8 is replaced */
}

static void a_second_result_is_ignored(void **state)
{
    (void)state;
    small_core_add("liar", "{}");
    wait_for(core.ups == 1);
    post("liar", 1, "twice");
    wait_for(core.results == 1);
    assert_string_equal(core.remote_id, "first");
    post("liar", 2, "x");
    wait_for(core.results == 2);
    assert_int_equal(core.last_action, 2);
    wait_for(strstr(str_text(&core.log), "ignored a result for an action that is not in progress"));
    assert_int_equal(core.downs, 0);
}

static void breaking_the_protocol_ends_it(void **state)
{
    static const struct {
        const char *how, *reason;
    } rows[] = {
        {"garbage", "message"}, {"out of phase", "not allowed at this point"},
        {"huge", "frame"},      {"exit", "exited with status 0"},
        {"close", ""},          {"keeps without a key", "keeps a value"},
    };
    (void)state;
    small_core_add("liar", "{}");
    for (int i = 0; i < (int)ARRAY_SIZE(rows); i++) {
        wait_for(core.ups == i + 1);
        post("liar", (uint64_t)i + 1, rows[i].how);
        wait_for(core.downs == i + 1);
        assert_non_null(strstr(core.reason, rows[i].reason));
        wait_for(core.results == i + 1);
    }
}

static void what_it_prints_becomes_log_lines(void **state)
{
    (void)state;
    small_core_add("liar", "{}");
    wait_for(core.ups == 1);
    post("liar", 1, "stdout");
    wait_for(core.results == 1 && strstr(str_text(&core.log), "an error"));
    wait_for(strstr(core.log.p, "and another"));
    assert_non_null(strstr(core.log.p, "connector=liar  a word\n"));
    assert_null(strchr(core.log.p, '\x1b'));
    assert_non_null(strstr(core.log.p, "warn connector=liar  an error"));
}

static int lines_with(const char *text)
{
    int n = 0;
    for (const char *p = str_text(&core.log); (p = strstr(p, text)); p++)
        n++;
    return n;
}

static void on_time_up(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
}

static void a_flood_waits_for_the_core(void **state)
{
    (void)state;
    small_core_add("flood", "{}");
    wait_for(core.events >= 5000);
    assert_in_range(lines_with("another one"), 1, 400);
    assert_int_equal(core.downs, 0);
    core.hold = true;
    wait_for(core.n_held == 1); /* one thread, so one unanswered event */
    bool time_up = false;
    uv_timer_t timer;
    uv_timer_init(&core.loop, &timer);
    timer.data = &time_up;
    uv_timer_start(&timer, on_time_up, 1500, 0);
    wait_for(time_up);
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&core.loop, UV_RUN_NOWAIT);
    assert_int_equal(core.n_held, 1);
    assert_int_equal(core.downs, 0); /* waiting is not a hang */
    core.hold = false;
    supervisor_ack(core.supervisor, "flood", core.held[0], TOCSIN_EMITTED);
    wait_for(core.events >= 6000);
}

static void an_answer_for_a_dead_process_is_ignored(void **state)
{
    (void)state;
    core.hold = true;
    small_core_add("flood", "{}");
    wait_for(core.ups == 1 && core.n_held == 1); /* the first event may come before `up` */
    kill(runner_pid(), SIGKILL);
    wait_for(core.downs == 1);
    assert_non_null(strstr(core.reason, "signal 9"));
    supervisor_ack(core.supervisor, "flood", core.held[0], TOCSIN_EMITTED);
    wait_for(core.n_held == 2);
    supervisor_ack(core.supervisor, "flood", core.held[0], TOCSIN_EMITTED); /* of the first process */
    core.hold = false;
    supervisor_ack(core.supervisor, "flood", core.held[1], TOCSIN_EMITTED);
    wait_for(core.events >= 100);
}

static void a_process_has_no_more_than_it_needs(void **state)
{
    (void)state;
    setenv("TOCSIN_TEST_SECRET", "x", 1);
    small_core_add("prison", "{}");
    wait_for(core.ups == 1);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    post("prison", 1, "x");
    wait_for(core.results == 1);
    assert_string_equal(core.detail,
                        "exec denied, fork denied, kill denied, core 0, files few, privileges kept "
                        "low, secret unseen");
#endif
}

/* Of the prison: it tries to read the one and to make the other. */
static bool said_of(const char *read, const char *make, const char *word)
{
    CLEANUP_FREE char *paths = xasprintf("%s %s", read, make);
    CLEANUP_FREE char *expected = xasprintf("read %s, make %s", word, word);
    static uint64_t id;
    int before = core.results;
    post("prison", ++id, paths);
    wait_for(core.results == before + 1);
    return strstr(core.detail, expected) != NULL;
}

static void a_process_reaches_no_files_but_its_own(void **state)
{
    (void)state;
    char folder[] = "/tmp/tocsin-prison-XXXXXX";
    if (!confine_has_files()) {
        puts("this kernel has no Landlock");
        return;
    }
    assert_non_null(mkdtemp(folder));
    CLEANUP_FREE char *own = xasprintf("%s/own", folder), *mine = xasprintf("%s/own/a", folder);
    CLEANUP_FREE char *journal = xasprintf("%s/journal.db", folder), *other = xasprintf("%s/b", folder);
    CLEANUP_FREE char *settings = xasprintf("{\"own\":\"%s\"}", own);
    fclose(fopen(journal, "w"));
    small_core_add("prison", settings);
    wait_for(core.ups == 1);
    assert_true(said_of(journal, other, "denied"));
    assert_true(said_of("/etc/shadow", "/tmp/tocsin-prison", "denied"));
    assert_true(said_of("/etc/nsswitch.conf", mine, "allowed"));
    assert_true(said_of(mine, mine, "allowed"));
    CLEANUP_FREE char *remove = xasprintf("rm -r %s", folder);
    assert_int_equal(system(remove), 0);
}

#define WITH_CORE(test) cmocka_unit_test_setup_teardown(test, small_core_set_up, small_core_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CORE(a_crash_gives_the_action_back_and_restarts),
        WITH_CORE(a_hang_is_noticed_and_ended),
        WITH_CORE(a_leak_ends_at_its_limit),
        WITH_CORE(a_malformed_result_is_made_safe),
        WITH_CORE(a_second_result_is_ignored),
        WITH_CORE(breaking_the_protocol_ends_it),
        WITH_CORE(what_it_prints_becomes_log_lines),
        WITH_CORE(a_flood_waits_for_the_core),
        WITH_CORE(an_answer_for_a_dead_process_is_ignored),
        WITH_CORE(a_process_has_no_more_than_it_needs),
        WITH_CORE(a_process_reaches_no_files_but_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
