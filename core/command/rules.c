/* Active rules and mutes, and the policy's files. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/moment.h"
#include "command/handlers.h"
#include "triage/triage.h"

#define LINES_MOST 40
#define LOOK_BACK  2000 /* events of the system's stream that are searched */

/* ---- rules, mutes ---- */

static bool mentions(const char *text, const char *word)
{
    return text && strcasestr(text, word);
}

static size_t write_rules(const cJSON *rules, const char *word, struct str *out)
{
    size_t n = 0;
    const cJSON *rule;
    cJSON_ArrayForEach(rule, rules)
    {
        const char *name = json_text_or(rule, "name", "?"), *summary = json_text_or(rule, "summary", "");
        const char *where = json_text_or(rule, "rule", "?"), *verdict = json_text_or(rule, "verdict", "");
        if (word && !mentions(name, word) && !mentions(summary, word) && !mentions(where, word))
            continue;
        if (++n > LINES_MOST)
            continue;
        int64_t fired = json_int_or(rule, "fired", 0);
        str_markup(out, *summary ? "- **%s** %s: " : "- **%s** %s", name, verdict);
        str_markup(out, "%s — `%s`, fired %" PRId64 " time%s\n", summary, where, fired, fired == 1 ? "" : "s");
    }
    return n;
}

struct mutes {
    const struct request *request;
    struct str *out;
    size_t n;
};

static bool write_mute(void *ctx, const struct journal_doc *doc)
{
    struct mutes *mutes = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "mute", &json, NULL) ||
        json_int_or(json, "until", 0) <= mutes->request->now)
        return true;
    if (++mutes->n > LINES_MOST)
        return false;
    str_markup(mutes->out, "- `%s` until ", doc->key);
    moment_format(json_int_or(json, "until", 0), mutes->request->now, mutes->request->zone, mutes->out);
    str_markup(mutes->out, ", by %s: %s\n", request_person_name(mutes->request, json_text_or(json, "by", NULL)),
               json_text_or(json, "reason", ""));
    return true;
}

int write_mutes(const struct request *request, struct str *out, struct error *err)
{
    struct mutes mutes = {request, out, 0};
    int rc = journal_docs(core_journal(request->core), &(struct doc_query){.kind = DOC_MUTE}, write_mute,
                          &mutes, err);
    if (!rc && !mutes.n)
        str_add(out, "- nothing\n");
    return rc;
}

int run_rules(struct request *request, struct error *err)
{
    const char *word = request_argument(request, ARGUMENT_WORD);
    CLEANUP_STR struct str json = {0}, text = {0};
    CLEANUP_JSON cJSON *rules = NULL;
    policy_rules(core_policy(request->core), &json);
    int rc = json_parse(str_text(&json), json.len, SIZE_MAX, JSON_DEPTH, "rules", &rules, err);
    if (rc)
        return rc;
    size_t n = write_rules(rules, word, &text);
    if (n == 0)
        str_markup(&text, word ? "No active rule mentions '%.60s'.\n" : "No active rules.\n", word);
    str_add(&text, "\n**Muted**\n");
    rc = write_mutes(request, &text, err);
    CLEANUP_FREE char *title = xasprintf("Rules: %zu", n);
    if (!rc)
        answer_titled(request, title, "info", text.p);
    return rc;
}

/* The rest of a pattern that was typed without quotes became the reason: `queue flaps* for 2h`, `service = c60`. */
static int check_reason(const char *group, const char *reason, struct error *err)
{
    const char *star = strchr(reason, '*');
    if (*reason == '=')
        return error_markup(err, ERR_INVALID,
                            "Write a field without spaces: `mute %.40s=checkout for 2h a noisy deploy`.",
                            group);
    if (mute_names_field(reason))
        return error_markup(
            err, ERR_INVALID,
            "A mute has one field, so '%.*s' would only be a part of the reason. Mute one of them: "
            "`mute %.60s for 2h a noisy deploy`.",
            (int)MIN(strcspn(reason, " "), 60), reason, group);
    if (!star)
        return 0;
    size_t n = (size_t)(star - reason) + strcspn(star, " ");
    return error_markup(err, ERR_INVALID,
                        "A pattern with spaces needs quotes: `mute \"%.40s %.*s\" for 2h a noisy deploy`.",
                        group, (int)MIN(n, 60), reason);
}

int run_mute(struct request *request, struct error *err)
{
    const char *group = request_argument(request, ARGUMENT_GROUP),
               *reason = request_argument(request, ARGUMENT_TEXT);
    CLEANUP_STR struct str text = {0}, matches = {0};
    int rc = request->asker->values ? 0 : check_reason(group, reason, err);
    rc = rc ? rc : mutes_add(request->turn, group, request->parsed->until, request->by, reason, err);
    if (rc)
        return rc;
    mutes_describe(request->core, group, &matches);
    request->answer->incident = 0;
    const char *quote = strchr(group, ' ') ? "\"" : "";
    str_markup(&text, "`%s` is muted until ", group);
    moment_format(request->parsed->until, request->now, request->zone, &text);
    str_markup(&text, ": %s. %s Its alerts are still counted. `unmute %s%s%s` ends the mute.", reason,
               matches.p, quote, group, quote);
    answer_text(request, text.p);
    return 0;
}

int run_unmute(struct request *request, struct error *err)
{
    const char *group = request_argument(request, ARGUMENT_GROUP);
    int rc = mutes_remove(request->turn, group, request->by, err);
    if (!rc)
        answer_line(request, "`%s` is no longer muted.", group);
    return rc;
}

/* ---- the policy's files ---- */

struct loading {
    const struct request *request;
    struct str *out;
    bool found, refused;
};

/* Called for the newest event first: a failed load counts until a successful one. */
static bool write_load(void *ctx, const struct journal_event *row)
{
    struct loading *loading = ctx;
    struct event event;
    if (event_type_parse(row->type) != EVENT_POLICY ||
        event_decode(row->stream, row->type, row->data, &event, NULL))
        return true;
    bool good = event.flag;
    if (!loading->found) {
        loading->refused = !good;
        str_add(loading->out,
                good ? "The active policy was loaded from the files "
                     : "The policy in the files has an error, so the previous one stays active. Last tried ");
        moment_format(row->at, loading->request->now, loading->request->zone, loading->out);
        str_add(loading->out, ".");
        if (!good && event.text)
            str_markup(loading->out, "\n\n%s", event.text);
    } else if (good) {
        str_add(loading->out, "\n\nThe active policy was loaded ");
        moment_format(row->at, loading->request->now, loading->request->zone, loading->out);
        str_add(loading->out, ".");
    }
    loading->found = true;
    event_finish(&event);
    return !good;
}

int run_policy(struct request *request, struct error *err)
{
    CLEANUP_STR struct str text = {0}, json = {0};
    CLEANUP_JSON cJSON *rules = NULL;
    struct loading loading = {.request = request, .out = &text};
    int rc = journal_read_back(core_journal(request->core), "system", 0, LOOK_BACK, write_load, &loading, err);
    if (rc)
        return rc;
    if (!loading.found)
        str_add(&text, "The built-in policy is active.");
    policy_rules(core_policy(request->core), &json);
    if (json_parse(str_text(&json), json.len, SIZE_MAX, JSON_DEPTH, "rules", &rules, NULL) == 0)
        str_markup(&text, "\n\n%d rules. `rules` shows them.", cJSON_GetArraySize(rules));
    answer_titled(request, "Policy", loading.refused ? "warn" : "ok", text.p);
    return 0;
}
