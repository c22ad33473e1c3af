#include "app/status/fields.h"

#include <string.h>

#include "comms/alone.h"
#include "policy/messages.h"
#include "public/names.h"

void fields_states(struct view *view, const char *list)
{
    for (int state = 0; state < PUBLIC_STATES; state++) {
        struct view *item = view_item(view, list);
        view_text(item, "state_name", public_state_name((enum public_state)state));
        view_text(item, "state_title", public_state_title((enum public_state)state));
    }
}

void fields_statuses(struct view *view, enum public_status chosen)
{
    for (int status = 0; status < PUBLIC_STATUSES; status++) {
        if (public_status_is_maintenance((enum public_status)status))
            continue;
        struct view *item = view_item(view, "statuses");
        view_text(item, "status_name", public_status_name((enum public_status)status));
        view_text(item, "status_title", public_status_title((enum public_status)status));
        view_flag(item, "chosen", (int)chosen == status);
    }
}

/* Nothing fills a placeholder of one that belongs to no incident. */
static bool stands_alone(const struct visit *visit, const char *name)
{
    CLEANUP_STR struct str text = {0};
    const struct policy *policy = core_policy(visit->core);
    const char *language = policy_message_language(policy, name, 0);
    return policy_message_text(policy, name, language, comms_alone(visit->core), visit->now, &text, NULL) ==
               0 &&
           !strstr(str_text(&text), MESSAGE_CUSTOMER);
}

void fields_messages(const struct visit *visit, struct view *view)
{
    struct policy_message message;
    bool any = false;
    for (size_t i = 0; policy_message(core_policy(visit->core), i, &message); i++) {
        if (!stands_alone(visit, message.name))
            continue;
        struct view *item = view_item(view, "messages");
        view_text(item, "message", message.name);
        view_text(item, "message_when", message.when);
        any = true;
    }
    view_flag(view, "any_messages", any);
}

void fields_typed(struct visit *visit, struct view *view)
{
    static const char *const names[] = {"title", "words", "component", "next", "when", "more", "reason"};
    const char *form =
        http_method(visit->request) == HTTP_POST && visit->refused ? visit_field(visit, "form") : NULL;
    if (text_empty(form))
        return;
    CLEANUP_FREE char *flag = xasprintf("typed_%s", form);
    view_flag(view, flag, true);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        CLEANUP_FREE char *name = xasprintf("%s_%s", form, names[i]);
        view_text(view, name, visit_field(visit, names[i]));
    }
}

void fields_of_post(struct view *view, const struct post *post, const char *text)
{
    bool maintenance = public_status_is_maintenance(post->status);
    CLEANUP_STR struct str components = {0};
    for (size_t i = 0; i < post->components.n; i++) {
        const struct post_component *component = &post->components.v[i];
        str_addf(&components, "%s%s%s%s", i ? "\n" : "", component->name, maintenance ? "" : "=",
                 maintenance ? "" : public_state_name(component->after));
    }
    view_text(view, "redraft_title", post->title);
    view_text(view, "redraft_words", text);
    view_text(view, "redraft_component", str_text(&components));
    view_flag(view, "is_maintenance", maintenance);
}
