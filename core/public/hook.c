#include "public/hook.h"

#include <inttypes.h>

#include "public/api.h"
#include "public/names.h"
#include "public/rollup.h"

static void put_meta(struct json_out *j, const struct public_page *page, const struct hook_meta *meta)
{
    json_key(j, "meta");
    json_begin_object(j);
    json_put_text(j, "unsubscribe", meta->unsubscribe);
    json_put_text(j, "documentation", "https://www.standardwebhooks.com");
    json_put_text_if(j, "confirm", meta->confirm);
    public_api_put_time(j, page, "generated_at", meta->at);
    json_end_object(j);
}

static void put_page(struct json_out *j, const struct public_page *page)
{
    struct public_rollup rollup = public_rollup(page);
    json_key(j, "page");
    json_begin_object(j);
    json_put_text(j, "id", page->id);
    json_put_text(j, "status_indicator", public_impact_name(rollup.indicator));
    json_put_text(j, "status_description", rollup.description);
    json_end_object(j);
}

/* As the first version of the API has it, with members that here always say the same. */
static void put_incident(struct json_out *j, const struct public_page *page, const struct public_post *post)
{
    static const char *const nothing[] = {"impact_override", "postmortem_body",
                                          "postmortem_body_last_updated_at", "postmortem_published_at"};
    static const char *const never[] = {"backfilled", "postmortem_ignored", "postmortem_notified_subscribers",
                                        "postmortem_notified_twitter"};
    bool maintenance = public_status_is_maintenance(post->status);
    json_key(j, "incident");
    json_begin_object(j);
    public_api_put_post(j, page, post);
    if (!maintenance) {
        json_put_text(j, "scheduled_for", NULL);
        json_put_text(j, "scheduled_until", NULL);
    }
    json_put_bool(j, "scheduled_auto_in_progress", maintenance);
    json_put_bool(j, "scheduled_auto_completed", maintenance);
    json_put_bool(j, "scheduled_remind_prior", false);
    for (size_t i = 0; i < ARRAY_SIZE(nothing); i++)
        json_put_text(j, nothing[i], NULL);
    for (size_t i = 0; i < ARRAY_SIZE(never); i++)
        json_put_bool(j, never[i], false);
    json_end_object(j);
}

static void put_update(struct json_out *j, const struct public_page *page, const struct hook_component *hook,
                       instant at)
{
    CLEANUP_FREE char *name = xasprintf("%s.%" PRId64, hook->component->id, at);
    char id[PUBLIC_ID];
    public_id("component_update", name, id);
    json_key(j, "component_update");
    json_begin_object(j);
    public_api_put_time(j, page, "created_at", at);
    json_put_text(j, "new_status", public_state_name(hook->after));
    json_put_text(j, "old_status", public_state_name(hook->before));
    json_put_text(j, "id", id);
    json_put_text(j, "component_id", hook->component->id);
    json_end_object(j);
    json_key(j, "component");
    json_begin_object(j);
    public_api_put_time(j, page, "created_at", hook->component->created);
    json_put_text(j, "id", hook->component->id);
    json_put_text(j, "name", hook->component->name);
    json_put_text(j, "status", public_state_name(hook->after));
    json_end_object(j);
}

void hook_write(const struct public_page *page, const struct hook_meta *meta, const struct public_post *post,
                const struct hook_component *component, struct json_out *j)
{
    json_begin_object(j);
    put_meta(j, page, meta);
    put_page(j, page);
    if (post)
        put_incident(j, page, post);
    if (component)
        put_update(j, page, component, meta->at);
    json_end_object(j);
}
