#include "web/subscribe.h"

#include <string.h>

#include "public/subscribing.h"
#include "statuspage/statuspage.h"
#include "subscribers/subscribers.h"
#include "web/guesses.h"
#include "web/status.h"

#define FORM_BYTES  ((size_t)64 << 10)
#define CLIENT_MOST 10 /* sign-ups from one address within GUESSES_WINDOW */

struct subscribe_server {
    struct core *core;
    const struct status_server *status;
    char *secret;
    instant (*clock)(void);
    struct guesses clients;
};

/* One request. */
struct asking {
    struct subscribe_server *server;
    struct http_request *request;
    struct public_page *page;
    const char *token;          /* in the path; "": none */
    struct status_asker reader; /* of a page that has readers, unless a token opened it */
    char *language;
    struct subscribing shown;
};

static const char nowhere[] = "Nobody can subscribe to a status page here.";

/* ---- answers ---- */

static void add_headers(struct http_request *request)
{
    http_answer_header(request, "Cache-Control", "no-store");
    http_answer_header(request, "Content-Security-Policy", STATUS_POLICY "; frame-ancestors 'none'");
    http_answer_header(request, "Referrer-Policy", "no-referrer");
    http_answer_header(request, "X-Robots-Tag", "noindex, nofollow");
}

/* An answer that waits for its turn to be durable. */
struct later {
    struct http_request *request;
    int status;
    struct str html;
    char *location; /* NULL: it is a page */
};

static void give(struct later *later)
{
    add_headers(later->request);
    if (later->location)
        http_answer_header(later->request, "Location", later->location);
    http_answer(later->request, later->status, later->location ? NULL : "text/html; charset=utf-8",
                str_text(&later->html), later->html.len);
}

static void durable(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct later *later = ctx;
    (void)last_seq;
    if (rc)
        http_problem_of(later->request, err);
    else
        give(later);
    str_finish(&later->html);
    free(later->location);
    free(later);
}

/* Ends the turn (NULL: there is none, since nothing changed). */
static void finish(struct turn *turn, struct later wanted)
{
    struct later *later = xcalloc(1, sizeof(*later));
    *later = wanted;
    if (turn)
        turn_commit(turn, durable, later);
    else
        durable(later, 0, NULL, 0);
}

static void show(struct asking *asking, struct turn *turn, int status, enum subscribing_step step)
{
    struct later later = {.request = asking->request, .status = status};
    const char *root = *asking->token ? "../../" : "./";
    const struct public_asked asked = {.page = asking->page,
                                       .rest = "",
                                       .query = "",
                                       .language = asking->language,
                                       .root = root,
                                       .home = root};
    asking->shown.step = step;
    asking->shown.token = asking->token;
    struct error err;
    if (public_html_subscribing(&asked, &asking->shown, &later.html, &err))
        later.status = 500;
    finish(turn, later);
}

static void redirect(const struct asking *asking, struct turn *turn, const char *token, const char *said)
{
    finish(turn, (struct later){.request = asking->request,
                                .status = 303,
                                .location = xasprintf("../manage/%s?said=%s", token, said)});
}

/* ---- requests ---- */

static bool has_readers(struct http_request *request)
{
    return text_starts(http_path(request), STATUS_FOR "/");
}

/* A link in a message needs neither a key nor a sign-in: a mail program follows it, too, and the key may be another one by now. */
static bool is_theirs(const struct asking *asking, const char *page)
{
    const struct core *core = asking->server->core;
    struct subscriber theirs = {0};
    bool good = subscribers_is_token(core, asking->token, page) ||
                (subscribers_asked(core, asking->token, asking->server->clock(), &theirs) &&
                 text_equal(theirs.page, page));
    subscriber_finish(&theirs);
    return good;
}

/* NULL: there is none, or its key is wrong. `name` "": the public one. */
static struct public_page *page_of(const struct asking *asking, const char *name)
{
    const struct subscribe_server *server = asking->server;
    struct public_page *page = statuspage_page(server->core, *name ? name : NULL);
    bool good = page && page->private_ == !!*name &&
                (!*name || has_readers(asking->request) || is_theirs(asking, name) ||
                 status_is_key(server->secret, name, page->key, http_parameter(asking->request, "key")));
    if (good)
        return page;
    public_unref(page);
    return NULL;
}

