#include "outbox/action.h"

#include "base/json.h"
#include "base/mem.h"

static const char *const states[] = {
    [ACTION_WAITING] = "waiting", [ACTION_SENDING] = "sending",     [ACTION_DONE] = "done",
    [ACTION_DEAD] = "dead",       [ACTION_UNCERTAIN] = "uncertain",
};
#define STATE_COUNT (sizeof(states) / sizeof(states[0]))

bool action_is_under_way(const struct action *action)
{
    return action->state == ACTION_WAITING || action->state == ACTION_SENDING;
}

const char *action_state_name(enum action_state state)
{
    return states[state];
}

/* The texts of an action: their name, their place, and whether they are required. */
static const struct text_field {
    const char *name;
    size_t offset;
    bool must;
} texts[] = {
    {"key", offsetof(struct action, key), true},
    {"connector", offsetof(struct action, connector), true},
    {"kind", offsetof(struct action, kind), true},
    {"channel", offsetof(struct action, channel), true},
    {"body", offsetof(struct action, body), true},
    {"refers", offsetof(struct action, reference.key), false},
    {"refer_as", offsetof(struct action, reference.as), false},
    {"coalesce", offsetof(struct action, coalesce), false},
    {"cause", offsetof(struct action, cause), false},
    {"rule", offsetof(struct action, rule), false},
    {"remote_id", offsetof(struct action, outcome.remote_id), false},
    {"detail", offsetof(struct action, outcome.detail), false},
};
#define TEXT_COUNT (sizeof(texts) / sizeof(texts[0]))

static char **text_of(struct action *action, size_t i)
{
    return (char **)((char *)action + texts[i].offset);
}

static const char *const_text_of(const struct action *action, size_t i)
{
    return *(char *const *)((const char *)action + texts[i].offset);
}

void action_finish(struct action *action)
{
    for (size_t i = 0; i < TEXT_COUNT; i++)
        free(*text_of(action, i));
    *action = (struct action){0};
}

void action_copy(struct action *to, const struct action *from)
{
    *to = *from;
    for (size_t i = 0; i < TEXT_COUNT; i++)
        *text_of(to, i) = xstrdup(const_text_of(from, i));
}

void action_encode(const struct action *action, struct str *out)
{
    struct json_out j = {.out = out};
    json_begin_object(&j);
    json_put_int(&j, "id", (int64_t)action->id);
    json_put_text(&j, "lane", lanes[action->lane].name);
    json_put_text(&j, "state", states[action->state]);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        json_put_text_if(&j, texts[i].name, const_text_of(action, i));
    json_put_int(&j, "incident", (int64_t)action->incident);
    json_put_int(&j, "made_at", action->made_at);
    json_put_int(&j, "done_at", action->done_at);
    json_put_int(&j, "not_before", action->not_before);
    json_put_int(&j, "give_up_at", action->give_up_at);
    json_put_int(&j, "attempts", action->attempts);
    json_end_object(&j);
}

static int state_of(const char *name)
{
    for (size_t i = 0; i < STATE_COUNT; i++)
        if (text_equal(states[i], name))
            return (int)i;
    return -1;
}

static int lane_of(const char *name)
{
    for (int i = 0; i < LANE_COUNT; i++)
        if (text_equal(lanes[i].name, name))
            return i;
    return -1;
}

static int decode_fields(const cJSON *doc, struct action *action, struct error *err)
{
    int lane = lane_of(json_text_or(doc, "lane", "")), state = state_of(json_text_or(doc, "state", ""));
    int64_t id = json_int_or(doc, "id", 0);
    if (lane < 0 || state < 0 || id <= 0)
        return error_set(err, ERR_CORRUPT, "the lane, state or id of an action is missing or unknown");
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        const char *text = json_text_or(doc, texts[i].name, NULL);
        if (!text && texts[i].must)
            return error_set(err, ERR_CORRUPT, "action %lld has no \"%s\"", (long long)id, texts[i].name);
        *text_of(action, i) = xstrdup(text);
    }
    action->id = (uint64_t)id;
    action->lane = (enum lane)lane;
    action->state = (enum action_state)state;
    action->incident = (uint64_t)json_int_or(doc, "incident", 0);
    action->made_at = json_int_or(doc, "made_at", 0);
    action->done_at = json_int_or(doc, "done_at", 0);
    action->not_before = json_int_or(doc, "not_before", 0);
    action->give_up_at = json_int_or(doc, "give_up_at", 0);
    action->attempts = (int)json_int_or(doc, "attempts", 0);
    return 0;
}

#define ACTION_BYTES (4 << 20)

int action_decode(const char *json, size_t length, struct action *ret, struct error *err)
{
    CLEANUP_JSON cJSON *doc = NULL;
    int rc = json_parse(json, length, ACTION_BYTES, JSON_DEPTH, "an action of the outbox", &doc, err);
    if (rc < 0)
        return rc;
    struct action action = {0};
    rc = decode_fields(doc, &action, err);
    if (rc < 0)
        action_finish(&action);
    else
        *ret = action;
    return rc;
}
