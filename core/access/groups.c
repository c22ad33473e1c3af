/* The groups of people, as their identity provider named them at their last sign-in. */
#include <string.h>

#include "access/inside.h"
#include "base/json.h"

#define GROUPS_MOST 500 /* of one person */

static void drop(struct access_state *state, const char *person)
{
    struct membership *membership = map_remove(&state->memberships, person);
    if (!membership)
        return;
    text_list_finish(&membership->groups);
    free(membership);
}

static struct membership *put(struct access_state *state, const char *person)
{
    struct membership *membership = xcalloc(1, sizeof(*membership));
    drop(state, person);
    map_put(&state->memberships, person, membership);
    return membership;
}

void groups_finish(struct access_state *state)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&state->memberships, &i));) {
        struct membership *membership = slot->value;
        text_list_finish(&membership->groups);
        free(membership);
    }
    map_finish(&state->memberships);
}

const text_list *groups_of(const struct core *core, const char *person, instant now)
{
    const struct membership *membership = map_get(&access_state_of(core)->memberships, person);
    return membership && now < membership->until ? &membership->groups : NULL;
}

/* ---- kept ---- */

static void keep(struct turn *turn, const char *person, const struct membership *membership)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_texts(&j, "groups", membership->groups.v, membership->groups.n);
    json_put_int(&j, "until", membership->until);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_MEMBERSHIP, person, body.p);
}

void access_set_groups(struct turn *turn, const char *person, const text_list *groups, instant until)
{
    struct access_state *state = access_state_of(turn_core(turn));
    struct membership *membership = put(state, person);
    membership->until = until;
    for (size_t i = 0; i < groups->n && i < GROUPS_MOST; i++)
        *array_add(&membership->groups) = xstrdup(groups->v[i]);
    keep(turn, person, membership);
}

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    CLEANUP_JSON cJSON *json = NULL;
    const cJSON *group;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "membership", &json, NULL))
        return true;
    struct membership *membership = put(ctx, doc->key);
    membership->until = json_int_or(json, "until", 0);
    cJSON_ArrayForEach(group, json_member(json, "groups"))
    {
        if (cJSON_IsString(group))
            *array_add(&membership->groups) = xstrdup(group->valuestring);
    }
    return true;
}

int groups_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_MEMBERSHIP}, load_one,
                        access_state_of(core), err);
}
