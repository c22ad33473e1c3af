/* The command `followups`: what incidents left to do, by team, by person, or of one incident. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/handlers.h"
#include "followups/followups.h"
#include "sight/sight.h"

#define LIST_MOST 50

struct listing {
    const struct request *request;
    uint64_t incident;  /* only of this one; 0: of all */
    const char *person; /* only theirs; NULL: everybody's */
    const char *team;   /* only of this team; NULL: of all */
    bool overdue;       /* only those */
    size_t n, late;
    struct str out;
};

static bool is_late(const struct listing *listing, const struct followup *followup)
{
    return followup->state == FOLLOWUP_OPEN && followup->due <= listing->request->now;
}

/* A private incident's are shown to its members alone. */
static bool is_wanted(const struct listing *listing, const struct followup *followup)
{
    struct core *core = listing->request->core;
    return (!listing->person || people_same(core, followup->owner, listing->person)) &&
           (!listing->team || text_equal_nocase(followup->team, listing->team)) &&
           (!listing->overdue || is_late(listing, followup)) &&
           sight_incident(core, followup->incident, listing->request->asker->person);
}

/* "- **3** fix the retry: Ana, payments, due Fri 27 Nov 09:00, INC-42, github 31" */
static bool add(void *ctx, const struct followup *followup)
{
    static const char *const over[] = {"", ", done", ", dropped"};
    struct listing *listing = ctx;
    const struct request *request = listing->request;
    char name[INCIDENT_NAME];
    if (!is_wanted(listing, followup))
        return true;
    listing->late += is_late(listing, followup);
    if (listing->n++ >= LIST_MOST)
        return true;
    str_markup(&listing->out, "- **%" PRId64 "** %s: %s", followup->number, followup->text,
               request_person_name(request, followup->owner));
    if (followup->team)
        str_markup(&listing->out, ", %s", followup->team);
    str_add(&listing->out, is_late(listing, followup) ? ", **overdue since** " : ", due ");
    moment_format(followup->due, request->now, request->zone, &listing->out);
    str_markup(&listing->out, ", %s", incident_name(followup->incident, name));
    if (followup->ticket)
        str_markup(&listing->out, ", %s %s", followup->connector, followup->ticket);
    str_add(&listing->out, over[followup->state]);
    if (followup->why)
        str_markup(&listing->out, " (%s)", followup->why);
    str_add(&listing->out, "\n");
    return true;
}

/* What was typed: a person, a team, `overdue`, `all`. */
static int read_filter(const struct request *request, const char *typed, struct listing *listing,
                       struct error *err)
{
    const struct person *person;
    struct roster_team team;
    listing->incident = typed && !request->parsed->named ? 0 : listing->incident;
    if (!typed || text_equal_nocase(typed, "all"))
        return 0;
    listing->overdue = text_equal_nocase(typed, "overdue");
    if (listing->overdue)
        return 0;
    if (*typed != '@' && policy_find_team(core_policy(request->core), typed, &team)) {
        listing->team = team.name;
        return 0;
    }
    int rc = request_person(request, typed, &person, NULL);
    if (rc)
        return error_markup(
            err, ERR_NOT_FOUND,
            "'%.60s' is no team and nobody whom I know. Type `followups payments`, `followups @ana`, "
            "`followups overdue` or `followups INC-42`.",
            typed);
    listing->person = person->id;
    return 0;
}

int run_followups(struct request *request, struct error *err)
{
    struct listing listing = {.request = request, .incident = request->incident ? request->incident->id : 0};
    int rc = read_filter(request, request_argument(request, ARGUMENT_TEXT), &listing, err);
    if (rc)
        return rc;
    followups_each_open(request->core, listing.incident, add, &listing);
    size_t open = listing.n;
    if (listing.incident)
        followups_each_over(request->core, listing.incident, add, &listing);
    CLEANUP_FREE char *title = xasprintf("Follow-ups: %zu open, %zu of them overdue", open, listing.late);
    if (listing.n > LIST_MOST)
        str_addf(&listing.out, "- … and %zu more. Name a team or a person.\n", listing.n - LIST_MOST);
    if (listing.n)
        answer_titled(request, title, listing.late ? "warn" : "info", listing.out.p);
    else
        answer_line(request, "No follow-up is open there. `followup @ana fix the retry by friday` leaves one.");
    str_finish(&listing.out);
    return 0;
}
