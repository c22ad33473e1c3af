/* The command `posts`: what is open on the status page, and posts that stand alone, from their drafts to their last word. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "command/line.h"
#include "command/posting.h"
#include "comms/alone.h"
#include "public/names.h"
#include "sight/sight.h"
#include "statuspage/commands.h"
#include "statuspage/statuspage.h"

/* ---- what is done with a draft ---- */

static int approve(struct request *request, const char *verb, int64_t number, const char *rest,
                   struct error *err)
{
    const char *end;
    (void)verb;
    return approve_draft(request, number, post_number(rest, &end), err);
}

static int preview(struct request *request, const char *verb, int64_t number, const char *rest,
                   struct error *err)
{
    (void)verb, (void)rest;
    return preview_draft(request, number, NULL, err);
}

static int redraft(struct request *request, const char *verb, int64_t number, const char *rest,
                   struct error *err)
{
    bool says = *rest || request->asker->values;
    int rc =
        says ? settle_draft(request, verb, number, rest, err)
             : error_set(err, ERR_INVALID, "Say what it should say: `posts redraft %" PRId64 " …`.", number);
    request->asks = rc == ERR_INVALID;
    return rc;
}

static const struct {
    const char *verb;
    int (*run)(struct request *request, const char *verb, int64_t number, const char *rest, struct error *err);
} verbs[] = {{"approve", approve},
             {"preview", preview},
             {"redraft", redraft},
             {"reject", settle_draft},
             {"discard", settle_draft}};

/* ---- words ---- */

static int refuse_incident(const struct request *request, const struct standing_post *post, struct error *err)
{
    char name[INCIDENT_NAME];
    if (!sight_incident(request->core, post->incident, request->asker->person))
        return error_set(err, ERR_REFUSED,
                         "Post %" PRId64 " belongs to an incident, and its next word is written there.",
                         post->number);
    return error_markup(err, ERR_REFUSED, "Post %" PRId64 " belongs to an incident: `%s post …`.", post->number,
                        incident_name(post->incident, name));
}

/* The next word of a post that stands alone. */
static int go_on(struct request *request, int64_t number, const char *text, struct error *err)
{
    struct standing_post post;
    if (!statuspage_post(request->core, number, &post))
        return error_set(err, ERR_NOT_FOUND, "There is no post %" PRId64 ". `posts` lists those that are open.",
                         number);
    if (post.incident)
        return refuse_incident(request, &post, err);
    if (public_status_is_maintenance(post.status))
        return error_set(err, ERR_REFUSED,
                         "Post %" PRId64 " is maintenance. `maintenance` lists what can be done.", number);
    int rc = post_refuse_drafted(request, number, err);
    rc = rc ? rc : post_write(request, text, NULL, number, err);
    request->asks = rc == ERR_INVALID;
    return rc;
}

static int begin(struct request *request, const char *text, struct error *err)
{
    int rc = post_write(request, text, NULL, 0, err);
    request->asks = rc == ERR_INVALID;
    return rc;
}

static void given_of_draft(const struct state_draft *draft, struct typed_post *typed)
{
    struct post post = {0};
    if (draft && post_read(draft->post, &post, NULL) == 0) {
        replace_text(&typed->title, post.title);
        typed_post_text(typed, draft->text);
    }
    post_finish(&post);
}

void posts_given(const struct request *request, const char *text, struct typed_post *typed)
{
    const char *end, *rest;
    char verb[WORD_MOST + 1];
    read_word(text, verb, &end);
    int64_t number = post_number(skip_space(end), &rest);
    if (strcmp(verb, "redraft") == 0) {
        given_of_draft(incident_draft(comms_alone(request->core), number), typed);
        return;
    }
    typed_post_read(request, post_number(text, &rest) ? rest : end, typed, NULL);
    typed_post_title(typed);
    typed_post_status(typed);
}

/* ---- the command ---- */

static int list(struct request *request)
{
    CLEANUP_STR struct str text = {0};
    struct call call = request_call(request, NULL, &text);
    statuspage_list(&call, false);
    answer_text(request, text.p);
    request->answer->alone = true;
    return 0;
}

static int refuse(const char *word, struct error *err)
{
    return error_markup(
        err, ERR_INVALID,
        "`posts` can't '%.40s'. Type `posts` for the list, `posts new \"Payments are slow\" We look "
        "into it.` for a post that stands alone, `posts 5 resolved` for its next word, or "
        "`posts approve 7` (preview, redraft, reject, discard) for a draft.",
        word);
}

static int run(struct request *request, const char *text, struct error *err)
{
    const char *rest;
    size_t n = strcspn(text, " \t\n");
    CLEANUP_FREE char *word = xstrndup(text, n);
    int64_t post = post_number(text, &rest);
    if (post)
        return go_on(request, post, rest, err);
    if (strcasecmp(word, "new") == 0)
        return begin(request, skip_space(text + n), err);
    for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
        if (strcasecmp(verbs[i].verb, word) != 0)
            continue;
        int64_t number = post_number(skip_space(text + n), &rest);
        return verbs[i].run(request, verbs[i].verb, number, number ? rest : skip_space(text + n), err);
    }
    return refuse(word, err);
}

int run_posts(struct request *request, struct error *err)
{
    const char *text = request_argument(request, ARGUMENT_TEXT);
    if (!text)
        return list(request);
    request->incident = comms_alone(request->core);
    int rc = request_access(request, ACCESS_ACT, err);
    rc = rc ? rc : run(request, text, err);
    request->incident = NULL;
    return rc;
}
