/* The command `followup`: work that the incident leaves behind is given to somebody, moved, done, dropped, or made a ticket. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/followup.h"
#include "command/line.h"
#include "followups/followups.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "tickets/tickets.h"

/* ---- what is typed ---- */

/* The last " by " of a text; NULL: there is none. */
static const char *find_by(const char *text)
{
    const char *found = NULL;
    for (const char *p = text; (p = strcasestr(p, "by ")); p += 3)
        found = p == text || isspace((unsigned char)p[-1]) ? p : found;
    return found;
}

/* "by friday" reads as "until friday" does. */
static int split_by(const struct request *request, const char *text, struct when_split *ret, struct error *err)
{
    const char *by = find_by(text);
    if (!by)
        return ERR_NOT_FOUND;
    CLEANUP_FREE char *until = xasprintf("%.*suntil %s", (int)(by - text), text, by + 3);
    int rc = split_when(until, request->now, request->zone, ret, err);
    if (rc || strncasecmp(ret->when, "until ", 6) == 0)
        return rc;
    free(ret->when);
    free(ret->text);
    return ERR_NOT_FOUND;
}

/* What is to be done, and by when: refused as a whole if the date is missing or cannot be read. */
static int split_due(const struct request *request, const char *text, struct when_split *ret, struct error *err)
{
    struct error why = {0};
    int rc = split_by(request, text, ret, &why);
    if (rc == ERR_NOT_FOUND)
        rc = split_when(text, request->now, request->zone, ret, &why);
    const char *by = rc ? find_by(text) : NULL;
    if (rc == ERR_REFUSED)
        return error_set(err, ERR_INVALID, "%s", why.text);
    if (by)
        return error_markup(
            err, ERR_INVALID,
            "I can't read '%.60s' as a time in the future. Try `by friday`, `by tomorrow 9:00` or "
            "`in 14 days`.",
            by + 3);
    return rc ? error_set(err, ERR_INVALID,
                          "Say by when, behind what is to be done: `followup @ana fix the retry by friday`.")
              : 0;
}

/* The person whom a text begins with, "@ana", "me" or a name in quotes; the rest in *text. *ret NULL: it begins with none. */
static int take_person(struct request *request, const char **text, const struct person **ret, struct error *err)
{
    const char *end;
    CLEANUP_FREE char *token = read_token(*text, &end);
    CLEANUP_FREE char *name = token ? clean_name(token) : NULL;
    bool quoted = is_quoted(*text);
    *ret = NULL;
    if (!name || (*name != '@' && !quoted && !text_equal_nocase(name, "me")))
        return 0;
    if (quoted && request_known(request, name, ret, NULL))
        return 0; /* what is to be done */
    *text = skip_space(end);
    return request_known(request, name, ret, err);
}

/* Whoever has a follow-up of a private incident becomes a member of it, and that is no agent's to decide. */
static int check_owner(const struct request *request, uint64_t id, const char *owner, struct error *err)
{
    const struct incident *incident = turn_incident(request->turn, id);
    bool lets_in = incident && incident->private && !people_member(request->core, incident, owner);
    return lets_in ? request_forbid_agent(request, AGENT_PLACE, err) : 0;
}

/* ---- a new one ---- */

void followup_describe(const struct request *request, int64_t number, struct str *out)
{
    struct followup followup;
    if (!followup_get(request->core, number, &followup))
        return;
    str_markup(out, "%s has follow-up %" PRId64 ", due ", request_person_name(request, followup.owner), number);
    moment_format(followup.due, request->now, request->zone, out);
    followup_finish(&followup);
}

/* Somebody else gave it to them. */
static void tell_owner(struct request *request, const struct followup *followup)
{
    CLEANUP_FREE char *key = turn_key(request->turn);
    CLEANUP_STR struct str text = {0};
    if (people_same(request->core, followup->owner, request->asker->person))
        return;
    CLEANUP_FREE char *author = request_author(request);
    str_markup(&text, "%s gave you follow-up %" PRId64 ", due ", author, followup->number);
    moment_format(followup->due, request->now, people_zone(request->core, followup->owner), &text);
    str_markup(&text, ": %s", followup->text);
    rooms_nudge(request->turn, followup->incident, followup->owner, key, text.p);
}

static int make(struct request *request, const char *owner, const struct when_split *split, struct error *err)
{
    CLEANUP_STR struct str text = {0};
    struct followup wish = {.owner = (char *)(uintptr_t)owner,
                            .text = split->text,
                            .by = (char *)(uintptr_t)request->by,
                            .due = split->at};
    int rc = check_owner(request, request->incident->id, owner, err);
    rc = rc ? rc : followup_make(request->turn, request->incident->id, &wish, &wish.number, err);
    if (rc)
        return rc;
    wish.incident = request->incident->id;
    tell_owner(request, &wish);
    followup_describe(request, wish.number, &text);
    str_markup(&text, ": %s. `followup %" PRId64 " done` ends it.", wish.text, wish.number);
    answer_text(request, text.p);
    return 0;
}

