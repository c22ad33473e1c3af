#include "access/signin.h"

#include <string.h>
#include <strings.h>

#include "access/access.h"
#include "access/links.h"
#include "access/sessions.h"
#include "base/markup.h"
#include "base/moment.h"
#include "people/people.h"

/* ---- a link ---- */

static int give_link(const struct call *call, struct error *err)
{
    const char *url = core_settings(turn_core(call->turn))->public_url;
    char secret[SECRET_TEXT];
    if (!call->where || !call->person)
        return error_set(err, ERR_REFUSED,
                         "`signin` sends its link to whoever types it in a chat, so it works there only.");
    if (!url)
        return error_set(err, ERR_REFUSED,
                         "A link needs the address of this Tocsin: set `public_url` in tocsin.lua.");
    signin_link_make(call->turn, call->person, secret);
    *call->secret = true;
    str_addf(
        call->answer,
        "Open this within 10 minutes to sign in with a browser: `%s/app/signin/link/%s`. It works once, and "
        "whoever opens it is you, so show it to nobody.",
        url, secret);
    explicit_bzero(secret, sizeof(secret));
    return 0;
}

/* ---- sessions ---- */

struct listing {
    const struct call *call;
    const char *wanted; /* the id to end; NULL: all of them */
    ARRAY(const struct session *) found;
};

static bool list_one(void *ctx, const struct session *session)
{
    struct listing *listing = ctx;
    const struct call *call = listing->call;
    instant now = turn_now(call->turn);
    str_markup(call->answer, "- `%s` (%s), from %s, %s; last used ", session->id, session->way,
               session->address ? session->address : "?", session->agent ? session->agent : "?");
    moment_format_plain(session->used_at, now, call->zone, call->answer);
    str_add(call->answer, ", ends ");
    moment_format_plain(session->ends_at, now, call->zone, call->answer);
    str_addc(call->answer, '\n');
    return true;
}

static int list(const struct call *call)
{
    struct listing listing = {.call = call};
    session_each(turn_core(call->turn), call->person, turn_now(call->turn), list_one, &listing);
    if (!call->answer->len)
        str_add(call->answer, "You are signed in with no browser. `signin` gives you a link.");
    return 0;
}

static bool find_one(void *ctx, const struct session *session)
{
    struct listing *listing = ctx;
    if (!listing->wanted || text_equal_nocase(session->id, listing->wanted))
        *array_add(&listing->found) = session;
    return true;
}

/* One's own; an administrator's call ends anybody's by its id. */
static int revoke(const struct call *call, const char *which, struct error *err)
{
    struct core *core = turn_core(call->turn);
    instant now = turn_now(call->turn);
    struct listing listing = {.call = call, .wanted = strcasecmp(which, "all") == 0 ? NULL : which};
    bool any = listing.wanted && access_of_person(core, call->person, now) == ACCESS_ADMINISTER;
    session_each(core, any ? NULL : call->person, now, find_one, &listing);
    size_t n = listing.found.n;
    for (size_t i = 0; i < n; i++)
        session_end(call->turn, listing.found.v[i], call->by);
    array_free(&listing.found);
    if (!n)
        return error_markup(err, ERR_NOT_FOUND, "No session of yours is `%.40s`. `signin list` shows them.",
                            which);
    str_addf(call->answer, "%zu session%s ended.", n, n == 1 ? " has" : "s have");
    return 0;
}

int signin_command(const struct call *call, struct error *err)
{
    const char *word = call->arguments[0], *which = call->arguments[1];
    *call->alone = true;
    if (!word)
        return give_link(call, err);
    if (!call->person)
        return error_set(err, ERR_AUTH, "A tool has no sessions. The page /app/sessions lists all of them.");
    if (strcasecmp(word, "list") == 0)
        return list(call);
    if (strcasecmp(word, "revoke") == 0 && which)
        return revoke(call, which, err);
    return error_set(err, ERR_INVALID,
                     "Type `signin`, `signin list`, `signin revoke ID` or `signin revoke all`.");
}
