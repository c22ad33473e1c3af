/* Messages to customers: drafted, changed, approved, stopped. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "engine/decision.h"

static bool has_draft_room(const struct incident *incident)
{
    size_t waiting = 0;
    for (size_t i = 0; i < incident->comms.drafts.n; i++)
        waiting += incident->comms.drafts.v[i].state == DRAFT_WAITING;
    return waiting < STATE_DRAFTS;
}

/* The drafts of posts that stand alone have a command of their own. */
static const char *lead(const struct decision *d)
{
    return d->id ? "" : "posts ";
}

/* A post says more than its text, and is written with a command of its own. One of an incident waits at a time: the next one would not
   follow it. */
static int refuse_post(const struct decision *d)
{
    const struct command *c = d->command;
    if (is_status_page(c->name) != (c->value != NULL))
        return error_set(d->err, ERR_INVALID, "`post …` writes for the status page.");
    for (size_t i = 0; d->id && c->value && i < d->incident->comms.drafts.n; i++) {
        const struct state_draft *draft = &d->incident->comms.drafts.v[i];
        if (draft->post && draft->state == DRAFT_WAITING)
            return error_set(d->err, ERR_REFUSED,
                             "Message %" PRId64 " to the status page is still waiting. `approve %" PRId64
                             "`, `redraft %" PRId64 " …` or `discard %" PRId64 "` it first.",
                             draft->number, draft->number, draft->number, draft->number);
    }
    return 0;
}

int decide_draft(struct decision *d)
{
    const struct command *c = d->command;
    if (text_empty(c->name) || text_empty(c->text))
        return error_set(d->err, ERR_INVALID, "%s", d->verb->refusal);
    if (!has_draft_room(d->incident))
        return error_set(d->err, ERR_REFUSED,
                         "%d messages are waiting for approval. Approve or discard some first.", STATE_DRAFTS);
    int rc = refuse_post(d);
    if (rc)
        return rc;
    struct event *event = emit(d, EVENT_DRAFTED);
    event->count = d->incident->comms.drafted + 1;
    event->name = xstrdup(c->name);
    event->text = xstrdup(c->text);
    event->data = xstrdup(c->data);
    event->value = xstrdup(c->value);
    return 0;
}

static int refuse_without_draft(struct decision *d)
{
    size_t waiting = 0;
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str numbers = {0};
    for (size_t i = 0; i < d->incident->comms.drafts.n; i++) {
        const struct state_draft *draft = &d->incident->comms.drafts.v[i];
        if (draft->state != DRAFT_WAITING)
            continue;
        CLEANUP_FREE char *to = audience_words(draft->customer);
        str_add(&numbers, waiting++ ? ", " : "");
        str_markup(&numbers, "`%s %s %" PRId64 "` (to %s)", incident_name(d->id, name), d->verb->name,
                   draft->number, to);
    }
    if (!d->id)
        return error_set(d->err, ERR_NOT_FOUND, "There is no such draft. `posts` lists those that wait.");
    if (!waiting)
        return error_markup(d->err, ERR_REFUSED,
                            "No message is waiting for approval. Write one with `%s tell all …`.",
                            incident_name(d->id, name));
    return error_set(d->err, ERR_INVALID, "Say which message: %s.", numbers.p);
}

/* The draft that the command is about, as long as it waits. NULL: *ret_rc is the refusal. */
static const struct state_draft *find_waiting(struct decision *d, int *ret_rc)
{
    const struct state_draft *draft = incident_draft(d->incident, d->command->count);
    *ret_rc = 0;
    if (draft && draft->state == DRAFT_WAITING)
        return draft;
    if (!draft)
        *ret_rc = refuse_without_draft(d);
    else
        *ret_rc =
            error_markup(d->err, ERR_REFUSED, "Message %lld was already %s by %s.", (long long)draft->number,
                         draft->state == DRAFT_APPROVED ? "approved" : "discarded",
                         draft->settled_by ? draft->settled_by : "somebody");
    return NULL;
}

/* Nothing is approved of an incident that nobody is told about, or that somebody has rejected. But what stands on the status page needs
   a last word. */
static int refuse_approval(struct decision *d, const struct state_draft *draft)
{
    if (d->incident->status == STATUS_DECLINED && !draft->post)
        return error_set(d->err, ERR_REFUSED,
                         "The incident is declined, so customers are not told about it. `reopen` it first, or "
                         "`discard %lld`.",
                         (long long)draft->number);
    if (draft->rejected)
        return error_markup(d->err, ERR_REFUSED,
                            "Message %" PRId64 " was rejected: %.200s. Change it first: `%sredraft %" PRId64
                            " …`.",
                            draft->number, draft->rejected, lead(d), draft->number);
    return 0;
}

/* Somebody changes a draft, or rejects it: with words. The same words again change nothing. */
int decide_worded(struct decision *d)
{
    int rc;
    bool edits = d->verb->type == EVENT_DRAFT_EDITED;
    const struct state_draft *draft = find_waiting(d, &rc);
    if (!draft)
        return rc;
    if (text_empty(d->command->text))
        return error_set(d->err, ERR_INVALID,
                         edits ? "Say what the message should say: `%sredraft %lld …`."
                               : "Say why: `%sreject %lld it promises a time`.",
                         lead(d), (long long)draft->number);
    const char *post = edits && draft->post ? d->command->value : NULL;
    if (edits && strcmp(draft->text, d->command->text) == 0 && (!post || strcmp(draft->post, post) == 0))
        return 0;
    struct event *event = emit(d, d->verb->type);
    event->count = draft->number;
    event->text = xstrdup(d->command->text);
    event->value = xstrdup(post);
    event->flag = edits && (draft->languages || draft->one_for_all);
    return 0;
}

int decide_settle(struct decision *d)
{
    int rc;
    const struct state_draft *draft = find_waiting(d, &rc);
    if (!draft)
        return rc;
    if (d->verb->type != EVENT_DISCARDED)
        rc = refuse_approval(d, draft);
    if (rc)
        return rc;
    struct event *event = emit(d, d->verb->type);
    event->count = draft->number;
    if (d->verb->type == EVENT_APPROVED) {
        event->name = xstrdup(draft->customer);
        event->text = xstrdup(draft->text);
        event->value = xstrdup(draft->post);
    }
    return 0;
}

static bool is_leaving(const struct state_draft *draft)
{
    return draft_left(draft) > 0 && !draft->reach.stopped;
}

/* The message with this number, or the only one that is being sent. */
int decide_stop(struct decision *d)
{
    const struct state_draft *found = incident_draft(d->incident, d->command->count);
    for (size_t i = 0, n = 0; !d->command->count && i < d->incident->comms.drafts.n; i++) {
        if (is_leaving(&d->incident->comms.drafts.v[i]))
            found = n++ ? NULL : &d->incident->comms.drafts.v[i];
    }
    if (!found || !is_leaving(found))
        return error_set(d->err, ERR_REFUSED, "%s", d->verb->refusal);
    emit(d, EVENT_STOPPED)->count = found->number;
    return 0;
}
