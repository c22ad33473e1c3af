#include "engine/decision.h"

#include "base/markup.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define TITLE_BYTES 200
#define TEXT_BYTES  (32 * 1024)
#define PAUSE_MOST  (90 * DAY)
#define OFFER_HOLDS (10 * MINUTE) /* of a role */

/* What to do first, in statuses where that is clear; else the refusal says what cannot be done. */
static const char *const first_steps[STATUS_COUNT] = {
    [STATUS_TRIAGE] = "still in triage. Accept it first, or decline it.",
    [STATUS_PAUSED] = "paused. Resume it first, or resolve it.",
};

static int refuse(struct decision *d, const char *consequence)
{
    char name[INCIDENT_NAME];
    enum status status = d->incident->status;
    CLEANUP_STR struct str text = {0};
    str_addf(&text, "%s is ", incident_name(d->id, name));
    if (first_steps[status])
        str_add(&text, first_steps[status]);
    else
        str_addf(&text, "%s, so %s.", status_phrase(status), consequence);
    str_add(&text, " ");
    transitions_possible(status, &text);
    return error_set(d->err, ERR_REFUSED, "%s", text.p);
}

/* A move into the current status is refused too, so that nobody takes a slip for a change. */
static int refuse_again(struct decision *d)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str possible = {0};
    transitions_possible(d->incident->status, &possible);
    return error_set(d->err, ERR_CONFLICT, "%s is already %s. %s", incident_name(d->id, name),
                     status_phrase(d->incident->status), possible.p);
}

/* The text as one line, without leading, trailing and doubled white space. */
static char *one_line(const char *text)
{
    struct str line = {0};
    for (const char *p = text; *p; p++) {
        if (!isspace((unsigned char)*p))
            str_addc(&line, *p);
        else if (line.len && line.p[line.len - 1] != ' ')
            str_addc(&line, ' ');
    }
    if (line.len && line.p[line.len - 1] == ' ')
        line.p[--line.len] = '\0';
    return str_take(&line);
}

/* A title is one short line. A longer one is cut, and kept in full as a note, so that nothing is lost. */
static void set_title(struct decision *d, struct event *titled)
{
    char *title = one_line(d->command->text);
    size_t length = strlen(title);
    if (length > TITLE_BYTES) {
        CLEANUP_FREE char *whole = title;
        title = xasprintf("%.*s…", (int)utf8_cut(whole, length, TITLE_BYTES), whole);
        titled->text = title;
        emit(d, EVENT_NOTED)->text = xasprintf("Full title: %s", whole);
        return;
    }
    titled->text = title;
}

static bool is_person(const char *by)
{
    return by && !strchr(by, '/') && strcmp(by, "rule") != 0 && strcmp(by, "clock") != 0;
}

/* The word as the policy spells it, or NULL. */
static const char *find_word(const char *const *words, const char *word)
{
    for (; word && *words; words++) {
        if (strcasecmp(*words, word) == 0)
            return *words;
    }
    return NULL;
}

static int check_severity(struct decision *d, const char *word, const char **ret)
{
    *ret = find_word(d->book->severities, word);
    if (*ret)
        return 0;
    CLEANUP_STR struct str words = {0};
    str_add_list(&words, d->book->severities, "or");
    return error_markup(d->err, ERR_INVALID, "Unknown severity '%.40s'. Choose %s.", word, str_text(&words));
}

static int decide_declare(struct decision *d)
{
    const struct command *c = d->command;
    if (d->incident)
        return error_set(d->err, ERR_CONFLICT, "The number of the new incident is already in use. Try again.");
    if (text_empty(c->text))
        return error_set(d->err, ERR_INVALID, "An incident needs a title: `declare checkout is slow`.");
    const char *severity = d->book->severities[0];
    if (c->name && check_severity(d, c->name, &severity))
        return ERR_INVALID;
    size_t first = d->events->n;
    struct event *declared = emit(d, EVENT_DECLARED);
    declared->value = xstrdup(c->value);
    declared->status = c->status ? c->status : c->automatic ? STATUS_TRIAGE : STATUS_INVESTIGATING;
    set_title(d, declared);
    require(d->events->v[first].text != NULL);
    emit(d, EVENT_SEVERITY)->name = xstrdup(severity);
    if (c->flag)
        emit(d, EVENT_PRIVATE)->flag = true;
    if (is_person(c->by)) {
        struct event *member = emit(d, EVENT_MEMBER);
        member->value = xstrdup(c->by);
        member->flag = true;
    }
    return 0;
}

