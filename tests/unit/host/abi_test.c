/*
 * Connectors and hosts of different ages load each other: every released header (tests/abi/vN), the present one, and a future
 * one, made here by adding to the ends of its structs.
 */
#include "../../support/check.h"

#include <glob.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/load.h"

/* Released fields keep their offsets. */
_Static_assert(offsetof(struct tocsin_connector, can) == 16, "");
_Static_assert(offsetof(struct tocsin_connector, open) == 56, "");
_Static_assert(offsetof(struct tocsin_connector, close) == 104, "");
_Static_assert(offsetof(struct tocsin_host, log) == 16, "");
_Static_assert(offsetof(struct tocsin_host, put) == 48, "");
_Static_assert(offsetof(struct tocsin_action, body_length) == 48, "");
_Static_assert(offsetof(struct tocsin_result, remote_id) == 16, "");
_Static_assert(offsetof(struct tocsin_setting, help) == 40, "");
_Static_assert(offsetof(struct tocsin_request, received_ms) == 56, "");
_Static_assert(offsetof(struct tocsin_response, write) == 112, "");

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZE "-fsanitize=address,undefined"
#elif defined(__SANITIZE_THREAD__)
#define SANITIZE "-fsanitize=thread"
#else
#define SANITIZE "-g"
#endif

extern char **environ;
static char folder[64];

static int run(const char *const *words)
{
    pid_t pid;
    int status = -1;
    assert_int_equal(posix_spawnp(&pid, words[0], NULL, NULL, (char *const *)(uintptr_t)words, environ), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void compile_connector(const char *headers, const char *object)
{
    CLEANUP_FREE char *path = xasprintf("-I%s", headers);
    const char *const words[] = {"cc",    "-std=c99", "-shared", "-fPIC",
                                 "-Wall", "-Werror",  path,      "tests/abi/connector.c",
                                 "-o",    object,     NULL};
    assert_int_equal(run(words), 0);
}

static void compile_host(const char *headers, const char *program)
{
    CLEANUP_FREE char *path = xasprintf("-I%s", headers);
    CLEANUP_FREE char *library = xasprintf("%s/libcore.a", getenv("TOCSIN_BUILD"));
    const char *const words[] = {"cc",
                                 "-std=gnu17",
                                 "-D_GNU_SOURCE",
                                 "-DTOCSIN_TEST_NEXT",
                                 SANITIZE,
                                 path,
                                 "-Icore",
                                 "core/host/load.c",
                                 "tests/abi/host.c",
                                 library,
                                 "-lcjson",
                                 "-lm",
                                 "-lpthread",
                                 "-ldl",
                                 "-o",
                                 program,
                                 NULL};
    assert_int_equal(run(words), 0);
}

/* A folder with tocsin/connector.h in it: the text of `from`, or its future version. */
static char *headers_of(const char *name, const char *from, bool next)
{
    char *headers = xasprintf("%s/%s", folder, name);
    CLEANUP_FREE char *inner = xasprintf("%s/tocsin", headers);
    CLEANUP_FREE char *to = xasprintf("%s/connector.h", inner);
    mkdir(headers, 0700);
    mkdir(inner, 0700);
    const char *const copy[] = {"cp", from, to, NULL};
    const char *const grow[] = {
        "sed", "-i",
        "-e",  "s|^    const struct tocsin_limit \\*limits;.*|&\\n    int32_t (*later)(void *);|",
        "-e",  "s|^    const char \\*help;.*|&\\n    int64_t later;|",
        to,    NULL};
    assert_int_equal(run(copy), 0);
    if (next)
        assert_int_equal(run(grow), 0);
    return headers;
}

static void check_described(const struct loaded *loaded)
{
    CLEANUP_STR struct str out = {0};
    struct json_out j = {&out, false};
    json_begin_object(&j);
    describe_connector(loaded, &j);
    json_end_object(&j);
    assert_non_null(
        strstr(out.p, "{\"name\":\"second\",\"type\":1,\"flags\":0,\"fallback\":\"7\",\"least\":1,\"most\":9,"
                      "\"help\":\"Two\"}]"));
    assert_non_null(strstr(out.p, "\"parallel\":3"));
}

static void load_and_try(const char *object)
{
    struct loaded loaded;
    struct error err = {0};
    struct tocsin_error error = {.size = sizeof(error)};
    struct tocsin_host host = {.size = sizeof(host), .abi = TOCSIN_ABI};
    struct tocsin_result result = {.size = sizeof(result)};
    struct tocsin_action action = {.size = sizeof(action), .key = "k"};
    void *self = NULL;
    if (load_connector(object, &loaded, &err))
        fail_msg("%s", err.text);
    check_described(&loaded);
    assert_int_equal(loaded.connector.open(&host, "{}", &self, &error), 0);
    loaded.connector.perform(self, &action, &result);
    assert_string_equal(result.remote_id, "k");
    assert_null(loaded.connector.run);
    loaded.connector.close(self);
    unload_connector(&loaded);
}

static void every_released_header_makes_connectors_that_load(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob("tests/abi/v*/connector.h", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        CLEANUP_FREE char *name = xasprintf("released-%zu", i);
        CLEANUP_FREE char *headers = headers_of(name, found.gl_pathv[i], false);
        CLEANUP_FREE char *object = xasprintf("%s/%s.so", folder, name);
        compile_connector(headers, object);
        load_and_try(object);
    }
    globfree(&found);
}

static void a_connector_of_a_later_header_loads(void **state)
{
    (void)state;
    CLEANUP_FREE char *headers = headers_of("next", "include/tocsin/connector.h", true);
    CLEANUP_FREE char *object = xasprintf("%s/next.so", folder);
    compile_connector(headers, object);
    load_and_try(object);
}

static void a_later_host_loads_todays_connectors(void **state)
{
    (void)state;
    char line[4096] = "", later[64] = "";
    CLEANUP_FREE char *next = headers_of("next", "include/tocsin/connector.h", true);
    CLEANUP_FREE char *now = headers_of("now", "include/tocsin/connector.h", false);
    CLEANUP_FREE char *program = xasprintf("%s/host", folder);
    CLEANUP_FREE char *object = xasprintf("%s/now.so", folder);
    CLEANUP_FREE char *log = xasprintf("%s/log", folder);
    compile_host(next, program);
    compile_connector(now, object);
    CLEANUP_FREE char *command = xasprintf("%s %s > %s", program, object, log);
    const char *const words[] = {"sh", "-c", command, NULL};
    int status = run(words);
    FILE *file = fopen(log, "r");
    assert_non_null(fgets(line, sizeof(line), file));
    if (status)
        fail_msg("%s", line);
    assert_non_null(fgets(later, sizeof(later), file));
    fclose(file);
    assert_non_null(strstr(line, "\"name\":\"second\",\"type\":1"));
    assert_string_equal(later, "later: absent\n"); /* fields that it cannot know read as zero */
}

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/tocsin-abi-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    const char *const words[] = {"rm", "-rf", folder, NULL};
    return run(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_released_header_makes_connectors_that_load),
        cmocka_unit_test(a_connector_of_a_later_header_loads),
        cmocka_unit_test(a_later_host_loads_todays_connectors),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
