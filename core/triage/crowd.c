#include "triage/crowd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "triage/inside.h"

static char *key_of(const struct group *group, uint64_t incident, const char *part)
{
    char fingerprint[FINGERPRINT_TEXT];
    return xasprintf("%s\x1f%010" PRIu64 "\x1f%s", fingerprint_format(group->fingerprint, fingerprint),
                     incident, part);
}

/* ---- written ---- */

static void write_page(struct journal_batch *batch, const struct group *group, size_t page)
{
    char part[8];
    CLEANUP_STR struct str body = {0};
    struct json_out j = {.out = &body};
    snprintf(part, sizeof(part), "%03zu", page);
    CLEANUP_FREE char *key = key_of(group, group->care.incident, part);
    group_affected_encode(group, page, &j);
    batch_doc(batch, DOC_AFFECTED, key, body.p);
}

void crowd_write(struct journal_batch *batch, const struct group *group)
{
    for (size_t page = 0; page < group_affected_pages(group); page++) {
        if (group_affected_page_changed(group, page))
            write_page(batch, group, page);
    }
    CLEANUP_FREE char *sketch = group_affected_sketch(group);
    if (!sketch)
        return;
    CLEANUP_FREE char *key = key_of(group, group->care.incident, "sketch");
    CLEANUP_FREE char *body = xasprintf("\"%s\"", sketch);
    batch_doc(batch, DOC_AFFECTED, key, body);
}

void crowd_keep(struct journal_batch *batch, const struct group *group)
{
    crowd_write(batch, group);
    if (group->affected.n && !group_affected_is_crowd(group))
        write_page(batch, group, 0);
}

/* ---- read ---- */

static bool take_page(void *ctx, const struct journal_doc *doc)
{
    CLEANUP_JSON cJSON *body = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "customers", &body, NULL))
        return true;
    if (cJSON_IsString(body))
        group_affected_load_sketch(ctx, body->valuestring);
    else
        group_affected_decode(ctx, body);
    return true;
}

/* At most `pages`; then the sketch, if there is one. */
static int read_pages(const struct core *core, struct group *group, uint64_t incident, size_t pages)
{
    CLEANUP_FREE char *prefix = key_of(group, incident, "");
    CLEANUP_FREE char *sketch = key_of(group, incident, "sketch");
    struct journal_doc doc;
    int rc = journal_docs(core_journal(core),
                          &(struct doc_query){.kind = DOC_AFFECTED, .prefix = prefix, .limit = pages},
                          take_page, group, NULL);
    if (!rc && group->affected.n == AFFECTED_EXACT &&
        journal_doc(core_journal(core), DOC_AFFECTED, sketch, &doc, NULL) == 0) {
        take_page(group, &doc);
        journal_doc_finish(&doc);
    }
    return rc;
}

int crowd_read(const struct core *core, struct group *group)
{
    int rc = group->affected.pages ? read_pages(core, group, group->care.incident, group->affected.pages) : 0;
    group_affected_stored(group, true);
    return rc;
}

bool crowd_kept(const struct core *core, uint64_t fingerprint, uint64_t incident, struct group *ret)
{
    *ret = (struct group){.fingerprint = fingerprint};
    return read_pages(core, ret, incident, AFFECTED_PAGES) == 0 && ret->affected.n;
}