static const char *known_language(const struct public_page *page, const char *wanted)
{
    const char *other = public_language(page, wanted);
    return other ? other : page->language;
}

/* False: it has been answered. */
static bool begin(struct subscribe_server *server, struct http_request *request, struct asking *ret)
{
    *ret = (struct asking){.server = server, .request = request, .token = http_parameter(request, "token")};
    const char *name = http_parameter(request, "name");
    if (has_readers(request) && !is_theirs(ret, name) && !status_is_read(server->status, request, &ret->reader))
        return false;
    ret->page = page_of(ret, name);
    if (!ret->page) {
        http_problem(request, 404, "%s", nowhere);
        return false;
    }
    ret->language = xstrdup(known_language(ret->page, http_query_value(request, "in")));
    return true;
}

static void end(struct asking *asking)
{
    public_unref(asking->page);
    free(asking->language);
}

/* Writing waits for the journal. False: it has been answered. */
static bool is_ready(const struct asking *asking)
{
    const struct error *trouble = core_trouble(asking->server->core);
    if (trouble)
        http_problem_of(asking->request, trouble);
    return !trouble;
}

static struct turn *begin_turn(const struct asking *asking)
{
    return turn_begin(asking->server->core, asking->server->clock());
}

/* ---- forms ---- */

struct fields { /* of a form, over the page on which it stands */
    struct asking *asking;
    struct subscriber *to;
};

static bool is_on(const struct public_page *page, const char *component)
{
    for (size_t i = 0; i < page->components.n; i++) {
        if (text_equal(page->components.v[i].id, component))
            return true;
    }
    return false;
}

static bool has(const struct subscriber *subscriber, const char *component)
{
    bool found = false;
    for (size_t i = 0; i < subscriber->components.n && !found; i++)
        found = text_equal(subscriber->components.v[i], component);
    return found;
}

static void take_field(void *ctx, const char *name, const char *value)
{
    const struct fields *fields = ctx;
    struct subscriber *to = fields->to;
    bool mail = text_equal(name, "email"), hook = text_equal(name, "webhook");
    if (text_equal(name, "in"))
        replace_text(&fields->asking->language, known_language(fields->asking->page, value));
    else if (text_equal(name, "component") && is_on(fields->asking->page, value) && !has(to, value))
        *array_add(&to->components) = xstrdup(value);
    else if ((mail || hook) && !to->address) {
        to->kind = mail ? SUBSCRIBER_MAIL : SUBSCRIBER_HOOK;
        to->address = xstrdup(value);
    }
}

static void read_form(struct asking *asking, struct subscriber *to)
{
    http_each_field(asking->request, take_field, &(struct fields){asking, to});
}

/* ---- signing up ---- */

static void offer(struct asking *asking)
{
    asking->shown.mail = subscribers_reaches(asking->server->core, SUBSCRIBER_MAIL);
    asking->shown.hook = subscribers_reaches(asking->server->core, SUBSCRIBER_HOOK);
}

/* A proxy on this machine says who asks. */
static char *client_of(struct http_request *request)
{
    const char *peer = http_peer(request), *forwarded = http_header(request, "x-forwarded-for");
    bool local = text_starts(peer, "127.") || text_equal(peer, "::1");
    if (!local || text_empty(forwarded))
        return xstrdup(peer);
    const char *last = strrchr(forwarded, ',');
    last = last ? last + 1 : forwarded;
    last += strspn(last, " ");
    return xstrndup(last, MIN(strcspn(last, " "), (size_t)INET6_ADDRSTRLEN - 1));
}

static bool is_too_many(const struct asking *asking)
{
    int wait;
    CLEANUP_FREE char *client = client_of(asking->request);
    return guesses_add(&asking->server->clients, client, asking->server->clock(), &wait) > CLIENT_MOST;
}

static void refuse(struct asking *asking, struct turn *turn, int code)
{
    asking->shown.problem = code == ERR_FULL ? "too_many" : "wrong_address";
    offer(asking);
    if (code == ERR_FULL)
        http_answer_header(asking->request, "Retry-After", "3600");
    show(asking, turn, code == ERR_FULL ? 429 : 422, SUBSCRIBING_FORM);
}

