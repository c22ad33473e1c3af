/* From what somebody types of a post, or answers in a form, to a draft for the status page. */
#include "command/posting.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "command/line.h"
#include "comms/alone.h"
#include "comms/comms.h"
#include "policy/messages.h"
#include "policy/posting.h"
#include "policy/statuspages.h"
#include "public/names.h"
#include "statuspage/statuspage.h"

#define LAST_WORD   "This is resolved."
#define OPTIONS     "`--title`, `--status`, `--component`, `--next` and `--quiet`"
#define LISTED_MOST 20 /* components in a refusal */

void typed_post_finish(struct typed_post *typed)
{
    free(typed->title);
    free(typed->status);
    free(typed->next);
    free(typed->when);
    free(typed->prepared);
    free(typed->offered);
    free(typed->titles);
    str_finish(&typed->components);
    str_finish(&typed->text);
}

/* ---- options, anywhere in the text ---- */

static void take_value(struct typed_post *typed, const char *option, const char *value)
{
    if (strcmp(option, "title") == 0)
        replace_text(&typed->title, value);
    else if (strcmp(option, "status") == 0)
        replace_text(&typed->status, value);
    else if (strcmp(option, "next") == 0)
        replace_text(&typed->next, value);
    else if (strcmp(option, "when") == 0)
        replace_text(&typed->when, value);
    else if (strcmp(option, "prepared") == 0)
        replace_text(&typed->prepared, value);
    else
        str_addf(&typed->components, "%s%s", typed->components.len ? "," : "", value);
}

/* The option at p, as "--title …", "--title=…" or with the long dash that phones make of two. NULL: there is none. */
static const char *option_at(const char *p, const char **ret_end)
{
    static const char *const names[] = {"title", "status", "component", "next", "when", "quiet"};
    size_t dashes = 0;
    for (size_t one; (one = dash_at(p + dashes));)
        dashes += one;
    for (size_t i = 0; dashes >= 2 && i < ARRAY_SIZE(names); i++) {
        size_t n = strlen(names[i]);
        const char *end = p + dashes + n;
        if (strncasecmp(p + dashes, names[i], n) != 0 || !strchr("= \t\n", *end))
            continue;
        *ret_end = end + (*end == '=');
        return names[i];
    }
    return NULL;
}

static bool is_unknown_option(const char *p)
{
    return p[0] == '-' && p[1] == '-' && p[2] && strspn(p + 2, "abcdefghijklmnopqrstuvwxyz");
}

/* The value of an option; several components may have a space behind each comma. NULL: none is there. */
static char *read_value(const char *option, const char *p, const char **ret_end)
{
    char *value = read_token(p, ret_end);
    size_t n = value ? strlen(value) : 0;
    while (n && value[n - 1] == ',' && strcmp(option, "component") == 0) {
        const char *end;
        CLEANUP_FREE char *next = read_token(*ret_end, &end), *before = value;
        if (!next || is_unknown_option(next))
            return steal(before);
        value = xasprintf("%s%s", before, next);
        n = strlen(value);
        *ret_end = end;
    }
    return value;
}

static int read_options(const char *text, struct typed_post *typed, struct error *err)
{
    for (const char *p = text, *end; *p;) {
        bool begins = p == text || strchr(" \t\n", p[-1]);
        const char *option = begins ? option_at(p, &end) : NULL;
        if (begins && !option && is_unknown_option(p))
            return error_markup(err, ERR_INVALID, "Unknown option `%.*s`. The options are " OPTIONS ".",
                                (int)MIN(strcspn(p, " \t\n"), (size_t)40), p);
        if (!option) {
            str_addc(&typed->text, *p++);
            continue;
        }
        typed->quiet |= strcmp(option, "quiet") == 0;
        CLEANUP_FREE char *value = strcmp(option, "quiet") == 0 ? xstrdup("") : read_value(option, end, &end);
        if (!value)
            return error_markup(err, ERR_INVALID, "Say what `--%s` is: `--%s \"…\"`.", option, option);
        if (*value)
            take_value(typed, option, value);
        p = skip_space(end);
    }
    return 0;
}

static const char *answered(const struct request *request, const char *field)
{
    const struct asker *asker = request->asker;
    const char *value = asker->value ? asker->value(asker->values, field) : NULL;
    return text_empty(value) ? NULL : value;
}

