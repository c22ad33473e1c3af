/* The command `cover`: somebody is on call in another's place for a time. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/handlers.h"
#include "oncall/oncall.h"

#define LIST_MOST 20

struct listing {
    const struct request *request;
    const char *zone;
    uint64_t first; /* those from this number on */
    bool own;       /* only those that the asker made, or in which they are */
    size_t n;
    uint64_t last; /* the last of them */
    struct str out;
};

static bool concerns(const struct listing *listing, const struct oncall_cover *cover)
{
    const struct core *core = listing->request->core;
    const char *me = listing->request->asker->person;
    return !listing->own || people_same(core, cover->by, me) || oncall_is(core, cover->in, me) ||
           oncall_is(core, cover->out, me);
}

/* "7: Ana covers Bo for payments from tomorrow 09:00 until tomorrow 17:00" */
static bool add_cover(void *ctx, const struct oncall_cover *cover)
{
    struct listing *listing = ctx;
    const struct request *request = listing->request;
    if (cover->number < listing->first || cover->until <= request->now || !concerns(listing, cover))
        return true;
    listing->last = cover->number;
    str_addf(&listing->out, "%s%" PRIu64 ": ", listing->n++ ? "\n- " : "- ", cover->number);
    str_markup(&listing->out, "%s covers %s for %s from ", oncall_name(request->core, cover->in),
               oncall_name(request->core, cover->out), cover->rotation);
    moment_format(cover->from, request->now, listing->zone, &listing->out);
    str_add(&listing->out, " until ");
    moment_format(cover->until, request->now, listing->zone, &listing->out);
    return listing->n < LIST_MOST;
}

static int list(struct request *request)
{
    struct listing listing = {.request = request, .zone = request->zone};
    oncall_each_cover(request->core, add_cover, &listing);
    request->answer->alone = true;
    if (listing.n)
        answer_text(request, listing.out.p);
    else
        answer_line(request, "Nobody covers for anybody. To do so, type `cover @bo tomorrow 9-17`.");
    str_finish(&listing.out);
    return 0;
}

/* ---- take back ---- */

/* The number that was typed; else that of the only cover that is theirs. */
static int which(struct request *request, const char *typed, uint64_t *ret, struct error *err)
{
    struct listing listing = {.request = request, .zone = request->zone, .own = true};
    char *end = NULL;
    *ret = strtoull(typed, &end, 10);
    if (*typed && *ret && !*end)
        return 0;
    if (*typed)
        return error_markup(err, ERR_INVALID, "'%.40s' is not the number of a cover. Type `cover cancel 7`.",
                            typed);
    oncall_each_cover(request->core, add_cover, &listing);
    *ret = listing.last;
    int rc = listing.n == 1 ? 0
             : listing.n    ? error_set(err, ERR_CONFLICT, "Say which, as in `cover cancel %" PRIu64 "`:\n%s",
                                        listing.last, listing.out.p)
                            : error_set(err, ERR_NOT_FOUND,
                                        "You cover for nobody, and nobody for you. `cover` lists all covers.");
    str_finish(&listing.out);
    return rc;
}

/* Both are told, but for the one who asked. */
static void tell_both(struct request *request, const char *in, const char *out, const char *text)
{
    const char *const names[] = {in, out};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *id = oncall_person(request->core, names[i]);
        if (id && !people_same(request->core, id, request->asker->person))
            accounts_tell(request->turn, id, request->asker, text);
    }
}

static int cancel(struct request *request, const char *typed, struct error *err)
{
    uint64_t number = 0;
    struct listing listing = {.request = request, .zone = NULL};
    int rc = which(request, typed, &number, err);
    if (rc)
        return rc;
    const struct oncall_cover *cover = oncall_find_cover(request->core, number);
    if (!cover)
        return error_markup(err, ERR_NOT_FOUND,
                            "There is no cover %" PRIu64 ". `cover` lists those that are to come.", number);
    str_markup(&listing.out, "%s took back:\n", request_person_name(request, request->by));
    add_cover(&listing, cover);
    tell_both(request, cover->in, cover->out, listing.out.p);
    oncall_uncover(request->turn, cover, request->by);
    answer_text(request, listing.out.p);
    str_finish(&listing.out);
    return 0;
}

/* ---- cover ---- */

static int cover(struct request *request, const char *typed, struct error *err)
{
    const struct person *person;
    struct covering covering = {.in = request->asker->person, .by = request->by};
    uint64_t first;
    const char *when = typed;
    int rc = request_take_person(request, &when, &person, err);
    if (!*when)
        return error_markup(err, ERR_INVALID, "Say when, with an end: `cover %.40s tomorrow 9-17`.", typed);
    rc = rc ? rc : when_parse_span(when, request->now, request->zone, &covering.from, &covering.until, err);
    if (rc)
        return rc;
    covering.out = person->id;
    rc = oncall_cover(request->turn, &covering, &first, err);
    if (rc)
        return rc;
    struct listing listing = {.request = request, .zone = request->zone, .first = first},
                   theirs = {
                       .request = request, .zone = people_zone(request->core, person->id), .first = first};
    oncall_each_cover(request->core, add_cover, &listing);
    oncall_each_cover(request->core, add_cover, &theirs);
    accounts_tell(request->turn, person->id, request->asker, theirs.out.p);
    answer_text(request, listing.out.p);
    str_finish(&listing.out);
    str_finish(&theirs.out);
    return 0;
}

int run_cover(struct request *request, struct error *err)
{
    const char *typed = request_argument(request, ARGUMENT_TEXT);
    if (!typed)
        return list(request);
    typed += strncasecmp(typed, "for @", 5) == 0 ? 4 : 0;
    if (strncasecmp(typed, "cancel", 6) == 0 && strchr(" ", typed[6]))
        return cancel(request, typed + 6 + strspn(typed + 6, " "), err);
    return cover(request, typed, err);
}
