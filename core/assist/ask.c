/* Requests: written down, handed on once that is durable, and answered. */
#include "assist/inside.h"

#include <string.h>

#include "assist/facts.h"
#include "base/log.h"
#include "base/markup.h"
#include "feeds/feeds.h"
#include "people/people.h"
#include "rooms/buttons.h"
#include "rooms/rooms.h"
#include "sight/sight.h"

#define AT_ONCE   2  /* requests that are under way: they hold threads of the pool */
#define WAIT_MOST 10 /* and those that wait for them */
#define GO_ON     (SECOND / 50)

/* ---- asking ---- */

static const char *setting(const struct assist *assist, const char *name)
{
    return json_text_or(assist->way.settings, name, NULL);
}

const char *assist_model(const struct core *core)
{
    return setting(assist_of(core), "model");
}

int assist_allows(const struct core *core, const struct incident *incident, struct error *err)
{
    char name[INCIDENT_NAME];
    const struct assist *assist = assist_of(core);
    if (!assist->way.settings)
        return error_set(
            err, ERR_REFUSED,
            "No language model is configured. `assist` in tocsin.lua names one; see docs/assist.md.");
    if (incident->private && !(assist->fields & 1u << ASSIST_PRIVATE))
        return error_set(
            err, ERR_REFUSED,
            "%s is private, and nothing of a private incident is sent to %.60s. `send` of `assist` in "
            "tocsin.lua would have to name \"private\".",
            incident_name(incident->id, name), assist_model(core));
    return 0;
}

static struct assist_request *find_of(const struct core *core, const char *person)
{
    struct assist *assist = assist_of(core);
    for (size_t i = 0; i < assist->requests.n; i++) {
        if (people_same(core, assist->requests.v[i].person, person))
            return &assist->requests.v[i];
    }
    return NULL;
}

static int refuse_crowd(const struct core *core, const char *person, struct error *err)
{
    const struct assist_request *asked = find_of(core, person);
    char name[INCIDENT_NAME];
    if (asked)
        return error_set(err, ERR_REFUSED, "%.60s still answers what you asked about %s. Wait for that.",
                         assist_model(core), incident_name(asked->incident, name));
    if (assist_of(core)->requests.n >= AT_ONCE + WAIT_MOST)
        return error_set(err, ERR_REFUSED, "Too many people ask %.60s at once. Try again in a minute.",
                         assist_model(core));
    return 0;
}

static int journal_asked(struct turn *turn, const struct assist_question *question, int64_t bytes,
                         struct error *err)
{
    const struct command command = {.verb = "assist_asked",
                                    .by = question->by,
                                    .name = question->kind->name,
                                    .value = assist_model(turn_core(turn)),
                                    .count = bytes};
    return turn_do(turn, question->incident->id, &command, NULL, err);
}

static void fill_in(struct assist_record *record, const struct assist *assist,
                    const struct assist_question *question, instant now)
{
    record->kind = question->kind;
    record->number = question->incident->version;
    record->at = now;
    record->person = xstrdup(question->person);
    record->model = xstrdup(setting(assist, "model"));
    record->host = feed_host(setting(assist, "url"));
    record->where = xstrdup(question->where);
}

static void queue(struct turn *turn, const struct assist_question *question, struct str *body, int64_t taken)
{
    struct assist *assist = assist_of(turn_core(turn));
    *array_add(&assist->requests) = (struct assist_request){.number = ++assist->numbers,
                                                            .incident = question->incident->id,
                                                            .turn = turn_number(turn),
                                                            .person = xstrdup(question->person),
                                                            .body = str_take(body),
                                                            .at = turn_now(turn),
                                                            .taken = taken};
    core_due(turn_core(turn), turn_now(turn));
}

int assist_ask(struct turn *turn, const struct assist_question *question, struct error *err)
{
    struct core *core = turn_core(turn);
    struct assist *assist = assist_of(core);
    int rc = assist_allows(core, question->incident, err);
    rc = rc ? rc : refuse_crowd(core, question->person, err);
    if (rc)
        return rc;
    CLEANUP_RECORD struct assist_record record = {0};
    CLEANUP_STR struct str body = {0};
    const struct facts_wanted wanted = {question->incident, question->person, assist->fields, turn_now(turn)};
    facts_gather(core, &wanted, &record.facts);
    wire_request(assist_model(core), question->kind, &record.facts, &body);
    record.bytes = (int64_t)body.len;
    int64_t taken = wire_tokens(body.len) + WIRE_ANSWER_TOKENS;
    const struct assist_limits limits = {json_int_or(assist->way.settings, "requests_per_day", 0),
                                         json_int_or(assist->way.settings, "tokens_per_day", 0)};
    struct assist_budget budget = assist->budget;
    rc = assist_budget_take(&budget, &limits, taken, turn_now(turn), err);
    rc = rc ? rc : journal_asked(turn, question, record.bytes, err);
    if (rc)
        return rc;
    assist->budget = budget;
    assist_keep_budget(turn);
    fill_in(&record, assist, question, turn_now(turn));
    assist_keep(turn, question->incident->id, question->person, &record);
    queue(turn, question, &body, taken);
    return 0;
}

/* ---- on its way ---- */

static void finish(struct assist_request *request)
{
    free(request->person);
    free(request->body);
}

void assist_drop_requests(struct assist *assist)
{
    for (size_t i = 0; i < assist->requests.n; i++)
        finish(&assist->requests.v[i]);
    array_free(&assist->requests);
}

/* ---- answered ---- */

