/* Posts for the status page: drafted like messages to customers, with a title, a status and states of components. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "command/handlers.h"
#include "command/line.h"
#include "comms/comms.h"
#include "comms/posts.h"
#include "policy/messages.h"
#include "policy/posting.h"
#include "public/names.h"
#include "statuspage/statuspage.h"

#define EARLY          "early"                          /* `post early`: we are looking into it */
#define EARLY_TITLE    "We are investigating a problem" /* where the policy has none */
#define LAST_WORD      "This is resolved."
#define OPTIONS        "`--title`, `--status`, `--component`, `--next` and `--quiet`"
#define NEXT_MOST      (30 * DAY)
#define STATUSES_TYPED "investigating, identified, monitoring, resolved or postmortem"

/* What somebody typed, or answered in a form. */
struct typed {
    char *title, *status, *next;
    struct str components, text; /* "checkout=major,payments=degraded" */
    bool quiet;
};

static void typed_finish(struct typed *typed)
{
    free(typed->title);
    free(typed->status);
    free(typed->next);
    str_finish(&typed->components);
    str_finish(&typed->text);
}

/* ---- options, anywhere in the text ---- */

static void take_value(struct typed *typed, const char *option, char *value)
{
    if (strcmp(option, "title") == 0)
        replace_text(&typed->title, value);
    else if (strcmp(option, "status") == 0)
        replace_text(&typed->status, value);
    else if (strcmp(option, "next") == 0)
        replace_text(&typed->next, value);
    else
        str_addf(&typed->components, "%s%s", typed->components.len ? "," : "", value);
}

/* The option at p, as "--title …", "--title=…" or with the long dash that phones make of two. NULL: there is none. */
static const char *option_at(const char *p, const char **ret_end)
{
    static const char *const names[] = {"title", "status", "component", "next", "quiet"};
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

static int read_options(const char *text, struct typed *typed, struct error *err)
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
        CLEANUP_FREE char *value = strcmp(option, "quiet") == 0 ? xstrdup("") : read_token(end, &end);
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

/* "resolved All works again.", "identified: The database is slow."; but "Monitoring shows …" is a sentence. */
static void take_status(struct typed *typed)
{
    const char *text = skip_space(str_text(&typed->text));
    size_t n = strcspn(text, " \t\n");
    bool colon = n && text[n - 1] == ':';
    CLEANUP_FREE char *word = xstrndup(text, n - colon);
    enum public_status status;
    if (typed->status || (!colon && !islower((unsigned char)*text)) || !public_status_parse(word, &status) ||
        public_status_is_maintenance(status))
        return;
    typed->status = steal(word);
    CLEANUP_FREE char *rest = xstrdup(skip_space(text + n));
    str_clear(&typed->text);
    str_add(&typed->text, rest);
}

static int read_typed(const struct request *request, const char *text, struct typed *typed, struct error *err)
{
    static const char *const fields[] = {"title", "status", "component", "next"};
    int rc = read_options(text, typed, err);
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        CLEANUP_FREE char *value = xstrdup(answered(request, fields[i]));
        if (value)
            take_value(typed, fields[i], value);
    }
    while (typed->text.len && strchr(" \t\n", typed->text.p[typed->text.len - 1]))
        typed->text.p[--typed->text.len] = '\0';
    return rc;
}

/* ---- components ---- */

/* `page`: NULL, where there is none. */
static const struct public_component *find_component(const struct public_page *page, const char *name)
{
    return page ? public_component(page, name) : NULL;
}

static int refuse_component(const struct public_page *page, const char *name, struct error *err)
{
    CLEANUP_STR struct str names = {0};
    for (size_t i = 0; page && i < page->components.n && i < 20; i++)
        str_addf(&names, "%s%s", i ? ", " : "", page->components.v[i].name);
    return error_markup(err, ERR_NOT_FOUND, "The status page has no component '%.60s'. It has %.200s.", name,
                        names.len ? names.p : "none");
}

static void set_component(struct post *post, const char *name, enum public_state before,
                          enum public_state after)
{
    for (size_t i = 0; i < post->components.n; i++) {
        if (!text_equal_nocase(post->components.v[i].name, name))
            continue;
        post->components.v[i].after = after;
        return;
    }
    *array_add(&post->components) = (struct post_component){xstrdup(name), before, after};
}

/* "checkout=major" */
static int read_component(const struct request *request, const struct public_page *page, char *typed,
                          struct post *post, struct error *err)
{
    enum public_state state;
    char *equals = strrchr(typed, '=');
    if (!equals)
        return error_markup(err, ERR_INVALID,
                            "Say how '%.60s' is: `--component \"%.60s=degraded\"`, or operational, partial or "
                            "major.",
                            typed, typed);
    *equals = '\0';
    if (!public_state_parse(equals + 1, &state) || state == STATE_MAINTENANCE)
        return error_markup(err, ERR_INVALID,
                            "'%.40s' is no state. Use operational, degraded, partial or major.", equals + 1);
    const char *name = statuspage_component(request->core, typed);
    if (!name)
        return refuse_component(page, typed, err);
    const struct public_component *known = find_component(page, name);
    set_component(post, name, known ? known->state : STATE_OPERATIONAL, state);
    return 0;
}

