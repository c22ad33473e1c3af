/* Every object and field of Statuspage's public API, version 2. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/status_page.h"
#include "base/json.h"
#include "public/rollup.h"

static cJSON *read(const struct public_page *page, const char *path)
{
    CLEANUP_FREE char *text = status_page_file(page, path);
    cJSON *doc = NULL;
    assert_non_null(text);
    assert_int_equal(json_parse(text, strlen(text), 16 << 20, JSON_DEPTH, path, &doc, NULL), 0);
    return doc;
}

/* The object's names are these, in this order. */
static void check_names(const cJSON *object, const char *names)
{
    CLEANUP_STR struct str found = {0};
    for (const cJSON *at = object->child; at; at = at->next)
        str_addf(&found, "%s%s", found.len ? " " : "", at->string);
    assert_string_equal(str_text(&found), names);
}

static const char component_names[] =
    "id name status created_at updated_at position description showcase start_date group_id page_id "
    "group only_show_if_degraded";
static const char incident_names[] =
    "id name status created_at updated_at monitoring_at resolved_at impact shortlink started_at page_id "
    "incident_updates components reminder_intervals";

static void check_text(const cJSON *object, const char *name, const char *text)
{
    assert_string_equal(json_text_or(object, name, "(none)"), text);
}

static void test_page_and_status(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    CLEANUP_JSON cJSON *doc = read(page, "api/v2/status.json");
    check_names(doc, "page status");
    check_names(json_member(doc, "page"), "id name url time_zone updated_at");
    check_text(json_member(doc, "page"), "time_zone", "Europe/Berlin");
    check_text(json_member(doc, "page"), "updated_at", "2026-11-30T07:12:00.000+01:00");
    check_text(json_member(doc, "status"), "indicator", "minor");
    check_text(json_member(doc, "status"), "description", "Partially Degraded Service");
    public_unref(page);
}

static void test_components(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    CLEANUP_JSON cJSON *doc = read(page, "api/v2/components.json");
    check_names(doc, "page components");
    const cJSON *all = json_member(doc, "components"), *group = cJSON_GetArrayItem(all, 0),
                *payments = cJSON_GetArrayItem(all, 2), *website = cJSON_GetArrayItem(all, 3);
    assert_int_equal(cJSON_GetArraySize(all), 4);
    CLEANUP_FREE char *with_children = xasprintf("%s components", component_names);
    check_names(group, with_children);
    check_names(payments, component_names);
    check_text(group, "status", "degraded_performance");
    assert_int_equal(cJSON_GetArraySize(json_member(group, "components")), 2);
    check_text(payments, "group_id", json_text_or(group, "id", ""));
    check_text(payments, "description", "Cards and invoices");
    check_text(payments, "start_date", "2025-10-26");
    assert_int_equal(json_int_or(payments, "position", 0), 2);
    assert_null(json_member(website, "group_id"));
    assert_int_equal(json_int_or(website, "position", 0), 2);
    public_unref(page);
}

static void test_incidents(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    CLEANUP_JSON cJSON *doc = read(page, "api/v2/incidents.json"),
                       *open = read(page, "api/v2/incidents/unresolved.json");
    const cJSON *all = json_member(doc, "incidents"), *slow = cJSON_GetArrayItem(all, 0);
    assert_int_equal(cJSON_GetArraySize(all), 2);
    assert_int_equal(cJSON_GetArraySize(json_member(open, "incidents")), 1);
    check_names(slow, incident_names);
    check_text(slow, "monitoring_at", "2026-11-30T07:02:00.000+01:00");
    assert_null(json_member(slow, "resolved_at"));
    check_names(cJSON_GetArrayItem(json_member(slow, "components"), 0), component_names);
    const cJSON *words = json_member(slow, "incident_updates"), *first = cJSON_GetArrayItem(words, 1);
    check_names(
        first,
        "id status body incident_id created_at updated_at display_at affected_components deliver_notifications "
        "custom_tweet tweet_id");
    assert_null(json_member(cJSON_GetArrayItem(words, 0), "affected_components"));
    const cJSON *affected = cJSON_GetArrayItem(json_member(first, "affected_components"), 0);
    check_names(affected, "code name old_status new_status");
    check_text(affected, "name", "Shop - Payments");
    check_text(affected, "new_status", "degraded_performance");
    check_text(cJSON_GetArrayItem(all, 1), "impact", "critical");
    public_unref(page);
}

