#include "engine/fold.h"

#include <string.h>

typedef void folder(struct incident *incident, const struct event *event);

static void fold_member(struct incident *incident, const char *person, bool joined)
{
    for (size_t i = 0; i < incident->members.n; i++) {
        if (strcmp(incident->members.v[i], person) != 0)
            continue;
        if (!joined) {
            free(incident->members.v[i]);
            array_remove(&incident->members, i);
        }
        return;
    }
    if (joined && incident->members.n < STATE_MEMBERS)
        *array_add(&incident->members) = xstrdup(person);
}

static void enter(struct incident *incident, enum status status, instant at)
{
    incident->status = status;
    if (incident->entries.n == STATE_ENTRIES)
        incident->entries.n--;
    *array_add(&incident->entries) = (struct state_entry){status, at};
}

static void fold_declared(struct incident *incident, const struct event *event)
{
    replace_text(&incident->title, event->text);
    replace_text(&incident->declared_by, event->by);
    replace_text(&incident->rule, event->rule);
    enter(incident, event->status, event->at);
}

static void fold_status(struct incident *incident, const struct event *event)
{
    bool paused = event->status == STATUS_PAUSED;
    if (paused)
        incident->before = incident->status;
    enter(incident, event->status, event->at);
    if (!paused)
        incident->before = STATUS_NONE;
    replace_text(&incident->pause_reason, paused ? event->text : NULL);
    replace_text(&incident->paused_by, paused ? event->by : NULL);
    incident->pause_until = paused ? event->until : 0;
    if (event->status == STATUS_TICKETED)
        replace_text(&incident->ticket, event->value);
    if (event->status == STATUS_MERGED)
        incident->merged_into = event->other;
    replace_text(&incident->ended_reason, status_is_open(event->status) ? NULL : event->text);
}

static void fold_titled(struct incident *incident, const struct event *event)
{
    replace_text(&incident->title, event->text);
}

static void fold_summarized(struct incident *incident, const struct event *event)
{
    replace_text(&incident->summary, event->text);
}

static void fold_severity(struct incident *incident, const struct event *event)
{
    replace_text(&incident->severity, event->name);
}

static void fold_team(struct incident *incident, const struct event *event)
{
    replace_text(&incident->team, event->name);
}

static void fold_service(struct incident *incident, const struct event *event)
{
    replace_text(&incident->service, event->name);
}

static void fold_private(struct incident *incident, const struct event *event)
{
    incident->private = event->flag;
}

static void fold_drill(struct incident *incident, const struct event *event)
{
    incident->drill = event->flag;
}

static void fold_role(struct incident *incident, const struct event *event)
{
    for (size_t i = 0; i < incident->roles.n; i++) {
        if (strcmp(incident->roles.v[i].role, event->name) != 0)
            continue;
        if (event->value) {
            replace_text(&incident->roles.v[i].person, event->value);
        } else {
            free(incident->roles.v[i].role);
            free(incident->roles.v[i].person);
            array_remove(&incident->roles, i);
        }
        return;
    }
    if (event->value)
        *array_add(&incident->roles) = (struct state_role){xstrdup(event->name), xstrdup(event->value)};
}

static void fold_membership(struct incident *incident, const struct event *event)
{
    fold_member(incident, event->value, event->flag);
}

static void fold_noted(struct incident *incident, const struct event *event)
{
    incident->notes++;
    incident->spoke_at = event->at;
}

static void fold_pinned(struct incident *incident, const struct event *event)
{
    incident->pins++;
    incident->spoke_at = event->at;
}

static void fold_said(struct incident *incident, const struct event *event)
{
    incident->said++;
    if (!text_starts(event->by, BY_APP)) /* what a machine reports is no word of who works on it */
        incident->spoke_at = event->at;
}

static void fold_updated(struct incident *incident, const struct event *event)
{
    incident->updates++;
    incident->spoke_at = incident->updated_at = event->at;
}

static void fold_linked(struct incident *incident, const struct event *event)
{
    if (incident->links.n < STATE_LINKS)
        *array_add(&incident->links) = (struct state_link){xstrdup(event->value), xstrdup(event->text)};
}

