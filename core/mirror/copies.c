#include "mirror/copies.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "engine/state.h"
#include "mirror/inside.h"

void original_finish(struct original *said)
{
    free(said->connector);
    free(said->channel);
    free(said->message);
    *said = (struct original){0};
}

struct original original_of(const struct event *event)
{
    CLEANUP_JSON cJSON *data = NULL;
    if (event->data)
        json_parse(event->data, strlen(event->data), SIZE_MAX, JSON_DEPTH, "data", &data, NULL);
    return (struct original){.incident = event->incident,
                             .version = event->version,
                             .at = event->at,
                             .connector = xstrdup(event->name),
                             .channel = xstrdup(json_text_or(data, "channel", NULL)),
                             .message = xstrdup(event->value)};
}

/* ---- which words a message shows ---- */

static bool read_said(const char *body, struct original *ret)
{
    CLEANUP_JSON cJSON *doc = NULL;
    if (json_parse(body, strlen(body), SIZE_MAX, JSON_DEPTH, "a message", &doc, NULL))
        return false;
    *ret = (struct original){.incident = (uint64_t)json_int_or(doc, "incident", 0),
                             .version = (uint64_t)json_int_or(doc, "version", 0),
                             .at = json_int_or(doc, "at", 0),
                             .connector = xstrdup(json_text_or(doc, "connector", "")),
                             .channel = xstrdup(json_text_or(doc, "channel", NULL)),
                             .message = xstrdup(json_text_or(doc, "message", "")),
                             .order =
                                 json_bool_or(doc, "gone", false) ? COPIES_GONE : json_int_or(doc, "order", 0)};
    return true;
}

bool copies_original(struct core *core, const char *connector, const char *message, struct original *ret)
{
    CLEANUP_FREE char *key = xasprintf("%s\x1f%s", connector, message);
    CLEANUP_FREE char *body = written_get(&mirror_of(core)->copies, core, DOC_MESSAGE, key);
    return body && read_said(body, ret);
}

void copies_remember(struct turn *turn, const char *connector, const char *message, const struct original *said)
{
    CLEANUP_FREE char *key = xasprintf("%s\x1f%s", connector, message);
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_int(&j, "incident", (int64_t)said->incident);
    json_put_int(&j, "version", (int64_t)said->version);
    json_put_int(&j, "at", said->at);
    json_put_text(&j, "connector", said->connector);
    json_put_text_if(&j, "channel", said->channel);
    json_put_text(&j, "message", said->message);
    if (said->order == COPIES_GONE)
        json_put_bool(&j, "gone", true);
    else if (said->order)
        json_put_int(&j, "order", said->order);
    json_end_object(&j);
    written_put(&mirror_of(turn_core(turn))->copies, turn, DOC_MESSAGE, key, body.p)->at = said->at;
}

void copies_remember_original(struct turn *turn, const struct original *said)
{
    struct original known;
    if (copies_original(turn_core(turn), said->connector, said->message, &known))
        original_finish(&known);
    else
        copies_remember(turn, said->connector, said->message, said);
}

/* ---- the copies of some words ---- */

char *copy_key(const struct original *said, const struct room *room)
{
    return xasprintf(COPY_KEY "INC-%" PRIu64 "/%" PRIu64 ":%s:%s", said->incident, said->version,
                     room->connector, room->channel);
}

bool copy_key_read(const char *key, uint64_t *ret_incident, uint64_t *ret_version)
{
    return sscanf(key, COPY_KEY "INC-%" SCNu64 "/%" SCNu64 ":", ret_incident, ret_version) == 2;
}

static char *doc_key(const struct original *said, const struct room *room)
{
    return xasprintf("%010" PRIu64 "\x1f%010" PRIu64 "\x1f%s\x1f%s", said->incident, said->version,
                     room->connector, room->channel);
}

/* By the action, as long as the outbox knows it. */
static enum copy_state find_with_key(struct core *core, const char *key, char **ret)
{
    const struct action *action = outbox_get(core_outbox(core), key);
    if (!action || (!action_is_under_way(action) && action->state != ACTION_DONE))
        return COPY_NONE;
    bool done = action->state == ACTION_DONE;
    *ret = xstrdup(done ? action->outcome.remote_id : key);
    return done ? COPY_DONE : COPY_UNDER_WAY;
}

static enum copy_state find_action(struct core *core, const struct original *said, const struct room *room,
                                   char **ret)
{
    CLEANUP_FREE char *key = copy_key(said, room), *alone = xasprintf("%s" COPY_ALONE, key);
    enum copy_state state = find_with_key(core, key, ret);
    return state ? state : find_with_key(core, alone, ret);
}

enum copy_state copies_find(struct core *core, const struct original *said, const struct room *room, char **ret)
{
    enum copy_state state = find_action(core, said, room, ret);
    if (state)
        return state;
    CLEANUP_FREE char *key = doc_key(said, room),
                      *message = written_get(&mirror_of(core)->copies, core, DOC_COPY, key);
    if (!text_empty(message))
        *ret = xstrdup(message);
    return !message ? COPY_NONE : *message ? COPY_DONE : COPY_DIGESTED;
}

void copies_done(struct turn *turn, const struct original *said, const struct room *room, const char *message)
{
    CLEANUP_FREE char *key = doc_key(said, room);
    written_put(&mirror_of(turn_core(turn))->copies, turn, DOC_COPY, key, message)->at = said->at;
    if (*message)
        copies_remember(turn, room->connector, message, said);
}
