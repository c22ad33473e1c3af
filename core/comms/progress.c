#include "comms/progress.h"

#include <inttypes.h>
#include <stdlib.h>

#include "rooms/rooms.h"

/* ---- memory ---- */

static struct sending *find(const struct comms *comms, uint64_t incident, int64_t draft)
{
    for (size_t i = 0; i < comms->sendings.n; i++) {
        struct sending *s = comms->sendings.v[i];
        if (s->incident == incident && s->draft == draft)
            return s;
    }
    return NULL;
}

struct sending *progress_get(struct comms *comms, uint64_t incident, int64_t draft)
{
    struct sending *s = find(comms, incident, draft);
    if (s)
        return s;
    s = xcalloc(1, sizeof(*s));
    s->incident = incident;
    s->draft = draft;
    *array_add(&comms->sendings) = s;
    return s;
}

static void sending_destroy(struct sending *s)
{
    for (size_t i = 0; i < s->all.n; i++)
        free(s->all.v[i].key);
    array_free(&s->all);
    map_finish(&s->places);
    free(s);
}

void progress_forget(struct comms *comms, size_t i)
{
    sending_destroy(comms->sendings.v[i]);
    array_remove(&comms->sendings, i);
}

void progress_finish(struct comms *comms)
{
    for (size_t i = 0; i < comms->sendings.n; i++)
        sending_destroy(comms->sendings.v[i]);
    array_free(&comms->sendings);
}

static struct addressee *addressee_of(const struct sending *s, const char *customer)
{
    size_t place = s ? (size_t)(uintptr_t)map_get(&s->places, customer) : 0;
    return place ? &s->all.v[place - 1] : NULL;
}

void progress_add(struct sending *s, const char *customer, bool queued)
{
    *array_add(&s->all) = (struct addressee){xstrdup(customer), queued, NULL};
    map_put(&s->places, customer, (void *)(uintptr_t)s->all.n);
    s->left++;
}

const char *progress_state(const struct core *core, uint64_t incident, int64_t draft, const char *customer)
{
    const struct addressee *a = addressee_of(find(comms_of(core), incident, draft), customer);
    return !a ? NULL : a->ended ? a->ended : STANDING_QUEUED;
}

/* What was queued comes first, so that `next` separates the two. */
static bool load_one(void *ctx, const struct standing_key *key, const cJSON *kept)
{
    bool queued = text_equal(json_text_or(kept, "state", NULL), STANDING_QUEUED);
    struct sending *s = progress_get(comms_of(ctx), key->incident, key->draft);
    progress_add(s, key->customer, queued);
    s->next += queued;
    return true;
}

int progress_load(struct core *core, struct error *err)
{
    (void)err;
    standing_each(core, 0, NULL, STANDING_QUEUED, load_one, core);
    standing_each(core, 0, NULL, STANDING_WAITING, load_one, core);
    return 0;
}

/* ---- what people read ---- */

static void add_count(struct str *out, int64_t n, const char *what)
{
    if (n > 0)
        str_addf(out, "; %" PRId64 " %s", n, what);
}

void progress_words(const struct state_draft *draft, struct str *out)
{
    const struct state_reach *r = &draft->reach;
    str_addf(out, "%s %" PRId64 " of %" PRId64 " customers",
             r->stopped ? "was stopped, and reached" : "reached", r->told, r->recipients);
    add_count(out, r->failed, "failed");
    add_count(out, r->bounced, "came back");
    add_count(out, r->unwished, "do not wish to hear of it");
    add_count(out, r->withdrawn, "did not leave");
    add_count(out, draft_left(draft), "are on their way");
}

/* All are known. Of few, each was told by itself. */
static void tell_end(struct turn *turn, const struct sending *s, const struct state_draft *draft)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str words = {0}, text = {0};
    if (s->follow_up || (draft->reach.recipients < MANY_FROM && !draft->reach.stopped))
        return;
    progress_words(draft, &words);
    str_addf(&text, "Message %" PRId64 " %s.", draft->number, words.p);
    if (draft->reach.told < draft->reach.recipients)
        str_addf(&text, " `%s recipients %" PRId64 "` shows who was not told, and why.",
                 incident_name(s->incident, name), draft->number);
    rooms_say_incident(turn, s->incident, key, NULL, text.p);
    struct command command = {
        .verb = "sent", .by = BY_SYSTEM, .automatic = true, .count = draft->number, .text = words.p};
    turn_do(turn, s->incident, &command, NULL, NULL);
}

void progress_show(struct turn *turn, struct sending *s, const struct incident *incident)
{
    const struct state_draft *draft = incident_draft(incident, s->draft);
    s->changed = false;
    s->shown_at = turn_now(turn);
    if (draft)
        drafts_show(turn, incident, draft);
}

void progress_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    static const bool counted[EVENT_TYPE_COUNT] = {[EVENT_TOLD] = true,
                                                   [EVENT_UNTOLD] = true,
                                                   [EVENT_BOUNCED] = true,
                                                   [EVENT_WITHDRAWN] = true,
                                                   [EVENT_REPLIED] = true};
    bool any = counted[event->type] && event->count;
    const struct state_draft *draft = any ? incident_draft(incident, event->count) : NULL;
    if (!draft || !draft->reach.recipients)
        return;
    struct sending *s = progress_get(comms_of(turn_core(turn)), incident->id, event->count);
    s->changed = true;
    core_due(turn_core(turn), s->shown_at + SHOW_EVERY);
}

/* ---- one of them ---- */

void progress_resumes(struct turn *turn, uint64_t incident, int64_t draft, const char *customer)
{
    struct sending *s = progress_get(comms_of(turn_core(turn)), incident, draft);
    struct addressee *a = addressee_of(s, customer);
    s->follow_up = s->follow_up || !s->left;
    if (!a) {
        progress_add(s, customer, true);
    } else if (a->ended) {
        a->ended = NULL;
        s->left++;
    }
}

void progress_ended(struct turn *turn, uint64_t incident, int64_t draft, const char *customer,
                    const char *state)
{
    struct sending *s = find(comms_of(turn_core(turn)), incident, draft);
    struct addressee *a = addressee_of(s, customer);
    bool was_under_way = a && !a->ended;
    if (a)
        a->ended = state;
    if (!was_under_way || --s->left)
        return;
    const struct incident *about = turn_incident(turn, incident);
    const struct state_draft *sent = incident_draft(about, draft);
    if (!sent)
        return;
    progress_show(turn, s, about);
    tell_end(turn, s, sent);
}
