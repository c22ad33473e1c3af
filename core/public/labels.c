#include "public/labels.h"

#include <string.h>

#include "base/json.h"
#include "base/zone.h"
#include "template/literal.h"
#include "public/stamp.h"

static const char *const languages[] = {"en", "de"};

/* States, statuses and what is said of the whole page have the keys of the wire. */
static const struct label {
    const char *key, *in[ARRAY_SIZE(languages)];
} rows[] = {
    {"all_operational", {"All Systems Operational", "Alle Systeme laufen"}},
    {"major_system_outage", {"Major System Outage", "Schwerer Ausfall"}},
    {"partial_system_outage", {"Partial System Outage", "Teilweiser Ausfall"}},
    {"minor_service_outage", {"Minor Service Outage", "Ausfall einzelner Dienste"}},
    {"degraded_system_service", {"Degraded System Service", "Alle Dienste eingeschränkt"}},
    {"partially_degraded_service", {"Partially Degraded Service", "Einzelne Dienste eingeschränkt"}},
    {"service_under_maintenance", {"Service Under Maintenance", "Wartungsarbeiten"}},
    {"operational", {"Operational", "In Betrieb"}},
    {"degraded_performance", {"Degraded performance", "Eingeschränkt"}},
    {"partial_outage", {"Partial outage", "Teilweiser Ausfall"}},
    {"major_outage", {"Major outage", "Ausfall"}},
    {"under_maintenance", {"Under maintenance", "In Wartung"}},
    {"investigating", {"Investigating", "In Untersuchung"}},
    {"identified", {"Identified", "Ursache gefunden"}},
    {"monitoring", {"Monitoring", "Unter Beobachtung"}},
    {"resolved", {"Resolved", "Behoben"}},
    {"postmortem", {"Postmortem", "Nachbetrachtung"}},
    {"scheduled", {"Scheduled", "Geplant"}},
    {"in_progress", {"In progress", "Läuft"}},
    {"verifying", {"Verifying", "Wird überprüft"}},
    {"completed", {"Completed", "Abgeschlossen"}},
    {"status", {"Status", "Status"}},
    {"current", {"Current status", "Aktueller Stand"}},
    {"components", {"Components", "Komponenten"}},
    {"incidents", {"Open incidents", "Offene Störungen"}},
    {"maintenance", {"Maintenance", "Wartung"}},
    {"past", {"Past incidents", "Frühere Störungen"}},
    {"nothing", {"No incidents reported.", "Keine Störungen gemeldet."}},
    {"history", {"History", "Verlauf"}},
    {"months", {"Months", "Monate"}},
    {"search", {"Search", "Suchen"}},
    {"found", {"Found", "Gefunden"}},
    {"not_found", {"Nothing was found.", "Nichts gefunden."}},
    {"missing", {"There is no such page.", "Diese Seite gibt es nicht."}},
    {"back", {"Current status", "Aktueller Stand"}},
    {"subscribe", {"Subscribe", "Abonnieren"}},
    {"subscribe_text",
     {"Be told of what happens here. We send a link to the address, which confirms it.",
      "Lassen Sie sich melden, was hier geschieht. Wir schicken einen Link an die Adresse, der sie "
      "bestätigt."}},
    {"subscribe_sent",
     {"We have sent a link to that address. Open it soon to confirm.",
      "Wir haben einen Link an diese Adresse geschickt. Öffnen Sie ihn bald, um sie zu bestätigen."}},
    {"subscribe_confirm",
     {"Tell this address of what happens here?", "Dieser Adresse melden, was hier geschieht?"}},
    {"subscribed", {"You are subscribed.", "Sie haben die Meldungen abonniert."}},
    {"email", {"E-mail address", "E-Mail-Adresse"}},
    {"webhook", {"Address of a webhook (https)", "Adresse eines Webhooks (https)"}},
    {"which",
     {"Only of these components (none chosen: of all)", "Nur zu diesen Komponenten (keine gewählt: zu allen)"}},
    {"secret",
     {"What requests are signed with (Standard Webhooks)", "Womit Anfragen signiert sind (Standard Webhooks)"}},
    {"confirm", {"Confirm", "Bestätigen"}},
    {"manage", {"Manage your subscription", "Abonnement verwalten"}},
    {"save", {"Save", "Speichern"}},
    {"saved", {"It is saved.", "Gespeichert."}},
    {"unsubscribe", {"Unsubscribe", "Abbestellen"}},
    {"unsubscribe_text", {"No more messages to this address?", "Keine Meldungen mehr an diese Adresse?"}},
    {"unsubscribed", {"You are unsubscribed.", "Sie haben die Meldungen abbestellt."}},
    {"link_void",
     {"This link is not valid, or not any more. To change or end what you get, subscribe again with the same "
      "address: the "
      "link in the message that comes leads there.",
      "Dieser Link ist nicht gültig oder nicht mehr. Um zu ändern oder zu beenden, was Sie bekommen, "
      "abonnieren Sie noch einmal mit "
      "derselben Adresse: Der Link in der Nachricht, die dann kommt, führt dorthin."}},
    {"wrong_address", {"That is not such an address.", "Das ist keine solche Adresse."}},
    {"too_many",
     {"Many are subscribing just now. Try again in an hour.",
      "Gerade abonnieren zu viele. Versuchen Sie es in einer Stunde noch einmal."}},
    {"confirm_subject", {"Confirm your subscription", "Bestätigen Sie Ihr Abonnement"}},
    {"confirm_text",
     {"Somebody asked that this address be told of what happens on our status page. If that was you, open the "
      "link "
      "soon. If not, do nothing: you hear no more of it.",
      "Jemand hat gebeten, dass dieser Adresse gemeldet wird, was auf unserer Statusseite geschieht. Wenn Sie "
      "das waren, "
      "öffnen Sie bald den Link. Wenn nicht, tun Sie nichts: Sie hören nichts mehr davon."}},
    {"why_mail",
     {"You get this because you subscribed to our status page.",
      "Sie bekommen dies, weil Sie unsere Statusseite abonniert haben."}},
    {"planned_from", {"From", "Von"}},
    {"planned_until", {"Until", "Bis"}},
    {"contact", {"Contact", "Kontakt"}},
    {"languages", {"Languages", "Sprachen"}},
    {"feeds", {"Feeds", "Feeds"}},
    {"next_update", {"Next update by", "Nächste Meldung bis"}},
    {"affects", {"Affects", "Betrifft"}},
    {"planned", {"Planned", "Geplant"}},
    {"to", {"to", "bis"}},
    {"uptime", {"uptime in the last 90 days", "Verfügbarkeit in den letzten 90 Tagen"}},
    {"troubles", {"Days with trouble", "Tage mit Störungen"}},
    {"as_of", {"As of", "Stand"}},
    {"skip", {"Skip to content", "Zum Inhalt"}},
    {"month_names",
     {"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
      "Jan. Feb. März Apr. Mai Juni Juli Aug. Sep. Okt. Nov. Dez."}},
};

