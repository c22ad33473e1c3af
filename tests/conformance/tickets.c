/* Tickets: made, followed, commented on, done and open again. */
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "conformance/suite.h"

#define NOBODYS_LINK "https://conformance.invalid/tickets/1"
#define NO_TICKET    "conformance-no-such-ticket"

/* ---- the members of a ticket ---- */

static bool is_state(const char *state)
{
    return text_equal(state, "open") || text_equal(state, "done");
}

/* Its answer, which the caller deletes; NULL, and the check has failed: it lacks a member. */
static cJSON *ticket_of(struct suite *suite, const struct act *act)
{
    static const char *const members[] = {"ticket", "link", "title", "state", "status"};
    cJSON *ticket = cJSON_Parse(act->outcome->answer);
    for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
        if (text_empty(json_text_or(ticket, members[i], NULL))) {
            suite_fail(suite, "%s: expected an answer with \"%s\", but %.300s came", act->kind, members[i],
                       *act->outcome->answer ? act->outcome->answer : "none");
            cJSON_Delete(ticket);
            return NULL;
        }
    }
    if (!is_state(json_text_or(ticket, "state", "")))
        suite_fail(suite, "%s: expected the state \"open\" or \"done\", but \"%s\" came", act->kind,
                   json_text_or(ticket, "state", ""));
    return ticket;
}

static void expect_member(struct suite *suite, const struct act *act, const cJSON *ticket, const char *member,
                          const char *wanted)
{
    const char *came = json_text_or(ticket, member, "");
    if (!text_equal(came, wanted))
        suite_fail(suite, "%s: expected \"%s\": \"%s\", but \"%s\" came", act->kind, member, wanted, came);
}

/* ---- actions ---- */

static struct act make(struct suite *suite, const char *title, bool parent)
{
    cJSON *body = body_of("title", title, "text", "It is **slow** since 9:00.\n\n- 2 of 3 fail", "incident",
                          "INC-1", "link", "https://tocsin.example.com/incidents/INC-1", NULL);
    if (parent)
        cJSON_AddTrueToObject(body, "parent");
    return act_make(suite, "ticket.create", body);
}

static bool follow(struct suite *suite, const char *member, const char *value, const char *id,
                   const char *state)
{
    CLEANUP_ACT struct act act = act_make(suite, "ticket.follow", body_of(member, value, NULL));
    if (!act_do(suite, &act, true))
        return false;
    CLEANUP_JSON cJSON *ticket = ticket_of(suite, &act);
    expect_member(suite, &act, ticket, "ticket", id);
    expect_member(suite, &act, ticket, "state", state);
    return !suite_failed(suite);
}

static bool set_state(struct suite *suite, const char *id, const char *state)
{
    CLEANUP_ACT struct act act = act_make(suite, "ticket.state", body_of("ticket", id, "state", state, NULL));
    return act_do(suite, &act, false);
}

/* ---- checks ---- */

static void create(struct suite *suite)
{
    CLEANUP_FREE char *title = xstrdup(suite_text(suite, "make *this* <fast> & keep @all #1 literal"));
    CLEANUP_ACT struct act act = make(suite, title, false);
    if (!act_do(suite, &act, true))
        return;
    CLEANUP_JSON cJSON *ticket = ticket_of(suite, &act);
    expect_member(suite, &act, ticket, "ticket", act.outcome->remote_id);
    expect_member(suite, &act, ticket, "title", title);
    expect_member(suite, &act, ticket, "state", "open");
    if (!suite_failed(suite) && suite->can & TOCSIN_CAN_FIND)
        act_again(suite, &act);
}

/* What has no such tickets refuses, in words. */
static void create_parent(struct suite *suite)
{
    CLEANUP_ACT struct act parent = make(suite, suite_text(suite, "a parent"), true);
    CLEANUP_ACT struct act child = make(suite, suite_text(suite, "a child"), false);
    if (!act_settle(suite, &parent))
        return;
    if (parent.outcome->code == TOCSIN_REFUSED && *parent.outcome->detail) {
        suite_skip(suite, "it has no tickets that others join: %s", parent.outcome->detail);
        return;
    }
    if (!act_is_done(suite, &parent, true) || !act_do(suite, &child, true))
        return;
    CLEANUP_ACT struct act join =
        act_make(suite, "ticket.follow",
                 body_of("ticket", child.outcome->remote_id, "parent", parent.outcome->remote_id, NULL));
    if (act_settle(suite, &join) && join.outcome->code != TOCSIN_REFUSED) /* work may not be what joins */
        act_is_done(suite, &join, true);
}

static void follow_it(struct suite *suite)
{
    CLEANUP_ACT struct act made = make(suite, suite_text(suite, "to be followed"), false);
    if (!act_do(suite, &made, true))
        return;
    CLEANUP_JSON cJSON *ticket = ticket_of(suite, &made);
    const char *id = made.outcome->remote_id, *link = json_text_or(ticket, "link", "");
    if (ticket && follow(suite, "ticket", id, id, "open"))
        follow(suite, "link", link, id, "open");
}

static void expect_refused(struct suite *suite, const char *kind, cJSON *body)
{
    CLEANUP_ACT struct act act = act_make(suite, kind, body);
    if (act_settle(suite, &act) && (act.outcome->code != TOCSIN_REFUSED || !*act.outcome->detail))
        suite_fail(suite, "%s of a ticket that is not there: expected REFUSED with a reason, but %s came", kind,
                   act_came(&act));
}

static void unknown(struct suite *suite)
{
    expect_refused(suite, "ticket.follow", body_of("ticket", NO_TICKET, NULL));
    expect_refused(suite, "ticket.follow", body_of("link", NOBODYS_LINK, NULL));
    expect_refused(suite, "ticket.comment", body_of("ticket", NO_TICKET, "text", "to nobody", NULL));
    expect_refused(suite, "ticket.state", body_of("ticket", NO_TICKET, "state", "done", NULL));
}

static void comment(struct suite *suite)
{
    CLEANUP_ACT struct act made = make(suite, suite_text(suite, "to be commented on"), false);
    if (!act_do(suite, &made, true))
        return;
    CLEANUP_ACT struct act act = act_make(suite, "ticket.comment",
                                          body_of("ticket", made.outcome->remote_id, "text",
                                                  suite_text(suite, "a *note*, <b>literal</b>"), NULL));
    if (act_do(suite, &act, true) && suite->can & TOCSIN_CAN_FIND)
        act_again(suite, &act);
}

static void states(struct suite *suite)
{
    CLEANUP_ACT struct act made = make(suite, suite_text(suite, "to be done"), false);
    static const char *const rounds[] = {"done", "done", "open", "open"};
    if (!act_do(suite, &made, true))
        return;
    const char *id = made.outcome->remote_id;
    for (size_t i = 0; i < ARRAY_SIZE(rounds); i++) {
        if (!set_state(suite, id, rounds[i]) || !follow(suite, "ticket", id, id, rounds[i]))
            return;
    }
}

static const struct check checks[] = {
    {"ticket", TOCSIN_CAN_TICKETS, 0, create},
    {"ticket: a parent", TOCSIN_CAN_TICKETS, 0, create_parent},
    {"ticket: follow", TOCSIN_CAN_TICKETS, 0, follow_it},
    {"ticket: one that is not there", TOCSIN_CAN_TICKETS, 0, unknown},
    {"ticket: comment", TOCSIN_CAN_TICKETS, 0, comment},
    {"ticket: states", TOCSIN_CAN_TICKETS, 0, states},
};
const struct check_list ticket_checks = {checks, ARRAY_SIZE(checks)};
