#include "rooms/card.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "base/markup.h"
#include "base/moment.h"
#include "rooms/buttons.h"

#define PROBLEMS_MOST 5 /* at most so many titles of alerts are listed */
#define PROBLEM_BYTES 60
#define LINKS_MOST    8
#define SUMMARY_BYTES 2000 /* at most so much in a card that is kept up to date */

void card_field(struct json_out *fields, const char *name, const char *value)
{
    if (text_empty(value))
        return;
    json_begin_object(fields);
    json_put_text(fields, "name", name);
    json_put_text(fields, "value", value);
    json_end_object(fields);
}

/* One text twice: plain, and as CommonMark with moments, for connectors that show each reader their own zone. */
struct twice {
    struct str plain, marked;
};

static void twice_finish(struct twice *t)
{
    str_finish(&t->plain);
    str_finish(&t->marked);
}
#define CLEANUP_TWICE __attribute__((cleanup(twice_finish)))

static void add_word(struct twice *t, const char *ours)
{
    str_add(&t->plain, ours);
    str_add(&t->marked, ours);
}

static void add_value(struct twice *t, const char *value)
{
    str_add(&t->plain, value ? value : "");
    text_literal(value, &t->marked);
}

static void add_moment(struct twice *t, instant at, const struct card_context *context)
{
    when_format_plain(at, context->now, context->zone, &t->plain);
    moment_format_plain(at, context->now, context->zone, &t->marked);
}

static void twice_field(struct json_out *j, const char *name, const struct twice *t)
{
    json_begin_object(j);
    json_put_text(j, "name", name);
    json_put_text(j, "value", t->plain.p);
    json_put_text(j, "text", t->marked.p);
    json_end_object(j);
}

static const char *person(const struct card_context *context, const char *id)
{
    const char *name = id && context->name_of ? context->name_of(context->ctx, id) : NULL;
    return name ? name : id;
}

/* How loud a card looks, by status. */
static const char *tone(const struct incident *incident)
{
    static const char *const tones[STATUS_COUNT] = {
        [STATUS_TRIAGE] = "alarm",    [STATUS_INVESTIGATING] = "alarm", [STATUS_FIXING] = "alarm",
        [STATUS_MONITORING] = "warn", [STATUS_PAUSED] = "warn",         [STATUS_RESOLVED] = "ok",
        [STATUS_CLOSED] = "ok",
    };
    return tones[incident->status] ? tones[incident->status] : "quiet";
}

static void paused_field(struct json_out *j, const struct incident *incident,
                         const struct card_context *context)
{
    CLEANUP_TWICE struct twice text = {0};
    add_word(&text, status_name(incident->status));
    add_word(&text, " until ");
    add_moment(&text, incident->pause.until, context);
    add_word(&text, ": ");
    add_value(&text, incident->pause.reason);
    twice_field(j, "status", &text);
}

static void status_field(struct json_out *j, const struct incident *incident,
                         const struct card_context *context)
{
    CLEANUP_STR struct str text = {0};
    char name[INCIDENT_NAME];
    if (incident->status == STATUS_PAUSED) {
        paused_field(j, incident, context);
        return;
    }
    str_add(&text, status_name(incident->status));
    if (incident->status == STATUS_MERGED && context->told(context->ctx, incident, incident->end.merged_into))
        str_addf(&text, " into %s", incident_name(incident->end.merged_into, name));
    if (incident->status == STATUS_TICKETED && incident->end.ticket)
        str_addf(&text, ": %s", incident->end.ticket);
    if (incident->end.reason && incident->status != STATUS_MERGED)
        str_addf(&text, ": %s", incident->end.reason);
    card_field(j, "status", text.p);
}

static void people_fields(struct json_out *j, const struct incident *incident,
                          const struct card_context *context)
{
    for (size_t i = 0; i < incident->people.roles.n; i++)
        card_field(j, incident->people.roles.v[i].role, person(context, incident->people.roles.v[i].person));
}

/* Each title once: there may be hundreds of alerts. */
void card_problems(const struct incident *incident, struct str *out)
{
    struct map seen = {0};
    size_t named = 0, more = 0;
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        const char *title = incident->affected.alerts.v[i].title;
        if (text_empty(title) || map_put(&seen, title, &seen))
            continue;
        if (named == PROBLEMS_MOST) {
            more++;
            continue;
        }
        size_t n = strlen(title), cut = n > PROBLEM_BYTES ? utf8_cut(title, n, PROBLEM_BYTES) : n;
        str_addf(out, "%s%.*s%s", named++ ? "; " : "", (int)cut, title, cut < n ? "…" : "");
    }
    if (more)
        str_addf(out, " and %zu more", more);
    map_finish(&seen);
}

