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
#define LINK_BYTES  2000

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

/* ---- attach ---- */

static const char *after_word(const char *p)
{
    p += strcspn(p, " \n");
    return p + strspn(p, " \n");
}

static bool is_word(const char *p, const char *word)
{
    size_t n = strcspn(p, " \n");
    return n == strlen(word) && strncasecmp(p, word, n) == 0;
}

static bool is_incident(const char *p)
{
    CLEANUP_FREE char *word = xstrndup(p, strcspn(p, " \n"));
    return incident_name_parse(word) != 0;
}

/* "attach INC-1", "INC-1 attach": this ticket is meant. The caller frees it; NULL: the line says which, or is about something else. */
static char *attach_this(const cJSON *event, const char *line)
{
    const char *first = line + strspn(line, " \n"), *second = after_word(first);
    bool leads = is_word(first, "attach");
    CLEANUP_FREE char *link = heard_text(event, "link", LINK_BYTES);
    if (text_empty(link) || strpbrk(link, " \n") || strstr(line, "://") ||
        !(leads || (is_incident(first) && is_word(second, "attach"))))
        return NULL;
    const char *incident = !leads                ? first
                           : is_incident(second) ? second
                                                 : "",
               *rest = leads && !*incident ? second : after_word(second);
    return xasprintf("%.*s attach %s %s", (int)strcspn(incident, " \n"), incident, link, rest);
}

const char *desk_line(struct core *core, const cJSON *event, const char *line, struct asker *asker,
                      char **ret_own)
{
    bool bare = declares_nothing(line);
    asker->by = asker->person;
    asker->person = NULL;
    asker->forms = FORMS_NONE;
    asker->here = tickets_incident(core, asker->connector, json_text_or(event, "channel", ""));
    *ret_own = !bare ? attach_this(event, line) : asker->here ? NULL : title_of(event);
    asker->value = bare && *ret_own ? value_of : NULL;
    asker->values = bare ? *ret_own : NULL;
    if (!bare)
        return *ret_own ? *ret_own : line;
    return *ret_own ? "declare" : asker->here ? "show" : line;
}
