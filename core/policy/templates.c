/* template{}: CommonMark with strict placeholders; their values are literal, but for the summary, which is CommonMark too. {{title}} must have a value; {{lead|nobody}} has a fallback. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "base/zone.h"
#include "policy/set.h"

static void write_name(const struct template_values *values, struct str *out)
{
    const struct incident *incident = values->incident;
    char buffer[INCIDENT_NAME];
    str_add(out, incident->id ? incident_name(incident->id, buffer) : "");
}

static void write_status(const struct template_values *values, struct str *out)
{
    const struct incident *incident = values->incident;
    str_add(out, incident->id ? status_name(incident->status) : "");
}

static void write_lead(const struct template_values *values, struct str *out)
{
    const struct incident *incident = values->incident;
    str_add(out, incident_role(incident, "lead"));
}

static void write_comms(const struct template_values *values, struct str *out)
{
    const struct incident *incident = values->incident;
    str_add(out, incident_role(incident, "comms"));
}

static void write_customer(const struct template_values *values, struct str *out)
{
    str_add(out, values->customer);
}

static void write_customers(const struct template_values *values, struct str *out)
{
    const struct incident *incident = values->incident;
    for (size_t i = 0; i < incident->affected.customers.n; i++) {
        const struct state_customer *customer = &incident->affected.customers.v[i];
        str_addf(out, "%s%s", i ? ", " : "", text_empty(customer->name) ? customer->key : customer->name);
    }
    int64_t more = incident_customers(incident) - (int64_t)incident->affected.customers.n;
    if (more > 0)
        str_addf(out, " and %s%" PRId64 " more", incident->affected.estimated ? "about " : "", more);
}

/* Many people read the text, perhaps much later. */
static void write_time(const struct template_values *values, instant t, struct str *out)
{
    if (t)
        when_format_plain(t, values->now, values->zone, out);
}

static void write_declared(const struct template_values *values, struct str *out)
{
    const struct incident *incident = values->incident;
    write_time(values, incident->entries.n ? incident->entries.v[0].at : 0, out);
}

static void write_pause_until(const struct template_values *values, struct str *out)
{
    write_time(values, values->incident->pause.until, out);
}

/* The value of a placeholder: a member of the incident, or the output of a function. */
static const struct placeholder {
    const char *name;
    size_t member; /* used without `write`: of the incident, or of the facts */
    void (*write)(const struct template_values *values, struct str *out);
    bool markup; /* CommonMark already, or to be filled in later; any other value is literal */
    bool fact;   /* the member is of the facts */
} placeholders[] = {
    {"name", 0, write_name, false, false},
    {"title", offsetof(struct incident, title), NULL, false, false},
    {"summary", offsetof(struct incident, summary), NULL, true, false},
    {"severity", offsetof(struct incident, severity), NULL, false, false},
    {"status", 0, write_status, false, false},
    {"service", offsetof(struct incident, service), NULL, false, false},
    {"team", offsetof(struct incident, team), NULL, false, false},
    {"lead", 0, write_lead, false, false},
    {"comms", 0, write_comms, false, false},
    {"customer", 0, write_customer, true, false},
    {"customers", 0, write_customers, false, false},
    {"declared", 0, write_declared, false, false},
    {"declared_by", offsetof(struct incident, declared.by), NULL, false, false},
    {"pause_reason", offsetof(struct incident, pause.reason), NULL, false, false},
    {"pause_until", 0, write_pause_until, false, false},
    {"paused_by", offsetof(struct incident, pause.by), NULL, false, false},
    {"ticket", offsetof(struct incident, end.ticket), NULL, false, false},
    {"ended_reason", offsetof(struct incident, end.reason), NULL, false, false},
    {"happened", offsetof(struct template_facts, happened), NULL, true, true},
    {"course", offsetof(struct template_facts, course), NULL, true, true},
    {"told", offsetof(struct template_facts, told), NULL, true, true},
    {"contact", offsetof(struct template_facts, contact), NULL, true, true},
    {"helped", offsetof(struct template_facts, helped), NULL, true, true},
    {"hindered", offsetof(struct template_facts, hindered), NULL, true, true},
    {"followups", offsetof(struct template_facts, followups), NULL, true, true},
};

static const struct placeholder *find(const char *name, size_t n)
{
    for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++) {
        if (strlen(placeholders[i].name) == n && memcmp(placeholders[i].name, name, n) == 0)
            return &placeholders[i];
    }
    return NULL;
}

