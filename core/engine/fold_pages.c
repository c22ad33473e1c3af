/* The pages of an incident: whom each went to, what came of it, and the messages that show it. */
#include "engine/fold.h"

#include <stdio.h>
#include <string.h>

#include "engine/state_pages.h"

static struct state_page *find(struct incident *incident, int64_t number)
{
    return (struct state_page *)(uintptr_t)incident_page(incident, number);
}

/* The oldest makes room, with its messages. */
static void forget_oldest(struct state_pages *pages)
{
    for (size_t i = pages->messages.n; i-- > 0;) {
        if (pages->messages.v[i].page != pages->all.v[0].number)
            continue;
        page_message_finish(&pages->messages.v[i]);
        array_remove(&pages->messages, i);
    }
    page_finish(&pages->all.v[0]);
    array_remove(&pages->all, 0);
}

static struct state_page *add(struct state_pages *pages, const struct event *event)
{
    if (pages->all.n >= STATE_PAGES)
        forget_oldest(pages);
    struct state_page *page = array_add(&pages->all);
    *page = (struct state_page){.number = event->count,
                                .at = event->at,
                                .target = xstrdup(event->name),
                                .text = xstrdup(event->text),
                                .rule = xstrdup(event->rule)};
    pages->last = MAX(pages->last, event->count);
    return page;
}

void fold_page_sent(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    if (!page)
        page = add(&incident->people.pages, event);
    *array_add(&page->people) = xstrdup(event->value);
    page->at = event->at;
}

static void forget_unpaged(struct state_pages *pages, size_t index)
{
    free(pages->unpaged.v[index].who);
    array_remove(&pages->unpaged, index);
}

/* Should they not be reached again, that is news. */
static void forget_reached(struct state_pages *pages, const struct state_page *page, const char *person)
{
    for (size_t i = pages->unpaged.n; i-- > 0;) {
        const struct state_unpaged *unpaged = &pages->unpaged.v[i];
        if (text_equal(unpaged->who, unpaged->nobody ? page->target : person))
            forget_unpaged(pages, i);
    }
}

void fold_page_announced(struct incident *incident, const struct event *event)
{
    struct state_pages *pages = &incident->people.pages;
    if (pages->unpaged.n >= STATE_PAGES)
        forget_unpaged(pages, 0);
    *array_add(&pages->unpaged) = (struct state_unpaged){xstrdup(event->name), event->flag};
}

/* The oldest makes room: it shows no longer what becomes of its page. */
static void add_message(struct state_pages *pages, const struct state_page_message *message)
{
    if (pages->messages.n >= STATE_PAGE_MESSAGES) {
        page_message_finish(&pages->messages.v[0]);
        array_remove(&pages->messages, 0);
    }
    *array_add(&pages->messages) = *message;
}

void fold_page_reached(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    if (!page)
        return;
    page->reached = true;
    forget_reached(&incident->people.pages, page, page_person(page));
    if (event->text)
        add_message(&incident->people.pages,
                    &(struct state_page_message){xstrdup(event->name), xstrdup(event->value),
                                                 xstrdup(event->text), event->count});
}

/* ---- calls ---- */

/* The call of the person by that way, made if need be. */
static struct state_call *call_of(struct state_page *page, const char *person, const char *way)
{
    struct state_call *call = (struct state_call *)(uintptr_t)page_call(page, person, way);
    if (!call) {
        call = array_add(&page->calls);
        *call = (struct state_call){.person = xstrdup(person), .way = xstrdup(way)};
    }
    return call;
}

void fold_page_failed(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    if (!page)
        return;
    page->exhausted = event->flag;
    if (!page->escalates || !event->value)
        return;
    struct state_call *call = call_of(page, event->value, NULL);
    call->state = CALL_FAILED;
    call->round = page->going.round;
    call->at = event->at;
    replace_text(&call->why, event->text);
}

void fold_page_begun(struct incident *incident, const struct event *event)
{
    struct state_page *page = add(&incident->people.pages, event);
    page->escalates = true;
    page->going = (struct state_escalating){.name = xstrdup(event->value),
                                            .severity = xstrdup(incident->severity),
                                            .round = 1,
                                            .since = event->at,
                                            .everybody = event->flag};
}

void fold_page_called(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    if (!page)
        return;
    struct state_call *call = call_of(page, event->value, event->name);
    call->state = CALL_WANTED;
    call->round = page->going.round;
    call->at = event->at;
    replace_text(&call->user, event->text);
    replace_text(&call->why, NULL);
}

static struct state_call *reach(struct incident *incident, const struct event *event, enum call_state state)
{
    struct state_page *page = find(incident, event->count);
    struct state_call *call =
        page ? (struct state_call *)(uintptr_t)page_call(page, event->value, event->name) : NULL;
    if (call)
        call->state = MAX(call->state, state);
    return call;
}

void fold_page_taken(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    struct state_call *call = reach(incident, event, CALL_SENT);
    if (!page || !call)
        return;
    page->reached = true;
    forget_reached(&incident->people.pages, page, call->person);
    if (event->text)
        add_message(&incident->people.pages,
                    &(struct state_page_message){xstrndup(event->name, strcspn(event->name, " ")),
                                                 xstrdup(call->user), xstrdup(event->text), event->count});
}

void fold_page_delivered(struct incident *incident, const struct event *event)
{
    reach(incident, event, CALL_DELIVERED);
}

void fold_page_seen(struct incident *incident, const struct event *event)
{
    reach(incident, event, CALL_SEEN);
}

void fold_page_undelivered(struct incident *incident, const struct event *event)
{
    struct state_call *call = reach(incident, event, CALL_FAILED);
    if (call && call->state == CALL_FAILED)
        replace_text(&call->why, event->text);
}

/* ---- how far it goes ---- */

static void forget_acceptance(struct state_page *page)
{
    replace_text(&page->accepted_by, NULL);
    replace_text(&page->accepted_how, NULL);
    replace_text(&page->accepted_via, NULL);
    page->going.accepted_at = 0;
}

/* Whoever acknowledged it and then calls the next level wants further people. */
void fold_page_escalated(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    int level = 0, round = 0;
    if (!page || sscanf(event->value, "%d/%d", &level, &round) != 2)
        return;
    page->going.level = level;
    page->going.round = round;
    page->going.since = event->at;
    page->going.held = false;
    page->going.insists |= event->flag;
    forget_acceptance(page);
}

void fold_page_held(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    if (!page)
        return;
    page->going.held = event->until != 0;
    page->going.since = event->until ? event->until : event->at;
}

void fold_page_asked(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    if (!page)
        return;
    replace_text(&page->going.asked, event->value);
    forget_acceptance(page);
    page->going.level = LEVEL_AGAIN;
    page->going.round++;
    page->going.since = event->at;
}

void fold_page_followed(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    if (page)
        page->going.followed = true;
}

void fold_page_over(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    if (page)
        page->going.over = true;
}

void fold_page_accepted(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    if (!page)
        return;
    replace_text(&page->accepted_by, event->by);
    replace_text(&page->accepted_how, event->name);
    if (!page->escalates)
        return;
    replace_text(&page->accepted_via, event->text);
    page->going.accepted_at = event->at;
    page->going.followed = false;
}
