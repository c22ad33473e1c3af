#include "cli/api_client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/locate.h"

#define ANSWER_MOST     ((size_t)64 << 20)
#define CONNECT_SECONDS 5L
#define ANSWER_SECONDS  75L /* a little longer than the server's own timeout */

struct exchange {
    const char *method, *url, *bearer;
    const char *body; /* NULL: none */
    size_t n;         /* of the body */
    const char *type; /* of the body; NULL: JSON */
    const atomic_bool *stop;
    long status;
    struct str answer;
};

static size_t take_bytes(char *bytes, size_t size, size_t n, void *ctx)
{
    struct exchange *x = ctx;
    if (x->answer.len + size * n > ANSWER_MOST)
        return 0;
    str_addn(&x->answer, bytes, size * n);
    return size * n;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
    CLEANUP_FREE char *line = xasprintf("%s: %s", name, value);
    return curl_slist_append(list, line);
}

static struct curl_slist *headers_of(const struct exchange *x)
{
    struct curl_slist *list = add_header(NULL, "accept", "application/json");
    if (x->body)
        list = add_header(list, "content-type", x->type ? x->type : "application/json");
    if (x->bearer) {
        CLEANUP_FREE char *value = xasprintf("Bearer %s", x->bearer);
        list = add_header(list, "authorization", value);
    }
    return list;
}

/* Not 0: the transfer is given up. */
static int look_whether_to_stop(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct exchange *x = ctx;
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(x->stop);
}

static void prepare(CURL *curl, struct exchange *x, struct curl_slist *headers, char *why)
{
    curl_easy_setopt(curl, CURLOPT_URL, x->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1,[::1]");
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, x->method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, ANSWER_SECONDS);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "tocsin/" TOCSIN_VERSION);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (x->stop) {
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_whether_to_stop);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, x);
    }
    if (x->body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, x->body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)(x->type ? x->n : strlen(x->body)));
    }
}

static int exchange(struct cli *cli, struct exchange *x, struct error *err)
{
    char why[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = headers_of(x);
    x->stop = cli->stop;
    prepare(curl, x, headers, why);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &x->status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    if (code == CURLE_OK)
        return 0;
    cli->unreachable = true;
    return error_set(err, ERR_IO, "no answer from %s: %s; is tocsind running? `tocsin run` starts it", x->url,
                     *why ? why : curl_easy_strerror(code));
}

static int code_of(long status)
{
    static const struct {
        long status;
        int code;
    } codes[] = {{400, ERR_INVALID}, {401, ERR_AUTH},    {403, ERR_REFUSED}, {404, ERR_NOT_FOUND},
                 {409, ERR_REFUSED}, {413, ERR_TOO_BIG}, {422, ERR_INVALID}, {429, ERR_FULL},
                 {503, ERR_IO},      {504, ERR_TIMEOUT}};
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        if (codes[i].status == status)
            return codes[i].code;
    }
    return ERR_IO;
}

static int refusal(const struct exchange *x, const cJSON *answer, struct error *err)
{
    const char *detail = json_text_or(answer, "detail", json_text_or(answer, "title", NULL));
    int code = code_of(x->status);
    if (x->status == 401)
        return error_set(
            err, code,
            "tocsind does not accept the token. The token comes from --token-file, TOCSIN_TOKEN or `token` "
            "next to the configuration; `tocsin token create` creates one");
    if (detail)
        return error_set(err, code, "%s", detail);
    return error_set(err, code, "%s answered with status %ld", x->url, x->status);
}

/* A refused command has an error status, but its body is the answer. */
static bool is_answer(const struct exchange *x, const cJSON *answer)
{
    return (x->status >= 200 && x->status < 300) || json_member(answer, "text");
}

