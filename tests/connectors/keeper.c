/* keeper - keeps what it is told to, with an event or with an outcome: the kind of action says with which. */
#include "simple.h"

static char text[70000];

static const char *long_text(size_t n)
{
    memset(text, 'x', n);
    return text;
}

/* The more the better: how many values of so many bytes go with one outcome? */
static int fill(const char *key, size_t bytes)
{
    char name[64];
    int n = 0;
    for (; n < 100; n++) {
        snprintf(name, sizeof(name), "%.40s-%d", key, n);
        if (host->keep(host->ctx, name, long_text(bytes), bytes))
            break;
    }
    return n;
}

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    simple_perform(self, action, result);
    int32_t rc = host->keep(host->ctx, action->key, action->body, action->body_length);
    if (strcmp(action->kind, "event") == 0)
        rc = host->emit(host->ctx, action->body, action->body_length);
    else if (strcmp(action->kind, "remove") == 0)
        rc = host->keep(host->ctx, action->key, NULL, 0);
    else if (strcmp(action->kind, "too long") == 0)
        rc = host->keep(host->ctx, "long", long_text(65537), 65537);
    else if (strcmp(action->kind, "no text") == 0)
        rc = host->keep(host->ctx, "bad", "\xff", 1);
    else if (strcmp(action->kind, "much") == 0)
        rc = fill(action->key, 65536);
    snprintf(result->detail, sizeof(result->detail), "%d", (int)rc);
}

/* Says nothing to the core, so nothing is kept. */
static void serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    (void)self;
    response->status = host->keep(host->ctx, "served", request->path, strlen(request->path)) ? 500 : 204;
}

TOCSIN_CONNECTOR(.name = "keeper", .version = "1.0", .summary = "Keeps what it is told to", .parallel = 1,
                 .can = TOCSIN_CAN_POST, .open = simple_open, .perform = perform, .serve = serve,
                 .close = simple_close);
