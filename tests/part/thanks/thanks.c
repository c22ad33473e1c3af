#include "thanks/thanks.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/map.h"
#include "people/people.h"
#include "rooms/rooms.h"

#define ASK_AFTER (10 * MINUTE) /* after this long in monitoring without thanks */

struct thanks {
    struct map counts; /* "INC-42" -> the number of thanks, as a pointer */
};

static struct thanks *thanks_of(const struct core *core)
{
    return part_state(core, "thanks");
}

static int64_t count_of(const struct core *core, uint64_t incident)
{
    char name[INCIDENT_NAME];
    return (intptr_t)map_get(&thanks_of(core)->counts, incident_name(incident, name));
}

int thanks_give(const struct call *call, struct error *err)
{
    struct command command = {.verb = "thank", .by = call->by, .value = call->arguments[0]};
    if (text_equal(call->person, call->arguments[0]))
        return error_set(err, ERR_REFUSED, "Thank somebody else: `thank @ana`.");
    int rc = turn_do(call->turn, call->incident->id, &command, NULL, err);
    if (!rc)
        str_addf(call->answer, "Thank you, %s.", people_name(turn_core(call->turn), call->arguments[0]));
    return rc;
}

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    char name[INCIDENT_NAME];
    struct core *core = turn_core(turn);
    if (event->type != EVENT_THANKED)
        return;
    int64_t count = count_of(core, incident->id) + 1;
    CLEANUP_FREE char *body = xasprintf("%" PRId64, count);
    map_put(&thanks_of(core)->counts, incident_name(incident->id, name), (void *)(intptr_t)count);
    batch_doc(turn_batch(turn), DOC_THANKS, name, body);
}

static void deadlines(struct core *core, const struct incident *incident)
{
    if (incident->status == STATUS_MONITORING && !count_of(core, incident->id))
        live_due(core, "thanks", incident->id, "ask", incident_last(incident, STATUS_MONITORING) + ASK_AFTER);
}

static void passed(struct turn *turn, uint64_t incident, const char *name, instant due)
{
    CLEANUP_FREE char *key = turn_key_as(turn, name);
    (void)due;
    rooms_say_incident(turn, incident, key, NULL, "Who helped? `thank @ana`");
}

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    map_put(&((struct thanks *)ctx)->counts, doc->key, (void *)(intptr_t)strtoll(doc->body, NULL, 10));
    return true;
}

static int load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_THANKS}, load_one, thanks_of(core),
                        err);
}

static void unload(struct core *core)
{
    map_finish(&thanks_of(core)->counts);
    *thanks_of(core) = (struct thanks){0};
}

static void card(struct core *core, const struct incident *incident, const struct card_context *context,
                 struct json_out *fields)
{
    CLEANUP_FREE char *text = xasprintf("%" PRId64, count_of(core, incident->id));
    (void)context;
    card_field(fields, "thanks", count_of(core, incident->id) ? text : NULL);
}

static void api(struct core *core, const struct incident *incident, const char *viewer, struct json_out *object)
{
    (void)viewer;
    json_put_int(object, "thanks", count_of(core, incident->id));
}

const struct part thanks_part = {
    .name = "thanks",
    .state_size = sizeof(struct thanks),
    .load = load,
    .unload = unload,
    .follow = follow,
    .deadlines = deadlines,
    .passed = passed,
    .card.fields = card,
    .api = api,
};
