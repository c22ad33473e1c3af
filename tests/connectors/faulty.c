/*
 * faulty - the webchat of webchat.c, which does one thing wrong: `breaks` names the check of the conformance suite that it must then
 * fail. With an empty `breaks` it passes. What that chat does not have (channels, pins, people, customers, tickets) it makes up here.
 */
#include <tocsin/connector.h>

#include <time.h>
#include <unistd.h>

#undef TOCSIN_CONNECTOR
#define TOCSIN_CONNECTOR(...) static const struct tocsin_connector good = {__VA_ARGS__}
#include "webchat.c"

static char breaks[100], last_key[200];

static bool does_break(const char *what)
{
    return strcmp(breaks, what) == 0;
}

/* ---- what is asked ---- */

struct asked {
    const struct tocsin_action *action;
    const cJSON *body;
    const char *text; /* of the post or of its card */
};

static bool has(const struct asked *a, const char *member)
{
    return kit_json_member(a->body, member) != NULL;
}

static bool is_any(const struct asked *a)
{
    return a != NULL;
}
static bool is_gone(const struct asked *a)
{
    return strcmp(kit_json_text(a->body, "message"), "1000000000.000100") == 0;
}
static bool is_threaded(const struct asked *a)
{
    return has(a, "thread");
}
static bool is_card(const struct asked *a)
{
    return has(a, "card") && !strstr(a->text, "hostile") && strlen(a->text) < 100;
}
static bool is_long(const struct asked *a)
{
    return !has(a, "card") && strlen(a->text) > 10000;
}
static bool is_hostile(const struct asked *a)
{
    return !has(a, "card") && strstr(a->text, "<script>");
}
static bool is_hostile_card(const struct asked *a)
{
    return has(a, "card") && strstr(a->text, "<script>");
}
static bool is_pictured(const struct asked *a)
{
    return kit_json_member(kit_json_member(a->body, "card"), "picture") != NULL;
}
static bool is_direct(const struct asked *a)
{
    return has(a, "direct");
}
static bool is_call(const struct asked *a)
{
    return kit_json_true(a->body, "call");
}
static bool is_empty(const struct asked *a)
{
    return !a->body->child;
}
static bool is_nowhere(const struct asked *a)
{
    return strcmp(kit_json_text(a->body, "channel"), "conformance-no-such-channel") == 0;
}
static bool is_enemy(const struct asked *a)
{
    return strchr(kit_json_text(a->body, "channel"), '\r') != NULL;
}
static bool is_to_nobody(const struct asked *a)
{
    return !has(a, "address");
}
static bool is_to_somebody(const struct asked *a)
{
    return has(a, "address");
}
static bool is_parent(const struct asked *a)
{
    return has(a, "parent");
}
static bool is_no_ticket(const struct asked *a)
{
    return strcmp(kit_json_text(a->body, "ticket"), "conformance-no-such-ticket") == 0;
}
static bool was_done(const struct asked *a)
{
    return a->action->attempt > 1;
}
static bool was_done_before(const struct asked *a)
{
    return a->action->attempt > 1 && strcmp(a->action->key, last_key) != 0;
}

#define NO_ID   100 /* DONE, without an id */
#define SAME_ID 101 /* DONE, with the id that everything gets */
#define NEW_ID  102 /* done again, as if it were another action */
#define CRASH   103

static const struct fault {
    const char *breaks, *kind; /* NULL: every kind */
    bool (*when)(const struct asked *asked);
    int32_t code;
} faults[] = {
    {"post", "post", is_any, NO_ID},
    {"edit", "edit", is_any, TOCSIN_AUTH},
    {"edit: a message that is gone", "edit", is_gone, TOCSIN_REFUSED},
    {"delete", "delete", is_any, TOCSIN_REFUSED},
    {"thread", "post", is_threaded, TOCSIN_REFUSED},
    {"card", "post", is_card, TOCSIN_REFUSED},
    {"long text", "post", is_long, TOCSIN_REFUSED},
    {"hostile text", "post", is_hostile, CRASH},
    {"hostile card", "post", is_hostile_card, TOCSIN_REFUSED},
    {"picture", "post", is_pictured, TOCSIN_REFUSED},
    {"direct talk", "post", is_direct, TOCSIN_REFUSED},
    {"page", "page", is_any, NO_ID},
    {"page: ended", "page.end", is_gone, TOCSIN_REFUSED},
    {"page: a call", "page", is_call, NO_ID},
    {"channels", "channel.topic", is_any, TOCSIN_REFUSED},
    {"channels: the same name twice", "channel.open", is_any, SAME_ID},
    {"pin", "pin", is_any, TOCSIN_REFUSED},
    {"find a person", "person.find", is_any, SAME_ID},
    {"find a customer", "desk.find", is_any, NO_ID},
    {"tell a customer", "desk.tell", is_to_somebody, NO_ID},
    {"tell an unknown customer", "desk.tell", is_to_nobody, TOCSIN_REFUSED},
    {"ticket", "ticket.create", is_any, NO_ID},
    {"ticket: a parent", "ticket.create", is_parent, NO_ID},
    {"ticket: follow", "ticket.follow", is_any, SAME_ID},
    {"ticket: one that is not there", "ticket.comment", is_no_ticket, TOCSIN_RETRY},
    {"ticket: comment", "ticket.comment", is_any, NO_ID},
    {"ticket: states", "ticket.state", is_any, NO_ID},
    {"refused: an unknown kind", "conformance.unknown", is_any, TOCSIN_RETRY},
    {"refused: empty bodies", NULL, is_empty, TOCSIN_UNKNOWN},
    {"refused: no such channel", "post", is_nowhere, TOCSIN_RETRY},
    {"refused: hostile names", NULL, is_enemy, CRASH},
    {"many at once", "post", is_any, SAME_ID},
    {"duplicate", NULL, was_done, NEW_ID},
    {"reordered", NULL, was_done_before, NEW_ID},
};