static void fold_related(struct incident *incident, const struct event *event)
{
    if (incident->related.n < STATE_RELATED)
        *array_add(&incident->related) = event->other;
}

static void fold_channel(struct incident *incident, const struct event *event)
{
    for (size_t i = 0; i < incident->channels.n; i++) {
        struct state_channel *channel = &incident->channels.v[i];
        if (strcmp(channel->connector, event->name) != 0 || strcmp(channel->channel, event->value) != 0)
            continue;
        if (event->flag) {
            replace_text(&channel->name, event->text ? event->text : channel->name);
        } else {
            free(channel->connector);
            free(channel->channel);
            free(channel->name);
            array_remove(&incident->channels, i);
        }
        return;
    }
    if (event->flag)
        *array_add(&incident->channels) = (struct state_channel){xstrdup(event->name), xstrdup(event->value),
                                                                 xstrdup(event->text), event->count == 1};
}

static void fold_card(struct incident *incident, const struct event *event)
{
    for (size_t i = 0; i < incident->cards.n; i++) {
        struct state_card *card = &incident->cards.v[i];
        if (strcmp(card->connector, event->name) == 0 && strcmp(card->channel, event->value) == 0) {
            replace_text(&card->message, event->text);
            return;
        }
    }
    *array_add(&incident->cards) =
        (struct state_card){xstrdup(event->name), xstrdup(event->value), xstrdup(event->text)};
}

static void fold_customer(struct incident *incident, const struct event *event)
{
    for (size_t i = 0; i < incident->customers.n; i++) {
        struct state_customer *customer = &incident->customers.v[i];
        if (strcmp(customer->key, event->name) != 0)
            continue;
        customer->count = MAX(customer->count, event->count);
        if (event->text)
            replace_text(&customer->name, event->text);
        return;
    }
    if (incident->customers.n < STATE_CUSTOMERS)
        *array_add(&incident->customers) =
            (struct state_customer){xstrdup(event->name), xstrdup(event->text), event->at, event->count};
}

static struct state_alert *find_alert(struct incident *incident, const char *fingerprint)
{
    for (size_t i = 0; i < incident->alerts.n; i++) {
        if (strcmp(incident->alerts.v[i].fingerprint, fingerprint) == 0)
            return &incident->alerts.v[i];
    }
    return NULL;
}

static void fold_alert(struct incident *incident, const struct event *event)
{
    struct state_alert *alert = find_alert(incident, event->value);
    if (!event->flag) {
        if (!alert)
            return;
        free(alert->fingerprint);
        free(alert->title);
        array_remove(&incident->alerts, (size_t)(alert - incident->alerts.v));
    } else if (alert) {
        alert->count = MAX(alert->count, event->count);
        alert->resolved = false;
    } else if (incident->alerts.n < STATE_ALERTS) {
        *array_add(&incident->alerts) =
            (struct state_alert){xstrdup(event->value), xstrdup(event->text), event->count, false};
    }
}

static void fold_alert_state(struct incident *incident, const struct event *event)
{
    struct state_alert *alert = find_alert(incident, event->value);
    if (!alert)
        return;
    alert->resolved = strcmp(event->name, "resolved") == 0;
    alert->count = MAX(alert->count, event->count);
}

static void fold_owed(struct incident *incident, const struct event *event)
{
    struct state_owed *owed = (struct state_owed *)(uintptr_t)incident_owes(incident, event->name);
    if (!owed) {
        owed = array_add(&incident->owed);
        owed->name = xstrdup(event->name);
    }
    replace_text(&owed->text, event->text);
    owed->due = event->until;
}

static void fold_missed(struct incident *incident, const struct event *event)
{
    struct state_owed *owed = (struct state_owed *)(uintptr_t)incident_owes(incident, event->name);
    if (owed)
        owed->missed++;
}

static void fold_met(struct incident *incident, const struct event *event)
{
    for (size_t i = 0; i < incident->owed.n; i++) {
        if (strcmp(incident->owed.v[i].name, event->name) != 0)
            continue;
        free(incident->owed.v[i].name);
        free(incident->owed.v[i].text);
        array_remove(&incident->owed, i);
        return;
    }
}