void labels_init(struct labels *labels, const struct public_asked *asked)
{
    const char *own = asked->page->look.words;
    *labels = (struct labels){.language = asked->language};
    if (own)
        json_parse(own, strlen(own), 64 * 1024, 4, "words", &labels->own, NULL);
}

static const struct label *find(const char *key)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (text_equal(rows[i].key, key))
            return &rows[i];
    }
    return NULL;
}

int labels_check(const cJSON *words, struct error *err)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, words)
    {
        int rc = cJSON_IsObject(row) ? labels_check(row, err) : 0;
        if (rc)
            return rc;
        if (cJSON_IsObject(row) || (cJSON_IsString(row) && find(row->string)))
            continue;
        return error_set(
            err, ERR_INVALID,
            "'%.40s' is no word of a status page; they are all_operational, history, investigating, "
            "… (docs/statuspage.md)",
            row->string ? row->string : "");
    }
    return 0;
}

void labels_finish(struct labels *labels)
{
    cJSON_Delete(labels->own);
}

static const char *shipped(const struct label *row, const char *language)
{
    for (size_t i = 0; i < ARRAY_SIZE(languages); i++) {
        if (text_equal(language, languages[i]))
            return row->in[i];
    }
    return row->in[0];
}

/* The team's words for one language stand in an object under its name, others beside it. */
static const char *get(const struct labels *labels, const struct label *row)
{
    const char *own = json_text_or(labels->own, row->key, NULL);
    own = json_text_or(json_member(labels->own, labels->language), row->key, own);
    return own ? own : shipped(row, labels->language);
}

const char *labels_get(const struct labels *labels, const char *key)
{
    const struct label *row = find(key);
    return row ? get(labels, row) : "";
}

void labels_put(const struct labels *labels, struct view *view)
{
    CLEANUP_STR struct str name = {0}, html = {0};
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        str_clear(&name);
        str_clear(&html);
        str_addf(&name, "say_%s", rows[i].key);
        literal_add(&html, get(labels, &rows[i]));
        view_html(view, name.p, str_text(&html));
    }
}

/* ---- times ---- */

static void add_month(const struct labels *labels, const struct wall *w, struct str *out)
{
    const char *at = labels_get(labels, "month_names");
    for (int i = 1; i < w->month; i++)
        at += strcspn(at, " ") + (at[strcspn(at, " ")] == ' ');
    CLEANUP_FREE char *name = xstrndup(at, strcspn(at, " "));
    literal_add(out, name);
    str_addf(out, " %d", w->year);
}

void labels_time(const struct labels *labels, instant t, struct str *out)
{
    char stamp[STAMP_BYTES];
    struct wall w = zone_to_wall(t, NULL);
    if (t <= 0)
        return;
    str_addf(out, "<time datetime=\"%s\">%d ", stamp_iso(t, NULL, stamp), w.day);
    add_month(labels, &w, out);
    str_addf(out, ", %02d:%02d UTC</time>", w.hour, w.minute);
}

void labels_day(const struct labels *labels, instant t, const char *zone, struct str *out)
{
    char stamp[STAMP_BYTES];
    struct wall w = zone_to_wall(t, zone);
    str_addf(out, "<time datetime=\"%s\">%d ", stamp_day(t, zone, stamp), w.day);
    add_month(labels, &w, out);
    str_add(out, "</time>");
}

void labels_month(const struct labels *labels, instant t, const char *zone, struct str *out)
{
    struct wall w = zone_to_wall(t, zone);
    add_month(labels, &w, out);
}
