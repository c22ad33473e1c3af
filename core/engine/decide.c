#include "engine/decide.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define TITLE_BYTES 200
#define TEXT_BYTES  (32 * 1024)
#define PAUSE_MOST  (90 * DAY)

/* Everything that a decision looks at, and where its events go. */
struct asked {
    const struct incident *incident;
    const struct command *command;
    const struct rulebook *book;
    const struct verb *verb;
    uint64_t id;
    instant now;
    event_list *events;
    struct error *err;
};

struct verb {
    const char *name;
    enum event_type type; /* the event of a plain verb */
    unsigned takes;       /* fields copied from the command into it */
    int (*decide)(struct asked *ask);
    bool (*same)(const struct incident *incident, const struct command *command); /* it would change nothing */
    const char *missing; /* said when a needed field is missing */
};

static struct event *tell(struct asked *ask, enum event_type type)
{
    struct event *event = event_add(ask->events, type, ask->id, ask->now, ask->command->by);
    if (event_takes(type) & FIELD_RULE)
        event->rule = xstrdup(ask->command->rule);
    return event;
}

static int refuse(struct asked *ask, const char *what)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str possible = {0};
    transition_possible(ask->incident->status, &possible);
    return error_set(ask->err, ERR_REFUSED, "%s is %s, so it cannot be %s. Possible now: %s.",
                     incident_name(ask->id, name), status_name(ask->incident->status), what,
                     str_text(&possible));
}

/* Asking for what is so already is refused as well, so that nobody takes a slip for something done. */
static int refuse_again(struct asked *ask)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str possible = {0};
    transition_possible(ask->incident->status, &possible);
    return error_set(ask->err, ERR_CONFLICT, "%s is %s already. Possible now: %s.",
                     incident_name(ask->id, name), status_name(ask->incident->status), str_text(&possible));
}

/* One line without leading, trailing and doubled white space. */
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

/* A title is one short line. What does not fit goes into a note, so that nothing is lost. */
static void set_title(struct asked *ask, struct event *titled)
{
    char *title = one_line(ask->command->text);
    size_t length = strlen(title);
    if (length > TITLE_BYTES) {
        CLEANUP_FREE char *whole = title;
        title = xasprintf("%.*s…", (int)utf8_cut(whole, length, TITLE_BYTES), whole);
        titled->text = title;
        tell(ask, EVENT_NOTED)->text = xasprintf("The title in full: %s", whole);
        return;
    }
    titled->text = title;
}

static bool is_person(const char *by)
{
    return by && !strchr(by, '/') && strcmp(by, "rule") != 0 && strcmp(by, "clock") != 0;
}

/* The severity's name as the policy spells it, or NULL. */
static const char *known(const char *const *words, const char *word)
{
    for (; word && *words; words++) {
        if (strcasecmp(*words, word) == 0)
            return *words;
    }
    return NULL;
}

static void join_words(const char *const *words, struct str *out)
{
    for (size_t i = 0; words[i]; i++)
        str_addf(out, "%s%s", i ? ", " : "", words[i]);
}

static int check_severity(struct asked *ask, const char *word, const char **ret)
{
    *ret = known(ask->book->severities, word);
    if (*ret)
        return 0;
    CLEANUP_STR struct str words = {0};
    join_words(ask->book->severities, &words);
    return error_set(ask->err, ERR_INVALID, "there is no severity '%.40s'; this policy has: %s", word,
                     str_text(&words));
}

