/* Pages by hand: page, escalate, draft-in, pages. */
#include <string.h>

#include "base/moment.h"
#include "command/handlers.h"
#include "paging/paging.h"
#include "sight/query.h"

#define NEWEST      100 /* incidents whose pages are looked for */
#define PAGED_MOST  20  /* of them that are listed */
#define OFFERS_MOST 4   /* buttons */

static int answer_if(struct request *request, int rc, const struct str *said)
{
    if (!rc)
        answer_text(request, said->p);
    return rc;
}

static int ask(struct request *request, bool everybody, struct error *err)
{
    CLEANUP_STR struct str said = {0};
    struct paging_wish wish = {.whom = request_argument(request, ARGUMENT_WORD),
                               .text = request_argument(request, ARGUMENT_TEXT),
                               .by = request->by,
                               .everybody = everybody};
    int rc = paging_ask(request->turn, request->incident->id, &wish, &said, err);
    return answer_if(request, rc, &said);
}

static int test(struct request *request, struct error *err)
{
    CLEANUP_STR struct str said = {0};
    int rc = paging_test(request->turn, request->asker->person, &said, err);
    request->answer->alone = true;
    return answer_if(request, rc, &said);
}

/* `page mute 2h`, `page mute off` */
static int mute(struct request *request, struct error *err)
{
    const char *text = request_argument(request, ARGUMENT_TEXT);
    instant until = 0;
    if (!text)
        return error_set(err, ERR_INVALID, "Say until when: `page mute 2h`, or `page mute off`.");
    int rc = request_is_off(text) ? 0 : when_parse(text, request->now, request->zone, &until, err);
    if (rc)
        return rc;
    if (until > request->now + DAY)
        return error_set(
            err, ERR_REFUSED,
            "Pages can be muted for a day at most. For longer, have somebody `cover` you, or be `absent`.");
    CLEANUP_STR struct str said = {0};
    paging_mute(request->turn, request->asker->person, until);
    str_add(&said, until ? "Pages go to the next one in your place until " : "Pages reach you again.");
    if (until) {
        moment_format(until, request->now, request->zone, &said);
        str_add(&said, ", unless nobody else is left.");
    }
    return answer_if(request, 0, &said);
}

int run_page(struct request *request, struct error *err)
{
    if (text_equal_nocase(request_argument(request, ARGUMENT_WORD), "mute"))
        return mute(request, err);
    if (text_equal_nocase(request_argument(request, ARGUMENT_WORD), "me"))
        return test(request, err);
    if (!request->incident)
        return error_set(
            err, ERR_INVALID,
            "Say which incident it is about: `INC-42 page payments`, or use an incident's channel.");
    return ask(request, false, err);
}

int run_draft_in(struct request *request, struct error *err)
{
    return ask(request, true, err);
}

int run_escalate(struct request *request, struct error *err)
{
    CLEANUP_STR struct str said = {0};
    int rc = paging_escalate(request->turn, request->incident, request->by,
                             request_argument(request, ARGUMENT_TEXT), &said, err);
    return answer_if(request, rc, &said);
}

struct listing {
    const struct request *request;
    struct str text;
    size_t left;
    ARRAY(char *) false_ones; /* lines for those that were declined */
};

static void offer_false(struct listing *listing, const struct incident *incident)
{
    char name[INCIDENT_NAME];
    if (incident->status == STATUS_DECLINED && incident->people.pages.all.n &&
        listing->false_ones.n < OFFERS_MOST)
        *array_add(&listing->false_ones) = xasprintf("%s false-page", incident_name(incident->id, name));
}

static bool list_one(void *ctx, const struct incident *incident)
{
    struct listing *listing = ctx;
    const struct request *request = listing->request;
    paging_list(request->core, incident, request->now, request->zone, &listing->text);
    offer_false(listing, incident);
    listing->left -= incident->people.pages.all.n > 0;
    return listing->left > 0;
}

/* Those of the newest incidents, ended ones too: a false page is looked at in the morning. */
static int list_newest(const struct request *request, struct listing *listing, struct error *err)
{
    const struct query newest = {.viewer = request->asker->person, .all = true, .limit = NEWEST};
    listing->left = PAGED_MOST;
    return query_list(request->core, &newest, list_one, listing, err);
}

int run_pages(struct request *request, struct error *err)
{
    struct listing listing = {.request = request, .left = 1};
    int rc = request->incident ? 0 : list_newest(request, &listing, err);
    if (request->incident)
        list_one(&listing, request->incident);
    if (!rc && listing.text.len)
        answer_offering(request, "Pages", listing.text.p, listing.false_ones.v, listing.false_ones.n);
    else if (!rc)
        answer_text(request, request->incident ? "Nobody was paged for it."
                                               : "Nobody was paged for the latest incidents.");
    str_finish(&listing.text);
    for (size_t i = 0; i < listing.false_ones.n; i++)
        free(listing.false_ones.v[i]);
    array_free(&listing.false_ones);
    return rc;
}