/* The oldest settled draft makes room; decide sees to it that there is one. */
static void forget_draft(struct incident *incident)
{
    size_t i = 0;
    while (i < incident->drafts.n && incident->drafts.v[i].state == DRAFT_WAITING)
        i++;
    if (i == incident->drafts.n)
        return;
    struct state_draft *draft = &incident->drafts.v[i];
    for (size_t k = incident->draft_cards.n; k-- > 0;) {
        struct state_draft_card *card = &incident->draft_cards.v[k];
        if (card->draft != draft->number)
            continue;
        free(card->connector);
        free(card->channel);
        free(card->message);
        array_remove(&incident->draft_cards, k);
    }
    free(draft->customer);
    free(draft->text);
    free(draft->by);
    free(draft->settled_by);
    array_remove(&incident->drafts, i);
}

static void fold_drafted(struct incident *incident, const struct event *event)
{
    if (incident->drafts.n >= STATE_DRAFTS)
        forget_draft(incident);
    *array_add(&incident->drafts) = (struct state_draft){
        xstrdup(event->name), xstrdup(event->text), xstrdup(event->by), NULL, event->count, DRAFT_WAITING};
    incident->drafted = MAX(incident->drafted, event->count);
    incident->spoke_at = event->at;
}

static void fold_draft_card(struct incident *incident, const struct event *event)
{
    *array_add(&incident->draft_cards) = (struct state_draft_card){xstrdup(event->name), xstrdup(event->value),
                                                                   xstrdup(event->text), event->count};
}

static void fold_settled(struct incident *incident, const struct event *event)
{
    struct state_draft *draft = (struct state_draft *)(uintptr_t)incident_draft(incident, event->count);
    if (!draft)
        return;
    draft->state = event->type == EVENT_APPROVED ? DRAFT_APPROVED : DRAFT_DISCARDED;
    replace_text(&draft->settled_by, event->by);
    incident->spoke_at = event->at;
}

/* A customer was told: that is an update. */
static void fold_told(struct incident *incident, const struct event *event)
{
    incident->updated_at = event->at;
}

/* What an event does to the state; events without a row are facts of the timeline only. */
static folder *const folders[EVENT_TYPE_COUNT] = {
    [EVENT_DECLARED] = fold_declared,
    [EVENT_STATUS] = fold_status,
    [EVENT_TITLED] = fold_titled,
    [EVENT_SUMMARIZED] = fold_summarized,
    [EVENT_SEVERITY] = fold_severity,
    [EVENT_TEAM] = fold_team,
    [EVENT_SERVICE] = fold_service,
    [EVENT_PRIVATE] = fold_private,
    [EVENT_DRILL] = fold_drill,
    [EVENT_ROLE] = fold_role,
    [EVENT_MEMBER] = fold_membership,
    [EVENT_NOTED] = fold_noted,
    [EVENT_PINNED] = fold_pinned,
    [EVENT_LINKED] = fold_linked,
    [EVENT_RELATED] = fold_related,
    [EVENT_UPDATED] = fold_updated,
    [EVENT_SAID] = fold_said,
    [EVENT_CHANNEL] = fold_channel,
    [EVENT_CARD] = fold_card,
    [EVENT_CUSTOMER] = fold_customer,
    [EVENT_ALERT] = fold_alert,
    [EVENT_ALERT_STATE] = fold_alert_state,
    [EVENT_OWED] = fold_owed,
    [EVENT_MISSED] = fold_missed,
    [EVENT_MET] = fold_met,
    [EVENT_DRAFTED] = fold_drafted,
    [EVENT_DRAFT_CARD] = fold_draft_card,
    [EVENT_APPROVED] = fold_settled,
    [EVENT_DISCARDED] = fold_settled,
    [EVENT_TOLD] = fold_told,
};

void fold(struct incident *incident, struct event *event)
{
    if (folders[event->type])
        folders[event->type](incident, event);
    if (!event->version)
        event->version = incident->version + 1;
    incident->version = event->version;
    incident->changed_at = event->at;
}
