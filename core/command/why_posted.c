/*
 * Explains the posts about an incident: whether the policy wants one, who wrote and approved which version, and what the public reads now. What
 * happened is read from the journal; what the policy says is what it says now.
 */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/line.h"
#include "command/why.h"
#include "comms/posts.h"
#include "policy/posting.h"
#include "public/names.h"
#include "sight/sight.h"
#include "statuspage/statuspage.h"

#define WORDS_BYTES 200 /* of a text that are shown */

static void add_words(const char *text, struct str *out)
{
    CLEANUP_FREE char *words = line_short(text, WORDS_BYTES);
    str_markup(out, "%s", words);
}

/* ---- the policy ---- */

static void write_policy(const struct report *t)
{
    static const char *const says[] = {[POSTING_YES] = "The policy says yes now",
                                       [POSTING_NO] = "The policy says no now",
                                       [POSTING_ASK] = "The policy leaves it to people now"};
    CLEANUP_STR struct str why = {0};
    enum post_verdict verdict = policy_posting(core_policy(t->request->core), t->request->incident, &why);
    str_markup(t->out, "- %s: %s.\n", says[verdict], str_text(&why));
}

/* ---- drafts ---- */

struct draft {
    int64_t number, version; /* version: the newest so far */
};

struct drafts { /* those for the status page, as far as the stream was read */
    struct report *report;
    ARRAY(struct draft) list;
};

/* NULL: that message was not for the status page. */
static struct draft *draft_of(struct drafts *drafts, const struct event *event)
{
    if (event->type == EVENT_DRAFTED && is_status_page(event->name))
        *array_add(&drafts->list) = (struct draft){event->count, 0};
    for (size_t i = drafts->list.n; i-- > 0;) {
        if (drafts->list.v[i].number == event->count)
            return &drafts->list.v[i];
    }
    return NULL;
}

/* " (“Payments are slow”, Investigating): We are looking into it." */
static void add_version(const struct event *event, struct str *out)
{
    post_describe_json(event->value, out);
    str_add(out, ": ");
    add_words(event->text ? event->text : "", out);
}

static void add_approved(const struct report *t, const struct event *event, struct str *out)
{
    int64_t post = statuspage_published(t->request->core, t->request->incident->id, event->text, event->at);
    if (post)
        str_addf(out, ", and it was published on post %" PRId64, post);
    else
        str_add(out, ", but it could not be published");
}

/* What happened to which version; false: it is none of their events. */
static bool add_event(const struct report *t, const struct event *event, struct draft *draft, struct str *out)
{
    static const struct {
        enum event_type type;
        const char *did, *more;
    } rows[] = {{EVENT_DRAFTED, "wrote", ""},
                {EVENT_DRAFT_EDITED, "wrote", ""},
                {EVENT_ENDORSED, "approved", ", which needs another approval"},
                {EVENT_APPROVED, "approved", ""},
                {EVENT_REJECTED, "rejected", ""},
                {EVENT_DISCARDED, "discarded", ""}};
    size_t i = 0;
    while (i < ARRAY_SIZE(rows) && rows[i].type != event->type)
        i++;
    if (i == ARRAY_SIZE(rows))
        return false;
    bool writes = event->type == EVENT_DRAFTED || event->type == EVENT_DRAFT_EDITED;
    draft->version += writes;
    str_markup(out, "%s %s version %" PRId64 " of message %" PRId64 "%s",
               request_person_name(t->request, event->by), rows[i].did, draft->version, draft->number,
               rows[i].more);
    if (writes)
        add_version(event, out);
    else if (event->type == EVENT_APPROVED)
        add_approved(t, event, out);
    else if (event->type == EVENT_REJECTED)
        str_markup(out, ": %s", event->text ? event->text : "");
    return true;
}

static void take_event(struct drafts *drafts, const struct event *event)
{
    struct report *t = drafts->report;
    const struct request *request = t->request;
    struct draft *draft = draft_of(drafts, event);
    CLEANUP_STR struct str line = {0};
    struct event seen = sight_event_seen(request->core, event, request->asker->person);
    if (draft && add_event(t, &seen, draft, &line) && report_has_room(t)) {
        str_add(t->out, "- ");
        moment_format(event->at, request->now, request->zone, t->out);
        str_addf(t->out, " %s\n", line.p);
    }
    event_finish(&seen);
}

static bool take_row(void *ctx, const struct journal_event *row)
{
    struct drafts *drafts = ctx;
    struct event event = {0};
    if (!report_decode(row, &event))
        return true;
    if (event.type != EVENT_POST_SUGGESTED && event.type != EVENT_POST_OVERDUE)
        take_event(drafts, &event);
    else if (report_has_room(drafts->report))
        report_event(drafts->report, &event);
    event_finish(&event);
    return true;
}

/* ---- the page ---- */

static const struct public_post *shown_on(const struct public_page *page, const char *id)
{
    for (size_t i = 0; page && i < page->posts.n; i++) {
        if (strcmp(page->posts.v[i].id, id) == 0)
            return &page->posts.v[i];
    }
    return NULL;
}

static bool write_public(void *ctx, const struct standing_post *standing)
{
    struct report *t = ctx;
    char post_id[PUBLIC_ID], word_id[PUBLIC_ID];
    struct public_page *page = statuspage_page(t->request->core, NULL);
    statuspage_newest_word(t->request->core, standing->number, post_id, word_id);
    const struct public_post *post = shown_on(page, post_id);
    bool more = report_has_room(t);
    if (more && post) {
        str_markup(t->out, "- The public reads now, since ");
        moment_format(post->updated, t->request->now, t->request->zone, t->out);
        str_markup(t->out, ": **%s** (%s, post %" PRId64 "): ", post->title, public_status_title(post->status),
                   standing->number);
        add_words(post->words.v[0].text, t->out);
        str_add(t->out, "\n");
    } else if (more) {
        str_markup(t->out, "- The public page does not show post %" PRId64 " (“%s”).\n", standing->number,
                   standing->title);
    }
    public_unref(page);
    return more;
}

int why_posted(struct report *t, struct error *err)
{
    const struct request *request = t->request;
    struct drafts drafts = {.report = t};
    char name[INCIDENT_NAME];
    incident_name(request->incident->id, name);
    write_policy(t);
    int rc = journal_read_stream(core_journal(request->core), name, 0, EVENTS_MOST, take_row, &drafts, err);
    if (!rc && !drafts.list.n)
        str_add(t->out, "- nobody has written a post about it\n");
    array_free(&drafts.list);
    size_t before = t->n;
    if (!rc)
        statuspage_each_of(request->core, request->incident->id, write_public, t);
    if (!rc && t->n == before)
        str_add(t->out, "- The public reads nothing about it.\n");
    if (!rc && t->wanted == OF_POST)
        str_markup(t->out, "\n`%s why sent` lists what was sent in chat.\n", name);
    return rc;
}
