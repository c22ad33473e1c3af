/* example - a connector in one page: posts go to the end of a file, and what is sent to its webhook comes in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/connector.h>

struct example {
    const struct tocsin_host *host;
    char path[256];
};

static int32_t example_open(const struct tocsin_host *host, const char *settings, void **ret_self,
                            struct tocsin_error *error)
{
    struct example *e = calloc(1, sizeof(*e));
    e->host = host;
    *ret_self = e;
    if (sscanf(settings, "{\"path\":\"%255[^\"\\]\"", e->path) == 1) /* checked already: it is declared below */
        return 0;
    snprintf(error->text, sizeof(error->text), "`path` has a quote or a backslash; choose another file");
    return TOCSIN_E_CONFIG;
}

static void example_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    struct example *e = self;
    FILE *file = fopen(e->path, "a");
    int written = file && fprintf(file, "%.*s\n", (int)action->body_length, action->body) > 0;
    if (file && fclose(file) == 0 && written) {
        snprintf(result->remote_id, sizeof(result->remote_id), "%s", action->id);
        return; /* the result is TOCSIN_DONE unless one says otherwise */
    }
    result->code = TOCSIN_RETRY;
    snprintf(result->detail, sizeof(result->detail), "%s cannot be written", e->path);
}

/* A JSON event, sent to /connector/example/: passed in as it is. */
static void example_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    struct example *e = self;
    int32_t rc =
        e->host->emit(e->host->ctx, request->body, request->body_length); /* returns when it is durable */
    response->status = rc == TOCSIN_EMITTED ? 204 : rc == TOCSIN_EMIT_RETRY ? 503 : 400;
}

static void example_close(void *self)
{
    free(self);
}

static const struct tocsin_setting settings[] = {
    {"path", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0, "The file that posts are appended to"},
    {0}, /* ends the table */
};

TOCSIN_CONNECTOR(.name = "example", .version = "1.0", .summary = "Posts to a file, events by webhook",
                 .parallel = 1, .can = TOCSIN_CAN_POST, .settings = settings, .open = example_open,
                 .perform = example_perform, .serve = example_serve, .close = example_close);