static void owed_field(struct json_out *j, const struct incident *incident, const struct card_context *context)
{
    const struct state_owed *next = NULL;
    for (size_t i = 0; i < incident->owed.n; i++) {
        const struct state_owed *owed = &incident->owed.v[i];
        bool sooner = next && next->given_up == owed->given_up && owed->due < next->due;
        if (!next || sooner || (next->given_up && !owed->given_up))
            next = owed;
    }
    if (!next)
        return;
    CLEANUP_TWICE struct twice text = {0};
    add_value(&text, next->text ? next->text : next->name);
    add_word(&text, " by ");
    add_moment(&text, next->due, context);
    twice_field(j, "due next", &text);
}

char *card_title(const struct incident *incident)
{
    char name[INCIDENT_NAME];
    return xasprintf("%s%s%s %s", incident->sort.drill ? "[drill] " : "", incident->private ? "[private] " : "",
                     incident_name(incident->id, name), incident->title);
}

static void begin_card(struct json_out *j, const struct incident *incident)
{
    CLEANUP_FREE char *title = card_title(incident);
    json_begin_object(j);
    json_put_text(j, "title", title);
    json_put_text(j, "tone", tone(incident));
}

/* The summary that a rule began with repeats the title and the service, which the card says already. */
static char *beyond_title(const struct incident *incident)
{
    CLEANUP_STR struct str title = {0}, service = {0};
    text_literal(incident->title, &title);
    str_markup(&service, "; service %s", incident->service);
    const char *summary = incident->summary;
    if (!summary || text_empty(summary) || !text_starts(summary, str_text(&title)) ||
        !strchr(";, \n", summary[title.len]))
        return xstrdup(summary);
    const char *rest = summary + title.len;
    char *text = xstrdup(rest), *repeated = incident->service ? strstr(text, service.p) : NULL;
    const char *after = repeated ? repeated + service.len : NULL;
    if (repeated && strchr(",; \n", *after))
        memmove(repeated, after, strlen(after) + 1);
    char *where = repeated ? repeated : text, *end = where + strcspn(where, ";\n");
    if (*where == ',' && incident->affected.alerts.n) /* the release and the environment: alerts say theirs */
        memmove(where, end, strlen(end) + 1);
    size_t skip = strspn(text, ";, \n");
    memmove(text, text + skip, strlen(text + skip) + 1);
    return text;
}

/* A cut summary says how to read the rest, and no summary leaves a code block open. */
static void add_summary(const struct incident *incident, bool is_whole, struct str *out)
{
    CLEANUP_FREE char *beyond = beyond_title(incident);
    const char *summary = beyond ? beyond : "";
    size_t n = strlen(summary), fences = 0;
    char name[INCIDENT_NAME];
    bool cut = !is_whole && n > SUMMARY_BYTES;
    str_addn(out, summary, cut ? utf8_cut(summary, n, SUMMARY_BYTES) : n);
    for (const char *p = out->p; p && (p = strstr(p, "```")); p += strlen("```"))
        fences++;
    str_add(out, cut ? "…" : "");
    str_add(out, fences % 2 ? "\n```" : "");
    if (cut)
        str_addf(out, "\n\nRead the rest with `%s show`.", incident_name(incident->id, name));
}

static void add_links(const struct incident *incident, bool is_whole, struct str *out)
{
    size_t n = incident->places.links.n, most = is_whole ? n : MIN(n, LINKS_MOST);
    for (size_t i = 0; i < most; i++) {
        const struct state_link *link = &incident->places.links.v[i];
        str_add(out, i ? " · " : "");
        text_link(text_empty(link->label) ? link->url : link->label, link->url, out);
    }
    if (most < n)
        str_addf(out, " and %zu more", n - most);
}

static void add_paragraph(const struct str *paragraph, struct str *out)
{
    if (!paragraph->len)
        return;
    while (out->len && out->p[out->len - 1] == '\n')
        out->p[--out->len] = '\0';
    str_addf(out, "%s%s", out->len ? "\n\n" : "", paragraph->p);
}

/* What people wrote, what the alerts say, where to look. */
static void put_text(struct json_out *j, const struct incident *incident, const struct card_context *context)
{
    CLEANUP_STR struct str text = {0}, summary = {0}, more = {0}, links = {0};
    add_summary(incident, context->whole, &summary);
    if (context->more_text)
        context->more_text(context->ctx, incident, &more);
    add_links(incident, context->whole, &links);
    add_paragraph(&summary, &text);
    add_paragraph(&more, &text);
    add_paragraph(&links, &text);
    if (text.len)
        json_put_text(j, "text", text.p);
}

