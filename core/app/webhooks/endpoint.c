#include "app/webhooks/endpoint.h"

static void add_events(const cJSON *events, struct view *view)
{
    CLEANUP_STR struct str names = {0};
    const cJSON *one;
    cJSON_ArrayForEach(one, events)
    {
        str_addf(&names, "%s%s", names.len ? ", " : "", cJSON_GetStringValue(one));
    }
    view_text(view, "events", names.p);
}

void endpoint_add(const struct visit *visit, const struct webhook_endpoint *webhook, struct view *view)
{
    bool disabled = webhook->disabled_at != 0, failing = !disabled && webhook->failing_since;
    view_text(view, "webhook", webhook->name);
    view_text(view, "host", webhook->host);
    view_flag(view, "private", webhook->private);
    view_flag(view, "disabled", disabled);
    view_flag(view, "well", !disabled && !failing);
    view_text(view, "state",
              disabled            ? "disabled"
              : failing           ? "failing"
              : webhook->taken_at ? "well"
                                  : "nothing taken yet");
    view_time(view, "since", disabled ? webhook->disabled_at : failing ? webhook->failing_since : 0, visit);
    view_text(view, "why", webhook->why);
    view_time(view, "taken", webhook->taken_at, visit);
    view_textf(view, "waiting", "%zu", webhook->waiting);
    view_textf(view, "not_taken", "%zu", webhook->failed);
    add_events(webhook->events, view);
}
