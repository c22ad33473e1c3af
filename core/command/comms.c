/* Messages to customers: drafted, approved by a person, sent. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/config.h"
#include "base/markup.h"
#include "command/handlers.h"
#include "command/line.h"
#include "comms/comms.h"
#include "comms/wording.h"
#include "customers/customers.h"
#include "impact/impact.h"
#include "policy/messages.h"

#define EARLY_MESSAGE "first-contact"
#define SLIP_LETTERS  5 /* shorter keys are alike and mean others */

struct search {
    const struct core *core;
    const char *typed;
    const struct customer *record; /* whom the directory has under what was typed; NULL: nobody, or several */
};

/* By the name in the incident or in the directory, or by another key of theirs. */
static bool is_meant(const struct search *search, const struct state_customer *c)
{
    const struct customer *record = customers_get(search->core, c->key);
    return text_equal_nocase(c->name, search->typed) ||
           (record && (record == search->record || text_equal_nocase(record->name, search->typed)));
}

/* Their key in the incident. A key that means many, which an alert may bring, is none: the message would go to those. */
static int find_affected(const struct search *search, const struct incident *incident, const char **ret,
                         struct error *err)
{
    const struct state_customer *found = NULL;
    for (size_t i = 0; i < incident->affected.customers.n; i++) {
        const struct state_customer *c = &incident->affected.customers.v[i];
        if (text_equal_nocase(c->key, search->typed))
            return *ret = c->key, 0;
        if (audience_is_many(c->key) || !is_meant(search, c))
            continue;
        const struct customer *record = customers_get(search->core, c->key);
        if (found && (!record || record != customers_get(search->core, found->key)))
            return error_markup(err, ERR_REFUSED, "'%.60s' is more than one customer: %.60s, %.60s. Use a key.",
                                search->typed, found->key, c->key);
        found = found ? found : c;
    }
    *ret = found ? found->key : NULL;
    return 0;
}

int affected_key(const struct request *request, const char *typed, char **ret, struct error *err)
{
    struct search search = {.core = request->core, .typed = typed};
    struct error unknown;
    const char *named;
    customers_find(request->core, typed, &search.record, &unknown);
    int rc = find_affected(&search, request->incident, &named, err);
    if (!rc)
        *ret = named ? xstrdup(named)
                     : impact_key(request->core, request->incident, search.record ? search.record->key : typed);
    return rc;
}

/* Nobody knows them, and one letter off is somebody who is affected: the message must not miss those. Keys with digits are alike and
   mean others. */
static int refuse_slip(const struct request *request, const char *typed, struct error *err)
{
    ARRAY(const char *) known = {0};
    char name[INCIDENT_NAME];
    for (size_t i = 0; i < request->incident->affected.customers.n; i++) {
        *array_add(&known) = request->incident->affected.customers.v[i].key;
        if (request->incident->affected.customers.v[i].name)
            *array_add(&known) = request->incident->affected.customers.v[i].name;
    }
    const char *near = typed[strcspn(typed, "0123456789")] ? NULL : nearest_word(typed, known.v, known.n);
    array_free(&known);
    if (!near || strlen(typed) < SLIP_LETTERS)
        return 0;
    request_incident_name(request, name);
    CLEANUP_FREE char *meant = text_typed(near);
    return error_markup(
        err, ERR_NOT_FOUND,
        "No customer '%.60s' is known. Do you mean %.60s? `%s tell %.60s …`. If they are new: `%s customers "
        "add %.60s` first.",
        typed, near, name, meant, name, typed);
}

/* The customer's key in the incident. A new customer is added to those affected. */
static int customer_key(struct request *request, const char *typed, const char **ret, bool *ret_new,
                        struct error *err)
{
    struct search search = {.core = request->core, .typed = typed};
    *ret = customer_is_everybody(typed) ? EVERY_CUSTOMER : typed;
    *ret_new = false;
    if (audience_is_many(*ret))
        return 0;
    int known = customers_find(request->core, typed, &search.record, err);
    int rc = find_affected(&search, request->incident, ret, err);
    if (rc || *ret)
        return rc;
    if (known == ERR_REFUSED)
        return known; /* several have that name */
    *ret = search.record ? search.record->key : typed;
    CLEANUP_FREE char *unnamed = impact_key(request->core, request->incident, *ret);
    *ret_new = !unnamed;
    rc = unnamed || search.record ? 0 : refuse_slip(request, typed, err);
    return rc ? rc : request_do(request, &(struct command){.verb = "customer", .name = *ret}, err);
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
                   "` would send nothing. Write to them another way, and record it with `%s told …`.",
                   number, name, number, name);
    if (is_new)
        str_markup(&text, " %s is now listed as an affected customer of %s.", customer, name);
    answer_text(request, text.p);
}

