/*
 * Who may approve a message to customers, and what their approval holds for: the version that they saw. The policy says how many must,
 * and who (approval{}); the last of them sends it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "access/access.h"
#include "base/map.h"
#include "base/markup.h"
#include "comms/alone.h"
#include "comms/comms.h"
#include "comms/diff.h"
#include "comms/inside.h"
#include "comms/posts.h"
#include "delivery/link.h"
#include "people/people.h"

#define CHANGE_BYTES 240 /* so that what to type fits into an error, too */

struct approving {
    struct turn *turn;
    const struct incident *incident;
    const struct state_draft *draft;
    const char *by;
    enum access most;
    struct approval needed;
};

/* ---- the version ---- */

/* At most `most` bytes of the change, cut between words; no mark stays open. */
static void add_change(const char *change, size_t most, struct str *out)
{
    static const char *const marks[] = {"~~", "**"};
    size_t n = strlen(change), cut = utf8_cut(change, n, most), whole = cut;
    while (cut < n && whole && change[whole] != ' ')
        whole--;
    size_t from = out->len;
    str_addn(out, change, whole ? whole : cut);
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
        size_t found = 0;
        for (const char *p = out->p + from; (p = strstr(p, marks[i])); p += strlen(marks[i]))
            found++;
        str_add(out, found % 2 ? marks[i] : "");
    }
    str_add(out, cut < n ? " …" : "");
}

/* The change is read before it is approved. */
static int refuse_version(const struct approving *a, struct error *err)
{
    CLEANUP_STR struct str text = {0}, change = {0};
    str_markup(&text, "%.60s changed message %" PRId64 ": ",
               approver_name(turn_core(a->turn), draft_author(a->draft)), a->draft->number);
    if (a->draft->before)
        diff_words(a->draft->before, a->draft->text, &change);
    add_change(str_text(&change), CHANGE_BYTES, &text);
    post_describe_json(a->draft->post, &text);
    str_addf(&text, "\nThis is version %" PRId64 "; `", a->draft->version);
    comms_draft_line(a->incident, "approve", a->draft->number, &text);
    str_addf(&text, " %" PRId64 "` sends it.", a->draft->version);
    return error_set(err, ERR_CONFLICT, "%s", text.p);
}

static bool is_current(const struct approving *a, int64_t version)
{
    return version ? version == a->draft->version : a->draft->version == 1;
}

/* ---- the people ---- */

struct same {
    const struct core *core;
    const char *who;
};

static bool is_same(void *ctx, const char *who)
{
    const struct same *same = ctx;
    return people_same(same->core, who, same->who);
}

/* By any of their ids. */
static bool has_approved(const struct approving *a, const char *who)
{
    return any_approver(a->draft, is_same, &(struct same){turn_core(a->turn), who});
}

struct counting {
    const struct core *core;
    struct map people;
};

static bool count(void *ctx, const char *who)
{
    struct counting *counting = ctx;
    map_put(&counting->people, people_now(counting->core, who), counting);
    return false;
}

/* With whoever does now. */
static int64_t count_approvers(const struct approving *a)
{
    struct counting counting = {turn_core(a->turn), {0}};
    any_approver(a->draft, count, &counting);
    count(&counting, a->by);
    int64_t n = (int64_t)counting.people.n;
    map_finish(&counting.people);
    return n;
}

/* Does whoever approves it now, or one of those before, have the role? */
static bool has_role(void *ctx, const char *role)
{
    const struct approving *a = ctx;
    const char *holder = incident_role(a->incident, role);
    return holder && (people_same(turn_core(a->turn), holder, a->by) || has_approved(a, holder));
}

static int refuse_person(const struct approving *a, struct error *err)
{
    struct core *core = turn_core(a->turn);
    const struct access_request asks = {.person = people_get(core, a->by) ? a->by : NULL,
                                        .most = a->most,
                                        .needed = ACCESS_APPROVE,
                                        .what = "approve",
                                        .now = turn_now(a->turn)};
    int rc = access_check(core, &asks, err);
    if (rc)
        return rc;
    if (a->needed.not_author && people_same(turn_core(a->turn), draft_author(a->draft), a->by))
        return error_set(err, ERR_REFUSED,
                         "You wrote message %" PRId64 " as it stands, so somebody else must approve it.",
                         a->draft->number);
    return 0;
}

