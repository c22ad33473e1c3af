/* A sample as people read it, as CommonMark: a few lines on a card, all of it for `error`. Everything in it is literal. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "intake/evidence.h"
#include "intake/labelled.h"
#include "triage/triage.h"

/* How much is shown. */
struct measure {
    size_t frames, tags;      /* so many */
    size_t value, word, file; /* bytes of a value, a tag, a file's path */
};
static const struct measure brief = {3, 6, 300, 80, 60};
static const struct measure whole = {EVIDENCE_FRAMES, ALERT_TAGS, ALERT_MESSAGE, EVIDENCE_URL, EVIDENCE_NAME};

struct writing {
    const struct alert *alert;
    const struct evidence *evidence;
    const struct measure *measure;
    struct str *out;
};

static void add_cut(const char *text, size_t most, struct str *out)
{
    size_t n = strlen(text);
    str_markup(out, "%.*s%s", (int)MIN(n, most), text, n > most ? "…" : "");
}

static bool is_brief(const struct writing *w)
{
    return w->measure == &brief;
}

/* ---- what happened, and where ---- */

/* The end of a path says most. */
static void add_file(const char *file, size_t most, struct str *out)
{
    size_t n = strlen(file);
    const char *end = n > most ? file + n - most : file;
    while (((unsigned char)*end & 0xc0) == 0x80)
        end++;
    str_add(out, end > file ? "…" : "");
    text_literal(end, out);
}

static void write_frame(const struct writing *w, const struct evidence_frame *frame)
{
    str_add(w->out, "- ");
    if (*frame->function)
        str_markup(w->out, "`%s`", frame->function);
    if (*frame->file) {
        str_add(w->out, *frame->function ? " in " : "");
        add_file(frame->file, w->measure->file, w->out);
        if (frame->line > 0)
            str_addf(w->out, ":%" PRId64, frame->line);
    }
    str_add(w->out, "\n");
}

static void write_error(const struct writing *w, const char *type, const char *value)
{
    if (!text_empty(type))
        str_markup(w->out, "**%s**", type);
    if (!text_empty(type) && !text_empty(value))
        str_add(w->out, ": ");
    add_cut(value, w->measure->value, w->out);
    str_add(w->out, "\n");
}

static void write_trace(const struct writing *w)
{
    const struct evidence_trace *trace = &w->evidence->trace;
    for (size_t i = 0; i < trace->n && i < w->measure->frames; i++)
        write_frame(w, &trace->v[i]);
    for (size_t i = 0; !is_brief(w) && i < w->evidence->n_causes; i++) {
        const struct evidence_cause *cause = &w->evidence->causes[i];
        str_add(w->out, "\ncaused by ");
        write_error(w, cause->type, cause->value);
        if (*cause->frame.function || *cause->frame.file)
            write_frame(w, &cause->frame);
    }
}

/* An error by type, value and frames; any other alert by its message and values. */
static void write_problem(const struct writing *w)
{
    const struct alert *alert = w->alert;
    bool is_error = !text_empty(alert->about.type) || !text_empty(alert->exception_value);
    bool has_message = !text_empty(alert->message) && strcmp(alert->message, alert->about.title) != 0;
    if (is_error)
        write_error(w, alert->about.type, alert->exception_value);
    write_trace(w);
    if (has_message && (!is_error || !is_brief(w))) {
        str_add(w->out, w->out->len ? "\n" : "");
        write_error(w, "", alert->message);
    }
    if (!text_empty(alert->details) && !w->evidence->trace.n && !(is_error && is_brief(w))) {
        str_add(w->out, w->out->len ? "\n" : "");
        write_error(w, "", alert->details);
    }
}

/* ---- under which circumstances ---- */

/* One on a line, or all on one line of a card. */
static void write_fact(const struct writing *w, size_t begin, const char *name, const char *value)
{
    if (text_empty(value))
        return;
    str_add(w->out, !is_brief(w) ? "- " : w->out->len > begin ? " · " : "");
    str_markup(w->out, "%s ", name);
    add_cut(value, w->measure->word, w->out);
    str_add(w->out, is_brief(w) ? "" : "\n");
}

/* Of labels, a replica's name: the card lists those that fire, and this one may have recovered. */
static bool is_replica(const struct writing *w, const struct alert_tag *tag)
{
    const char *source = w->alert->about.source;
    bool labels = text_equal(source, "alertmanager") || text_equal(source, "grafana");
    return labels && labelled_names_replica(tag->key);
}

