#include "command/complete.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "access/access.h"
#include "command/line.h"
#include "delivery/link.h"
#include "people/people.h"
#include "policy/policy.h"
#include "policy/rotations.h"
#include "policy/services.h"
#include "sight/query.h"
#include "sight/sight.h"

struct completion {
    struct core *core;
    const struct completing *who;
    const struct incident *incident; /* that the line is about; NULL: none */
    const char *typed;               /* the line as typed */
    const char *word;                /* where in it the word stands that is being typed */
    const char *next;                /* the name of the argument behind that one; NULL: it is the last */
    complete_on *on;
    void *ctx;
    size_t n;
};

static bool goes_on(const char *word, const char *typed)
{
    return strncasecmp(word, typed, strlen(typed)) == 0;
}

/* Offers the line with that in place of the word that is being typed. False: there are enough. */
static bool offer_line(struct completion *c, const char *word, const char *end, const char *hint)
{
    CLEANUP_FREE char *line = xasprintf("%.*s%s%s", (int)(c->word - c->typed), c->typed, word, end);
    if (c->n < c->who->most) {
        c->on(c->ctx, line, hint);
        c->n++;
    }
    return c->n < c->who->most;
}

/* The same if that word goes on with what was typed of it. */
static bool offer_word(struct completion *c, const char *word, const char *end, const char *hint)
{
    return goes_on(word, c->word) ? offer_line(c, word, end, hint) : c->n < c->who->most;
}

static void offer_words(struct completion *c, const char *const *words)
{
    for (size_t i = 0; words && words[i] && offer_word(c, words[i], "", NULL); i++) {
    }
}

/* ---- what an argument can be ---- */

typedef void source(struct completion *c);

static void severities(struct completion *c)
{
    offer_words(c, policy_rulebook(core_policy(c->core))->severities);
}

static void kinds(struct completion *c)
{
    offer_words(c, policy_rulebook(core_policy(c->core))->kinds);
}

static void roles(struct completion *c)
{
    offer_words(c, policy_rulebook(core_policy(c->core))->roles);
}

static void statuses(struct completion *c)
{
    for (enum status status = STATUS_TRIAGE; status < STATUS_COUNT; status++) {
        if (status_is_active(status))
            offer_word(c, status_name(status), "", NULL);
    }
}

static void switches(struct completion *c)
{
    static const char *const words[] = {"on", "off", NULL};
    offer_words(c, words);
}

static void times(struct completion *c)
{
    static const char *const words[] = {"for 30m", "for 2h", "until tomorrow 9:00", "until friday", NULL};
    if (*c->word)
        offer_words(c, words);
}

static void commands(struct completion *c)
{
    size_t n;
    const struct command_row *rows = command_rows(&n);
    for (size_t i = 0; i < n && offer_word(c, rows[i].name, "", rows[i].help); i++) {
    }
}

static void services(struct completion *c)
{
    const struct service *service;
    for (size_t i = 0; (service = policy_service_at(core_policy(c->core), i)); i++) {
        CLEANUP_FREE char *typed = text_typed(service->name);
        if (!offer_word(c, typed, "", service->team))
            return;
    }
}

static void teams(struct completion *c)
{
    struct roster_team team;
    for (size_t i = 0; policy_team_at(core_policy(c->core), i, &team); i++) {
        CLEANUP_FREE char *typed = text_typed(team.name);
        if (!offer_word(c, typed, "", "team"))
            return;
    }
}

static void rotations(struct completion *c)
{
    const struct rotation *rotation;
    for (size_t i = 0; (rotation = policy_rotation_at(core_policy(c->core), i)); i++) {
        CLEANUP_FREE char *typed = text_typed(rotation->name);
        if (!offer_word(c, typed, "", "rotation"))
            return;
    }
}

static void platforms(struct completion *c)
{
    const link_list *all = links(c->core);
    for (size_t i = 0; i < all->n && offer_word(c, all->v[i].name, "", NULL); i++) {
    }
}

