#include "../../support/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../support/small_site.h"
#include "base/mem.h"
#include "policy/files.h"
#include "publish/directory.h"
#include "public/site.h"

static char directory[64];

static int setup(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/tocsin-publish.XXXXXX");
    assert_non_null(mkdtemp(directory));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    CLEANUP_FREE char *command = xasprintf("rm -rf %s", directory);
    assert_int_equal(system(command), 0);
    return 0;
}

static struct published export_(struct public_page *page)
{
    struct published done;
    struct error err;
    if (publish_directory(&(struct publish_source){.page = page}, directory, &done, &err))
        fail_msg("%s", err.text);
    public_unref(page);
    return done;
}

static char *path_of(const char *name)
{
    return xasprintf("%s/%s", directory, name);
}

static bool exists(const char *name)
{
    CLEANUP_FREE char *path = path_of(name);
    return access(path, F_OK) == 0;
}

static void write_file(const char *name, const char *text)
{
    CLEANUP_FREE char *path = path_of(name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void assert_file(const struct public_page *page, const char *path)
{
    struct public_file file;
    CLEANUP_FREE char *text = NULL;
    size_t n;
    assert_int_equal(public_render(page, path, "", &file, NULL), 0);
    CLEANUP_STR struct str body = file.body;
    CLEANUP_FREE char *name = publish_name(path, file.is_page), *at = path_of(name);
    assert_int_equal(file_read(at, 1 << 24, &text, &n, NULL), 0);
    assert_int_equal(n, body.len);
    assert_memory_equal(text, body.p, n);
}

static void each(void *ctx, const char *path, bool front)
{
    (void)front;
    assert_file(ctx, path);
}

/* ---- tests ---- */

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool is_page;
        const char *name;
    } rows[] = {
        {"", true, "index.html"},
        {"de/", true, "de/index.html"},
        {"history", true, "history.html"},
        {"history/2026-11", true, "history/2026-11.html"},
        {"404.html", true, "404.html"},
        {"v1.2/history", true, "v1.2/history.html"},
        {"api/v2/summary.json", false, "api/v2/summary.json"},
        {"badge", false, "badge"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        CLEANUP_FREE char *name = publish_name(rows[i].path, rows[i].is_page);
        assert_string_equal(name, rows[i].name);
    }
}

static void test_the_same_bytes_as_served(void **state)
{
    (void)state;
    struct public_page *page = small_site("public", "Acme");
    struct published first = export_(public_ref(page)), second = export_(public_ref(page));
    public_each(page, each, page);
    assert_true(first.written > 3);
    assert_int_equal(first.same + first.removed, 0);
    assert_int_equal(second.same, first.written); /* so rsync has nothing to do */
    assert_int_equal(second.written + second.removed, 0);
    public_unref(page);
}

static void test_what_is_gone_is_removed(void **state)
{
    (void)state;
    struct public_page *page = small_site("public", "Acme");
    export_(public_ref(page));
    CLEANUP_FREE char *folder = path_of("old"), *list = path_of(".tocsin-statuspage");
    assert_int_equal(mkdir(folder, 0755), 0);
    write_file("old/page.html", "of an earlier export");
    write_file("mine.txt", "of somebody else");
    FILE *file = fopen(list, "a");
    assert_non_null(file);
    fputs("old/page.html\nnever/was\n../outside\n", file);
    fclose(file);
    struct published done = export_(page);
    assert_int_equal(done.removed, 1);
    assert_false(exists("old"));
    assert_true(exists("mine.txt"));
    assert_true(exists("index.html"));
}

static void test_a_foreign_directory_is_left_alone(void **state)
{
    (void)state;
    struct published done;
    struct error err;
    write_file("index.html", "another site");
    struct public_page *page = small_site("public", "Acme");
    assert_int_equal(publish_directory(&(struct publish_source){.page = page}, directory, &done, &err),
                     ERR_REFUSED);
    assert_non_null(strstr(err.text, "choose an empty directory"));
    assert_false(exists("history.html"));
    assert_int_equal(publish_directory(&(struct publish_source){.page = page}, "/nowhere/at/all", &done, &err),
                     ERR_IO);
    public_unref(page);
}

static void test_a_link_is_not_followed(void **state)
{
    (void)state;
    struct public_page *page = small_site("public", "Acme");
    export_(public_ref(page));
    CLEANUP_FREE char *index = path_of("index.html"), *beside = path_of("index.html.tmp"),
                      *victim = path_of("victim");
    write_file("victim", "precious");
    assert_int_equal(symlink(victim, beside), 0);
    assert_int_equal(unlink(index), 0);
    struct published done;
    struct error err;
    assert_int_equal(publish_directory(&(struct publish_source){.page = page}, directory, &done, &err), ERR_IO);
    CLEANUP_FREE char *text = NULL;
    size_t n;
    assert_int_equal(file_read(victim, 100, &text, &n, NULL), 0);
    assert_string_equal(text, "precious");
    public_unref(page);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_names),
        TEST(test_the_same_bytes_as_served),
        TEST(test_what_is_gone_is_removed),
        TEST(test_a_foreign_directory_is_left_alone),
        TEST(test_a_link_is_not_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