void typed_post_text(struct typed_post *typed, const char *text)
{
    CLEANUP_FREE char *whole = xstrdup(skip_space(text)); /* it may be a part of the old one */
    str_clear(&typed->text);
    str_add(&typed->text, whole);
    while (typed->text.len && strchr(" \t\n", typed->text.p[typed->text.len - 1]))
        typed->text.p[--typed->text.len] = '\0';
}

void typed_post_title(struct typed_post *typed)
{
    const char *text = str_text(&typed->text), *end;
    CLEANUP_FREE char *title = !typed->title && is_quoted(text) ? read_token(text, &end) : NULL;
    if (!title)
        return;
    typed->title = steal(title);
    typed_post_text(typed, end);
}

void typed_post_status(struct typed_post *typed)
{
    const char *text = str_text(&typed->text);
    size_t n = strcspn(text, " \t\n");
    bool colon = n && text[n - 1] == ':';
    CLEANUP_FREE char *word = xstrndup(text, n - colon);
    enum public_status status;
    if (typed->status || (!colon && !islower((unsigned char)*text)) || !public_status_parse(word, &status) ||
        public_status_is_maintenance(status))
        return;
    typed->status = steal(word);
    typed_post_text(typed, text + n);
}

int typed_post_read(const struct request *request, const char *text, struct typed_post *ret, struct error *err)
{
    static const char *const fields[] = {"title", "status", "component", "next", "when", "prepared"};
    int rc = read_options(text ? text : "", ret, err);
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        const char *value = answered(request, fields[i]);
        if (value)
            take_value(ret, fields[i], value);
    }
    ret->form = answered(request, "words") != NULL;
    typed_post_text(ret, ret->form ? answered(request, "words") : str_text(&ret->text));
    return rc;
}

int post_check_page(const struct request *request, struct error *err)
{
    if (policy_status_page_at(core_policy(request->core), 0))
        return 0;
    return error_markup(err, ERR_REFUSED,
                        "There is no status page yet. Declare one in the policy: "
                        "`status_page { name = \"main\", title = \"Acme\" }`.");
}

int64_t post_number(const char *p, const char **ret_end)
{
    size_t n = strspn(p, "0123456789");
    bool whole = n && n < 19 && (!p[n] || isspace((unsigned char)p[n]));
    *ret_end = whole ? skip_space(p + n) : p;
    return whole ? strtoll(p, NULL, 10) : 0;
}

/* ---- components ---- */

static int refuse_component(const struct request *request, const char *name, struct error *err)
{
    CLEANUP_STR struct str names = {0};
    const struct policy *policy = core_policy(request->core);
    const struct status_component *component;
    for (size_t i = 0; i < LISTED_MOST && (component = policy_status_component_at(policy, i)); i++)
        str_addf(&names, "%s%s", i ? ", " : "", component->name);
    return error_markup(err, ERR_NOT_FOUND, "The status page has no component '%.60s'. It has %.200s.", name,
                        names.len ? names.p : "none");
}

void post_set_component(struct post *post, const char *name, enum public_state before, enum public_state after)
{
    for (size_t i = 0; i < post->components.n; i++) {
        if (!text_equal_nocase(post->components.v[i].name, name))
            continue;
        post->components.v[i].after = after;
        return;
    }
    *array_add(&post->components) = (struct post_component){xstrdup(name), before, after};
}

static int read_state(const char *typed, const char *word, enum public_state *ret, struct error *err)
{
    if (!word)
        return error_markup(err, ERR_INVALID,
                            "Say how '%.60s' is: `--component \"%.60s=degraded\"`, or operational, partial or "
                            "major.",
                            typed, typed);
    if (!public_state_parse(word, ret) || *ret == STATE_MAINTENANCE)
        return error_markup(err, ERR_INVALID,
                            "'%.40s' is no state. Use operational, degraded, partial or major.", word);
    return 0;
}

