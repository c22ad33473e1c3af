#include "comms/alone.h"

#include <string.h>

#include "comms/inside.h"
#include "engine/fold.h"

#define KEY "waiting" /* of their document */

void comms_publish_with(struct core *core, const struct comms_publisher *publisher)
{
    comms_of(core)->publisher = publisher;
}

const struct incident *comms_alone(const struct core *core)
{
    return comms_of(core)->alone;
}

/* ---- the document ---- */

static void write(struct turn *turn)
{
    const struct incident *alone = comms_alone(turn_core(turn));
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_int(&j, "drafted", alone->comms.drafted);
    incident_encode_drafts(alone, &j);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_POST_DRAFTS, KEY, str_text(&body));
}

static bool load(void *ctx, const struct journal_doc *doc)
{
    struct comms *comms = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "drafts", &json, NULL))
        return true;
    comms->alone->comms.drafted = json_int_or(json, "drafted", 0);
    incident_decode_drafts(json, comms->alone);
    return true;
}

int alone_load(struct core *core, struct error *err)
{
    comms_of(core)->alone = incident_create(0);
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_POST_DRAFTS}, load, comms_of(core),
                        err);
}

void alone_finish(struct comms *comms)
{
    incident_destroy(comms->alone);
    comms->alone = NULL;
}

/* ---- what happens to them ---- */

static void tell(struct turn *turn, const struct event *event)
{
    struct event told = {.type = EVENT_POST_DRAFT,
                         .at = event->at,
                         .by = xstrdup(event->by),
                         .count = event->count,
                         .name = xstrdup(event_kind(event->type)->name),
                         .text = xstrdup(event->text),
                         .value = xstrdup(event->value),
                         .data = xstrdup(event->data)};
    turn_tell(turn, &told);
}

static void take(struct turn *turn, struct event *event)
{
    struct comms *comms = comms_of(turn_core(turn));
    fold(comms->alone, event);
    if (event->type != EVENT_DRAFT_CARD)
        tell(turn, event);
    drafts_follow(turn, event, comms->alone);
    if (event->type == EVENT_APPROVED)
        comms->publisher->publish(turn, event, comms->alone);
}

static int check(struct turn *turn, const event_list *events, struct error *err)
{
    const struct comms *comms = comms_of(turn_core(turn));
    int rc = 0;
    for (size_t i = 0; !rc && i < events->n; i++) {
        if (events->v[i].type == EVENT_APPROVED)
            rc = comms->publisher->check(turn, incident_draft(comms->alone, events->v[i].count), err);
    }
    return rc;
}

static int run(struct turn *turn, const struct command *command, struct error *err)
{
    struct core *core = turn_core(turn);
    event_list events = {0};
    int rc =
        decide(comms_alone(core), 0, command, policy_rulebook(core_policy(core)), turn_now(turn), &events, err);
    rc = rc ? rc : check(turn, &events, err);
    for (size_t i = 0; !rc && i < events.n; i++)
        take(turn, &events.v[i]);
    if (!rc && events.n)
        write(turn);
    event_list_finish(&events);
    return rc;
}

int comms_draft_do(struct turn *turn, uint64_t incident, const struct command *command, struct error *err)
{
    return incident ? turn_do(turn, incident, command, NULL, err) : run(turn, command, err);
}

void alone_outcome(struct turn *turn, const struct action *action, const cJSON *body)
{
    struct command card;
    if (drafts_card(action, ALONE_KEY, body, &card))
        run(turn, &card, NULL);
}
