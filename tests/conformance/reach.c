/* Channels, pins and bookmarks, people, customers. */
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "conformance/suite.h"

static cJSON *channel_wish(struct suite *suite)
{
    CLEANUP_FREE char *name = xasprintf("inc-%s-conformance", suite->key_base);
    cJSON *body = body_of("name", name, "topic", "Conformance: made by a test", NULL);
    cJSON_AddBoolToObject(body, "private", false);
    if (suite->wish->user)
        cJSON_AddItemToArray(cJSON_AddArrayToObject(body, "members"), cJSON_CreateString(suite->wish->user));
    return body;
}

static bool do_in(struct suite *suite, const char *kind, cJSON *body)
{
    CLEANUP_ACT struct act act = act_make(suite, kind, body);
    return act_do(suite, &act, false);
}

static void channels(struct suite *suite)
{
    CLEANUP_ACT struct act open = act_make(suite, "channel.open", channel_wish(suite));
    if (!act_do(suite, &open, true))
        return;
    const char *channel = open.outcome->remote_id;
    cJSON *invited = body_of("channel", channel, NULL), *users = cJSON_AddArrayToObject(invited, "users");
    if (suite->wish->user)
        cJSON_AddItemToArray(users, cJSON_CreateString(suite->wish->user));
    do_in(suite, "channel.invite", invited);
    do_in(suite, "channel.topic", body_of("channel", channel, "topic", "It is <over> & done", NULL));
    if (suite->can & TOCSIN_CAN_POST)
        do_in(suite, "post",
              body_of("channel", channel, "text", suite_text(suite, "in a channel of its own"), NULL));
    if (suite->can & TOCSIN_CAN_BOOKMARK)
        do_in(
            suite, "channel.bookmark",
            body_of("channel", channel, "title", "Timeline", "url", "https://tocsin.example.com/inc/1", NULL));
    if (suite->wish->user)
        do_in(suite, "channel.remove", body_of("channel", channel, "who", suite->wish->user, NULL));
    do_in(suite, "channel.archive", body_of("channel", channel, NULL));
}

/* A second incident may have the same name: it gets another channel, or the same name is refused nowhere. */
static void channel_twice(struct suite *suite)
{
    CLEANUP_ACT struct act first = act_make(suite, "channel.open", channel_wish(suite));
    CLEANUP_ACT struct act second = act_make(suite, "channel.open", channel_wish(suite));
    if (!act_do(suite, &first, true) || !act_do(suite, &second, true))
        return;
    if (text_equal(first.outcome->remote_id, second.outcome->remote_id))
        suite_fail(suite, "expected two channels for two actions with the same name, but both got %s",
                   first.outcome->remote_id);
    do_in(suite, "channel.archive", body_of("channel", first.outcome->remote_id, NULL));
    do_in(suite, "channel.archive", body_of("channel", second.outcome->remote_id, NULL));
}

static void pin(struct suite *suite)
{
    CLEANUP_ACT struct act act =
        act_make(suite, "post",
                 body_of("channel", suite->wish->channel, "text", suite_text(suite, "to be pinned"), NULL));
    if (act_do(suite, &act, true))
        do_in(suite, "pin", body_of("channel", suite->wish->channel, "message", act.outcome->remote_id, NULL));
}

static void find_person(struct suite *suite)
{
    CLEANUP_ACT struct act known = act_make(suite, "person.find", body_of("email", suite->wish->email, NULL));
    CLEANUP_ACT struct act nobody =
        act_make(suite, "person.find", body_of("email", "nobody@conformance.invalid", NULL));
    act_do(suite, &known, true);
    if (act_settle(suite, &nobody) && nobody.outcome->code != TOCSIN_REFUSED)
        suite_fail(suite, "expected REFUSED for an address of nobody, but %s came", act_came(&nobody));
}

/* ---- customers ---- */

#define MATCHES_MOST 3

/* What the core makes a route of: one line without spaces. */
static bool is_address(const char *text)
{
    return text && *text && strlen(text) <= 254 && !strpbrk(text, " \t\r\n<>,");
}

