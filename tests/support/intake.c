#include "intake.h"

#include <sodium/utils.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

static const struct intake_source *find(void *ctx, const struct intake_credential *c)
{
    static const struct intake_source shop = {.name = "shop", .service = "web", .environment = ""};
    static const struct intake_source prometheus = {.name = "prometheus", .service = "", .environment = "prod"};
    (void)ctx;
    switch (c->style) {
    case INTAKE_KEY:
        return strcmp(c->secret, "0123456789abcdef0123456789abcdef") == 0 && strcmp(c->stream, "7") == 0 ? &shop
                                                                                                         : NULL;
    case INTAKE_BEARER:
        return strcmp(c->secret, "a-token") == 0 ? &shop : NULL;
    case INTAKE_BASIC:
        return strcmp(c->user, "prom") == 0 && strcmp(c->secret, "a-password") == 0 ? &prometheus : NULL;
    case INTAKE_ROUTING:
        return strcmp(c->secret, "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr") == 0 ? &shop : NULL;
    }
    return NULL;
}

void intake_world_init(struct intake_world *w)
{
    *w = (struct intake_world){.config = {.find = find}};
    w->request =
        (struct intake_request){.config = &w->config, .method = "POST", .now = INTAKE_NOW, .arena = &w->arena};
    w->request.authorization = "Bearer a-token";
    arena_hook_cjson();
}

void intake_world_finish(struct intake_world *w)
{
    arena_finish(&w->arena);
    free(w->file);
}

int intake_set_up(void **state)
{
    struct intake_world *w = xmalloc(sizeof(*w));
    intake_world_init(w);
    *state = w;
    return 0;
}

int intake_tear_down(void **state)
{
    intake_world_finish(*state);
    free(*state);
    return 0;
}

int intake_post_bytes(struct intake_world *w, const char *path, const char *body, size_t n)
{
    arena_reset(&w->arena);
    w->request.path = path;
    w->request.body = body;
    w->request.n = n;
    return intake_receive(&w->request, &w->alerts, &w->answer);
}

int intake_post(struct intake_world *w, const char *path, const char *body)
{
    return intake_post_bytes(w, path, body, strlen(body));
}

static void post_checked(struct intake_world *w, const char *path, const char *type, const char *body, size_t n)
{
    w->request.content_type = type;
    intake_post_bytes(w, path, body, n);
    intake_check_alerts(w);
    w->request.content_type = NULL;
}

void intake_post_forms(struct intake_world *w, const char *path, const char *body, size_t n)
{
    post_checked(w, path, "application/json; charset=iso-8859-1", body, n);
    post_checked(w, path, "application/json; charset=utf-16le", body, n);
    post_checked(w, path, NULL, body, n);
    size_t alerts = w->alerts.n;
    int status = w->answer.status;
    if (n == 0 || n > (1 << 16) || (*body != '{' && *body != '['))
        return;
    size_t room = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL);
    CLEANUP_FREE char *text = xmalloc(room);
    sodium_bin2base64(text, room, (const unsigned char *)body, n, sodium_base64_VARIANT_ORIGINAL);
    post_checked(w, path, "application/octet-stream", text, strlen(text));
    require(w->alerts.n == alerts && w->answer.status == status);
}

static char *read_file(const char *name, size_t *ret_n)
{
    CLEANUP_FREE char *path = xasprintf("tests/unit/intake/captures/%s", name);
    FILE *f = fopen(path, "rb");
    require(f != NULL);
    char *bytes = xcalloc(1, 1 << 20);
    *ret_n = fread(bytes, 1, (1 << 20) - 1, f);
    fclose(f);
    return bytes;
}

static void take_header(struct intake_world *w, char *line)
{
    char *value = strstr(line, ": ");
    require(value != NULL);
    *value = '\0';
    value += 2;
    if (strcmp(line, "content-encoding") == 0)
        w->request.content_encoding = value;
    else if (strcmp(line, "authorization") == 0)
        w->request.authorization = value;
    else if (strcmp(line, "x-sentry-auth") == 0)
        w->request.sentry_auth = value;
}