static int decide_declare(struct asked *ask)
{
    const struct command *c = ask->command;
    if (ask->incident)
        return error_set(ask->err, ERR_CONFLICT, "the number of the new incident is taken already; try again");
    if (text_empty(c->text))
        return error_set(ask->err, ERR_INVALID, "an incident needs a title: declare checkout is slow");
    const char *severity = ask->book->severities[0];
    if (c->name && check_severity(ask, c->name, &severity))
        return ERR_INVALID;
    size_t first = ask->events->n;
    struct event *declared = tell(ask, EVENT_DECLARED);
    declared->value = xstrdup(c->value);
    declared->status = c->status ? c->status : c->automatic ? STATUS_TRIAGE : STATUS_INVESTIGATING;
    set_title(ask, declared);
    require(ask->events->v[first].text != NULL);
    tell(ask, EVENT_SEVERITY)->name = xstrdup(severity);
    if (c->flag)
        tell(ask, EVENT_PRIVATE)->flag = true;
    if (is_person(c->by)) {
        struct event *member = tell(ask, EVENT_MEMBER);
        member->value = xstrdup(c->by);
        member->flag = true;
    }
    return 0;
}

static int check_needs(struct asked *ask, const struct transition *row)
{
    const struct command *c = ask->command;
    bool reason = (row->needs & NEED_REASON) && text_empty(c->text);
    if (row->needs & NEED_UNTIL) {
        if (reason || !c->until)
            return error_set(
                ask->err, ERR_INVALID,
                "a pause needs a reason and a time: pause waiting for the bank, until tomorrow 9:00");
        if (c->until <= ask->now)
            return error_set(ask->err, ERR_INVALID, "a pause must end in the future");
        if (c->until - ask->now > PAUSE_MOST)
            return error_set(ask->err, ERR_INVALID,
                             "a pause lasts 90 days at most; move it to a ticket instead: ticket <link>");
    }
    if (reason)
        return error_set(ask->err, ERR_INVALID, "say why: %s <reason>", row->verb);
    if ((row->needs & NEED_LINK) && text_empty(c->value))
        return error_set(ask->err, ERR_INVALID, "say where it goes on: ticket <link>");
    if ((row->needs & NEED_INCIDENT) && !c->other)
        return error_set(ask->err, ERR_INVALID, "say into which incident: merge INC-7");
    return 0;
}

/* A merge chain must end somewhere: the survivor is another incident, and still open. */
static int check_survivor(struct asked *ask)
{
    const struct incident *survivor = ask->command->other;
    char name[INCIDENT_NAME];
    if (survivor->id == ask->id)
        return error_set(ask->err, ERR_REFUSED, "%s cannot be merged into itself",
                         incident_name(ask->id, name));
    if (survivor->status == STATUS_MERGED)
        return error_set(ask->err, ERR_REFUSED,
                         "%s was merged itself; `%s show` says into which, and that one can take this",
                         incident_name(survivor->id, name), name);
    if (!status_is_open(survivor->status))
        return error_set(ask->err, ERR_REFUSED, "%s is %s, so nothing can be merged into it; reopen it first",
                         incident_name(survivor->id, name), status_name(survivor->status));
    if (ask->incident->private && !survivor->private)
        return error_set(
            ask->err, ERR_REFUSED,
            "a private incident cannot be merged into one that everybody sees; make %s private first",
            incident_name(survivor->id, name));
    return 0;
}

static struct event *move_to(struct asked *ask, const struct transition *row)
{
    const struct command *c = ask->command;
    struct event *event = tell(ask, EVENT_STATUS);
    event->name = xstrdup(row->verb);
    event->status = row->to ? row->to : ask->incident->before ? ask->incident->before : STATUS_INVESTIGATING;
    event->text = text_empty(c->text) ? NULL : xstrdup(c->text);
    event->until = row->needs & NEED_UNTIL ? c->until : 0;
    event->value = row->needs & NEED_LINK ? xstrdup(c->value) : NULL;
    event->other = row->needs & NEED_INCIDENT ? c->other->id : 0;
    return event;
}

/* The person who takes an incident up has joined it. */
static void join(struct asked *ask, const char *person)
{
    if (!is_person(person) || incident_has_member(ask->incident, person) || ask->command->automatic)
        return;
    struct event *event = tell(ask, EVENT_MEMBER);
    event->value = xstrdup(person);
    event->flag = true;
}

