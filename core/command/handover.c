/* A role goes from one person to another: offered, and taken. */
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "command/handlers.h"
#include "command/line.h"

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++) {
        if (text_equal_nocase(*words, word))
            return true;
    }
    return false;
}

static int refuse_unoffered(const struct request *request, const char *role, struct error *err)
{
    char name[INCIDENT_NAME];
    request_incident_name(request, name);
    return error_markup(err, ERR_REFUSED, "Nobody asks you to take `%s` of %s. `%s %s me` takes it.", role,
                        name, name, role);
}

static int answer_yes(struct request *request, const struct state_offer *offer, struct error *err)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *role = xstrdup(offer->role);
    int rc = request_do(request,
                        &(struct command){.verb = "role", .name = role, .value = request->asker->person}, err);
    if (!rc)
        answer_next(request, "%s took over `%s` of %s.", request_person_name(request, request->by), role,
                    request_incident_name(request, name));
    return rc;
}

/* By whoever was asked, who declines, or by another, who withdraws it. */
static int answer_no(struct request *request, const struct state_offer *offer, bool asked, struct error *err)
{
    CLEANUP_FREE char *why = xasprintf("%s %s", request_person_name(request, request->by),
                                       asked ? "declined" : "withdrew the offer");
    CLEANUP_FREE char *role = xstrdup(offer->role);
    int rc = request_do(request, &(struct command){.verb = "offer_ended", .name = role, .text = why}, err);
    request->answer->alone = true; /* the channel hears of it */
    if (!rc)
        answer_line(request, "%s: `%s` stays where it is.", why, role);
    return rc;
}

static int ask_person(struct request *request, const char *role, const char *typed, struct error *err)
{
    const struct person *person;
    char name[INCIDENT_NAME];
    int rc = request_known(request, typed, &person, err);
    if (rc)
        return rc;
    request_incident_name(request, name);
    const char *who = request_person_name(request, person->id);
    if (people_same(request->core, incident_role(request->incident, role), person->id))
        return error_markup(err, ERR_CONFLICT, "%s has `%s` of %s already.", who, role, name);
    rc = request_do(request, &(struct command){.verb = "offer", .name = role, .value = person->id}, err);
    request->answer->alone = true; /* the channel hears of it */
    if (!rc)
        answer_line(request, "I asked %s to take `%s` of %s. Until they do, nothing changes.", who, role, name);
    return rc;
}

int run_handover(struct request *request, struct error *err)
{
    static const char *const yes[] = {"yes", "accept", "ok", NULL};
    static const char *const no[] = {"no", "nobody", "none", "decline", "cancel", NULL};
    const char *role = request_argument(request, ARGUMENT_ROLE);
    const char *typed = request_argument(request, ARGUMENT_PERSON);
    const struct state_offer *pending = incident_offer(request->incident, role);
    bool asked = pending && people_same(request->core, pending->person, request->asker->person);
    if (strncasecmp(typed, "to ", 3) == 0)
        typed = skip_space(typed + 3);
    if (is_one_of(typed, yes))
        return asked ? answer_yes(request, pending, err) : refuse_unoffered(request, role, err);
    if (is_one_of(typed, no))
        return pending ? answer_no(request, pending, asked, err)
                       : error_markup(err, ERR_REFUSED, "Nobody was asked to take `%s`.", role);
    return ask_person(request, role, typed, err);
}
