/* A pause that waits for a customer. */
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/audience.h"
#include "command/handlers.h"
#include "command/line.h"
#include "comms/comms.h"
#include "customers/customers.h"

/* "for acme to send their logs": whom, and what for. The whole text may be a name. */
static int find_awaited(const struct request *request, const char *typed, char **ret_key, char **ret_more,
                        struct error *err)
{
    const char *rest;
    int rc = affected_key(request, typed, ret_key, err);
    if (rc || *ret_key)
        return rc;
    CLEANUP_FREE char *first = read_token(typed, &rest);
    rc = first ? affected_key(request, first, ret_key, err) : 0;
    if (!rc && *ret_key)
        *ret_more = whole_text(rest, strlen(rest));
    return rc;
}

static int refuse_unknown(const struct request *request, const char *typed, struct error *err)
{
    char name[INCIDENT_NAME];
    request_incident_name(request, name);
    return error_markup(
        err, ERR_NOT_FOUND,
        "%s affects no customer called '%.60s', so no answer of theirs would come here. `%s customers` "
        "lists those it affects, and `%s affect %.60s` adds one.",
        name, typed, name, name, typed);
}

static void answer_waiting(struct request *request, const char *customer)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    str_markup(&text, "%s waits for %s: until they answer, or until ", request_incident_name(request, name),
               customer);
    moment_format(request->incident->pause.until, request->now, request->zone, &text);
    str_add(&text, ".");
    answer_text(request, text.p);
}

int run_wait(struct request *request, struct error *err)
{
    const char *typed = request_argument(request, ARGUMENT_TEXT);
    CLEANUP_FREE char *key = NULL, *more = NULL;
    if (strncasecmp(typed, "for ", 4) == 0)
        typed = skip_space(typed + 4);
    int rc = find_awaited(request, typed, &key, &more, err);
    if (rc)
        return rc;
    if (!key)
        return refuse_unknown(request, typed, err);
    const struct customer *record = customers_get(request->core, key);
    CLEANUP_FREE char *customer =
        xstrdup(record ? customer_name(record) : comms_customer_name(request->incident, key));
    CLEANUP_FREE char *reason =
        xasprintf("waiting for %s%s%s", customer, text_empty(more) ? "" : " ", more ? more : "");
    struct command command = {.verb = "pause", .name = key, .text = reason, .until = request->parsed->until};
    rc = request_do(request, &command, err);
    if (!rc)
        answer_waiting(request, customer);
    return rc;
}
