/* Subscribers as documents, and the tokens in their links. */
#include <string.h>

#include "access/access.h"
#include "policy/statuspages.h"
#include "subscribers/inside.h"

#define BETWEEN "\x1f"

static const char *const kinds[SUBSCRIBER_KINDS] = {"mail", "hook", "channel"};

struct subscribers *subscribers_of(const struct core *core)
{
    return part_state(core, "subscribers");
}

const char *subscriber_kind_name(enum subscriber_kind kind)
{
    return kinds[kind];
}

static bool parse_kind(const char *name, enum subscriber_kind *ret)
{
    for (size_t i = 0; i < SUBSCRIBER_KINDS; i++) {
        if (text_equal(kinds[i], name)) {
            *ret = (enum subscriber_kind)i;
            return true;
        }
    }
    return false;
}

void subscriber_finish(struct subscriber *subscriber)
{
    char *const texts[] = {subscriber->page,   subscriber->address, subscriber->language,
                           subscriber->secret, subscriber->person,  subscriber->tool};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    for (size_t i = 0; i < subscriber->components.n; i++)
        free(subscriber->components.v[i]);
    array_free(&subscriber->components);
    *subscriber = (struct subscriber){0};
}

bool subscriber_may_read(const struct core *core, const struct subscriber *subscriber)
{
    const struct status_page *page = policy_status_page(core_policy(core), subscriber->page);
    return !page || !page->readers || subscriber->vouched ||
           access_is_among(core, page->readers, subscriber->person, subscriber->tool, 0);
}

/* ---- keys ---- */

void subscriber_hash(const char *address, char ret[SECRET_HASH_TEXT])
{
    secret_hash(address, ret);
}

char *subscriber_key(const struct subscriber *subscriber)
{
    char hash[SECRET_HASH_TEXT];
    subscriber_hash(subscriber->address, hash);
    return xasprintf("%s" BETWEEN "%s" BETWEEN "%s", subscriber->page, kinds[subscriber->kind], hash);
}

/* ---- documents ---- */

void subscriber_encode(const struct subscriber *subscriber, struct json_out *j)
{
    json_begin_object(j);
    json_put_text(j, "page", subscriber->page);
    json_put_text(j, "kind", kinds[subscriber->kind]);
    json_put_text(j, "address", subscriber->address);
    json_put_text_if(j, "language", subscriber->language);
    json_put_text_if(j, "secret", subscriber->secret);
    json_put_text_if(j, "person", subscriber->person);
    json_put_text_if(j, "tool", subscriber->tool);
    json_put_int(j, "since", subscriber->since);
    if (subscriber->failures)
        json_put_int(j, "failures", subscriber->failures);
    if (subscriber->suppressed)
        json_put_bool(j, "suppressed", true);
    if (subscriber->vouched)
        json_put_bool(j, "vouched", true);
    if (subscriber->components.n)
        json_put_texts(j, "components", subscriber->components.v, subscriber->components.n);
    json_end_object(j);
}

static void decode_components(const cJSON *list, component_ids *ret)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, list)
    {
        if (cJSON_IsString(row))
            *array_add(ret) = xstrdup(row->valuestring);
    }
}

bool subscriber_decode(const char *text, struct subscriber *ret)
{
    CLEANUP_JSON cJSON *json = NULL;
    *ret = (struct subscriber){0};
    if (json_parse(text, strlen(text), SIZE_MAX, JSON_DEPTH, "subscriber", &json, NULL) ||
        !parse_kind(json_text_or(json, "kind", ""), &ret->kind) || !json_text_or(json, "page", NULL) ||
        !json_text_or(json, "address", NULL))
        return false;
    ret->page = xstrdup(json_text_or(json, "page", NULL));
    ret->address = xstrdup(json_text_or(json, "address", NULL));
    ret->language = xstrdup(json_text_or(json, "language", NULL));
    ret->secret = xstrdup(json_text_or(json, "secret", NULL));
    ret->person = xstrdup(json_text_or(json, "person", NULL));
    ret->tool = xstrdup(json_text_or(json, "tool", NULL));
    ret->since = json_int_or(json, "since", 0);
    ret->failures = json_int_or(json, "failures", 0);
    ret->suppressed = json_bool_or(json, "suppressed", false);
    ret->vouched = json_bool_or(json, "vouched", false);
    decode_components(json_member(json, "components"), &ret->components);
    return true;
}

