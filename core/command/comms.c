/* Messages to customers: drafted, approved by a person, sent. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "command/handlers.h"
#include "comms/comms.h"

static bool is_everybody(const char *typed)
{
    return strcasecmp(typed, EVERY_CUSTOMER) == 0 || strcmp(typed, "*") == 0 ||
           strcasecmp(typed, "everybody") == 0;
}

/* The customer's key in the incident. A new customer is added to those affected. */
static int customer_key(struct request *request, const char *typed, const char **ret, bool *ret_new,
                        struct error *err)
{
    const struct incident *incident = request->incident;
    *ret = is_everybody(typed) ? EVERY_CUSTOMER : typed;
    *ret_new = false;
    if (is_everybody(typed))
        return 0;
    for (size_t i = 0; i < incident->affected.customers.n; i++) {
        const struct state_customer *c = &incident->affected.customers.v[i];
        if (text_equal_nocase(c->key, typed) || text_equal_nocase(c->name, typed)) {
            *ret = c->key;
            return 0;
        }
    }
    *ret_new = true;
    return request_do(request, &(struct command){.verb = "customer", .name = typed}, err);
}

/* Warns right away if nothing can be sent, not only after the approval. */
static void answer_drafted(struct request *request, const char *customer, bool is_new)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    int64_t number = request->incident->comms.drafted;
    request_incident_name(request, name);
    if (comms_reaches_customers(request->core))
        str_markup(&text,
                   "Message %" PRId64 " is waiting for approval. A thumbs-up or `%s approve %" PRId64
                   "` sends it.",
                   number, name, number);
    else
        str_markup(&text,
                   "Message %" PRId64 " is drafted, but no connector reaches customers, so `%s approve %" PRId64
                   "` would send nothing. Write to them another way, and record it with `%s note …`.",
                   number, name, number, name);
    if (is_new)
        str_markup(&text, " %s is now listed as an affected customer of %s.", customer, name);
    answer_text(request, text.p);
}

int run_tell(struct request *request, struct error *err)
{
    const char *customer;
    bool is_new;
    int rc = customer_key(request, request_argument(request, ARGUMENT_WORD), &customer, &is_new, err);
    if (!rc)
        rc = request_do(request,
                        &(struct command){
                            .verb = "tell", .name = customer, .text = request_argument(request, ARGUMENT_TEXT)},
                        err);
    if (rc)
        return rc;
    request->answer->alone = true; /* the draft is in the channel */
    answer_drafted(request, customer, is_new);
    return 0;
}

static int64_t number_at(const struct request *request, size_t argument)
{
    const char *typed = request->parsed->arguments[argument];
    return typed ? strtoll(typed, NULL, 10) : 0;
}

int run_approve(struct request *request, struct error *err)
{
    CLEANUP_STR struct str text = {0};
    struct approve_request approval = {.by = request->by,
                                       .automatic = request->asker->automatic,
                                       .number = number_at(request, 0),
                                       .version = number_at(request, 1)};
    int rc = comms_approve(request->turn, request->incident, &approval, &text, err);
    if (rc)
        return rc;
    answer_text(request, text.p);
    request->answer->alone = true; /* the draft's card shows it in the channel */
    return 0;
}

/* discard, reject, redraft */
int run_draft(struct request *request, struct error *err)
{
    static const char *const answers[][2] = {{"discard", "Discarded the message to customers."},
                                             {"reject", "Rejected. It is not sent unless somebody changes it."},
                                             {"redraft", "Changed. The card shows the difference."}};
    struct command command = {.verb = request->row->name,
                              .count = number_at(request, 0),
                              .text = request_argument(request, ARGUMENT_TEXT)};
    int rc = request_do(request, &command, err);
    for (size_t i = 0; !rc && i < ARRAY_SIZE(answers); i++) {
        if (strcmp(answers[i][0], command.verb) == 0)
            answer_line(request, "%s", answers[i][1]);
    }
    request->answer->alone = true; /* the draft's card shows it in the channel */
    return rc;
}
