/* People: roles, members, and who the asker is. */
#include <string.h>

#include "base/markup.h"
#include "base/zone.h"
#include "command/handlers.h"
#include "delivery/link.h"
#include "people/people.h"
#include "rooms/rooms.h"
#include "sight/sight.h"

static bool is_nobody(const char *typed)
{
    return text_equal_nocase(typed, "nobody") || text_equal_nocase(typed, "none");
}

/* A role as part of a sentence. */
static const char *role_title(const char *role)
{
    return text_equal(role, "comms") ? "comms lead" : role;
}

static void answer_holder(struct request *request, const char *role)
{
    char name[INCIDENT_NAME];
    const char *holder = incident_role(request->incident, role);
    request_incident_name(request, name);
    if (holder)
        answer_next(request, "%s is %s of %s.", request_person_name(request, holder), role_title(role), name);
    else
        answer_next(request, "%s has no %s. `%s %s me` takes the role.", name, role_title(role), name, role);
}

int run_role(struct request *request, struct error *err)
{
    const char *role = request_argument(request, ARGUMENT_ROLE) ? request_argument(request, ARGUMENT_ROLE)
                                                                : request->row->name;
    const char *typed = request_argument(request, ARGUMENT_PERSON);
    const struct person *person = NULL;
    int rc = 0;
    if (typed && !is_nobody(typed))
        rc = request_known(request, typed, &person, err);
    if (!rc && typed)
        rc = request_do(
            request, &(struct command){.verb = "role", .name = role, .value = person ? person->id : NULL}, err);
    if (rc)
        return rc;
    request->answer->alone = !typed;
    answer_holder(request, role);
    return 0;
}

static int set_member(struct request *request, const char *person, bool joins, struct error *err)
{
    return request_do(request, &(struct command){.verb = "member", .value = person, .flag = joins}, err);
}

int run_join(struct request *request, struct error *err)
{
    int rc = set_member(request, request->asker->person, true, err);
    return rc ? rc : command_catch_up(request->turn, request->asker, request->incident->id, request->answer);
}

struct leaving {
    struct request *request;
    struct error *err;
    int rc;
};

static bool leave_as(void *ctx, const char *id)
{
    struct leaving *leaving = ctx;
    leaving->rc = set_member(leaving->request, id, false, leaving->err);
    return leaving->rc;
}

int run_leave(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    const struct incident *incident = request->incident;
    struct leaving leaving = {request, err, 0};
    bool member = people_member(request->core, incident, request->asker->person);
    if (incident->private && member && people_alone(request->core, incident, request->asker->person) &&
        incident->people.roles.n == 0)
        return error_markup(
            err, ERR_REFUSED,
            "You are the last member of this private incident, so nobody would see it. `invite` "
            "somebody first, or type `%s private off`.",
            request_incident_name(request, name));
    people_any(request->core, request->asker->person, leave_as, &leaving);
    int rc = leaving.rc;
    request->answer->alone = true;
    if (!rc)
        answer_line(request, member ? "You left %s." : "You were not a member of %s.",
                    request_incident_name(request, name));
    if (!sight_sees(request->core, incident, request->asker->person))
        request->answer->incident = 0; /* so that this answer still reaches the person who left */
    return rc;
}

static bool is_address(const char *typed)
{
    const char *at = strchr(typed, '@');
    return at && at > typed && strchr(at, '.') && !strpbrk(typed, " <>,;");
}

/* "console and webchat": none of them can look somebody up. */
static void list_links(const struct request *request, struct str *out)
{
    for (size_t i = 0; i < links(request->core)->n; i++)
        str_addf(out, "%s%s",
                 !i                                ? ""
                 : i + 1 < links(request->core)->n ? ", "
                                                   : " and ",
                 links(request->core)->v[i].name);
}

/* An address of nobody that I know: a platform may know it. Its answer follows. */
static int look_up(struct request *request, const char *email, struct error *err)
{
    const char *where = request->asker->where, *slash = where ? strchr(where, '/') : NULL;
    CLEANUP_FREE char *connector = slash ? xstrndup(where, (size_t)(slash - where)) : NULL;
    CLEANUP_STR struct str names = {0};
    struct place here = {.connector = connector,
                         .channel = slash ? slash + 1 : NULL,
                         .asker = slash ? people_user(request->core, request->asker->person, connector) : NULL};
    list_links(request, &names);
    if (!rooms_find(request->turn, request->incident, email, request->by, &here))
        return error_markup(
            err, ERR_NOT_FOUND,
            "Nobody that I know has the address %s, and %s cannot look addresses up. I know people "
            "once they have written something where I am.",
            email, names.len ? names.p : "no connector is there that");
    request->answer->alone = true;
    answer_line(request, "I don't know %s yet, so I am looking them up.", email);
    return 0;
}

int run_invite(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    const struct person *person;
    const char *typed = request_argument(request, ARGUMENT_PERSON);
    int rc = request_known(request, typed, &person, err);
    if (rc && is_address(typed))
        return look_up(request, typed, err);
    if (rc)
        return rc;
    bool member = people_member(request->core, request->incident, person->id);
    rc = set_member(request, person->id, true, err);
    if (!rc)
        answer_line(request, "%s is %s a member of %s.", request_person_name(request, person->id),
                    member ? "already" : "now", request_incident_name(request, name));
    return rc;
}

static void add_clock(const struct request *request, const char *zone, struct str *out)
{
    str_markup(out, "Your time zone is %s. It is ", zone);
    when_format(request->now, request->now, zone, out);
    str_add(out, " there.");
}

int run_whoami(struct request *request, struct error *err)
{
    const struct person *person = people_get(request->core, request->asker->person);
    CLEANUP_STR struct str text = {0}, where = {0};
    (void)err;
    if (!person) {
        answer_line(request, "I don't know who you are here. The timeline shows you as %s.", request->by);
        return 0;
    }
    str_markup(&text, "You are %s (`%s`", request_person_name(request, person->id), person->id);
    if (person->email)
        str_markup(&text, ", %s", person->email);
    str_add(&text, "). ");
    add_clock(request, request->zone, &text);
    people_platforms(request->core, person->id, &where);
    if (strchr(str_text(&where), ' '))
        str_markup(&text, " You are one person on %s; `unlink` takes one off.", where.p);
    answer_text(request, text.p);
    return 0;
}

int run_zone(struct request *request, struct error *err)
{
    const char *zone = request_argument(request, ARGUMENT_ZONE);
    CLEANUP_STR struct str text = {0};
    int rc = zone ? people_choose_zone(request->turn, request->asker->person, zone, err) : 0;
    request->answer->alone = true;
    if (rc)
        return rc;
    add_clock(request, zone ? zone : request->zone, &text);
    if (!zone)
        str_add(&text, " `tz Europe/London` changes it.");
    answer_text(request, text.p);
    return 0;
}
