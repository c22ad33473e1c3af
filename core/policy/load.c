#include "policy/load.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int read_file(const char *path, size_t most, char **ret, size_t *ret_n, struct error *err)
{
    FILE *file = fopen(path, "re");
    struct str text = {0};
    char bytes[8192];
    if (!file)
        return error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    for (size_t n; text.len <= most && (n = fread(bytes, 1, sizeof(bytes), file)) > 0;)
        str_addn(&text, bytes, n);
    bool broken = ferror(file);
    fclose(file);
    if (broken || text.len > most) {
        str_finish(&text);
        return error_set(err, broken ? ERR_IO : ERR_TOO_BIG,
                         broken ? "%s cannot be read" : "%s is larger than 1 MiB", path);
    }
    *ret_n = text.len;
    *ret = str_take(&text);
    return 0;
}

void name_list_finish(name_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->v[i]);
    array_free(list);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

int list_policy(const char *directory, name_list *ret_files, name_list *ret_tests, struct error *err)
{
    DIR *dir = opendir(directory);
    if (!dir)
        return error_set(err, ERR_IO, "the policy's directory %s cannot be read: %s", directory,
                         strerror(errno));
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (*entry->d_name == '.' || !ends_with(entry->d_name, ".lua"))
            continue;
        if (ends_with(entry->d_name, "_test.lua"))
            *array_add(ret_tests) = xstrdup(entry->d_name);
        else
            *array_add(ret_files) = xstrdup(entry->d_name);
    }
    closedir(dir);
    if (ret_files->n)
        qsort(ret_files->v, ret_files->n, sizeof(char *), by_name);
    if (ret_tests->n)
        qsort(ret_tests->v, ret_tests->n, sizeof(char *), by_name);
    return 0;
}

static int run_file(struct policy_set *set, const char *directory, const char *name, struct error *err)
{
    CLEANUP_FREE char *path = xasprintf("%s/%s", directory, name);
    CLEANUP_FREE char *text = NULL;
    size_t n;
    int rc = read_file(path, POLICY_FILE_BYTES, &text, &n, err);
    return rc ? rc : set_run(set, name, text, n, err);
}

static int run_directory(struct policy_set *set, const char *directory, struct error *err)
{
    name_list files = {0}, tests = {0};
    int rc = list_policy(directory, &files, &tests, err);
    for (size_t i = 0; !rc && i < files.n; i++)
        rc = run_file(set, directory, files.v[i], err);
    name_list_finish(&files);
    name_list_finish(&tests);
    return rc;
}

int load_set(struct policy *policy, const char *directory, struct policy_set **ret, struct error *err)
{
    struct policy_set *set = set_create(policy);
    int rc = set_run(set, "default/policy.lua", default_policy, default_policy_size, err);
    if (!rc && directory)
        rc = run_directory(set, directory, err);
    if (!rc)
        rc = set_seal(set, err);
    if (rc)
        set_destroy(set);
    else
        *ret = set;
    return rc;
}

static int test_file(struct policy_set *set, const char *directory, const char *name, struct str *out,
                     struct error *err)
{
    CLEANUP_FREE char *path = xasprintf("%s/%s", directory, name);
    CLEANUP_FREE char *text = NULL;
    size_t n;
    int rc = read_file(path, POLICY_FILE_BYTES, &text, &n, err);
    return rc ? rc : run_policy_tests(set, name, text, n, out, err);
}

/* Failures of all test files of a directory, or < 0. */
static int test_directory(struct policy_set *set, const char *directory, struct str *out, struct error *err)
{
    name_list files = {0}, tests = {0};
    int failures = 0, rc = list_policy(directory, &files, &tests, err);
    for (size_t i = 0; rc >= 0 && i < tests.n; i++) {
        rc = test_file(set, directory, tests.v[i], out, err);
        failures += rc > 0 ? rc : 0;
    }
    name_list_finish(&files);
    name_list_finish(&tests);
    return rc < 0 ? rc : failures;
}

/* What tells one state of the directory from another: names, sizes, times and numbers of its files. */
static char *digest_of(const char *directory)
{
    struct str digest = {0};
    name_list files = {0}, tests = {0};
    if (directory && list_policy(directory, &files, &tests, NULL) == 0) {
        for (size_t i = 0; i < files.n + tests.n; i++) {
            const char *name = i < files.n ? files.v[i] : tests.v[i - files.n];
            CLEANUP_FREE char *path = xasprintf("%s/%s", directory, name);
            struct stat st;
            if (stat(path, &st) == 0)
                str_addf(&digest, "%s %" PRIu64 " %" PRId64 ".%09ld %" PRIu64 "\n", name, (uint64_t)st.st_size,
                         (int64_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, (uint64_t)st.st_ino);
        }
    }
    name_list_finish(&files);
    name_list_finish(&tests);
    return str_take(&digest);
}

int policy_load(struct policy *policy, const char *directory, struct error *err)
{
    struct policy_set *set;
    CLEANUP_STR struct str out = {0};
    CLEANUP_FREE char *path = xstrdup(directory);
    replace_text(&policy->directory, path);
    free(policy->digest);
    policy->digest = digest_of(path);
    int rc = load_set(policy, path, &set, err);
    if (rc)
        return rc;
    int failures = path ? test_directory(set, path, &out, err) : 0;
    if (failures) {
        set_destroy(set);
        return failures < 0 ? failures
                            : error_set(err, ERR_REFUSED, "the policy's own tests fail:\n%s", str_text(&out));
    }
    set_destroy(policy->set);
    policy->set = set;
    return 0;
}

bool policy_changed(const struct policy *policy)
{
    CLEANUP_FREE char *digest = digest_of(policy->directory);
    return !text_equal(digest, policy->digest);
}

int policy_test(const char *directory, struct str *out, struct error *err)
{
    struct policy policy = {0};
    struct policy_set *set;
    int rc = load_set(&policy, directory, &set, err);
    if (rc)
        return rc;
    rc = test_directory(set, directory, out, err);
    set_destroy(set);
    return rc;
}
