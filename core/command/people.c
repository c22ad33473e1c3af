/* People: roles, members, and who the asker is. */
#include <string.h>

#include "base/zone.h"
#include "command/handlers.h"
#include "people/people.h"

static bool is_nobody(const char *typed)
{
    return text_equal_nocase(typed, "nobody") || text_equal_nocase(typed, "none");
}

/* A role as part of a sentence. */
static const char *role_title(const char *role)
{
    return text_equal(role, "comms") ? "comms lead" : role;
}

static void answer_holder(struct asking *ask, const char *role)
{
    char name[INCIDENT_NAME];
    const char *holder = incident_role(ask->incident, role);
    asked_name(ask, name);
    if (holder)
        answer_next(ask, "%s is %s of %s.", ask_name_of(ask, holder), role_title(role), name);
    else
        answer_next(ask, "%s has no %s. `%s %s me` takes the role.", name, role_title(role), name, role);
}

int run_role(struct asking *ask, struct error *err)
{
    const char *role = asked(ask, ARGUMENT_ROLE) ? asked(ask, ARGUMENT_ROLE) : ask->row->name;
    const char *typed = asked(ask, ARGUMENT_PERSON);
    const struct person *person = NULL;
    int rc = 0;
    if (typed && !is_nobody(typed))
        rc = ask_person(ask, typed, &person, err);
    if (!rc && typed)
        rc = ask_do(ask, &(struct command){.verb = "role", .name = role, .value = person ? person->id : NULL},
                    err);
    if (rc)
        return rc;
    ask->answer->alone = !typed;
    answer_holder(ask, role);
    return 0;
}

static int set_member(struct asking *ask, const char *person, bool joins, struct error *err)
{
    return ask_do(ask, &(struct command){.verb = "member", .value = person, .flag = joins}, err);
}

int run_join(struct asking *ask, struct error *err)
{
    int rc = set_member(ask, ask->asker->person, true, err);
    return rc ? rc : command_catch_up(ask->turn, ask->asker, ask->incident->id, ask->answer);
}

int run_leave(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME];
    const struct incident *incident = ask->incident;
    bool member = incident_has_member(incident, ask->asker->person);
    if (incident->private && member && incident->people.members.n == 1 && incident->people.roles.n == 0)
        return error_set(err, ERR_REFUSED,
                         "You are the last member of this private incident, so nobody would see it. `invite` "
                         "somebody first, or type `%s private off`.",
                         asked_name(ask, name));
    int rc = set_member(ask, ask->asker->person, false, err);
    ask->answer->alone = true;
    if (!rc)
        answer_line(ask, member ? "You left %s." : "You were not a member of %s.", asked_name(ask, name));
    if (!incident_visible(incident, ask->asker->person))
        ask->answer->incident = 0; /* so that this answer still reaches the person who left */
    return rc;
}

int run_invite(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME];
    const struct person *person;
    int rc = ask_person(ask, asked(ask, ARGUMENT_PERSON), &person, err);
    if (rc)
        return rc;
    bool member = incident_has_member(ask->incident, person->id);
    rc = set_member(ask, person->id, true, err);
    if (!rc)
        answer_line(ask, "%s is %s a member of %s.", ask_name_of(ask, person->id), member ? "already" : "now",
                    asked_name(ask, name));
    return rc;
}

static void add_clock(const struct asking *ask, const char *zone, struct str *out)
{
    str_addf(out, "Your time zone is %s. It is ", zone);
    when_format(ask->now, ask->now, zone, out);
    str_add(out, " there.");
}

int run_whoami(struct asking *ask, struct error *err)
{
    const struct person *person = people_get(ask->core, ask->asker->person);
    CLEANUP_STR struct str text = {0};
    (void)err;
    if (!person) {
        answer_line(ask, "I don't know who you are here. The timeline shows you as %s.", ask->by);
        return 0;
    }
    str_addf(&text, "You are %s (`%s`", ask_name_of(ask, person->id), person->id);
    if (person->email)
        str_addf(&text, ", %s", person->email);
    str_add(&text, "). ");
    add_clock(ask, ask->zone, &text);
    answer_line(ask, "%s", text.p);
    return 0;
}

int run_zone(struct asking *ask, struct error *err)
{
    const char *zone = asked(ask, ARGUMENT_ZONE);
    CLEANUP_STR struct str text = {0};
    int rc = zone ? people_choose_zone(ask->turn, ask->asker->person, zone, err) : 0;
    ask->answer->alone = true;
    if (rc)
        return rc;
    add_clock(ask, zone ? zone : ask->zone, &text);
    if (!zone)
        str_add(&text, " `tz Europe/London` changes it.");
    answer_line(ask, "%s", text.p);
    return 0;
}
