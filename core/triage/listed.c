/* The list of all groups, a part at a time; and what is read of one of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sight/sight.h"
#include "triage/inside.h"
#include "triage/triage.h"

const struct group *triage_group_seen(struct core *core, const char *fingerprint, const char *viewer,
                                      struct group *read)
{
    uint64_t number;
    *read = (struct group){0};
    if (!core_readable(core, NULL) || fingerprint_parse(fingerprint, &number, NULL))
        return NULL;
    const struct group *group = groups_peek(core, number, read);
    return group && sight_group_visible(core, group, viewer) ? group : NULL;
}

/* ---- the list ---- */

struct listing {
    struct core *core;
    struct group_span *page;
    bool (*on)(void *ctx, const struct group *group);
    void *ctx;
    size_t looked;
    bool enough;
};

/* In memory it is newer than what is recorded. */
static bool list_one(void *ctx, const struct journal_doc *doc)
{
    struct listing *listing = ctx;
    struct group_span *page = listing->page;
    struct group read = {0};
    const struct group *held = groups_held(listing->core, doc->key), *group = held ? held : &read;
    bool known = held || group_decode(doc->body, strlen(doc->body), &read, NULL) == 0;
    snprintf(page->after, sizeof(page->after), "%s", doc->key);
    page->at = doc->at;
    listing->looked++;
    if (known && sight_group_visible(listing->core, group, page->viewer))
        listing->enough = !listing->on(listing->ctx, group);
    group_finish(&read);
    return !listing->enough;
}

int triage_groups(struct core *core, struct group_span *page, bool (*on)(void *ctx, const struct group *group),
                  void *ctx, struct error *err)
{
    const struct group_span begin = *page;
    struct listing listing = {.core = core, .page = page, .on = on, .ctx = ctx};
    const struct doc_query query = {.kind = DOC_GROUP,
                                    .newest = true,
                                    .after = *begin.after ? begin.after : NULL,
                                    .at = begin.at,
                                    .limit = page->look};
    int rc = journal_docs(core_journal(core), &query, list_one, &listing, err);
    page->more = listing.enough || listing.looked == page->look;
    return rc;
}

/* ---- what it led to ---- */

struct leading {
    struct core *core;
    const char *viewer;
    bool (*on)(void *ctx, const struct incident *incident);
    void *ctx;
};

static bool lead_one(void *ctx, const struct journal_doc *doc)
{
    const struct leading *leading = ctx;
    uint64_t id = strtoull(strchr(doc->key, '\x1f') + 1, NULL, 10);
    const struct incident *incident = sight_incident(leading->core, id, leading->viewer);
    return !incident || leading->on(leading->ctx, incident);
}

int triage_group_incidents(struct core *core, const char *fingerprint, const char *viewer, size_t limit,
                           bool (*on)(void *ctx, const struct incident *incident), void *ctx, struct error *err)
{
    CLEANUP_FREE char *prefix = xasprintf("%s\x1f", fingerprint);
    struct leading leading = {core, viewer, on, ctx};
    struct doc_query query = {.kind = DOC_ALERTED, .prefix = prefix, .descending = true, .limit = limit};
    return journal_docs(core_journal(core), &query, lead_one, &leading, err);
}