static void customers(struct completion *c)
{
    offer_word(c, EVERY_CUSTOMER, "", "all whom it affects");
    for (size_t i = 0; c->incident && i < c->incident->affected.customers.n; i++) {
        const struct state_customer *customer = &c->incident->affected.customers.v[i];
        CLEANUP_FREE char *typed = text_typed(customer->key);
        if (!offer_word(c, typed, "", customer->name))
            return;
    }
}

static void messages(struct completion *c)
{
    for (size_t i = 0; c->incident && i < c->incident->comms.drafts.n; i++) {
        const struct state_draft *draft = &c->incident->comms.drafts.v[i];
        CLEANUP_FREE char *number = xasprintf("%" PRId64, draft->number);
        bool versioned = text_equal(c->next, "version");
        CLEANUP_FREE char *version = versioned ? xasprintf(" %" PRId64, draft->version) : xstrdup("");
        if (draft->state == DRAFT_WAITING && !offer_word(c, number, version, draft->text))
            return;
    }
}

static bool offer_incident(void *ctx, const struct incident *incident)
{
    char name[INCIDENT_NAME];
    return offer_word(ctx, incident_name(incident->id, name), "", incident->title);
}

static void incidents(struct completion *c)
{
    const struct query query = {.viewer = c->who->person};
    query_list(c->core, &query, offer_incident, c, NULL);
}

/* ---- people: those of the incident, then those whom the policy declares ---- */

/* By their id or their name. */
static bool offer_person(struct completion *c, const char *id, const char *name)
{
    const char *typed = c->word + (*c->word == '@');
    CLEANUP_FREE char *word = xasprintf("@%s", id);
    bool fits = goes_on(id, typed) || (name && goes_on(name, typed));
    return fits ? offer_line(c, word, "", name) : c->n < c->who->most;
}

static void people(struct completion *c)
{
    struct roster_person declared;
    const struct state_people *here = c->incident ? &c->incident->people : NULL;
    if (*c->word != '@')
        offer_word(c, "me", "", NULL);
    for (size_t i = 0; here && i < here->members.n; i++) {
        if (!offer_person(c, here->members.v[i], people_name(c->core, here->members.v[i])))
            return;
    }
    for (size_t i = 0; policy_person_at(core_policy(c->core), i, &declared); i++) {
        const struct person *known = people_of_declared(c->core, &declared);
        bool again = here && known && incident_has_member(c->incident, known->id);
        if (!again && !offer_person(c, known ? known->id : declared.id, declared.name))
            return;
    }
}

static void whom(struct completion *c)
{
    teams(c);
    rotations(c);
    people(c);
}

/* By the argument's kind and, where that says too little, its name. */
static const struct {
    enum argument_kind kind;
    const char *name; /* NULL: any */
    source *offer;
} sources[] = {
    {ARGUMENT_SEVERITY, NULL, severities},  {ARGUMENT_STATUS, NULL, statuses},
    {ARGUMENT_ROLE, NULL, roles},           {ARGUMENT_PERSON, NULL, people},
    {ARGUMENT_SWITCH, NULL, switches},      {ARGUMENT_INCIDENT, NULL, incidents},
    {ARGUMENT_COMMAND, NULL, commands},     {ARGUMENT_WHEN, NULL, times},
    {ARGUMENT_WORD, "who", whom},           {ARGUMENT_WORD, "team", teams},
    {ARGUMENT_WORD, "service", services},   {ARGUMENT_WORD, "rotation", rotations},
    {ARGUMENT_WORD, "customer", customers}, {ARGUMENT_WORD, "customers", customers},
    {ARGUMENT_WORD, "kind", kinds},         {ARGUMENT_WORD, "platform", platforms},
    {ARGUMENT_NUMBER, "message", messages},
};

