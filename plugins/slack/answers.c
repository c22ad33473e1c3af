/*
 * Answers people who typed a command or pressed a button in a channel that the app is not in.
 *
 * With each of these Slack sends a response URL, good for half an hour and five messages that only the asker sees. It is a secret,
 * so it is kept in memory only: after a restart people are answered by direct message. Channels that the app is in need none of this.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/commonmark.h>

#include "out.h"

#define PLACES    256 /* response URLs kept at once */
#define GOOD_MS   ((int64_t)29 * 60 * 1000)
#define USES      5
#define URL_BYTES 300

struct slack_answers {
    pthread_mutex_t lock;
    size_t next;
    struct place {
        char channel[SLACK_ID], user[SLACK_ID], url[URL_BYTES];
        int64_t until_ms; /* by slack_now_ms; 0: empty */
        int left;         /* messages */
    } places[PLACES];
};

struct slack_answers *slack_answers_create(void)
{
    struct slack_answers *answers = calloc(1, sizeof(*answers));
    pthread_mutex_init(&answers->lock, NULL);
    return answers;
}

void slack_answers_destroy(struct slack_answers *answers)
{
    if (!answers)
        return;
    pthread_mutex_destroy(&answers->lock);
    free(answers);
}

static struct place *find(struct slack_answers *answers, const char *channel, const char *user)
{
    for (size_t i = 0; i < PLACES; i++) {
        struct place *place = &answers->places[i];
        if (place->until_ms && strcmp(place->channel, channel) == 0 && strcmp(place->user, user) == 0)
            return place;
    }
    return NULL;
}

/* A slash command has channel_id and user_id; a press or a shortcut has the objects. */
static const char *id_of(const cJSON *payload, const char *what, const char *flat)
{
    const char *id = kit_json_text(payload, flat);
    return *id ? id : kit_json_text(kit_json_member(payload, what), "id");
}

void slack_answers_note(struct slack *slack, const cJSON *payload)
{
    struct slack_answers *answers = slack->places.answers;
    const char *channel = id_of(payload, "channel", "channel_id"), *user = id_of(payload, "user", "user_id"),
               *url = kit_json_text(payload, "response_url");
    bool safe = strncmp(url, "https://", 8) == 0 || strncmp(slack->api_url, "http://", 7) == 0;
    if (!kit_is_link(url) || !safe || strlen(url) >= URL_BYTES || !slack_is_id(channel) || !slack_is_id(user))
        return;
    pthread_mutex_lock(&answers->lock);
    struct place *place = find(answers, channel, user);
    if (!place)
        place = &answers->places[answers->next++ % PLACES];
    *place = (struct place){.until_ms = slack_now_ms() + GOOD_MS, .left = USES};
    kit_clean_name(channel, place->channel, SLACK_ID);
    kit_clean_name(user, place->user, SLACK_ID);
    snprintf(place->url, sizeof(place->url), "%s", url);
    pthread_mutex_unlock(&answers->lock);
}

/* Uses up n of the messages that are left. */
static bool take(struct slack_answers *answers, const char *channel, const char *user, int n,
                 char url[URL_BYTES])
{
    pthread_mutex_lock(&answers->lock);
    struct place *place = find(answers, channel, user);
    bool good = place && place->until_ms > slack_now_ms() && place->left >= n;
    if (good) {
        place->left -= n;
        memcpy(url, place->url, URL_BYTES);
    }
    pthread_mutex_unlock(&answers->lock);
    return good;
}

static bool post(struct slack *slack, const char *url, const cJSON *message)
{
    cJSON *body = cJSON_Duplicate(message, true);
    cJSON_AddStringToObject(body, "response_type", "ephemeral");
    cJSON_AddFalseToObject(body, "replace_original");
    char *text = cJSON_PrintUnformatted(body);
    struct kit_header type = {"Content-Type", "application/json; charset=utf-8"};
    struct kit_request request = {.url = url,
                                  .headers = &type,
                                  .header_count = 1,
                                  .body = text,
                                  .body_length = text ? strlen(text) : 0,
                                  .timeout_ms = slack_time_left(),
                                  .once = true};
    struct kit_answer answer = {0};
    if (text && request.timeout_ms)
        kit_http_call(slack->http, &request, &answer);
    bool done = answer.status == 200;
    kit_answer_finish(&answer);
    cJSON_free(text);
    cJSON_Delete(body);
    return done;
}

bool slack_answer_there(struct slack *slack, const char *channel, const char *user, const cJSON *messages)
{
    char url[URL_BYTES];
    const cJSON *message;
    if (!take(slack->places.answers, channel, user, cJSON_GetArraySize(messages), url))
        return false;
    cJSON_ArrayForEach(message, messages)
    {
        if (!post(slack, url, message))
            return false;
    }
    return true;
}
