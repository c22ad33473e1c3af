/* Messages to customers: drafted, approved by a person, sent. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "command/audience.h"
#include "command/line.h"
#include "command/posting.h"
#include "comms/comms.h"
#include "comms/wording.h"
#include "customers/customers.h"
#include "impact/impact.h"
#include "policy/messages.h"

#define EARLY_MESSAGE "first-contact"

/* One who does not wish to hear of it gets nothing. */
static void warn_of_wish(const struct request *request, const char *audience, struct str *out)
{
    const struct customer *record = audience_is_many(audience) ? NULL : customers_get(request->core, audience);
    if (!record || customer_hears(record, incident_is(request->incident, KIND_SECURITY)))
        return;
    str_markup(out,
               record->wish == WISH_NO_CONTACT ? " But %s wish no contact, so nothing is sent to them."
                                               : " But %s wish to hear about security only, so nothing is "
                                                 "sent to them.",
               customer_name(record));
}

/* Warns right away if nothing can be sent, not only after the approval. */
static void answer_drafted(struct request *request, const struct audience *to)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0}, why = {0}, when = {0};
    int64_t number = request->incident->comms.drafted;
    request_incident_name(request, name);
    const struct state_draft *draft = incident_draft(request->incident, number);
    bool several = draft && comms_sent_when(request->core, request->incident, draft, &when);
    if (comms_reaches_customers(request->core, request->incident) && several)
        str_markup(&text,
                   "Message %" PRId64
                   " is waiting for approval. It is sent when %s: a thumbs-up or `%s approve %" PRId64 "`.",
                   number, when.p, name, number);
    else if (comms_reaches_customers(request->core, request->incident))
        str_markup(&text,
                   "Message %" PRId64 " is waiting for approval. A thumbs-up or `%s approve %" PRId64
                   "` sends it.",
                   number, name, number);
    else
        str_markup(&text,
                   "Message %" PRId64 " is drafted, but no connector reaches customers, so `%s approve %" PRId64
                   "` would send nothing. Write to them another way, and record it with `%s told …`.",
                   number, name, number, name);
    if (to->is_new)
        str_markup(&text, " %s is now listed as an affected customer of %s.", to->key, name);
    if (comms_is_nobody(request->core, request->incident, to->key, &why))
        str_addf(&text, " Nobody would get it yet: %s", why.p);
    warn_of_wish(request, to->key, &text);
    answer_text(request, text.p);
}

static int write_draft(struct request *request, struct audience *to, const char *text, const char *languages,
                       struct error *err)
{
    int rc = wording_check(text, err);
    if (!rc)
        rc = audience_resolve(request, to, false, err);
    if (!rc)
        rc = request_do(
            request, &(struct command){.verb = "tell", .name = to->key, .text = text, .data = languages}, err);
    if (rc)
        return rc;
    request->answer->alone = true; /* the draft is in the channel */
    answer_drafted(request, to);
    return 0;
}

/* `tell tier gold`, `tell Acme GmbH`: there was no text but whom to tell. */
static int refuse_without_text(const struct request *request, const struct audience *to, struct error *err)
{
    char name[INCIDENT_NAME];
    const char *tier = text_starts(to->whom, CUSTOMERS_OF_TIER) ? to->whom + strlen(CUSTOMERS_OF_TIER) : NULL;
    CLEANUP_FREE char *typed = text_typed(tier ? tier : to->whom);
    return error_markup(err, ERR_INVALID, "Say what to tell them: `%s %s %s%s …`.",
                        request_incident_name(request, name), request->row->name, tier ? "tier " : "", typed);
}

int run_tell(struct request *request, struct error *err)
{
    struct audience to;
    audience_read(request, &to);
    int rc = to.text ? write_draft(request, &to, to.text, NULL, err) : refuse_without_text(request, &to, err);
    audience_finish(&to);
    return rc;
}

static int record_told(struct request *request, struct audience *to, struct error *err)
{
    const char *how = to->text;
    CLEANUP_STR struct str text = {0}, why = {0};
    int rc = audience_resolve(request, to, true, err);
    if (!rc && comms_is_nobody(request->core, request->incident, to->key, &why))
        rc = error_set(err, ERR_REFUSED, "Nobody was noted: %s", why.p);
    if (rc)
        return rc;
    if (how && strncasecmp(how, "by ", 3) == 0)
        how = skip_space(how + 3);
    size_t n = comms_told(request->turn, request->incident, request->by, to->key,
                          text_empty(how) ? "another channel" : how);
    str_addf(&text, "Noted: %zu customer%s heard from us. The clock of silence starts again.", n,
             n == 1 ? "" : "s");
    if (to->is_new)
        str_markup(&text, " %s is now listed as an affected customer.", to->key);
    answer_text(request, text.p);
    return 0;
}

/* By phone, in person: it counts like a message. */
int run_told(struct request *request, struct error *err)
{
    struct audience to;
    audience_read(request, &to);
    int rc = record_told(request, &to, err);
    audience_finish(&to);
    return rc;
}

/* ---- prepared messages ---- */

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

