#include "web/idempotency.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "journal/times.h"
#include "people/people.h"
#include "sight/sight.h"
#include "web/token.h"

#define HASH      32
#define HASH_TEXT (2 * HASH + 1)

#define READ_MOST 500 /* times that are read for one request */

struct used { /* the keys of a token: when each was used, oldest first */
    ARRAY(instant) at;
    instant since; /* those that are used after that are not read again */
    char *next;    /* what was used before is read behind this key; NULL: from the start */
    bool whole;    /* all of it was read */
};

struct idempotency {
    struct core *core;
    instant (*clock)(void);
    struct map tokens; /* id -> struct used, of those that have used a key since the start */
    struct map under_way;
};

/* A request that came with a key, until it is answered. */
struct keyed {
    struct idempotency *keys;
    char *document;        /* the key of its document */
    char asked[HASH_TEXT]; /* the hash of what it asks for */
    struct idempotency_about about;
};

struct idempotency *idempotency_create(struct core *core, instant (*clock)(void))
{
    struct idempotency *keys = xcalloc(1, sizeof(*keys));
    keys->core = core;
    keys->clock = clock;
    return keys;
}

void idempotency_destroy(struct idempotency *keys)
{
    struct map_slot *slot;
    if (!keys)
        return;
    for (size_t i = 0; (slot = map_next(&keys->tokens, &i));) {
        struct used *used = slot->value;
        array_free(&used->at);
        free(used->next);
        free(used);
    }
    map_finish(&keys->tokens);
    map_finish(&keys->under_way);
    free(keys);
}

static duration kept_for(const struct core *core)
{
    const struct core_ops *ops = core_ops(core);
    duration span = ops->keep ? ops->keep(ops->ctx, "keep_answers") : 0;
    return span ? span : DAY;
}

/* ---- what a request asks for ---- */

/* The key as the draft writes it, in quotes, or bare. NULL: it is none. The caller frees it. */
static char *key_of(const char *sent)
{
    size_t n = strlen(sent);
    bool quoted = n >= 2 && sent[0] == '"' && sent[n - 1] == '"';
    CLEANUP_FREE char *key = quoted ? xstrndup(sent + 1, n - 2) : xstrdup(sent);
    for (const char *c = key; *c; c++) {
        if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\')
            return NULL;
    }
    return *key && strlen(key) <= IDEMPOTENCY_KEY ? steal(key) : NULL;
}

static void hash_text(crypto_generichash_state *state, const char *text)
{
    crypto_generichash_update(state, (const unsigned char *)text, strlen(text) + 1);
}

static void hash_request(const struct http_request *request, char ret[HASH_TEXT])
{
    crypto_generichash_state state;
    uint8_t hash[HASH];
    size_t n;
    const char *body = http_body(request, &n);
    crypto_generichash_init(&state, NULL, 0, HASH);
    hash_text(&state, http_method_name(http_method(request)));
    hash_text(&state, http_path(request));
    hash_text(&state, http_query(request));
    crypto_generichash_update(&state, (const unsigned char *)body, n);
    crypto_generichash_final(&state, hash, HASH);
    hex_encode(hash, HASH, ret);
}

static char *document_of(const struct token *token, const char *key)
{
    uint8_t hash[HASH];
    char text[HASH_TEXT];
    crypto_generichash(hash, HASH, (const unsigned char *)key, strlen(key), NULL, 0);
    hex_encode(hash, HASH, text);
    return xasprintf("%s\x1f%s", token->id, text);
}

/* ---- how many a token uses ---- */

struct reading {
    struct used *used;
    size_t n;
};

static bool take_time(void *ctx, const char *key, instant at)
{
    struct reading *reading = ctx;
    if (at <= reading->used->since)
        *array_add(&reading->used->at) = at;
    if (++reading->n == READ_MOST)
        replace_text(&reading->used->next, key);
    return true;
}

