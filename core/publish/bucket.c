#include "publish/bucket.h"

#include <curl/curl.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/map.h"

#define LIST_NAME       ".tocsin-statuspage" /* "HASH NAME", one object a line */
#define LIST_BYTES      ((size_t)16 << 20)
#define HASH_TEXT       (2 * crypto_hash_sha256_BYTES + 1)
#define UNKNOWN         "-" /* in the place of a hash: it was about to change */
#define CONNECT_SECONDS 10L
#define ANSWER_SECONDS  60L
#define PLAIN           "text/plain; charset=utf-8"

struct bucket {
    char *url, *credentials[2], *signing; /* credentials: key and secret */
    CURL *curl;
    bool known;         /* `objects` has what the store has */
    struct map objects; /* name -> its hash, owned */
    atomic_bool stopping;
};

struct bucket *bucket_create(const cJSON *settings)
{
    struct bucket *bucket = xcalloc(1, sizeof(*bucket));
    const char *url = json_text_or(settings, "status_bucket", "");
    size_t n = strlen(url);
    while (n && url[n - 1] == '/')
        n--;
    bucket->url = xstrndup(url, n);
    bucket->credentials[0] = xstrdup(json_text_or(settings, "status_bucket_key", ""));
    bucket->credentials[1] = xstrdup(json_text_or(settings, "status_bucket_secret", ""));
    bucket->signing = xasprintf("aws:amz:%s:s3", json_text_or(settings, "status_bucket_region", ""));
    bucket->curl = curl_easy_init();
    return bucket;
}

void bucket_destroy(struct bucket *bucket)
{
    struct map_slot *slot;
    if (!bucket)
        return;
    curl_easy_cleanup(bucket->curl);
    for (size_t i = 0; (slot = map_next(&bucket->objects, &i));)
        free(slot->value);
    map_finish(&bucket->objects);
    for (size_t i = 0; i < ARRAY_SIZE(bucket->credentials); i++) {
        sodium_memzero(bucket->credentials[i], strlen(bucket->credentials[i]));
        free(bucket->credentials[i]);
    }
    free(bucket->url);
    free(bucket->signing);
    free(bucket);
}

void bucket_stop(struct bucket *bucket)
{
    atomic_store(&bucket->stopping, true);
}

/* ---- one request ---- */

struct request {
    const char *method, *name; /* name: of the object */
    const char *type;          /* of `body` */
    const struct str *body;    /* NULL: none */
    struct str answer;
    long status;
};

static size_t take_answer(char *bytes, size_t size, size_t n, void *ctx)
{
    struct request *request = ctx;
    if (request->answer.len + n > LIST_BYTES)
        return 0;
    str_addn(&request->answer, bytes, n);
    return size * n;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct bucket *bucket = ctx;
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(&bucket->stopping);
}

static void hash_of(const struct str *body, char ret[HASH_TEXT])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const uint8_t *)(body ? str_text(body) : ""), body ? body->len : 0);
    sodium_bin2hex(ret, HASH_TEXT, hash, sizeof(hash));
}

/* All of them are signed. */
static struct curl_slist *headers_of(const struct request *request)
{
    char hash[HASH_TEXT], line[128];
    hash_of(request->body, hash);
    snprintf(line, sizeof(line), "x-amz-content-sha256: %s", hash);
    struct curl_slist *headers = curl_slist_append(NULL, line);
    if (!request->body)
        return headers;
    snprintf(line, sizeof(line), "Content-Type: %s", request->type);
    headers = curl_slist_append(headers, line);
    return curl_slist_append(headers, text_equal(request->name, LIST_NAME) ? "Cache-Control: no-store"
                                                                           : "Cache-Control: " PUBLIC_CACHE);
}

static void prepare(struct bucket *bucket, const char *url, struct request *request,
                    const struct curl_slist *headers, char *why)
{
    CURL *curl = bucket->curl;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, bucket->signing);
    curl_easy_setopt(curl, CURLOPT_USERNAME, bucket->credentials[0]);
    curl_easy_setopt(curl, CURLOPT_PASSWORD, bucket->credentials[1]);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, ANSWER_SECONDS);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "tocsin/" TOCSIN_VERSION);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, request);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, bucket);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (request->body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body->len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, str_text(request->body));
    }
}

