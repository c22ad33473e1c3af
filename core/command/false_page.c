/* The command `false-page`: what keeps it from happening again. One press leads to the rule, a mute that ends, and somebody who looks at it. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/followup.h"
#include "followups/followups.h"
#include "triage/triage.h"

#define MUTED_FOR DAY

/* The latest page that a rule asked for; else the latest. */
static const struct state_page *false_page(const struct incident *incident)
{
    const struct state_page *found = NULL;
    for (size_t i = 0; i < incident->people.pages.all.n; i++) {
        const struct state_page *page = &incident->people.pages.all.v[i];
        found = page->rule || !found || !found->rule ? page : found;
    }
    return found;
}

struct search {
    const char *text;
    int64_t number; /* 0: there is none */
};

static bool is_same(void *ctx, const struct followup *followup)
{
    struct search *search = ctx;
    if (text_equal(followup->text, search->text))
        search->number = followup->number;
    return !search->number;
}

/* An incident that goes on is declined. Nobody is asked twice to look at the same rule. */
static int begin(struct request *request, const char *text, struct error *err)
{
    const struct incident *incident = request->incident;
    struct search search = {text, 0};
    followups_each_open(request->core, incident->id, is_same, &search);
    if (search.number)
        return error_markup(err, ERR_CONFLICT,
                            "Follow-up %" PRId64 " is about it already. `followups` lists it.", search.number);
    if (!status_is_open(incident->status))
        return 0;
    return request_do(request, &(struct command){.verb = "decline", .text = "a false page"}, err);
}

static void mute(struct request *request, const char *fingerprint, int64_t followup, struct str *out)
{
    instant until = request->now + MUTED_FOR;
    CLEANUP_FREE char *reason = xasprintf("a false page, see follow-up %" PRId64, followup);
    if (!fingerprint || mutes_add(request->turn, fingerprint, until, request->by, reason, NULL))
        return;
    str_markup(out, " `%s` is muted until ", fingerprint);
    moment_format(until, request->now, request->zone, out);
    str_add(out, ".");
}

/* Whoever is named, or whoever asks: they know why. It is due in their morning. */
static int find_owner(struct request *request, char **ret_owner, instant *ret_due, struct error *err)
{
    const char *typed = request_argument(request, ARGUMENT_PERSON);
    const struct person *person = NULL;
    int rc = request_known(request, typed ? typed : "me", &person, err);
    if (rc)
        return rc;
    *ret_owner = xstrdup(person->id);
    return when_parse("9:00", request->now, people_zone(request->core, person->id), ret_due, err);
}

/* "Look at team.lua:7: it paged product-responder for nothing" */
static char *task_of(const struct state_page *page)
{
    return xasprintf("Look at %s: it paged %s for nothing", page->rule ? page->rule : "what asked for the page",
                     page->target);
}

int run_false_page(struct request *request, struct error *err)
{
    const struct incident *incident = request->incident;
    const struct state_page *page = false_page(incident);
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *task = page ? task_of(page) : NULL, *rule = page ? xstrdup(page->rule) : NULL,
                      *owner = NULL;
    CLEANUP_FREE char *fingerprint =
        incident->affected.alerts.n ? xstrdup(incident->affected.alerts.v[0].fingerprint) : NULL;
    CLEANUP_STR struct str text = {0};
    struct followup wish = {.text = task, .by = (char *)(uintptr_t)request->by};
    if (!page)
        return error_markup(err, ERR_REFUSED, "Nobody was paged for %s.", request_incident_name(request, name));
    int rc = find_owner(request, &owner, &wish.due, err);
    rc = rc ? rc : begin(request, task, err);
    wish.owner = owner;
    rc = rc ? rc : followup_make(request->turn, request->incident->id, &wish, &wish.number, err);
    if (rc)
        return rc;
    str_markup(&text, rule ? "%s paged for nothing, by the rule %s." : "%s paged for nothing.",
               request_incident_name(request, name), rule);
    mute(request, fingerprint, wish.number, &text);
    str_add(&text, " ");
    followup_describe(request, wish.number, &text);
    str_add(&text, ".");
    answer_text(request, text.p);
    return 0;
}
