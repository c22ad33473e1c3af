/* A policy that says what a test wants, in place of the one that runs scripts. */
#ifndef TOCSIN_TESTS_FAKE_POLICY_H
#define TOCSIN_TESTS_FAKE_POLICY_H

#include <string.h>

#include "base/mem.h"
#include "policy/access.h"
#include "policy/importance.h"
#include "policy/insights.h"
#include "policy/messages.h"
#include "policy/policy.h"
#include "policy/posting.h"
#include "policy/ticketing.h"
#include "policy/unmirrored.h"
#include "policy/roster.h"
#include "policy/escalations.h"
#include "policy/rotations.h"
#include "policy/services.h"
#include "policy/writeups.h"

static const char *const fake_severities[] = {"minor", "major", "critical", NULL};
static const char *const fake_roles[] = {"lead", "comms", "scribe", NULL};
static const char *const fake_kinds[] = {"security", NULL};
static const struct rulebook fake_book = {fake_severities, fake_roles, fake_kinds};

const struct rulebook *policy_rulebook(const struct policy *policy)
{
    (void)policy;
    return &fake_book;
}

bool policy_person(const struct policy *policy, const char *id, struct roster_person *ret)
{
    (void)policy, (void)id, (void)ret;
    return false;
}

bool policy_person_at(const struct policy *policy, size_t i, struct roster_person *ret)
{
    (void)policy, (void)i, (void)ret;
    return false;
}

bool policy_find_team(const struct policy *policy, const char *name, struct roster_team *ret)
{
    (void)policy, (void)name, (void)ret;
    return false;
}

bool policy_team_at(const struct policy *policy, size_t i, struct roster_team *ret)
{
    (void)policy, (void)i, (void)ret;
    return false;
}

/* There is no insight{}. */
bool policy_has_insights(const struct policy *policy, enum insight_kind by)
{
    (void)policy, (void)by;
    return false;
}

void policy_say_insight(struct policy *policy, const struct policy_insight *about, instant now,
                        void (*on)(void *ctx, const char *text, const char *where), void *ctx)
{
    (void)policy, (void)about, (void)now, (void)on, (void)ctx;
}

size_t policy_team(const struct policy *policy, const char *name, const char *const **ret_people)
{
    (void)policy, (void)name, (void)ret_people;
    return 0;
}

/* There is no access{}. */
const struct access_rules *policy_access(const struct policy *policy)
{
    (void)policy;
    return NULL;
}

bool policy_names_person(const struct policy *policy, const char *id)
{
    (void)policy, (void)id;
    return false;
}

bool access_is_listed(const text_list *words, const struct access_asker *asker)
{
    (void)words, (void)asker;
    return false;
}

enum access access_decide(const struct access_rules *rules, const struct access_asker *asker)
{
    (void)rules, (void)asker;
    return ACCESS_NONE;
}

const char *access_name(enum access role)
{
    return role == ACCESS_APPROVE ? "approve" : "";
}

void text_list_finish(text_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->v[i]);
    array_free(list);
}

/* The catalogue is empty, and nothing is important. */
const struct service *policy_service(const struct policy *policy, const char *name)
{
    (void)policy, (void)name;
    return NULL;
}

const struct service *policy_service_at(const struct policy *policy, size_t i)
{
    (void)policy, (void)i;
    return NULL;
}

void policy_service_reach(const struct policy *policy, const struct service *service, enum reach reach,
                          service_list *ret, size_t *ret_direct)
{
    (void)policy, (void)service, (void)reach, (void)ret, (void)ret_direct;
}

bool service_name_is_valid(const char *name)
{
    return *name != '\0';
}

void policy_importance(const struct policy *policy, const struct incident *incident, instant now,
                       struct importance *ret)
{
    (void)policy, (void)incident, (void)now;
    *ret = (struct importance){0};
}

void importance_finish(struct importance *importance)
{
    (void)importance;
}

uint64_t policy_generation(const struct policy *policy)
{
    (void)policy;
    return 0;
}

