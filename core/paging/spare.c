#include "paging/spare.h"

#include <string.h>

#include "base/json.h"
#include "base/zone.h"
#include "paging/inside.h"

static struct spared *spared_of(const struct core *core, const char *person)
{
    return map_get(&paging_of(core)->spared, people_now(core, person));
}

static struct spared *make(struct core *core, const char *person)
{
    struct spared *spared = map_get(&paging_of(core)->spared, person);
    if (!spared) {
        spared = xcalloc(1, sizeof(*spared));
        map_put(&paging_of(core)->spared, person, spared);
    }
    return spared;
}

/* ---- kept ---- */

static void write(struct turn *turn, const char *person, const struct spared *spared)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_int(&j, "muted_until", spared->muted_until);
    json_key(&j, "pages");
    json_begin_array(&j);
    for (size_t i = 0; i < PAGES_AN_HOUR; i++)
        json_int(&j, spared->pages[(spared->next + i) % PAGES_AN_HOUR]);
    json_end_array(&j);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_SPARED, person, body.p);
}

static bool read(void *ctx, const struct journal_doc *doc)
{
    CLEANUP_JSON cJSON *body = cJSON_Parse(doc->body);
    const cJSON *page;
    size_t i = 0;
    struct spared *spared = make(ctx, doc->key);
    spared->muted_until = json_int_or(body, "muted_until", 0);
    cJSON_ArrayForEach(page, json_member(body, "pages"))
    {
        if (i < PAGES_AN_HOUR)
            spared->pages[i++] = (instant)cJSON_GetNumberValue(page);
    }
    return true;
}

int spare_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_SPARED}, read, core, err);
}

/* ---- asked and changed ---- */

char *spare_why(const struct core *core, const char *person, instant now)
{
    const struct spared *spared = spared_of(core, person);
    struct str why = {0};
    if (spared && spared->muted_until > now) {
        str_add(&why, "they want no pages until ");
        when_format_plain(spared->muted_until, now, people_zone(core, person), &why);
    } else if (spared && spared->pages[spared->next] > now - HOUR) {
        str_addf(&why, "they had %d pages in the last hour", PAGES_AN_HOUR);
    }
    return why.len ? str_take(&why) : NULL;
}

void spare_count(struct turn *turn, const char *person)
{
    const char *id = people_now(turn_core(turn), person);
    struct spared *spared = make(turn_core(turn), id);
    spared->pages[spared->next] = turn_now(turn);
    spared->next = (spared->next + 1) % PAGES_AN_HOUR;
    write(turn, id, spared);
}

void spare_mute(struct turn *turn, const char *person, instant until)
{
    const char *id = people_now(turn_core(turn), person);
    struct spared *spared = make(turn_core(turn), id);
    spared->muted_until = until;
    write(turn, id, spared);
}
