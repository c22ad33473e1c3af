#include "delivery/link.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/connector.h>

#include "base/log.h"
#include "delivery/state.h"

const link_list *links(const struct core *core)
{
    return &delivery_of(core)->links;
}

struct link *link_find(const struct core *core, const char *connector)
{
    link_list *all = &delivery_of(core)->links;
    for (size_t i = 0; i < all->n; i++) {
        if (text_equal(all->v[i].name, connector))
            return &all->v[i];
    }
    return NULL;
}

bool link_known(const struct core *core, const char *connector)
{
    return link_find(core, connector) != NULL;
}

bool link_served(const struct core *core, const char *connector)
{
    return !delivery_of(core)->complete || link_known(core, connector);
}

bool link_can(const struct core *core, const char *connector, uint64_t can)
{
    const struct link *link = link_find(core, connector);
    return link && (link->can & can) == can;
}

bool link_is_chat(const struct link *link)
{
    return link->can & TOCSIN_CAN_POST && !(link->can & TOCSIN_CAN_TICKETS);
}

const char *link_with(const struct core *core, uint64_t can)
{
    for (size_t i = 0; i < links(core)->n; i++) {
        if (links(core)->v[i].can & can)
            return links(core)->v[i].name;
    }
    return NULL;
}

const char *link_starting(const struct core *core)
{
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        if (!link->can && !link->parallel && !link->down)
            return link->name;
    }
    return NULL;
}

const char *link_held(const struct core *core, const char *connector)
{
    const struct link *link = link_find(core, connector);
    return link ? link->held : NULL;
}

const char *link_unreachable(const struct core *core, const char *connector, instant *ret_since)
{
    const struct link *link = link_find(core, connector);
    *ret_since = link ? link->unreachable_since : 0;
    return !link ? NULL : link->silent ? link->silent : link->deaf;
}

bool link_set_unannounced(struct core *core, const char *connector, const char *why)
{
    struct link *link = link_find(core, connector);
    if (!link || text_equal(link->unannounced, why) || (!link->unannounced && !why))
        return false;
    replace_text(&link->unannounced, why);
    if (why)
        log_at(LOG_ERROR, &(struct log_context){.connector = connector},
               "announcements cannot be posted in '%s': %s", core_settings(core)->announce, why);
    return true;
}

const char *link_trouble(const struct link *link)
{
    return link->held ? link->held : link->silent ? link->silent : link->down;
}

bool link_stuck(const struct link *link)
{
    return link->held || link->silent || (link->down && link->fails_to_start);
}

struct link *link_add(struct delivery *delivery, const char *connector)
{
    struct link *link = array_add(&delivery->links);
    *link = (struct link){.name = xstrdup(connector)};
    return link;
}

/* ---- pages ---- */

static void forget_pages(struct link *link)
{
    for (size_t i = 0; i < link->pages.n; i++)
        free(link->pages.v[i]);
    array_free(&link->pages);
}

void link_set_pages(struct core *core, const char *connector, const cJSON *pages)
{
    struct link *link = link_find(core, connector);
    const cJSON *page;
    if (!link)
        return;
    forget_pages(link);
    cJSON_ArrayForEach(page, pages)
    {
        if (cJSON_IsString(page) && !text_empty(page->valuestring))
            *array_add(&link->pages) = xstrdup(page->valuestring);
    }
}

/* The bytes of the page's address, if the link begins with it; it must not end within a name. 0: it does not. */
static size_t begins_with(const char *address, const char *page)
{
    size_t n = strlen(page);
    while (n && page[n - 1] == '/')
        n--;
    return strncasecmp(address, page, n) == 0 && strchr("/?#", address[n]) ? n : 0;
}

bool link_is_page(const struct link *link, const char *address)
{
    for (size_t i = 0; i < link->pages.n; i++) {
        size_t n = begins_with(address, link->pages.v[i]);
        if (n && !address[n + strspn(address + n, "/")])
            return true;
    }
    return false;
}

const struct link *link_of_page(const struct core *core, const char *address)
{
    const link_list *all = links(core);
    const struct link *found = NULL;
    for (size_t i = 0, best = 0; i < all->n; i++) {
        for (size_t k = 0; k < all->v[i].pages.n; k++) {
            size_t n = begins_with(address, all->v[i].pages.v[k]);
            if (n > best) {
                best = n;
                found = &all->v[i];
            }
        }
    }
    return found;
}

/* ---- limits ---- */

static void forget_limits(struct link *link)
{
    for (size_t i = 0; i < link->limits.n; i++)
        free((char *)(uintptr_t)link->limits.v[i].kind);
    array_free(&link->limits);
}

static void link_finish(struct link *link)
{
    free(link->name);
    char *texts[] = {link->down, link->held, link->silent, link->deaf, link->unannounced};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    forget_pages(link);
    forget_limits(link);
}

void links_finish(struct delivery *delivery)
{
    for (size_t i = 0; i < delivery->links.n; i++)
        link_finish(&delivery->links.v[i]);
    array_free(&delivery->links);
}

void link_remove(struct core *core, const char *connector)
{
    link_list *all = &delivery_of(core)->links;
    struct link *link = link_find(core, connector);
    if (!link)
        return;
    link_finish(link);
    array_remove(all, (size_t)(link - all->v));
}

void link_apply_limits(struct core *core)
{
    ARRAY(struct rate_limit) rows = {0};
    const link_list *all = links(core);
    for (size_t i = 0; i < all->n; i++) {
        for (size_t k = 0; k < all->v[i].limits.n; k++) {
            struct rate_limit *row = array_add(&rows);
            *row = all->v[i].limits.v[k];
            row->connector = all->v[i].name;
        }
    }
    outbox_limits(core_outbox(core), rows.v, rows.n);
    for (size_t i = 0; i < all->n; i++)
        outbox_parallel(core_outbox(core), all->v[i].name, all->v[i].parallel);
    array_free(&rows);
}

static bool same_limits(const struct link *link, const struct rate_limit *rows, size_t n)
{
    bool same = link->limits.n == n;
    for (size_t i = 0; same && i < n; i++) {
        const struct rate_limit *a = &link->limits.v[i], *b = &rows[i];
        same = text_equal(a->kind, b->kind) && a->per_channel == b->per_channel && a->burst == b->burst &&
               a->refill == b->refill;
    }
    return same;
}

void link_limits(struct core *core, const char *connector, const struct rate_limit *rows, size_t n)
{
    struct link *link = link_find(core, connector);
    if (!link || same_limits(link, rows, n))
        return; /* reconnecting must not refill its buckets */
    forget_limits(link);
    for (size_t i = 0; i < n; i++) {
        struct rate_limit *row = array_add(&link->limits);
        *row = rows[i];
        row->kind = xstrdup(rows[i].kind);
    }
    if (core_outbox(core))
        link_apply_limits(core);
}
