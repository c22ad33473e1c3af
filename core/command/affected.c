/* Whom an incident affects: the list, and people's word on it. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/audience.h"
#include "command/handlers.h"
#include "comms/comms.h"
#include "customers/customers.h"
#include "impact/impact.h"

#define LIST_MOST 40

/* ---- the list ---- */

static void add_counts(const struct impact_row *row, struct str *out)
{
    if (row->count)
        str_markup(out, ", %" PRId64 " alert%s", row->count, row->count == 1 ? "" : "s");
    if (row->errors > 1)
        str_markup(out, " of %d errors", row->errors);
}

/* Whether they heard from us, how soon, and how long they waited. */
static void add_talk(const struct request *request, const struct impact_row *row, struct str *out)
{
    struct comms_talk talk = comms_talk(request->core, request->incident, row->key, row->since, request->now);
    if (talk.told_first) {
        str_add(out, ", told after ");
        duration_format(MAX(talk.told_first - row->since, 0), out);
        str_add(out, ", last ");
        moment_format(talk.told_at, request->now, request->zone, out);
    } else {
        str_add(out, ", not told yet");
    }
    str_add(out, talk.they_wrote_first ? ", wrote first" : talk.wrote_first ? ", wrote" : "");
    str_add(out, talk.told_first ? ", longest silence " : "");
    if (talk.told_first)
        duration_format(talk.silence, out);
}

/* " (gold, watched)" */
static void add_weight(const struct customer *record, struct str *out)
{
    if (record && record->tier)
        str_markup(out, record->cares ? " (%s, watched)" : " (%s)", record->tier);
    else if (record && record->cares)
        str_add(out, " (watched)");
}

/* "**Acme** (gold, watched), since 9:12, last 9:50, 120 alerts of 2 errors" */
static void add_row(const struct request *request, const struct impact_row *row, struct str *out)
{
    str_markup(out, "- **%s**", row->name);
    add_weight(row->record, out);
    if (row->since) {
        str_add(out, ", since ");
        moment_format(row->since, request->now, request->zone, out);
    }
    if (row->last > row->since) {
        str_add(out, ", last ");
        moment_format(row->last, request->now, request->zone, out);
    }
    add_talk(request, row, out);
    add_counts(row, out);
    str_add(out, "\n");
}

static void add_more(const struct impact *impact, struct str *out)
{
    if (impact->rows.n > LIST_MOST) {
        str_add(out, "\n");
        impact_number((int64_t)impact->rows.n - LIST_MOST, false, out);
        str_add(out, " more are known by name; the API lists them all.\n");
    }
    if (impact->estimated)
        str_add(out,
                "\nThe first 10,000 of each error are known by name; beyond that the number is an estimate.\n");
}

static void list_customers(struct request *request)
{
    char name[INCIDENT_NAME];
    struct impact impact;
    CLEANUP_STR struct str text = {0}, title = {0};
    request_incident_name(request, name);
    impact_of(request->core, request->incident, true, &impact);
    for (size_t i = 0; i < MIN(impact.rows.n, LIST_MOST); i++)
        add_row(request, &impact.rows.v[i], &text);
    add_more(&impact, &text);
    str_addf(&title, "Customers affected by %s: ", name);
    impact_number(impact.total, impact.estimated, &title);
    if (!impact.rows.n)
        str_markup(&text, "No affected customers are known. `%s affect Acme` adds one.", name);
    impact_finish(&impact);
    request->answer->alone = true;
    answer_titled(request, title.p, "info", text.p);
}

/* ---- by hand ---- */

/* `all`, or `tier gold`: whom that means follows from who is affected. */
static int refuse_many(const struct request *request, const char *typed, struct error *err)
{
    char name[INCIDENT_NAME];
    bool tier = strncasecmp(typed, "tier", 4) == 0 && typed[4] && strchr(" :", typed[4]);
    if (!customer_is_everybody(typed) && !tier)
        return 0;
    return error_markup(err, ERR_INVALID,
                        "'%.60s' stands for several customers. Name each of them: `%s affect Acme, Globex`.",
                        typed, request_incident_name(request, name));
}

