/* Callbacks: what became of a message or a call, a key that somebody pressed, an answer by SMS. */
#include "sms.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/store.h>
#include <tocsin/kit/webhook.h>

#include "twiml.h"
#include "words.h"

#define BODY_MOST    ((size_t)64 << 10)
#define WAITS_MOST   10 /* seconds for which a key waits until it can be stored */
#define USELESS_MOST 5  /* answers to what means nothing */
#define WORDS_MOST   8  /* of an SMS, that may be a code */

/* A callback that the platform has signed. */
struct callback {
    const struct sms *sms;
    cJSON *form, *query;
    const char *sid; /* of the message or call */
    struct kit_page page;
    struct tocsin_response *response;
};

static void answer_xml(const struct callback *c, const struct kit_text *twiml)
{
    c->response->status = 200;
    snprintf(c->response->content_type, sizeof(c->response->content_type), "text/xml; charset=utf-8");
    c->response->write(c->response, kit_text_get(twiml), twiml->n);
}

/* ---- /status ---- */

static const struct {
    const char *status, *state, *why;
} states[] = {
    {"delivered", "delivered", NULL},
    {"read", "seen", NULL},
    {"failed", "failed", "it failed"},
    {"undelivered", "failed", "it was not delivered"},
    {"ringing", "delivered", NULL},
    {"in-progress", "delivered", NULL}, /* perhaps by a voicemail */
    {"busy", "failed", "the number is busy"},
    {"no-answer", "failed", "nobody answered"},
    {"canceled", "failed", "the call was canceled"},
};

/* "the telephone is off or out of reach (30003)" */
static void put_why(const struct callback *c, const char *why, struct kit_text *out)
{
    int64_t code = strtoll(kit_json_text(c->form, "ErrorCode"), NULL, 10);
    const char *sip = kit_json_text(c->form, "SipResponseCode"), *reason = sms_reason(code);
    kit_text_add(out, reason ? reason : strcmp(sip, "480") == 0 ? "the telephone is off or out of reach" : why);
    if (code)
        kit_text_addf(out, " (%lld)", (long long)code);
}

static cJSON *event_of(const struct callback *c)
{
    const char *status = kit_json_text_or(c->form, "MessageStatus", kit_json_text(c->form, "CallStatus"));
    struct kit_text why = {0};
    cJSON *event = NULL;
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]) && !event; i++) {
        if (strcmp(states[i].status, status) != 0)
            continue;
        if (states[i].why)
            put_why(c, states[i].why, &why);
        event = kit_page_event(c->sid, states[i].state, NULL, kit_text_get(&why));
    }
    kit_text_finish(&why);
    return event;
}

/* It may come before the platform has answered our request: then it tells which message or call that was. What an attempt sent of which
   nobody heard, while another is known, is not told. */
static void serve_status(struct callback *c)
{
    cJSON *event = c->page.row ? event_of(c) : NULL;
    if (c->page.row)
        kit_page_learned(&c->page, c->sid);
    if (!event || strcmp(kit_page_id(&c->page), c->sid) != 0)
        kit_webhook_answer(c->response, 204, NULL);
    else if (!kit_page_is_known(&c->page))
        kit_webhook_answer(c->response, 503, "The outcome of the request is not stored yet. Send it again.\n");
    else {
        int32_t emitted = kit_emit(c->sms->kit.host, event);
        event = NULL;
        kit_webhook_acknowledge(c->response, emitted == TOCSIN_EMIT_REFUSED ? TOCSIN_EMITTED : emitted);
    }
    cJSON_Delete(event);
}

/* ---- /key ---- */

/* Pressed, but it cannot be stored at this moment. */
static void wait_for(const struct callback *c, struct kit_text *twiml)
{
    int64_t waited = strtoll(kit_json_text(c->query, "n"), NULL, 10);
    struct kit_text again = {0};
    kit_text_addf(&again, "%s/key?p=%s&Digits=1&n=%lld", c->sms->public_url, c->page.mark,
                  (long long)waited + 1);
    if (waited >= 0 && waited < WAITS_MOST)
        twiml_wait(kit_text_get(&again), twiml);
    else
        twiml_say("That could not be stored. Please acknowledge it in the chat.", twiml);
    kit_text_finish(&again);
}

/* The core's page: also if it was ringing twice. */
static int32_t acknowledge(const struct callback *c, const struct kit_page *page, const char *how)
{
    return kit_page_is_known(page)
               ? kit_emit(c->sms->kit.host, kit_page_event(kit_page_id(page), "acknowledged", how, NULL))
               : TOCSIN_EMIT_RETRY;
}

static void acknowledge_by_key(struct callback *c, struct kit_text *twiml)
{
    kit_page_learned(&c->page, c->sid);
    int32_t emitted = acknowledge(c, &c->page, "a key");
    if (emitted == TOCSIN_EMITTED)
        twiml_say("Acknowledged. Goodbye.", twiml);
    else if (emitted == TOCSIN_EMIT_RETRY)
        wait_for(c, twiml);
    else
        twiml_say("That was not accepted. Please acknowledge it in the chat.", twiml);
}