static int check_needs(struct decision *d, const struct transition *row)
{
    const struct command *c = d->command;
    bool reason = (row->needs & NEED_REASON) && text_empty(c->text);
    if (row->needs & NEED_UNTIL) {
        if (reason || !c->until)
            return error_set(
                d->err, ERR_INVALID,
                "A pause needs a reason and a time: `pause waiting for the bank until tomorrow 9:00`.");
        if (c->until <= d->now)
            return error_set(d->err, ERR_INVALID, "A pause must end in the future.");
        if (c->until - d->now > PAUSE_MOST)
            return error_set(d->err, ERR_INVALID,
                             "A pause can last at most 90 days. For longer, move the incident to a ticket: "
                             "`ticket https://…`.");
    }
    if (reason)
        return error_set(d->err, ERR_INVALID, "Say why: `%s <reason>`.", row->verb);
    if ((row->needs & NEED_LINK) && text_empty(c->value))
        return error_set(d->err, ERR_INVALID, "Say where it continues: `ticket https://…`.");
    if ((row->needs & NEED_INCIDENT) && !c->other)
        return error_set(d->err, ERR_INVALID, "Say which incident to merge into: `merge INC-7`.");
    return 0;
}

/* The survivor must be another incident and open, so that every chain of merges ends. */
static int check_survivor(struct decision *d)
{
    const struct incident *survivor = d->command->other;
    char name[INCIDENT_NAME];
    if (survivor->id == d->id)
        return error_markup(d->err, ERR_REFUSED, "%s cannot be merged into itself.",
                            incident_name(d->id, name));
    if (survivor->status == STATUS_MERGED)
        return error_markup(
            d->err, ERR_REFUSED,
            "%s was itself merged into another incident. `%s show` says which one: merge into that.",
            incident_name(survivor->id, name), name);
    if (!status_is_open(survivor->status))
        return error_markup(d->err, ERR_REFUSED, "%s is %s, so nothing can be merged into it. Reopen it first.",
                            incident_name(survivor->id, name), status_phrase(survivor->status));
    if (d->incident->private && !survivor->private)
        return error_markup(
            d->err, ERR_REFUSED,
            "A private incident cannot be merged into one that everybody sees. Make %s private first.",
            incident_name(survivor->id, name));
    return 0;
}

static struct event *move_to(struct decision *d, const struct transition *row)
{
    const struct command *c = d->command;
    struct event *event = emit(d, EVENT_STATUS);
    event->name = xstrdup(row->verb);
    event->status = row->to                     ? row->to
                    : d->incident->pause.before ? d->incident->pause.before
                                                : STATUS_INVESTIGATING;
    event->text = text_empty(c->text) ? NULL : xstrdup(c->text);
    event->until = row->needs & NEED_UNTIL ? c->until : 0;
    event->value = row->needs & NEED_LINK ? xstrdup(c->value) : NULL;
    event->other = row->needs & NEED_INCIDENT ? c->other->id : 0;
    event->count = row->needs & NEED_INCIDENT && d->incident->status == STATUS_PAUSED;
    return event;
}

/* The person who accepts an incident joins it. */
static void join(struct decision *d, const char *person)
{
    if (!is_person(person) || incident_has_member(d->incident, person) || d->command->automatic)
        return;
    struct event *event = emit(d, EVENT_MEMBER);
    event->value = xstrdup(person);
    event->flag = true;
}

static bool leads_here(const struct decision *d)
{
    unsigned n;
    const struct transition *table = transition_table(&n);
    for (unsigned i = 0; i < n; i++) {
        if (strcmp(table[i].verb, d->verb->name) == 0 && table[i].to == d->incident->status)
            return true;
    }
    return false;
}

static int decide_transition(struct decision *d)
{
    bool exists;
    const struct transition *row = transition_find(d->incident->status, d->verb->name, &exists);
    if (!row)
        return leads_here(d) ? refuse_again(d) : refuse(d, d->verb->refusal);
    int rc = check_needs(d, row);
    if (!rc && (row->needs & NEED_INCIDENT))
        rc = check_survivor(d);
    if (rc)
        return rc;
    bool dissent = strcmp(row->verb, "dissent") == 0;
    if (dissent)
        emit(d, EVENT_DISSENTED)->text = xstrdup(d->command->text);
    struct event *moved = move_to(d, row);
    if (dissent) /* the reason is in the event before */
        replace_text(&moved->text, NULL);
    if (moved->status == STATUS_PAUSED && !text_empty(d->command->name))
        emit(d, EVENT_AWAITED)->name = xstrdup(d->command->name);
    if (strcmp(row->verb, "accept") == 0)
        join(d, d->command->by);
    return 0;
}

/* `status fixing`: takes whichever transition leads there. */
static int decide_status(struct decision *d)
{
    enum status to = d->command->status;
    if (!to)
        return error_set(d->err, ERR_INVALID,
                         "Say which status: investigating, fixing, monitoring or resolved.");
    if (to == d->incident->status)
        return refuse_again(d);
    const struct transition *row = transition_to(d->incident->status, to);
    if (!row) {
        CLEANUP_FREE char *consequence = xasprintf("it cannot move to %s", status_name(to));
        return refuse(d, consequence);
    }
    int rc = check_needs(d, row);
    if (!rc && (row->needs & NEED_INCIDENT))
        rc = check_survivor(d);
    if (!rc)
        move_to(d, row);
    return rc;
}

