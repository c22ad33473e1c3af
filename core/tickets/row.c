#include "tickets/row.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/markup.h"
#include "tickets/inside.h"

#define ID_BYTES   200
#define WORD_BYTES 100
#define TEXT_BYTES 400
#define LINK_BYTES 2000

static const struct text_field {
    const char *name;
    size_t offset, most;
    bool outside; /* the platform says it */
} texts[] = {
    {"connector", offsetof(struct ticket, connector), ID_BYTES, false},
    {"ticket", offsetof(struct ticket, id), ID_BYTES, true},
    {"link", offsetof(struct ticket, link), LINK_BYTES, true},
    {"title", offsetof(struct ticket, title), TEXT_BYTES, true},
    {"status", offsetof(struct ticket, status), WORD_BYTES, true},
    {"address", offsetof(struct ticket, address), WORD_BYTES * 3, true},
    {"name", offsetof(struct ticket, name), WORD_BYTES, true},
    {"organisation", offsetof(struct ticket, organisation), WORD_BYTES, true},
    {"customer", offsetof(struct ticket, customer), ID_BYTES, false},
    {"parent", offsetof(struct ticket, parent), ID_BYTES, false},
    {"told", offsetof(struct ticket, notes.told), ID_BYTES, false},
};
static const struct flag_field {
    const char *name;
    size_t offset;
} flags[] = {
    {"done", offsetof(struct ticket, done)},
    {"closed", offsetof(struct ticket, closed)},
    {"greeted", offsetof(struct ticket, notes.greeted)},
    {"asks", offsetof(struct ticket, notes.asked)},
    {"gone", offsetof(struct ticket, gone)},
    {"followed", offsetof(struct ticket, followed)},
    {"continues", offsetof(struct ticket, continues)},
};

static char **text_at(const struct ticket *ticket, size_t i)
{
    return (char **)(uintptr_t)((const char *)ticket + texts[i].offset);
}

static bool *flag_at(const struct ticket *ticket, size_t i)
{
    return (bool *)(uintptr_t)((const char *)ticket + flags[i].offset);
}

void ticket_finish(struct ticket *ticket)
{
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(*text_at(ticket, i));
    *ticket = (struct ticket){0};
}

void ticket_copy(struct ticket *to, const struct ticket *from)
{
    *to = *from;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        *text_at(to, i) = xstrdup(*text_at(from, i));
}

/* ---- from outside ---- */

/* One line, without control characters; NULL: nothing is left. */
static char *clean(const char *text, size_t most)
{
    CLEANUP_FREE char *line = text ? utf8_sanitize(text, strlen(text), most) : NULL;
    for (char *p = line; p && *p; p++)
        *p = *p == '\n' || *p == '\t' ? ' ' : *p;
    return text_empty(line) ? NULL : steal(line);
}

static bool is_address(const char *link)
{
    return (text_starts(link, "https://") || text_starts(link, "http://")) && !strpbrk(link, " <>");
}

bool ticket_read(const cJSON *members, const char *connector, struct ticket *ret)
{
    *ret = (struct ticket){.connector = xstrdup(connector)};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        if (texts[i].outside)
            *text_at(ret, i) = clean(json_text_or(members, texts[i].name, NULL), texts[i].most);
    }
    ret->done = text_equal(json_text_or(members, "state", NULL), "done");
    ret->kind = text_equal(json_text_or(members, "kind", NULL), "parent") ? TICKET_PARENT : TICKET_OF_CUSTOMER;
    if (ret->link && !is_address(ret->link))
        replace_text(&ret->link, NULL);
    if (!ret->status)
        ret->status = xstrdup(ret->done ? "done" : "open");
    return ret->id && !strchr(ret->id, ' ');
}

bool ticket_learn(struct ticket *ticket, const struct ticket *newer)
{
    bool seen = ticket->done != newer->done || !text_equal(ticket->status, newer->status) ||
                (newer->title && !text_equal(ticket->title, newer->title)) ||
                (newer->link && !text_equal(ticket->link, newer->link)); /* it was moved elsewhere */
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        if (texts[i].outside && *text_at(newer, i))
            replace_text(text_at(ticket, i), *text_at(newer, i));
    }
    ticket->done = newer->done;
    return seen;
}

void ticket_words(const struct ticket *ticket, struct str *out)
{
    CLEANUP_FREE char *name = xasprintf("%s %s", ticket->connector, ticket->id);
    if (ticket->link)
        text_link(name, ticket->link, out);
    else
        text_literal(name, out);
    if (ticket->title)
        str_markup(out, " (%s)", ticket->title);
}

/* ---- the document ---- */

static char *key_of(const char *connector, const char *id, uint64_t incident)
{
    return xasprintf("%s\x1f%s\x1f%010" PRIu64, connector, id, incident);
}

char *ticket_key(const struct ticket *ticket)
{
    return key_of(ticket->connector, ticket->id, ticket->incident);
}

