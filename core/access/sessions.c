#include "access/sessions.h"

#include <stdio.h>
#include <string.h>

#include "access/inside.h"
#include "base/json.h"
#include "people/people.h"

#define KEEP_STEP (10 * MINUTE) /* so much later it was used: worth a write */

static void session_finish(struct session *session)
{
    char *texts[] = {session->person, session->way,   session->name,
                     session->token,  session->agent, session->address};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    free(session);
}

void sessions_finish(struct access_state *state)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&state->sessions, &i));)
        session_finish(slot->value);
    map_finish(&state->sessions);
}

static duration idle_most(const struct core *core)
{
    duration idle = core_settings(core)->sessions.idle;
    return idle ? idle : SESSION_IDLE;
}

duration session_most(const struct core *core)
{
    duration most = core_settings(core)->sessions.most;
    return most ? most : SESSION_MOST;
}

static bool has_ended(const struct core *core, const struct session *session, instant now)
{
    return now >= session->ends_at || now >= session->used_at + idle_most(core);
}

/* ---- kept ---- */

static void keep(struct turn *turn, struct session *session)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text_if(&j, "person", session->person);
    json_put_text(&j, "way", session->way);
    json_put_text_if(&j, "name", session->name);
    json_put_text_if(&j, "token", session->token);
    json_put_text_if(&j, "agent", session->agent);
    json_put_text_if(&j, "address", session->address);
    json_put_int(&j, "most", session->most);
    json_put_int(&j, "made_at", session->made_at);
    json_put_int(&j, "used_at", session->used_at);
    json_put_int(&j, "ends_at", session->ends_at);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_SESSION, session->hash, body.p);
    session->kept_at = session->used_at;
}

static void add(struct access_state *state, struct session *session, const char *hash)
{
    snprintf(session->hash, sizeof(session->hash), "%s", hash);
    snprintf(session->id, sizeof(session->id), "%.12s", hash);
    map_put(&state->sessions, session->hash, session);
}

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "session", &json, NULL))
        return true;
    struct session *session = xcalloc(1, sizeof(*session));
    *session = (struct session){.person = xstrdup(json_text_or(json, "person", NULL)),
                                .way = xstrdup(json_text_or(json, "way", "")),
                                .name = xstrdup(json_text_or(json, "name", NULL)),
                                .token = xstrdup(json_text_or(json, "token", NULL)),
                                .agent = xstrdup(json_text_or(json, "agent", NULL)),
                                .address = xstrdup(json_text_or(json, "address", NULL)),
                                .most = (enum access)json_int_or(json, "most", ACCESS_SEE),
                                .made_at = json_int_or(json, "made_at", 0),
                                .used_at = json_int_or(json, "used_at", 0),
                                .ends_at = json_int_or(json, "ends_at", 0)};
    session->kept_at = session->used_at;
    add(ctx, session, doc->key);
    return true;
}

int sessions_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_SESSION}, load_one,
                        access_state_of(core), err);
}

/* ---- their life ---- */

static void drop(struct turn *turn, struct session *session)
{
    batch_doc(turn_batch(turn), DOC_SESSION, session->hash, NULL);
    map_remove(&access_state_of(turn_core(turn))->sessions, session->hash);
    session_finish(session);
}

/* What has ended by itself goes when somebody signs in. */
static void tidy(struct turn *turn)
{
    struct access_state *state = access_state_of(turn_core(turn));
    ARRAY(struct session *) ended = {0};
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&state->sessions, &i));) {
        if (has_ended(turn_core(turn), slot->value, turn_now(turn)))
            *array_add(&ended) = slot->value;
    }
    for (size_t i = 0; i < ended.n; i++)
        drop(turn, ended.v[i]);
    array_free(&ended);
}

static char *author_of(const struct session *session)
{
    return session->person ? xstrdup(session->person) : xasprintf("api/%s", session->name);
}

static void tell_begun(struct turn *turn, const struct session *session)
{
    struct event event = {.type = EVENT_SIGNED_IN,
                          .at = turn_now(turn),
                          .by = author_of(session),
                          .name = xstrdup(session->way),
                          .value = xstrdup(session->id),
                          .text = xasprintf("%s, %s", session->address ? session->address : "?",
                                            session->agent ? session->agent : "?")};
    turn_tell(turn, &event);
}

void session_begin(struct turn *turn, const struct session *wanted, char ret_secret[SECRET_TEXT])
{
    struct core *core = turn_core(turn);
    struct session *session = xcalloc(1, sizeof(*session));
    char hash[SECRET_HASH_TEXT];
    tidy(turn);
    core_secret(core, ret_secret, hash);
    *session = (struct session){.person = xstrdup(wanted->person),
                                .way = xstrdup(wanted->way),
                                .name = xstrdup(wanted->name),
                                .token = xstrdup(wanted->token),
                                .agent = xstrdup(wanted->agent),
                                .address = xstrdup(wanted->address),
                                .most = wanted->most,
                                .made_at = turn_now(turn),
                                .used_at = turn_now(turn),
                                .ends_at = turn_now(turn) + session_most(core)};
    add(access_state_of(core), session, hash);
    keep(turn, session);
    tell_begun(turn, session);
}

struct session *session_find(struct core *core, const char *secret, instant now)
{
    char hash[SECRET_HASH_TEXT];
    secret_hash(secret, hash);
    struct session *session = map_get(&access_state_of(core)->sessions, hash);
    if (!session || has_ended(core, session, now))
        return NULL;
    session->used_at = MAX(session->used_at, now);
    return session;
}

struct looking {
    const char *id;
    const struct session *found;
};

static bool look(void *ctx, const struct session *session)
{
    struct looking *looking = ctx;
    if (strcmp(session->id, looking->id) == 0)
        looking->found = session;
    return !looking->found;
}

const struct session *session_by_id(const struct core *core, const char *id, instant now)
{
    struct looking looking = {id, NULL};
    session_each(core, NULL, now, look, &looking);
    return looking.found;
}

void session_end(struct turn *turn, const struct session *session, const char *by)
{
    struct event event = {.type = EVENT_SIGNED_OUT,
                          .at = turn_now(turn),
                          .by = xstrdup(by),
                          .name = author_of(session),
                          .value = xstrdup(session->id)};
    struct session *kept = map_get(&access_state_of(turn_core(turn))->sessions, session->hash);
    turn_tell(turn, &event);
    drop(turn, kept);
}

void session_each(const struct core *core, const char *person, instant now,
                  bool (*on)(void *ctx, const struct session *session), void *ctx)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&access_state_of(core)->sessions, &i));) {
        const struct session *session = slot->value;
        bool wanted = !person || people_same(core, person, session->person);
        if (wanted && !has_ended(core, session, now) && !on(ctx, session))
            return;
    }
}

void sessions_keep_used(struct turn *turn)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&access_state_of(turn_core(turn))->sessions, &i));) {
        struct session *session = slot->value;
        if (session->used_at >= session->kept_at + KEEP_STEP)
            keep(turn, session);
    }
}