static void sign_up(struct asking *asking)
{
    struct subscriber wanted = {.page = xstrdup(asking->page->name),
                                .person = xstrdup(asking->reader.person),
                                .tool = xstrdup(asking->reader.tool)};
    struct error err;
    read_form(asking, &wanted);
    wanted.language = xstrdup(asking->language);
    if (!asking->page->subscribable) {
        http_problem(asking->request, 404, "%s", nowhere);
    } else if (is_too_many(asking)) {
        refuse(asking, NULL, ERR_FULL);
    } else if (!subscribers_reaches(asking->server->core, wanted.kind)) {
        refuse(asking, NULL, ERR_INVALID);
    } else {
        struct turn *turn = begin_turn(asking);
        int rc = subscribers_sign_up(turn, &wanted, &err);
        if (rc)
            refuse(asking, turn, rc);
        else
            show(asking, turn, 200, SUBSCRIBING_SENT);
    }
    subscriber_finish(&wanted);
}

static void get_form(void *ctx, struct http_request *request)
{
    struct asking asking;
    if (!begin(ctx, request, &asking))
        return;
    offer(&asking);
    if (asking.page->subscribable)
        show(&asking, NULL, 200, SUBSCRIBING_FORM);
    else
        http_problem(request, 404, "%s", nowhere);
    end(&asking);
}

/* ---- what a token opens ---- */

/* Is it of this page, and of somebody who may still read it? Whoever may not can leave, and learns nothing of its components. */
static bool opens(const struct asking *asking, bool known, const struct subscriber *theirs)
{
    return known && text_equal(theirs->page, asking->page->name) &&
           subscriber_may_read(asking->server->core, theirs);
}

/* Shows the page of a subscriber in their language; or that the token means nothing, also where it is of another page. */
static void show_theirs(struct asking *asking, bool known, struct subscriber *theirs,
                        enum subscribing_step step)
{
    bool here = opens(asking, known, theirs);
    if (here && theirs->language)
        replace_text(&asking->language, known_language(asking->page, theirs->language));
    if (here) {
        asking->shown.address = theirs->address;
        asking->shown.secret = step == SUBSCRIBING_MANAGE ? theirs->secret : NULL;
        asking->shown.chosen = (const char *const *)theirs->components.v;
        asking->shown.chosen_n = theirs->components.n;
    }
    show(asking, NULL, here ? 200 : 404, here ? step : SUBSCRIBING_VOID);
    subscriber_finish(theirs);
}

static void get_confirm(void *ctx, struct http_request *request)
{
    struct asking asking;
    struct subscriber theirs = {0};
    if (!begin(ctx, request, &asking))
        return;
    bool known = subscribers_asked(asking.server->core, asking.token, asking.server->clock(), &theirs);
    show_theirs(&asking, known, &theirs, SUBSCRIBING_CONFIRM);
    end(&asking);
}

static void get_manage(void *ctx, struct http_request *request)
{
    static const char *const all[] = {"subscribed", "saved"};
    struct asking asking;
    struct subscriber theirs = {0};
    if (!begin(ctx, request, &asking))
        return;
    const char *said = http_query_value(request, "said");
    for (size_t i = 0; said && i < ARRAY_SIZE(all); i++)
        asking.shown.said = text_equal(said, all[i]) ? all[i] : asking.shown.said;
    bool known = subscribers_of_token(asking.server->core, asking.token, &theirs);
    show_theirs(&asking, known, &theirs, SUBSCRIBING_MANAGE);
    end(&asking);
}

/* It shows the same for every token. */
static void get_leave(void *ctx, struct http_request *request)
{
    struct asking asking;
    if (!begin(ctx, request, &asking))
        return;
    show(&asking, NULL, 200, SUBSCRIBING_LEAVE);
    end(&asking);
}

