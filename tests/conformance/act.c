/* Actions of checks: made once, performed as the core would. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "conformance/suite.h"

#define ATTEMPTS  6
#define WAIT_MOST (30 * SECOND)

/* ---- bodies ---- */

cJSON *body_of(const char *key, const char *value, ...)
{
    cJSON *body = cJSON_CreateObject();
    va_list rest;
    va_start(rest, value);
    for (; key; key = va_arg(rest, const char *), value = key ? va_arg(rest, const char *) : NULL) {
        if (value)
            cJSON_AddStringToObject(body, key, value);
    }
    va_end(rest);
    return body;
}

const char *suite_text(struct suite *suite, const char *what)
{
    static char text[200];
    snprintf(text, sizeof(text), "Conformance %d: %s", suite->said + 1, what);
    return text;
}

bool act_say(struct suite *suite, const char *what, struct act *ret)
{
    const struct conformance *wish = suite->wish;
    const char *text = suite_text(suite, what), *customer = wish->customer ? wish->customer : "conformance";
    const struct {
        const char *kind;
        bool possible;
        const char *whom[2][2];
    } ways[] = {
        {"post", suite->can & TOCSIN_CAN_POST && wish->channel, {{"channel", wish->channel}}},
        {"desk.tell",
         suite->can & TOCSIN_CAN_DESK && (wish->customer || wish->address),
         {{"customer", customer}, {"address", wish->address}}},
        {"page", suite->can & TOCSIN_CAN_PAGE && wish->user, {{"user", wish->user}}},
        {"ticket.create", suite->can & TOCSIN_CAN_TICKETS, {{"title", text}, {"incident", "INC-1"}}},
    };
    for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
        if (!ways[i].possible)
            continue;
        cJSON *body = body_of("text", text, ways[i].whom[0][0], ways[i].whom[0][1], ways[i].whom[1][0],
                              ways[i].whom[1][1], NULL);
        *ret = act_make(suite, ways[i].kind, body);
        return true;
    }
    suite_skip(suite, "it can say nothing here: give --channel, --user, or --customer and --address");
    return false;
}

/* ---- performing ---- */

static char nothing[] = "";
static const struct outcome none = {
    .code = TOCSIN_UNKNOWN, .remote_id = nothing, .detail = nothing, .answer = nothing};

struct act act_make(struct suite *suite, const char *kind, cJSON *body)
{
    suite->said++;
    return (struct act){.kind = kind,
                        .body = body,
                        .key = xasprintf("conformance/%s/%d", suite->key_base, suite->said),
                        .outcome = &none};
}

void act_finish(struct act *act)
{
    free(act->key);
    cJSON_Delete(act->body);
    *act = (struct act){0};
}

const char *act_came(const struct act *act)
{
    static const char *const codes[] = {"DONE", "RETRY", "REFUSED", "AUTH", "UNKNOWN"};
    static char texts[2][700];
    static int turn;
    char *text = texts[turn = !turn];
    const struct outcome *outcome = act->outcome;
    if (!outcome->times)
        return "no outcome";
    snprintf(text, sizeof(texts[0]), "%s%s%s%s", codes[outcome->code], *outcome->detail ? " (\"" : "",
             outcome->detail, *outcome->detail ? "\")" : "");
    return text;
}

static void hand_over(struct suite *suite, struct act *act, int attempt)
{
    act->attempt = attempt;
    const struct outcome *begun = rig_begin(
        suite->rig, &(struct todo){.kind = act->kind, .key = act->key, .attempt = attempt, .body = act->body});
    act->outcome = begun ? begun : &none;
}

void act_begin(struct suite *suite, struct act *act)
{
    hand_over(suite, act, 1);
}

bool act_try(struct suite *suite, struct act *act, int attempt)
{
    hand_over(suite, act, attempt);
    if (act->outcome != &none && rig_wait(suite->rig, act->outcome))
        return true;
    suite_fail(suite, "%s: expected an outcome within the deadline of %d seconds, but none came%s%s", act->kind,
               (int)(RIG_DEADLINE / SECOND), rig_is_up(suite->rig) ? "" : ": ",
               rig_is_up(suite->rig) ? "" : rig_trouble(suite->rig));
    return false;
}

bool act_settle(struct suite *suite, struct act *act)
{
    bool unsure = act->outcome->times && act->outcome->code == TOCSIN_UNKNOWN;
    for (int i = 0; i < ATTEMPTS; i++) {
        if (!rig_comes_up(suite->rig))
            break;
        if (!act_try(suite, act, unsure ? act->attempt + 1 : 1))
            return false;
        if (act->outcome->code != TOCSIN_RETRY && act->outcome->code != TOCSIN_UNKNOWN)
            return true;
        unsure = unsure || act->outcome->code == TOCSIN_UNKNOWN;
        duration delay = MAX(act->outcome->retry_after, 500);
        rig_turn(suite->rig, MIN(delay, WAIT_MOST));
    }
    return true;
}

bool act_is_done(struct suite *suite, const struct act *act, bool with_id)
{
    if (!act->outcome->times || act->outcome->code != TOCSIN_DONE)
        suite_fail(suite, "%s: expected DONE, but %s came", act->kind, act_came(act));
    else if (with_id && !*act->outcome->remote_id)
        suite_fail(suite, "%s: expected DONE with an id in remote_id, but the id is empty", act->kind);
    return !suite_failed(suite);
}

bool act_do(struct suite *suite, struct act *act, bool with_id)
{
    return act_settle(suite, act) && act_is_done(suite, act, with_id);
}

void act_again(struct suite *suite, struct act *act)
{
    CLEANUP_FREE char *id = xstrdup(act->outcome->remote_id);
    if (!act_try(suite, act, act->attempt + 1))
        return;
    if (act_is_done(suite, act, true) && !text_equal(id, act->outcome->remote_id))
        suite_fail(
            suite,
            "expected the same id when the action comes again with the same key, but first %s came, then "
            "%s: it was done twice",
            id, act->outcome->remote_id);
}