/* "checkout=major"; or "checkout", where all of them get the same state. */
static int read_component(const struct request *request, char *typed, enum public_state all, struct post *post,
                          struct error *err)
{
    enum public_state state = all;
    char *equals = strrchr(typed, '=');
    if (equals)
        *equals = '\0';
    if (equals && all)
        return error_markup(err, ERR_INVALID, "Maintenance sets the state itself: `--component \"%.60s\"`.",
                            typed);
    int rc = all ? 0 : read_state(typed, equals ? equals + 1 : NULL, &state, err);
    const char *name = rc ? NULL : statuspage_component(request->core, typed);
    if (!rc && !name)
        return refuse_component(request, typed, err);
    if (!rc)
        post_set_component(post, name, statuspage_state(request->core, name), state);
    return rc;
}

int post_components(const struct request *request, const struct typed_post *typed, enum public_state all,
                    struct post *post, struct error *err)
{
    int rc = 0;
    for (const char *p = str_text(&typed->components); *p && !rc;) {
        size_t n = strcspn(p, ",\n");
        CLEANUP_FREE char *one = whole_text(p, n);
        rc = one ? read_component(request, one, all, post, err) : 0;
        p += n + (p[n] != '\0');
    }
    return rc;
}

/* ---- title and words ---- */

/* A title is chosen for the public; that of the incident is not. */
int post_title(const struct typed_post *typed, struct post *post, struct error *err)
{
    bool offered = !typed->title && !post->number;
    post->title = xstrdup(offered ? typed->offered : typed->title);
    post->titles = xstrdup(offered ? typed->titles : NULL);
    if (!post->title && !post->number)
        return error_set(err, ERR_INVALID,
                         "Say what the post is called, in words for the public: `… --title \"Payments are "
                         "slow\"`.");
    if (post->title && strlen(post->title) > POST_TITLE)
        return error_set(err, ERR_TOO_BIG, "The title has %zu bytes, and the limit is %d.", strlen(post->title),
                         POST_TITLE);
    return 0;
}

/* The words are those of the message that was chosen; the form has a field for others. */
static int take_prepared(const struct request *request, struct typed_post *typed, struct error *err)
{
    if (!typed->prepared)
        return 0;
    if (!text_empty(str_text(&typed->text)))
        return error_set(err, ERR_INVALID, "Choose a prepared message, or write the words: one of both.");
    if (!policy_has_message(core_policy(request->core), typed->prepared))
        return error_markup(err, ERR_INVALID, "There is no prepared message '%.60s'.", typed->prepared);
    typed_post_text(typed, typed->prepared);
    return 0;
}

void post_messages(const struct request *request, const struct incident *incident, message_names *ret)
{
    const struct policy *policy = core_policy(request->core);
    struct request about = *request;
    about.incident = incident;
    struct policy_message message;
    for (size_t i = 0; incident && policy_message(policy, i, &message); i++) {
        CLEANUP_STR struct str text = {0}, languages = {0};
        if (message_expand(&about, message.name, &text, &languages, NULL) == 0 &&
            !strstr(str_text(&text), MESSAGE_CUSTOMER) && !strstr(str_text(&languages), MESSAGE_CUSTOMER))
            *array_add(ret) = message.name;
    }
    if (ret->n)
        *array_add(ret) = NULL;
}

/* The titles of the message, for a post that has none yet. */
static void offer_titles(const struct policy *policy, const char *name, struct typed_post *typed)
{
    CLEANUP_STR struct str titles = {0};
    struct json_out j = {&titles, false};
    const char *language;
    size_t n = 0;
    json_begin_object(&j);
    for (size_t i = 1; (language = policy_message_language(policy, name, i)); i++) {
        const char *title = policy_message_title(policy, name, language);
        json_put_text_if(&j, language, title);
        n += title != NULL;
    }
    json_end_object(&j);
    replace_text(&typed->offered, policy_message_title(policy, name, NULL));
    replace_text(&typed->titles, n ? titles.p : NULL);
}

