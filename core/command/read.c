/* Reading: lists, one incident, its timeline, search, similar incidents and what customers were told in them, what is owed, help. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/handlers.h"
#include "customers/customers.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "triage/incoming.h"

#define LIST_LINES       25
#define LIST_LOOK        1000 /* incidents that are looked at for a list, which a filter may let few through */
#define TIMELINE_LINES   20
#define TIMELINE_MOST    200
#define LINE_BYTES       300
#define ANSWER_BYTES     12000
#define SEARCH_LINES     10
#define SIMILAR_LINES    5
#define EXAMPLE_MESSAGES 3 /* of one incident, the latest */
#define EXAMPLE_ANSWERS  3 /* to each */
#define EXAMPLE_BYTES    600
#define OWED_LINES       30

/* Adds at most `most` bytes of a text, as one line. */
static void add_short(struct str *out, const char *text, size_t most)
{
    size_t n = strlen(text), cut = n > most ? utf8_cut(text, n, most) : n;
    cut -= cut < n && cut && text[cut - 1] == '\\'; /* half an escape */
    for (size_t i = 0; i < cut; i++)
        str_addc(out, text[i] == '\n' ? ' ' : text[i]);
    if (cut < n)
        str_add(out, "…");
}

static void add_value(struct str *out, const char *value, size_t most)
{
    CLEANUP_STR struct str cut = {0};
    add_short(&cut, value, most);
    text_literal(str_text(&cut), out);
}

/* ---- list ---- */

struct filter {
    struct query query;
    bool mine;
    char *team, *service, *severity;
};

static int take_filter(struct request *request, struct filter *filter, const char **p, const char *word,
                       struct error *err)
{
    const struct rulebook *book = policy_rulebook(core_policy(request->core));
    enum status status = status_parse(word);
    bool team = strcasecmp(word, "team") == 0, service = strcasecmp(word, "service") == 0;
    for (const char *const *s = book->severities; *s; s++) {
        if (strcasecmp(*s, word) == 0)
            return replace_text(&filter->severity, *s), 0;
    }
    if (status)
        filter->query.status = status;
    else if (strcasecmp(word, "all") == 0)
        filter->query.all = true;
    else if (strcasecmp(word, "mine") == 0)
        filter->mine = true;
    else if (strcasecmp(word, "open") != 0 && !team && !service)
        return error_markup(
            err, ERR_INVALID,
            "`list` does not know '%.40s'. It takes open, all, mine, a status, a severity, `team "
            "payments` or `service checkout`.",
            word);
    if (!team && !service)
        return 0;
    *p += strspn(*p, " \t\n");
    size_t n = strcspn(*p, " \t\n");
    CLEANUP_FREE char *value = xstrndup(*p, n);
    *p += n;
    if (!n)
        return error_markup(err, ERR_INVALID, "Say which %s: `list %s payments`.", word, word);
    replace_text(team ? &filter->team : &filter->service, value);
    return 0;
}

static int read_filter(struct request *request, const char *text, struct filter *filter, struct error *err)
{
    int rc = 0;
    for (const char *p = text ? text : ""; !rc && *(p += strspn(p, " \t\n"));) {
        size_t n = strcspn(p, " \t\n");
        CLEANUP_FREE char *word = xstrndup(p, n);
        p += n;
        rc = take_filter(request, filter, &p, word, err);
    }
    filter->query.viewer = request->asker->person;
    filter->query.severity = filter->severity;
    filter->query.team = filter->team;
    filter->query.service = filter->service;
    return rc;
}

/* "paused incidents of team payments": what the filter lets through. The caller frees it. */
static char *filter_describe(const struct filter *filter)
{
    struct str out = {0};
    if (filter->query.status)
        str_addf(&out, "%s ", status_name(filter->query.status));
    else if (!filter->query.all)
        str_add(&out, "open ");
    if (filter->severity)
        str_addf(&out, "%s ", filter->severity);
    str_add(&out, "incidents");
    if (filter->team)
        str_addf(&out, " of team %s", filter->team);
    if (filter->service)
        str_addf(&out, " of service %s", filter->service);
    if (filter->mine)
        str_add(&out, " that you joined");
    return str_take(&out);
}