static int write_draft(struct request *request, const char *typed, const char *text, const char *languages,
                       struct error *err)
{
    const char *customer;
    bool is_new;
    int rc = wording_check(text, err);
    if (!rc)
        rc = customer_key(request, typed, &customer, &is_new, err);
    if (!rc)
        rc = request_do(
            request, &(struct command){.verb = "tell", .name = customer, .text = text, .data = languages}, err);
    if (rc)
        return rc;
    request->answer->alone = true; /* the draft is in the channel */
    answer_drafted(request, customer, is_new);
    return 0;
}

int run_tell(struct request *request, struct error *err)
{
    return write_draft(request, request_argument(request, ARGUMENT_WORD),
                       request_argument(request, ARGUMENT_TEXT), NULL, err);
}

/* By phone, in person: it counts like a message. */
int run_told(struct request *request, struct error *err)
{
    const char *how = request_argument(request, ARGUMENT_TEXT), *customer;
    bool is_new;
    CLEANUP_STR struct str text = {0};
    int rc = customer_key(request, request_argument(request, ARGUMENT_WORD), &customer, &is_new, err);
    if (rc)
        return rc;
    if (how && strncasecmp(how, "by ", 3) == 0)
        how = skip_space(how + 3);
    size_t n = comms_told(request->turn, request->incident, request->by, customer,
                          text_empty(how) ? "another channel" : how);
    if (!n)
        return error_set(err, ERR_REFUSED, "No affected customer is known. Add one with `customers add Acme`.");
    str_addf(&text, "Noted: %zu customer%s heard from us. The clock of silence starts again.", n,
             n == 1 ? "" : "s");
    if (is_new)
        str_markup(&text, " %s is now listed as an affected customer.", customer);
    answer_text(request, text.p);
    return 0;
}

/* ---- prepared messages ---- */

/* The message in its first language, and in the others as JSON. */
static int expand(const struct request *request, const char *name, struct str *text, struct str *languages,
                  struct error *err)
{
    const struct policy *policy = core_policy(request->core);
    struct json_out j = {languages, false};
    const char *language = policy_message_language(policy, name, 0);
    int rc = policy_message_text(policy, name, language, request->incident, request->now, text, err);
    json_begin_object(&j);
    for (size_t i = 1; !rc && (language = policy_message_language(policy, name, i)); i++) {
        CLEANUP_STR struct str one = {0};
        rc = policy_message_text(policy, name, language, request->incident, request->now, &one, err);
        if (!rc)
            json_put_text(&j, language, str_text(&one));
    }
    json_end_object(&j);
    return rc && err ? error_markup(err, rc, "This message cannot be used here: %s", err->text) : rc;
}

static void list_messages(struct request *request)
{
    CLEANUP_STR struct str text = {0};
    struct policy_message message;
    const struct policy *policy = core_policy(request->core);
    char name[INCIDENT_NAME];
    request_incident_name(request, name);
    for (size_t i = 0; policy_message(policy, i, &message); i++) {
        str_markup(&text, "- `%s draft all %s`", name, message.name);
        if (message.when)
            str_markup(&text, ": %s", message.when);
        str_addc(&text, '\n');
    }
    str_markup(&text, "\nOr write it yourself: `%s draft all …`. {{customer}} stands for each one's name.",
               name);
    answer_titled(request, "Messages to begin with", "info", text.p);
    request->answer->alone = true;
}

/* `draft acme …`, `draft to acme …`, `draft to tier gold …`: the audience, and what follows. */
static const char *audience_of(const struct request *request, const char **text, char **owned)
{
    const char *word = request_argument(request, ARGUMENT_WORD), *rest;
    bool tier = text_equal_nocase(word, "tier");
    if ((!tier && !text_equal_nocase(word, "to")) || !*text)
        return word;
    char *next = read_token(*text, &rest);
    if (!tier && text_equal_nocase(next, "tier") && *skip_space(rest)) {
        free(next);
        tier = true;
        next = read_token(skip_space(rest), &rest);
    }
    rest = skip_space(rest);
    *text = *rest ? rest : NULL;
    *owned = next && tier ? xasprintf(CUSTOMERS_OF_TIER "%s", next) : xstrdup(next);
    free(next);
    return *owned ? *owned : word;
}

int run_draft(struct request *request, struct error *err)
{
    const char *text = request_argument(request, ARGUMENT_TEXT);
    CLEANUP_FREE char *owned = NULL;
    CLEANUP_STR struct str words = {0}, languages = {0};
    const char *audience = audience_of(request, &text, &owned);
    if (!text)
        return list_messages(request), 0;
    if (!policy_has_message(core_policy(request->core), text))
        return write_draft(request, audience, text, NULL, err);
    int rc = expand(request, text, &words, &languages, err);
    return rc ? rc : write_draft(request, audience, words.p, languages.len > 2 ? languages.p : NULL, err);
}