static int compare_times(const void *a, const void *b)
{
    const instant *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* A part with each request, so that none waits long after a start: in the meantime a token may use a few more. */
static void read_on(struct idempotency *keys, const struct token *token, struct used *used)
{
    CLEANUP_FREE char *prefix = xasprintf("%s\x1f", token->id);
    struct reading reading = {.used = used};
    int rc = journal_times(core_journal(keys->core), DOC_ANSWER, prefix, used->next, READ_MOST, take_time,
                           &reading, NULL);
    used->whole = !rc && reading.n < READ_MOST;
    if (used->at.n)
        qsort(used->at.v, used->at.n, sizeof(*used->at.v), compare_times);
}

static struct used *used_by(struct idempotency *keys, const struct token *token)
{
    struct used *used = map_get(&keys->tokens, token->id);
    if (used)
        return used;
    used = xcalloc(1, sizeof(*used));
    used->since = keys->clock();
    map_put(&keys->tokens, token->id, used);
    return used;
}

/* False: no more for now, and 429 has been answered. */
static bool may_use(struct idempotency *keys, struct http_request *request, instant now)
{
    struct used *used = used_by(keys, http_token(request));
    if (!used->whole)
        read_on(keys, http_token(request), used);
    instant since = now - kept_for(keys->core);
    size_t over = 0;
    char wait[24];
    while (over < used->at.n && used->at.v[over] <= since)
        over++;
    if (used->at.n - over >= IDEMPOTENCY_MOST) {
        snprintf(wait, sizeof(wait), "%lld", (long long)((used->at.v[over] - since + SECOND - 1) / SECOND));
        http_answer_header(request, "Retry-After", wait);
        http_problem(
            request, 429,
            "This token has used %d values of Idempotency-Key lately, which is the most. Wait, or send "
            "the request without one.",
            IDEMPOTENCY_MOST);
        return false;
    }
    if (over)
        memmove(used->at.v, used->at.v + over, (used->at.n - over) * sizeof(*used->at.v));
    used->at.n -= over;
    return true;
}

/* ---- the first answer ---- */

/* The status of the first answer, and in place of its text why that is not told. */
static void answer_short(struct http_request *request, int status, const char *why)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    if (status >= 400) {
        http_problem_write(status, NULL, why, &body);
    } else {
        json_begin_object(&j);
        json_put_text(&j, "text", why);
        json_end_object(&j);
    }
    http_answer_header(request, "Idempotency-Replayed", "true");
    http_answer(request, status, status < 400 ? "application/json" : HTTP_PROBLEM, body.p, body.len);
}

static void answer_again(struct http_request *request, const cJSON *kept)
{
    const char *body = json_text_or(kept, "body", NULL), *location = json_text_or(kept, "location", NULL);
    int status = (int)json_int_or(kept, "status", 200);
    if (!body) {
        answer_short(request, status, "This was done before. Its answer was too long to be kept.");
        return;
    }
    if (location)
        http_answer_header(request, "Location", location);
    http_answer_header(request, "Idempotency-Replayed", "true");
    http_answer(request, status, json_text_or(kept, "type", NULL), body, strlen(body));
}

/* As much of the first answer as may be told now. */
static void answer_kept(struct core *core, struct http_request *request, const char *asked, const cJSON *kept)
{
    const struct token *token = http_token(request);
    uint64_t incident = (uint64_t)json_int_or(kept, "incident", 0);
    if (!text_equal(asked, json_text_or(kept, "asked", NULL))) {
        http_problem(
            request, 422,
            "This Idempotency-Key was used for another request. Send a new key with each new request.");
    } else if (json_bool_or(kept, "secret", false)) {
        http_problem(request, 409,
                     "This was done before. Its answer had a secret, which is kept nowhere. To get a new one, "
                     "send the request with a new key.");
    } else if (incident && !core_readable(core, NULL)) {
        http_answer_header(request, "Retry-After", "5");
        http_problem(request, 503, "The journal is not available right now. Try again in a few seconds.");
    } else if (incident &&
               !sight_incident(core, incident, token->person ? people_now(core, token->person) : NULL)) {
        answer_short(request, (int)json_int_or(kept, "status", 200),
                     "This was done before. You may no longer see what it was about.");
    } else {
        answer_again(request, kept);
    }
}