/* When it was declared, by whom, and the link to its page. */
static void put_footer(struct json_out *j, const struct incident *incident, const struct card_context *context)
{
    CLEANUP_TWICE struct twice footer = {0};
    char name[INCIDENT_NAME];
    add_word(&footer, "declared ");
    add_moment(&footer, incident->entries.n ? incident->entries.v[0].at : 0, context);
    add_word(&footer, " by ");
    add_value(&footer,
              incident->declared.rule ? incident->declared.rule : person(context, incident->declared.by));
    if (context->public_url) {
        CLEANUP_FREE char *url =
            xasprintf("%s/incidents/%s", context->public_url, incident_name(incident->id, name));
        add_word(&footer, " · ");
        str_add(&footer.plain, url);
        text_address(url, &footer.marked);
    }
    json_put_text(j, "footer", footer.plain.p);
    json_put_text(j, "footer_text", footer.marked.p);
}

void card_incident(const struct incident *incident, const struct card_context *context, struct str *out)
{
    struct json_out j = {out, false};
    begin_card(&j, incident);
    json_key(&j, "fields");
    json_begin_array(&j);
    status_field(&j, incident, context);
    card_field(&j, "severity", incident->severity);
    card_field(&j, "kind", incident->sort.kind);
    card_field(&j, "service", incident->service);
    card_field(&j, "team", incident->team);
    people_fields(&j, incident, context);
    owed_field(&j, incident, context);
    if (context->more)
        context->more(context->ctx, incident, context, &j);
    json_end_array(&j);
    put_text(&j, incident, context);
    buttons_put(&j, incident, BUTTON_ON_CARD, context);
    put_footer(&j, incident, context);
    json_end_object(&j);
}

void card_hidden(struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_text(&j, "title", HIDDEN_TITLE);
    json_put_text(&j, "tone", "quiet");
    json_end_object(&j);
}

static void add_owed(const struct incident *incident, const struct card_context *context, struct str *text)
{
    const char *lead = incident_role(incident, "lead");
    str_add(text, "\n**Owed**\n");
    for (size_t i = 0; i < incident->owed.n; i++) {
        const struct state_owed *owed = &incident->owed.v[i];
        str_markup(text, "- %s, by ", owed->text ? owed->text : owed->name);
        moment_format_plain(owed->due, context->now, context->zone, text);
        str_markup(text, lead ? ", %s\n" : "\n", lead ? person(context, lead) : "");
    }
    if (incident->owed.n == 0)
        str_add(text, "- nothing\n");
}

void card_catch_up(const struct incident *incident, const struct event *recent, size_t n,
                   const struct card_context *context, struct str *out)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *summary = beyond_title(incident);
    str_addf(&text, "**Summary**\n%s\n\n**Recent events**\n",
             text_empty(summary) ? "No summary yet." : summary);
    for (size_t i = n; i-- > 0;) {
        str_add(&text, "- ");
        moment_format(recent[i].at, context->now, context->zone, &text);
        str_add(&text, " ");
        event_describe(&recent[i], context->now, context->zone, context->name_of, context->ctx, &text);
        str_add(&text, "\n");
    }
    add_owed(incident, context, &text);
    struct json_out j = {out, false};
    begin_card(&j, incident);
    json_key(&j, "fields");
    json_begin_array(&j);
    status_field(&j, incident, context);
    card_field(&j, "severity", incident->severity);
    people_fields(&j, incident, context);
    json_end_array(&j);
    json_put_text(&j, "text", text.p);
    buttons_put(&j, incident, BUTTON_ON_CARD, context);
    json_end_object(&j);
}

void card_plain(const char *title, const char *card_tone, const char *text, struct str *out)
{
    card_pictured(title, card_tone, text, NULL, out);
}

static void put_picture(struct json_out *j, const struct card_picture *picture)
{
    json_key(j, "picture");
    json_begin_object(j);
    json_put_text(j, "svg", picture->svg);
    json_put_text(j, "alt", picture->alt);
    json_put_int(j, "width", picture->width);
    json_end_object(j);
}

void card_pictured(const char *title, const char *card_tone, const char *text,
                   const struct card_picture *picture, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_text(&j, "title", title);
    json_put_text(&j, "tone", card_tone);
    json_put_text_if(&j, "text", text);
    if (picture)
        put_picture(&j, picture);
    json_end_object(&j);
}