int post_words(const struct request *request, struct typed_post *typed, struct str *languages,
               struct error *err)
{
    int rc = take_prepared(request, typed, err);
    CLEANUP_STR struct str words = {0};
    if (!rc && policy_has_message(core_policy(request->core), str_text(&typed->text))) {
        offer_titles(core_policy(request->core), typed->text.p, typed);
        rc = message_expand(request, typed->text.p, &words, languages, err);
        typed_post_text(typed, str_text(&words));
    }
    if (!rc && text_empty(str_text(&typed->text)) && text_equal_nocase(typed->status, "resolved"))
        str_add(&typed->text, LAST_WORD);
    if (!rc && text_empty(str_text(&typed->text)))
        rc = error_set(err, ERR_INVALID, "Say what the status page should say: `%s We are looking into it.`",
                       request->incident->id ? "post" : "posts new \"Payments are slow\"");
    if (!rc && strstr(typed->text.p, "{{"))
        rc =
            error_set(err, ERR_INVALID, "A post is for everybody, so nothing fills {{…}} in it. Write it out.");
    return rc;
}

/* ---- the draft ---- */

static bool is_drafted(const struct incident *alone, int64_t number)
{
    bool drafted = false;
    for (size_t i = 0; i < alone->comms.drafts.n && !drafted; i++) {
        struct post post = {0};
        drafted = alone->comms.drafts.v[i].state == DRAFT_WAITING &&
                  post_read(alone->comms.drafts.v[i].post, &post, NULL) == 0 && post.number == number;
        post_finish(&post);
    }
    return drafted;
}

int post_refuse_drafted(const struct request *request, int64_t number, struct error *err)
{
    return is_drafted(comms_alone(request->core), number)
               ? error_set(err, ERR_REFUSED,
                           "A draft for post %" PRId64
                           " is waiting already. `posts` lists it; approve, redraft or "
                           "discard it first.",
                           number)
               : 0;
}

static void answer_posted(struct request *request, const struct post *post)
{
    CLEANUP_STR struct str text = {0}, when = {0}, why = {0};
    const struct incident *incident = request->incident;
    int64_t number = incident->comms.drafted;
    const struct state_draft *draft = incident_draft(incident, number);
    if (draft)
        comms_sent_when(request->core, incident, draft, &when);
    str_markup(&text,
               "Message %" PRId64 " to the status page is waiting for approval. It is published when %s: a "
               "thumbs-up or `",
               number, str_text(&when));
    comms_draft_line(incident, "approve", number, &text);
    str_add(&text, "`.");
    if (incident->private)
        str_add(&text, " The incident is private, and the post becomes public.");
    enum post_verdict says =
        incident->id ? policy_posting(core_policy(request->core), incident, &why) : POSTING_ASK;
    if (says != POSTING_ASK)
        str_markup(&text, " The policy says %s: %s.", says == POSTING_NO ? "no" : "yes", str_text(&why));
    add_past_posts(request, incident->id, post, &text);
    answer_text(request, text.p);
    request->answer->alone = true; /* the draft is in the channel, or in the announcements */
}

int post_draft(struct request *request, const struct typed_post *typed, const struct post *post,
               const char *languages, struct error *err)
{
    CLEANUP_FREE char *json = post_encode(post);
    struct command tell = {.verb = "tell",
                           .name = STATUS_PAGE,
                           .text = typed->text.p,
                           .data = languages && strlen(languages) > 2 ? languages : NULL,
                           .value = json};
    const struct posting posting = {.post = post->number,
                                    .by = request->by,
                                    .text = tell.text,
                                    .status = post->status,
                                    .from = post->from,
                                    .until = post->until};
    int rc = post->number ? statuspage_check(request->turn, &posting, err) : 0;
    rc = rc ? rc : request_do(request, &tell, err);
    if (!rc)
        answer_posted(request, post);
    return rc;
}

int post_change(struct request *request, const struct state_draft *draft, const struct typed_post *typed,
                const struct post *post, struct error *err)
{
    CLEANUP_FREE char *json = post_encode(post);
    struct command change = {
        .verb = "redraft", .count = draft->number, .text = str_text(&typed->text), .value = json};
    return request_do(request, &change, err);
}

/* ---- forms ---- */

const char *typed_post_value(const struct typed_post *typed, const char *field)
{
    const struct {
        const char *field, *value;
    } values[] = {{"title", typed->title},
                  {"status", typed->status},
                  {"next", typed->next},
                  {"when", typed->when},
                  {"component", typed->components.len ? typed->components.p : NULL},
                  {"words", typed->text.len ? typed->text.p : NULL}};
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        if (strcmp(values[i].field, field) == 0)
            return values[i].value;
    }
    return NULL;
}