bool policy_team_of_rotation(const struct policy *policy, const struct rotation *rotation, size_t i,
                             struct roster_team *ret)
{
    (void)policy, (void)rotation, (void)i, (void)ret;
    return false;
}

const struct roster_user *policy_rotation_group(const struct policy *policy, const struct rotation *rotation,
                                                size_t i)
{
    (void)policy, (void)rotation, (void)i;
    return NULL;
}

const struct rotation *policy_rotation_at(const struct policy *policy, size_t i)
{
    (void)policy, (void)i;
    return NULL;
}

const struct rotation *policy_rotation_named(const struct policy *policy, const char *name)
{
    (void)policy, (void)name;
    return NULL;
}

const struct rotation *policy_rotation(const struct policy *policy, const char *name)
{
    (void)policy, (void)name;
    return NULL;
}

struct approval policy_approval(const struct policy *policy, const struct incident *incident,
                                const char *customer)
{
    (void)policy, (void)incident, (void)customer;
    return (struct approval){.needs = 1};
}

bool policy_unmirrored(const struct policy *policy, const struct incident *incident, const char *connector)
{
    (void)policy, (void)incident, (void)connector;
    return false;
}

/* A test says what the policy says of tickets. */
static struct {
    const char *tracker, *parent; /* parent: the desk that has one; NULL: none */
    bool solve;
} fake_tickets;

const char *policy_tracker(const struct policy *policy, const struct incident *incident)
{
    (void)policy, (void)incident;
    return fake_tickets.tracker;
}

bool policy_has_parent(const struct policy *policy, const struct incident *incident, const char *connector)
{
    (void)policy, (void)incident;
    return text_equal(fake_tickets.parent, connector);
}

bool policy_solves(const struct policy *policy, const struct incident *incident, const char *connector,
                   bool desk)
{
    (void)policy, (void)incident, (void)connector;
    return fake_tickets.solve && desk;
}

bool policy_approval_roles(const struct policy *policy, const struct incident *incident, const char *customer,
                           bool (*has)(void *ctx, const char *role), void *ctx, struct str *missing)
{
    (void)policy, (void)incident, (void)customer, (void)has, (void)ctx, (void)missing;
    return true;
}

void policy_explain(const struct policy *policy, const struct group *group, instant now, struct str *out)
{
    (void)policy, (void)group, (void)now, (void)out;
}

bool policy_storm(const struct policy *policy, size_t i, struct storm_brake *ret)
{
    (void)policy, (void)i, (void)ret;
    return false;
}

void verdict_finish(struct verdict *verdict)
{
    free(verdict->title);
    free(verdict->rule);
    free(verdict->text);
    free(verdict->facts);
    free(verdict->page);
    *verdict = (struct verdict){0};
}

const char *verdict_name(enum verdict_kind kind)
{
    return kind == VERDICT_DECLARE ? "declare" : kind == VERDICT_QUIET ? "quiet" : "none";
}

/* Declares for whatever is new, but for what is called noise. */
void policy_judge(struct policy *policy, const struct group *group, enum group_change change, instant now,
                  struct verdict *ret)
{
    (void)policy, (void)now;
    *ret = (struct verdict){.kind = strstr(group->about.title, "noise") ? VERDICT_QUIET : VERDICT_DECLARE};
    if (change != GROUP_NEW)
        ret->kind = VERDICT_NONE;
    ret->title = xstrdup(group->about.title);
    ret->rule = xstrdup("rules/payments.lua:12");
    ret->text = xstrdup("new error in an important service");
    ret->page = xstrdup("ben");
    ret->facts = xstrdup("{\"count\":1,\"service\":\"checkout\",\"competing\":[{\"name\":\"bots\",\"rule\":"
                         "\"rules/quiet.lua:3\"}]}");
}

void reaction_list_finish(reaction_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        struct reaction *r = &list->v[i];
        free(r->verb);
        free(r->name);
        free(r->text);
        free(r->value);
        free(r->channel);
        free(r->rule);
    }
    array_free(list);
}

