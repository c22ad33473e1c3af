/* A folder that was made is there after a loss of power: its name in the folder above was synced, even if an earlier start made it. */
#include "../../support/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../support/journal_files.h"
#include "base/durable.h"
#include "base/str.h"

static char synced[400];
static int fails;

int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    CLEANUP_FREE char *link = xasprintf("/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, synced, sizeof(synced) - 1);
    synced[n > 0 ? n : 0] = '\0';
    errno = fails;
    return fails ? -1 : 0;
}

static void the_folder_above_is_synced(void **state)
{
    (void)state;
    const char *folder = files_path("data"), *above = files_path("");
    struct stat about;
    for (int start = 0; start < 2; start++) {
        synced[0] = '\0';
        assert_int_equal(durable_folder(folder, 0700, NULL), 0);
        assert_true(text_starts(above, synced)); /* it ends in a slash */
        assert_true(stat(folder, &about) == 0 && S_ISDIR(about.st_mode));
    }
    rmdir(folder);
}

static void what_fails_is_said(void **state)
{
    (void)state;
    const char *folder = files_path("data"), *nowhere = files_path("a/b");
    struct error err = {0};
    assert_int_equal(durable_folder(nowhere, 0700, &err), ERR_IO);
    assert_non_null(
        strstr(err.text, "/a/b: No such file or directory; check that the directory above it exists"));
    fails = EIO;
    assert_int_equal(durable_folder(folder, 0700, &err), ERR_IO);
    assert_non_null(strstr(err.text, "to disk: Input/output error"));
    fails = 0;
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_folder_above_is_synced),
        cmocka_unit_test(what_fails_is_said),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