static int read_components(const struct request *request, const struct public_page *page,
                           const struct typed *typed, struct post *post, struct error *err)
{
    int rc = 0;
    for (const char *p = str_text(&typed->components); *p && !rc;) {
        size_t n = strcspn(p, ",\n");
        CLEANUP_FREE char *one = whole_text(p, n);
        rc = one ? read_component(request, page, one, post, err) : 0;
        p += n + (p[n] != '\0');
    }
    return rc;
}

/* ---- what was said before ---- */

/* Once it is over, what its posts changed works again, where nothing else is said. */
static void mend_components(const struct request *request, const struct public_page *page, struct post *post)
{
    const struct incident *incident = request->incident;
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        const struct state_draft *draft = &incident->comms.drafts.v[i];
        struct post before = {0};
        if (draft->post && draft->state == DRAFT_APPROVED && post_read(draft->post, &before, NULL) == 0) {
            for (size_t k = 0; k < before.components.n; k++) {
                const struct public_component *known = find_component(page, before.components.v[k].name);
                if (known && known->state != STATE_OPERATIONAL)
                    set_component(post, known->name, known->state, STATE_OPERATIONAL);
            }
        }
        post_finish(&before);
    }
}

/* The status of the latest post of the incident that was approved. */
static enum public_status latest_status(const struct incident *incident)
{
    enum public_status status = POST_INVESTIGATING;
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        const struct state_draft *draft = &incident->comms.drafts.v[i];
        struct post post = {0};
        if (draft->post && draft->state == DRAFT_APPROVED && post_read(draft->post, &post, NULL) == 0)
            status = post.status;
        post_finish(&post);
    }
    return status;
}

/* ---- the draft ---- */

static int read_status(const struct request *request, const struct typed *typed, struct post *post,
                       struct error *err)
{
    post->status = post->number ? latest_status(request->incident) : POST_INVESTIGATING;
    if (typed->status &&
        (!public_status_parse(typed->status, &post->status) || public_status_is_maintenance(post->status)))
        return error_markup(err, ERR_INVALID, "'%.40s' is no status of a post. Use " STATUSES_TYPED ".",
                            typed->status);
    return 0;
}

static int read_next(const struct typed *typed, struct post *post, struct error *err)
{
    if (!typed->next)
        return 0;
    int rc = duration_parse(typed->next, &post->next, err);
    if (!rc && (post->next < MINUTE || post->next > NEXT_MOST))
        rc = error_set(err, ERR_INVALID, "The next word is promised within 1 minute to 30 days.");
    return rc;
}

/* A title is chosen for the public; that of the incident is not. */
static int read_title(const struct typed *typed, struct post *post, struct error *err)
{
    post->title = xstrdup(typed->title);
    if (!post->title && !post->number)
        return error_set(err, ERR_INVALID,
                         "Say what the post is called, in words for the public: `post … --title \"Payments are "
                         "slow\"`.");
    if (post->title && strlen(post->title) > POST_TITLE)
        return error_set(err, ERR_TOO_BIG, "The title has %zu bytes, and the limit is %d.", strlen(post->title),
                         POST_TITLE);
    return 0;
}

static int read_post(const struct request *request, const struct typed *typed, struct post *post,
                     struct error *err)
{
    struct public_page *page = statuspage_page(request->core, NULL);
    post->number = statuspage_open_post(request->core, request->incident->id);
    post->quiet = typed->quiet;
    int rc = read_status(request, typed, post, err);
    rc = rc ? rc : read_next(typed, post, err);
    rc = rc ? rc : read_components(request, page, typed, post, err);
    rc = rc ? rc : read_title(typed, post, err);
    if (!rc && public_status_is_over(post->status))
        mend_components(request, page, post);
    public_unref(page);
    return rc;
}

/* The words of message{} are taken for its name. A post has no recipient. */
static int read_text(const struct request *request, struct typed *typed, struct str *languages,
                     struct error *err)
{
    int rc = 0;
    CLEANUP_STR struct str words = {0};
    if (policy_has_message(core_policy(request->core), str_text(&typed->text))) {
        rc = message_expand(request, typed->text.p, &words, languages, err);
        str_clear(&typed->text);
        str_add(&typed->text, words.p);
    }
    if (text_empty(str_text(&typed->text)) && text_equal_nocase(typed->status, "resolved"))
        str_add(&typed->text, LAST_WORD);
    if (!rc && text_empty(str_text(&typed->text)))
        rc = error_set(err, ERR_INVALID, "Say what the status page should say: `post We are looking into it.`");
    if (!rc && strstr(typed->text.p, "{{"))
        rc =
            error_set(err, ERR_INVALID, "A post is for everybody, so nothing fills {{…}} in it. Write it out.");
    return rc;
}