/* A first word that needs no facts, sent with one press where its author may send it. */
int run_early(struct request *request, struct error *err)
{
    CLEANUP_STR struct str words = {0}, languages = {0}, text = {0};
    if (!request->incident->affected.customers.n)
        return error_set(err, ERR_REFUSED, "No affected customer is known. Add one with `customers add Acme`.");
    if (incident_is(request->incident, KIND_SECURITY))
        return error_set(
            err, ERR_REFUSED,
            "Nothing is said early about security. `draft all security` begins a message, which two approve.");
    if (request->incident->comms.drafted)
        return error_set(err, ERR_REFUSED,
                         "Customers have a message already, or one is waiting. `draft all …` writes the next.");
    if (!policy_has_message(core_policy(request->core), EARLY_MESSAGE))
        return error_set(err, ERR_REFUSED, "The policy has no message named `" EARLY_MESSAGE "`.");
    int rc = comms_refuse_start(request->core, err);
    rc = rc ? rc : expand(request, EARLY_MESSAGE, &words, &languages, err);
    if (!rc)
        rc = write_draft(request, EVERY_CUSTOMER, words.p, languages.len > 2 ? languages.p : NULL, err);
    if (rc)
        return rc;
    struct approve_request approval = {
        .by = request->by, .automatic = request->asker->automatic, .number = request->incident->comms.drafted};
    if (comms_approve(request->turn, request->incident, &approval, &text, NULL) == 0) {
        str_clear(&request->answer->text); /* it waits no longer */
        answer_text(request, text.p);
    }
    return 0; /* else the answer says that it waits for somebody else */
}

int run_preview(struct request *request, struct error *err)
{
    const char *number = request->parsed->arguments[0], *customer = request->parsed->arguments[1];
    CLEANUP_STR struct str text = {0};
    const struct state_draft *draft = incident_draft(request->incident, number ? strtoll(number, NULL, 10) : 0);
    if (!draft)
        return error_set(err, ERR_NOT_FOUND, "No message is waiting, or several are: say which, `preview 1`.");
    comms_preview(request->core, request->incident, draft, customer, &text);
    CLEANUP_FREE char *title = xasprintf("Message %" PRId64 ", as they get it", draft->number);
    answer_titled(request, title, "info", text.p);
    request->answer->alone = true;
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

int run_stop(struct request *request, struct error *err)
{
    struct command command = {.verb = "stop", .count = number_at(request, 0)};
    int rc = request_do(request, &command, err);
    if (rc)
        return rc;
    answer_line(request,
                "Stopped. What has not left yet is withdrawn; how many it reached is said in a moment.");
    request->answer->alone = true; /* the draft's card shows it in the channel */
    return 0;
}

/* The one that is named, or else the latest that was sent. */
static const struct state_draft *sent_draft(const struct incident *incident, int64_t number)
{
    const struct state_draft *latest = NULL;
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        const struct state_draft *draft = &incident->comms.drafts.v[i];
        if (draft->reach.recipients && (!number || draft->number == number))
            latest = draft;
    }
    return latest;
}

int run_recipients(struct request *request, struct error *err)
{
    CLEANUP_STR struct str text = {0};
    const struct state_draft *draft = sent_draft(request->incident, number_at(request, 0));
    if (!draft)
        return error_set(err, ERR_NOT_FOUND,
                         number_at(request, 0)
                             ? "That message was not sent. `recipients` shows the latest one that was."
                             : "No message to customers was sent yet. `tell all …` drafts one.");
    int rc =
        comms_recipients(request->core, request->incident, draft, request->parsed->arguments[1], &text, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *title = xasprintf("Who gets message %" PRId64, draft->number);
    answer_titled(request, title, "info", text.p);
    request->answer->alone = true;
    return 0;
}

/* discard, reject, redraft */
int run_settle(struct request *request, struct error *err)
{
    static const char *const answers[][2] = {{"discard", "Discarded the message to customers."},
                                             {"reject", "Rejected. It is not sent unless somebody changes it."},
                                             {"redraft", "Changed. The card shows the difference."}};
    struct command command = {.verb = request->row->name,
                              .count = number_at(request, 0),
                              .text = request_argument(request, ARGUMENT_TEXT)};
    int rc = strcmp(command.verb, "redraft") == 0 ? wording_check(command.text, err) : 0;
    if (!rc)
        rc = request_do(request, &command, err);
    for (size_t i = 0; !rc && i < ARRAY_SIZE(answers); i++) {
        if (strcmp(answers[i][0], command.verb) == 0)
            answer_line(request, "%s", answers[i][1]);
    }
    request->answer->alone = true; /* the draft's card shows it in the channel */
    return rc;
}
