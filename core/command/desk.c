#include "command/desk.h"

#include <string.h>
#include <strings.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "command/heard.h"
#include "delivery/link.h"
#include "tickets/tickets.h"

#define TITLE_BYTES 200

bool desk_is(const struct core *core, const char *connector)
{
    return link_can(core, connector, TOCSIN_CAN_TICKETS | TOCSIN_CAN_POST);
}

static bool declares_nothing(const char *line)
{
    line += strspn(line, " \n");
    size_t n = strcspn(line, " \n");
    bool declare = n == strlen("declare") && strncasecmp(line, "declare", n) == 0;
    return n == 0 || (declare && !line[n + strspn(line + n, " \n")]);
}

/* The subject is a customer's words: it is taken as it is, so that nothing of it is read as a command. */
static char *title_of(const cJSON *event)
{
    CLEANUP_FREE char *title = heard_text(event, "title", TITLE_BYTES);
    if (text_empty(title))
        return NULL;
    return strncasecmp(title, "from ", 5) == 0 ? xasprintf("Ticket: %s", title) : steal(title);
}

static const char *value_of(const void *values, const char *name)
{
    return strcmp(name, "title") == 0 ? values : NULL;
}

const char *desk_line(struct core *core, const cJSON *event, const char *line, struct asker *asker,
                      char **ret_title)
{
    bool bare = declares_nothing(line);
    asker->by = asker->person;
    asker->person = NULL;
    asker->forms = FORMS_NONE;
    asker->here = tickets_incident(core, asker->connector, json_text_or(event, "channel", ""));
    *ret_title = bare && !asker->here ? title_of(event) : NULL;
    asker->value = *ret_title ? value_of : NULL;
    asker->values = *ret_title;
    return *ret_title ? "declare" : bare && asker->here ? "show" : line;
}