static int decide_severity(struct decision *d)
{
    const char *severity;
    if (text_empty(d->command->name))
        return error_set(d->err, ERR_INVALID, "%s", d->verb->refusal);
    int rc = check_severity(d, d->command->name, &severity);
    if (!rc && !text_equal(severity, d->incident->severity))
        emit(d, EVENT_SEVERITY)->name = xstrdup(severity);
    return rc;
}

static int decide_kind(struct decision *d)
{
    const char *word = d->command->name, *kind = find_word(d->book->kinds, word);
    if (text_empty(word))
        return error_set(d->err, ERR_INVALID, "%s", d->verb->refusal);
    if (!kind && !text_equal_nocase(word, "none")) {
        CLEANUP_STR struct str words = {0};
        str_add_list(&words, d->book->kinds, "or");
        return error_markup(d->err, ERR_INVALID, "Unknown kind '%.40s'. Choose %s, or none.", word,
                            str_text(&words));
    }
    if (text_equal(kind, d->incident->sort.kind))
        return 0;
    struct event *event = emit(d, EVENT_KIND);
    event->flag = kind != NULL;
    event->name = xstrdup(kind);
    return 0;
}

static int check_role(struct decision *d, const char **ret)
{
    *ret = find_word(d->book->roles, d->command->name);
    if (*ret)
        return 0;
    CLEANUP_STR struct str words = {0};
    str_add_list(&words, d->book->roles, "or");
    return error_markup(d->err, ERR_INVALID, "Unknown role '%.40s'. Choose %s.",
                        d->command->name ? d->command->name : "", str_text(&words));
}

static void add_member(struct decision *d, const char *person)
{
    if (!person || incident_has_member(d->incident, person))
        return;
    struct event *member = emit(d, EVENT_MEMBER);
    member->value = xstrdup(person);
    member->flag = true;
}

static int decide_role(struct decision *d)
{
    const struct command *c = d->command;
    const char *role;
    int rc = check_role(d, &role);
    if (rc || text_equal(incident_role(d->incident, role), c->value))
        return rc;
    struct event *event = emit(d, EVENT_ROLE);
    event->name = xstrdup(role);
    event->value = xstrdup(c->value);
    add_member(d, c->value);
    return 0;
}

/* The role stays where it is until it is taken. */
static int decide_offer(struct decision *d)
{
    const struct command *c = d->command;
    const char *role;
    int rc = check_role(d, &role);
    if (rc)
        return rc;
    if (text_empty(c->value))
        return error_set(d->err, ERR_INVALID, "%s", d->verb->refusal);
    if (!status_is_open(d->incident->status))
        return refuse(d, "there is nothing to hand over");
    const struct state_offer *offer = incident_offer(d->incident, role);
    if (offer && text_equal(offer->person, c->value))
        return 0;
    struct event *event = emit(d, EVENT_OFFERED);
    event->name = xstrdup(role);
    event->value = xstrdup(c->value);
    event->until = c->until ? c->until : d->now + OFFER_HOLDS;
    add_member(d, c->value);
    return 0;
}

static int decide_title(struct decision *d)
{
    if (text_empty(d->command->text))
        return error_set(d->err, ERR_INVALID, "%s", d->verb->refusal);
    size_t place = d->events->n;
    struct event *titled = emit(d, EVENT_TITLED);
    set_title(d, titled);
    if (text_equal(d->events->v[place].text, d->incident->title)) {
        event_finish(&d->events->v[place]);
        array_remove(d->events, place);
    }
    return 0;
}

static int decide_related(struct decision *d)
{
    const struct incident *other = d->command->other;
    if (!other)
        return error_set(d->err, ERR_INVALID, "%s", d->verb->refusal);
    for (size_t i = 0; i < d->incident->places.related.n; i++) {
        if (d->incident->places.related.v[i] == other->id)
            return 0;
    }
    if (other->id == d->id)
        return 0;
    struct event *related = emit(d, EVENT_RELATED);
    related->other = other->id;
    related->text = xstrdup(d->command->text);
    return 0;
}

static int decide_merged_in(struct decision *d)
{
    struct event *event = emit(d, EVENT_MERGED_IN);
    event->other = d->command->other->id;
    event->until = d->now + UNMERGE_WITHIN;
    return 0;
}

