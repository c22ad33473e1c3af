#include "engine/state_pages.h"

#include <string.h>

const struct state_page *incident_page(const struct incident *incident, int64_t number)
{
    for (size_t i = 0; i < incident->people.pages.all.n; i++) {
        if (incident->people.pages.all.v[i].number == number)
            return &incident->people.pages.all.v[i];
    }
    return NULL;
}

static const struct state_call *latest_call(const struct state_page *page)
{
    const struct state_call *latest = NULL;
    for (size_t i = 0; i < page->calls.n; i++) {
        const struct state_call *call = &page->calls.v[i];
        if (call->way && (!latest || call->at >= latest->at))
            latest = call;
    }
    return latest;
}

const char *page_person(const struct state_page *page)
{
    const struct state_call *latest = latest_call(page);
    return latest ? latest->person : page->people.n ? page->people.v[page->people.n - 1] : NULL;
}

const struct state_call *page_call(const struct state_page *page, const char *person, const char *way)
{
    for (size_t i = 0; i < page->calls.n; i++) {
        const struct state_call *call = &page->calls.v[i];
        if (text_equal(call->person, person) && (way ? text_equal(call->way, way) : !call->way))
            return call;
    }
    return NULL;
}

bool page_called(const struct state_page *page, const char *person)
{
    for (size_t i = 0; i < page->calls.n; i++) {
        if (page->calls.v[i].way && text_equal(page->calls.v[i].person, person))
            return true;
    }
    return false;
}

bool incident_unpaged(const struct incident *incident, const char *who, bool nobody)
{
    const struct state_pages *pages = &incident->people.pages;
    for (size_t i = 0; i < pages->unpaged.n; i++) {
        if (pages->unpaged.v[i].nobody == nobody && text_equal(pages->unpaged.v[i].who, who))
            return true;
    }
    return false;
}

bool page_is_open(const struct state_page *page)
{
    return !page->accepted_by && !page->going.over;
}

static const char *const call_states[] = {"wanted", "sent", "delivered", "failed", "seen"};

const char *call_state_name(enum call_state state)
{
    return call_states[state];
}

/* ---- freed ---- */

static void call_finish(struct state_call *call)
{
    free(call->person);
    free(call->way);
    free(call->user);
    free(call->why);
}

void page_finish(struct state_page *page)
{
    char *texts[] = {page->target,      page->text,           page->rule,
                     page->accepted_by, page->accepted_how,   page->accepted_via,
                     page->going.name,  page->going.severity, page->going.asked};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    for (size_t i = 0; i < page->people.n; i++)
        free(page->people.v[i]);
    for (size_t i = 0; i < page->calls.n; i++)
        call_finish(&page->calls.v[i]);
    array_free(&page->people);
    array_free(&page->calls);
}

void page_message_finish(struct state_page_message *message)
{
    free(message->connector);
    free(message->user);
    free(message->message);
}

void pages_finish(struct state_pages *pages)
{
    for (size_t i = 0; i < pages->all.n; i++)
        page_finish(&pages->all.v[i]);
    for (size_t i = 0; i < pages->messages.n; i++)
        page_message_finish(&pages->messages.v[i]);
    pages_announce_anew(pages);
    array_free(&pages->all);
    array_free(&pages->messages);
    array_free(&pages->unpaged);
}

void pages_announce_anew(struct state_pages *pages)
{
    for (size_t i = 0; i < pages->unpaged.n; i++)
        free(pages->unpaged.v[i].who);
    pages->unpaged.n = 0;
}

/* ---- as JSON ---- */