static void serve_key(struct callback *c)
{
    const char *key = kit_json_text_or(c->form, "Digits", kit_json_text(c->query, "Digits"));
    const char *ended = kit_json_text(c->page.row, "ended");
    struct kit_text twiml = {0}, action = {0};
    kit_text_addf(&action, "%s/key?p=%s", c->sms->public_url, c->page.mark);
    if (!c->page.row)
        twiml_say("This page is not known. Goodbye.", &twiml);
    else if (*ended)
        twiml_say(ended, &twiml);
    else if (strcmp(key, "1") == 0)
        acknowledge_by_key(c, &twiml);
    else
        twiml_ask("That key has no meaning. ", kit_json_text(c->page.row, "say"), kit_text_get(&action),
                  &twiml);
    answer_xml(c, &twiml);
    kit_text_finish(&twiml);
    kit_text_finish(&action);
}

/* ---- /message ---- */

/* These are for the carrier, which answers them itself. */
static bool is_carriers(const char *body)
{
    static const char words[] = "stop stopall unsubscribe cancel end quit start yes unstop";
    char word[16];
    while (isspace((unsigned char)*body))
        body++;
    size_t n = strcspn(body, " \r\n\t");
    if (n >= sizeof(word) || body[n + strspn(body + n, " \r\n\t")])
        return false;
    snprintf(word, sizeof(word), "%.*s", (int)n, body);
    kit_lower(word);
    return kit_has_word(words, word);
}

/* The page of that number which a word of the body names. */
static struct kit_page page_named(const struct callback *c, const char *number, const char *body)
{
    struct kit_page page = {0};
    char key[SMS_KEY_BYTES], word[40];
    for (int words = 0; words < WORDS_MOST && *body && !page.row; words++) {
        size_t n = 0;
        while (*body && !isalnum((unsigned char)*body))
            body++;
        while (isalnum((unsigned char)body[n]))
            n++;
        snprintf(word, sizeof(word), "%.*s", n < sizeof(word) ? (int)n : 0, body);
        cJSON *named = sms_reply_key(number, word, key) ? kit_get(c->sms->kit.host, key) : NULL;
        if (named)
            page = kit_page_by_mark(c->sms->kit.host, kit_json_text(named, "page"));
        cJSON_Delete(named);
        body += n;
    }
    return page;
}

static void acknowledge_by_reply(const struct callback *c, const struct kit_page *page, struct kit_text *said)
{
    const char *ended = kit_json_text(page->row, "ended");
    if (*ended)
        kit_text_add(said, ended);
    else if (acknowledge(c, page, "a reply by SMS") == TOCSIN_EMITTED)
        kit_text_addf(said, "Acknowledged: %s", kit_json_text(page->row, "say"));
    else
        kit_text_addf(said,
                      "That could not be stored. Please send %s again in a minute, or acknowledge in the chat.",
                      kit_json_text(page->row, "code"));
}

/* Somebody whom we have paged, with words that name no page. A machine that answers us is not answered for long. */
static void answer_useless(const struct callback *c, cJSON *person, const char *key, struct kit_text *said)
{
    int64_t useless = kit_json_int(person, "useless", 0);
    kit_json_set(person, "useless", cJSON_CreateNumber((double)useless + 1));
    if (useless < USELESS_MOST && kit_put(c->sms->kit.host, key, person))
        kit_text_add(said, "To acknowledge a page, reply with the code that it names, such as 12a.");
}

static void serve_message(struct callback *c)
{
    const char *number = kit_json_text(c->form, "From"), *body = kit_json_text(c->form, "Body");
    char key[SMS_KEY_BYTES];
    struct kit_text said = {0}, twiml = {0};
    bool numbered = sms_person_key(number, key);
    cJSON *person = numbered && !is_carriers(body) ? kit_get(c->sms->kit.host, key) : NULL;
    struct kit_page page = {0};
    if (person)
        page = page_named(c, number, body);
    if (page.row)
        acknowledge_by_reply(c, &page, &said);
    else if (person)
        answer_useless(c, person, key, &said);
    twiml_reply(kit_text_get(&said), &twiml);
    answer_xml(c, &twiml);
    kit_page_finish(&page);
    cJSON_Delete(person);
    kit_text_finish(&said);
    kit_text_finish(&twiml);
}

/* ---- all of them ---- */

static const struct {
    const char *path;
    void (*serve)(struct callback *c);
} routes[] = {{"/status", serve_status}, {"/key", serve_key}, {"/message", serve_message}};

static void serve_signed(const struct sms *sms, const struct tocsin_request *request,
                         struct tocsin_response *response, void (*serve)(struct callback *c))
{
    struct callback c = {.sms = sms,
                         .form = kit_webhook_form(request->body, request->body_length),
                         .query = kit_webhook_form(request->query, strlen(request->query)),
                         .response = response};
    c.sid = kit_json_text_or(c.form, "MessageSid", kit_json_text(c.form, "CallSid"));
    c.page = kit_page_by_mark(sms->kit.host, kit_json_text(c.query, "p"));
    serve(&c);
    kit_page_finish(&c.page);
    cJSON_Delete(c.form);
    cJSON_Delete(c.query);
}

void sms_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    const struct sms *sms = self;
    size_t i = 0, n = sizeof(routes) / sizeof(routes[0]);
    while (i < n && strcmp(routes[i].path, request->path) != 0)
        i++;
    if (i == n || strcmp(request->method, "POST") != 0)
        kit_webhook_answer(response, 404, "There is /status, /key and /message, by POST.\n");
    else if (request->body_length > BODY_MOST)
        kit_webhook_answer(response, 413, "The body is larger than 64 KiB.\n");
    else if (!signature_is_good(&sms->keys, sms->public_url, request))
        kit_webhook_answer(response, 403,
                           "The signature is not that of `token` over `public_url` and what follows it.\n");
    else
        serve_signed(sms, request, response, routes[i].serve);
}