/* Back to the status from before the merge. Its time has not passed if the survivor knows of it. */
static int decide_unmerge(struct decision *d)
{
    const struct incident *incident = d->incident, *survivor = d->command->other;
    size_t n = incident->entries.n;
    char name[INCIDENT_NAME], from[INCIDENT_NAME];
    if (incident->status != STATUS_MERGED || n < 2) {
        CLEANUP_STR struct str possible = {0};
        transitions_possible(incident->status, &possible);
        return error_set(d->err, ERR_REFUSED, "%s is %s, not merged into another incident. %s",
                         incident_name(d->id, name), status_phrase(incident->status), possible.p);
    }
    if (!survivor || !incident_merged(survivor, d->id, d->now))
        return error_set(d->err, ERR_REFUSED,
                         "A merge can be undone for an hour, and that has passed for %s. Open a new incident "
                         "with `declare …`, and `relate %s` links the two.",
                         incident_name(d->id, name), name);
    if (survivor->status == STATUS_MERGED)
        return error_set(d->err, ERR_REFUSED,
                         "%s was itself merged into another incident meanwhile. `%s unmerge` first.",
                         incident_name(survivor->id, name), name);
    if (survivor->private && !incident->private)
        return error_set(d->err, ERR_REFUSED,
                         "%s is private, and %s is not: what is in the one must not go to the other.",
                         incident_name(survivor->id, name), incident_name(d->id, from));
    struct event *event = emit(d, EVENT_STATUS);
    event->name = xstrdup("unmerge");
    event->status = incident->entries.v[n - 2].status;
    event->text = text_empty(d->command->text) ? NULL : xstrdup(d->command->text);
    return 0;
}

/* Of the survivor: the other one is out again, or stays for good. */
static int decide_of_merged(struct decision *d)
{
    emit(d, d->verb->type)->other = d->command->other->id;
    return 0;
}

static int decide_lesson(struct decision *d)
{
    struct event *event = emit(d, EVENT_LESSON);
    event->other = d->command->other->id;
    event->count = d->command->count;
    return 0;
}

static unsigned fields_given(const struct command *c)
{
    return (text_empty(c->text) ? 0u : FIELD_TEXT) | (text_empty(c->name) ? 0u : FIELD_NAME) |
           (text_empty(c->value) ? 0u : FIELD_VALUE) | (c->until ? FIELD_UNTIL : 0u) | FIELD_FLAG | FIELD_COUNT;
}

/* A verb whose event carries exactly the fields of the command. */
static int decide_plain(struct decision *d)
{
    const struct command *c = d->command;
    const struct verb *verb = d->verb;
    if (event_needs(verb->type) & ~fields_given(c))
        return error_set(d->err, ERR_INVALID, "%s", verb->refusal);
    if (verb->same && verb->same(d->incident, c))
        return 0;
    struct event *event = emit(d, verb->type);
    event->text = verb->takes & FIELD_TEXT && !text_empty(c->text) ? xstrdup(c->text) : NULL;
    event->name = verb->takes & FIELD_NAME ? xstrdup(c->name) : NULL;
    event->value = verb->takes & FIELD_VALUE ? xstrdup(c->value) : NULL;
    event->data = verb->takes & FIELD_DATA ? xstrdup(c->data) : NULL;
    event->until = verb->takes & FIELD_UNTIL ? c->until : 0;
    event->count = verb->takes & FIELD_COUNT ? c->count : 0;
    event->flag = verb->takes & FIELD_FLAG ? c->flag : false;
    return 0;
}

static bool same_summary(const struct incident *incident, const struct command *c)
{
    return text_equal(incident->summary, c->text);
}

static bool same_written(const struct incident *incident, const struct command *c)
{
    return (incident->activity.written_at != 0) == c->flag;
}

static bool was_raised(const struct incident *incident, const struct command *c)
{
    return incident_was_raised(incident, c->count);
}

static bool same_team(const struct incident *incident, const struct command *c)
{
    return text_equal(incident->team, c->name);
}

static bool same_service(const struct incident *incident, const struct command *c)
{
    return text_equal(incident->service, c->name);
}

static bool same_private(const struct incident *incident, const struct command *c)
{
    return incident->private == c->flag;
}

static bool was_suggested(const struct incident *incident, const struct command *c)
{
    (void)c;
    return incident->comms.suggested;
}

static bool same_promise(const struct incident *incident, const struct command *c)
{
    return incident->comms.next_word == c->until;
}

static bool was_not_promised(const struct incident *incident, const struct command *c)
{
    return !same_promise(incident, c);
}

static bool same_crowded(const struct incident *incident, const struct command *c)
{
    return incident->comms.crowded == c->flag;
}

static bool same_member(const struct incident *incident, const struct command *c)
{
    return incident_has_member(incident, c->value) == c->flag;
}

static bool same_link(const struct incident *incident, const struct command *c)
{
    for (size_t i = 0; i < incident->places.links.n; i++) {
        if (text_equal(incident->places.links.v[i].url, c->value))
            return true;
    }
    return incident->places.links.n >= STATE_LINKS;
}