/* False: there is one, or nobody can know; and it has been answered. */
static bool is_first(struct idempotency *keys, struct http_request *request, const char *document,
                     const char *asked, instant now)
{
    struct journal_doc doc;
    struct error err;
    CLEANUP_JSON cJSON *kept = NULL;
    int rc = journal_doc(core_journal(keys->core), DOC_ANSWER, document, &doc, &err);
    if (rc == ERR_NOT_FOUND)
        return true;
    if (rc) {
        http_problem_of(request, &err);
        return false;
    }
    bool over = doc.at + kept_for(keys->core) <= now;
    rc = over ? 0 : json_parse(doc.body, strlen(doc.body), SIZE_MAX, JSON_DEPTH, "answer", &kept, &err);
    journal_doc_finish(&doc);
    if (rc)
        http_problem_of(request, &err);
    else if (!over)
        answer_kept(keys->core, request, asked, kept);
    return over;
}

/* ---- requests ---- */

static void end(void *thing)
{
    struct keyed *keyed = thing;
    map_remove(&keyed->keys->under_way, keyed->document);
    free(keyed->document);
    free(keyed);
}

static void enter(struct idempotency *keys, struct http_request *request, const char *document,
                  const char *asked)
{
    struct keyed *keyed = xcalloc(1, sizeof(*keyed));
    keyed->keys = keys;
    keyed->document = xstrdup(document);
    memcpy(keyed->asked, asked, sizeof(keyed->asked));
    map_put(&keys->under_way, document, keyed);
    http_attach(request, keyed, end);
}

bool idempotency_begin(struct idempotency *keys, struct http_request *request)
{
    const char *sent = http_header(request, "idempotency-key");
    char asked[HASH_TEXT];
    instant now = keys->clock();
    if (!sent)
        return true;
    CLEANUP_FREE char *key = key_of(sent);
    if (!key) {
        http_problem(request, 400, "Idempotency-Key must be 1 to %d printable characters without quotes.",
                     IDEMPOTENCY_KEY);
        return false;
    }
    CLEANUP_FREE char *document = document_of(http_token(request), key);
    hash_request(request, asked);
    if (map_get(&keys->under_way, document)) {
        http_answer_header(request, "Retry-After", "1");
        http_problem(request, 409, "The first request with this Idempotency-Key is under way. Try again soon.");
        return false;
    }
    if (!is_first(keys, request, document, asked, now) || !may_use(keys, request, now))
        return false;
    enter(keys, request, document, asked);
    return true;
}

bool idempotency_wanted(const struct http_request *request)
{
    return http_attached(request) != NULL;
}

void idempotency_about(const struct http_request *request, const struct idempotency_about *about)
{
    struct keyed *keyed = http_attached(request);
    if (keyed)
        keyed->about = *about;
}

static void write_kept(const struct keyed *keyed, int status, const char *type, const char *location,
                       const struct str *body, struct str *out)
{
    struct json_out j = {out, false};
    bool secret = keyed->about.secret;
    json_begin_object(&j);
    json_put_text(&j, "asked", keyed->asked);
    json_put_int(&j, "status", status);
    json_put_text_if(&j, "type", type);
    json_put_text_if(&j, "location", location);
    if (keyed->about.incident)
        json_put_int(&j, "incident", (int64_t)keyed->about.incident);
    if (secret)
        json_put_bool(&j, "secret", true);
    if (!secret && body->len <= IDEMPOTENCY_BYTES)
        json_put_text(&j, "body", str_text(body));
    json_end_object(&j);
}

void idempotency_keep(const struct http_request *request, struct turn *turn, int status, const char *type,
                      const struct str *body)
{
    const struct keyed *keyed = http_attached(request);
    CLEANUP_STR struct str text = {0};
    if (!keyed || status >= 500 || keyed->about.fails || !core_ready(turn_core(turn), NULL))
        return;
    CLEANUP_FREE char *location = http_answered_header(request, "Location");
    write_kept(keyed, status, type, location, body, &text);
    struct journal_doc *doc = batch_doc(turn_batch(turn), DOC_ANSWER, keyed->document, str_text(&text));
    doc->at = turn_now(turn);
    struct used *used = used_by(keyed->keys, http_token(request));
    *array_add(&used->at) = doc->at;
}
