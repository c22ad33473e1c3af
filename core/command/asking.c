/* What a handler asks of the command that it carries out. */
#include "command/handlers.h"
#include "people/people.h"
#include "rooms/rooms.h"
#include "sight/sight.h"

struct asking asking_begin(struct turn *turn, const struct asker *asker, struct answer *answer)
{
    struct core *core = turn_core(turn);
    return (struct asking){.turn = turn,
                           .core = core,
                           .asker = asker,
                           .by = asker->by       ? asker->by
                                 : asker->person ? asker->person
                                                 : "nobody",
                           .zone = asker->zone ? asker->zone : people_zone(core, asker->person),
                           .now = turn_now(turn),
                           .answer = answer};
}

const char *asked(const struct asking *ask, enum argument_kind kind)
{
    for (size_t i = 0; i < COMMAND_ARGUMENTS; i++) {
        if (ask->row->arguments[i].kind == kind)
            return ask->parsed->arguments[i];
    }
    return NULL;
}

const char *asked_name(const struct asking *ask, char buffer[INCIDENT_NAME])
{
    if (ask->incident)
        return incident_name(ask->incident->id, buffer);
    buffer[0] = '\0';
    return buffer;
}

int ask_do(struct asking *ask, struct command *command, struct error *err)
{
    command->by = ask->by;
    command->automatic = ask->asker->automatic;
    return turn_do(ask->turn, ask->incident->id, command, NULL, err);
}

int ask_person(const struct asking *ask, const char *typed, const struct person **ret, struct error *err)
{
    bool me = text_equal_nocase(typed, "me") || text_equal_nocase(typed, "myself");
    const struct person *person =
        me ? people_get(ask->core, ask->asker->person) : people_find(ask->core, typed);
    if (person) {
        *ret = person;
        return 0;
    }
    if (me)
        return error_set(err, ERR_AUTH, "I don't know who you are here. Name a person instead of `me`.");
    return error_set(err, ERR_NOT_FOUND,
                     "'%.60s' matches nobody, or more than one person. Use an id such as @ana, an e-mail "
                     "address or a full name. I know people once they have written something where I am.",
                     typed);
}

static int no_incident(uint64_t id, struct error *err)
{
    char name[INCIDENT_NAME];
    return error_set(err, ERR_NOT_FOUND, "No incident %s. `list` shows the open ones.",
                     incident_name(id, name));
}

int ask_incident(const struct asking *ask, uint64_t id, const struct incident **ret, struct error *err)
{
    const struct incident *incident = sight_incident(ask->core, id, ask->asker->person);
    if (!incident)
        return no_incident(id, err);
    *ret = incident;
    return 0;
}

const char *ask_name_of(const struct asking *ask, const char *id)
{
    const char *name = people_name(ask->core, id);
    return name ? name : id ? id : "somebody";
}

struct card_context ask_context(const struct asking *ask)
{
    return rooms_card_context(ask->core, ask->now, ask->zone);
}
