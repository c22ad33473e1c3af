/* What makes no sense, and what the platform does not have: refused for good, and nothing breaks. */
#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "conformance/suite.h"

/* Neither tried again and again, nor taken for a fault of the credentials. */
static bool is_settled(struct suite *suite, const struct act *act, const char *what)
{
    bool settled = act->outcome->code == TOCSIN_DONE || act->outcome->code == TOCSIN_REFUSED;
    if (!settled)
        suite_fail(suite, "%s of %s: expected REFUSED, or DONE, but %s came", act->kind, what, act_came(act));
    else if (act->outcome->code == TOCSIN_REFUSED && text_empty(act->outcome->detail))
        suite_fail(suite, "%s of %s: expected a reason in `detail`, but it is empty", act->kind, what);
    return settled;
}

static void unknown_kind(struct suite *suite)
{
    CLEANUP_ACT struct act act = act_make(suite, "conformance.unknown", body_of("text", "x", NULL));
    if (act_try(suite, &act, 1))
        is_settled(suite, &act, "a kind that does not exist");
}

static const struct {
    const char *kind;
    uint64_t can;
} kinds[] = {
    {"post", TOCSIN_CAN_POST},
    {"edit", TOCSIN_CAN_EDIT},
    {"delete", TOCSIN_CAN_DELETE},
    {"channel.open", TOCSIN_CAN_CHANNELS},
    {"channel.topic", TOCSIN_CAN_CHANNELS},
    {"channel.invite", TOCSIN_CAN_CHANNELS},
    {"channel.remove", TOCSIN_CAN_CHANNELS},
    {"channel.archive", TOCSIN_CAN_CHANNELS},
    {"channel.bookmark", TOCSIN_CAN_BOOKMARK},
    {"pin", TOCSIN_CAN_PIN},
    {"desk.tell", TOCSIN_CAN_DESK},
    {"desk.find", TOCSIN_CAN_DESK_FIND},
    {"page", TOCSIN_CAN_PAGE},
    {"person.find", TOCSIN_CAN_LOOKUP},
    {"form", TOCSIN_CAN_FORMS},
    {"group.members", TOCSIN_CAN_GROUPS},
    {"ticket.create", TOCSIN_CAN_TICKETS},
    {"ticket.follow", TOCSIN_CAN_TICKETS},
    {"ticket.comment", TOCSIN_CAN_TICKETS},
    {"ticket.state", TOCSIN_CAN_TICKETS},
};

static void empty_bodies(struct suite *suite)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds) && !suite_failed(suite); i++) {
        if (!(suite->can & kinds[i].can))
            continue;
        CLEANUP_ACT struct act act = act_make(suite, kinds[i].kind, cJSON_CreateObject());
        if (act_try(suite, &act, 1))
            is_settled(suite, &act, "an empty body");
    }
}

static void no_channel(struct suite *suite)
{
    CLEANUP_ACT struct act act = act_make(
        suite, "post",
        body_of("channel", "conformance-no-such-channel", "text", suite_text(suite, "where nobody is"), NULL));
    if (act_try(suite, &act, 1))
        is_settled(suite, &act, "a channel that does not exist");
}

/* Every member that names something, named by an enemy. */
static void hostile_names(struct suite *suite)
{
    static const char *const names[] = {"x\r\nBcc: eve@evil.example", "../../../etc/passwd?a=b&c=d#e",
                                        "'\"><\\%00", "\u202e\x01 \U0001f4a9"};
    static const char *const members[] = {"channel",  "message", "thread", "user",  "email",
                                          "to",       "asker",   "name",   "topic", "who",
                                          "customer", "address", "url",    "group"};
    for (size_t i = 0; i < ARRAY_SIZE(kinds) * ARRAY_SIZE(names) && !suite_failed(suite); i++) {
        const char *kind = kinds[i / ARRAY_SIZE(names)].kind, *name = names[i % ARRAY_SIZE(names)];
        if (!(suite->can & kinds[i / ARRAY_SIZE(names)].can))
            continue;
        cJSON *body = body_of("text", suite_text(suite, "to an enemy's name"), NULL);
        for (size_t j = 0; j < ARRAY_SIZE(members); j++)
            cJSON_AddStringToObject(body, members[j], name);
        CLEANUP_ACT struct act act = act_make(suite, kind, body);
        if (act_try(suite, &act, 1))
            is_settled(suite, &act, "a hostile name");
    }
}

static const struct check checks[] = {
    {"refused: an unknown kind", 0, 0, unknown_kind},
    {"refused: empty bodies", 0, 0, empty_bodies},
    {"refused: no such channel", TOCSIN_CAN_POST, 0, no_channel},
    {"refused: hostile names", 0, 0, hostile_names},
};
const struct check_list odd_checks = {checks, ARRAY_SIZE(checks)};
