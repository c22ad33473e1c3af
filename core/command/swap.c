/* The command `swap`: somebody's next shift for another's, once they agree. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/handlers.h"
#include "command/line.h"
#include "oncall/oncall.h"

struct listing {
    const struct request *request;
    const char *zone;
    size_t n;
    uint64_t last;
    struct str out;
};

static void add_side(const struct listing *listing, const struct oncall_side *side)
{
    struct str *out = (struct str *)(uintptr_t)&listing->out;
    str_markup(out, "%s, ", oncall_name(listing->request->core, side->id));
    moment_format(side->from, listing->request->now, listing->zone, out);
    str_add(out, " until ");
    moment_format(side->until, listing->request->now, listing->zone, out);
}

/* "3: Ana, Mon 09:00 until Tue 09:00, for Bo, Tue 09:00 until Wed 09:00, in payments" */
static void add_swap(struct listing *listing, const struct oncall_swap *swap)
{
    str_addf(&listing->out, "%s%" PRIu64 ": ", listing->n++ ? "\n- " : "- ", swap->number);
    add_side(listing, &swap->one);
    str_add(&listing->out, ", for ");
    add_side(listing, &swap->other);
    str_markup(&listing->out, ", in %s", swap->rotation);
    listing->last = swap->number;
}

static bool add_own(void *ctx, const struct oncall_swap *swap)
{
    struct listing *listing = ctx;
    const struct core *core = listing->request->core;
    const char *me = listing->request->asker->person;
    if (people_same(core, swap->one.id, me) || people_same(core, swap->other.id, me))
        add_swap(listing, swap);
    return true;
}

static int list(struct request *request)
{
    struct listing listing = {.request = request, .zone = request->zone};
    oncall_each_swap(request->core, request->now, add_own, &listing);
    request->answer->alone = true;
    if (listing.n)
        answer_text(request, listing.out.p);
    else
        answer_line(request,
                    "Nobody offers to swap with you, nor you with anybody. To do so, type `swap with @bo`.");
    str_finish(&listing.out);
    return 0;
}

/* The offer with the number that was typed; without one, the only one that is theirs. */
static int which(struct request *request, const char *typed, const struct oncall_swap **ret, struct error *err)
{
    struct listing listing = {.request = request, .zone = request->zone};
    oncall_each_swap(request->core, request->now, add_own, &listing);
    uint64_t number = *typed ? strtoull(typed, NULL, 10) : listing.n == 1 ? listing.last : 0;
    const struct oncall_swap *swap = oncall_find_swap(request->core, number, request->now);
    bool own = swap && (people_same(request->core, swap->one.id, request->asker->person) ||
                        people_same(request->core, swap->other.id, request->asker->person));
    int rc = 0;
    if (!own && listing.n)
        rc = error_set(err, ERR_CONFLICT, "Say which, as in `swap yes %" PRIu64 "`:\n%s", listing.last,
                       listing.out.p);
    else if (!own)
        rc = error_set(err, ERR_NOT_FOUND, "Nobody offers to swap with you now, nor you with anybody.");
    str_finish(&listing.out);
    *ret = swap;
    return rc;
}

/* What both read of it, each in their zone, made before it is gone. */
struct news {
    char *to, *here, *there; /* the other of the two; the texts for the asker, and for them */
};

static void news_finish(struct news *news)
{
    free(news->to);
    free(news->here);
    free(news->there);
}

static struct news news_of(struct request *request, const struct oncall_swap *swap, const char *before,
                           const char *after)
{
    bool by_one = people_same(request->core, swap->one.id, request->asker->person);
    const char *to = by_one ? swap->other.id : swap->one.id, *by = oncall_name(request->core, request->by);
    struct listing here = {.request = request, .zone = request->zone},
                   there = {.request = request, .zone = people_zone(request->core, to)};
    str_markup(&here.out, "%s %s:\n", by, before);
    str_markup(&there.out, "%s %s:\n", by, before);
    add_swap(&here, swap);
    add_swap(&there, swap);
    str_add(&there.out, after);
    return (struct news){xstrdup(to), str_take(&here.out), str_take(&there.out)};
}

static void tell(struct request *request, const struct news *news)
{
    accounts_tell(request->turn, news->to, request->asker, news->there);
    answer_text(request, news->here);
}

static int answer(struct request *request, bool yes, const char *typed, struct error *err)
{
    const struct oncall_swap *swap;
    int rc = which(request, typed, &swap, err);
    if (rc)
        return rc;
    bool asked = people_same(request->core, swap->other.id, request->asker->person);
    if (yes && !asked)
        return error_markup(err, ERR_REFUSED, "%s has to accept it, with `swap yes`. `swap no` withdraws it.",
                            oncall_name(request->core, swap->other.id));
    const char *what = yes ? "accepted the swap" : asked ? "declined the swap" : "withdrew the swap";
    CLEANUP(news_finish) struct news news = news_of(request, swap, what, "");
    if (yes)
        rc = oncall_accept_swap(request->turn, swap, request->by, err);
    else
        oncall_end_swap(request->turn, swap, request->by);
    if (!rc)
        tell(request, &news);
    return rc;
}

static int offer_to(struct request *request, const char *typed, struct error *err)
{
    const struct person *person;
    uint64_t number;
    CLEANUP_FREE char *whom = whole_text(typed, strlen(typed));
    int rc = request_known(request, whom ? whom : typed, &person, err);
    rc = rc ? rc : oncall_offer_swap(request->turn, request->asker->person, person->id, &number, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *after =
        xasprintf("\n\nType `swap yes %" PRIu64 "` or `swap no %" PRIu64 "`.", number, number);
    const struct oncall_swap *swap = oncall_find_swap(request->core, number, request->now);
    CLEANUP(news_finish) struct news news = news_of(request, swap, "offers to swap", after);
    tell(request, &news);
    return 0;
}

int run_swap(struct request *request, struct error *err)
{
    static const char *const yes[] = {"yes", "accept", "ok"}, *const no[] = {"no", "decline", "cancel"};
    const char *typed = request_argument(request, ARGUMENT_TEXT);
    if (!typed)
        return list(request);
    size_t n = strcspn(typed, " ");
    CLEANUP_FREE char *word = xstrndup(typed, n);
    const char *rest = typed + n + strspn(typed + n, " ");
    for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
        if (strcasecmp(word, yes[i]) == 0 || strcasecmp(word, no[i]) == 0)
            return answer(request, strcasecmp(word, yes[i]) == 0, rest, err);
    }
    return offer_to(request, strcasecmp(word, "with") == 0 ? rest : typed, err);
}
