/* People found by a part of what they are called. */
#include <stdlib.h>
#include <string.h>

#include "people/table.h"

static bool has(const char *text, const char *words)
{
    return text && strcasestr(text, words);
}

static bool is_meant(const struct person_row *row, const char *words)
{
    bool meant = has(row->person.id, words) || has(row->person.name, words) || has(row->person.email, words);
    for (size_t i = 0; i < row->users.n && !meant; i++)
        meant = user_is_real(&row->users.v[i]) && has(row->users.v[i].user, words);
    return meant;
}

static int by_id(const void *a, const void *b)
{
    const struct person_row *const *one = a, *const *other = b;
    return strcmp((*one)->person.id, (*other)->person.id);
}

/* In the order of their ids, each once. */
static void sort(row_list *found)
{
    size_t n = 0;
    if (found->n)
        qsort(found->v, found->n, sizeof(*found->v), by_id);
    for (size_t i = 0; i < found->n; i++) {
        if (!n || found->v[n - 1] != found->v[i])
            found->v[n++] = found->v[i];
    }
    found->n = n;
}

bool people_search(const struct core *core, const char *words, const char *after, size_t most,
                   void (*on)(void *ctx, const struct person *person), void *ctx)
{
    const struct map_slot *slot;
    row_list found = {0};
    for (size_t i = 0; (slot = map_next(&people_of(core)->rows, &i));) {
        struct person_row *head = row_head(slot->value);
        if ((!after || strcmp(head->person.id, after) > 0) &&
            (text_empty(words) || is_meant(slot->value, words)))
            *array_add(&found) = head;
    }
    sort(&found);
    for (size_t i = 0; i < found.n && i < most; i++)
        on(ctx, &found.v[i]->person);
    bool more = found.n > most;
    array_free(&found);
    return more;
}