struct listing {
    const struct request *request;
    const struct filter *filter;
    struct str text;
    size_t n;
};

static bool is_mine(const struct request *request, const struct incident *incident)
{
    return people_member(request->core, incident, request->asker->person);
}

static bool list_line(void *ctx, const struct incident *incident)
{
    struct listing *listing = ctx;
    if (listing->filter->mine && !is_mine(listing->request, incident))
        return true;
    if (++listing->n > LIST_LINES)
        return false;
    str_add(&listing->text, "- ");
    describe_incident(listing->request, incident, &listing->text);
    str_add(&listing->text, "\n");
    return true;
}

static bool is_one(void *ctx, const struct incoming *row)
{
    (void)row;
    *(bool *)ctx = true;
    return false;
}

/* Calm is not the same as silence: something may have come in without an incident. */
static void answer_none(struct request *request, const struct filter *filter, const char *found)
{
    bool idle = false;
    const struct incoming_reading reading = {
        .viewer = request->asker->person, .zone = request->zone, .now = request->now};
    if (!filter->query.status && !filter->mine && !filter->severity && !filter->team && !filter->service)
        incoming_each(request->core, &reading, is_one, &idle);
    answer_line(request, idle ? "No %s. `incoming` lists what came in and opened none." : "No %s.", found);
}

int run_list(struct request *request, struct error *err)
{
    struct filter filter = {0};
    const char *text = request_argument(request, ARGUMENT_TEXT);
    struct listing listing = {request, &filter, {0}, 0};
    uint64_t looked = 0;
    int rc = read_filter(request, text, &filter, err);
    filter.query.look = LIST_LOOK;
    filter.query.ret_before = &looked;
    if (!rc)
        rc = query_list(request->core, &filter.query, list_line, &listing, err);
    bool older = looked && listing.n <= LIST_LINES;
    CLEANUP_FREE char *found = filter_describe(&filter);
    CLEANUP_FREE char *title = xasprintf("%c%s: %zu%s", toupper((unsigned char)*found), found + 1,
                                         MIN(listing.n, LIST_LINES), listing.n > LIST_LINES ? " and more" : "");
    if (older)
        str_addf(&listing.text, "\nOnly the newest %d were looked at.", LIST_LOOK);
    if (!rc && (listing.n || older))
        answer_titled(request, title, "info", listing.text.p);
    else if (!rc)
        answer_none(request, &filter, found);
    str_finish(&listing.text);
    free(filter.team);
    free(filter.service);
    free(filter.severity);
    return rc;
}

/* ---- one incident ---- */

int run_show(struct request *request, struct error *err)
{
    (void)err;
    answer_incident(request, request->incident);
    request->answer->alone = false;
    return 0;
}

struct gathering {
    event_list events;
};

static bool gather(void *ctx, const struct event *event)
{
    event_copy(array_add(&((struct gathering *)ctx)->events), event);
    return true;
}

static void write_events(const struct request *request, const event_list *events, struct str *out)
{
    for (size_t i = events->n; i-- > 0 && out->len < ANSWER_BYTES;) {
        CLEANUP_STR struct str line = {0};
        event_describe(&events->v[i], request->now, request->zone, people_name, request->core, &line);
        str_add(out, "- ");
        moment_format(events->v[i].at, request->now, request->zone, out);
        str_add(out, " ");
        if (line.len > LINE_BYTES)
            moments_off(line.p); /* the cut must not go through one */
        add_short(out, str_text(&line), LINE_BYTES);
        str_add(out, "\n");
    }
}

int run_timeline(struct request *request, struct error *err)
{
    const char *number = request_argument(request, ARGUMENT_NUMBER);
    size_t most = number ? strtoul(number, NULL, 10) : TIMELINE_LINES;
    char name[INCIDENT_NAME];
    struct gathering gathering = {0};
    CLEANUP_STR struct str text = {0};
    most = MAX(MIN(most, TIMELINE_MOST), 1);
    int rc = query_timeline(request->core, request->incident->id, request->asker->person, 0, most, gather,
                            &gathering, err);
    write_events(request, &gathering.events, &text);
    CLEANUP_FREE char *title = xasprintf("Timeline of %s", request_incident_name(request, name));
    if (!rc)
        answer_titled(request, title, "info", str_text(&text));
    event_list_finish(&gathering.events);
    return rc;
}

