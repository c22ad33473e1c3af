/* What a connector declares, and whether its credentials work. */
#include <string.h>
#include <strings.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "conformance/suite.h"

static void check_texts(struct suite *suite)
{
    static const char *const texts[] = {"name", "version", "summary"};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        if (text_empty(json_text_or(suite->descriptor, texts[i], NULL)))
            suite_fail(suite, "expected a %s in the descriptor, but there is none", texts[i]);
    }
    if (suite->parallel < 1 || suite->parallel > 16)
        suite_fail(suite, "expected `parallel` from 1 to 16, but it is %d", suite->parallel);
}

/* Its name says that nobody should see its value. */
static bool sounds_secret(const char *name)
{
    static const char *const words[] = {"token", "password", "secret", "api_key", "private_key"};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        size_t n = strlen(name), word = strlen(words[i]);
        if (n >= word && strcasecmp(name + n - word, words[i]) == 0)
            return true;
    }
    return false;
}

static void check_settings(struct suite *suite)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(suite->descriptor, "settings"))
    {
        const char *name = json_text_or(row, "name", "");
        int64_t flags = json_int_or(row, "flags", 0);
        if (text_empty(json_text_or(row, "help", NULL)))
            suite_fail(suite, "expected a line of help for the setting `%s`, but there is none", name);
        if (flags & TOCSIN_REQUIRED && json_text_or(row, "fallback", NULL))
            suite_fail(suite, "the setting `%s` is required, and has a fallback: one of the two is wrong",
                       name);
        if (!(flags & TOCSIN_SECRET) && json_int_or(row, "type", 0) == TOCSIN_SETTING_TEXT &&
            sounds_secret(name))
            suite_fail(suite, "expected the setting `%s` to have TOCSIN_SECRET, so that it is never shown",
                       name);
    }
}

/* Links to tickets must be known without asking. */
static void check_links(struct suite *suite)
{
    const cJSON *row;
    bool any = false;
    cJSON_ArrayForEach(row, json_member(suite->descriptor, "settings"))
    {
        any = any || json_int_or(row, "flags", 0) & TOCSIN_LINKS;
    }
    if (suite->can & TOCSIN_CAN_TICKETS && !any)
        suite_fail(suite, "expected a setting with TOCSIN_LINKS, since it has tickets");
}

static void check_limits(struct suite *suite)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(suite->descriptor, "limits"))
    {
        if (json_int_or(row, "burst", 0) < 1 || json_int_or(row, "refill", 0) < 1)
            suite_fail(suite, "expected the limit of %s to have a burst and a refill of at least 1",
                       json_text_or(row, "kind", "?"));
    }
}

static void check_abilities(struct suite *suite)
{
    static const struct {
        uint64_t can, needs;
        const char *text;
    } rows[] = {
        {TOCSIN_CAN_EDIT, TOCSIN_CAN_POST, "it declares that it can edit, but not post"},
        {TOCSIN_CAN_DELETE, TOCSIN_CAN_POST, "it declares that it can delete, but not post"},
        {TOCSIN_CAN_THREAD, TOCSIN_CAN_POST, "it declares that it has threads, but not that it can post"},
        {TOCSIN_CAN_BUTTONS, TOCSIN_CAN_POST, "it declares that it has buttons, but not that it can post"},
        {TOCSIN_CAN_EDIT_PAGE, TOCSIN_CAN_PAGE | TOCSIN_CAN_EDIT,
         "it declares that it can edit pages, but not that it can page and edit"},
        {TOCSIN_CAN_RECEIPTS, TOCSIN_CAN_PAGE, "it declares receipts of pages, but not that it can page"},
        {TOCSIN_CAN_CALL, TOCSIN_CAN_PAGE | TOCSIN_CAN_RECEIPTS,
         "it declares that it can call, but not that it can page and has receipts"},
        {TOCSIN_CAN_PIN, TOCSIN_CAN_POST, "it declares that it can pin messages, but not that it can post"},
    };
    if (!suite->can)
        suite_fail(suite, "expected it to declare that it can do something; `can` is 0");
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (suite->can & rows[i].can && (suite->can & rows[i].needs) != rows[i].needs)
            suite_fail(suite, "%s", rows[i].text);
    }
}

static void declare(struct suite *suite)
{
    check_texts(suite);
    check_abilities(suite);
    check_settings(suite);
    check_links(suite);
    check_limits(suite);
}

static void check(struct suite *suite)
{
    CLEANUP_FREE char *text = NULL;
    if (rig_check(suite->rig, suite->wish->channel, &text))
        suite_fail(suite, "expected its check to succeed, but it says: %s", *text ? text : "no reason");
}

static const struct check checks[] = {{"declare", 0, NO_PROCESS, declare}, {"check", 0, 0, check}};
const struct check_list declare_checks = {checks, ARRAY_SIZE(checks)};
