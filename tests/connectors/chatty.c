/* chatty - an echo: it emits what it is told to post as a message, and answers a webhook with its body. */
#include "simple.h"

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    if (host->emit(host->ctx, action->body, action->body_length) == TOCSIN_EMITTED)
        simple_perform(self, action, result);
    else
        result->code = TOCSIN_RETRY;
}

static void serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    (void)self;
    response->status = 200;
    snprintf(response->content_type, sizeof(response->content_type), "text/plain");
    response->write(response, request->path, strlen(request->path));
    for (uint32_t i = 0; i < request->header_count; i++) {
        if (strcmp(request->headers[i].name, "x-word") == 0)
            response->write(response, request->headers[i].value, strlen(request->headers[i].value));
    }
    response->write(response, request->body, request->body_length);
}

static int32_t check(void *self, struct tocsin_error *error)
{
    (void)self;
    char value[8];
    if (host->get(host->ctx, "revoked", value, sizeof(value)) < 0)
        return 0;
    snprintf(error->text, sizeof(error->text), "the token was revoked; make another");
    return TOCSIN_E_AUTH;
}

TOCSIN_CONNECTOR(.name = "chatty", .version = "1.0", .summary = "Echoes", .parallel = 4,
                 .can = TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, .open = simple_open, .check = check, .serve = serve,
                 .perform = perform, .close = simple_close);