static void test_maintenance(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    static const struct {
        const char *path;
        int planned, running;
    } files[] = {{"api/v2/scheduled-maintenances.json", 1, 1},
                 {"api/v2/scheduled-maintenances/upcoming.json", 1, 0},
                 {"api/v2/scheduled-maintenances/active.json", 0, 1}};
    CLEANUP_FREE char *names = xasprintf("%s scheduled_for scheduled_until", incident_names);
    for (int running = 0; running < 2; running++) {
        page->posts.v[0].status = running ? POST_IN_PROGRESS : POST_SCHEDULED;
        for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
            CLEANUP_JSON cJSON *doc = read(page, files[i].path);
            const cJSON *all = json_member(doc, "scheduled_maintenances");
            check_names(doc, "page scheduled_maintenances");
            assert_int_equal(cJSON_GetArraySize(all), running ? files[i].running : files[i].planned);
            if (cJSON_GetArraySize(all))
                check_names(cJSON_GetArrayItem(all, 0), names);
        }
    }
    public_unref(page);
}

static void test_summary(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    CLEANUP_JSON cJSON *doc = read(page, "api/v2/summary.json");
    check_names(doc, "page status components incidents scheduled_maintenances");
    assert_int_equal(cJSON_GetArraySize(json_member(doc, "incidents")), 1);
    assert_int_equal(cJSON_GetArraySize(json_member(doc, "scheduled_maintenances")), 1);
    public_unref(page);
}

/* The label that follows from the states of three components. */
static void test_rollup(void **state)
{
    (void)state;
    static const struct {
        enum public_state of[3];
        enum public_impact indicator;
        const char *description;
    } rows[] = {
        {{STATE_OPERATIONAL, STATE_OPERATIONAL, STATE_OPERATIONAL}, IMPACT_NONE, "All Systems Operational"},
        {{STATE_MAJOR, STATE_MAJOR, STATE_MAJOR}, IMPACT_CRITICAL, "Major System Outage"},
        {{STATE_MAJOR, STATE_OPERATIONAL, STATE_MAINTENANCE}, IMPACT_MAJOR, "Partial System Outage"},
        {{STATE_PARTIAL, STATE_PARTIAL, STATE_PARTIAL}, IMPACT_MAJOR, "Partial System Outage"},
        {{STATE_PARTIAL, STATE_DEGRADED, STATE_OPERATIONAL}, IMPACT_MINOR, "Minor Service Outage"},
        {{STATE_DEGRADED, STATE_DEGRADED, STATE_DEGRADED}, IMPACT_MINOR, "Degraded System Service"},
        {{STATE_DEGRADED, STATE_MAINTENANCE, STATE_OPERATIONAL}, IMPACT_MINOR, "Partially Degraded Service"},
        {{STATE_MAINTENANCE, STATE_OPERATIONAL, STATE_OPERATIONAL},
         IMPACT_MAINTENANCE,
         "Service Under Maintenance"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct public_page *page = status_page_empty("Acme", "Etc/UTC");
        for (size_t k = 0; k < 3; k++)
            status_page_component(page, "c", PUBLIC_ALONE, rows[i].of[k]);
        struct public_rollup rollup = public_rollup(page);
        assert_int_equal(rollup.indicator, rows[i].indicator);
        assert_string_equal(rollup.description, rows[i].description);
        public_unref(page);
    }
}

static void test_rollup_without_components(void **state)
{
    (void)state;
    struct public_page *page = status_page_empty("Acme", "Etc/UTC");
    assert_string_equal(public_rollup(page).description, "All Systems Operational");
    status_page_post(page, "Down", POST_INVESTIGATING, STATUS_NOW)->impact = IMPACT_CRITICAL;
    assert_string_equal(public_rollup(page).description, "Major System Outage");
    public_unref(page);
}

static void test_group_state(void **state)
{
    (void)state;
    struct public_page *page = status_page_empty("Acme", "Etc/UTC");
    status_page_group(page, "g");
    assert_int_equal(public_group_state(page, 0), STATE_OPERATIONAL);
    status_page_component(page, "a", 0, STATE_MAINTENANCE);
    status_page_component(page, "b", PUBLIC_ALONE, STATE_MAJOR);
    assert_int_equal(public_group_state(page, 0), STATE_MAINTENANCE);
    status_page_component(page, "c", 0, STATE_DEGRADED);
    assert_int_equal(public_group_state(page, 0), STATE_DEGRADED);
    status_page_component(page, "d", 0, STATE_MAINTENANCE);
    status_page_component(page, "e", 0, STATE_PARTIAL);
    assert_int_equal(public_group_state(page, 0), STATE_PARTIAL);
    public_unref(page);
}

static void test_no_such_file(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    static const char *const paths[] = {
        "api/v2/x.json", "api/v2/../summary.json", "/", "..", "api/v2/summary.json/", "\xff"};
    struct public_file file;
    struct error err;
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
        assert_int_equal(public_render(page, paths[i], "", &file, &err), ERR_NOT_FOUND);
    public_unref(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_and_status),
        cmocka_unit_test(test_components),
        cmocka_unit_test(test_incidents),
        cmocka_unit_test(test_maintenance),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_rollup),
        cmocka_unit_test(test_rollup_without_components),
        cmocka_unit_test(test_group_state),
        cmocka_unit_test(test_no_such_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
