/* The customers of an incident, and what they are told. */
#include "engine/fold.h"

#include <stdlib.h>
#include <string.h>

static void unspare(struct incident *incident, const char *customer)
{
    for (size_t i = incident->affected.spared.n; i-- > 0;) {
        if (!text_equal_nocase(incident->affected.spared.v[i], customer))
            continue;
        free(incident->affected.spared.v[i]);
        array_remove(&incident->affected.spared, i);
    }
}

void fold_customer(struct incident *incident, const struct event *event)
{
    unspare(incident, event->name);
    for (size_t i = 0; i < incident->affected.customers.n; i++) {
        struct state_customer *customer = &incident->affected.customers.v[i];
        if (strcmp(customer->key, event->name) != 0)
            continue;
        customer->count = MAX(customer->count, event->count);
        if (event->text)
            replace_text(&customer->name, event->text);
        return;
    }
    if (incident->affected.customers.n < STATE_CUSTOMERS)
        *array_add(&incident->affected.customers) =
            (struct state_customer){xstrdup(event->name), xstrdup(event->text), event->at, event->count};
}

void fold_customers(struct incident *incident, const struct event *event)
{
    incident->affected.total = event->count;
    incident->affected.estimated = event->flag;
}

void fold_unaffected(struct incident *incident, const struct event *event)
{
    for (size_t i = incident->affected.customers.n; i-- > 0;) {
        struct state_customer *customer = &incident->affected.customers.v[i];
        if (!text_equal_nocase(customer->key, event->name))
            continue;
        free(customer->key);
        free(customer->name);
        array_remove(&incident->affected.customers, i);
    }
    unspare(incident, event->name);
    if (incident->affected.spared.n < STATE_CUSTOMERS)
        *array_add(&incident->affected.spared) = xstrdup(event->name);
}

/* What was said of a version does not hold for the next one. */
static void forget_version(struct state_draft *draft)
{
    replace_text(&draft->edited_by, NULL);
    replace_text(&draft->before, NULL);
    replace_text(&draft->agent, NULL);
    replace_text(&draft->endorsed, NULL);
    replace_text(&draft->rejected, NULL);
    replace_text(&draft->languages, NULL);
}

/* The oldest settled draft that is not being sent makes room; decide sees to it that there is one. */
static void forget_draft(struct incident *incident)
{
    size_t i = 0;
    while (i < incident->comms.drafts.n &&
           (incident->comms.drafts.v[i].state == DRAFT_WAITING || draft_left(&incident->comms.drafts.v[i]) > 0))
        i++;
    if (i == incident->comms.drafts.n)
        return;
    struct state_draft *draft = &incident->comms.drafts.v[i];
    for (size_t k = incident->comms.draft_cards.n; k-- > 0;) {
        struct state_draft_card *card = &incident->comms.draft_cards.v[k];
        if (card->draft != draft->number)
            continue;
        free(card->connector);
        free(card->channel);
        free(card->message);
        array_remove(&incident->comms.draft_cards, k);
    }
    free(draft->customer);
    free(draft->text);
    free(draft->by);
    free(draft->settled_by);
    free(draft->post);
    forget_version(draft);
    array_remove(&incident->comms.drafts, i);
}

void fold_drafted(struct incident *incident, const struct event *event)
{
    if (incident->comms.drafts.n >= STATE_DRAFTS)
        forget_draft(incident);
    *array_add(&incident->comms.drafts) = (struct state_draft){.customer = xstrdup(event->name),
                                                               .text = xstrdup(event->text),
                                                               .by = xstrdup(event->by),
                                                               .agent = xstrdup(event->agent),
                                                               .languages = xstrdup(event->data),
                                                               .post = xstrdup(event->value),
                                                               .number = event->count,
                                                               .version = 1,
                                                               .state = DRAFT_WAITING};
    incident->comms.drafted = MAX(incident->comms.drafted, event->count);
    fold_spoke(incident, event);
}

void fold_draft_card(struct incident *incident, const struct event *event)
{
    *array_add(&incident->comms.draft_cards) = (struct state_draft_card){
        xstrdup(event->name), xstrdup(event->value), xstrdup(event->text), event->count};
}

static struct state_draft *draft_of(struct incident *incident, const struct event *event)
{
    return (struct state_draft *)(uintptr_t)incident_draft(incident, event->count);
}

