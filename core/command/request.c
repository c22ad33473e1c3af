/* What handlers need to know about the command that they carry out. */
#include "command/handlers.h"

#include <string.h>

#include "access/access.h"
#include "base/markup.h"
#include "command/line.h"
#include "comms/alone.h"
#include "people/people.h"
#include "rooms/rooms.h"
#include "sight/sight.h"

#define NAME_WORDS 4 /* a name of more words needs quotes */

struct request request_begin(struct turn *turn, const struct asker *asker, struct answer *answer)
{
    struct core *core = turn_core(turn);
    return (struct request){.turn = turn,
                            .core = core,
                            .asker = asker,
                            .by = asker->by       ? asker->by
                                  : asker->person ? asker->person
                                                  : "nobody",
                            .zone = asker->zone ? asker->zone : people_zone(core, asker->person),
                            .now = turn_now(turn),
                            .answer = answer};
}

struct call request_call(const struct request *request, const char *const *arguments, struct str *answer)
{
    return (struct call){.turn = request->turn,
                         .incident = request->incident,
                         .person = request->asker->person,
                         .by = request->by,
                         .zone = request->zone,
                         .arguments = arguments,
                         .answer = answer,
                         .alone = &request->answer->alone,
                         .secret = &request->answer->secret,
                         .where = request->asker->where};
}

bool request_is_private_place(const struct request *request)
{
    uint64_t here = request->asker->here;
    return here && !sight_incident(request->core, here, NULL);
}

const char *request_argument(const struct request *request, enum argument_kind kind)
{
    for (size_t i = 0; i < COMMAND_ARGUMENTS; i++) {
        if (request->row->arguments[i].kind == kind)
            return request->parsed->arguments[i];
    }
    return NULL;
}

const char *request_incident_name(const struct request *request, char buffer[INCIDENT_NAME])
{
    if (request->incident)
        return incident_name(request->incident->id, buffer);
    buffer[0] = '\0';
    return buffer;
}

int request_do(struct request *request, struct command *command, struct error *err)
{
    command->by = request->by;
    command->automatic = request->asker->automatic;
    return comms_draft_do(request->turn, request->incident->id, command, err);
}

/* Whose role counts. A note of a desk is written by a person, though it is answered as for a tool, since others read it. NULL: a tool's. */
static const char *request_actor(const struct request *request)
{
    const char *person = request->asker->person;
    return person ? person : people_get(request->core, request->by) ? request->by : NULL;
}

static bool is_bare(const struct parsed *parsed)
{
    bool bare = true;
    for (size_t i = 0; i < COMMAND_ARGUMENTS; i++)
        bare = bare && !parsed->arguments[i];
    return bare;
}

int request_access(const struct request *request, enum access needed, struct error *err)
{
    const struct access_request asks = {.person = request_actor(request),
                                        .most = request->asker->most,
                                        .needed = needed,
                                        .what = request->row ? request->row->name : request->parsed->custom,
                                        .now = request->now,
                                        .agent = request->asker->agent,
                                        .rule = request->row ? request->row->agents : AGENT_UNSAID,
                                        .bare = is_bare(request->parsed)};
    return access_check(request->core, &asks, err);
}

int request_forbid_agent(const struct request *request, enum agent_rule rule, struct error *err)
{
    const struct agent_request asks = {
        .agent = request->asker->agent, .rule = rule, .what = request->row->name};
    return agent_check(&asks, err);
}

int request_person(const struct request *request, const char *typed, const struct person **ret,
                   struct error *err)
{
    bool me = text_equal_nocase(typed, "me") || text_equal_nocase(typed, "myself");
    const struct person *person =
        me ? people_get(request->core, request->asker->person) : people_find(request->core, typed);
    if (person) {
        *ret = person;
        return 0;
    }
    if (me)
        return error_set(err, ERR_AUTH, "I don't know who you are here. Name a person instead of `me`.");
    return error_markup(err, ERR_NOT_FOUND,
                        "'%.60s' matches nobody, or more than one person. Use an id such as @ana, an e-mail "
                        "address or a full name. I know people once they have written something where I am.",
                        typed);
}

int request_known(struct request *request, const char *typed, const struct person **ret, struct error *err)
{
    struct roster_person declared;
    if (!people_find_declared(request->core, typed, &declared))
        return request_person(request, typed, ret, err);
    *ret = people_declared(request->turn, &declared);
    return 0;
}

/* The end of the n-th word; NULL: there are not so many. */
static const char *end_of_words(const char *text, int n)
{
    for (; n; n--) {
        text = skip_space(text);
        if (!*text)
            return NULL;
        text += strcspn(text, " \t\n");
    }
    return text;
}

int request_take_person(struct request *request, const char **text, const struct person **ret,
                        struct error *err)
{
    const char *typed = skip_space(*text), *end;
    for (int n = is_quoted(typed) ? 1 : NAME_WORDS; n > 1; n--) {
        end = end_of_words(typed, n);
        CLEANUP_FREE char *name = end ? xstrndup(typed, (size_t)(end - typed)) : NULL;
        if (!name || request_known(request, name, ret, NULL))
            continue;
        *text = skip_space(end);
        return 0;
    }
    CLEANUP_FREE char *token = read_token(typed, &end);
    if (token)
        *text = skip_space(end);
    return request_known(request, token ? token : "", ret, err);
}

static int no_incident(uint64_t id, struct error *err)
{
    char name[INCIDENT_NAME];
    return error_markup(err, ERR_NOT_FOUND, "No incident %s. `list` shows the open ones.",
                        incident_name(id, name));
}

int request_incident(const struct request *request, uint64_t id, const struct incident **ret, struct error *err)
{
    const struct incident *incident = sight_incident(request->core, id, request->asker->person);
    if (!incident)
        return no_incident(id, err);
    *ret = incident;
    return 0;
}

const char *request_person_name(const struct request *request, const char *id)
{
    const char *name = people_name(request->core, id);
    return name ? name : id ? id : "somebody";
}

char *request_author(const struct request *request)
{
    const char *name = request_person_name(request, request->by), *agent = request->asker->agent;
    return agent ? xasprintf("%s (by the agent %s)", name, agent) : xstrdup(name);
}

struct card_context request_card_context(const struct request *request)
{
    return rooms_card_context(request->core, request->now, request->zone);
}
