/* Messages to customers: drafted, approved by a person, sent. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "command/handlers.h"
#include "comms/comms.h"

static bool is_everybody(const char *typed)
{
    return strcasecmp(typed, EVERY_CUSTOMER) == 0 || strcmp(typed, "*") == 0 ||
           strcasecmp(typed, "everybody") == 0;
}

/* The customer's key in the incident. A new customer is added to those affected. */
static int customer_key(struct asking *ask, const char *typed, const char **ret, bool *ret_new,
                        struct error *err)
{
    const struct incident *incident = ask->incident;
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
    return ask_do(ask, &(struct command){.verb = "customer", .name = typed}, err);
}

/* Warns right away if nothing can be sent, not only after the approval. */
static void answer_drafted(struct asking *ask, const char *customer, bool is_new)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    int64_t number = ask->incident->comms.drafted;
    asked_name(ask, name);
    if (comms_reaches_customers(ask->core))
        str_addf(&text,
                 "Message %" PRId64 " is waiting for approval. A thumbs-up or `%s approve %" PRId64
                 "` sends it.",
                 number, name, number);
    else
        str_addf(&text,
                 "Message %" PRId64 " is drafted, but no connector reaches customers, so `%s approve %" PRId64
                 "` would send nothing. Write to them another way, and record it with `%s note …`.",
                 number, name, number, name);
    if (is_new)
        str_addf(&text, " %s is now listed as an affected customer of %s.", customer, name);
    answer_line(ask, "%s", text.p);
}

int run_tell(struct asking *ask, struct error *err)
{
    const char *customer;
    bool is_new;
    int rc = customer_key(ask, asked(ask, ARGUMENT_WORD), &customer, &is_new, err);
    if (!rc)
        rc = ask_do(ask, &(struct command){.verb = "tell", .name = customer, .text = asked(ask, ARGUMENT_TEXT)},
                    err);
    if (rc)
        return rc;
    ask->answer->alone = true; /* the draft is in the channel */
    answer_drafted(ask, customer, is_new);
    return 0;
}

/* approve, discard */
int run_settle(struct asking *ask, struct error *err)
{
    const char *number = asked(ask, ARGUMENT_NUMBER);
    const char *verb = ask->row->name;
    struct command command = {.verb = verb, .count = number ? strtoll(number, NULL, 10) : 0};
    int rc = ask_do(ask, &command, err);
    if (rc)
        return rc;
    if (strcmp(verb, "approve") != 0)
        answer_line(ask, "Discarded the message to customers.");
    else if (comms_reaches_customers(ask->core))
        answer_line(ask, "Approved. The message to customers is being sent.");
    else
        answer_line(ask, "Approved, but not sent, because no connector reaches customers.");
    ask->answer->alone = true; /* the draft's card shows it in the channel */
    return 0;
}
