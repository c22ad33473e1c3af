#include <tocsin/kit/tell.h>

#include <tocsin/kit/card.h>
#include <tocsin/kit/instance.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

static void write_it(const struct kit_message *message, kit_reply *reply, kit_open *open)
{
    struct tocsin_result *result = message->task->result;
    bool known = *message->thread && reply(message);
    if (known || result->code != TOCSIN_DONE)
        return;
    if (message->internal)
        kit_result(result, TOCSIN_REFUSED, "there is no ticket to write the note into");
    else if (message->address)
        open(message);
}

void kit_tell(struct kit_task *task, kit_reply *reply, kit_open *open)
{
    const struct kit_instance *kit = task->api->self;
    const cJSON *body = task->body, *customers = kit_json_member(kit->settings, "customers");
    const char *configured = kit_json_text_or(customers, kit_json_text(body, "customer"), NULL);
    struct kit_text html = {0}, subject = {0};
    kit_body(body, false, KIT_HTML, &html);
    kit_text_addf(&subject, "Message about %s", kit_json_text_or(body, "incident", "an incident"));
    struct kit_message message = {
        .task = task,
        .html = kit_text_get(&html),
        .subject = kit_json_text_or(body, "subject", kit_text_get(&subject)),
        .thread = kit_json_text_or(body, "thread", kit_json_text(body, "previous")),
        .address = kit_json_text_or(body, "address", configured),
        .internal = kit_json_true(body, "internal"),
    };
    if (html.n)
        write_it(&message, reply, open);
    else
        kit_result(task->result, TOCSIN_REFUSED, "the message is empty");
    kit_text_finish(&html);
    kit_text_finish(&subject);
}

const char *kit_wrong_customer(const cJSON *settings, bool (*is_address)(const char *text))
{
    const cJSON *row;
    cJSON_ArrayForEach(row, kit_json_member(settings, "customers"))
    {
        if (!cJSON_IsString(row) || !is_address(row->valuestring))
            return row->string;
    }
    return NULL;
}