static void answer_posted(struct request *request)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0}, when = {0}, why = {0};
    int64_t number = request->incident->comms.drafted;
    const struct state_draft *draft = incident_draft(request->incident, number);
    request_incident_name(request, name);
    if (draft)
        comms_sent_when(request->core, request->incident, draft, &when);
    str_markup(&text,
               "Message %" PRId64 " to the status page is waiting for approval. It is published when %s: a "
               "thumbs-up or `%s approve %" PRId64 "`.",
               number, str_text(&when), name, number);
    if (request->incident->private)
        str_add(&text, " The incident is private, and the post becomes public.");
    enum post_verdict says = policy_posting(core_policy(request->core), request->incident, &why);
    if (says != POSTING_ASK)
        str_markup(&text, " The policy says %s: %s.", says == POSTING_NO ? "no" : "yes", str_text(&why));
    answer_text(request, text.p);
    request->answer->alone = true; /* the draft is in the channel */
}

static int draft_post(struct request *request, const struct typed *typed, const struct post *post,
                      const char *languages, struct error *err)
{
    CLEANUP_FREE char *json = post_encode(post);
    struct command tell = {.verb = "tell",
                           .name = STATUS_PAGE,
                           .text = typed->text.p,
                           .data = languages && strlen(languages) > 2 ? languages : NULL,
                           .value = json};
    int rc = request_do(request, &tell, err);
    if (!rc)
        answer_posted(request);
    return rc;
}

static int write_post(struct request *request, const char *text, const char *title, struct error *err)
{
    struct typed typed = {0};
    struct post post = {0};
    CLEANUP_STR struct str languages = {0};
    int rc = read_typed(request, text, &typed, err);
    if (title && !typed.title)
        typed.title = xstrdup(title);
    take_status(&typed);
    rc = rc ? rc : read_text(request, &typed, &languages, err);
    rc = rc ? rc : read_post(request, &typed, &post, err);
    rc = rc ? rc : draft_post(request, &typed, &post, languages.p, err);
    typed_finish(&typed);
    post_finish(&post);
    return rc;
}

/* ---- the first word ---- */

static int refuse_early(const struct request *request, struct error *err)
{
    CLEANUP_STR struct str why = {0};
    if (request->incident->private)
        return error_set(err, ERR_REFUSED,
                         "Nothing is posted early about a private incident. `post …` begins a draft.");
    if (statuspage_open_post(request->core, request->incident->id))
        return error_set(err, ERR_REFUSED,
                         "The status page has a post already. `post …` writes the next word.");
    if (policy_posting(core_policy(request->core), request->incident, &why) == POSTING_NO)
        return error_markup(err, ERR_REFUSED,
                            "The policy says that it is not posted: %s. `post …` begins a draft.",
                            str_text(&why));
    return 0;
}

/* The words of the policy, published with one press where their author may approve them. */
static int post_early(struct request *request, struct error *err)
{
    const char *title = policy_posting_title(core_policy(request->core), request->incident);
    bool prepared = policy_has_message(core_policy(request->core), POSTING_MESSAGE);
    int rc = refuse_early(request, err);
    rc = rc ? rc
            : write_post(request, prepared ? POSTING_MESSAGE : "We are looking into it.",
                         title ? title : EARLY_TITLE, err);
    if (!rc)
        approve_own_draft(request);
    return rc;
}

int run_post(struct request *request, struct error *err)
{
    const char *text = request_argument(request, ARGUMENT_TEXT);
    if (text_equal_nocase(text, EARLY))
        return post_early(request, err);
    int rc = write_post(request, text, NULL, err);
    request->asks = rc == ERR_INVALID;
    return rc;
}

/* The text, and what is said of the rest; what is not said stays. */
int redraft_post(struct request *request, const struct state_draft *draft, const char *text, struct error *err)
{
    struct typed typed = {0};
    struct post post = {0}, before = {0};
    CLEANUP_STR struct str languages = {0};
    int rc = read_typed(request, text, &typed, err);
    rc = rc ? rc : post_read(draft->post, &before, err);
    if (!rc && !typed.title)
        typed.title = xstrdup(before.title);
    if (!rc && !typed.status)
        typed.status = xstrdup(public_status_name(before.status));
    if (!rc && text_empty(str_text(&typed.text)))
        str_add(&typed.text, draft->text);
    rc = rc ? rc : read_text(request, &typed, &languages, err);
    rc = rc ? rc : read_post(request, &typed, &post, err);
    for (size_t i = 0; !rc && !typed.components.len && !post.components.n && i < before.components.n; i++)
        set_component(&post, before.components.v[i].name, before.components.v[i].before,
                      before.components.v[i].after);
    post.next = post.next ? post.next : before.next;
    post.quiet |= before.quiet;
    CLEANUP_FREE char *json = post_encode(&post);
    struct command change = {
        .verb = "redraft", .count = draft->number, .text = str_text(&typed.text), .value = json};
    rc = rc ? rc : request_do(request, &change, err);
    typed_finish(&typed);
    post_finish(&post);
    post_finish(&before);
    return rc;
}
