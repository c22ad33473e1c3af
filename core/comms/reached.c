/* Whom a message reached, and why it did not reach the others. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "comms/comms.h"
#include "comms/progress.h"
#include "customers/customers.h"

#define SHOWN_MOST 40

struct listing {
    const struct core *core;
    const struct incident *incident;
    int64_t draft;
    const char *which; /* NULL: all who were not told */
    struct str *out;
    size_t n;
};

static const char *const words[] = {STANDING_TOLD,      STANDING_FAILED,  STANDING_BOUNCED, STANDING_UNWISHED,
                                    STANDING_WITHDRAWN, STANDING_WAITING, "answered"};

static bool fits(const struct listing *listing, const struct standing *standing)
{
    const char *which = listing->which;
    bool waits = text_equal(standing->state, STANDING_WAITING) || text_equal(standing->state, STANDING_QUEUED);
    if (!which)
        return !waits && !text_equal(standing->state, STANDING_TOLD);
    if (strcmp(which, "answered") == 0)
        return standing->answered;
    return strcmp(which, STANDING_WAITING) == 0 ? waits : text_equal(standing->state, which);
}

static void add_one(const struct listing *listing, const char *customer, const struct standing *standing)
{
    struct recipient recipient = {customer, customers_get(listing->core, customer)};
    str_markup(listing->out, "\n- **%s**", recipient_name(listing->incident, &recipient));
    if (standing->address)
        str_markup(listing->out, " (%s on %s)", standing->address, standing->connector);
    else if (standing->connector)
        str_markup(listing->out, " (%s)", standing->connector);
    bool queued = text_equal(standing->state, STANDING_QUEUED);
    str_addf(listing->out, ": %s",
             standing->answered ? "answered"
             : queued           ? STANDING_WAITING
                                : standing->state);
    if (standing->why)
        str_markup(listing->out, "; %s", standing->why);
}

static bool take_one(void *ctx, const struct standing_key *key, const cJSON *kept)
{
    struct listing *listing = ctx;
    struct standing standing = standing_of(kept);
    if (key->draft == listing->draft && fits(listing, &standing) && ++listing->n <= SHOWN_MOST)
        add_one(listing, key->customer, &standing);
    return true;
}

static int refuse_word(const char *which, struct error *err)
{
    CLEANUP_STR struct str all = {0};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (text_equal(words[i], which))
            return 0;
        str_addf(&all, "%s%s", i ? ", " : "", words[i]);
    }
    return error_markup(err, ERR_INVALID, "There are no recipients called '%.40s'. There are: %s.", which,
                        all.p);
}

int comms_recipients(const struct core *core, const struct incident *incident, const struct state_draft *draft,
                     const char *which, struct str *out, struct error *err)
{
    struct listing listing = {core, incident, draft->number, which, out, 0};
    int rc = which ? refuse_word(which, err) : 0;
    if (rc)
        return rc;
    str_addf(out, "Message %" PRId64 " ", draft->number);
    progress_words(draft, out);
    if (draft->reach.answered)
        str_addf(out, "; %" PRId64 " answered", draft->reach.answered);
    str_add(out, ".\n");
    standing_each(core, incident->id, NULL, NULL, take_one, &listing);
    if (listing.n > SHOWN_MOST)
        str_addf(out, "\n\n… and %zu more.", listing.n - SHOWN_MOST);
    if (!listing.n)
        str_add(out, which ? "\nThere are none of these." : "\nThere is nobody who was not told.");
    return 0;
}
