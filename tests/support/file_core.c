#include "file_core.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "turn/part.h"

static bool can_take(void *ctx, const char *connector, uint64_t *ret_can)
{
    (void)ctx, (void)connector;
    *ret_can = 0;
    return false;
}

static void wake(void *ctx)
{
    (void)ctx;
}

const struct core_ops file_core_alone = {.can_take = can_take, .wake = wake};

void file_core_open(struct file_core *file, const struct core_ops *ops, instant now)
{
    struct error err = {0};
    struct core_settings settings = {
        .parts = core_parts, .zone = "UTC", .announce = "incidents", .groups = {.new_burst = 1 << 30}};
    *file = (struct file_core){.folder = "/tmp/tocsin-bench-XXXXXX"};
    rng_init(&file->rng, 1);
    policy_dir_init(&file->policy);
    require(policy_dir_load(&file->policy, &err) == 0);
    require(mkdtemp(file->folder));
    CLEANUP_FREE char *path = xasprintf("%s/journal.db", file->folder);
    require(journal_open(path, NULL, &file->journal, &err) == 0);
    require(core_create(&settings, ops, file->journal, file->policy.policy, &file->rng, now, &file->core,
                        &err) == 0);
}

void file_core_close(struct file_core *file)
{
    journal_step(file->journal); /* its answers go to the core */
    core_destroy(file->core);
    journal_close(file->journal);
    policy_dir_finish(&file->policy);
    CLEANUP_FREE char *remove = xasprintf("rm -rf '%s'", file->folder);
    require(system(remove) == 0);
}
