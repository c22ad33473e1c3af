/* What events say about people. */
#include <string.h>

#include "base/json.h"
#include "people/table.h"

static void fold_data(struct people *people, struct person_row *row, const struct event *event,
                      const cJSON *data)
{
    const char *email = json_text_or(data, "email", NULL), *zone = json_text_or(data, "zone", NULL),
               *not_email = json_text_or(data, "not_email", NULL);
    if (not_email)
        replace_text(&row->not_email, not_email);
    if (email && !text_equal_nocase(email, row->not_email))
        row_rename(people, row, BY_EMAIL, email);
    if (zone && (!row_chose_zone(row) || text_equal(event->name, OWN_WORD)))
        replace_text(&row->person.zone, zone);
}

/* Their user on one connector, and what that connector knows about them. */
static void fold_known(struct people *people, struct person_row *row, const struct event *event)
{
    CLEANUP_JSON cJSON *data = NULL;
    if (event->text)
        row_rename(people, row, BY_NAME, event->text);
    if (event->data &&
        json_parse(event->data, strlen(event->data), SIZE_MAX, JSON_DEPTH, "person", &data, NULL) == 0)
        fold_data(people, row, event, data);
    row_give(people, row, event->name, event->value);
}

void fold_person(struct people *people, const struct event *event)
{
    struct person_row *row = row_get(people, event->subject);
    row = row ? row : row_create(people, event->subject);
    if (event->type == EVENT_PERSON)
        fold_known(people, row, event);
    else if (event->type == EVENT_PERSON_LINKED)
        row_link(row, row_get(people, event->value), event->at);
    else if (event->type == EVENT_PERSON_UNLINKED)
        row_link(row, NULL, 0);
}