static void encode(const struct ticket *ticket, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        json_put_text_if(&j, texts[i].name, *text_at(ticket, i));
    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        if (*flag_at(ticket, i))
            json_put_bool(&j, flags[i].name, true);
    }
    json_put_int(&j, "incident", (int64_t)ticket->incident);
    json_put_int(&j, "kind", ticket->kind);
    if (ticket->from)
        json_put_int(&j, "from", (int64_t)ticket->from);
    if (ticket->followup)
        json_put_int(&j, "followup", ticket->followup);
    json_end_object(&j);
}

static bool decode(const char *body, struct ticket *ret)
{
    CLEANUP_JSON cJSON *row = NULL;
    *ret = (struct ticket){0};
    if (json_parse(body, strlen(body), SIZE_MAX, JSON_DEPTH, "ticket", &row, NULL))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        *text_at(ret, i) = xstrdup(json_text_or(row, texts[i].name, NULL));
    for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
        *flag_at(ret, i) = json_bool_or(row, flags[i].name, false);
    ret->incident = (uint64_t)json_int_or(row, "incident", 0);
    ret->kind = json_int_or(row, "kind", TICKET_OF_CUSTOMER);
    ret->from = (uint64_t)json_int_or(row, "from", 0);
    ret->followup = json_int_or(row, "followup", 0);
    return true;
}

static bool read_key(const struct core *core, const char *key, struct ticket *ret)
{
    CLEANUP_FREE char *body = written_get(&tickets_state(core)->rows, core, DOC_TICKET, key);
    return body && decode(body, ret);
}

bool ticket_get(const struct core *core, const char *connector, const char *id, uint64_t incident,
                struct ticket *ret)
{
    CLEANUP_FREE char *key = key_of(connector, id, incident);
    return read_key(core, key, ret);
}

/* Forgets those that the journal shows by now. */
static void prune_fresh(const struct core *core, struct tickets *tickets)
{
    for (size_t i = tickets->fresh.n; i-- > 0;) {
        if (!turn_is_reported(core, tickets->fresh.v[i].turn))
            continue;
        free(tickets->fresh.v[i].key);
        array_remove(&tickets->fresh, i);
    }
}

void ticket_put(struct turn *turn, const struct ticket *ticket)
{
    struct tickets *tickets = tickets_state(turn_core(turn));
    CLEANUP_FREE char *key = ticket_key(ticket);
    CLEANUP_STR struct str body = {0};
    encode(ticket, &body);
    prune_fresh(turn_core(turn), tickets);
    *array_add(&tickets->fresh) = (struct fresh){xstrdup(key), turn_number(turn)};
    written_put(&tickets->rows, turn, DOC_TICKET, key, body.p)->tag =
        xasprintf("%010" PRIu64, ticket->incident);
}

struct walk {
    const struct core *core;
    ticket_on *on;
    void *ctx;
};

static bool visit(void *ctx, const struct journal_doc *doc)
{
    const struct walk *walk = ctx;
    struct ticket ticket;
    bool more = true;
    if (read_key(walk->core, doc->key, &ticket) && !ticket.gone)
        more = walk->on(walk->ctx, &ticket);
    ticket_finish(&ticket);
    return more;
}

void tickets_each(const struct core *core, uint64_t incident, const char *after, size_t limit, ticket_on *on,
                  void *ctx)
{
    CLEANUP_FREE char *tag = xasprintf("%010" PRIu64, incident);
    journal_docs(core_journal(core),
                 &(struct doc_query){.kind = DOC_TICKET, .tag = tag, .after = after, .limit = limit}, visit,
                 &(struct walk){core, on, ctx}, NULL);
}

static uint64_t incident_of(const char *key)
{
    return strtoull(strrchr(key, '\x1f') + 1, NULL, 10);
}

void tickets_each_fresh(const struct core *core, uint64_t incident, ticket_on *on, void *ctx)
{
    const struct tickets *tickets = tickets_state(core);
    struct walk walk = {core, on, ctx};
    bool more = true;
    for (size_t i = 0; more && i < tickets->fresh.n; i++) {
        if (incident_of(tickets->fresh.v[i].key) == incident)
            more = visit(&walk, &(struct journal_doc){.key = tickets->fresh.v[i].key});
    }
}

static void add_incident(ticket_incidents *list, const char *key)
{
    uint64_t incident = incident_of(key);
    for (size_t i = 0; i < list->n; i++) {
        if (list->v[i] == incident)
            return;
    }
    *array_add(list) = incident;
}

static bool take_incident(void *ctx, const struct journal_doc *doc)
{
    add_incident(ctx, doc->key);
    return true;
}

void tickets_of(const struct core *core, const char *connector, const char *id, ticket_incidents *ret)
{
    struct tickets *tickets = tickets_state(core);
    CLEANUP_FREE char *prefix = xasprintf("%s\x1f%s\x1f", connector, id);
    journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_TICKET, .prefix = prefix}, take_incident,
                 ret, NULL);
    prune_fresh(core, tickets);
    for (size_t i = 0; i < tickets->fresh.n; i++) {
        if (text_starts(tickets->fresh.v[i].key, prefix))
            add_incident(ret, tickets->fresh.v[i].key);
    }
}
