#include "statuspage/inside.h"

struct statuspage *statuspage_of(const struct core *core)
{
    return part_state(core, "statuspage");
}

void statuspage_changed(struct turn *turn)
{
    statuspage_of(turn_core(turn))->dirty = true;
    core_due(turn_core(turn), turn_now(turn));
}

struct public_page *statuspage_page(const struct core *core, const char *name)
{
    const struct statuspage *statuspage = statuspage_of(core);
    for (size_t i = 0; i < statuspage->pages.n; i++) {
        const struct kept_page *kept = &statuspage->pages.v[i];
        if (name ? text_equal(kept->name, name) : !kept->page->private_)
            return public_ref(kept->page);
    }
    return NULL;
}

bool statuspage_is_public(const struct core *core)
{
    struct public_page *page = statuspage_page(core, NULL);
    bool any = page != NULL;
    public_unref(page);
    return any;
}

void statuspage_listen(struct core *core, void (*on)(void *ctx), void *ctx)
{
    statuspage_of(core)->on = on;
    statuspage_of(core)->ctx = ctx;
}
