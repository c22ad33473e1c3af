/* The pages of an incident: whom each went to, what came of it, and the messages that show it. */
#include "engine/fold.h"

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
                                .target = xstrdup(event->name),
                                .text = xstrdup(event->text),
                                .rule = xstrdup(event->rule)};
    return page;
}

void fold_page_sent(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    if (!page)
        page = add(&incident->people.pages, event);
    incident->people.pages.last = MAX(incident->people.pages.last, event->count);
    *array_add(&page->people) = xstrdup(event->value);
    page->at = event->at;
}

static void forget_unpaged(struct state_pages *pages, size_t index)
{
    free(pages->unpaged.v[index].who);
    array_remove(&pages->unpaged, index);
}

/* Should they not be reached again, that is news. */
static void forget_reached(struct state_pages *pages, const struct state_page *page)
{
    for (size_t i = pages->unpaged.n; i-- > 0;) {
        const struct state_unpaged *unpaged = &pages->unpaged.v[i];
        if (text_equal(unpaged->who, unpaged->nobody ? page->target : page_person(page)))
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

void fold_page_reached(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    if (!page)
        return;
    page->reached = true;
    forget_reached(&incident->people.pages, page);
    if (event->text)
        *array_add(&incident->people.pages.messages) = (struct state_page_message){
            xstrdup(event->name), xstrdup(event->value), xstrdup(event->text), event->count};
}

void fold_page_failed(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    if (page)
        page->exhausted = event->flag;
}

void fold_page_accepted(struct incident *incident, const struct event *event)
{
    struct state_page *page = find(incident, event->count);
    if (!page)
        return;
    replace_text(&page->accepted_by, event->by);
    replace_text(&page->accepted_how, event->name);
}