static bool same_mirrored(const struct incident *incident, const struct command *c)
{
    enum mirrored want = c->flag ? MIRRORED_ON : MIRRORED_OFF, all = incident->places.mirrored;
    bool same = !c->name && all == want;
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *channel = &incident->places.channels.v[i];
        if (!c->name)
            same = same && channel->mirrored == MIRRORED_BY_POLICY;
        else if (text_equal(channel->connector, c->name) && text_equal(channel->channel, c->value))
            same = channel->mirrored == want;
    }
    return same;
}

static bool same_channel(const struct incident *incident, const struct command *c)
{
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *channel = &incident->places.channels.v[i];
        if (text_equal(channel->connector, c->name) && text_equal(channel->channel, c->value))
            return c->flag && (!c->text || text_equal(channel->name, c->text));
    }
    return !c->flag;
}

static bool same_customer(const struct incident *incident, const struct command *c)
{
    for (size_t i = 0; i < incident->affected.customers.n; i++) {
        if (text_equal(incident->affected.customers.v[i].key, c->name))
            return true;
    }
    return false;
}

/* Alerts name the first ones, and nobody of whom a person said otherwise; impact/ counts the others. */
static int decide_customer(struct decision *d)
{
    const struct command *c = d->command;
    size_t n = d->incident->affected.customers.n;
    char name[INCIDENT_NAME];
    if (c->automatic && (n >= STATE_NAMED || incident_spares(d->incident, c->name)))
        return 0;
    if (n >= STATE_CUSTOMERS && !same_customer(d->incident, c))
        return error_set(d->err, ERR_REFUSED,
                         "%s lists %d customers by name, and no more fit. Take one away with `unaffect`.",
                         incident_name(d->id, name), STATE_CUSTOMERS);
    return decide_plain(d);
}

static int decide_unaffected(struct decision *d)
{
    char name[INCIDENT_NAME];
    if (!incident_spares(d->incident, d->command->name) && d->incident->affected.spared.n >= STATE_CUSTOMERS)
        return error_set(d->err, ERR_REFUSED,
                         "%d customers were taken away from %s already, and no more can be.", STATE_CUSTOMERS,
                         incident_name(d->id, name));
    return decide_plain(d);
}

static bool is_spared(const struct incident *incident, const struct command *c)
{
    return incident_spares(incident, c->name);
}

static bool same_total(const struct incident *incident, const struct command *c)
{
    return incident->affected.total == c->count && incident->affected.estimated == c->flag;
}

static bool same_owed(const struct incident *incident, const struct command *c)
{
    const struct state_owed *owed = incident_owes(incident, c->name);
    return owed && owed->due == c->until && text_equal(owed->text, c->text);
}

static bool not_offered(const struct incident *incident, const struct command *c)
{
    return !incident_offer(incident, c->name);
}

static bool not_owed(const struct incident *incident, const struct command *c)
{
    return !incident_owes(incident, c->name);
}