bool subscriber_get(const struct core *core, const char *key, struct subscriber *ret)
{
    CLEANUP_FREE char *body = written_get(&subscribers_of(core)->written, core, DOC_SUBSCRIBER, key);
    return body && subscriber_decode(body, ret);
}

void subscribers_put(struct turn *turn, const struct subscriber *subscriber)
{
    CLEANUP_STR struct str body = {0};
    CLEANUP_FREE char *key = subscriber_key(subscriber);
    char hash[SECRET_HASH_TEXT];
    subscriber_hash(subscriber->address, hash);
    subscriber_encode(subscriber, &(struct json_out){&body, false});
    written_put(&subscribers_of(turn_core(turn))->written, turn, DOC_SUBSCRIBER, key, str_text(&body))->tag =
        xstrdup(hash);
}

void subscriber_delete(struct turn *turn, const char *key)
{
    written_put(&subscribers_of(turn_core(turn))->written, turn, DOC_SUBSCRIBER, key, NULL);
}

struct each {
    subscribers_on *on;
    void *ctx;
};

static bool on_doc(void *ctx, const struct journal_doc *doc)
{
    const struct each *each = ctx;
    struct subscriber subscriber;
    if (subscriber_decode(doc->body, &subscriber))
        each->on(each->ctx, doc->key, &subscriber);
    subscriber_finish(&subscriber);
    return true;
}

int subscribers_query(const struct core *core, const struct doc_query *query, subscribers_on *on, void *ctx,
                      struct error *err)
{
    return journal_docs(core_journal(core), query, on_doc, &(struct each){on, ctx}, err);
}

int subscribers_each(const struct core *core, const char *after, size_t most, subscribers_on *on, void *ctx,
                     struct error *err)
{
    const struct doc_query query = {.kind = DOC_SUBSCRIBER, .after = after, .limit = most};
    return subscribers_query(core, &query, on, ctx, err);
}

static bool count_one(void *ctx, const struct journal_doc *doc)
{
    (void)doc;
    ++*(size_t *)ctx;
    return true;
}

size_t subscribers_count(const struct core *core, const char *page, enum subscriber_kind kind, size_t most)
{
    size_t n = 0;
    CLEANUP_FREE char *prefix = xasprintf("%s" BETWEEN "%s" BETWEEN, page, kinds[kind]);
    const struct doc_query query = {.kind = DOC_SUBSCRIBER, .prefix = prefix, .limit = most};
    journal_docs(core_journal(core), &query, count_one, &n, NULL);
    return n;
}

/* ---- tokens: PAGE.KIND.HASH.SIGNATURE ---- */

static void replace(char *text, char from, char to)
{
    for (char *at = text; (at = strchr(at, from));)
        *at = to;
}

char *subscribers_token(const struct core *core, const struct subscriber *subscriber)
{
    const char *secret = core_settings(core)->status_secret;
    CLEANUP_FREE char *key = subscriber_key(subscriber);
    char signature[SECRET_HASH_TEXT];
    if (!secret)
        return NULL;
    secret_sign(secret, key, signature);
    replace(key, *BETWEEN, '.');
    return xasprintf("%s.%s", key, signature);
}

/* The key of the document; NULL: it is forged. The caller frees it. */
static char *key_of_token(const struct core *core, const char *token)
{
    const struct core_settings *settings = core_settings(core);
    const char *secrets[] = {settings->status_secret, settings->status_secret_before},
               *dot = strrchr(token, '.');
    if (!dot || strchr(token, *BETWEEN))
        return NULL;
    CLEANUP_FREE char *key = xstrndup(token, (size_t)(dot - token));
    replace(key, '.', *BETWEEN);
    for (size_t i = 0; i < ARRAY_SIZE(secrets); i++) {
        if (secrets[i] && secret_is_signature(secrets[i], key, dot + 1))
            return steal(key);
    }
    return NULL;
}

bool subscribers_is_token(const struct core *core, const char *token, const char *page)
{
    CLEANUP_FREE char *key = key_of_token(core, token), *prefix = xasprintf("%s" BETWEEN, page);
    return key && text_starts(key, prefix);
}

bool subscribers_of_token(const struct core *core, const char *token, struct subscriber *ret)
{
    CLEANUP_FREE char *key = key_of_token(core, token);
    return key && subscriber_get(core, key, ret);
}

void subscribers_leave(struct turn *turn, const char *token)
{
    CLEANUP_FREE char *key = key_of_token(turn_core(turn), token);
    if (key)
        subscriber_delete(turn, key);
}