static int ask(struct cli *cli, struct exchange *x, cJSON **ret, struct error *err)
{
    CLEANUP_JSON cJSON *answer = NULL;
    int rc = exchange(cli, x, err);
    if (!rc && x->answer.len)
        rc = json_parse(x->answer.p, x->answer.len, ANSWER_MOST, JSON_DEPTH, "the server's answer", &answer,
                        err);
    bool good = x->status >= 200 && x->status < 300;
    if (rc && (cli->unreachable || good)) {
        str_finish(&x->answer);
        return rc;
    }
    str_finish(&x->answer);
    if (!is_answer(x, answer))
        return refusal(x, answer, err);
    *ret = answer ? steal(answer) : cJSON_CreateObject();
    return 0;
}

/* What was typed may be in no charset at all; a byte that is no UTF-8 is replaced. NULL: no body. The caller frees. */
static char *text_of(const cJSON *body)
{
    CLEANUP_FREE char *text = body ? cJSON_PrintUnformatted(body) : NULL;
    return text ? utf8_sanitize(text, strlen(text), SIZE_MAX) : NULL;
}

int api_post(struct cli *cli, const char *url, const char *bearer, const cJSON *body, cJSON **ret,
             struct error *err)
{
    CLEANUP_FREE char *text = text_of(body);
    return ask(cli, &(struct exchange){.method = "POST", .url = url, .bearer = bearer, .body = text}, ret, err);
}

int api_call_at(struct cli *cli, const struct api_place *place, const char *method, const char *path,
                const cJSON *body, cJSON **ret, struct error *err)
{
    CLEANUP_FREE char *url = xasprintf("%s/api/v1%s", place->url, path), *text = text_of(body);
    return ask(cli, &(struct exchange){.method = method, .url = url, .bearer = place->bearer, .body = text},
               ret, err);
}

int api_call(struct cli *cli, const char *method, const char *path, const cJSON *body, cJSON **ret,
             struct error *err)
{
    CLEANUP_FREE char *base = NULL, *token = NULL;
    int rc = locate_daemon(cli, &base, &token, err);
    return rc ? rc : api_call_at(cli, &(struct api_place){base, token}, method, path, body, ret, err);
}

int api_command(struct cli *cli, const char *line, cJSON **ret, struct error *err)
{
    CLEANUP_JSON cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "text", line);
    return api_call(cli, "POST", "/commands", body, ret, err);
}

int api_pass(struct cli *cli, const struct api_place *place, const struct str *json, long *ret_status,
             struct str *out, struct error *err)
{
    struct exchange x = {.method = "POST",
                         .url = place->url,
                         .bearer = place->bearer,
                         .body = str_text(json),
                         .n = json->len,
                         .type = "application/json"};
    cli->unreachable = false;
    int rc = exchange(cli, &x, err);
    if (!rc) {
        *ret_status = x.status;
        str_addn(out, str_text(&x.answer), x.answer.len);
    }
    str_finish(&x.answer);
    return rc;
}

int api_hand_in(struct cli *cli, const char *url, const char *bearer, const struct str *mail, struct error *err)
{
    struct exchange x = {.method = "POST",
                         .url = url,
                         .bearer = bearer,
                         .body = str_text(mail),
                         .n = mail->len,
                         .type = "message/rfc822"};
    int rc = exchange(cli, &x, err);
    str_finish(&x.answer);
    if (rc || (x.status >= 200 && x.status < 300))
        return rc;
    cli->unreachable = x.status >= 500 || x.status == 429;
    if (x.status == 401)
        return error_set(err, ERR_AUTH,
                         "the connector does not accept the key; it must be `pipe_key` of its settings");
    return error_set(err, code_of(x.status), "%s answered with status %ld", url, x.status);
}

bool api_probe(const char *url)
{
    struct cli nobody = {0};
    struct exchange x = {.method = "GET", .url = url};
    int rc = exchange(&nobody, &x, NULL);
    str_finish(&x.answer);
    return rc == 0 && x.status == 200;
}

char *url_part(const char *text)
{
    char *encoded = curl_easy_escape(NULL, text, 0);
    char *copy = xstrdup(encoded ? encoded : "");
    curl_free(encoded);
    return copy;
}