static bool leads_here(const struct asked *ask)
{
    unsigned n;
    const struct transition *table = transition_table(&n);
    for (unsigned i = 0; i < n; i++) {
        if (strcmp(table[i].verb, ask->verb->name) == 0 && table[i].to == ask->incident->status)
            return true;
    }
    return false;
}

static int decide_transition(struct asked *ask)
{
    bool exists;
    const struct transition *row = transition_find(ask->incident->status, ask->verb->name, &exists);
    if (!row)
        return leads_here(ask) ? refuse_again(ask) : refuse(ask, ask->verb->missing);
    int rc = check_needs(ask, row);
    if (!rc && (row->needs & NEED_INCIDENT))
        rc = check_survivor(ask);
    if (rc)
        return rc;
    bool dissent = strcmp(row->verb, "dissent") == 0;
    if (dissent)
        tell(ask, EVENT_DISSENTED)->text = xstrdup(ask->command->text);
    struct event *moved = move_to(ask, row);
    if (dissent) /* it was said already */
        replace_text(&moved->text, NULL);
    if (strcmp(row->verb, "accept") == 0)
        join(ask, ask->command->by);
    return 0;
}

/* `status fixing`: whichever transition leads there. */
static int decide_status(struct asked *ask)
{
    enum status to = ask->command->status;
    if (!to)
        return error_set(ask->err, ERR_INVALID,
                         "say which status: investigating, fixing, monitoring or resolved");
    if (to == ask->incident->status)
        return refuse_again(ask);
    const struct transition *row = transition_to(ask->incident->status, to);
    if (!row)
        return refuse(ask, status_name(to));
    int rc = check_needs(ask, row);
    if (!rc && (row->needs & NEED_INCIDENT))
        rc = check_survivor(ask);
    if (!rc)
        move_to(ask, row);
    return rc;
}

static int decide_severity(struct asked *ask)
{
    const char *severity;
    if (text_empty(ask->command->name))
        return error_set(ask->err, ERR_INVALID, "%s", ask->verb->missing);
    int rc = check_severity(ask, ask->command->name, &severity);
    if (!rc && !text_equal(severity, ask->incident->severity))
        tell(ask, EVENT_SEVERITY)->name = xstrdup(severity);
    return rc;
}

static int decide_role(struct asked *ask)
{
    const struct command *c = ask->command;
    const char *role = known(ask->book->roles, c->name);
    if (!role) {
        CLEANUP_STR struct str words = {0};
        join_words(ask->book->roles, &words);
        return error_set(ask->err, ERR_INVALID, "there is no role '%.40s'; this policy has: %s",
                         c->name ? c->name : "", str_text(&words));
    }
    const char *holder = incident_role(ask->incident, role);
    if (text_equal(holder, c->value))
        return 0;
    struct event *event = tell(ask, EVENT_ROLE);
    event->name = xstrdup(role);
    event->value = xstrdup(c->value);
    if (c->value && !incident_has_member(ask->incident, c->value)) {
        struct event *member = tell(ask, EVENT_MEMBER);
        member->value = xstrdup(c->value);
        member->flag = true;
    }
    return 0;
}

static int decide_title(struct asked *ask)
{
    if (text_empty(ask->command->text))
        return error_set(ask->err, ERR_INVALID, "%s", ask->verb->missing);
    size_t place = ask->events->n;
    struct event *titled = tell(ask, EVENT_TITLED);
    set_title(ask, titled);
    if (text_equal(ask->events->v[place].text, ask->incident->title)) {
        event_finish(&ask->events->v[place]);
        array_remove(ask->events, place);
    }
    return 0;
}