/* A value never becomes a placeholder: "{{" shows as it is, and is none. */
static void add_literal(const char *value, struct str *out)
{
    CLEANUP_STR struct str text = {0};
    text_literal(value, &text);
    for (const char *p = str_text(&text); *p; p++) {
        str_addc(out, *p);
        if (*p == '{' && p[1] == '{')
            str_addc(out, '\\');
    }
}

static void write_value(const struct placeholder *placeholder, const struct template_values *values,
                        struct str *out)
{
    const void *from = placeholder->fact ? (const void *)values->facts : values->incident;
    CLEANUP_STR struct str value = {0};
    if (!values->incident || !from)
        return;
    if (placeholder->write)
        placeholder->write(values, &value);
    else
        str_add(&value, *(char *const *)(const void *)((const char *)from + placeholder->member));
    if (placeholder->markup)
        str_add(out, str_text(&value));
    else
        add_literal(str_text(&value), out);
}

static int unknown_placeholder(const char *where, const char *name, size_t n, struct error *err)
{
    CLEANUP_STR struct str names = {0};
    for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++)
        str_addf(&names, "%s%s", i ? ", " : "", placeholders[i].name);
    return error_set(err, ERR_INVALID, "%s: unknown placeholder {{%.*s}}; use one of %s", where,
                     (int)MIN(n, 60), name, names.p);
}

/* One {{name}} or {{name|fallback}}, without its braces. */
static int expand_one(const char *inside, size_t n, const char *where, const struct template_values *values,
                      struct str *out, struct error *err)
{
    const char *bar = memchr(inside, '|', n);
    size_t name = bar ? (size_t)(bar - inside) : n, before = out->len;
    const struct placeholder *placeholder = find(inside, name);
    if (!placeholder)
        return unknown_placeholder(where, inside, name, err);
    write_value(placeholder, values, out);
    if (out->len > before)
        return 0;
    if (!bar)
        return error_set(err, ERR_INVALID, "%s: no value for {{%s}}; give it a fallback: {{%s|…}}", where,
                         placeholder->name, placeholder->name);
    str_addn(out, bar + 1, n - name - 1);
    return 0;
}

int template_expand(const char *text, const char *where, const struct template_values *values, struct str *out,
                    struct error *err)
{
    for (const char *open; (open = strstr(text, "{{"));) {
        const char *close = strstr(open, "}}");
        if (!close)
            return error_set(err, ERR_INVALID, "%s: a {{ without }}", where);
        str_addn(out, text, (size_t)(open - text));
        int rc = expand_one(open + 2, (size_t)(close - open - 2), where, values, out, err);
        if (rc)
            return rc;
        text = close + 2;
    }
    str_add(out, text);
    return 0;
}

int template_check(const char *text, const char *where, struct error *err)
{
    for (const char *p = text, *open; (open = strstr(p, "{{")); p = open + 2) {
        size_t n = strcspn(open + 2, "|}");
        if (!strstr(open, "}}"))
            return error_set(err, ERR_INVALID, "%s: a {{ without }}", where);
        if (!find(open + 2, n))
            return unknown_placeholder(where, open + 2, n, err);
    }
    return 0;
}

/* So that a misspelt name is noticed when the file is loaded, not when the text is needed. */
int templates_check(const struct policy_set *set, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < set->templates.n; i++)
        rc = template_check(set->templates.v[i].text, set->templates.v[i].named.where, err);
    for (size_t i = 0; i < set->comms.messages.n; i++) {
        const struct message_row *row = &set->comms.messages.v[i];
        for (size_t k = 0; !rc && k < row->texts.n; k++)
            rc = template_check(row->texts.v[k].text, row->named.where, err);
    }
    return rc;
}

const struct template_row *template_find(const struct policy_set *set, const char *name)
{
    for (size_t i = 0; i < set->templates.n; i++) {
        if (text_equal(set->templates.v[i].named.name, name))
            return &set->templates.v[i];
    }
    return NULL;
}

const char *policy_zone(const struct policy *policy)
{
    const struct policy_host *host = &policy->host;
    return host->zone ? host->zone(host->ctx) : NULL;
}

int policy_template(struct policy *policy, const char *name, const struct incident *incident,
                    const struct template_facts *facts, instant now, struct str *out, struct error *err)
{
    const struct template_row *row = template_find(policy->set, name);
    if (!row)
        return error_set(err, ERR_NOT_FOUND, "unknown template '%.60s'", name);
    const struct template_values values = {incident, now, policy_zone(policy), NULL, facts};
    CLEANUP_STR struct str text = {0};
    int rc = template_expand(row->text, row->named.where, &values, &text, err);
    if (!rc)
        str_add(out, str_text(&text));
    return rc;
}
