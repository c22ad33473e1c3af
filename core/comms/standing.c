#include "comms/standing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "comms/inside.h"

static char *key_of(uint64_t incident, int64_t draft, const char *customer)
{
    return xasprintf("%010" PRIu64 "\x1f%s\x1f%010" PRId64, incident, customer, draft);
}

void standing_put(struct turn *turn, uint64_t incident, int64_t draft, const char *customer,
                  const struct standing *standing)
{
    CLEANUP_FREE char *key = key_of(incident, draft, customer);
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "state", standing->state);
    json_put_text_if(&j, "connector", standing->connector);
    json_put_text_if(&j, "address", standing->address);
    json_put_text_if(&j, "message", standing->message);
    json_put_text_if(&j, "why", standing->why);
    if (standing->answered)
        json_put_bool(&j, "answered", true);
    json_end_object(&j);
    struct written *standings = &comms_of(turn_core(turn))->standings;
    written_put(standings, turn, DOC_RECIPIENT, key, body.p)->tag = xstrdup(standing->state);
}

static cJSON *parse(const char *body)
{
    cJSON *kept = NULL;
    json_parse(body, strlen(body), SIZE_MAX, JSON_DEPTH, "recipient", &kept, NULL);
    return kept;
}

cJSON *standing_get(const struct core *core, uint64_t incident, int64_t draft, const char *customer)
{
    CLEANUP_FREE char *key = key_of(incident, draft, customer);
    CLEANUP_FREE char *body = written_get(&comms_of(core)->standings, core, DOC_RECIPIENT, key);
    return body ? parse(body) : NULL;
}

struct standing standing_of(const cJSON *kept)
{
    return (struct standing){json_text_or(kept, "state", NULL),   json_text_or(kept, "connector", NULL),
                             json_text_or(kept, "address", NULL), json_text_or(kept, "message", NULL),
                             json_text_or(kept, "why", NULL),     json_bool_or(kept, "answered", false)};
}

struct walk {
    standing_on *on;
    void *ctx;
};

static bool visit(void *ctx, const struct journal_doc *doc)
{
    const struct walk *walk = ctx;
    CLEANUP_JSON cJSON *kept = parse(doc->body);
    const char *from = strchr(doc->key, '\x1f'), *to = strrchr(doc->key, '\x1f');
    if (!kept || !from || from == to)
        return true;
    CLEANUP_FREE char *customer = xstrndup(from + 1, (size_t)(to - from - 1));
    struct standing_key key = {strtoull(doc->key, NULL, 10), strtoll(to + 1, NULL, 10), customer};
    return walk->on(walk->ctx, &key, kept);
}

void standing_each(const struct core *core, uint64_t incident, const char *customer, const char *state,
                   standing_on *on, void *ctx)
{
    CLEANUP_FREE char *of = customer ? xasprintf("%s\x1f", customer) : xstrdup("");
    CLEANUP_FREE char *prefix = incident ? xasprintf("%010" PRIu64 "\x1f%s", incident, of) : NULL;
    journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_RECIPIENT, .prefix = prefix, .tag = state},
                 visit, &(struct walk){on, ctx}, NULL);
}

struct latest {
    int64_t draft;
    cJSON *kept;
};

static bool take_told(void *ctx, const struct standing_key *key, const cJSON *kept)
{
    struct latest *latest = ctx;
    cJSON_Delete(latest->kept);
    *latest = (struct latest){key->draft, cJSON_Duplicate(kept, true)};
    return true;
}

int64_t standing_answered(struct turn *turn, uint64_t incident, const char *customer)
{
    struct latest latest = {0};
    standing_each(turn_core(turn), incident, customer, STANDING_TOLD, take_told, &latest);
    struct standing standing = standing_of(latest.kept);
    bool first = latest.draft && !standing.answered;
    standing.answered = true;
    if (first)
        standing_put(turn, incident, latest.draft, customer, &standing);
    cJSON_Delete(latest.kept);
    return first ? latest.draft : 0;
}
