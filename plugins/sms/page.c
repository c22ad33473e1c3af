/* page and page.end: an SMS or a call, once. */
#include "sms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/store.h>

#include "twiml.h"
#include "words.h"

#define MARGIN_MS  120000 /* so far the platform's clock may be behind ours */
#define VALID_S    "900"  /* a page that is later than this wakes somebody for nothing */
#define RING_S     "45"
#define CALL_S     "180"          /* what a voicemail records, at most */
#define RETRIES    "#rc=3&rp=all" /* a callback that is not answered with success is tried again */
#define CODE_BYTES 40

bool sms_person_key(const char *number, char key[SMS_KEY_BYTES])
{
    snprintf(key, SMS_KEY_BYTES, "person/%s", number);
    return words_is_number(number);
}

bool sms_reply_key(const char *number, const char *code, char key[SMS_KEY_BYTES])
{
    char lower[CODE_BYTES];
    snprintf(lower, sizeof(lower), "%s", code);
    kit_lower(lower);
    snprintf(key, SMS_KEY_BYTES, "reply/%s/%s", number, lower);
    return words_is_number(number) && *code && strlen(code) < CODE_BYTES;
}

/* A page on its way. */
struct sending {
    struct kit_task *task;
    const struct sms *sms;
    const char *number;
    bool call;
    struct kit_page page;
    struct kit_page_words words;
    struct kit_text body; /* of the SMS */
};

static struct sms *sms_of(const struct kit_task *task)
{
    return task->api->self;
}

/* ---- an earlier attempt ---- */

static int64_t created_ms(const cJSON *row)
{
    time_t at = curl_getdate(kit_json_text(row, "date_created"), NULL);
    return at < 0 ? 0 : (int64_t)at * 1000;
}

/* A call's record has no words: it is the one to that number which is no other page's. */
static bool is_it(const struct sending *s, const cJSON *row)
{
    int64_t since = kit_json_int(s->page.row, "at", 0) - MARGIN_MS;
    const char *direction = kit_json_text(row, "direction"), *body = kit_json_text(row, "body");
    if (strncmp(direction, "outbound", strlen("outbound")) != 0 || created_ms(row) < since ||
        (!s->call && !strstr(body, kit_text_get(&s->body)))) /* a trial account puts words before it */
        return false;
    struct kit_page other = kit_page_by_id(s->sms->kit.host, kit_json_text(row, "sid"));
    bool ours = !other.row || strcmp(other.mark, s->page.mark) == 0;
    kit_page_finish(&other);
    return ours;
}

static void find(const struct sending *s, struct kit_text *sid)
{
    cJSON *list = kit_api_get_at(
        s->task, s->call ? "Calls.json?PageSize=50&To=%" : "Messages.json?PageSize=50&To=%", s->number);
    const cJSON *row;
    cJSON_ArrayForEach(row, kit_json_member(list, s->call ? "calls" : "messages"))
    {
        if (!sid->n && is_it(s, row))
            kit_text_add(sid, kit_json_text(row, "sid"));
    }
    cJSON_Delete(list);
}

/* ---- this one ---- */

static void put_address(struct kit_text *form, const char *name, const struct sending *s, const char *path)
{
    struct kit_text url = {0};
    kit_text_addf(&url, "%s%s?p=%s%s", s->sms->public_url, path, s->page.mark, RETRIES);
    kit_api_parameter(form, name, kit_text_get(&url));
    kit_text_finish(&url);
}

static void put_message(const struct sending *s, struct kit_text *form)
{
    bool service = *s->sms->service != '\0';
    kit_api_parameter(form, service ? "MessagingServiceSid" : "From", service ? s->sms->service : s->sms->from);
    kit_api_parameter(form, "Body", kit_text_get(&s->body));
    kit_api_parameter(form, "ValidityPeriod", VALID_S);
}

static void put_call(const struct sending *s, struct kit_text *form)
{
    static const char *const events[] = {"initiated", "ringing", "answered", "completed"};
    struct kit_text twiml = {0}, action = {0};
    kit_text_addf(&action, "%s/key?p=%s", s->sms->public_url, s->page.mark);
    twiml_ask(NULL, kit_json_text(s->page.row, "say"), kit_text_get(&action), &twiml);
    kit_api_parameter(form, "From", s->sms->from);
    kit_api_parameter(form, "Twiml", kit_text_get(&twiml));
    kit_api_parameter(form, "Timeout", RING_S);
    kit_api_parameter(form, "TimeLimit", CALL_S);
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        kit_api_parameter(form, "StatusCallbackEvent", events[i]);
    kit_text_finish(&twiml);
    kit_text_finish(&action);
}

