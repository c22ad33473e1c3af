#include "web/api_errors.h"

#include <string.h>

#include "base/mem.h"
#include "intake/arena.h"
#include "intake/evidence.h"
#include "sight/sight.h"
#include "triage/triage.h"

#define ERRORS_MOST 10

static void put(struct json_out *j, const char *key, const char *text)
{
    json_put_text_if(j, key, *text ? text : NULL);
}

static void put_pair(struct json_out *j, const char *key, const char *first, const char *a, const char *second,
                     const char *b)
{
    if (!*a && !*b)
        return;
    json_key(j, key);
    json_begin_object(j);
    put(j, first, a);
    put(j, second, b);
    json_end_object(j);
}

static void put_tags(struct json_out *j, const struct alert *alert)
{
    json_key(j, "tags");
    json_begin_object(j);
    for (size_t i = 0; i < alert->n_tags; i++)
        json_put_text(j, alert->tags[i].key, alert->tags[i].value);
    json_end_object(j);
}

static void put_sample(struct json_out *j, const struct alert *alert, struct arena *arena)
{
    static const struct evidence_limits all = {EVIDENCE_URL, EVIDENCE_FRAMES, EVIDENCE_CAUSES, EVIDENCE_CRUMBS,
                                               EVIDENCE_LINKS};
    struct evidence evidence;
    char at[INSTANT_TEXT];
    json_put_text(j, "at", instant_format(alert->at, at));
    json_put_text(j, "level", alert_level_name(alert->level));
    put(j, "type", alert->about.type);
    put(j, "value", alert->exception_value);
    put(j, "message", alert->message);
    put(j, "details", alert->details);
    put(j, "culprit", alert->about.culprit);
    put(j, "service", alert->about.service);
    put(j, "environment", alert->about.environment);
    put(j, "release", alert->about.release);
    put(j, "host", alert->host);
    put(j, "url", alert->about.url);
    put_pair(j, "user", "id", alert->who.user, "email", alert->who.user_email);
    put_pair(j, "customer", "key", alert->who.customer, "name", alert->who.customer_name);
    put_tags(j, alert);
    evidence_read(alert, arena, &evidence);
    evidence_encode(&evidence, &all, j);
}

/* What the incident's own state says of the group, and its sample for those who may see the group. */
static void put_error(struct core *core, const struct state_alert *shown, const char *viewer, instant now,
                      struct json_out *j)
{
    struct arena arena = {0};
    struct alert alert;
    const struct group *group = triage_group(core, shown->fingerprint, now);
    bool sees = group && sight_group_visible(core, group, viewer);
    json_begin_object(j);
    json_put_text(j, "fingerprint", shown->fingerprint);
    json_put_text(j, "title", shown->title);
    json_put_int(j, "count", sees ? MAX(group->tally.count, shown->count) : shown->count);
    json_put_bool(j, "resolved", shown->resolved);
    if (sees && triage_sample(core, shown->fingerprint, &arena, &alert))
        put_sample(j, &alert, &arena);
    json_end_object(j);
    arena_finish(&arena);
}

void api_put_errors(struct core *core, const struct incident *incident, const char *viewer, instant now,
                    struct json_out *j)
{
    json_key(j, "errors");
    json_begin_array(j);
    for (size_t i = 0; i < incident->affected.alerts.n && i < ERRORS_MOST; i++)
        put_error(core, &incident->affected.alerts.v[i], viewer, now, j);
    json_end_array(j);
}