/* Said already, or nothing that a line on a card helps with. */
static bool is_told(const struct writing *w, const struct alert_tag *tag)
{
    static const char *const told[] = {"service", "environment", "env", "release",  "severity",
                                       "level",   "handled",     "url", "alertname"};
    for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
        if (is_brief(w) && strcmp(told[i], tag->key) == 0)
            return true;
    }
    return is_brief(w) && (strstr(tag->value, "://") || is_replica(w, tag));
}

static void write_tags(const struct writing *w, size_t begin)
{
    CLEANUP_STR struct str all = {0};
    size_t n = 0;
    for (size_t i = 0; i < w->alert->n_tags && n < w->measure->tags; i++) {
        const struct alert_tag *tag = &w->alert->tags[i];
        if (is_told(w, tag))
            continue;
        str_add(&all, n++ ? ", " : "");
        add_cut(tag->key, w->measure->word, &all);
        str_add(&all, "=");
        add_cut(tag->value, w->measure->word, &all);
    }
    if (!n)
        return;
    str_add(w->out, !is_brief(w) ? "- tags " : w->out->len > begin ? " · " : "");
    str_add(w->out, all.p);
    str_add(w->out, is_brief(w) ? "" : "\n");
}

static void write_user(const struct writing *w, size_t begin)
{
    const struct alert_who *who = &w->alert->who;
    bool both = *who->user && *who->user_email && !is_brief(w);
    CLEANUP_FREE char *user = both ? xasprintf("%s, %s", who->user, who->user_email)
                                   : xstrdup(*who->user ? who->user : who->user_email);
    write_fact(w, begin, "user", user);
    if (!is_brief(w) && strcmp(who->customer, who->user) != 0)
        write_fact(w, begin, "customer", *who->customer_name ? who->customer_name : who->customer);
}

static void write_facts(const struct writing *w)
{
    const struct alert *alert = w->alert;
    const struct evidence *evidence = w->evidence;
    CLEANUP_FREE char *request =
        xasprintf("%s%s%s", evidence->method, *evidence->method ? " " : "", evidence->url);
    str_add(w->out, w->out->len ? "\n" : "");
    size_t begin = w->out->len;
    write_fact(w, begin, "release", alert->about.release);
    write_fact(w, begin, "environment", alert->about.environment);
    if (!is_brief(w)) {
        write_fact(w, begin, "service", alert->about.service);
        write_fact(w, begin, "level", alert_level_name(alert->level));
        write_fact(w, begin, "host", alert->host);
    }
    write_user(w, begin);
    write_fact(w, begin, "request", *evidence->url ? request : "");
    write_tags(w, begin);
    if (is_brief(w) && w->out->len > begin)
        str_add(w->out, "\n");
}

/* ---- before that, and elsewhere ---- */

static void write_crumbs(const struct writing *w)
{
    if (w->evidence->n_crumbs)
        str_add(w->out, "\n**Before that**\n");
    for (size_t i = 0; i < w->evidence->n_crumbs; i++) {
        const struct evidence_crumb *crumb = &w->evidence->crumbs[i];
        str_markup(w->out, *crumb->at ? "- %s " : "- %s", crumb->at);
        str_markup(w->out, *crumb->category ? "%s: " : "%s", crumb->category);
        add_cut(crumb->message, w->measure->value, w->out);
        str_add(w->out, "\n");
    }
}

static void write_links(const struct writing *w)
{
    for (size_t i = 0; i < w->evidence->n_links; i++) {
        str_add(w->out, i ? " · " : "\n");
        text_link(w->evidence->links[i].label, w->evidence->links[i].url, w->out);
    }
    str_add(w->out, w->evidence->n_links ? "\n" : "");
}

void triage_write_sample(const struct alert *alert, bool all, struct str *commonmark)
{
    struct arena arena = {0};
    struct evidence evidence;
    CLEANUP_STR struct str text = {0};
    evidence_read(alert, &arena, &evidence);
    struct writing w = {alert, &evidence, all ? &whole : &brief, &text};
    write_problem(&w);
    write_facts(&w);
    if (all) {
        write_crumbs(&w);
        write_links(&w);
    }
    str_add(commonmark, str_text(&text));
    arena_finish(&arena);
}
