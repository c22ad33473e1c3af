#include "app/visit.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "app/inside.h"
#include "base/secret.h"
#include "people/people.h"
#include "sight/sight.h"

struct field {
    char *name, *value;
};

struct own_visit { /* what pages do not see */
    struct visit visit;
    ARRAY(struct field) fields;
    bool read; /* the form was */
    char *person;
    char session[SESSION_ID]; /* its id; "": none */
};

static struct own_visit *own(struct visit *visit)
{
    return container_of(visit, struct own_visit, visit);
}

/* ---- who ---- */

/* What a form must bring back follows from the secret of its browser's cookie, which no other page can read. */
static void derive_csrf(const char *secret, char ret[CSRF_TEXT])
{
    static const char purpose[] = "csrf of the app";
    unsigned char hash[16];
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)purpose, sizeof(purpose),
                       (const unsigned char *)secret,
                       MIN(strlen(secret), (size_t)crypto_generichash_KEYBYTES_MAX));
    sodium_bin2hex(ret, CSRF_TEXT, hash, sizeof(hash));
}

const struct session *visit_living(const struct app *app, const struct session *session)
{
    bool lost = session && session->token && !tokens_by_id(app->parts.tokens, session->token);
    return lost ? NULL : session;
}

const struct session *visit_session(const struct app *app, const char *header)
{
    CLEANUP_FREE char *secret = cookie_read(app, COOKIE_SESSION, header);
    return secret ? visit_living(app, session_find(app->parts.core, secret, app->parts.clock())) : NULL;
}

static void read_cookies(struct visit *visit)
{
    struct app *app = visit->app;
    const char *header = http_header(visit->request, "cookie");
    CLEANUP_FREE char *secret = cookie_read(app, COOKIE_SESSION, header);
    CLEANUP_FREE char *other = cookie_read(app, COOKIE_VISIT, header);
    visit->session = secret ? visit_living(app, session_find(app->parts.core, secret, visit->now)) : NULL;
    const char *of = visit->session ? secret : other;
    if (of && strlen(of) >= crypto_generichash_KEYBYTES_MIN)
        derive_csrf(of, visit->csrf);
}

struct visit *visit_begin(struct app *app, struct http_request *request, const struct app_page *page)
{
    struct own_visit *o = xcalloc(1, sizeof(*o));
    struct visit *visit = &o->visit;
    visit->app = app;
    visit->core = app->parts.core;
    visit->request = request;
    visit->page = page;
    visit->now = app->parts.clock();
    read_cookies(visit);
    if (!visit->session)
        return visit;
    memcpy(o->session, visit->session->id, sizeof(o->session));
    visit->person = o->person =
        xstrdup(visit->session->person ? people_now(visit->core, visit->session->person) : NULL);
    const struct access_request asks = {
        .person = visit->person, .most = visit->session->most, .now = visit->now};
    visit->has = access_have(visit->core, &asks);
    return visit;
}

void visit_come_back(struct visit *visit)
{
    const struct own_visit *o = own(visit);
    visit->now = visit->app->parts.clock();
    visit->session = visit->session && *o->session ? session_by_id(visit->core, o->session, visit->now) : NULL;
    visit->has = visit->session ? visit->has : ACCESS_NONE;
}

void visit_end(struct visit *visit)
{
    struct own_visit *o = own(visit);
    for (size_t i = 0; i < o->fields.n; i++) {
        free(o->fields.v[i].name);
        free(o->fields.v[i].value);
    }
    array_free(&o->fields);
    free(o->person);
    str_finish(&visit->said);
    explicit_bzero(visit->csrf, sizeof(visit->csrf));
    free(o);
}

const char *visit_zone(const struct visit *visit)
{
    return people_zone(visit->core, visit->person);
}

const struct app_parts *visit_parts(const struct visit *visit)
{
    return &visit->app->parts;
}

const struct incident *visit_incident(const struct visit *visit, struct error *err)
{
    uint64_t id = incident_name_parse(http_parameter(visit->request, "id"));
    const struct incident *incident = id ? sight_incident(visit->core, id, visit->person) : NULL;
    if (!incident)
        error_set(err, ERR_NOT_FOUND, "No such incident, or it is private and you are not a member.");
    return incident;
}

char *visit_by(const struct visit *visit)
{
    return visit->person ? xstrdup(visit->person)
                         : xasprintf("api/%s", visit->session ? visit->session->name : "nobody");
}

/* ---- the address ---- */

const char *visit_query(const struct visit *visit, const char *name)
{
    const char *value = http_query_value(visit->request, name);
    return text_empty(value) ? NULL : value;
}

uint64_t visit_query_number(const struct visit *visit, const char *name)
{
    const char *value = visit_query(visit, name);
    return value ? strtoull(value, NULL, 10) : 0;
}

/* ---- the form ---- */

static void take_field(void *ctx, const char *name, const char *value)
{
    struct own_visit *o = ctx;
    *array_add(&o->fields) = (struct field){xstrdup(name), xstrdup(value)};
}

static void read_form(struct own_visit *o)
{
    const char *type = http_header(o->visit.request, "content-type");
    o->read = true;
    if (type && strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0)
        http_each_field(o->visit.request, take_field, o);
}

const char *visit_field(struct visit *visit, const char *name)
{
    struct own_visit *o = own(visit);
    if (!o->read)
        read_form(o);
    for (size_t i = 0; i < o->fields.n; i++) {
        if (strcmp(o->fields.v[i].name, name) == 0)
            return o->fields.v[i].value;
    }
    return NULL;
}

const char *visit_words(struct visit *visit)
{
    bool any = visit->page && visit->page->words && http_method(visit->request) == HTTP_POST;
    const char *words = any ? visit_field(visit, visit->page->words) : NULL;
    return text_empty(words) ? NULL : words;
}

bool visit_is_ours(struct visit *visit)
{
    const char *token = visit_field(visit, "csrf");
    return *visit->csrf && token && strlen(token) == strlen(visit->csrf) &&
           sodium_memcmp(token, visit->csrf, strlen(visit->csrf)) == 0;
}

/* ---- its beginning ---- */

bool visit_is_readable(struct visit *visit)
{
    const struct error *why;
    if (core_readable(visit->core, &why))
        return true;
    http_answer_header(visit->request, "Retry-After", "5");
    http_problem(visit->request, 503, "The journal is not available right now: %s", why->text);
    visit_end(visit);
    return false;
}

void visit_meet(struct visit *visit)
{
    uint8_t random[SECRET_BYTES];
    char secret[SECRET_TEXT];
    if (*visit->csrf)
        return;
    randombytes_buf(random, sizeof(random));
    secret_format(random, secret);
    cookie_set(visit->request, visit->app, COOKIE_VISIT, secret);
    derive_csrf(secret, visit->csrf);
}
