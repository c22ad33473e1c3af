#include "statuspage/statuspage.h"

int64_t statuspage_publish(struct turn *turn, const struct posting *posting, struct error *err)
{
    (void)turn;
    (void)posting;
    error_set(err, ERR_REFUSED, "There is no status page yet.");
    return 0;
}

int64_t statuspage_open_post(const struct core *core, uint64_t incident)
{
    (void)core;
    (void)incident;
    return 0;
}

const char *statuspage_component(const struct core *core, const char *name)
{
    (void)core;
    (void)name;
    return NULL;
}

struct public_page *statuspage_page(const struct core *core, const char *name)
{
    (void)core;
    (void)name;
    return NULL;
}

void statuspage_listen(struct core *core, void (*on)(void *ctx), void *ctx)
{
    (void)core;
    (void)on;
    (void)ctx;
}
