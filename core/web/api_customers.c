/* The directory of customers: list, read, replace, remove, import. */
#include <string.h>

#include "customers/import.h"
#include "web/api_call.h"
#include "web/api_routes.h"

struct listing {
    struct json_out *j;
    struct api_page page;
};

static bool put_customer(void *ctx, const struct customer *customer)
{
    struct listing *listing = ctx;
    CLEANUP_STR struct str record = {0};
    if (!api_page_takes(&listing->page, customer->key))
        return !listing->page.more;
    customer_encode(customer, &record);
    json_raw(listing->j, record.p);
    return true;
}

static void get_customers(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct json_out j = {&out, false};
    struct listing listing = {&j, {.list = "customers", .limit = API_PAGE_MOST}};
    if (!api_readable(api, request) || !api_page_begin(request, &listing.page))
        return;
    json_begin_object(&j);
    json_key(&j, "customers");
    json_begin_array(&j);
    customers_each(api->parts.core, put_customer, &listing);
    json_end_array(&j);
    api_page_end(request, &listing.page, &j);
    api_page_finish(&listing.page);
    json_end_object(&j);
    api_answer_durable(api, request, &out);
}

static void get_customer(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    if (!api_readable(api, request))
        return;
    const struct customer *customer = customers_get(api->parts.core, http_parameter(request, "key"));
    if (!customer) {
        http_problem(request, 404, "No customer has the key '%.100s'.", http_parameter(request, "key"));
        return;
    }
    customer_encode(customer, &out);
    api_answer_durable(api, request, &out);
}

/* Is the record in the path what the request expects? False: it has been answered. */
static bool is_expected(struct api *api, struct http_request *request)
{
    const struct customer *customer = customers_get(api->parts.core, http_parameter(request, "key"));
    CLEANUP_STR struct str now = {0};
    if (customer)
        customer_encode(customer, &now);
    return api_matches(request, customer ? &now : NULL);
}

/* The key in the path counts; one in the body must be the same. */
static int read_record(struct http_request *request, cJSON *body, struct customer *ret, struct error *err)
{
    const char *key = http_parameter(request, "key");
    if (!json_member(body, "key"))
        cJSON_AddStringToObject(body, "key", key);
    int rc = customer_decode(body, ret, err);
    if (!rc && !text_equal_nocase(ret->key, key)) {
        customer_finish(ret);
        rc = error_set(err, ERR_INVALID, "The key in the body is not the one in the path.");
    }
    return rc;
}

static void put_record(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct customer record;
    struct error err;
    CLEANUP_JSON cJSON *body = api_body(request);
    CLEANUP_FREE char *by = api_by(api, request);
    if (!body || !api_ready(api, request) || !is_expected(api, request))
        return;
    if (read_record(request, body, &record, &err)) {
        http_problem_of(request, &err);
        return;
    }
    struct str out = {0};
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    int rc = customers_set(turn, by, &record, &err);
    customer_encode(&record, &out);
    customer_finish(&record);
    api_end(request, turn, rc, &err, 200, &out);
}

static void delete_customer(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct error err;
    CLEANUP_FREE char *by = api_by(api, request);
    if (!api_ready(api, request) || !is_expected(api, request))
        return;
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    int rc = customers_forget(turn, by, http_parameter(request, "key"), &err);
    str_add(&out, "{\"ok\":true}");
    api_end(request, turn, rc, &err, 200, &out);
}

/* {"csv": text} or {"customers": […]}, and "dry_run": true to compare only. */
static int read_import(struct core *core, const cJSON *body, struct import *ret, struct error *err)
{
    const char *csv = json_text_or(body, "csv", NULL);
    *ret = (struct import){0};
    if (csv)
        return import_csv(core, csv, strlen(csv), ret, err);
    if (json_member(body, "customers"))
        return import_json(core, json_member(body, "customers"), ret, err);
    return error_set(err, ERR_INVALID, "Send the customers as `csv` (text) or `customers` (a list).");
}

static void post_import(void *ctx, struct http_request *request)
{
    struct api *api = ctx;
    struct str out = {0};
    struct error err;
    struct import import;
    CLEANUP_FREE char *by = api_by(api, request);
    if (!api_ready(api, request))
        return;
    CLEANUP_JSON cJSON *body = api_body(request);
    if (!body)
        return;
    int rc = read_import(api->parts.core, body, &import, &err);
    if (rc) {
        http_problem_of(request, &err);
        return;
    }
    struct turn *turn = turn_begin(api->parts.core, api->parts.clock());
    if (!json_bool_or(body, "dry_run", false))
        rc = import_store(turn, by, &import, &err);
    import_encode(&import, &out);
    import_finish(&import);
    api_end(request, turn, rc, &err, 200, &out);
}

const struct route api_customer_routes[] = {
    {HTTP_GET, "/api/v1/customers", get_customers, SCOPE_READ, 0, 0},
    {HTTP_POST, "/api/v1/customers/import", post_import, SCOPE_WRITE, IMPORT_BYTES, ROUTE_JSON},
    {HTTP_GET, "/api/v1/customers/{key}", get_customer, SCOPE_READ, 0, 0},
    {HTTP_PUT, "/api/v1/customers/{key}", put_record, SCOPE_WRITE, API_BODY, ROUTE_JSON},
    {HTTP_DELETE, "/api/v1/customers/{key}", delete_customer, SCOPE_WRITE, 0, 0},
};
const size_t api_customer_route_count = ARRAY_SIZE(api_customer_routes);
