/* Is the incident important? Why it is, or is not, criterion by criterion. */
#include "base/markup.h"
#include "command/handlers.h"
#include "policy/importance.h"

int run_important(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    struct importance importance;
    CLEANUP_STR struct str text = {0};
    (void)err;
    policy_importance(core_policy(request->core), request->incident, request->now, &importance);
    for (size_t i = 0; i < IMPORTANT_CRITERIA; i++) {
        const struct criterion *criterion = &importance.criteria[i];
        str_markup(&text, "- **%s**: %s. %s.\n", criterion->name, criterion->holds ? "yes" : "no",
                   criterion->words);
    }
    CLEANUP_FREE char *title = xasprintf("%s is %simportant", request_incident_name(request, name),
                                         importance.important ? "" : "not ");
    answer_titled(request, title, importance.important ? "alarm" : "info", text.p);
    importance_finish(&importance);
    return 0;
}