/* ---- what is done ---- */

static void do_otherwise(void *self, const struct tocsin_action *action, int32_t code,
                         struct tocsin_result *result)
{
    static int twice;
    char key[300];
    struct tocsin_action other = *action;
    if (code == CRASH)
        abort();
    snprintf(key, sizeof(key), "%s/%d", action->key, ++twice);
    other.key = key;
    if (code == NEW_ID)
        good.perform(self, &other, result);
    else if (code == SAME_ID)
        snprintf(result->remote_id, sizeof(result->remote_id), "same");
    else if (code != NO_ID)
        kit_result(result, code, "broken on purpose");
}

static struct ticket {
    char id[40], key[200], title[200];
    bool done;
} tickets[64];
static size_t ticket_count;

static struct ticket *ticket_with(const char *id, const char *key)
{
    for (size_t i = 0; i < ticket_count; i++) {
        if (strcmp(tickets[i].id, id) == 0 || strcmp(tickets[i].key, key) == 0)
            return &tickets[i];
    }
    return NULL;
}

static struct ticket *create(const struct asked *a)
{
    struct ticket *ticket = ticket_with("", a->action->key);
    if (ticket || ticket_count == sizeof(tickets) / sizeof(tickets[0]))
        return ticket;
    ticket = &tickets[ticket_count++];
    snprintf(ticket->id, sizeof(ticket->id), "made-up-%zu", ticket_count);
    snprintf(ticket->key, sizeof(ticket->key), "%s", a->action->key);
    snprintf(ticket->title, sizeof(ticket->title), "%s", kit_json_text(a->body, "title"));
    return ticket;
}

static void answer_ticket(const struct ticket *ticket, struct tocsin_result *result)
{
    char link[100];
    snprintf(link, sizeof(link), "https://tickets.example.com/%s", ticket->id);
    snprintf(result->remote_id, sizeof(result->remote_id), "%s", ticket->id);
    kit_result_answer(result, kit_json_texts("ticket", ticket->id, "link", link, "title", ticket->title,
                                             "state", ticket->done ? "done" : "open", "status",
                                             ticket->done ? "closed" : "new", NULL));
}

static void make_up_ticket(const struct asked *a, struct tocsin_result *result)
{
    const char *kind = a->action->kind, *link = kit_json_text(a->body, "link"), *id = strrchr(link, '/');
    bool creates = strcmp(kind, "ticket.create") == 0, comments = strcmp(kind, "ticket.comment") == 0;
    struct ticket *ticket =
        creates ? create(a) : ticket_with(kit_json_text_or(a->body, "ticket", id ? id + 1 : "-"), "-");
    if (!ticket)
        kit_result(result, TOCSIN_REFUSED, "there is no such ticket");
    else if (comments)
        snprintf(result->remote_id, sizeof(result->remote_id), "comment-%s", a->action->key);
    else if (strcmp(kind, "ticket.state") == 0)
        ticket->done = strcmp(kit_json_text(a->body, "state"), "done") == 0;
    else
        answer_ticket(ticket, result);
}

/* What the chat does not have. */
static bool make_up(const struct asked *a, struct tocsin_result *result)
{
    const char *kind = a->action->kind;
    bool posts = strcmp(kind, "post") == 0 || strcmp(kind, "edit") == 0 || strcmp(kind, "page") == 0;
    bool tells = strcmp(kind, "desk.tell") == 0;
    if (posts || (tells && has(a, "address")))
        return false;
    if (strncmp(kind, "ticket.", 7) == 0)
        make_up_ticket(a, result);
    else if (strcmp(kind, "person.find") == 0 &&
             strcmp(kit_json_text(a->body, "email"), "ana@example.com") != 0)
        kit_result(result, TOCSIN_REFUSED, "there is nobody with that address");
    else if (strcmp(kind, "desk.find") == 0)
        kit_result_answer(result, kit_json_parse("{\"matches\":[]}", 14));
    else if (!tells)
        snprintf(result->remote_id, sizeof(result->remote_id), "made-up-%s", a->action->id);
    return true;
}