/* A token of another page confirms nothing, and stays good there. */
static void confirm(struct asking *asking)
{
    struct core *core = asking->server->core;
    struct subscriber theirs = {0};
    instant now = asking->server->clock();
    bool known = subscribers_asked(core, asking->token, now, &theirs);
    if (!opens(asking, known, &theirs)) {
        show_theirs(asking, known, &theirs, SUBSCRIBING_CONFIRM);
        return;
    }
    subscriber_finish(&theirs);
    struct turn *turn = begin_turn(asking);
    subscribers_confirm(turn, asking->token, &theirs);
    CLEANUP_FREE char *token = subscribers_token(core, &theirs);
    redirect(asking, turn, token ? token : "", "subscribed");
    subscriber_finish(&theirs);
}

static void choose(struct asking *asking)
{
    struct subscriber theirs = {0};
    bool known = subscribers_of_token(asking->server->core, asking->token, &theirs);
    if (!opens(asking, known, &theirs)) {
        show_theirs(asking, known, &theirs, SUBSCRIBING_MANAGE);
        return;
    }
    for (size_t i = 0; i < theirs.components.n; i++)
        free(theirs.components.v[i]);
    theirs.components.n = 0;
    read_form(asking, &theirs);
    struct turn *turn = begin_turn(asking);
    subscribers_put(turn, &theirs);
    redirect(asking, turn, asking->token, "saved");
    subscriber_finish(&theirs);
}

static void leave(struct asking *asking)
{
    struct subscriber unused = {0};
    read_form(asking, &unused); /* the language */
    subscriber_finish(&unused);
    if (!subscribers_is_token(asking->server->core, asking->token, asking->page->name)) {
        show(asking, NULL, 404,
             SUBSCRIBING_VOID); /* who was told that it is over would get the next mail, too */
        return;
    }
    struct turn *turn = begin_turn(asking);
    subscribers_leave(turn, asking->token);
    show(asking, turn, 200, SUBSCRIBING_LEFT);
}

static void change(struct subscribe_server *server, struct http_request *request,
                   void (*how)(struct asking *asking))
{
    struct asking asking;
    if (!begin(server, request, &asking))
        return;
    if (is_ready(&asking))
        how(&asking);
    end(&asking);
}

static void post_form(void *ctx, struct http_request *request)
{
    change(ctx, request, sign_up);
}

static void post_confirm(void *ctx, struct http_request *request)
{
    change(ctx, request, confirm);
}

static void post_manage(void *ctx, struct http_request *request)
{
    change(ctx, request, choose);
}

static void post_leave(void *ctx, struct http_request *request)
{
    change(ctx, request, leave);
}

/* ---- life ---- */

#define ROUTES(page)                                                                                           \
    {HTTP_GET, page "/subscribe", get_form, 0, 0, 0},                                                          \
        {HTTP_POST, page "/subscribe", post_form, 0, FORM_BYTES, 0},                                           \
        {HTTP_GET, page "/subscribe/confirm/{token}", get_confirm, 0, 0, 0},                                   \
        {HTTP_POST, page "/subscribe/confirm/{token}", post_confirm, 0, FORM_BYTES, 0},                        \
        {HTTP_GET, page "/subscribe/manage/{token}", get_manage, 0, 0, 0},                                     \
        {HTTP_POST, page "/subscribe/manage/{token}", post_manage, 0, FORM_BYTES, 0},                          \
        {HTTP_GET, page "/subscribe/leave/{token}", get_leave, 0, 0, 0},                                       \
    {                                                                                                          \
        HTTP_POST, page "/subscribe/leave/{token}", post_leave, 0, FORM_BYTES, 0                               \
    }

static const struct route routes[] = {ROUTES(STATUS_PREFIX), ROUTES(STATUS_PREFIX "/p/{name}/{key}"),
                                      ROUTES(STATUS_FOR "/{name}")};

void subscribe_serve(struct subscribe_server *subscribe, struct server *server)
{
    server_add(server, routes, ARRAY_SIZE(routes), subscribe);
}

struct subscribe_server *subscribe_create(struct core *core, const struct status_server *status,
                                          const char *secret, instant (*clock)(void))
{
    struct subscribe_server *subscribe = xcalloc(1, sizeof(*subscribe));
    subscribe->core = core;
    subscribe->status = status;
    subscribe->secret = xstrdup(secret);
    subscribe->clock = clock;
    return subscribe;
}

void subscribe_destroy(struct subscribe_server *subscribe)
{
    if (!subscribe)
        return;
    free(subscribe->secret);
    free(subscribe);
}
