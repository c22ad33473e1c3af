#include "answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/http.h>
#include <tocsin/kit/json.h>

#include "tracker.h"

#define LINES_MOST 64 /* calls that one question may make */

static const struct {
    char letter;
    long status;
} statuses[] = {{'2', 200}, {'1', 201}, {'0', 204}, {'3', 302}, {'4', 404}, {'u', 401}, {'f', 403},
                {'v', 422}, {'k', 409}, {'g', 410}, {'9', 429}, {'5', 500}, {'6', 502}};

static const struct question {
    char letter;
    const char *kind, *body; /* of an action */
} questions[] = {
    {'t', "desk.tell",
     "{\"customer\":\"acme\",\"text\":\"We look into "
     "it.\",\"address\":\"ops@acme.example\",\"incident\":\"INC-1\"}"},
    {'i', "desk.tell",
     "{\"customer\":\"acme\",\"text\":\"A note.\",\"address\":\"7\",\"thread\":\"7\",\"internal\":true}"},
    {'e', "desk.find", "{\"key\":\"acme\",\"email\":\"ops@acme.example\",\"most\":5}"},
    {'d', "desk.find", "{\"key\":\"acme\",\"domain\":\"acme.example\",\"most\":5}"},
    {'n', "desk.find", "{\"key\":\"acme\",\"name\":\"Acme\",\"most\":5}"},
    {'c', "ticket.create", "{\"title\":\"Slow\",\"text\":\"It is slow.\",\"incident\":\"INC-1\"}"},
    {'p', "ticket.create",
     "{\"title\":\"Slow\",\"text\":\"It is slow.\",\"incident\":\"INC-1\",\"parent\":true}"},
    {'f', "ticket.follow", "{\"ticket\":\"7\"}"},
    {'j', "ticket.follow", "{\"ticket\":\"7\",\"parent\":\"8\"}"},
    {'m', "ticket.comment", "{\"ticket\":\"7\",\"text\":\"It is better.\"}"},
    {'s', "ticket.state", "{\"ticket\":\"7\",\"state\":\"done\"}"},
    {'o', "ticket.state", "{\"ticket\":\"7\",\"state\":\"open\"}"},
    {'w', "post", "{\"channel\":\"7\",\"text\":\"It is better.\"}"},
};

static struct {
    const char *p, *end;
    int left;
    const struct tracker *tracker;
    bool stops; /* a round: it is the last one */
} platform;

static long status_of(char letter)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        if (statuses[i].letter == letter)
            return statuses[i].status;
    }
    return 0;
}

/* As the linker calls it, in place of the real one. */
void __wrap_kit_http_call(struct kit_http *http, const struct kit_request *request, struct kit_answer *answer);
void __wrap_kit_http_call(struct kit_http *http, const struct kit_request *request, struct kit_answer *answer)
{
    (void)http, (void)request;
    *answer = (struct kit_answer){.outcome = KIT_NOT_SENT, .body = strdup(""), .error = "it is not reached"};
    if (platform.stops)
        platform.tracker->connector->stop(platform.tracker->self);
    if (platform.p >= platform.end || platform.left-- <= 0)
        return;
    const char *line = platform.p, *end = memchr(line, '\n', (size_t)(platform.end - line));
    platform.p = end ? end + 1 : platform.end;
    answer->status = status_of(*line);
    if (!answer->status) {
        answer->outcome = KIT_CUT;
        return;
    }
    free(answer->body);
    answer->outcome = KIT_ANSWERED;
    answer->error[0] = '\0';
    answer->body_length = (size_t)((end ? end : platform.end) - line) - 1;
    answer->body = strndup(line + 1, answer->body_length);
    answer->body_length = strlen(answer->body);
}

static int32_t take_answer(struct tocsin_result *result, const char *bytes, size_t n)
{
    cJSON *json = kit_json_parse(bytes, n);
    if (!cJSON_IsObject(json) || !result->ctx)
        abort();
    cJSON_Delete(json);
    return 0;
}

static void perform(struct tracker *tracker, const struct question *question, int attempt)
{
    struct tocsin_action action = {.size = sizeof(action),
                                   .attempt = attempt,
                                   .deadline_ms = 60000,
                                   .id = "1",
                                   .kind = question->kind,
                                   .key = "INC-1/7.1",
                                   .body = question->body,
                                   .body_length = strlen(question->body),
                                   .made_ms = 1795446382123};
    struct tocsin_result result = {.size = sizeof(result), .ctx = tracker, .answer = take_answer};
    tracker->connector->perform(tracker->self, &action, &result);
    if (result.code < TOCSIN_DONE || result.code > TOCSIN_UNKNOWN || result.retry_after_ms < 0 ||
        !memchr(result.remote_id, '\0', sizeof(result.remote_id)) ||
        !memchr(result.detail, '\0', sizeof(result.detail)))
        abort();
}

static void ask(struct tracker *tracker, char letter)
{
    struct tocsin_error error = {.size = sizeof(error)};
    if (letter == 'y' && tracker->connector->check)
        tracker->connector->check(tracker->self, &error);
    if (letter == 'z' && tracker->connector->run) {
        platform.stops = true;
        tracker->connector->run(tracker->self, &error);
        platform.stops = false;
    }
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        for (int attempt = 1; questions[i].letter == letter && attempt <= 2; attempt++)
            perform(tracker, &questions[i], attempt);
    }
}

static void check_events(const struct tracker *tracker)
{
    const cJSON *event;
    cJSON_ArrayForEach(event, tracker->emitted)
    {
        if (!*kit_json_text(event, "type") || strlen(kit_json_text(event, "text")) > 40000)
            abort();
    }
}

bool answers_fuzz(const struct tocsin_connector *connector, const char *settings, const uint8_t *data, size_t n)
{
    struct tracker tracker;
    if (n < 2 || data[0] != '@')
        return false;
    tracker_begin(&tracker, connector, settings);
    platform.p = (const char *)data + 2;
    platform.end = (const char *)data + n;
    platform.left = LINES_MOST;
    platform.tracker = &tracker;
    ask(&tracker, (char)data[1]);
    check_events(&tracker);
    tracker_end(&tracker);
    memset(&platform, 0, sizeof(platform));
    return true;
}
