#include "access/links.h"

#include <string.h>

#include "access/inside.h"
#include "base/json.h"

struct signin_link {
    char *person;
    instant until;
};

static void link_finish(struct signin_link *link)
{
    if (!link)
        return;
    free(link->person);
    free(link);
}

void signin_links_finish(struct access_state *state)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&state->links, &i));)
        link_finish(slot->value);
    map_finish(&state->links);
}

static void add(struct access_state *state, const char *hash, const char *person, instant until)
{
    struct signin_link *link = xcalloc(1, sizeof(*link));
    *link = (struct signin_link){xstrdup(person), until};
    map_put(&state->links, hash, link);
}

static void drop(struct turn *turn, const char *hash)
{
    batch_doc(turn_batch(turn), DOC_SIGNIN_LINK, hash, NULL);
    link_finish(map_remove(&access_state_of(turn_core(turn))->links, hash));
}

/* The person's earlier links, and those that came too late. */
static void drop_earlier(struct turn *turn, const char *person)
{
    struct access_state *state = access_state_of(turn_core(turn));
    struct map_slot *slot;
    text_list hashes = {0};
    for (size_t i = 0; (slot = map_next(&state->links, &i));) {
        const struct signin_link *link = slot->value;
        if (text_equal(link->person, person) || turn_now(turn) >= link->until)
            *array_add(&hashes) = xstrdup(slot->key);
    }
    for (size_t i = 0; i < hashes.n; i++)
        drop(turn, hashes.v[i]);
    text_list_finish(&hashes);
}

static void keep(struct turn *turn, const char *hash, const char *person, instant until)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "person", person);
    json_put_int(&j, "until", until);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_SIGNIN_LINK, hash, body.p);
}

void signin_link_make(struct turn *turn, const char *person, char ret_secret[SECRET_TEXT])
{
    struct core *core = turn_core(turn);
    char hash[SECRET_HASH_TEXT];
    instant until = turn_now(turn) + SIGNIN_LINK_HOLDS;
    core_secret(core, ret_secret, hash);
    drop_earlier(turn, person);
    add(access_state_of(core), hash, person, until);
    keep(turn, hash, person, until);
}

const char *signin_link_person(const struct core *core, const char *secret, instant now)
{
    char hash[SECRET_HASH_TEXT];
    secret_hash(secret, hash);
    const struct signin_link *link = map_get(&access_state_of(core)->links, hash);
    return link && now < link->until ? link->person : NULL;
}

void signin_link_use(struct turn *turn, const char *secret)
{
    char hash[SECRET_HASH_TEXT];
    secret_hash(secret, hash);
    drop(turn, hash);
}

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "link", &json, NULL) == 0)
        add(ctx, doc->key, json_text_or(json, "person", ""), json_int_or(json, "until", 0));
    return true;
}

int signin_links_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_SIGNIN_LINK}, load_one,
                        access_state_of(core), err);
}
