/* The manifests request what the connector needs, subscribe to what it reads, and the manual describes all of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../plugins/slack/slack.c"
#include "../../support/check.h"

static char *read_file(const char *path)
{
    static char text[65536];
    FILE *file = fopen(path, "re");
    if (!file)
        fail_msg("%s does not exist", path);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    return text;
}

static cJSON *read_manifest(const char *path)
{
    cJSON *manifest = cJSON_Parse(read_file(path));
    if (!manifest)
        fail_msg("%s is not JSON", path);
    return manifest;
}

static const cJSON *at(const cJSON *object, const char *a, const char *b, const char *c)
{
    return kit_json_member(kit_json_member(kit_json_member(object, a), b), c);
}

static bool has(const cJSON *list, const char *word)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, list)
    {
        if (strcmp(row->valuestring, word) == 0)
            return true;
    }
    return false;
}

static const char *const manifests[] = {"etc/slack-manifest.json", "etc/slack-manifest-http.json"};

static void test_the_manifests_request_the_scopes(void **state)
{
    (void)state;
    for (size_t m = 0; m < 2; m++) {
        cJSON *manifest = read_manifest(manifests[m]);
        const cJSON *bot = at(manifest, "oauth_config", "scopes", "bot");
        size_t n = sizeof(scopes) / sizeof(scopes[0]);
        assert_int_equal(cJSON_GetArraySize(bot), n);
        for (size_t i = 0; i < n; i++) {
            if (!has(bot, scopes[i].name))
                fail_msg("%s lacks %s", manifests[m], scopes[i].name);
        }
        cJSON_Delete(manifest);
    }
}

/* The events that in.c reads, as manifests call them: a message by the kind of channel. */
static void test_the_manifests_subscribe_to_the_events(void **state)
{
    static const char *const wanted[] = {"channel_left",        "group_left",
                                         "channel_deleted",     "group_deleted",
                                         "app_mention",         "app_uninstalled",
                                         "channel_archive",     "channel_rename",
                                         "channel_unarchive",   "group_archive",
                                         "group_rename",        "group_unarchive",
                                         "message.channels",    "member_joined_channel",
                                         "member_left_channel", "message.groups",
                                         "message.im",          "reaction_added",
                                         "reaction_removed",    "tokens_revoked"};
    (void)state;
    for (size_t m = 0; m < 2; m++) {
        cJSON *manifest = read_manifest(manifests[m]);
        const cJSON *events = at(manifest, "settings", "event_subscriptions", "bot_events");
        assert_int_equal(cJSON_GetArraySize(events), sizeof(wanted) / sizeof(wanted[0]));
        for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
            assert_true(has(events, wanted[i]));
        cJSON_Delete(manifest);
    }
}

static void fits(const cJSON *of, const char *name, size_t most)
{
    size_t n = strlen(kit_json_text(of, name));
    if (n == 0 || n > most)
        fail_msg("%s has %zu characters; Slack allows 1 to %zu", name, n, most);
}

/* Slack refuses a whole manifest when one text is too long. */
static void test_the_manifests_texts_fit_slacks_limits(void **state)
{
    (void)state;
    for (size_t m = 0; m < 2; m++) {
        cJSON *manifest = read_manifest(manifests[m]);
        const cJSON *features = kit_json_member(manifest, "features"), *row;
        fits(kit_json_member(manifest, "display_information"), "name", 35);
        fits(kit_json_member(manifest, "display_information"), "description", 140);
        fits(kit_json_member(features, "bot_user"), "display_name", 80);
        cJSON_ArrayForEach(row, kit_json_member(features, "shortcuts"))
        {
            fits(row, "name", 24);
            fits(row, "callback_id", 255);
            fits(row, "description", 150);
        }
        cJSON_ArrayForEach(row, kit_json_member(features, "slash_commands"))
        {
            fits(row, "command", 32);
            fits(row, "description", 2000);
            fits(row, "usage_hint", 1000);
        }
        cJSON_Delete(manifest);
    }
}

static void remove_addresses(cJSON *manifest)
{
    cJSON *settings_of = cJSON_GetObjectItem(manifest, "settings");
    cJSON *commands = cJSON_GetObjectItem(cJSON_GetObjectItem(manifest, "features"), "slash_commands");
    cJSON_DeleteItemFromObject(settings_of, "socket_mode_enabled");
    cJSON_DeleteItemFromObject(cJSON_GetObjectItem(settings_of, "event_subscriptions"), "request_url");
    cJSON_DeleteItemFromObject(cJSON_GetObjectItem(settings_of, "interactivity"), "request_url");
    cJSON_DeleteItemFromObject(cJSON_GetArrayItem(commands, 0), "url");
}

static void test_the_manifests_differ_only_in_addresses(void **state)
{
    (void)state;
    cJSON *sockets = read_manifest(manifests[0]), *http = read_manifest(manifests[1]);
    assert_true(kit_json_true(kit_json_member(sockets, "settings"), "socket_mode_enabled"));
    assert_true(cJSON_IsFalse(kit_json_member(kit_json_member(http, "settings"), "socket_mode_enabled")));
    assert_string_equal(cJSON_GetStringValue(at(http, "settings", "event_subscriptions", "request_url")),
                        "https://tocsin.example.com/connector/slack/events");
    remove_addresses(sockets);
    remove_addresses(http);
    assert_true(cJSON_Compare(sockets, http, true));
    cJSON_Delete(sockets);
    cJSON_Delete(http);
}

/* docs/slack.md says what each scope is for, and lists each setting. */
static void test_the_manual_is_complete(void **state)
{
    char quoted[80];
    (void)state;
    const char *manual = read_file("docs/slack.md");
    for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
        snprintf(quoted, sizeof(quoted), "`%s`", scopes[i].name);
        if (!strstr(manual, quoted))
            fail_msg("docs/slack.md does not mention the scope %s", scopes[i].name);
    }
    for (size_t i = 0; settings[i].name; i++) {
        snprintf(quoted, sizeof(quoted), "`%s`", settings[i].name);
        if (!strstr(manual, quoted))
            fail_msg("docs/slack.md does not mention the setting %s", settings[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_manifests_request_the_scopes),
        cmocka_unit_test(test_the_manifests_subscribe_to_the_events),
        cmocka_unit_test(test_the_manifests_texts_fit_slacks_limits),
        cmocka_unit_test(test_the_manifests_differ_only_in_addresses),
        cmocka_unit_test(test_the_manual_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