static void encode_calls(const struct state_page *page, struct json_out *j)
{
    json_key(j, "calls");
    json_begin_array(j);
    for (size_t i = 0; i < page->calls.n; i++) {
        const struct state_call *call = &page->calls.v[i];
        json_begin_object(j);
        json_put_text(j, "person", call->person);
        json_put_text_if(j, "way", call->way);
        json_put_text_if(j, "user", call->user);
        json_put_text(j, "state", call_state_name(call->state));
        json_put_text_if(j, "why", call->why);
        json_put_int(j, "round", call->round);
        json_put_int(j, "at", call->at);
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_flag(struct json_out *j, const char *key, bool flag)
{
    if (flag)
        json_put_bool(j, key, true);
}

/* Nothing of a page of an older version: its state stays as it was written. */
static void encode_escalating(const struct state_page *page, struct json_out *j)
{
    const struct state_escalating *going = &page->going;
    if (!page->escalates)
        return;
    json_put_bool(j, "escalates", true);
    json_put_text_if(j, "escalation", going->name);
    json_put_text_if(j, "severity", going->severity);
    json_put_text_if(j, "asked", going->asked);
    json_put_text_if(j, "accepted_via", page->accepted_via);
    json_put_int(j, "level", going->level);
    json_put_int(j, "round", going->round);
    json_put_int(j, "since", going->since);
    if (going->accepted_at)
        json_put_int(j, "accepted_at", going->accepted_at);
    put_flag(j, "everybody", going->everybody);
    put_flag(j, "held", going->held);
    put_flag(j, "insists", going->insists);
    put_flag(j, "followed", going->followed);
    put_flag(j, "over", going->over);
    encode_calls(page, j);
}

static void encode_page(const struct state_page *page, struct json_out *j)
{
    json_begin_object(j);
    json_put_int(j, "number", page->number);
    json_put_text(j, "target", page->target);
    json_put_text_if(j, "text", page->text);
    json_put_text_if(j, "rule", page->rule);
    json_put_int(j, "at", page->at);
    json_put_texts(j, "people", page->people.v, page->people.n);
    json_put_bool(j, "reached", page->reached);
    json_put_bool(j, "exhausted", page->exhausted);
    json_put_text_if(j, "accepted_by", page->accepted_by);
    json_put_text_if(j, "accepted_how", page->accepted_how);
    encode_escalating(page, j);
    json_end_object(j);
}

static void encode_unpaged(const struct state_pages *pages, struct json_out *j)
{
    if (!pages->unpaged.n)
        return;
    json_key(j, "unpaged");
    json_begin_array(j);
    for (size_t i = 0; i < pages->unpaged.n; i++) {
        json_begin_object(j);
        json_put_text(j, "who", pages->unpaged.v[i].who);
        json_put_bool(j, "nobody", pages->unpaged.v[i].nobody);
        json_end_object(j);
    }
    json_end_array(j);
}

void pages_encode(const struct state_pages *pages, struct json_out *j)
{
    encode_unpaged(pages, j);
    if (!pages->all.n)
        return;
    json_key(j, "pages");
    json_begin_array(j);
    for (size_t i = 0; i < pages->all.n; i++)
        encode_page(&pages->all.v[i], j);
    json_end_array(j);
    json_put_int(j, "last_page", pages->last);
    json_key(j, "page_messages");
    json_begin_array(j);
    for (size_t i = 0; i < pages->messages.n; i++) {
        const struct state_page_message *message = &pages->messages.v[i];
        json_begin_object(j);
        json_put_int(j, "page", message->page);
        json_put_text(j, "connector", message->connector);
        json_put_text(j, "user", message->user);
        json_put_text(j, "message", message->message);
        json_end_object(j);
    }
    json_end_array(j);
}

static enum call_state call_state_of(const char *name)
{
    size_t i = 0;
    while (i + 1 < ARRAY_SIZE(call_states) && strcmp(call_states[i], name) != 0)
        i++;
    return (enum call_state)i;
}

static void decode_call(const cJSON *row, struct state_call *call)
{
    *call = (struct state_call){.person = xstrdup(json_text_or(row, "person", "")),
                                .way = xstrdup(json_text_or(row, "way", NULL)),
                                .user = xstrdup(json_text_or(row, "user", NULL)),
                                .why = xstrdup(json_text_or(row, "why", NULL)),
                                .state = call_state_of(json_text_or(row, "state", "")),
                                .round = (int)json_int_or(row, "round", 0),
                                .at = json_int_or(row, "at", 0)};
}

static void decode_escalating(const cJSON *row, struct state_page *page)
{
    const cJSON *call;
    page->escalates = json_bool_or(row, "escalates", false);
    page->accepted_via = xstrdup(json_text_or(row, "accepted_via", NULL));
    page->going = (struct state_escalating){.name = xstrdup(json_text_or(row, "escalation", NULL)),
                                            .severity = xstrdup(json_text_or(row, "severity", NULL)),
                                            .asked = xstrdup(json_text_or(row, "asked", NULL)),
                                            .level = (int)json_int_or(row, "level", 0),
                                            .round = (int)json_int_or(row, "round", 0),
                                            .since = json_int_or(row, "since", 0),
                                            .accepted_at = json_int_or(row, "accepted_at", 0),
                                            .everybody = json_bool_or(row, "everybody", false),
                                            .held = json_bool_or(row, "held", false),
                                            .insists = json_bool_or(row, "insists", false),
                                            .followed = json_bool_or(row, "followed", false),
                                            .over = json_bool_or(row, "over", false)};
    cJSON_ArrayForEach(call, json_member(row, "calls"))
    {
        decode_call(call, array_add(&page->calls));
    }
}

static void decode_page(const cJSON *row, struct state_page *page)
{
    const cJSON *person;
    *page = (struct state_page){.number = json_int_or(row, "number", 0),
                                .target = xstrdup(json_text_or(row, "target", "")),
                                .text = xstrdup(json_text_or(row, "text", NULL)),
                                .rule = xstrdup(json_text_or(row, "rule", NULL)),
                                .at = json_int_or(row, "at", 0),
                                .reached = json_bool_or(row, "reached", false),
                                .exhausted = json_bool_or(row, "exhausted", false),
                                .accepted_by = xstrdup(json_text_or(row, "accepted_by", NULL)),
                                .accepted_how = xstrdup(json_text_or(row, "accepted_how", NULL))};
    cJSON_ArrayForEach(person, json_member(row, "people"))
    {
        if (cJSON_IsString(person))
            *array_add(&page->people) = xstrdup(person->valuestring);
    }
    decode_escalating(row, page);
}

void pages_decode(const cJSON *doc, struct state_pages *pages)
{
    const cJSON *row;
    pages->last = json_int_or(doc, "last_page", 0);
    cJSON_ArrayForEach(row, json_member(doc, "pages"))
    {
        decode_page(row, array_add(&pages->all));
    }
    cJSON_ArrayForEach(row, json_member(doc, "page_messages"))
    {
        *array_add(&pages->messages) = (struct state_page_message){
            xstrdup(json_text_or(row, "connector", "")), xstrdup(json_text_or(row, "user", "")),
            xstrdup(json_text_or(row, "message", "")), json_int_or(row, "page", 0)};
    }
    cJSON_ArrayForEach(row, json_member(doc, "unpaged"))
    {
        *array_add(&pages->unpaged) =
            (struct state_unpaged){xstrdup(json_text_or(row, "who", "")), json_bool_or(row, "nobody", false)};
    }
}
