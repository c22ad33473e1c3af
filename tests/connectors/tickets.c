/*
 * tickets - a desk and tracker in a directory: what it is asked to do is a line of DIR/log, each key once. A ticket is as DIR/ID.json
 * says, or as made up. While DIR/hold exists, what was done is not reported. What is sent to its webhook are events.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/webhook.h>

#include "simple.h"

static char dir[400], pages[200];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int32_t tickets_open(const struct tocsin_host *given, const char *settings, void **ret_self,
                            struct tocsin_error *error)
{
    cJSON *set = kit_json_parse(settings, strlen(settings));
    snprintf(dir, sizeof(dir), "%s", kit_json_text(set, "dir"));
    snprintf(pages, sizeof(pages), "%s", kit_json_text(set, "pages"));
    cJSON_Delete(set);
    return simple_open(given, settings, ret_self, error);
}

static void path_of(char *path, size_t size, const char *name)
{
    snprintf(path, size, "%s/%s", dir, name);
}

/* The number of the line with this key; it is added if there is none. */
static int note(const struct tocsin_action *action)
{
    char path[500], line[70000], mark[400];
    int n = 0;
    path_of(path, sizeof(path), "log");
    snprintf(mark, sizeof(mark), "\"key\":\"%s\"", action->key);
    pthread_mutex_lock(&lock);
    FILE *file = fopen(path, "a+");
    for (rewind(file); fgets(line, sizeof(line), file);) {
        n++;
        if (strstr(line, mark))
            goto out;
    }
    fprintf(file, "{\"kind\":\"%s\",%s,\"body\":%.*s}\n", action->kind, mark, (int)action->body_length,
            action->body);
    n++;
out:
    fclose(file);
    pthread_mutex_unlock(&lock);
    return n;
}

static void hold(void)
{
    char path[500];
    path_of(path, sizeof(path), "hold");
    while (access(path, F_OK) == 0)
        nanosleep(&(struct timespec){0, 20000000}, NULL);
}

/* The ticket's members, as a file says or made up. The caller frees it. */
static char *members_of(const char *id, const char *title)
{
    char name[300], path[800], text[2000] = "", made[2000];
    snprintf(name, sizeof(name), "%s.json", id);
    path_of(path, sizeof(path), name);
    FILE *file = fopen(path, "r");
    if (file) {
        text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
        fclose(file);
    }
    snprintf(made, sizeof(made),
             "{\"ticket\":\"%s\",\"link\":\"%s/%s\",\"title\":\"%s %s\",\"state\":\"open\",\"status\":\"open\","
             "\"address\":\"jo@c%s.example\",\"name\":\"Jo\"}",
             id, pages, id, title, id, id);
    return strdup(*text ? text : made);
}

static void answer(struct tocsin_result *result, const char *id, const char *title)
{
    char *members = members_of(id, title);
    result->answer(result, members, strlen(members));
    snprintf(result->remote_id, sizeof(result->remote_id), "%s", id);
    free(members);
}

static const char *last_of(const char *link)
{
    const char *slash = strrchr(link, '/');
    return slash ? slash + 1 : link;
}

static void tickets_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    cJSON *body = kit_json_parse(action->body, action->body_length);
    const char *id = kit_json_text_or(body, "ticket", last_of(kit_json_text(body, "link")));
    char number[40];
    (void)self;
    snprintf(number, sizeof(number), "%d", note(action));
    hold();
    if (strcmp(action->kind, "ticket.follow") == 0 && strcmp(id, "none") == 0)
        kit_result(result, TOCSIN_REFUSED, "there is no such ticket");
    else if (strcmp(action->kind, "ticket.follow") == 0)
        answer(result, id, "Ticket");
    else if (strcmp(action->kind, "ticket.create") == 0)
        answer(result, number, "Made");
    else
        snprintf(result->remote_id, sizeof(result->remote_id), "%s", number);
    cJSON_Delete(body);
}

static void tickets_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    cJSON *event = kit_json_parse(request->body, request->body_length);
    (void)self;
    if (event)
        kit_webhook_acknowledge(response, kit_emit(host, event));
    else
        kit_webhook_answer(response, 400, "Send JSON.\n");
}

static const struct tocsin_setting settings[] = {
    {"dir", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED | TOCSIN_FOLDER, NULL, 0, 0, "Where everything is"},
    {"pages", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED | TOCSIN_LINKS, NULL, 0, 0,
     "What links of tickets begin with"},
    {0},
};

TOCSIN_CONNECTOR(.name = "tickets", .version = "1.0", .summary = "Tickets in a directory", .parallel = 2,
                 .can = TOCSIN_CAN_DESK | TOCSIN_CAN_TICKETS | TOCSIN_CAN_POST | TOCSIN_CAN_FIND,
                 .settings = settings, .open = tickets_open, .serve = tickets_serve, .perform = tickets_perform,
                 .close = simple_close);