static int decide_related(struct asked *ask)
{
    const struct incident *other = ask->command->other;
    if (!other)
        return error_set(ask->err, ERR_INVALID, "%s", ask->verb->missing);
    for (size_t i = 0; i < ask->incident->related.n; i++) {
        if (ask->incident->related.v[i] == other->id)
            return 0;
    }
    if (other->id != ask->id)
        tell(ask, EVENT_RELATED)->other = other->id;
    return 0;
}

static int decide_merged_in(struct asked *ask)
{
    tell(ask, EVENT_MERGED_IN)->other = ask->command->other->id;
    return 0;
}

static bool draft_room(const struct incident *incident)
{
    size_t waiting = 0;
    for (size_t i = 0; i < incident->drafts.n; i++)
        waiting += incident->drafts.v[i].state == DRAFT_WAITING;
    return waiting < STATE_DRAFTS;
}

static int decide_draft(struct asked *ask)
{
    const struct command *c = ask->command;
    if (text_empty(c->name) || text_empty(c->text))
        return error_set(ask->err, ERR_INVALID, "%s", ask->verb->missing);
    if (!draft_room(ask->incident))
        return error_set(ask->err, ERR_REFUSED, "%d messages wait already; approve or discard some first",
                         STATE_DRAFTS);
    struct event *event = tell(ask, EVENT_DRAFTED);
    event->count = ask->incident->drafted + 1;
    event->name = xstrdup(c->name);
    event->text = xstrdup(c->text);
    return 0;
}

static int no_draft(struct asked *ask)
{
    size_t waiting = 0;
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str numbers = {0};
    for (size_t i = 0; i < ask->incident->drafts.n; i++) {
        const struct state_draft *draft = &ask->incident->drafts.v[i];
        if (draft->state == DRAFT_WAITING)
            str_addf(&numbers, "%s`%s %s %lld` (to %s)", waiting++ ? ", " : "", incident_name(ask->id, name),
                     ask->verb->name, (long long)draft->number, draft->customer);
    }
    if (!waiting)
        return error_set(ask->err, ERR_REFUSED, "no message waits; write one: `%s tell all …`",
                         incident_name(ask->id, name));
    return error_set(ask->err, ERR_INVALID, "say which message: %s", numbers.p);
}

static int decide_settle(struct asked *ask)
{
    const struct state_draft *draft = incident_draft(ask->incident, ask->command->count);
    if (!draft)
        return no_draft(ask);
    if (draft->state != DRAFT_WAITING)
        return error_set(ask->err, ERR_REFUSED, "message %lld was %s already, by %s", (long long)draft->number,
                         draft->state == DRAFT_APPROVED ? "approved" : "discarded",
                         draft->settled_by ? draft->settled_by : "somebody");
    if (ask->verb->type == EVENT_APPROVED && ask->incident->status == STATUS_DECLINED)
        return error_set(ask->err, ERR_REFUSED,
                         "the incident is %s, so nobody is told of it; `reopen` it first, or `discard %lld`",
                         status_name(ask->incident->status), (long long)draft->number);
    struct event *event = tell(ask, ask->verb->type);
    event->count = draft->number;
    if (ask->verb->type == EVENT_APPROVED) {
        event->name = xstrdup(draft->customer);
        event->text = xstrdup(draft->text);
    }
    return 0;
}

static unsigned fields_given(const struct command *c)
{
    return (text_empty(c->text) ? 0u : FIELD_TEXT) | (text_empty(c->name) ? 0u : FIELD_NAME) |
           (text_empty(c->value) ? 0u : FIELD_VALUE) | (c->until ? FIELD_UNTIL : 0u) | FIELD_FLAG | FIELD_COUNT;
}