void fold_draft_edited(struct incident *incident, const struct event *event)
{
    struct state_draft *draft = draft_of(incident, event);
    if (!draft)
        return;
    forget_version(draft);
    draft->before = draft->text;
    draft->text = xstrdup(event->text);
    draft->edited_by = xstrdup(event->by);
    draft->agent = xstrdup(event->agent);
    if (event->value)
        replace_text(&draft->post, event->value);
    draft->edited_at = event->at;
    draft->one_for_all = event->flag;
    draft->version++;
    fold_spoke(incident, event);
}

void fold_endorsed(struct incident *incident, const struct event *event)
{
    struct state_draft *draft = draft_of(incident, event);
    if (!draft)
        return;
    char *all = draft->endorsed ? xasprintf("%s\n%s", draft->endorsed, event->by) : xstrdup(event->by);
    free(draft->endorsed);
    draft->endorsed = all;
    fold_spoke(incident, event);
}

void fold_rejected(struct incident *incident, const struct event *event)
{
    struct state_draft *draft = draft_of(incident, event);
    if (!draft)
        return;
    replace_text(&draft->endorsed, NULL);
    replace_text(&draft->rejected, event->text);
    fold_spoke(incident, event);
}

void fold_settled(struct incident *incident, const struct event *event)
{
    struct state_draft *draft = draft_of(incident, event);
    if (!draft)
        return;
    draft->state = event->type == EVENT_APPROVED ? DRAFT_APPROVED : DRAFT_DISCARDED;
    replace_text(&draft->settled_by, event->by);
    fold_spoke(incident, event);
}

/* ---- who it reaches ---- */

static void take_off(struct state_reach *reach, const char *standing)
{
    int64_t *counted = text_equal(standing, "failed")      ? &reach->failed
                       : text_equal(standing, "bounced")   ? &reach->bounced
                       : text_equal(standing, "unwished")  ? &reach->unwished
                       : text_equal(standing, "withdrawn") ? &reach->withdrawn
                                                           : NULL;
    if (counted && *counted > 0)
        --*counted;
}

/* A customer was told: that is an update. */
void fold_told(struct incident *incident, const struct event *event)
{
    struct state_draft *draft = event->count ? draft_of(incident, event) : NULL;
    incident->activity.updated_at = event->at;
    if (event->flag) /* an older journal's states do not know it */
        incident->activity.told_at = event->at;
    if (event->until && !incident->activity.told_first)
        incident->activity.told_first = event->at;
    if (event->until)
        incident->activity.silence = MAX(incident->activity.silence, event->at - event->until);
    if (!draft || !draft->reach.recipients)
        return;
    take_off(&draft->reach, event->text);
    draft->reach.told++;
}

void fold_sending(struct incident *incident, const struct event *event)
{
    struct state_draft *draft = draft_of(incident, event);
    if (draft)
        draft->reach.recipients = strtoll(event->value, NULL, 10);
}

void fold_untold(struct incident *incident, const struct event *event)
{
    struct state_draft *draft = draft_of(incident, event);
    if (draft)
        ++*(event->flag ? &draft->reach.unwished : &draft->reach.failed);
}

void fold_bounced(struct incident *incident, const struct event *event)
{
    struct state_draft *draft = draft_of(incident, event);
    if (event->until)
        incident->activity.told_first = incident->activity.told_at = 0;
    if (!draft)
        return;
    draft->reach.told--;
    draft->reach.bounced += !event->flag;
}

void fold_stopped(struct incident *incident, const struct event *event)
{
    struct state_draft *draft = draft_of(incident, event);
    if (draft)
        draft->reach.stopped = 1;
}

void fold_withdrawn(struct incident *incident, const struct event *event)
{
    struct state_draft *draft = draft_of(incident, event);
    if (draft)
        draft->reach.withdrawn += strtoll(event->value, NULL, 10);
}

void fold_post_suggested(struct incident *incident, const struct event *event)
{
    (void)event;
    incident->comms.suggested = true;
}

void fold_post_promised(struct incident *incident, const struct event *event)
{
    incident->comms.next_word = event->until;
}

void fold_post_overdue(struct incident *incident, const struct event *event)
{
    (void)event;
    incident->comms.next_word = 0;
}

void fold_crowded(struct incident *incident, const struct event *event)
{
    incident->comms.crowded = event->flag;
}

void fold_replied(struct incident *incident, const struct event *event)
{
    if (event->flag && !incident->activity.wrote_first)
        incident->activity.wrote_first = event->at;
    struct state_draft *draft = event->count ? draft_of(incident, event) : NULL;
    if (draft)
        draft->reach.answered++;
}