/* ---- search ---- */

struct hit {
    uint64_t incident;
    char *line;
};
struct hits {
    const struct request *request;
    ARRAY(struct hit) list;
    bool ended; /* only incidents that have ended */
};

static void hits_finish(struct hits *hits)
{
    for (size_t i = 0; i < hits->list.n; i++)
        free(hits->list.v[i].line);
    array_free(&hits->list);
}

static bool take_hit(void *ctx, const struct incident *incident, const struct event *event)
{
    struct hits *hits = ctx;
    CLEANUP_STR struct str line = {0};
    const char *found = event_search_text(event);
    if (hits->ended && status_is_open(incident->status))
        return true;
    str_add(&line, "- ");
    describe_incident(hits->request, incident, &line);
    if (found && !text_equal(found, incident->title)) {
        str_add(&line, "\n  ");
        add_value(&line, found, 160);
    }
    str_add(&line, "\n");
    *array_add(&hits->list) = (struct hit){incident->id, str_take(&line)};
    return true;
}

int run_search(struct request *request, struct error *err)
{
    const char *words = request_argument(request, ARGUMENT_TEXT);
    struct hits hits = {.request = request};
    CLEANUP_STR struct str text = {0};
    int rc = query_search(request->core, words, request->asker->person, 0, SEARCH_LINES, take_hit, &hits, err);
    for (size_t i = 0; i < hits.list.n; i++)
        str_add(&text, hits.list.v[i].line);
    CLEANUP_FREE char *title = xasprintf("Incidents that mention '%.80s': %zu", words, hits.list.n);
    if (!rc && hits.list.n)
        answer_titled(request, title, "info", text.p);
    else if (!rc)
        answer_line(request, "No incident mentions '%.80s'. To open one, type `declare search %.80s`.", words,
                    words);
    hits_finish(&hits);
    return rc;
}

/* ---- similar ---- */

static bool take_similar(void *ctx, const struct incident *incident, const char *why)
{
    struct hits *hits = ctx;
    *array_add(&hits->list) = (struct hit){incident->id, xstrdup(why)};
    return true;
}

static bool take_update(void *ctx, const struct event *event)
{
    struct str *out = ctx;
    if (event->type != EVENT_UPDATED)
        return true;
    add_short(out, event->text, LINE_BYTES);
    return false;
}

/* What fixed it: the reason given at its end, else its last update, else its summary. */
static void add_fix(const struct request *request, const struct incident *incident, struct str *out)
{
    CLEANUP_STR struct str update = {0};
    if (!text_empty(incident->end.reason)) {
        bool fixed = incident->status == STATUS_RESOLVED || incident->status == STATUS_CLOSED;
        str_add(out, fixed ? "  fixed by: " : "  ended with: ");
        add_value(out, incident->end.reason, LINE_BYTES);
        str_add(out, "\n");
        return;
    }
    if (incident->activity.updates)
        query_timeline(request->core, incident->id, request->asker->person, 0, TIMELINE_MOST, take_update,
                       &update, NULL);
    if (update.len)
        str_addf(out, "  last update: %s\n", update.p);
    else if (!text_empty(incident->summary)) {
        str_add(out, "  summary: ");
        add_short(out, incident->summary, LINE_BYTES);
        str_add(out, "\n");
    }
}

static void write_similar(const struct request *request, const struct hits *hits, struct str *out)
{
    for (size_t i = 0; i < hits->list.n; i++) {
        const struct incident *incident =
            sight_incident(request->core, hits->list.v[i].incident, request->asker->person);
        if (!incident)
            continue;
        str_add(out, "- ");
        describe_incident(request, incident, out);
        str_add(out, ", ");
        moment_format(incident->entries.n ? incident->entries.v[0].at : 0, request->now, request->zone, out);
        if (request->incident)
            str_markup(out, " (%s)", hits->list.v[i].line);
        str_add(out, "\n");
        add_fix(request, incident, out);
    }
}

