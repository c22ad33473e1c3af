/*
 * Signing in with an identity provider: the way there, and the way back. A sign-in that was begun is kept in memory for ten minutes under
 * its state, and belongs to the browser that began it: a code that somebody else brings is worth nothing.
 */
#include <sodium.h>
#include <string.h>

#include "app/enter.h"
#include "app/inside.h"
#include "base/id.h"
#include "base/markup.h"
#include "people/people.h"
#include "signin/provider.h"

#define HOLDS    (10 * MINUTE)
#define SIGN_INS 1000 /* at once; beyond that the oldest go */
#define OF_ONE                                                                                                 \
    250 /* beyond that, those of an address make room for what else comes from there, and not others' */
#define RANDOM_BYTES 32
#define TRY_AGAIN    "Try again"

struct sign_in {
    struct provider_start start;
    char browser[CSRF_TEXT]; /* the token of its forms, which follows from its cookie */
    char *back;
    char from[INET6_ADDRSTRLEN]; /* the network that it was begun from */
    instant until;
};

static void sign_in_finish(struct sign_in *sign_in)
{
    free(sign_in->back);
    explicit_bzero(sign_in, sizeof(*sign_in));
    free(sign_in);
}

void sign_ins_finish(struct app *app)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&app->sign_ins, &i));)
        sign_in_finish(slot->value);
    map_finish(&app->sign_ins);
}

static bool is_older(const struct sign_in *each, const struct sign_in *than)
{
    return !than || each->until < than->until;
}

/* The oldest goes if it came too late, or there are too many: nobody ends what others began by beginning many. */
static void make_room(struct app *app, const char *from, instant now)
{
    struct map_slot *slot;
    struct sign_in *oldest = NULL, *own = NULL;
    size_t n = 0;
    for (size_t i = 0; (slot = map_next(&app->sign_ins, &i));) {
        struct sign_in *each = slot->value;
        bool theirs = strcmp(each->from, from) == 0;
        n += theirs;
        oldest = is_older(each, oldest) ? each : oldest;
        own = theirs && is_older(each, own) ? each : own;
    }
    bool late = oldest && now >= oldest->until;
    struct sign_in *goes = late || n <= OF_ONE ? oldest : own;
    if (!goes || (!late && app->sign_ins.n < SIGN_INS))
        return;
    map_remove(&app->sign_ins, goes->start.state);
    sign_in_finish(goes);
}

static void make_secret(char ret[PROVIDER_SECRET])
{
    uint8_t random[RANDOM_BYTES];
    randombytes_buf(random, sizeof(random));
    base32_encode(random, sizeof(random), ret);
}

/* ---- the way there ---- */

static void leads(void *ctx, const char *url, const struct error *err)
{
    struct visit *visit = ctx;
    visit_come_back(visit);
    if (url)
        visit_to(visit, url);
    else
        visit_fault(visit, 503, err->text);
}

static void get_provider(void *ctx, struct http_request *request)
{
    struct app *app = ctx;
    struct visit *visit = visit_begin(app, request, NULL);
    if (!visit_is_readable(visit))
        return;
    visit_meet(visit);
    struct sign_in *sign_in = xcalloc(1, sizeof(*sign_in));
    guesses_network(http_peer(request), sign_in->from);
    make_room(app, sign_in->from, visit->now);
    make_secret(sign_in->start.state);
    make_secret(sign_in->start.nonce);
    make_secret(sign_in->start.verifier);
    memcpy(sign_in->browser, visit->csrf, sizeof(sign_in->browser));
    sign_in->back = xstrdup(enter_back(http_query_value(request, "back")));
    sign_in->until = visit->now + HOLDS;
    map_put(&app->sign_ins, sign_in->start.state, sign_in);
    provider_begin(app->parts.provider, &sign_in->start, leads, visit);
}

/* ---- the way back ---- */

struct coming {
    struct visit *visit;
    char *back;
};

/* Whom the provider vouches for: by its own name for them, and by an address that it has verified. */
static const struct person *person_of(struct turn *turn, const struct id_claims *claims, const char *issuer)
{
    CLEANUP_FREE char *user = xasprintf("%s %s", issuer, claims->subject);
    struct identity identity = {SIGNIN_WORD, user, claims->name, claims->email, claims->zone};
    return people_identify(turn, &identity);
}

static void enter(struct visit *visit, const struct id_claims *claims, const char *back)
{
    struct turn *turn = turn_begin(visit->core, visit->now);
    const char *issuer = provider_issuer(visit->app->parts.provider);
    CLEANUP_FREE char *person = xstrdup(person_of(turn, claims, issuer)->id);
    text_list groups = {.v = claims->groups.v, .n = claims->groups.n};
    access_set_groups(turn, person, &groups, visit->now + session_most(visit->core));
    enter_begin(visit, turn, &(struct session){.person = person, .way = "oidc"}, back);
}

static void refuse(struct visit *visit, const struct error *err)
{
    bool away = err->code == ERR_IO;
    CLEANUP_FREE char *text = markup("You are not signed in: %s. " TRY_AGAIN ".", err->text);
    if (away || enter_may_try(visit))
        visit_fault(visit, away ? 503 : 403, text);
}

static void says(void *ctx, const struct id_claims *claims, const struct error *err)
{
    CLEANUP_FREE struct coming *coming = ctx;
    CLEANUP_FREE char *back = coming->back;
    struct visit *visit = coming->visit;
    const char *why;
    visit_come_back(visit);
    if (!claims)
        refuse(visit, err);
    else if (!core_ready(visit->core, &why))
        visit_fault(visit, 503, why);
    else
        enter(visit, claims, back);
}

/* The sign-in that this browser has begun; it is used up. NULL: it has not, or too long ago. */
static struct sign_in *take(struct visit *visit)
{
    struct app *app = visit->app;
    const char *state = http_query_value(visit->request, "state");
    struct sign_in *sign_in = state ? map_get(&app->sign_ins, state) : NULL;
    if (!sign_in || strcmp(sign_in->browser, visit->csrf) != 0)
        return NULL;
    map_remove(&app->sign_ins, state);
    if (visit->now < sign_in->until)
        return sign_in;
    sign_in_finish(sign_in);
    return NULL;
}

static void go_on(struct visit *visit, struct sign_in *sign_in)
{
    const char *code = http_query_value(visit->request, "code");
    if (text_empty(code)) {
        refuse(visit, &(struct error){ERR_AUTH, "the identity provider sent no code"});
        return;
    }
    struct coming *coming = xmalloc(sizeof(*coming));
    *coming = (struct coming){visit, steal(sign_in->back)};
    provider_end(visit->app->parts.provider, &sign_in->start, code, says, coming);
}

static void get_callback(void *ctx, struct http_request *request)
{
    struct visit *visit = visit_begin(ctx, request, NULL);
    if (!visit_is_readable(visit))
        return;
    struct sign_in *sign_in = take(visit);
    if (sign_in) {
        go_on(visit, sign_in);
        sign_in_finish(sign_in);
    } else if (enter_may_try(visit)) {
        visit_fault(visit, 403,
                    "This browser has not begun this sign-in, or more than 10 minutes ago. " TRY_AGAIN ".");
    }
}

const struct route provider_routes[2] = {
    {HTTP_GET, "/app/signin/provider", get_provider, 0, 0, 0},
    {HTTP_GET, "/app/signin/callback", get_callback, 0, 0, 0},
};