static int read_new(struct request *request, const char *text, struct error *err)
{
    const struct person *person;
    struct when_split split;
    if (!request->incident)
        return error_set(
            err, ERR_INVALID,
            "Say which incident it follows: `INC-42 followup @ana fix the retry by friday`, or use an "
            "incident's channel.");
    int rc = take_person(request, &text, &person, err);
    if (!rc && !person && !request->asker->person)
        rc = error_set(err, ERR_INVALID, "Say who does it: `followup @ana fix the retry by friday`.");
    rc = rc ? rc : split_due(request, text, &split, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *owner = xstrdup(person ? person->id : request->asker->person);
    rc = split.text
             ? make(request, owner, &split, err)
             : error_set(err, ERR_INVALID, "Say what is to be done: `followup @ana fix the retry by friday`.");
    free(split.text);
    free(split.when);
    return rc;
}

/* ---- one that there is ---- */

struct change {
    struct request *request;
    const struct followup *followup;
    const char *rest; /* what was typed behind the word */
};

static int end_as(const struct change *change, enum followup_state state, struct error *err)
{
    struct request *request = change->request;
    int64_t number = change->followup->number;
    int rc = followup_end(request->turn, number, state, request->by, *change->rest ? change->rest : NULL, err);
    if (!rc)
        answer_line(request,
                    state == FOLLOWUP_DONE ? "Follow-up %" PRId64 " is done: %s"
                                           : "Follow-up %" PRId64 " is dropped: %s",
                    number, change->followup->text);
    return rc;
}

static int do_done(const struct change *change, struct error *err)
{
    return end_as(change, FOLLOWUP_DONE, err);
}

static int do_drop(const struct change *change, struct error *err)
{
    if (!*change->rest)
        return error_set(err, ERR_INVALID,
                         "Say why nobody has to do it: `followup %" PRId64 " drop it was a one-off`.",
                         change->followup->number);
    return end_as(change, FOLLOWUP_DROPPED, err);
}

static int answer_moved(const struct change *change)
{
    CLEANUP_STR struct str text = {0};
    followup_describe(change->request, change->followup->number, &text);
    str_markup(&text, ": %s", change->followup->text);
    answer_text(change->request, text.p);
    return 0;
}

static int do_move(const struct change *change, struct error *err)
{
    struct request *request = change->request;
    instant due;
    int rc = when_parse(change->rest, request->now, request->zone, &due, err);
    rc = rc ? rc : check_owner(request, change->followup->incident, change->followup->owner, err);
    if (rc)
        return rc;
    followup_move(request->turn, change->followup->number, NULL, due, request->by);
    return answer_moved(change);
}

static int do_ticket(const struct change *change, struct error *err)
{
    struct request *request = change->request;
    const struct followup *followup = change->followup;
    CLEANUP_STR struct str answer = {0};
    struct call call = request_call(request, NULL, &answer);
    const struct incident *incident;
    if (followup->ticket)
        return error_markup(err, ERR_CONFLICT, "Follow-up %" PRId64 " has a ticket already: %s %s.",
                            followup->number, followup->connector, followup->ticket);
    int rc = request_incident(request, followup->incident, &incident, err);
    call.incident = incident;
    rc = rc ? rc
            : tickets_create_for(&call, followup->number, *change->rest ? change->rest : followup->text, err);
    if (!rc)
        answer_text(request, answer.p);
    return rc;
}

static int give_to(const struct change *change, const char *owner, struct error *err)
{
    struct request *request = change->request;
    struct followup now;
    CLEANUP_FREE char *id = xstrdup(owner);
    int rc = check_owner(request, change->followup->incident, id, err);
    if (rc)
        return rc;
    followup_move(request->turn, change->followup->number, id, 0, request->by);
    if (followup_get(request->core, change->followup->number, &now)) {
        tell_owner(request, &now);
        followup_finish(&now);
    }
    return answer_moved(change);
}

static const struct {
    const char *words[4];
    int (*does)(const struct change *change, struct error *err);
} changes[] = {
    {{"done", "finished", "fixed"}, do_done},
    {{"drop", "dropped", "cancel"}, do_drop},
    {{"to", "move", "until"}, do_move},
    {{"by"}, do_move},
    {{"ticket"}, do_ticket},
};

static int run_change(struct request *request, const struct followup *followup, const char *rest,
                      struct error *err)
{
    struct change change = {request, followup, rest};
    const struct person *person;
    char word[WORD_MOST + 1];
    const char *end;
    int rc = take_person(request, &change.rest, &person, err);
    if (rc || person)
        return rc ? rc : give_to(&change, person->id, err);
    read_word(rest, word, &end);
    change.rest = skip_space(end);
    for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
        for (size_t k = 0; changes[i].words[k]; k++) {
            if (strcmp(word, changes[i].words[k]) == 0)
                return changes[i].does(&change, err);
        }
    }
    return error_set(err, ERR_INVALID,
                     "Say what of follow-up %" PRId64 ": `followup %" PRId64
                     " done`, `… to friday`, `… @bo`, `… "
                     "ticket`, or `… drop` and why.",
                     followup->number, followup->number);
}

static int change(struct request *request, int64_t number, const char *rest, struct error *err)
{
    struct followup followup;
    bool there = followup_get(request->core, number, &followup);
    int rc = there && sight_incident(request->core, followup.incident, request->asker->person)
                 ? 0
                 : error_set(err, ERR_NOT_FOUND,
                             "There is no follow-up %" PRId64 ". `followups` lists the open ones.", number);
    if (!rc)
        request->answer->incident = followup.incident;
    rc = rc ? rc : run_change(request, &followup, rest, err);
    if (there)
        followup_finish(&followup);
    return rc;
}

int run_followup(struct request *request, struct error *err)
{
    const char *typed = request_argument(request, ARGUMENT_TEXT);
    char *end;
    long long number = strtoll(typed, &end, 10);
    bool numbered = isdigit((unsigned char)*typed) && (!*end || isspace((unsigned char)*end));
    return numbered ? change(request, number, skip_space(end), err) : read_new(request, typed, err);
}
