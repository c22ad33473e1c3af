#include "engine/state_pages.h"

const struct state_page *incident_page(const struct incident *incident, int64_t number)
{
    for (size_t i = 0; i < incident->people.pages.all.n; i++) {
        if (incident->people.pages.all.v[i].number == number)
            return &incident->people.pages.all.v[i];
    }
    return NULL;
}

const char *page_person(const struct state_page *page)
{
    return page->people.v[page->people.n - 1];
}

bool page_called(const struct state_page *page, const char *person)
{
    for (size_t i = 0; page && i < page->people.n; i++) {
        if (text_equal(page->people.v[i], person))
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

bool page_waits(const struct state_page *page)
{
    return !page->reached && !page->exhausted && !page->accepted_by;
}

/* ---- freed ---- */

void page_finish(struct state_page *page)
{
    char *texts[] = {page->target, page->text, page->rule, page->accepted_by, page->accepted_how};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    for (size_t i = 0; i < page->people.n; i++)
        free(page->people.v[i]);
    array_free(&page->people);
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

static void encode_page(const struct state_page *page, struct json_out *j)
{
    json_begin_object(j);
    json_put_int(j, "number", page->number);
    json_put_text(j, "target", page->target);
    json_put_text_if(j, "text", page->text);
    json_put_text_if(j, "rule", page->rule);
    json_put_int(j, "at", page->at);
    json_key(j, "people");
    json_begin_array(j);
    for (size_t i = 0; i < page->people.n; i++)
        json_text(j, page->people.v[i]);
    json_end_array(j);
    json_put_bool(j, "reached", page->reached);
    json_put_bool(j, "exhausted", page->exhausted);
    json_put_text_if(j, "accepted_by", page->accepted_by);
    json_put_text_if(j, "accepted_how", page->accepted_how);
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
