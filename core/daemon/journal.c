#include "daemon/journal.h"

#include <stdlib.h>

#include "base/durable.h"
#include "base/json.h"
#include "daemon/component.h"

static struct journal *journal;
static char *path;

struct journal *daemon_journal(void)
{
    return journal;
}

const char *daemon_journal_path(void)
{
    return path;
}

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    CLEANUP_FREE char *directory =
        configuration_path(configuration, json_text_or(configuration->core, "data", "data"));
    path = xasprintf("%s/journal.db", directory);
    int rc = durable_folder(directory, 0700, err);
    return rc ? rc : journal_open(path, daemon_loop(daemon), &journal, err);
}

static void stop(void)
{
    journal_close(journal);
    journal = NULL;
}

static void destroy(void)
{
    free(path);
    path = NULL;
}

const struct component journal_component = {
    .name = "journal", .start = start, .stop = stop, .destroy = destroy};
