#include "web/exchange.h"

#include "base/clock.h"

#define UNUSED_MOST 64 /* requests kept for reuse */
#define BODY_KEPT   ((size_t)256 << 10)

void exchanges_init(struct exchanges *exchanges)
{
    *exchanges = (struct exchanges){0};
    list_init(&exchanges->unused);
}

static void destroy(struct http_request *request)
{
    str_finish(&request->path);
    str_finish(&request->body);
    str_finish(&request->headers);
    array_free(&request->texts);
    free(request);
}

void exchanges_finish(struct exchanges *exchanges)
{
    list_each (request, &exchanges->unused, struct http_request, link) {
        destroy(request);
    }
    str_finish(&exchanges->answer);
}

struct http_request *exchange_begin(struct exchanges *exchanges, struct http_client *client)
{
    struct http_request *request;
    if (list_empty(&exchanges->unused)) {
        request = xcalloc(1, sizeof(*request));
        request->exchanges = exchanges;
    } else {
        request = container_of(exchanges->unused.next, struct http_request, link);
        list_remove(&request->link);
        exchanges->unused_count--;
    }
    request->client = client;
    request->query = "";
    request->too_large = false;
    return request;
}

void exchange_hand_over(struct http_request *request)
{
    request->match.route->handler(request->match.ctx, request);
}

void exchange_end(struct http_request *request)
{
    struct exchanges *exchanges = request->exchanges;
    for (size_t i = 0; i < request->texts.n; i++)
        free(request->texts.v[i]);
    request->texts.n = 0;
    free(steal(request->kept));
    request->client = NULL;
    request->token = NULL;
    request->flags = 0;
    request->match.route = NULL;
    request->match.n = 0;
    request->chunks = (struct wire_chunks){0};
    request->began = 0;
    request->asked = false;
    charge_end(&request->charge);
    if (request->attached)
        request->end_attached(steal(request->attached));
    str_clear(&request->headers);
    str_clear(&request->path);
    str_clear(&request->body);
    if (request->body.cap > BODY_KEPT)
        str_finish(&request->body);
    if (exchanges->unused_count >= UNUSED_MOST) {
        destroy(request);
        return;
    }
    list_append(&exchanges->unused, &request->link);
    exchanges->unused_count++;
}