static void check_matches(struct suite *suite, const char *what, const char *json)
{
    CLEANUP_JSON cJSON *answer = cJSON_Parse(json);
    const cJSON *matches = json_member(answer, "matches"), *match;
    if (!cJSON_IsArray(matches))
        suite_fail(suite, "desk.find of %s: expected an answer {\"matches\": […]}, but %.200s came", what,
                   *json ? json : "none");
    if (cJSON_GetArraySize(matches) > MATCHES_MOST)
        suite_fail(suite, "desk.find of %s: expected at most %d matches, but %d came", what, MATCHES_MOST,
                   cJSON_GetArraySize(matches));
    cJSON_ArrayForEach(match, matches)
    {
        if (!is_address(json_text_or(match, "address", NULL)) || !json_text_or(match, "name", NULL))
            suite_fail(suite,
                       "desk.find of %s: expected a name, and an address in one word, but %.200s has not both",
                       what, json);
    }
}

static void find_by(struct suite *suite, const char *by, const char *what)
{
    cJSON *body = body_of(by, what, "key", suite->wish->customer ? suite->wish->customer : "conformance", NULL);
    cJSON_AddNumberToObject(body, "most", MATCHES_MOST);
    CLEANUP_ACT struct act act = act_make(suite, "desk.find", body);
    if (what && act_do(suite, &act, false))
        check_matches(suite, what, act.outcome->answer);
}

/* Whether anybody has them, only the platform knows. */
static void find_customer(struct suite *suite)
{
    find_by(suite, "name", suite->wish->customer);
    find_by(suite, "email", suite->wish->email);
    find_by(suite, "email", "nobody@conformance.invalid");
    find_by(suite, "domain", "conformance.invalid");
    find_by(suite, "name", "Nobody has this name, & \"no\" <one> %s");
}

static cJSON *tell_body(struct suite *suite, const char *what)
{
    const struct conformance *wish = suite->wish;
    return body_of("customer", wish->customer ? wish->customer : "conformance", "name", "Acme GmbH", "address",
                   wish->address, "subject", "Checkout is slow", "incident", "INC-1", "text",
                   suite_text(suite, what), NULL);
}

static void tell(struct suite *suite)
{
    CLEANUP_ACT struct act first = act_make(suite, "desk.tell", tell_body(suite, "to a customer"));
    if (!act_do(suite, &first, true))
        return;
    cJSON *body = tell_body(suite, "again, in the same conversation");
    cJSON_AddStringToObject(body, "thread", first.outcome->remote_id);
    cJSON_AddStringToObject(body, "previous", first.outcome->remote_id);
    CLEANUP_ACT struct act second = act_make(suite, "desk.tell", body);
    act_do(suite, &second, true);
}

/* The core then tries the customer's next route. */
static void tell_unknown(struct suite *suite)
{
    CLEANUP_ACT struct act act = act_make(suite, "desk.tell",
                                          body_of("customer", "nobody-knows-this-customer", "text",
                                                  suite_text(suite, "to a customer whom nobody knows"), NULL));
    if (!act_settle(suite, &act))
        return;
    if (act.outcome->code != TOCSIN_DONE || *act.outcome->remote_id)
        suite_fail(suite, "expected DONE without an id for a customer whom it does not know, but %s came%s%s",
                   act_came(&act), *act.outcome->remote_id ? " with the id " : "", act.outcome->remote_id);
}

static const struct check checks[] = {
    {"channels", TOCSIN_CAN_CHANNELS, 0, channels},
    {"channels: the same name twice", TOCSIN_CAN_CHANNELS, 0, channel_twice},
    {"pin", TOCSIN_CAN_POST | TOCSIN_CAN_PIN, NEEDS_CHANNEL, pin},
    {"find a person", TOCSIN_CAN_LOOKUP, NEEDS_EMAIL, find_person},
    {"find a customer", TOCSIN_CAN_DESK_FIND, 0, find_customer},
    {"tell a customer", TOCSIN_CAN_DESK, NEEDS_CUSTOMER, tell},
    {"tell an unknown customer", TOCSIN_CAN_DESK, 0, tell_unknown},
};
const struct check_list reach_checks = {checks, ARRAY_SIZE(checks)};