/* Those that ended: like the incident of the request or, with words, those that mention them. */
static int find_similar(struct request *request, const char *words, struct hits *ret, struct error *err)
{
    if (words)
        return query_search(request->core, words, request->asker->person, 0, SIMILAR_LINES, take_hit, ret, err);
    if (!request->incident)
        return error_markup(err, ERR_INVALID, "Say which incident, or what to look for: `%s card refused`.",
                            request->row->name);
    return query_similar(request->core, request->incident->id, request->asker->person, SIMILAR_LINES,
                         take_similar, ret, err);
}

int run_similar(struct request *request, struct error *err)
{
    const char *words = request_argument(request, ARGUMENT_TEXT);
    struct hits hits = {.request = request, .ended = true};
    CLEANUP_STR struct str text = {0};
    int rc = find_similar(request, words, &hits, err);
    request->incident = words ? NULL : request->incident;
    write_similar(request, &hits, &text);
    CLEANUP_FREE char *title = xasprintf("Similar past incidents: %zu", hits.list.n);
    if (!rc && hits.list.n)
        answer_titled(request, title, "info", text.p);
    else if (!rc)
        answer_line(request, "No similar past incidents.");
    hits_finish(&hits);
    return rc;
}

/* ---- examples: what customers were told in similar incidents, and what they answered ---- */

struct exchange { /* read from its end */
    event_list events;
    size_t messages;
};

static bool take_exchange(void *ctx, const struct event *event)
{
    struct exchange *exchange = ctx;
    if ((event->type == EVENT_APPROVED || event->type == EVENT_REPLIED) && event->text) /* without: deleted */
        event_copy(array_add(&exchange->events), event);
    exchange->messages += event->type == EVENT_APPROVED;
    return exchange->messages < EXAMPLE_MESSAGES;
}

static void add_example(const struct request *request, const struct event *event, struct str *out)
{
    const struct customer *record = customers_get(request->core, event->name);
    CLEANUP_FREE char *to = audience_words(record ? customer_name(record) : event->name);
    str_markup(out, event->type == EVENT_APPROVED ? "  to %s: " : "  %s answered: ", to);
    add_value(out, event->text, EXAMPLE_BYTES);
    str_addc(out, '\n');
}

/* An answer is what came after a message. True: there was one. */
static bool write_exchange(const struct request *request, const struct incident *incident, struct str *out)
{
    struct exchange exchange = {0};
    size_t answers = 0;
    query_timeline(request->core, incident->id, request->asker->person, 0, TIMELINE_MOST, take_exchange,
                   &exchange, NULL);
    size_t i = exchange.events.n;
    while (i && exchange.events.v[i - 1].type != EVENT_APPROVED)
        i--;
    bool any = i > 0;
    if (any) {
        str_add(out, "- ");
        describe_incident(request, incident, out);
        str_addc(out, '\n');
    }
    for (; i; i--) {
        const struct event *event = &exchange.events.v[i - 1];
        answers = event->type == EVENT_APPROVED ? 0 : answers + 1;
        if (answers <= EXAMPLE_ANSWERS)
            add_example(request, event, out);
    }
    event_list_finish(&exchange.events);
    return any;
}

int run_examples(struct request *request, struct error *err)
{
    const char *words = request_argument(request, ARGUMENT_TEXT);
    struct hits hits = {.request = request, .ended = true};
    CLEANUP_STR struct str text = {0};
    size_t n = 0;
    int rc = find_similar(request, words, &hits, err);
    for (size_t i = 0; !rc && i < hits.list.n && text.len < ANSWER_BYTES; i++) {
        const struct incident *incident =
            sight_incident(request->core, hits.list.v[i].incident, request->asker->person);
        n += incident && write_exchange(request, incident, &text);
    }
    CLEANUP_FREE char *title = xasprintf("What customers were told in similar incidents: %zu", n);
    if (!rc && n)
        answer_titled(request, title, "info", text.p);
    else if (!rc)
        answer_line(
            request,
            "In no similar incident was anything sent to customers. `draft all` lists prepared messages.");
    hits_finish(&hits);
    return rc;
}

/* ---- owed ---- */

struct debt {
    instant due;
    char *line;
};
struct debts {
    const struct request *request;
    ARRAY(struct debt) list;
};