static int affect(struct request *request, const char *typed, struct error *err)
{
    const struct customer *record = NULL;
    int known = customers_find(request->core, typed, &record, err);
    if (known == ERR_REFUSED)
        return known; /* several have that name */
    if (!record && refuse_many(request, typed, err))
        return ERR_INVALID;
    const char *customer = record ? record->key : typed;
    CLEANUP_FREE char *key = impact_key(request->core, request->incident, customer);
    return request_do(request,
                      &(struct command){.verb = "customer",
                                        .name = key ? key : customer,
                                        .text = record ? customer_name(record) : typed},
                      err);
}

/* Each key of theirs that alerts brought. */
static int unaffect(struct request *request, const char *typed, struct error *err)
{
    char name[INCIDENT_NAME];
    const struct customer *record = NULL;
    int rc = customers_find(request->core, typed, &record, err), n = 0;
    if (rc == ERR_REFUSED)
        return rc;
    const char *customer = record ? record->key : typed;
    for (rc = 0; !rc; n++) {
        CLEANUP_FREE char *key = impact_key(request->core, request->incident, customer);
        if (!key)
            break;
        rc = request_do(request, &(struct command){.verb = "unaffect", .name = key}, err);
    }
    if (!rc && !n)
        return error_markup(err, ERR_NOT_FOUND,
                            "%s does not affect '%.60s'. `%s customers` lists whom it affects.",
                            request_incident_name(request, name), typed, name);
    return rc;
}

/* "Acme, Inc": a customer whose name has a comma. */
static bool is_one(const struct request *request, const char *names)
{
    const struct customer *record;
    struct error unknown;
    CLEANUP_FREE char *key = NULL;
    return strchr(names, ',') && (customers_find(request->core, names, &record, &unknown) == 0 ||
                                  (affected_key(request, names, &key, &unknown) == 0 && key));
}

/* Each of the names; commas or lines part them. *ret_n: how many there were. */
static int each_name(struct request *request, const char *names,
                     int (*does)(struct request *request, const char *typed, struct error *err), size_t *ret_n,
                     struct error *err)
{
    int rc = 0;
    for (const char *p = names; !rc && *p;) {
        size_t n = strcspn(p, ",\n");
        size_t begin = strspn(p, " \t"), end = n;
        while (end > begin && (p[end - 1] == ' ' || p[end - 1] == '\t'))
            end--;
        CLEANUP_FREE char *name = xstrndup(p + MIN(begin, end), end - MIN(begin, end));
        if (*name)
            rc = does(request, name, err), ++*ret_n;
        p += n + (p[n] != '\0');
    }
    return rc;
}

static int change(struct request *request, const char *names,
                  int (*does)(struct request *request, const char *typed, struct error *err), struct error *err)
{
    char name[INCIDENT_NAME];
    struct impact impact;
    CLEANUP_STR struct str text = {0};
    size_t n = is_one(request, names);
    int rc = n ? does(request, names, err) : each_name(request, names, does, &n, err);
    if (!rc && !n)
        rc = error_set(err, ERR_INVALID, "Say which customer: `%s Acme`.",
                       text_equal(request->row->name, "customers") ? "customers add" : request->row->name);
    if (rc)
        return rc;
    impact_of(request->core, request->incident, false, &impact);
    str_addf(&text, "%s affects ", request_incident_name(request, name));
    impact_number(impact.total, impact.estimated, &text);
    str_addf(&text, " customer%s.", impact.total == 1 ? "" : "s");
    impact_finish(&impact);
    answer_text(request, text.p);
    return 0;
}

int run_affect(struct request *request, struct error *err)
{
    return change(request, request_argument(request, ARGUMENT_TEXT), affect, err);
}

int run_unaffect(struct request *request, struct error *err)
{
    return change(request, request_argument(request, ARGUMENT_TEXT), unaffect, err);
}

int run_customers(struct request *request, struct error *err)
{
    char name[INCIDENT_NAME];
    const char *text = request_argument(request, ARGUMENT_TEXT);
    if (!text) {
        list_customers(request);
        return 0;
    }
    if (strncasecmp(text, "add ", 4) == 0)
        return change(request, text + 4, affect, err);
    return error_markup(err, ERR_INVALID,
                        "Say who is affected: `%s affect Acme`. To open an incident with that title, "
                        "type `declare customers %.80s`.",
                        request_incident_name(request, name), text);
}
