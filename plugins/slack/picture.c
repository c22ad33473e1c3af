/*
 * Uploads a picture in three steps: Slack names a file and an address, the address takes the bytes, and the file is completed. It is shared with nobody;
 * whoever may read a message that shows it sees it. A message is refused while Slack still looks at the file, so that is waited for.
 */
#include "picture.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/picture.h>
#include <tocsin/kit/store.h>

#include "out.h"

#define LOOKED_MS 4000 /* until Slack knows what the file is */
#define LOOK_MS   250
#define KEY       (SLACK_MARK + 16)

/* ---- the steps ---- */

/* Where the bytes go (`url`), and the file that they become. */
static bool begin(struct slack *slack, const struct kit_picture *picture, char file[SLACK_ID],
                  struct kit_text *url, struct slack_reply *reply)
{
    cJSON *arguments = kit_json_texts("filename", "picture.png", NULL);
    cJSON_AddNumberToObject(arguments, "length", (double)picture->n);
    slack_call(slack, "files.getUploadURLExternal", arguments, NULL, false, reply);
    kit_clean_name(kit_json_text(reply->body, "file_id"), file, SLACK_ID);
    kit_text_add(url, kit_json_text(reply->body, "upload_url"));
    return reply->ok && *file && url->n;
}

/* The address is Slack's, and known to nobody else: no token goes there. */
static bool send_bytes(struct slack *slack, const struct kit_picture *picture, const char *url)
{
    struct kit_header type = {"Content-Type", "image/png"};
    struct kit_answer answer;
    struct kit_request request = {.method = "POST",
                                  .url = url,
                                  .headers = &type,
                                  .header_count = 1,
                                  .body = (const char *)picture->png,
                                  .body_length = picture->n,
                                  .timeout_ms = slack_time_left()};
    kit_http_call(slack->http, &request, &answer);
    bool taken = answer.outcome == KIT_ANSWERED && answer.status == 200;
    if (!taken)
        kit_log(slack->host, KIT_WARNING,
                "a picture is left out: Slack does not take its bytes (%s, status %ld)", answer.error,
                answer.status);
    kit_answer_finish(&answer);
    return taken;
}

static bool complete(struct slack *slack, const char *file, struct slack_reply *reply)
{
    cJSON *arguments = cJSON_CreateObject(), *files = cJSON_AddArrayToObject(arguments, "files");
    cJSON_AddItemToArray(files, kit_json_texts("id", file, "title", "picture", NULL));
    slack_call(slack, "files.completeUploadExternal", arguments, NULL, false, reply);
    return reply->ok;
}

/* Without the right to ask, it is shown at once: a message that is refused is sent again without it. */
static void wait_until_known(struct slack *slack, const char *file)
{
    int64_t until = kit_now_ms() + LOOKED_MS;
    for (bool known = false; !known && kit_now_ms() < until && slack_time_left() > LOOK_MS;) {
        struct slack_reply reply;
        slack_call(slack, "files.info", kit_json_texts("file", file, NULL), NULL, false, &reply);
        known = !reply.ok || *kit_json_text(kit_json_member(reply.body, "file"), "mimetype");
        slack_reply_finish(&reply);
        if (!known)
            nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    }
}

/* Whoever installed the app reads in its check that a scope is missing. */
static void say_why(const struct slack *slack, const struct slack_reply *reply)
{
    char why[300];
    if (slack_said(reply, "missing_scope") && *slack->scopes)
        return;
    slack_explain(reply, why, sizeof(why));
    kit_log(slack->host, KIT_WARNING, "a picture is left out: %s", why);
}

static bool upload(struct slack *slack, const struct kit_picture *picture, char file[SLACK_ID])
{
    struct kit_text url = {0};
    struct slack_reply reply;
    bool begun = begin(slack, picture, file, &url, &reply),
         sent = begun && send_bytes(slack, picture, kit_text_get(&url));
    bool done = false;
    if (!begun)
        say_why(slack, &reply);
    slack_reply_finish(&reply);
    if (sent) {
        done = complete(slack, file, &reply);
        if (!done)
            say_why(slack, &reply);
        slack_reply_finish(&reply);
    }
    kit_text_finish(&url);
    return done;
}

/* ---- once ---- */

/* Under this key is the file of an attempt, until the action is done. */
static void key_of(const struct slack *slack, const struct tocsin_action *action, char key[KEY])
{
    char mark[SLACK_MARK];
    slack_mark(slack, action->key, mark);
    snprintf(key, KEY, "picture:%s", mark);
}

static bool find(struct slack *slack, const char *key, char file[SLACK_ID])
{
    cJSON *note = kit_get(slack->host, key);
    kit_clean_name(kit_json_text(note, "file"), file, SLACK_ID);
    cJSON_Delete(note);
    return *file;
}

static void note(struct slack *slack, const char *key, const char *file)
{
    cJSON *value = kit_json_texts("file", file, NULL);
    kit_put(slack->host, key, value);
    cJSON_Delete(value);
}

bool slack_picture(struct slack *slack, const struct tocsin_action *action, const cJSON *card,
                   char file[SLACK_ID])
{
    struct kit_picture picture;
    char key[KEY];
    *file = '\0';
    if (!kit_picture(card, &picture))
        return false;
    key_of(slack, action, key);
    bool there = find(slack, key, file);
    bool shown = there || upload(slack, &picture, file);
    if (shown && !there)
        note(slack, key, file);
    if (shown)
        wait_until_known(slack, file);
    else
        *file = '\0';
    kit_picture_finish(&picture);
    return shown;
}

void slack_picture_forget(struct slack *slack, const struct tocsin_action *action)
{
    char key[KEY];
    key_of(slack, action, key);
    slack->host->keep(slack->host->ctx, key, NULL, 0);
}
