#include "outbox/action.h"

#include "base/json.h"
#include "base/mem.h"

static const char *const lanes[LANE_COUNT] = {"page", "customer", "room", "housekeeping"};
static const char *const states[] = {"waiting", "sending", "done", "dead", "uncertain"};

const char *lane_name(enum lane lane)
{
    return lanes[lane];
}

const char *action_state_name(enum action_state state)
{
    return states[state];
}

static const struct text_member {
    const char *key;
    size_t offset;
} text_members[] = {
#define MEMBER(field)                                                                                          \
    {                                                                                                          \
#field, offsetof(struct action, field)                                                                 \
    }
    MEMBER(key),      MEMBER(connector), MEMBER(kind),      MEMBER(channel), MEMBER(refers), MEMBER(refer_as),
    MEMBER(coalesce), MEMBER(cause),     MEMBER(remote_id), MEMBER(detail),  MEMBER(body),
};

static char **text_at(const struct action *action, size_t i)
{
    return (char **)((char *)(uintptr_t)action + text_members[i].offset);
}

void action_finish(struct action *action)
{
    for (size_t i = 0; i < ARRAY_SIZE(text_members); i++)
        free(*text_at(action, i));
    *action = (struct action){0};
}

void action_copy(struct action *to, const struct action *from)
{
    *to = *from;
    for (size_t i = 0; i < ARRAY_SIZE(text_members); i++)
        *text_at(to, i) = xstrdup(*text_at(from, i));
}

void action_encode(const struct action *action, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_int(&j, "id", (int64_t)action->id);
    json_put_text(&j, "lane", lanes[action->lane]);
    json_put_text(&j, "state", states[action->state]);
    json_put_int(&j, "incident", (int64_t)action->incident);
    json_put_int(&j, "made_at", action->made_at);
    json_put_int(&j, "not_before", action->not_before);
    json_put_int(&j, "give_up_at", action->give_up_at);
    json_put_int(&j, "attempts", action->attempts);
    for (size_t i = 0; i < ARRAY_SIZE(text_members); i++)
        json_put_text_if(&j, text_members[i].key, *text_at(action, i));
    json_end_object(&j);
}

static int word_in(const char *const *words, int n, const char *word)
{
    for (int i = 0; i < n; i++) {
        if (text_equal(words[i], word))
            return i;
    }
    return -1;
}

int action_decode(const char *json, size_t length, struct action *ret, struct error *err)
{
    CLEANUP_JSON cJSON *doc = NULL;
    int rc = json_parse(json, length, SIZE_MAX, JSON_DEPTH, "action", &doc, err);
    if (rc)
        return rc;
    int lane = word_in(lanes, LANE_COUNT, json_text_or(doc, "lane", ""));
    int state = word_in(states, (int)ARRAY_SIZE(states), json_text_or(doc, "state", ""));
    int64_t id = json_int_or(doc, "id", 0);
    if (lane < 0 || state < 0 || id <= 0)
        return error_set(err, ERR_CORRUPT, "a stored action has no id, lane or state that this version knows");
    struct action action = {.id = (uint64_t)id, .lane = (enum lane)lane, .state = (enum action_state)state};
    action.incident = (uint64_t)json_int_or(doc, "incident", 0);
    action.made_at = json_int_or(doc, "made_at", 0);
    action.not_before = json_int_or(doc, "not_before", 0);
    action.give_up_at = json_int_or(doc, "give_up_at", 0);
    action.attempts = (int)json_int_or(doc, "attempts", 0);
    for (size_t i = 0; i < ARRAY_SIZE(text_members); i++)
        *text_at(&action, i) = xstrdup(json_text_or(doc, text_members[i].key, NULL));
    if (!action.key || !action.connector || !action.kind || !action.body) {
        action_finish(&action);
        return error_set(err, ERR_CORRUPT, "a stored action lacks its key, connector, kind or body");
    }
    if (!action.channel)
        action.channel = xstrdup("");
    *ret = action;
    return 0;
}
