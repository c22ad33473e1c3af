/* Messages that are pages: which call each is of, and what connectors report of it. */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "paging/inside.h"
#include "turn/live.h"

#define WHY_BYTES 300
#define HOW_BYTES 40

static char *document_key(const char *connector, const char *message)
{
    return xasprintf("%s\x1f%s", connector, message);
}

void receipts_note(struct turn *turn, uint64_t incident, const struct call_key *key, const char *connector,
                   const char *message)
{
    CLEANUP_FREE char *name = document_key(connector, message);
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_int(&j, "incident", (int64_t)incident);
    json_put_int(&j, "page", key->number);
    json_put_text(&j, "person", key->person);
    json_put_text(&j, "way", key->way);
    json_end_object(&j);
    written_put(&paging_of(turn_core(turn))->messages, turn, DOC_PAGE_MESSAGE, name, body.p)->at =
        turn_now(turn);
}

struct receipt { /* of which call a message is */
    uint64_t incident;
    struct call_key call;
};

static bool find(const struct core *core, const char *connector, const char *message, struct receipt *ret)
{
    CLEANUP_FREE char *key = document_key(connector, message);
    CLEANUP_FREE char *body = written_get(&paging_of(core)->messages, core, DOC_PAGE_MESSAGE, key);
    CLEANUP_JSON cJSON *doc = body ? cJSON_Parse(body) : NULL;
    if (!doc)
        return false;
    ret->incident = (uint64_t)json_int_or(doc, "incident", 0);
    ret->call = (struct call_key){.number = json_int_or(doc, "page", 0),
                                  .person = xstrdup(json_text_or(doc, "person", "")),
                                  .way = xstrdup(json_text_or(doc, "way", ""))};
    return true;
}

void receipts_reach(struct turn *turn, uint64_t incident, const struct call_key *key, enum call_state state,
                    const char *text)
{
    static const char *const verbs[] = {
        [CALL_DELIVERED] = "page_delivered", [CALL_FAILED] = "page_undelivered", [CALL_SEEN] = "page_seen"};
    const struct state_page *page = incident_page(turn_incident(turn, incident), key->number);
    const struct state_call *call = page ? page_call(page, key->person, key->way) : NULL;
    if (call && call->state < state)
        paging_record(turn, incident,
                      (struct command){.verb = verbs[state],
                                       .count = key->number,
                                       .value = key->person,
                                       .name = key->way,
                                       .text = state == CALL_FAILED ? text : NULL});
}

/* ---- events of connectors ---- */

static void acknowledged(struct turn *turn, const struct receipt *of, const cJSON *event)
{
    const char *how = json_text_or(event, "how", NULL);
    CLEANUP_FREE char *via = how ? utf8_sanitize(how, strlen(how), HOW_BYTES) : NULL;
    CLEANUP_FREE char *way = xstrndup(of->call.way, strcspn(of->call.way, " "));
    CLEANUP_STR struct str said = {0};
    struct error err;
    paging_acknowledge(turn, turn_incident(turn, of->incident), of->call.person, via ? via : way, &said, &err);
}

static const struct {
    const char *name;
    enum call_state state;
} states[] = {{"delivered", CALL_DELIVERED}, {"seen", CALL_SEEN}, {"failed", CALL_FAILED}};

void paging_event(struct turn *turn, const char *connector, const cJSON *event)
{
    struct receipt of;
    const char *state = json_text_or(event, "state", ""), *text = json_text_or(event, "text", NULL);
    if (!find(turn_core(turn), connector, json_text_or(event, "message", ""), &of))
        return;
    CLEANUP_FREE char *why = text ? utf8_sanitize(text, strlen(text), WHY_BYTES) : NULL;
    if (turn_incident(turn, of.incident)) {
        if (strcmp(state, "acknowledged") == 0)
            acknowledged(turn, &of, event);
        for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
            if (strcmp(state, states[i].name) == 0)
                receipts_reach(turn, of.incident, &of.call, states[i].state, why);
        }
    }
    call_key_finish(&of.call);
}

uint64_t paging_of_message(const struct core *core, const char *connector, const char *message,
                           const char *person)
{
    struct receipt of;
    if (!find(core, connector, message, &of))
        return 0;
    uint64_t incident = !person || people_same(core, of.call.person, person) ? of.incident : 0;
    call_key_finish(&of.call);
    return incident;
}