/* ---- the audience ---- */

/* A message that nobody gets goes on waiting for somebody who does. */
static int refuse_audience(const struct approving *a, struct error *err)
{
    struct core *core = turn_core(a->turn);
    CLEANUP_STR struct str why = {0};
    if (a->draft->post || !comms_reaches_customers(core, a->incident) ||
        !comms_is_nobody(core, a->incident, a->draft->customer, &why))
        return 0;
    return error_set(err, ERR_REFUSED, "Nobody would get message %" PRId64 ": %s", a->draft->number, why.p);
}

int comms_refuse_start(const struct core *core, struct error *err)
{
    const char *starting = link_starting(core);
    return starting ? error_markup(
                          err, ERR_REFUSED,
                          "The connector %s is starting, so it is not known yet who can be reached. Nothing "
                          "was sent; try again in a moment.",
                          starting)
                    : 0;
}

/* ---- the decision ---- */

static void add_what_lacks(int64_t more, const char *roles, struct str *out)
{
    if (more > 0)
        str_addf(out, more == 1 ? "one more approval" : "%" PRId64 " more approvals", more);
    if (more > 0 && *roles)
        str_add(out, ", and ");
    if (*roles)
        str_markup(out, "the approval of the %s", roles);
    str_addc(out, '.');
}

static void say_sent(const struct core *core, const struct incident *incident, const struct state_draft *draft,
                     struct str *out)
{
    str_add(out, incident->sort.script ? "Approved. **Not sent: drill.**"
                 : draft->post         ? "Approved. It is on the status page."
                 : comms_reaches_customers(core, incident)
                     ? "Approved. The message to customers is being sent."
                     : "Approved, but not sent, because no connector reaches customers.");
}

/* Whoever has approved it before counts once; but what lacked may be there by now, as when they have taken a role. */
static int approve(struct approving *a, bool automatic, struct str *answer, struct error *err)
{
    CLEANUP_STR struct str roles = {0};
    const struct policy *policy = core_policy(turn_core(a->turn));
    bool again = has_approved(a, a->by);
    int64_t approved = count_approvers(a);
    bool complete = policy_approval_roles(policy, a->incident, a->draft->customer, has_role, a, &roles) &&
                    approved >= a->needed.needs;
    struct command command = {.verb = complete ? "approve" : "endorse",
                              .by = a->by,
                              .automatic = automatic,
                              .count = a->draft->number};
    if (complete) {
        say_sent(turn_core(a->turn), a->incident, a->draft, answer);
    } else {
        str_addf(answer,
                 again ? "You have approved message %" PRId64 " already. It still needs "
                       : "Approved by you. Message %" PRId64 " still needs ",
                 a->draft->number);
        add_what_lacks(a->needed.needs - approved, str_text(&roles), answer);
    }
    if (again && !complete)
        return error_set(err, ERR_REFUSED, "%s", answer->p);
    return comms_draft_do(a->turn, a->incident->id, &command, err);
}

int comms_approve(struct turn *turn, const struct incident *incident, const struct approve_request *request,
                  struct str *answer, struct error *err)
{
    struct approving a = {.turn = turn,
                          .incident = incident,
                          .draft = incident_draft(incident, request->number),
                          .by = request->by,
                          .most = request->most};
    struct command command = {
        .verb = "approve", .by = request->by, .automatic = request->automatic, .count = request->number};
    if (!a.draft || a.draft->state != DRAFT_WAITING || a.draft->rejected)
        return comms_draft_do(turn, incident->id, &command, err); /* which says why not */
    a.needed = policy_approval(core_policy(turn_core(turn)), incident, a.draft->customer);
    int rc = is_current(&a, request->version) ? refuse_person(&a, err) : refuse_version(&a, err);
    rc = rc || a.draft->post ? rc : comms_refuse_start(turn_core(turn), err);
    rc = rc ? rc : refuse_audience(&a, err);
    return rc ? rc : approve(&a, request->automatic, answer, err);
}