void policy_react(struct policy *policy, const struct event *event, const struct incident *incident,
                  instant now, reaction_list *ret)
{
    (void)policy, (void)event, (void)incident, (void)now, (void)ret;
}

void obligation_list_finish(obligation_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free(list->v[i].name);
        free(list->v[i].text);
        free(list->v[i].rule);
    }
    array_free(list);
}

enum post_verdict policy_posting(const struct policy *policy, const struct incident *incident, struct str *why)
{
    (void)policy, (void)incident, (void)why;
    return POSTING_ASK;
}

const char *policy_posting_title(const struct policy *policy, const struct incident *incident)
{
    (void)policy, (void)incident;
    return NULL;
}

/* A major incident owes an update. */
duration policy_update_within(const struct policy *policy, const struct incident *incident)
{
    (void)policy, (void)incident;
    return 0;
}

instant policy_writeup_due(const struct policy *policy, const struct incident *incident)
{
    (void)policy, (void)incident;
    return 0;
}

void policy_obligations(struct policy *policy, const struct incident *incident, instant now,
                        obligation_list *ret)
{
    (void)policy, (void)now;
    if (!text_equal(incident->severity, "major") || !status_is_active(incident->status))
        return;
    struct obligation *update = array_add(ret);
    update->name = xstrdup("update");
    update->text = xstrdup("an update to everybody");
    update->rule = xstrdup("policy.lua:7");
    update->due = MAX(incident->entries.v[0].at, incident->activity.updated_at) + 30 * MINUTE;
}

void policy_missed(struct policy *policy, const char *obligation, const struct incident *incident, instant now,
                   reaction_list *ret)
{
    (void)policy, (void)obligation, (void)incident, (void)now, (void)ret;
}

bool policy_has_command(const struct policy *policy, const char *name, const char **ret_help)
{
    (void)policy;
    *ret_help = "roll a release back";
    return strcmp(name, "rollback") == 0;
}

void policy_each_command(const struct policy *policy, void (*on)(void *ctx, const char *name, const char *help),
                         void *ctx)
{
    (void)policy;
    on(ctx, "rollback", "roll a release back");
}

int policy_run_command(struct policy *policy, const char *name, const char *arguments, const char *person,
                       const struct incident *incident, instant now, reaction_list *ret, struct error *err)
{
    (void)err, (void)policy, (void)name, (void)now;
    struct reaction *reply = array_add(ret);
    reply->kind = REACTION_REPLY;
    reply->text = xasprintf("rolling back to %s for %s", arguments, person ? person : "nobody");
    if (!incident)
        return 0;
    struct reaction *note = array_add(ret);
    note->kind = REACTION_COMMAND;
    note->incident = incident->id;
    note->verb = xstrdup("note");
    note->text = xasprintf("rollback to %s", arguments);
    return 0;
}

void policy_rules(const struct policy *policy, struct str *out)
{
    (void)policy;
    str_add(out, "[{\"name\":\"new errors\",\"rule\":\"rules/payments.lua:12\",\"summary\":\"in payments\","
                 "\"verdict\":\"declare\",\"fired\":1},{\"name\":\"bots\",\"rule\":\"rules/quiet.lua:3\","
                 "\"summary\":\"crawlers\",\"verdict\":\"quiet\",\"fired\":20}]");
}

const char *policy_escalation_name(const struct policy *policy, const char *target)
{
    (void)policy, (void)target;
    return NULL;
}

const struct escalation *policy_escalation(const struct policy *policy, const char *name,
                                           const struct escalation_about *about)
{
    (void)policy, (void)name, (void)about;
    return NULL;
}

size_t policy_ways(const struct policy *policy, const char *person, const char *severity,
                   struct roster_way *ret, size_t most)
{
    (void)policy, (void)person, (void)severity, (void)ret, (void)most;
    return 0;
}

instant policy_quiet_until(const struct policy *policy, const char *person, const char *escalation,
                           const struct escalation_about *about)
{
    (void)policy, (void)person, (void)escalation, (void)about;
    return 0;
}

#endif
