/* example - a connector in one page: posts go to the end of a file, and what is sent to its webhook comes in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/connector.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/webhook.h>

struct example {
    const struct tocsin_host *host;
    char *path;
};

/* The settings have been checked: those declared below are all there. */
static int32_t example_open(const struct tocsin_host *host, const char *settings, void **ret_self,
                            struct tocsin_error *error)
{
    struct example *e = calloc(1, sizeof(*e));
    cJSON *given = kit_json_parse(settings, strlen(settings));
    e->host = host;
    e->path = strdup(kit_json_text(given, "path"));
    cJSON_Delete(given);
    *ret_self = e;
    if (*e->path == '/')
        return 0;
    return kit_fail(error, TOCSIN_E_CONFIG, "`path` must be absolute, such as /var/lib/tocsin/posts");
}

/* Writes one line: a post has a text or a card. */
static void example_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    struct example *e = self;
    cJSON *body = kit_json_parse(action->body, action->body_length);
    const char *title = kit_json_text(kit_json_member(body, "card"), "title");
    FILE *file = fopen(e->path, "a");
    int written = file && fprintf(file, "%s: %s\n", kit_json_text(body, "channel"),
                                  kit_json_text_or(body, "text", title)) > 0;
    if (!file || fclose(file) != 0 || !written)
        kit_result(result, TOCSIN_RETRY, "cannot write to %s; is the disk full?", e->path);
    else /* the result is TOCSIN_DONE unless you say otherwise */
        snprintf(result->remote_id, sizeof(result->remote_id), "%s", action->id);
    cJSON_Delete(body);
}

/* Takes {"id", "user", "text"} at /connector/example/. A public webhook should check a signature first. */
static void example_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    struct example *e = self;
    cJSON *sent = kit_json_parse(request->body, request->body_length);
    cJSON *event = kit_json_texts("type", "message", "channel", "incidents", "id", kit_json_text(sent, "id"),
                                  "text", kit_json_text(sent, "text"), NULL);
    cJSON_AddItemToObject(event, "user", kit_json_texts("id", kit_json_text(sent, "user"), NULL));
    kit_webhook_acknowledge(response, kit_emit(e->host, event)); /* returns when the core has it on disk */
    cJSON_Delete(sent);
}

static void example_close(void *self)
{
    struct example *e = self;
    if (e)
        free(e->path);
    free(e);
}

static const struct tocsin_setting settings[] = {
    {"path", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED | TOCSIN_FILE, NULL, 0, 0,
     "The file that posts are appended to"},
    {0}, /* ends the table */
};

TOCSIN_CONNECTOR(.name = "example", .version = "1.0", .summary = "Posts to a file, messages by webhook",
                 .parallel = 1, .can = TOCSIN_CAN_POST, .settings = settings, .open = example_open,
                 .perform = example_perform, .serve = example_serve, .close = example_close);
