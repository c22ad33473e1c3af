#include "policy_dir.h"

#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "command/table.h"

static void on_failure(void *ctx, const char *where, const char *text, uint64_t incident)
{
    struct policy_dir *dir = ctx;
    (void)incident;
    dir->failures++;
    snprintf(dir->failure, sizeof(dir->failure), "%s: %s", where, text);
}

void policy_dir_init(struct policy_dir *dir)
{
    *dir = (struct policy_dir){.path = "/tmp/tocsin-policy-XXXXXX"};
    require(mkdtemp(dir->path) != NULL);
}

void policy_dir_finish(struct policy_dir *dir)
{
    DIR *open = opendir(dir->path);
    require(open != NULL);
    for (struct dirent *entry; (entry = readdir(open));) {
        CLEANUP_FREE char *path = xasprintf("%s/%s", dir->path, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlink(path);
    }
    closedir(open);
    rmdir(dir->path);
    policy_destroy(dir->policy);
}

void policy_dir_write(struct policy_dir *dir, const char *name, const char *text)
{
    CLEANUP_FREE char *path = xasprintf("%s/%s", dir->path, name);
    FILE *file = fopen(path, "w");
    require(file != NULL);
    fputs(text, file);
    fclose(file);
}

int policy_dir_load(struct policy_dir *dir, struct error *err)
{
    struct policy_host host = {.ctx = dir, .on_failure = on_failure, .is_command = command_exists};
    if (!dir->policy)
        dir->policy = policy_create(&host);
    return policy_load(dir->policy, dir->path, err);
}

const struct policy *policy_dir_team(struct policy_dir *dir, const char *text)
{
    struct error err;
    policy_dir_write(dir, "team.lua", text);
    if (policy_dir_load(dir, &err))
        fail_msg("%s", err.text);
    return dir->policy;
}

void policy_dir_refuses(struct policy_dir *dir, const char *text, const char *shown, const char *why)
{
    struct error err = {0};
    policy_dir_write(dir, "team.lua", text);
    assert_int_not_equal(policy_dir_load(dir, &err), 0);
    if (!strstr(err.text, why) || !strstr(err.text, "team.lua:"))
        fail_msg("%s\n  wanted %s\n  got    %s", shown, why, err.text);
}

struct policy_dir policy_dir;

int policy_dir_set_up(void **state)
{
    (void)state;
    policy_dir_init(&policy_dir);
    return 0;
}

int policy_dir_tear_down(void **state)
{
    (void)state;
    policy_dir_finish(&policy_dir);
    return 0;
}

struct group policy_group(const char *title, const char *service, instant now)
{
    struct group group = {.about.title = title,
                          .about.service = service,
                          .about.environment = "production",
                          .about.release = "",
                          .about.type = "",
                          .about.culprit = "",
                          .about.source = "sentry",
                          .about.origin = "",
                          .about.stream = "",
                          .about.url = "",
                          .tally.count = 1,
                          .level = LEVEL_ERROR,
                          .times.first_seen = now,
                          .times.last_seen = now,
                          .tally.minute = now / MINUTE};
    group.tally.counts[group.tally.minute % GROUP_MINUTES] = 1;
    return group;
}
