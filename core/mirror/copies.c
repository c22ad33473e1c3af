#include "mirror/copies.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "engine/state.h"
#include "mirror/inside.h"

#define RECENT_MOST 4096

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

static void forget_recent(struct copies *copies)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&copies->recent, &position));)
        free(slot->value);
    map_finish(&copies->recent);
    copies->recent = (struct map){0};
}

void copies_finish(struct copies *copies)
{
    forget_recent(copies);
}

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
                             .message = xstrdup(json_text_or(doc, "message", ""))};
    return true;
}

bool copies_original(struct core *core, const char *connector, const char *message, struct original *ret)
{
    CLEANUP_FREE char *key = xasprintf("%s\x1f%s", connector, message);
    const char *recent = map_get(&mirror_of(core)->copies.recent, key);
    struct journal_doc doc;
    if (recent)
        return read_said(recent, ret);
    if (journal_doc(core_journal(core), DOC_MESSAGE, key, &doc, NULL))
        return false;
    bool known = read_said(doc.body, ret);
    journal_doc_finish(&doc);
    return known;
}

void copies_remember(struct turn *turn, const char *connector, const char *message, const struct original *said)
{
    struct copies *copies = &mirror_of(turn_core(turn))->copies;
    CLEANUP_FREE char *key = xasprintf("%s\x1f%s", connector, message);
    struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_int(&j, "incident", (int64_t)said->incident);
    json_put_int(&j, "version", (int64_t)said->version);
    json_put_int(&j, "at", said->at);
    json_put_text(&j, "connector", said->connector);
    json_put_text_if(&j, "channel", said->channel);
    json_put_text(&j, "message", said->message);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_MESSAGE, key, body.p)->at = said->at;
    if (copies->recent.n >= RECENT_MOST)
        forget_recent(copies);
    free(map_put(&copies->recent, key, str_take(&body)));
}

/* ---- the copies of some words ---- */

char *copy_key(const struct original *said, const struct room *room)
{
    return xasprintf(COPY_KEY "INC-%" PRIu64 "/%" PRIu64 ":%s%s%s", said->incident, said->version,
                     room->connector, room->channel ? ":" : "", room->channel ? room->channel : "");
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
static enum copy_state find_action(struct core *core, const struct original *said, const struct room *room,
                                   char **ret)
{
    CLEANUP_FREE char *key = copy_key(said, room);
    const struct action *action = outbox_get(core_outbox(core), key);
    if (!action || (!action_is_under_way(action) && action->state != ACTION_DONE))
        return COPY_NONE;
    bool done = action->state == ACTION_DONE;
    *ret = done ? xstrdup(action->outcome.remote_id) : steal(key);
    return done ? COPY_DONE : COPY_UNDER_WAY;
}

enum copy_state copies_find(struct core *core, const struct original *said, const struct room *room, char **ret)
{
    struct journal_doc doc;
    enum copy_state state = find_action(core, said, room, ret);
    if (state || !room->channel)
        return state;
    CLEANUP_FREE char *key = doc_key(said, room);
    if (journal_doc(core_journal(core), DOC_COPY, key, &doc, NULL))
        return find_action(core, said, &(struct room){room->connector, NULL}, ret); /* it was being opened */
    state = *doc.body ? COPY_DONE : COPY_DIGESTED;
    *ret = *doc.body ? xstrdup(doc.body) : NULL;
    journal_doc_finish(&doc);
    return state;
}

void copies_done(struct turn *turn, const struct original *said, const struct room *room, const char *message)
{
    CLEANUP_FREE char *key = doc_key(said, room);
    batch_doc(turn_batch(turn), DOC_COPY, key, message)->at = said->at;
    if (*message)
        copies_remember(turn, room->connector, message, said);
}