/* The store's own word for what is wrong: "<Code>SignatureDoesNotMatch</Code>". "": it says none. */
static void code_of(const struct str *answer, char ret[64])
{
    const char *code = strstr(str_text(answer), "<Code>");
    size_t n = code ? strspn(code + 6, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") : 0;
    snprintf(ret, 64, "%s%.*s", n ? ", " : "", (int)MIN(n, (size_t)60), code ? code + 6 : "");
}

static int refused(const char *url, const struct request *request, struct error *err)
{
    char code[64];
    code_of(&request->answer, code);
    const char *hint =
        request->status == 403
            ? "; the key must be right, and may get, put, delete and list the objects of the bucket"
        : request->status == 404 || request->status == 301 || request->status == 307
            ? "; check the name and the region of the bucket"
            : "";
    return error_set(err, ERR_IO, "%s %s: the store answered %ld%s%s", request->method, url, request->status,
                     code, hint);
}

/* `missing_too`: an object that is not there is no error. The caller frees the answer. */
static int ask(struct bucket *bucket, struct request *request, bool missing_too, struct error *err)
{
    CLEANUP_FREE char *url = xasprintf("%s/%s", bucket->url, request->name);
    char why[CURL_ERROR_SIZE] = "";
    if (!bucket->curl)
        return error_set(err, ERR_IO, "libcurl does not start");
    struct curl_slist *headers = headers_of(request);
    prepare(bucket, url, request, headers, why);
    CURLcode code = curl_easy_perform(bucket->curl);
    curl_easy_getinfo(bucket->curl, CURLINFO_RESPONSE_CODE, &request->status);
    curl_slist_free_all(headers);
    if (atomic_load(&bucket->stopping))
        return error_set(err, ERR_IO, "%s %s: Tocsin stops", request->method, url);
    if (code != CURLE_OK)
        return error_set(err, ERR_IO, "%s %s: %s", request->method, url, *why ? why : curl_easy_strerror(code));
    bool good = request->status / 100 == 2 || (missing_too && request->status == 404);
    return good ? 0 : refused(url, request, err);
}

static int put(struct bucket *bucket, const char *name, const char *type, const struct str *body,
               struct error *err)
{
    struct request request = {.method = "PUT", .name = name, .type = type, .body = body};
    int rc = ask(bucket, &request, false, err);
    str_finish(&request.answer);
    return rc;
}

/* ---- the list ---- */

static void know(struct bucket *bucket, const char *name, const char *hash)
{
    free(map_put(&bucket->objects, name, xstrdup(hash)));
}

/* Whoever writes to the bucket may write the list: it leads to nothing outside. */
static bool is_object(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/");
    return n && !name[n] && *name != '/' && !strstr(name, "..");
}

static int read_list(struct bucket *bucket, struct error *err)
{
    struct request request = {.method = "GET", .name = LIST_NAME};
    if (bucket->known)
        return 0;
    int rc = ask(bucket, &request, true, err);
    char *rest = rc || request.status == 404 ? NULL : request.answer.p;
    for (char *line; (line = strsep(&rest, "\n"));) {
        char *name = strchr(line, ' ');
        if (name)
            *name++ = '\0';
        if (name && is_object(name))
            know(bucket, name, line);
    }
    str_finish(&request.answer);
    bucket->known = !rc;
    return rc;
}

static int write_list(struct bucket *bucket, struct error *err)
{
    CLEANUP_STR struct str list = {0};
    const struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&bucket->objects, &i));)
        str_addf(&list, "%s %s\n", (const char *)slot->value, slot->key);
    return put(bucket, LIST_NAME, PLAIN, &list, err);
}

/* ---- all objects ---- */

struct push {
    struct bucket *bucket;
    const struct publish_source *source;
    publish_paths paths, changed; /* changed: borrowed from paths */
    struct map names;             /* of all objects of the page */
    publish_paths gone;
    struct published published;
};

/* It stands in the list as unknown from now on, until it is put. */
static int compare_one(struct push *push, char *path, struct error *err)
{
    struct publish_file file;
    char hash[HASH_TEXT];
    int rc = publish_read(push->source, path, &file, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *name = publish_name(path, false);
    const char *known = map_get(&push->bucket->objects, name);
    hash_of(&file.file.body, hash);
    publish_file_finish(&file);
    map_put(&push->names, name, push);
    push->published.same += text_equal(hash, known);
    if (!text_equal(hash, known)) {
        know(push->bucket, name, UNKNOWN);
        *array_add(&push->changed) = path;
    }
    return 0;
}

static void find_gone(struct push *push)
{
    const struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&push->bucket->objects, &i));) {
        if (!map_get(&push->names, slot->key))
            *array_add(&push->gone) = xstrdup(slot->key);
    }
}

static int put_one(struct push *push, const char *path, struct error *err)
{
    struct publish_file file;
    char hash[HASH_TEXT];
    int rc = publish_read(push->source, path, &file, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *name = publish_name(path, false);
    hash_of(&file.file.body, hash);
    rc = put(push->bucket, name, file.file.type, &file.file.body, err);
    publish_file_finish(&file);
    if (!rc)
        know(push->bucket, name, hash);
    push->published.written += !rc;
    return rc;
}

static int delete_one(struct push *push, const char *name, struct error *err)
{
    struct request request = {.method = "DELETE", .name = name};
    int rc = ask(push->bucket, &request, true, err);
    str_finish(&request.answer);
    if (!rc)
        free(map_remove(&push->bucket->objects, name));
    push->published.removed += !rc;
    return rc;
}

static int push_all(struct push *push, struct error *err)
{
    int rc = read_list(push->bucket, err);
    publish_list(push->source, &push->paths);
    for (size_t i = 0; !rc && i < push->paths.n; i++)
        rc = compare_one(push, push->paths.v[i], err);
    if (rc)
        return rc;
    find_gone(push);
    bool any = push->changed.n || push->gone.n;
    rc = any ? write_list(push->bucket, err) : 0;
    for (size_t i = 0; !rc && i < push->changed.n; i++)
        rc = put_one(push, push->changed.v[i], err);
    for (size_t i = 0; !rc && i < push->gone.n; i++)
        rc = delete_one(push, push->gone.v[i], err);
    return rc || !any ? rc : write_list(push->bucket, err);
}

int publish_bucket(struct bucket *bucket, const struct publish_source *source, struct published *ret,
                   struct error *err)
{
    struct push push = {.bucket = bucket, .source = source};
    int rc = push_all(&push, err);
    if (!rc)
        *ret = push.published;
    array_free(&push.changed);
    publish_paths_finish(&push.paths);
    publish_paths_finish(&push.gone);
    map_finish(&push.names);
    return rc;
}
