/* Telling customers: a draft, somebody's word, and it goes out. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "command/handlers.h"

static bool is_everybody(const char *typed)
{
    return strcasecmp(typed, EVERY_CUSTOMER) == 0 || strcmp(typed, "*") == 0 ||
           strcasecmp(typed, "everybody") == 0;
}

/* As the incident knows the customer; one it does not know yet is affected from now on. */
static int customer_key(struct asking *ask, const char *typed, const char **ret, struct error *err)
{
    const struct incident *incident = ask->incident;
    *ret = is_everybody(typed) ? EVERY_CUSTOMER : typed;
    if (is_everybody(typed))
        return 0;
    for (size_t i = 0; i < incident->customers.n; i++) {
        const struct state_customer *c = &incident->customers.v[i];
        if (text_equal_nocase(c->key, typed) || text_equal_nocase(c->name, typed)) {
            *ret = c->key;
            return 0;
        }
    }
    return ask_do(ask, &(struct command){.verb = "customer", .name = typed}, err);
}

int run_tell(struct asking *ask, struct error *err)
{
    char name[INCIDENT_NAME];
    const char *customer;
    int rc = customer_key(ask, asked(ask, ARGUMENT_WORD), &customer, err);
    if (!rc)
        rc = ask_do(ask, &(struct command){.verb = "tell", .name = customer, .text = asked(ask, ARGUMENT_TEXT)},
                    err);
    if (rc)
        return rc;
    int64_t number = ask->incident->drafted;
    ask->answer->alone = true; /* its card stands in the channel */
    answer_line(ask, "Message %" PRId64 " waits for a thumbs-up: `%s approve %" PRId64 "` sends it.", number,
                asked_name(ask, name), number);
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
    answer_line(ask, "%s the message to customers.",
                strcmp(verb, "approve") == 0 ? "Approved; sending" : "Discarded");
    ask->answer->alone = true; /* its card says so */
    return 0;
}