static void take_answer(struct assist_record *record, const struct assist_request *request,
                        const struct assist_result *result)
{
    struct wire_answer answer = {NULL, -1};
    struct error err = {0};
    if (result->body && wire_read(result->body, result->length, record->kind, &answer, &err))
        record->text = xasprintf("its answer %s", err.text);
    else
        record->text = answer.text ? answer.text : xstrdup(result->error);
    record->state = answer.text ? ASSIST_PROPOSED : ASSIST_FAILED;
    size_t bytes = strlen(request->body) + result->length;
    record->tokens = answer.tokens < 0 ? wire_tokens(bytes) : answer.tokens;
}

static void journal_answered(struct turn *turn, uint64_t incident, const struct assist_record *record)
{
    bool proposed = record->state == ASSIST_PROPOSED;
    const struct command command = {.verb = "assist_answered",
                                    .by = BY_SYSTEM,
                                    .automatic = true,
                                    .name = record->kind->name,
                                    .value = record->model,
                                    .text = proposed ? NULL : record->text,
                                    .count = record->tokens,
                                    .flag = proposed};
    struct error err;
    if (turn_do(turn, incident, &command, NULL, &err))
        log_warn("assist: %s", err.text);
}

static void write_card(struct turn *turn, const struct incident *incident, const struct assist_record *record,
                       struct str *out)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *line = assist_line(incident, record);
    char name[INCIDENT_NAME];
    bool proposed = record->state == ASSIST_PROPOSED;
    CLEANUP_FREE char *title =
        xasprintf("%s proposes %s for %s", record->model, proposed ? record->kind->what : "nothing",
                  incident_name(incident->id, name));
    struct json_out j = {out, false};
    assist_write(turn_core(turn), incident, record, &text);
    json_begin_object(&j);
    json_put_text(&j, "title", title);
    json_put_text(&j, "tone", proposed ? "info" : "warn");
    json_put_text(&j, "text", text.p);
    json_key(&j, "buttons");
    json_begin_array(&j);
    if (proposed)
        button_put_offer(&j, record->kind->accept, line, "primary", 0, turn_now(turn));
    json_end_array(&j);
    json_end_object(&j);
}

/* Where they asked, and only they read it. */
static void tell(struct turn *turn, const struct assist_request *request, const struct assist_record *record)
{
    const struct incident *incident = sight_incident(turn_core(turn), request->incident, request->person);
    const char *slash = record->where ? strchr(record->where, '/') : NULL;
    if (!slash || !incident)
        return;
    CLEANUP_FREE char *connector = xstrndup(record->where, (size_t)(slash - record->where)),
                      *key = turn_key_as(turn, ANSWER_KEY);
    CLEANUP_STR struct str card = {0};
    const struct place there = {.connector = connector,
                                .channel = slash + 1,
                                .to = people_user(turn_core(turn), request->person, connector)};
    write_card(turn, incident, record, &card);
    if (there.to)
        rooms_say(turn, &there, incident->id, key, card.p, NULL);
}

static void settle(struct core *core, const struct assist_request *request, const struct assist_result *result,
                   instant now)
{
    struct assist *assist = assist_of(core);
    CLEANUP_RECORD struct assist_record record = {0};
    if (!assist_last(core, request->incident, request->person, &record))
        return;
    struct turn *turn = turn_begin(core, now);
    take_answer(&record, request, result);
    assist_budget_settle(&assist->budget, request->at, request->taken, record.tokens);
    assist_keep_budget(turn);
    assist_keep(turn, request->incident, request->person, &record);
    journal_answered(turn, request->incident, &record);
    tell(turn, request, &record);
    turn_commit(turn, NULL, NULL);
}

void assist_answered(struct core *core, uint64_t number, const struct assist_result *result, instant now)
{
    struct assist *assist = assist_of(core);
    for (size_t i = 0; i < assist->requests.n; i++) {
        struct assist_request request = assist->requests.v[i];
        if (request.number != number)
            continue;
        array_remove(&assist->requests, i);
        if (core_ready(core, NULL))
            settle(core, &request, result, now);
        finish(&request);
        core_due(core, now);
        return;
    }
}

/* ---- handed on ---- */

/* It was decided on what was durable then. Why it may not leave by now; NULL: it may. */
static const char *held_back(struct core *core, const struct assist_request *request)
{
    CLEANUP_RECORD struct assist_record record = {0};
    const struct incident *incident = sight_incident(core, request->incident, request->person);
    bool any = assist_last(core, request->incident, request->person, &record);
    const struct facts_wanted wanted = {incident, request->person, 0, record.at};
    if (!incident || !any || assist_allows(core, incident, NULL))
        return "it may not be sent any more";
    for (size_t i = 0; i < record.facts.n; i++) {
        if (!facts_hold(core, &wanted, &record.facts.v[i]))
            return "something of it was taken back before it was sent; ask again";
    }
    return NULL;
}

static size_t count_left(const struct assist *assist)
{
    size_t n = 0;
    for (size_t i = 0; i < assist->requests.n; i++)
        n += assist->requests.v[i].left;
    return n;
}

/* The first that waits; NULL: none does. */
static struct assist_request *next_of(const struct assist *assist)
{
    for (size_t i = 0; i < assist->requests.n; i++) {
        if (!assist->requests.v[i].left)
            return &assist->requests.v[i];
    }
    return NULL;
}

instant assist_tick(struct core *core, instant now)
{
    struct assist *assist = assist_of(core);
    struct assist_request *request = next_of(assist);
    if (!request || count_left(assist) >= AT_ONCE)
        return 0;
    if (!core_ready(core, NULL) || !turn_is_reported(core, request->turn))
        return now + GO_ON;
    const char *why = held_back(core, request);
    request->left = true;
    if (why)
        assist_answered(core, request->number, &(struct assist_result){.error = why}, now);
    else
        assist->way.ask(assist->way.ctx, request->number, request->body);
    return now + GO_ON;
}
