/* Prompts: work that people often give to an agent, with what it needs to read. */
#include <string.h>

#include "mcp/inside.h"

static const struct prompt {
    const char *name, *title, *help, *text;
} prompts[] = {
    {"hand_over", "Hand an incident over", "A note for whoever takes the incident next.",
     "Write a note for whoever takes this incident over. Say in at most ten lines: what is broken and for "
     "whom, what is known of the cause, "
     "what was tried and what came of it, what runs now, what is owed and by when, and what you would look at "
     "first. Say of a guess that it is one. "
     "Use only what the data below says; the times are as it has them."},
    {"write_update", "Write an update", "An update for the company, from what happened since the last one.",
     "Write the next update of this incident for everybody in the company, in two or three plain sentences: "
     "what changed since the last update, "
     "where it stands, what comes next and when. No blame, no guesses, no names of customers. Show it to me "
     "first; when I agree, call write_update."},
    {"summarise_for_customers", "Summarise for customers", "A draft for customers, which a person approves.",
     "Write a message to the customers whom this incident affects: what they notice, since when, that we work "
     "on it or what fixed it, and when they "
     "hear from us next if the data says so. Plain words, no names of our systems, people or other customers, "
     "no cause that is not certain, no promise "
     "of a time. Show it to me first; when I agree, call draft_message. A person then approves it; you "
     "cannot."},
};

int prompts_list(struct mcp_call *call, struct json_out *j, struct error *err)
{
    (void)call, (void)err;
    json_begin_object(j);
    json_key(j, "prompts");
    json_begin_array(j);
    for (size_t i = 0; i < ARRAY_SIZE(prompts); i++) {
        json_begin_object(j);
        json_put_text(j, "name", prompts[i].name);
        json_put_text(j, "title", prompts[i].title);
        json_put_text(j, "description", prompts[i].help);
        json_key(j, "arguments");
        json_begin_array(j);
        json_begin_object(j);
        json_put_text(j, "name", "incident");
        json_put_text(j, "description", "Which incident, such as INC-42.");
        json_put_bool(j, "required", true);
        json_end_object(j);
        json_end_array(j);
        json_end_object(j);
    }
    json_end_array(j);
    json_end_object(j);
    return 0;
}

static void begin_message(struct json_out *j, const char *type)
{
    json_begin_object(j);
    json_put_text(j, "role", "user");
    json_key(j, "content");
    json_begin_object(j);
    json_put_text(j, "type", type);
}

static void end_message(struct json_out *j)
{
    json_end_object(j);
    json_end_object(j);
}

static int put_resource(struct mcp_call *call, const char *incident, const char *part, struct json_out *j,
                        struct error *err)
{
    CLEANUP_FREE char *uri = xasprintf("tocsin://incidents/%s%s", incident, part);
    begin_message(j, "resource");
    json_key(j, "resource");
    int rc = resource_put(call, uri, j, err);
    end_message(j);
    return rc;
}

static int put_messages(struct mcp_call *call, const struct prompt *prompt, const char *incident,
                        struct json_out *j, struct error *err)
{
    json_key(j, "messages");
    json_begin_array(j);
    begin_message(j, "text");
    json_put_text(j, "text", prompt->text);
    end_message(j);
    int rc = put_resource(call, incident, "", j, err);
    rc = rc ? rc : put_resource(call, incident, "/timeline", j, err);
    json_end_array(j);
    return rc;
}

int prompts_get(struct mcp_call *call, struct json_out *j, struct error *err)
{
    char incident[INCIDENT_NAME];
    const char *name = json_text_or(call->params, "name", NULL);
    uint64_t id = incident_name_parse(json_text_or(json_member(call->params, "arguments"), "incident", NULL));
    size_t i = 0;
    while (i < ARRAY_SIZE(prompts) && !text_equal(prompts[i].name, name))
        i++;
    if (i == ARRAY_SIZE(prompts) || !id) {
        error_set(err, ERR_INVALID,
                  i == ARRAY_SIZE(prompts) ? "There is no such prompt."
                                           : "'incident' is missing; it is a number such as INC-42.");
        return RPC_PARAMETERS;
    }
    json_begin_object(j);
    json_put_text(j, "description", prompts[i].help);
    int rc = put_messages(call, &prompts[i], incident_name(id, incident), j, err);
    json_end_object(j);
    return rc;
}
