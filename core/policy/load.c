#include "policy/load.h"

#include <inttypes.h>
#include <string.h>

#include "base/id.h"

int load_set(struct policy *policy, const struct policy_files *files, struct policy_set **ret,
             struct error *err)
{
    struct policy_set *set = set_create(policy);
    set->files = files;
    int rc = set_run(set, "default/policy.lua", true, default_policy, default_policy_size, err);
    for (size_t i = 0; !rc && i < files->files.n; i++) {
        const struct policy_file *file = &files->files.v[i];
        if (file->kind == POLICY_SCRIPT)
            rc = set_run(set, file->name, false, file->text, file->n, err);
    }
    if (!rc)
        rc = set_seal(set, err);
    set->files = NULL;
    if (rc)
        set_destroy(set);
    else
        *ret = set;
    return rc;
}

/* Returns the failures of all test files, or a negative error. */
static int test_set(struct policy_set *set, const struct policy_files *files,
                    const struct policy_report *report, struct error *err)
{
    int failures = 0, rc = 0;
    for (size_t i = 0; rc >= 0 && i < files->files.n; i++) {
        const struct policy_file *file = &files->files.v[i];
        if (file->kind != POLICY_TEST)
            continue;
        rc = run_policy_tests(set, file->name, file->text, file->n, report, err);
        failures += rc > 0 ? rc : 0;
    }
    return rc < 0 ? rc : failures;
}

/* Collects the failures as lines for the error. */
static void take_failure(void *ctx, const char *name, const char *failure)
{
    if (failure)
        str_addf(ctx, "\nFAIL  %s: %s", name, failure);
}

static void ignore_print(void *ctx, const char *text)
{
    (void)ctx, (void)text;
}

/* On a separate set, so that whatever tests count and change is gone with it. */
static int pass_tests(struct policy *policy, const struct policy_files *files, struct error *err)
{
    struct policy_set *set;
    CLEANUP_STR struct str lines = {0};
    int rc = load_set(policy, files, &set, err);
    if (rc)
        return rc;
    int failures = test_set(set, files, &(struct policy_report){&lines, take_failure, ignore_print}, err);
    set_destroy(set);
    return failures > 0 ? error_set(err, ERR_REFUSED, "the policy's tests fail:%s", str_text(&lines))
                        : failures;
}

static int load(struct policy *policy, const struct policy_files *files, struct error *err)
{
    struct policy_set *set;
    int rc = pass_tests(policy, files, err);
    rc = rc ? rc : load_set(policy, files, &set, err);
    if (rc)
        return rc;
    set_destroy(policy->set);
    policy->set = set;
    policy->generation++;
    return 0;
}

int policy_load(struct policy *policy, const char *directory, struct error *err)
{
    struct policy_files *files;
    int rc = files_read(directory, &files, err);
    rc = rc ? rc : load(policy, files, err);
    files_destroy(policy->tried);
    policy->tried = files;
    return rc;
}

bool policy_changed(const struct policy *policy)
{
    return files_changed(policy->tried);
}

void policy_digest(const struct policy *policy, struct str *out)
{
    char text[2 * 6 + 1];
    if (!policy->tried || !policy->tried->directory || !policy->tried->read) {
        str_add(out, "the defaults");
        return;
    }
    hex_encode(policy->tried->digest, 6, text);
    size_t tests = 0;
    for (size_t i = 0; i < policy->tried->files.n; i++)
        tests += policy->tried->files.v[i].kind == POLICY_TEST;
    str_addf(out, "%zu file%s, %zu of them tests, %s", policy->tried->files.n,
             policy->tried->files.n == 1 ? "" : "s", tests, text);
}

int policy_test(const char *directory, const struct policy_report *report, struct error *err)
{
    struct policy policy = {0};
    struct policy_files *files;
    struct policy_set *set;
    int rc = files_read(directory, &files, err);
    rc = rc ? rc : load_set(&policy, files, &set, err);
    if (!rc) {
        rc = test_set(set, files, report, err);
        set_destroy(set);
    }
    files_destroy(files);
    return rc;
}