static bool take_debts(void *ctx, const struct incident *incident)
{
    struct debts *debts = ctx;
    char name[INCIDENT_NAME];
    for (size_t i = 0; i < incident->owed.n; i++) {
        const struct state_owed *owed = &incident->owed.v[i];
        const char *lead = incident_role(incident, "lead");
        CLEANUP_STR struct str line = {0};
        str_markup(&line, "- **%s** %s, by ", incident_name(incident->id, name),
                   owed->text ? owed->text : owed->name);
        moment_format(owed->due, debts->request->now, debts->request->zone, &line);
        if (lead)
            str_markup(&line, ", %s", request_person_name(debts->request, lead));
        if (owed->missed)
            str_markup(&line, " (missed %d time%s)", owed->missed, owed->missed == 1 ? "" : "s");
        str_add(&line, "\n");
        *array_add(&debts->list) = (struct debt){owed->due, str_take(&line)};
    }
    return true;
}

static int by_due(const void *a, const void *b)
{
    instant x = ((const struct debt *)a)->due, y = ((const struct debt *)b)->due;
    return x < y ? -1 : x > y;
}

/* Open ones, and those that have ended. */
static int take_all_debts(struct request *request, struct debts *debts, bool *ret_older, struct error *err)
{
    struct query query = {.viewer = request->asker->person};
    int rc = query_list(request->core, &query, take_debts, debts, err);
    return rc ? rc : query_owing(request->core, query.viewer, take_debts, debts, ret_older, err);
}

static void write_debts(const struct debts *debts, bool older, struct str *out)
{
    for (size_t i = 0; i < MIN(debts->list.n, OWED_LINES); i++)
        str_add(out, debts->list.v[i].line);
    if (debts->list.n > OWED_LINES)
        str_addf(out, "- and %zu more\n", debts->list.n - OWED_LINES);
    if (older)
        str_addf(out, "\nOf those that ended, the newest %d were looked at; older ones may owe something, too.",
                 OWING_LOOK);
}

int run_owed(struct request *request, struct error *err)
{
    struct debts debts = {.request = request};
    CLEANUP_STR struct str text = {0};
    bool older = false;
    int rc = 0;
    if (request->incident)
        take_debts(&debts, request->incident);
    else
        rc = take_all_debts(request, &debts, &older, err);
    if (debts.list.n)
        qsort(debts.list.v, debts.list.n, sizeof(*debts.list.v), by_due);
    write_debts(&debts, older, &text);
    CLEANUP_FREE char *title = xasprintf("Owed: %zu", debts.list.n);
    if (!rc && text.len)
        answer_titled(request, title, "info", text.p);
    else if (!rc)
        answer_line(request, "Nothing is owed.");
    for (size_t i = 0; i < debts.list.n; i++)
        free(debts.list.v[i].line);
    array_free(&debts.list);
    return rc;
}

/* ---- help ---- */

static void add_custom(void *ctx, const char *name, const char *help)
{
    struct str *out = ctx;
    str_addf(out, "%s- `%s` — %s\n", out->len ? "" : "\n**Commands of this team**\n", name,
             help ? help : "a command of this team's policy");
}

/* Agents may not use commands of the team. */
static void add_overview(const struct request *request, struct str *out)
{
    CLEANUP_STR struct str own = {0};
    bool agent = request->asker->agent != NULL;
    if (!agent)
        policy_each_command(core_policy(request->core), add_custom, &own);
    command_overview(agent, out);
    str_add(out, own.p);
}

int run_help(struct request *request, struct error *err)
{
    const char *word = request_argument(request, ARGUMENT_COMMAND), *help;
    const struct command_row *row = word ? command_find(word, NULL) : NULL;
    CLEANUP_STR struct str text = {0};
    request->answer->incident = 0;
    if (row)
        command_help(row, &text);
    else if (word && policy_has_command(core_policy(request->core), word, &help))
        str_addf(&text, "`%s` — %s\n", word, help ? help : "a command of this team's policy");
    else if (word)
        return error_markup(err, ERR_NOT_FOUND, "Unknown command '%.40s'. `help` lists all commands.", word);
    else
        add_overview(request, &text);
    answer_titled(request, row ? row->name : word ? word : "Commands", "info", text.p);
    return 0;
}
