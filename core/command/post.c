/* Posts for the status page: drafted like messages to customers, with a title, a status and states of components. */
#include <inttypes.h>

#include "base/markup.h"
#include "command/posting.h"
#include "comms/comms.h"
#include "policy/messages.h"
#include "policy/posting.h"
#include "public/names.h"
#include "statuspage/statuspage.h"

#define EARLY          "early"                          /* `post early`: we are looking into it */
#define EARLY_TITLE    "We are investigating a problem" /* where the policy has none */
#define NEXT_MOST      (30 * DAY)
#define STATUSES_TYPED "investigating, identified, monitoring, resolved or postmortem"

/* ---- from what was typed to the post ---- */

/* A post keeps the status that it has, where none is said. */
static int read_status(const struct request *request, const struct typed_post *typed, struct post *post,
                       struct error *err)
{
    struct standing_post before = {.status = POST_INVESTIGATING};
    statuspage_post(request->core, post->number, &before);
    post->status = before.status;
    if (typed->status &&
        (!public_status_parse(typed->status, &post->status) || public_status_is_maintenance(post->status)))
        return error_markup(err, ERR_INVALID, "'%.40s' is no status of a post. Use " STATUSES_TYPED ".",
                            typed->status);
    return 0;
}

static int read_next(const struct typed_post *typed, struct post *post, struct error *err)
{
    if (!typed->next)
        return 0;
    int rc = duration_parse(typed->next, &post->next, err);
    if (!rc && (post->next < MINUTE || post->next > NEXT_MOST))
        rc = error_set(err, ERR_INVALID, "The next word is promised within 1 minute to 30 days.");
    return rc;
}

/* The last word gives back what the post has changed, and whoever approves it sees that. */
static void give_back(void *ctx, const struct held_component *held)
{
    if (held->now != held->given_back)
        post_set_component(ctx, held->name, held->now, held->given_back);
}

static int read_post(const struct request *request, const struct typed_post *typed, int64_t number,
                     struct post *post, struct error *err)
{
    post->number = request->incident->id ? statuspage_open_post(request->core, request->incident->id) : number;
    post->quiet = typed->quiet;
    int rc = read_status(request, typed, post, err);
    rc = rc ? rc : read_next(typed, post, err);
    rc = rc ? rc : post_components(request, typed, STATE_OPERATIONAL, post, err);
    rc = rc ? rc : post_title(typed, post, err);
    if (!rc && public_status_is_over(post->status))
        statuspage_each_held(request->core, post->number, give_back, post);
    return rc;
}

int post_write(struct request *request, const char *text, const char *title, int64_t number, struct error *err)
{
    struct typed_post typed = {0};
    struct post post = {0};
    CLEANUP_STR struct str languages = {0};
    int rc = post_check_page(request, err);
    rc = rc ? rc : typed_post_read(request, text, &typed, err);
    if (!request->incident->id)
        typed_post_title(&typed);
    if (title && !typed.title)
        typed.title = xstrdup(title);
    typed_post_status(&typed);
    rc = rc ? rc : post_words(request, &typed, &languages, err);
    rc = rc ? rc : read_post(request, &typed, number, &post, err);
    rc = rc ? rc : post_draft(request, &typed, &post, languages.p, err);
    typed_post_finish(&typed);
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
    if (!title && !policy_message_title(core_policy(request->core), POSTING_MESSAGE, NULL))
        title = EARLY_TITLE;
    int rc = refuse_early(request, err);
    rc = rc ? rc : post_write(request, prepared ? POSTING_MESSAGE : "We are looking into it.", title, 0, err);
    if (!rc)
        approve_own_draft(request);
    return rc;
}

int run_post(struct request *request, struct error *err)
{
    const char *text = request_argument(request, ARGUMENT_TEXT);
    if (text_equal_nocase(text, EARLY))
        return post_early(request, err);
    int rc = post_write(request, text, NULL, 0, err);
    request->asks = rc == ERR_INVALID;
    return rc;
}

/* ---- redraft ---- */

/* What is not said stays. */
static int redraft_words(struct request *request, const struct state_draft *draft, struct typed_post *typed,
                         struct post *before, struct error *err)
{
    struct post post = {0};
    CLEANUP_STR struct str languages = {0};
    if (!typed->title)
        typed->title = xstrdup(before->title);
    if (!typed->status)
        typed->status = xstrdup(public_status_name(before->status));
    if (text_empty(str_text(&typed->text)))
        str_add(&typed->text, draft->text);
    int rc = post_words(request, typed, &languages, err);
    rc = rc ? rc : read_post(request, typed, before->number, &post, err);
    for (size_t i = 0; !rc && !typed->components.len && !post.components.n && i < before->components.n; i++)
        post_set_component(&post, before->components.v[i].name, before->components.v[i].before,
                           before->components.v[i].after);
    if (text_equal(post.title, before->title))
        post.titles = steal(before->titles);
    post.next = post.next ? post.next : before->next;
    post.quiet |= before->quiet;
    rc = rc ? rc : post_change(request, draft, typed, &post, err);
    post_finish(&post);
    return rc;
}

int redraft_post(struct request *request, const struct state_draft *draft, const char *text, struct error *err)
{
    struct typed_post typed = {0};
    struct post before = {0};
    int rc = typed_post_read(request, text, &typed, err);
    rc = rc ? rc : post_read(draft->post, &before, err);
    if (!rc)
        rc = (public_status_is_maintenance(before.status) ? redraft_maintenance : redraft_words)(
            request, draft, &typed, &before, err);
    typed_post_finish(&typed);
    post_finish(&before);
    return rc;
}
