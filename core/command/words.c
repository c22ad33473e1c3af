/* What is known about an incident: title, summary, notes, links, customers. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/handlers.h"
#include "policy/services.h"
#include "turn/turn.h"

static int write_text(struct request *request, struct error *err)
{
    return request_do(
        request,
        &(struct command){.verb = request->row->name, .text = request_argument(request, ARGUMENT_TEXT)}, err);
}

int run_title(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    int rc = write_text(request, err);
    if (!rc)
        answer_line(request, "%s is now called: %s", request_incident_name(request, name),
                    request->incident->title);
    return rc;
}

int run_summary(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    const char *text = request_argument(request, ARGUMENT_TEXT), *summary = request->incident->summary;
    int rc = text ? write_text(request, err) : 0;
    if (rc)
        return rc;
    request->answer->alone = true;
    request_incident_name(request, name);
    if (text)
        answer_line(request, "Saved the summary of %s.", name);
    else if (summary)
        answer_line(request, "%s: ", name), answer_text(request, summary);
    else
        answer_line(request,
                    "%s has no summary. Write one with `%s summary cards have been refused since 9:00`.", name,
                    name);
    return 0;
}

int run_note(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    int rc = write_text(request, err);
    request->answer->alone = true;
    if (!rc)
        answer_line(request, "Noted in %s.", request_incident_name(request, name));
    return rc;
}

int run_pin(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    int rc = write_text(request, err);
    request->answer->alone = true;
    if (!rc)
        answer_line(request, "Pinned in %s.", request_incident_name(request, name));
    return rc;
}

int run_update(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    int rc = write_text(request, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *author = request_author(request);
    CLEANUP_FREE char *title = xasprintf("Update on %s by %s", request_incident_name(request, name), author);
    answer_quote(request, title, ": ", request_argument(request, ARGUMENT_TEXT));
    return 0;
}

int run_link(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    struct command command = {.verb = "link",
                              .value = request_argument(request, ARGUMENT_LINK),
                              .text = request_argument(request, ARGUMENT_TEXT)};
    int rc = request_do(request, &command, err);
    request->answer->alone = true;
    if (!rc)
        answer_line(request, "Saved the link in %s.", request_incident_name(request, name));
    return rc;
}

/* Both incidents record it. A private incident's number must not get into one that everybody sees. */
int run_relate(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME], other[INCIDENT_NAME];
    request_incident_name(request, name);
    incident_name(request->other->id, other);
    if (request->other->private != request->incident->private)
        return error_set(err, ERR_REFUSED, "A private incident cannot be related to one that everybody sees.");
    if (request->other == request->incident)
        return error_markup(err, ERR_REFUSED, "%s cannot be related to itself.", name);
    int rc = request_do(request, &(struct command){.verb = "relate", .other = request->other}, err);
    if (rc)
        return rc;
    struct command back = {.verb = "relate",
                           .by = request->by,
                           .automatic = request->asker->automatic,
                           .other = request->incident};
    rc = turn_do(request->turn, request->other->id, &back, NULL, err);
    if (!rc)
        answer_line(request, "%s and %s are related.", name, other);
    return rc;
}

int run_team(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    const char *team = request_argument(request, ARGUMENT_WORD);
    int rc = request_do(request, &(struct command){.verb = "team", .name = team}, err);
    if (!rc)
        answer_line(request, "The team of %s is %s.", request_incident_name(request, name), team);
    return rc;
}

static int set_service(struct request *request, const char *name, struct error *err)
{
    char incident[INCIDENT_NAME];
    const char *before = request->incident->team;
    int rc = request_do(request, &(struct command){.verb = "service", .name = name}, err);
    rc = rc ? rc : service_adopt(request, err);
    if (rc)
        return rc;
    request_incident_name(request, incident);
    if (!before && request->incident->team)
        answer_line(request, "The service of %s is %s, and so its team is %s.", incident, name,
                    request->incident->team);
    else if (policy_service(core_policy(request->core), name) ||
             !policy_service_at(core_policy(request->core), 0))
        answer_line(request, "The service of %s is %s.", incident, name);
    else
        answer_line(
            request,
            "The service of %s is %s, which the catalogue does not have. `services %s` says how to add it.",
            incident, name, name);
    return 0;
}

int run_service(struct request *request, struct error *err)
{
    char incident[INCIDENT_NAME];
    const char *name = request_argument(request, ARGUMENT_WORD);
    if (!request->incident)
        return name ? service_show(request, name, err) : run_services(request, err);
    if (name)
        return set_service(request, name, err);
    if (!text_empty(request->incident->service))
        return service_show(request, request->incident->service, err);
    request->answer->alone = true;
    answer_line(request, "%s names no service. Set it with `service checkout`; `services` lists them.",
                request_incident_name(request, incident));
    return 0;
}

int run_kind(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    const char *kind = request_argument(request, ARGUMENT_WORD);
    int rc = kind ? request_do(request, &(struct command){.verb = "kind", .name = kind}, err) : 0;
    if (rc)
        return rc;
    request_incident_name(request, name);
    if (request->incident->sort.kind)
        answer_line(request, "%s is of the kind %s.", name, request->incident->sort.kind);
    else
        answer_line(request, "%s is of no particular kind.", name);
    return 0;
}