static void offer_argument(struct completion *c, const struct command_row *row, size_t at)
{
    const struct argument *argument = &row->arguments[at];
    c->next = at + 1 < COMMAND_ARGUMENTS ? row->arguments[at + 1].name : NULL;
    for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
        bool named = !sources[i].name || text_equal(sources[i].name, argument->name);
        if (sources[i].kind == argument->kind && named)
            sources[i].offer(c);
    }
}

/* ---- the options of declare ---- */

static source *const option_sources[OPTION_COUNT] = {[OPTION_SEVERITY] = severities,
                                                     [OPTION_TEAM] = teams,
                                                     [OPTION_SERVICE] = services,
                                                     [OPTION_CUSTOMER] = customers};

/* The option whose value is being typed, after that word (NULL: it is the first); OPTION_COUNT: none. */
static int option_before(const char *token)
{
    const char *value;
    int option = token ? read_option(token, &value) : OPTION_COUNT;
    return option < OPTION_COUNT && *value ? OPTION_COUNT : option;
}

static void offer_options(struct completion *c)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        CLEANUP_FREE char *option = xasprintf("--%s", option_names[i]);
        if (!offer_word(c, option, option_is_flag(i) ? "" : " ", NULL))
            return;
    }
}

/* ---- the line ---- */

static void offer_arguments(struct completion *c, const struct command_row *row)
{
    size_t i = 0;
    char *before = NULL;
    for (const char *end;;) {
        char *token = read_token(c->word, &end);
        if (!token || !*end) {
            free(token);
            break;
        }
        free(before);
        before = token;
        c->word = skip_space(end);
        i += i < COMMAND_ARGUMENTS - 1 && row->arguments[i].kind != ARGUMENT_TEXT;
    }
    int option = has_options(row) ? option_before(before) : OPTION_COUNT;
    free(before);
    if (option < OPTION_COUNT && option_sources[option])
        option_sources[option](c);
    else if (has_options(row) && *c->word == '-')
        offer_options(c);
    else if (row->arguments[i].kind == ARGUMENT_TEXT && *c->word == '@')
        people(c);
    else if (row->arguments[i].kind == ARGUMENT_TEXT && has_argument(row, ARGUMENT_WHEN))
        times(c);
    else
        offer_argument(c, row, i);
}

/* May they use it, here? */
static bool is_usable(const struct completion *c, const struct command_row *row)
{
    return c->who->has >= command_needs(row) && (row->about != ABOUT_INCIDENT || c->incident) &&
           (row->may != MAY_PERSON || c->who->person);
}

static void offer_custom(void *ctx, const char *name, const char *help)
{
    offer_word(ctx, name, " ", help);
}

static void offer_commands(struct completion *c)
{
    size_t n;
    const struct command_row *rows = command_rows(&n);
    for (size_t i = 0; i < n; i++) {
        if (is_usable(c, &rows[i]))
            offer_word(c, rows[i].name, rows[i].arguments[0].kind ? " " : "", rows[i].help);
    }
    if (c->who->has >= command_needs(NULL))
        policy_each_command(core_policy(c->core), offer_custom, c);
}

void command_complete(struct core *core, const struct completing *who, const char *typed, complete_on *on,
                      void *ctx)
{
    struct completion c = {
        .core = core, .who = who, .typed = typed, .word = skip_space(typed), .on = on, .ctx = ctx};
    const char *end, *first = "";
    char word[WORD_MOST + 1];
    uint64_t named = read_incident(c.word, false, &end);
    bool led = named && *end == ' ';
    c.word = led ? skip_space(end) : c.word;
    uint64_t id = led ? named : who->here;
    c.incident = id ? sight_incident(core, id, who->person) : NULL;
    read_word(c.word, word, &end);
    if (!*word || *end != ' ') {
        offer_commands(&c);
        return;
    }
    const struct command_row *row = command_find(word, &first);
    if (!row || *first || !is_usable(&c, row))
        return;
    c.word = skip_space(end);
    offer_arguments(&c, row);
}
