#include "policy/access.h"

#include <string.h>
#include <strings.h>

#include "policy/set.h"

#define EVERYBODY "everybody"
#define GROUP     "group:"
#define TOKEN     "token:"

static bool is_called(const struct access_asker *asker, const char *word)
{
    for (size_t i = 0; i < asker->name_count; i++) {
        if (text_equal_nocase(asker->names[i], bare_name(word)))
            return true;
    }
    return false;
}

static bool is_meant(const struct access_asker *asker, const char *word)
{
    if (text_starts(word, TOKEN))
        return asker->token && strcmp(asker->token, word + strlen(TOKEN)) == 0;
    if (asker->token)
        return false;
    if (text_starts(word, GROUP))
        return asker->groups && text_list_has(asker->groups, word + strlen(GROUP));
    return strcmp(word, EVERYBODY) == 0 || is_called(asker, word);
}

bool access_is_listed(const text_list *words, const struct access_asker *asker)
{
    for (size_t i = 0; i < words->n; i++) {
        if (is_meant(asker, words->v[i]))
            return true;
    }
    return false;
}

enum access access_decide(const struct access_rules *rules, const struct access_asker *asker)
{
    for (int role = ACCESS_ADMINISTER; role > ACCESS_NONE; role--) {
        if (access_is_listed(&rules->roles[role], asker))
            return (enum access)role;
    }
    return asker->token ? ACCESS_ADMINISTER : ACCESS_NONE;
}

static bool is_named(const text_list *words, const char *id)
{
    const struct access_asker asker = {.names = &id, .name_count = 1};
    for (size_t i = 0; i < words->n; i++) {
        if (is_called(&asker, words->v[i]))
            return true;
    }
    return false;
}

bool policy_names_person(const struct policy *policy, const char *id)
{
    const struct set_status *status = &policy->set->comms.status;
    bool named = false;
    for (int role = ACCESS_SEE; role <= ACCESS_ADMINISTER; role++)
        named |= is_named(&policy->set->roster.access.roles[role], id);
    for (size_t i = 0; i < status->pages.n; i++)
        named |= is_named(&status->pages.v[i].readers, id);
    return named;
}

const struct access_rules *policy_access(const struct policy *policy)
{
    const struct access_rules *rules = &policy->set->roster.access;
    return rules->where ? rules : NULL;
}

const char *access_name(enum access role)
{
    static const char *const names[] = {[ACCESS_NONE] = "nothing",
                                        [ACCESS_SEE] = "see",
                                        [ACCESS_ACT] = "act",
                                        [ACCESS_APPROVE] = "approve",
                                        [ACCESS_ADMINISTER] = "administer"};
    return names[role];
}