static void send_it(const struct sending *s, struct kit_text *sid)
{
    struct kit_text form = {0};
    kit_api_parameter(&form, "To", s->number);
    put_address(&form, "StatusCallback", s, "/status");
    (s->call ? put_call : put_message)(s, &form);
    cJSON *made = kit_api_post_form(s->task, s->call ? "Calls.json" : "Messages.json", &form);
    kit_text_add(sid, kit_json_text(made, "sid"));
    if (made && !sid->n)
        kit_result(s->task->result, TOCSIN_UNKNOWN,
                   "the platform took it and did not say as what; is `url` its address?");
    cJSON_Delete(made);
    kit_text_finish(&form);
}

/* So that their answer is known. */
static void keep_reply(const struct sending *s)
{
    char key[SMS_KEY_BYTES];
    cJSON *page = kit_json_texts("page", s->page.mark, NULL), *person = cJSON_CreateObject();
    if (sms_person_key(s->number, key))
        kit_keep(s->sms->kit.host, key, person);
    if (sms_reply_key(s->number, kit_json_text(s->page.row, "code"), key))
        kit_keep(s->sms->kit.host, key, page);
    cJSON_Delete(page);
    cJSON_Delete(person);
}

static void send_once(struct sending *s)
{
    struct tocsin_result *result = s->task->result;
    struct kit_text sid = {0}, say = {0};
    words_say(&s->words, &say);
    kit_json_set(s->page.row, "say", cJSON_CreateString(kit_text_get(&say)));
    kit_json_set(s->page.row, "call", cJSON_CreateBool(s->call));
    kit_text_add(&sid, kit_page_id(&s->page));
    if (!sid.n && kit_page_was_tried(&s->page))
        find(s, &sid);
    if (!sid.n && result->code == TOCSIN_DONE && kit_page_begin(&s->page, result))
        send_it(s, &sid);
    if (result->code == TOCSIN_DONE) {
        kit_page_sent(&s->page, kit_text_get(&sid), result);
        keep_reply(s);
    }
    kit_text_finish(&sid);
    kit_text_finish(&say);
}

void sms_page(struct kit_task *task)
{
    struct sending s = {.task = task,
                        .sms = sms_of(task),
                        .number = kit_json_text(task->body, "user"),
                        .call = kit_json_true(task->body, "call")};
    if (!words_is_number(s.number)) {
        kit_result(
            task->result, TOCSIN_REFUSED,
            "'%s' is no telephone number; write it with its country code and nothing else, as in +491701234567",
            s.number);
        return;
    }
    s.page = kit_page_of_action(task);
    s.words = kit_page_words(task->body);
    words_sms(&s.words, kit_json_text(task->body, "code"), (size_t)s.sms->parts, &s.body);
    if (s.words.title.n)
        send_once(&s);
    else
        kit_result(task->result, TOCSIN_REFUSED, "the page says nothing");
    kit_page_finish(&s.page);
    kit_page_words_finish(&s.words);
    kit_text_finish(&s.body);
}

/* ---- page.end: a call stops ringing; an SMS has been read, or is answered with who has it ---- */

static void hang_up(struct kit_task *task, const char *sid)
{
    struct kit_text path = {0}, form = {0};
    char *encoded = kit_url_encode(sid);
    kit_text_addf(&path, "Calls/%s.json", encoded ? encoded : "");
    kit_api_parameter(&form, "Status", "completed");
    cJSON_Delete(kit_api_post_form(task, kit_text_get(&path), &form));
    if (task->status == 400 || task->status == 404) /* it has ended */
        kit_result(task->result, TOCSIN_DONE, "%s", "");
    free(encoded);
    kit_text_finish(&path);
    kit_text_finish(&form);
}

void sms_page_end(struct kit_task *task)
{
    const struct sms *sms = sms_of(task);
    const char *id = kit_json_text(task->body, "message");
    struct kit_page page = kit_page_by_id(sms->kit.host, id);
    if (page.row && kit_json_true(page.row, "call"))
        hang_up(task, id);
    if (page.row && task->result->code == TOCSIN_DONE)
        kit_page_ended(&page, kit_json_text(task->body, "text"));
    kit_page_finish(&page);
}
