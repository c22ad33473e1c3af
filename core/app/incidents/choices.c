#include "app/incidents/choices.h"

#include "policy/roster.h"
#include "policy/services.h"
#include "turn/core.h"

void choice_add(struct view *view, const char *list, const char *value, const char *label, const char *chosen)
{
    struct view *item = view_item(view, list);
    view_text(item, "value", value);
    view_text(item, "label", label ? label : value);
    view_flag(item, "chosen", text_equal_nocase(value, chosen));
}

/* The i-th name that the policy has; NULL: no more. */
typedef const char *name_at(const struct policy *policy, size_t i);

static const char *severity_at(const struct policy *policy, size_t i)
{
    return policy_rulebook(policy)->severities[i];
}

static const char *team_at(const struct policy *policy, size_t i)
{
    struct roster_team team;
    return policy_team_at(policy, i, &team) ? team.name : NULL;
}

static const char *service_at(const struct policy *policy, size_t i)
{
    const struct service *service = policy_service_at(policy, i);
    return service ? service->name : NULL;
}

static const struct {
    const char *list, *parameter;
    name_at *at;
} lists[] = {[CHOICE_SEVERITIES] = {"severities", "severity", severity_at},
             [CHOICE_TEAMS] = {"teams", "team", team_at},
             [CHOICE_SERVICES] = {"services", "service", service_at}};

void choices_add(const struct visit *visit, enum choice which, const char *chosen, struct view *view)
{
    bool known = text_empty(chosen);
    const char *name;
    for (size_t i = 0; (name = lists[which].at(core_policy(visit->core), i)); i++) {
        known |= text_equal_nocase(name, chosen);
        choice_add(view, lists[which].list, name, NULL, chosen);
    }
    if (!known)
        choice_add(view, lists[which].list, chosen, NULL, chosen);
}

void choices_filter(const struct visit *visit, struct view *view)
{
    static const char *const kept[] = {"severity", "team", "service", "status", "mine", "sort", "q"};
    CLEANUP_STR struct str filter = {0};
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
        choices_add(visit, (enum choice)i, visit_query(visit, lists[i].parameter), view);
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
        const char *value = visit_query(visit, kept[i]);
        if (!value)
            continue;
        str_addf(&filter, "%s=", kept[i]);
        query_add(&filter, value);
        str_add(&filter, "&amp;");
    }
    view_html(view, "filter", str_text(&filter));
}