#define T FIELD_TEXT
#define N FIELD_NAME
#define V FIELD_VALUE
static const struct verb verbs[] = {
    {"declare", EVENT_DECLARED, 0, decide_declare, NULL, NULL},
    {"accept", EVENT_STATUS, 0, decide_transition, NULL, "it cannot be accepted"},
    {"investigate", EVENT_STATUS, 0, decide_transition, NULL, "it cannot be investigated"},
    {"fix", EVENT_STATUS, 0, decide_transition, NULL, "it cannot move to fixing"},
    {"monitor", EVENT_STATUS, 0, decide_transition, NULL, "it cannot move to monitoring"},
    {"resolve", EVENT_STATUS, 0, decide_transition, NULL, "it cannot be resolved"},
    {"pause", EVENT_STATUS, 0, decide_transition, NULL, "it cannot be paused"},
    {"resume", EVENT_STATUS, 0, decide_transition, NULL, "it cannot be resumed"},
    {"ticket", EVENT_STATUS, 0, decide_transition, NULL, "it cannot be moved to a ticket"},
    {"decline", EVENT_STATUS, 0, decide_transition, NULL, "it cannot be declined"},
    {"merge", EVENT_STATUS, 0, decide_transition, NULL, "it cannot be merged"},
    {"dissent", EVENT_STATUS, 0, decide_transition, NULL, "there is no pause or decline to disagree with"},
    {"reopen", EVENT_STATUS, 0, decide_transition, NULL, "it cannot be reopened"},
    {"close", EVENT_STATUS, 0, decide_transition, NULL, "it cannot be closed"},
    {"status", EVENT_STATUS, 0, decide_status, NULL, NULL},
    {"sev", EVENT_SEVERITY, 0, decide_severity, NULL, "Say how bad it is: `sev major`."},
    {"raise", EVENT_RAISED, T | N | V | FIELD_FLAG | FIELD_COUNT, decide_plain, was_raised,
     "Say why it is raised."},
    {"role", EVENT_ROLE, 0, decide_role, NULL, NULL},
    {"offer", EVENT_OFFERED, 0, decide_offer, NULL, "Say who should take it: `handover comms to @bo`."},
    {"offer_reminded", EVENT_OFFER_REMINDED, N, decide_plain, not_offered, "Say which role."},
    {"offer_ended", EVENT_OFFER_ENDED, T | N, decide_plain, not_offered, "Say why it was not handed over."},
    {"title", EVENT_TITLED, 0, decide_title, NULL, "Say what to call it: `title checkout is slow`."},
    {"relate", EVENT_RELATED, 0, decide_related, NULL, "Say which incident it is related to: `relate INC-7`."},
    {"recall", EVENT_RECALL, T, decide_plain, NULL, NULL},
    {"lesson", EVENT_LESSON, 0, decide_lesson, NULL, NULL},
    {"writeup", EVENT_WRITEUP, FIELD_COUNT, decide_plain, NULL, "Say which version."},
    {"writeup_done", EVENT_WRITEUP_DONE, FIELD_FLAG, decide_plain, same_written, NULL},
    {"merged_in", EVENT_MERGED_IN, 0, decide_merged_in, NULL, NULL},
    {"unmerge", EVENT_STATUS, 0, decide_unmerge, NULL, NULL},
    {"unmerged", EVENT_UNMERGED, 0, decide_of_merged, NULL, NULL},
    {"merge_final", EVENT_MERGE_FINAL, 0, decide_of_merged, NULL, NULL},
    {"kind", EVENT_KIND, 0, decide_kind, NULL, "Say which kind: `kind security`, or `kind none`."},
    {"summary", EVENT_SUMMARIZED, T, decide_plain, same_summary,
     "Say what is known: `summary cards have been refused since 9:00`."},
    {"team", EVENT_TEAM, N, decide_plain, same_team, "Say which team: `team payments`."},
    {"service", EVENT_SERVICE, N, decide_plain, same_service, "Say which service: `service checkout`."},
    {"private", EVENT_PRIVATE, FIELD_FLAG, decide_plain, same_private, NULL},
    {"drill", EVENT_DRILL, 0, decide_drill, NULL, NULL},
    {"drill_step", EVENT_DRILL_STEP, T | N | V | FIELD_COUNT, decide_plain, NULL, "Say which step."},
    {"drill_over", EVENT_DRILL_OVER, T, decide_plain, NULL, "Say why it is over."},
    {"member", EVENT_MEMBER, N | V | FIELD_FLAG, decide_plain, same_member, "Say who."},
    {"note", EVENT_NOTED, T | N | V, decide_plain, NULL, "Say what to note: `note rolled back to 1.4`."},
    {"pin", EVENT_PINNED, T | N | V, decide_plain, NULL,
     "Say what to pin: `pin the error began with the deploy`."},
    {"link", EVENT_LINKED, T | V, decide_plain, same_link, "Say what to link: `link https://… runbook`."},
    {"update", EVENT_UPDATED, T, decide_plain, NULL,
     "Say where things stand: `update rolling back, 5 minutes`."},
    {"said", EVENT_SAID, T | N | V | FIELD_DATA, decide_plain, NULL, "A message needs a text."},
    {"said_edited", EVENT_SAID_EDITED, T | N | V | FIELD_DATA | FIELD_COUNT, decide_plain, NULL,
     "An edit needs a text."},
    {"said_deleted", EVENT_SAID_DELETED, N | V, decide_plain, NULL, "A deletion needs its message."},
    {"channel", EVENT_CHANNEL, T | N | V | FIELD_FLAG | FIELD_COUNT, decide_plain, same_channel,
     "Say which channel."},
    {"mirror", EVENT_MIRRORED, N | V | FIELD_FLAG, decide_plain, same_mirrored, NULL},
    {"card", EVENT_CARD, T | N | V, decide_plain, NULL, "Say where the card is."},
    {"customer", EVENT_CUSTOMER, T | N | FIELD_COUNT, decide_customer, same_customer,
     "Say which customer: `affect Acme`."},
    {"customers", EVENT_CUSTOMERS, FIELD_COUNT | FIELD_FLAG, decide_plain, same_total, "Say how many."},
    {"unaffect", EVENT_UNAFFECTED, N, decide_unaffected, is_spared, "Say which customer: `unaffect Acme`."},
    {"alert", EVENT_ALERT, T | V | FIELD_FLAG | FIELD_COUNT, decide_plain, NULL, "Say which alert group."},
    {"alert_state", EVENT_ALERT_STATE, T | N | V | FIELD_COUNT, decide_plain, NULL, "Say which alert group."},
    {"alert_instances", EVENT_ALERT_INSTANCES, T | N | V | FIELD_FLAG | FIELD_COUNT, decide_plain, NULL,
     "Say which alert group."},
    {"alert_flapped", EVENT_ALERT_FLAPPED, T | N | V | FIELD_FLAG | FIELD_COUNT, decide_plain, NULL,
     "Say which alert group."},
    {"followup", EVENT_FOLLOWUP, T | N | V | FIELD_UNTIL | FIELD_COUNT, decide_plain, NULL,
     "Say what is to be done, by whom and by when: `followup @ana fix the retry by friday`."},
    {"followup_moved", EVENT_FOLLOWUP_MOVED, T | V | FIELD_UNTIL | FIELD_COUNT, decide_plain, NULL,
     "Say to whom or to when."},
    {"followup_over", EVENT_FOLLOWUP_OVER, T | FIELD_COUNT | FIELD_FLAG, decide_plain, NULL,
     "Say which follow-up."},
    {"followup_due", EVENT_FOLLOWUP_DUE, T | V | FIELD_UNTIL | FIELD_COUNT | FIELD_FLAG, decide_plain, NULL,
     "Say which follow-up."},
    {"assist_asked", EVENT_ASSIST_ASKED, N | V | FIELD_COUNT, decide_plain, NULL, "Say what for."},
    {"assist_answered", EVENT_ASSIST_ANSWERED, T | N | V | FIELD_FLAG | FIELD_COUNT, decide_plain, NULL,
     "Say what for."},
    {"assist_accepted", EVENT_ASSIST_ACCEPTED, N | V, decide_plain, NULL, "Say what for."},
    {"owe", EVENT_OWED, T | N | FIELD_UNTIL, decide_plain, same_owed, "Say what is owed, and by when."},
    {"miss", EVENT_MISSED, T | N | FIELD_UNTIL | FIELD_FLAG, decide_plain, not_owed, "Say what was missed."},
    {"meet", EVENT_MET, N, decide_plain, not_owed, "Say what was done."},
    {"page", EVENT_PAGED, T | V, decide_plain, NULL, "Say whom to page."},
    {"page_sent", EVENT_PAGE_SENT, T | N | V | FIELD_COUNT, decide_plain, NULL, "Say whom the page goes to."},
    {"page_reached", EVENT_PAGE_REACHED, T | N | V | FIELD_COUNT, decide_plain, NULL,
     "Say where it was delivered."},
    {"page_failed", EVENT_PAGE_FAILED, T | N | V | FIELD_COUNT | FIELD_FLAG, decide_plain, NULL, "Say why."},
    {"page_announced", EVENT_PAGE_ANNOUNCED, N | FIELD_FLAG, decide_plain, NULL, "Say who was not paged."},
    {"page_accepted", EVENT_PAGE_ACCEPTED, T | N | FIELD_COUNT, decide_plain, NULL, "Say how it was answered."},
    {"page_begun", EVENT_PAGE_BEGUN, T | N | V | FIELD_COUNT | FIELD_FLAG, decide_plain, NULL,
     "Say whom it is for."},
    {"page_called", EVENT_PAGE_CALLED, T | N | V | FIELD_COUNT, decide_plain, NULL, "Say who is called."},
    {"page_taken", EVENT_PAGE_TAKEN, T | N | V | FIELD_COUNT, decide_plain, NULL, "Say whose page it is."},
    {"page_delivered", EVENT_PAGE_DELIVERED, N | V | FIELD_COUNT, decide_plain, NULL, "Say whose page it is."},
    {"page_seen", EVENT_PAGE_SEEN, N | V | FIELD_COUNT, decide_plain, NULL, "Say whose page it is."},
    {"page_undelivered", EVENT_PAGE_UNDELIVERED, T | N | V | FIELD_COUNT, decide_plain, NULL,
     "Say whose page it is."},
    {"page_escalated", EVENT_PAGE_ESCALATED, T | N | V | FIELD_COUNT | FIELD_FLAG, decide_plain, NULL,
     "Say to which level."},
    {"page_held", EVENT_PAGE_HELD, T | N | FIELD_COUNT | FIELD_UNTIL, decide_plain, NULL, "Say which page."},
    {"page_asked", EVENT_PAGE_ASKED, V | FIELD_COUNT, decide_plain, NULL, "Say who is asked again."},
    {"page_followed", EVENT_PAGE_FOLLOWED, FIELD_COUNT, decide_plain, NULL, "Say which page."},
    {"page_expired", EVENT_PAGE_EXPIRED, N | FIELD_COUNT, decide_plain, NULL, "Say which page."},
    {"page_cancelled", EVENT_PAGE_CANCELLED, T | N | FIELD_COUNT, decide_plain, NULL, "Say which page."},
    {"connector", EVENT_CONNECTOR, T | N | FIELD_FLAG, decide_plain, NULL, "Say which connector."},
    {"dropped", EVENT_DROPPED, T | N | FIELD_COUNT, decide_plain, NULL,
     "Say which connector, and what was dropped."},
    {"script", EVENT_SCRIPT, T, decide_plain, NULL, "A script event needs a text."},
    {"tell", EVENT_DRAFTED, 0, decide_draft, NULL,
     "Say whom to tell, and what: `tell acme Card payments are failing. We are on it.`"},
    {"approve", EVENT_APPROVED, 0, decide_settle, NULL, NULL},
    {"endorse", EVENT_ENDORSED, 0, decide_settle, NULL, NULL},
    {"discard", EVENT_DISCARDED, 0, decide_settle, NULL, NULL},
    {"redraft", EVENT_DRAFT_EDITED, 0, decide_worded, NULL, NULL},
    {"reject", EVENT_REJECTED, 0, decide_worded, NULL, NULL},
    {"draft_card", EVENT_DRAFT_CARD, T | N | V | FIELD_COUNT, decide_plain, NULL, "Say where the draft is."},
    {"told", EVENT_TOLD, T | N | V | FIELD_COUNT | FIELD_FLAG | FIELD_UNTIL | FIELD_DATA, decide_plain, NULL,
     "Say who was told."},
    {"sending", EVENT_SENDING, V | FIELD_COUNT, decide_plain, NULL, "Say to how many it goes."},
    {"untold", EVENT_UNTOLD, T | N | FIELD_COUNT | FIELD_FLAG | FIELD_DATA, decide_plain, NULL,
     "Say who was not told, and why."},
    {"bounced", EVENT_BOUNCED, T | N | V | FIELD_COUNT | FIELD_FLAG | FIELD_UNTIL | FIELD_DATA, decide_plain,
     NULL, "Say whose message came back."},
    {"stop", EVENT_STOPPED, 0, decide_stop, NULL,
     "No such message is being sent; `recipients` shows what became of the last one. Where several are, say "
     "which: `stop 1`."},
    {"withdrawn", EVENT_WITHDRAWN, V | FIELD_COUNT, decide_plain, NULL, "Say how many did not get it."},
    {"sent", EVENT_SENT, T | FIELD_COUNT, decide_plain, NULL, "Say how many it reached."},
    {"replied", EVENT_REPLIED, T | N | V | FIELD_COUNT | FIELD_FLAG | FIELD_DATA, decide_plain, NULL,
     "Say who replied, and what."},
    {"ticket_attached", EVENT_TICKET_ATTACHED, T | N | V | FIELD_FLAG | FIELD_DATA, decide_plain, NULL,
     "Say which ticket."},
    {"ticket_made", EVENT_TICKET_MADE, T | N | V | FIELD_FLAG | FIELD_COUNT, decide_plain, NULL,
     "Say which ticket."},
    {"ticket_changed", EVENT_TICKET_CHANGED, T | N | V | FIELD_FLAG | FIELD_COUNT | FIELD_DATA, decide_plain,
     NULL, "Say which ticket, and how it is."},
    {"ticket_detached", EVENT_TICKET_DETACHED, T | N | V | FIELD_FLAG, decide_plain, NULL, "Say which ticket."},
    {"suggest_post", EVENT_POST_SUGGESTED, T, decide_plain, was_suggested, "Say why."},
    {"promise_post", EVENT_POST_PROMISED, FIELD_UNTIL, decide_plain, same_promise, NULL},
    {"overdue_post", EVENT_POST_OVERDUE, FIELD_UNTIL, decide_plain, was_not_promised, "Say when it was due."},
    {"crowded", EVENT_CROWDED, FIELD_COUNT | FIELD_FLAG, decide_plain, same_crowded, NULL},
};
#undef T
#undef N
#undef V

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
        if (text_equal(verbs[i].name, name))
            return &verbs[i];
    }
    return NULL;
}

const char *const *decide_verbs(void)
{
    static const char *names[ARRAY_SIZE(verbs) + 1];
    for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
        names[i] = verbs[i].name;
    return names;
}

int decide(const struct incident *incident, uint64_t id, const struct command *command,
           const struct rulebook *book, instant now, event_list *ret, struct error *err)
{
    const struct verb *verb = find_verb(command->verb);
    if (!verb)
        return error_markup(err, ERR_INVALID, "Unknown command '%.40s'.", command->verb ? command->verb : "");
    if (!incident && verb->decide != decide_declare)
        return error_set(err, ERR_NOT_FOUND, "No such incident. `list` shows the open ones.");
    if (command->text && strlen(command->text) > TEXT_BYTES)
        return error_set(err, ERR_TOO_BIG,
                         "The text has %zu bytes, and the limit is %d. Link to a document instead.",
                         strlen(command->text), TEXT_BYTES);
    struct decision decision = {incident, command, book, verb, id, now, ret, err};
    size_t before = ret->n;
    int rc = decide_apart(&decision);
    rc = rc ? rc : verb->decide(&decision);
    for (; rc && ret->n > before; ret->n--)
        event_finish(&ret->v[ret->n - 1]);
    return rc;
}