/* A verb whose event carries just what the command says. */
static int decide_plain(struct asked *ask)
{
    const struct command *c = ask->command;
    const struct verb *verb = ask->verb;
    if (event_needs(verb->type) & ~fields_given(c))
        return error_set(ask->err, ERR_INVALID, "%s", verb->missing);
    if (verb->same && verb->same(ask->incident, c))
        return 0;
    struct event *event = tell(ask, verb->type);
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

static bool same_drill(const struct incident *incident, const struct command *c)
{
    return incident->drill == c->flag;
}

static bool same_member(const struct incident *incident, const struct command *c)
{
    return incident_has_member(incident, c->value) == c->flag;
}

static bool same_link(const struct incident *incident, const struct command *c)
{
    for (size_t i = 0; i < incident->links.n; i++) {
        if (text_equal(incident->links.v[i].url, c->value))
            return true;
    }
    return incident->links.n >= STATE_LINKS;
}

static bool same_channel(const struct incident *incident, const struct command *c)
{
    for (size_t i = 0; i < incident->channels.n; i++) {
        const struct state_channel *channel = &incident->channels.v[i];
        if (text_equal(channel->connector, c->name) && text_equal(channel->channel, c->value))
            return c->flag && (!c->text || text_equal(channel->name, c->text));
    }
    return !c->flag;
}

static bool same_customer(const struct incident *incident, const struct command *c)
{
    for (size_t i = 0; i < incident->customers.n; i++) {
        if (text_equal(incident->customers.v[i].key, c->name))
            return true;
    }
    return incident->customers.n >= STATE_CUSTOMERS;
}

static bool same_owed(const struct incident *incident, const struct command *c)
{
    const struct state_owed *owed = incident_owes(incident, c->name);
    return owed && owed->due == c->until && text_equal(owed->text, c->text);
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
    {"accept", EVENT_STATUS, 0, decide_transition, NULL, "accepted"},
    {"investigate", EVENT_STATUS, 0, decide_transition, NULL, "investigated"},
    {"fix", EVENT_STATUS, 0, decide_transition, NULL, "moved to fixing"},
    {"monitor", EVENT_STATUS, 0, decide_transition, NULL, "moved to monitoring"},
    {"resolve", EVENT_STATUS, 0, decide_transition, NULL, "resolved"},
    {"pause", EVENT_STATUS, 0, decide_transition, NULL, "paused"},
    {"resume", EVENT_STATUS, 0, decide_transition, NULL, "resumed"},
    {"ticket", EVENT_STATUS, 0, decide_transition, NULL, "moved to a ticket"},
    {"decline", EVENT_STATUS, 0, decide_transition, NULL, "declined"},
    {"merge", EVENT_STATUS, 0, decide_transition, NULL, "merged"},
    {"dissent", EVENT_STATUS, 0, decide_transition, NULL, "disagreed with (only a pause or a decline can)"},
    {"reopen", EVENT_STATUS, 0, decide_transition, NULL, "reopened"},
    {"close", EVENT_STATUS, 0, decide_transition, NULL, "closed"},
    {"status", EVENT_STATUS, 0, decide_status, NULL, NULL},
    {"sev", EVENT_SEVERITY, 0, decide_severity, NULL, "say how bad it is: sev major"},
    {"role", EVENT_ROLE, 0, decide_role, NULL, NULL},
    {"title", EVENT_TITLED, 0, decide_title, NULL, "say what it should be called: title checkout is slow"},
    {"relate", EVENT_RELATED, 0, decide_related, NULL, "say to which incident: link INC-7"},
    {"merged_in", EVENT_MERGED_IN, 0, decide_merged_in, NULL, NULL},
    {"summary", EVENT_SUMMARIZED, T, decide_plain, same_summary,
     "say what is known: summary cards are refused since 9:00"},
    {"team", EVENT_TEAM, N, decide_plain, same_team, "say whose it is: team payments"},
    {"service", EVENT_SERVICE, N, decide_plain, same_service, "say which service: service checkout"},
    {"private", EVENT_PRIVATE, FIELD_FLAG, decide_plain, same_private, NULL},
    {"drill", EVENT_DRILL, FIELD_FLAG, decide_plain, same_drill, NULL},
    {"member", EVENT_MEMBER, N | V | FIELD_FLAG, decide_plain, same_member, "say who"},
    {"note", EVENT_NOTED, T | N | V, decide_plain, NULL, "say what to note: note rolled back to 1.4"},
    {"pin", EVENT_PINNED, T | N | V, decide_plain, NULL,
     "say what to pin: pin the error began with the deploy"},
    {"link", EVENT_LINKED, T | V, decide_plain, same_link, "say what to link: link https://… runbook"},
    {"update", EVENT_UPDATED, T, decide_plain, NULL, "say where things stand: update rolling back, 5 minutes"},
    {"said", EVENT_SAID, T | N | V | FIELD_DATA, decide_plain, NULL, "a message without text"},
    {"said_edited", EVENT_SAID_EDITED, T | N | V | FIELD_DATA | FIELD_COUNT, decide_plain, NULL,
     "an edit without text"},
    {"said_deleted", EVENT_SAID_DELETED, N | V, decide_plain, NULL, "a deletion without its message"},
    {"channel", EVENT_CHANNEL, T | N | V | FIELD_FLAG | FIELD_COUNT, decide_plain, same_channel,
     "say which channel"},
    {"card", EVENT_CARD, T | N | V, decide_plain, NULL, "say where the card stands"},
    {"customer", EVENT_CUSTOMER, T | N | FIELD_COUNT, decide_plain, same_customer,
     "say which customer: customer acme"},
    {"alert", EVENT_ALERT, T | V | FIELD_FLAG | FIELD_COUNT, decide_plain, NULL, "say which alert group"},
    {"alert_state", EVENT_ALERT_STATE, T | N | V | FIELD_COUNT, decide_plain, NULL, "say which alert group"},
    {"owe", EVENT_OWED, T | N | FIELD_UNTIL, decide_plain, same_owed, "say what is owed, and when"},
    {"miss", EVENT_MISSED, T | N | FIELD_UNTIL, decide_plain, not_owed, "say what was missed"},
    {"meet", EVENT_MET, N, decide_plain, not_owed, "say what was met"},
    {"page", EVENT_PAGED, T | V, decide_plain, NULL, "say whom: page ana"},
    {"connector", EVENT_CONNECTOR, T | N | FIELD_FLAG, decide_plain, NULL, "say which connector"},
    {"script", EVENT_SCRIPT, T, decide_plain, NULL, "a script said nothing"},
    {"tell", EVENT_DRAFTED, 0, decide_draft, NULL,
     "say whom and what: tell acme cards are refused, we are on it"},
    {"approve", EVENT_APPROVED, 0, decide_settle, NULL, NULL},
    {"discard", EVENT_DISCARDED, 0, decide_settle, NULL, NULL},
    {"draft_card", EVENT_DRAFT_CARD, T | N | V | FIELD_COUNT, decide_plain, NULL, "say where the draft stands"},
    {"told", EVENT_TOLD, N | V | FIELD_COUNT, decide_plain, NULL, "say who was told"},
    {"replied", EVENT_REPLIED, T | N | V | FIELD_DATA, decide_plain, NULL, "say who replied what"},
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
        return error_set(err, ERR_INVALID, "there is no command '%.40s'", command->verb ? command->verb : "");
    if (!incident && verb->decide != decide_declare)
        return error_set(err, ERR_NOT_FOUND, "there is no such incident; try list");
    if (command->text && strlen(command->text) > TEXT_BYTES)
        return error_set(err, ERR_TOO_BIG,
                         "that text has %zu bytes; at most %d fit; link to a document instead",
                         strlen(command->text), TEXT_BYTES);
    struct asked ask = {incident, command, book, verb, id, now, ret, err};
    size_t before = ret->n;
    int rc = verb->decide(&ask);
    for (; rc && ret->n > before; ret->n--)
        event_finish(&ret->v[ret->n - 1]);
    return rc;
}