int intake_post_capture(struct intake_world *w, const char *name)
{
    size_t n;
    free(w->file);
    char *at = w->file = read_file(name, &n);
    w->request.authorization = w->request.content_encoding = NULL;
    char *end = strchr(at, '\n'), *path = strchr(at, ' ') + 1;
    *end = '\0';
    for (at = end + 1; *at != '\n'; at = end + 1) {
        end = strchr(at, '\n');
        *end = '\0';
        take_header(w, at);
    }
    char *query = strchr(path, '?');
    if (query)
        *query++ = '\0';
    w->request.query = query;
    return intake_post_bytes(w, path, at + 1, n - (size_t)(at + 1 - w->file));
}

const char *intake_header(const struct intake_world *w, const char *name)
{
    for (int i = 0; i < w->answer.n_headers; i++)
        if (strcmp(w->answer.headers[i].name, name) == 0)
            return w->answer.headers[i].value;
    return NULL;
}

static void check_text(const char *text, size_t max, bool lines)
{
    size_t n = strlen(text);
    require(n <= max && utf8_valid(text, n));
    for (size_t i = 0; i < n; i++)
        require((unsigned char)text[i] >= 0x20 || (lines && (text[i] == '\n' || text[i] == '\t')));
}

static void check_alert(const struct alert *a)
{
    const struct {
        const char *text;
        size_t max;
    } lines[] = {
        {a->about.stream, ALERT_NAME},     {a->about.title, ALERT_TITLE},
        {a->about.service, ALERT_NAME},    {a->about.environment, ALERT_NAME},
        {a->about.release, ALERT_NAME},    {a->host, ALERT_NAME},
        {a->sender_id, ALERT_ID},          {a->about.url, ALERT_URL},
        {a->who.customer, ALERT_CUSTOMER}, {a->about.culprit, ALERT_CULPRIT},
        {a->who.user, ALERT_CUSTOMER},     {a->who.user_email, ALERT_CUSTOMER},
        {a->about.type, ALERT_NAME},       {a->who.customer_name, ALERT_CUSTOMER},
    };
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        check_text(lines[i].text, lines[i].max, false);
    check_text(a->instance, ALERT_TAG_VALUE, false);
    check_text(a->message, ALERT_MESSAGE, true);
    check_text(a->details, ALERT_DETAILS, true);
    check_text(a->exception_value, ALERT_VALUE, true);
    require(a->n_tags <= ALERT_TAGS && a->fingerprint != 0);
    for (size_t i = 0; i < a->n_tags; i++) {
        check_text(a->tags[i].key, ALERT_TAG_KEY, false);
        check_text(a->tags[i].value, ALERT_TAG_VALUE, false);
    }
    require(a->count >= 1 && a->count <= ALERT_COUNT && a->level <= LEVEL_FATAL);
    require(a->at <= INTAKE_NOW && a->at >= INTAKE_NOW - ALERT_AGE);
    require(a->ends == 0 || (a->ends > INTAKE_NOW && a->status == ALERT_FIRING));
}

static void check_sample(const struct alert *a)
{
    CLEANUP_STR struct str one = {0};
    struct alert back;
    struct arena arena = {0};
    alert_encode(a, 4000, &one);
    require(one.len <= 4000 && alert_decode(one.p, one.len, &arena, &back, NULL) == 0);
    require(back.fingerprint == a->fingerprint);
    arena_finish(&arena);
}

void intake_check_alerts(const struct intake_world *w)
{
    require(w->answer.status >= 200 && w->answer.status < 600 && w->alerts.n <= ALERTS_A_REQUEST);
    require(utf8_valid(w->answer.body, strlen(w->answer.body)));
    for (size_t i = 0; i < w->alerts.n; i++) {
        check_alert(&w->alerts.v[i]);
        if (i < 4)
            check_sample(&w->alerts.v[i]);
    }
}
