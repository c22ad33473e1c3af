/*
 * list - an intrusive, circular, doubly linked list. An element is in at most one list per link; the list owns
 * nothing. A zeroed link is in no list.
 */
#ifndef TOCSIN_BASE_LIST_H
#define TOCSIN_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *prev, *next;
};

static inline void list_init(struct list *l)
{
    l->prev = l->next = l;
}

static inline bool list_empty(const struct list *l)
{
    return l->next == l;
}

static inline void list_append(struct list *l, struct list *element) /* at the end */
{
    element->prev = l->prev;
    element->next = l;
    l->prev->next = element;
    l->prev = element;
}

static inline void list_remove(struct list *element) /* does nothing when it is in no list */
{
    if (!element->next)
        return;
    element->prev->next = element->next;
    element->next->prev = element->prev;
    element->prev = element->next = NULL;
}

#define list_each(element, list, type, link)                                                                   \
    for (type *element = container_of((list)->next, type, link), *element##_next;                              \
         &element->link != (list) && (element##_next = container_of(element->link.next, type, link), true);    \
         element = element##_next)

#endif
