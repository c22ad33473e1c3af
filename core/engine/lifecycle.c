#include "engine/lifecycle.h"

#include <strings.h>

#include "base/mem.h"

#define IN(status) (1u << STATUS_##status)
#define ACTIVE     (IN(INVESTIGATING) | IN(FIXING) | IN(MONITORING))
#define OPEN       (IN(TRIAGE) | ACTIVE | IN(PAUSED))

static const struct {
    const char *name, *phrase;
} statuses[STATUS_COUNT] = {
    [STATUS_NONE] = {"none", "not declared"},
    [STATUS_TRIAGE] = {"triage", "in triage"},
    [STATUS_INVESTIGATING] = {"investigating", "being investigated"},
    [STATUS_FIXING] = {"fixing", "being fixed"},
    [STATUS_MONITORING] = {"monitoring", "being monitored"},
    [STATUS_PAUSED] = {"paused", "paused"},
    [STATUS_TICKETED] = {"ticketed", "tracked in a ticket"},
    [STATUS_RESOLVED] = {"resolved", "resolved"},
    [STATUS_CLOSED] = {"closed", "closed"},
    [STATUS_DECLINED] = {"declined", "declined"},
    [STATUS_MERGED] = {"merged", "merged into another incident"},
};

/* A pause needs a reason and a time, so that no incident is silently forgotten. */
static const struct transition table[] = {
    {"accept", IN(TRIAGE), STATUS_INVESTIGATING, 0, "accepted"},
    {"investigate", IN(FIXING) | IN(MONITORING), STATUS_INVESTIGATING, 0, "went back to investigating"},
    {"fix", IN(INVESTIGATING) | IN(MONITORING), STATUS_FIXING, 0, "started fixing"},
    {"monitor", IN(INVESTIGATING) | IN(FIXING), STATUS_MONITORING, 0, "started monitoring"},
    {"resolve", ACTIVE | IN(PAUSED) | IN(TICKETED), STATUS_RESOLVED, 0, "resolved"},
    {"pause", ACTIVE, STATUS_PAUSED, NEED_REASON | NEED_UNTIL, "paused"},
    {"resume", IN(PAUSED), STATUS_NONE, 0, "resumed"},
    {"resume", IN(TICKETED), STATUS_INVESTIGATING, 0, "resumed"},
    {"ticket", IN(TRIAGE) | ACTIVE | IN(PAUSED), STATUS_TICKETED, NEED_LINK, "ticketed"},
    {"decline", OPEN, STATUS_DECLINED, 0, "declined"},
    {"merge", OPEN, STATUS_MERGED, NEED_INCIDENT, "merged"},
    {"dissent", IN(PAUSED) | IN(DECLINED), STATUS_INVESTIGATING, NEED_REASON, "disagreed and reopened"},
    {"reopen", IN(RESOLVED) | IN(CLOSED) | IN(DECLINED) | IN(TICKETED), STATUS_INVESTIGATING, 0, "reopened"},
    {"close", IN(RESOLVED) | IN(TICKETED), STATUS_CLOSED, 0, "closed"},
    {"unmerge", 0, STATUS_NONE, 0, "unmerged"}, /* decided by decide_unmerge: it takes more than a status */
};

const char *status_name(enum status status)
{
    return statuses[(unsigned)status < STATUS_COUNT ? status : STATUS_NONE].name;
}

const char *status_phrase(enum status status)
{
    return statuses[(unsigned)status < STATUS_COUNT ? status : STATUS_NONE].phrase;
}

enum status status_parse(const char *name)
{
    for (int s = STATUS_TRIAGE; name && s < STATUS_COUNT; s++) {
        if (strcasecmp(name, statuses[s].name) == 0)
            return (enum status)s;
    }
    return STATUS_NONE;
}

bool status_is_active(enum status status)
{
    return (1u << status) & ACTIVE;
}

bool status_is_open(enum status status)
{
    return (1u << status) & OPEN;
}

bool status_is_counted(enum status status)
{
    return status != STATUS_DECLINED && status != STATUS_MERGED;
}

const struct transition *transition_find(enum status from, const char *verb, bool *ret_known)
{
    const struct transition *found = NULL;
    *ret_known = false;
    for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
        if (!text_equal(table[i].verb, verb))
            continue;
        *ret_known = true;
        if (table[i].from & (1u << from))
            found = &table[i];
    }
    return found;
}

const struct transition *transition_to(enum status from, enum status to)
{
    for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
        if (table[i].to == to && (table[i].from & (1u << from)))
            return &table[i];
    }
    return NULL;
}

const struct transition *transition_table(unsigned *ret_count)
{
    *ret_count = ARRAY_SIZE(table);
    return table;
}

const char *verb_past(const char *verb)
{
    for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
        if (text_equal(table[i].verb, verb))
            return table[i].past;
    }
    return text_equal(verb, "ack") ? "acknowledged" : NULL;
}

void transitions_possible(enum status from, struct str *out)
{
    const char *verbs[ARRAY_SIZE(table) + 1] = {NULL};
    size_t n = 0;
    for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
        if (table[i].from & (1u << from))
            verbs[n++] = table[i].verb;
    }
    str_add(out, "Possible now: ");
    str_add_list(out, verbs, "or");
    str_add(out, n ? "." : "nothing more.");
}