/* What becomes of trouble with the chat. */
static void spoil(int64_t took_s, struct tocsin_result *result)
{
    bool cut = result->code == TOCSIN_UNKNOWN, slow = took_s > 4;
    if ((does_break("rate-limited") && result->code == TOCSIN_RETRY && result->retry_after_ms) ||
        (does_break("slow") && cut && slow) || (does_break("cut") && cut && !slow))
        result->code = TOCSIN_REFUSED;
    if (does_break("unreachable") && result->code == TOCSIN_RETRY && !result->retry_after_ms)
        result->code = TOCSIN_UNKNOWN;
}

static void tell(const struct webchat *w, const struct asked *a)
{
    if (does_break("events"))
        kit_emit(w->host, kit_json_texts("type", "message", "id", a->action->id, NULL));
    if (does_break("no secret is told"))
        kit_log(w->host, KIT_INFO, "posting with the token %s", w->token);
}

static void faulty_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    cJSON *body = kit_json_parse(action->body, action->body_length);
    const cJSON *card = kit_json_member(body, "card");
    struct asked asked = {action, body, kit_json_text(card ? card : body, "text")};
    const struct fault *fault = NULL;
    time_t from = time(NULL);
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        if (does_break(faults[i].breaks) && (!faults[i].kind || strcmp(faults[i].kind, action->kind) == 0) &&
            faults[i].when(&asked))
            fault = &faults[i];
    }
    tell(self, &asked);
    if (fault)
        do_otherwise(self, action, fault->code, result);
    else if (!make_up(&asked, result))
        good.perform(self, action, result);
    spoil(time(NULL) - from, result);
    if (action->attempt <= 1)
        snprintf(last_key, sizeof(last_key), "%s", action->key);
    cJSON_Delete(body);
}

/* ---- in ---- */

static void faulty_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    const struct webchat *w = self;
    cJSON *sent =
        does_break("webhooks of strangers") ? kit_json_parse(request->body, request->body_length) : NULL;
    if (sent) /* whoever sent it */
        kit_webhook_acknowledge(response, kit_emit(w->host, event_of(sent)));
    else
        good.serve(self, request, response);
    cJSON_Delete(sent);
}

/* ---- life ---- */

static bool was_noted(const struct tocsin_host *host, const char *what)
{
    char value[8];
    return host->get(host->ctx, what, value, sizeof(value)) >= 0;
}

static int32_t faulty_open(const struct tocsin_host *host, const char *settings_text, void **ret_self,
                           struct tocsin_error *error)
{
    cJSON *given = kit_json_parse(settings_text, strlen(settings_text));
    snprintf(breaks, sizeof(breaks), "%s", kit_json_text(given, "breaks"));
    cJSON_Delete(given);
    bool closed = was_noted(host, "closed"), opened = was_noted(host, "opened");
    if ((does_break("crashed in mid-action") && opened && !closed) || (does_break("reload") && closed))
        return kit_fail(error, TOCSIN_E_CONFIG, "broken on purpose");
    host->put(host->ctx, "opened", "1", 1);
    host->put(host->ctx, "closed", NULL, 0);
    return good.open(host, settings_text, ret_self, error);
}

static int32_t faulty_check(void *self, struct tocsin_error *error)
{
    static int times;
    if (does_break("check") && times++) /* it starts */
        return kit_fail(error, TOCSIN_E_AUTH, "broken on purpose");
    return good.check(self, error);
}

static void faulty_close(void *self)
{
    struct webchat *w = self;
    if (does_break("close with work in hand"))
        abort();
    w->host->put(w->host->ctx, "closed", "1", 1);
    good.close(self);
}

static const struct tocsin_setting faulty_settings[] = {
    {"url", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0, "The chat's API"},
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET | TOCSIN_REQUIRED, NULL, 0, 0, "The bot's token"},
    {"secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "unused in the tests", 0, 0, "What the chat signs with"},
    {"breaks", TOCSIN_SETTING_TEXT, 0, "", 0, 0, "The check that fails"},
    {"web_url", TOCSIN_SETTING_TEXT, TOCSIN_LINKS, "https://tickets.example.com/", 0, 0,
     "Where tickets are shown"},
    {0},
};

extern TOCSIN_EXPORT const struct tocsin_connector tocsin_connector_entry;
const struct tocsin_connector tocsin_connector_entry = {
    .size = sizeof(struct tocsin_connector),
    .abi = TOCSIN_ABI,
    .setting_size = sizeof(struct tocsin_setting),
    .name = "faulty",
    .version = "1.0",
    .summary = "Does one thing wrong",
    .parallel = 4,
    .can = TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_THREAD | TOCSIN_CAN_BUTTONS | TOCSIN_CAN_PAGE |
           TOCSIN_CAN_FIND | TOCSIN_CAN_CHANNELS | TOCSIN_CAN_PIN | TOCSIN_CAN_LOOKUP | TOCSIN_CAN_DESK |
           TOCSIN_CAN_DESK_FIND | TOCSIN_CAN_DELETE | TOCSIN_CAN_TICKETS | TOCSIN_CAN_RECEIPTS |
           TOCSIN_CAN_CALL | TOCSIN_CAN_PICTURES,
    .settings = faulty_settings,
    .open = faulty_open,
    .check = faulty_check,
    .serve = faulty_serve,
    .perform = faulty_perform,
    .close = faulty_close,
};