/* `message`: the name of a prepared one. */
static int draft_prepared(struct request *request, struct audience *to, const char *message, struct error *err)
{
    CLEANUP_STR struct str words = {0}, languages = {0};
    int rc = message_expand(request, message, &words, &languages, err);
    return rc ? rc : write_draft(request, to, words.p, languages.len > 2 ? languages.p : NULL, err);
}

/* `draft update` is for all. */
static void all_by_default(const struct request *request, struct audience *to)
{
    struct error unknown;
    CLEANUP_FREE char *key = NULL;
    if (to->text || !policy_has_message(core_policy(request->core), to->whom) ||
        affected_key(request, to->whom, &key, &unknown) || key)
        return;
    to->text = request_argument(request, ARGUMENT_WORD);
    replace_text(&to->whom, EVERY_CUSTOMER);
}

int run_draft(struct request *request, struct error *err)
{
    int rc = 0;
    struct audience to;
    audience_read(request, &to);
    all_by_default(request, &to);
    if (!to.text)
        list_messages(request);
    else if (policy_has_message(core_policy(request->core), to.text))
        rc = draft_prepared(request, &to, to.text, err);
    else
        rc = write_draft(request, &to, to.text, NULL, err);
    audience_finish(&to);
    return rc;
}

/* A first word that needs no facts, sent with one press where its author may send it. */
int run_early(struct request *request, struct error *err)
{
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
    struct audience to = {.whom = xstrdup(EVERY_CUSTOMER)};
    int rc = comms_refuse_start(request->core, err);
    rc = rc ? rc : draft_prepared(request, &to, EARLY_MESSAGE, err);
    audience_finish(&to);
    if (!rc)
        approve_own_draft(request);
    return rc;
}

static int64_t number_at(const struct request *request, size_t argument)
{
    const char *typed = request->parsed->arguments[argument];
    return typed ? strtoll(typed, NULL, 10) : 0;
}

int preview_draft(struct request *request, int64_t number, const char *customer, struct error *err)
{
    CLEANUP_STR struct str text = {0};
    const struct state_draft *draft = incident_draft(request->incident, number);
    if (!draft)
        return error_set(err, ERR_NOT_FOUND, "No message is waiting, or several are: say which, `%spreview 1`.",
                         request->incident->id ? "" : "posts ");
    comms_preview(request->core, request->incident, draft, customer, &text);
    CLEANUP_FREE char *title = xasprintf("Message %" PRId64 ", as they get it", draft->number);
    answer_titled(request, title, "info", text.p);
    request->answer->alone = true;
    return 0;
}

int run_preview(struct request *request, struct error *err)
{
    return preview_draft(request, number_at(request, 0), request->parsed->arguments[1], err);
}

int approve_draft(struct request *request, int64_t number, int64_t version, struct error *err)
{
    CLEANUP_STR struct str text = {0};
    struct approve_request approval = {.by = request->by,
                                       .most = request->asker->most,
                                       .automatic = request->asker->automatic,
                                       .number = number,
                                       .version = version};
    int rc = comms_approve(request->turn, request->incident, &approval, &text, err);
    if (rc)
        return rc;
    answer_text(request, text.p);
    request->answer->alone = true; /* the draft's card shows it in the channel */
    return 0;
}

int run_approve(struct request *request, struct error *err)
{
    return approve_draft(request, number_at(request, 0), number_at(request, 1), err);
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

/* Whoever changes what stood in several languages writes for all of them. */
static void warn_of_languages(struct request *request, int64_t number)
{
    const struct state_draft *draft = incident_draft(request->incident, number);
    if (draft && draft->one_for_all)
        answer_text(request, " It is one text for all languages now.");
}

/* Other words take back what a person said of a draft: a rejection, an approval. */
static int check_redraft(const struct request *request, const struct state_draft *draft, struct error *err)
{
    bool judged = draft && (draft->rejected || draft->endorsed);
    return judged ? request_forbid_agent(request, AGENT_WORDS, err) : 0;
}

int settle_draft(struct request *request, const char *verb, int64_t number, const char *text, struct error *err)
{
    static const char *const answers[][2] = {{"discard", "Discarded the message to customers."},
                                             {"reject", "Rejected. It is not sent unless somebody changes it."},
                                             {"redraft", "Changed. The card shows the difference."}};
    struct command command = {.verb = verb, .count = number, .text = text};
    const struct state_draft *draft = incident_draft(request->incident, number);
    bool redrafts = strcmp(verb, "redraft") == 0, post = draft && draft->post && redrafts;
    int rc = redrafts ? check_redraft(request, draft, err) : 0;
    if (!rc && redrafts && !post)
        rc = wording_check(text, err);
    if (!rc)
        rc = post ? redraft_post(request, draft, text, err) : request_do(request, &command, err);
    for (size_t i = 0; !rc && i < ARRAY_SIZE(answers); i++) {
        if (strcmp(answers[i][0], verb) == 0)
            answer_line(request, "%s", answers[i][1]);
    }
    if (!rc && redrafts)
        warn_of_languages(request, number);
    request->answer->alone = true; /* the draft's card shows it in the channel */
    return rc;
}

/* discard, reject, redraft */
int run_settle(struct request *request, struct error *err)
{
    return settle_draft(request, request->row->name, number_at(request, 0),
                        request_argument(request, ARGUMENT_TEXT), err);
}
